"""When it was published and modified: the profile's elements, the head's stamps, the page's own visible dates, and last
its address.

`published` is the day that the site shows: a stamp in UTC can be the day before it. Where a stamp and the page's date
line disagree by more than a day, the line by the title wins unless words or classes call it an update, or the address
has the stamp's day; the doubt is a warning.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta, timezone, tzinfo

from lxml.html import HtmlElement

from archive.extract import dateline, dates, stamps, stated
from archive.extract.dateline import Label, Mention
from archive.extract.dates import Order
from archive.extract.html import Document
from archive.extract.signals import Signals, short_text
from archive.extract.stamps import Stamp
from archive.extract.warnings import Warning
from archive.institutes.profile import Profile

EARLIEST = 1990  # no page is older than the web
_DAY = timedelta(days=1)
_MONTH_FIRST = re.compile(r"en(?:[-_](?:us|ph|pr|gu|latn-us))?$|(?:fil|tl)\b", re.IGNORECASE)  # CLDR: M/d/yy


@dataclass(frozen=True, slots=True)
class When:
    """A date with its proof. `elements` are what showed it: no part of the body."""

    day: date | None = None
    at: str | None = None
    raw: str | None = None
    source: str | None = None  # profile, json-ld, meta, time, line, url
    elements: tuple[HtmlElement, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    day: date | None
    stamp: Stamp | None
    raw: str
    source: str
    element: HtmlElement | None = None
    partial: bool = False  # a year or a month alone, or Hijri: `raw` is all that is known
    hijri: bool = False

    @property
    def at(self) -> str | None:
        return self.stamp.text() if self.stamp else None


def read(
    document: Document,
    profile: Profile,
    chosen: Iterable[tuple[HtmlElement, str]],
    chosen_modified: Iterable[tuple[HtmlElement, str]],
    signals: Signals,
    byline: tuple[HtmlElement, ...],
    captured_on: date,
    warnings: list[str],
) -> tuple[When, When]:
    """The days of publication and of the last change. `chosen` and `chosen_modified` are the profile's own elements
    with their text, `byline` the elements that name the authors."""
    reading = _Reading(document, profile, signals, byline, captured_on)
    published = reading.published(list(chosen))
    modified = reading.modified(list(chosen_modified), published.day)
    warnings.extend(reading.warnings)
    return published, modified


class _Reading:
    """One page's dates."""

    def __init__(
        self,
        document: Document,
        profile: Profile,
        signals: Signals,
        byline: tuple[HtmlElement, ...],
        captured_on: date,
    ) -> None:
        self._document = document
        self._profile = profile
        self._signals = signals
        self._captured_on = captured_on
        self._orders: tuple[Order, Order] = (profile.date_order, profile.date_order_arabic)
        self._address = dates.in_url(document.url)
        self.warnings: list[str] = []
        issued = list(stated.published(document, signals))
        changed = list(stated.modified(document, signals))
        mentions = dateline.read(signals, byline, self._orders)
        self._zone = _zone(profile, [stamps.read(text) for text, _ in (*issued, *changed)], mentions)
        self._issued = [found for text, source in issued for found in self._of_text(text, source)]
        self._changed = self._past([found for text, source in changed for found in self._of_text(text, source)])
        self._mentions = _bare_settled([self._settled(one) for one in mentions])

    def published(self, chosen: list[tuple[HtmlElement, str]]) -> When:
        picked = [found for element, text in chosen for found in self._in_element(element, text, Label.PUBLISHED)]
        issued = self._past(self._issued, warn=True)
        own = [one for one in self._mentions if one.label is not Label.UPDATED]
        shown = self._past([self._candidate(one) for one in own if one.day or one.stamp], warn=not issued)
        near = [one for one in own if one.near is not None]
        known = [one for one in self._past(picked, warn=True) if one.day]
        if known:
            best = self._stamped(known[0], [*issued, *shown])
        elif issued:
            best = self._weighed(issued, [one for one in near if one.day and self._is_past(one.day, one.stamp)])
        elif shown or (shown := self._past(self._beside())):
            best = self._stamped(min(shown[:3], key=lambda one: self._rank(one, own)), shown)
        else:
            return self._without_a_day([*picked, *self._issued, *(self._candidate(one) for one in own)])
        unread = next((one for one in near if one.found and one.found.hijri and not one.found.iso), None)
        raw = best.raw
        if unread and not any(one.day for one in near):
            self.warnings.append(Warning.DATE_HIJRI)
            raw = unread.raw
        elements = {one.element: None for one in picked if one.element is not None} | self._consumed(best)
        return When(best.day, best.at, raw, best.source, tuple(elements))

    def modified(self, chosen: list[tuple[HtmlElement, str]], published: date | None) -> When:
        """The day of the last change, where the page tells one."""

        def later(found: Iterable[_Candidate]) -> list[_Candidate]:
            return [one for one in self._past(found) if one.day and (published is None or one.day >= published)]

        picked = later(found for element, text in chosen for found in self._in_element(element, text, Label.UPDATED))
        updates = [one for one in self._mentions if one.label is Label.UPDATED and (one.day or one.stamp)]
        seen = later(self._candidate(one) for one in updates)
        changed = later(self._changed)
        if picked or (seen and not changed):
            best = self._stamped((picked or seen)[0], [*changed, *seen])
        elif changed:
            best = self._shifted(changed[0], [one.day for one in seen if one.day])
            if seen and updates[0].near is not None and best.day != seen[0].day:
                best = seen[0]
        else:
            return When()
        element = (best.element,) if best.element is not None else ()
        return When(best.day, best.at, best.raw, best.source, element)

    # ---- candidates

    def _of_text(self, text: str, source: str, element: HtmlElement | None = None) -> Iterator[_Candidate]:
        """A machine's stamp, else the first full date of a text, else what is known of one."""
        if stamp := stamps.read(text):
            yield _Candidate(stamp.local(self._zone), stamp, text.strip(), source, element)
            return
        found = list(dates.find_all(text, *self._orders, years=True))
        for one in [*(one for one in found if one.day), *found]:
            yield _Candidate(one.day, None, one.raw, source, element, one.day is None, one.hijri)
            return

    def _in_element(self, element: HtmlElement, text: str, wanted: Label) -> Iterator[_Candidate]:
        """What an element of the profile says: the text that people read gives the day, its `datetime` the stamp."""
        own = element.get("datetime") or element.get("content")
        stamp = stamps.read(own) or stamps.read(text)
        found = [pair for pair in dateline.in_text(text, self._orders) if pair[0].day or pair[0].hijri]
        unwanted = Label.UPDATED if wanted is Label.PUBLISHED else Label.PUBLISHED
        found.sort(key=lambda pair: (pair[0].day is None, pair[1] is unwanted, pair[1] is not wanted))
        if found and not stamps.read(text):
            mention = Mention(found[0][0], stamp, found[0][0].raw, wanted, True, "profile", element, 0, 0)
            yield self._candidate(self._settled(mention))
        elif stamp:
            yield _Candidate(stamp.local(self._zone), stamp, (own or text).strip(), "profile", element)
        else:
            yield from self._of_text(text, "profile", element)

    def _candidate(self, mention: Mention) -> _Candidate:
        """A mention as a candidate: what is read counts, its stamp is kept where it is of that day."""
        day, stamp = mention.day, mention.stamp
        if day is None and stamp:
            return _Candidate(stamp.local(self._zone), stamp, mention.raw, mention.source, mention.element)
        if stamp and not _close(stamp.day, day):
            stamp = None
        hijri = bool(mention.found and mention.found.hijri)
        return _Candidate(day, stamp, mention.raw, mention.source, mention.element, day is None, hijri)

    def _past(self, candidates: Iterable[_Candidate], *, warn: bool = False) -> list[_Candidate]:
        """Those with a day that is neither before the web nor after the capture."""
        read = [one for one in candidates if one.day and one.day.year >= EARLIEST]
        past = [one for one in read if one.day and self._is_past(one.day, one.stamp)]
        if warn and len(past) < len(read):
            self.warnings.append(Warning.DATE_FUTURE)
        return past

    def _is_past(self, day: date, stamp: Stamp | None) -> bool:
        """Not after the capture; a stamp of the same hours may bear tomorrow's day, further east."""
        if day <= self._captured_on:
            return True
        at = stamp.at if stamp else None
        return at is not None and at.utcoffset() is not None and at.astimezone(UTC).date() <= self._captured_on

    def _beside(self) -> list[_Candidate]:
        """In a side rail, where the one day that is said to be of publication is the page's own."""
        found = [self._settled(one) for one in dateline.labelled_aside(self._signals, self._orders)]
        found = [one for one in found if one.label is Label.PUBLISHED and one.day]
        return [self._candidate(one) for one in found[:1]] if len({one.day for one in found}) == 1 else []

    # ---- decisions

    def _settled(self, mention: Mention) -> Mention:
        """Decide 04/11/2018, and what the class `updated` alone means, by the rest of the page."""
        found, label = mention.found, mention.label
        if mention.bare and label is Label.NONE:
            day = mention.day or (mention.stamp.day if mention.stamp else None)
            issued = any(_close(one.day, day, 0) for one in self._issued)
            if not issued and any(_close(one.day, day) for one in self._changed):
                label = Label.UPDATED
        if found and found.other and self._is_other(found, mention.stamp):
            found = replace(found, iso=found.other, other=found.iso)
        return replace(mention, found=found, label=label)

    def _is_other(self, found: dates.Found, stamp: Stamp | None) -> bool:
        """Whether a numeric date is to be read the other way. Its own stamp, the page's stamps and the address say
        most, then its other dates, then the profile; last the language that the page declares."""
        first, second = found.day, found.other_day
        if first is None or second is None:
            return False
        known = [stamp.local(self._zone)] if stamp else [one.day for one in (*self._issued, *self._changed) if one.day]
        known += [self._address] if self._address else []
        month = dates.month_in_url(self._document.url)
        for day, answer in ((first, False), (second, True)):
            if any(_close(day, one) for one in known) or (month and day.isoformat().startswith(month)):
                return answer
        if (first <= self._captured_on) != (second <= self._captured_on):
            return second <= self._captured_on
        day_first = int(dates.fold(found.raw)[: 2 if found.raw[1:2].isdigit() else 1]) == first.day
        order = dates.evidence(short_text(mark.element, dateline.MAX_LINE) or "" for mark in self._signals.dates)
        if order:
            return (order == "day-first") != day_first
        if Warning.DATE_AMBIGUOUS not in self.warnings:
            self.warnings.append(Warning.DATE_AMBIGUOUS)
        if "date_order" in self._profile.model_fields_set or not found.raw.isascii():
            return False
        return day_first and self._writes_months_first()

    def _writes_months_first(self) -> bool:
        """By the language and country that the page declares; English of no country is written so in CLDR."""
        declared = self._document.tree.get("lang") or ""
        if "-" not in declared:
            declared = self._document.meta("og:locale") or declared
        return bool(_MONTH_FIRST.match(declared))

    def _weighed(self, issued: list[_Candidate], near: list[Mention]) -> _Candidate:
        """The stamp, or the date by the title that says otherwise."""
        stated = [one for one in issued if one.day]
        best = next((one for one in stated if self._is_address(one.day)), stated[0])
        if any(not _close(one.day, best.day) for one in stated):
            self.warnings.append(Warning.DATE_CONFLICT)
        line = next((one for one in near if one.label is Label.PUBLISHED), near[0] if near else None)
        if line is None:
            return self._shifted(best, [one.day for one in self._mentions if _is_own(one)])
        confirmed = next((one for one in stated if _close(one.day, line.day)), None)
        if confirmed:
            return self._shifted(confirmed, [one.day for one in near if _close(one.day, confirmed.day)])
        if Warning.DATE_CONFLICT not in self.warnings:
            self.warnings.append(Warning.DATE_CONFLICT)
        changed = any(_close(one.day, line.day) for one in self._changed)
        earlier = line.day is not None and best.day is not None and line.day < best.day
        if self._is_address(best.day) or _is_card(line, self._signals) or not (changed or earlier or line.said):
            return best
        return self._stamped(self._candidate(line), issued)

    def _is_address(self, day: date | None) -> bool:
        """Whether the address has that day or, where it has no day, that month."""
        if self._address:
            return _close(day, self._address)
        month = dates.month_in_url(self._document.url)
        return bool(month and day and day.isoformat().startswith(month))

    def _shifted(self, best: _Candidate, days: list[date | None]) -> _Candidate:
        """A stamp on the visible day, where that is the stamp's own or its neighbour."""
        if best.day in days:
            return best
        day = next((day for day in days if _close(day, best.day)), None)
        return _Candidate(day, best.stamp, best.raw, best.source, best.element) if day else best

    def _stamped(self, best: _Candidate, others: list[_Candidate]) -> _Candidate:
        """A visible day with the stamp that belongs to it."""
        if best.at:
            return best
        stamp = next((one.stamp for one in others if one.at and _close(one.day, best.day)), None)
        return _Candidate(best.day, stamp, best.raw, best.source, best.element) if stamp else best

    def _rank(self, candidate: _Candidate, own: list[Mention]) -> tuple[bool, bool]:
        """Of the first few: those by the title that are said to be of publication."""
        mention = next((one for one in own if one.raw == candidate.raw and one.element is candidate.element), None)
        if mention is None:
            return True, True
        return mention.near is None, mention.label is not Label.PUBLISHED

    def _without_a_day(self, candidates: list[_Candidate]) -> When:
        """No day on the page: the address may have one; what else is known stays raw."""
        hijri = next((one for one in candidates if one.hijri), None)
        if hijri:
            self.warnings.append(Warning.DATE_HIJRI)
        if self._address and self._address <= self._captured_on:
            self.warnings.append(Warning.DATE_FROM_URL)
            elements = (hijri.element,) if hijri and hijri.element is not None else ()
            return When(self._address, None, hijri.raw if hijri else self._address.isoformat(), "url", elements)
        known = hijri or next((one for one in candidates if one.partial), None)
        if known is None:
            return When()
        return When(None, None, known.raw, known.source, (known.element,) if known.element is not None else ())

    def _consumed(self, best: _Candidate) -> dict[HtmlElement, None]:
        """The elements that show these days and are no part of the text; a case's timeline is."""
        found = {} if best.element is None else {best.element: None}
        for one in self._mentions:
            shown = one.label is Label.UPDATED or _close(one.day or (one.stamp.day if one.stamp else None), best.day)
            if one.element is not None and shown and (one.near is not None or not one.in_body):
                found[one.element] = None
        return found


def _zone(profile: Profile, stated: list[Stamp | None], mentions: list[Mention]) -> tzinfo | None:
    """The zone in which UTC stamps are read: the profile's, else that of the page's other stamps."""
    if profile.timezone != "UTC":
        return stamps.zone(profile.timezone)
    for stamp in (*stated, *(one.stamp for one in mentions)):
        if stamp and stamp.offset:
            return timezone(stamp.offset)
    return None


def _close(one: date | None, other: date | None, days: int = 1) -> bool:
    return one is not None and other is not None and abs((one - other).days) <= days


def _bare_settled(mentions: list[Mention]) -> list[Mention]:
    """What the class `updated` alone means: hAtom asks for it on every date, so it says something only of a later day
    than another date's."""
    first = min(
        (one.day for one in mentions if one.day and not one.bare and one.label is not Label.UPDATED), default=None
    )
    return [
        replace(one, label=Label.UPDATED) if one.bare and first and one.day and one.day > first else one
        for one in mentions
    ]


def _is_own(mention: Mention) -> bool:
    return mention.day is not None and mention.label is Label.PUBLISHED


def _is_card(mention: Mention, signals: Signals) -> bool:
    """Whether a date is in a link, or in a small box with a heading that is one: another publication's."""
    node = mention.element
    for _ in range(6):
        if node is None or node in signals.ancestors:
            return False
        if node.tag == "a" and len(node) > 0:
            return True
        if node.tag in ("article", "li", "div") and any(
            heading.find(".//a") is not None or heading.getparent().tag == "a"
            for heading in node.iter("h2", "h3", "h4", "h5")
        ):
            return True
        node = node.getparent()
    return False
