"""When it was published and modified: the profile's elements, the head's stamps, the page's <time>, its visible lines,
and last its address.

`published` is the day that the site shows: a stamp in UTC can be the day before it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from lxml.html import HtmlElement

from archive.extract import dates
from archive.extract.html import Document
from archive.extract.selector import query
from archive.extract.signals import Signals, lines, short_text
from archive.extract.title import articles
from archive.extract.warnings import Warning
from archive.institutes.profile import Profile

MAX_LINE = 90  # characters of a line that is a date and little else
EARLIEST = 1990  # no page is older than the web
_PUBLISHED = ("article:published_time", "datepublished", "article:published", "og:published_time", "publish_date",
"publish-date", "published_time", "pubdate",
              "citation_publication_date", "citation_online_date", "dc.date.issued", "dcterms.issued",
              "dcterms.created", "dc.date", "dc.date.created", "parsely-pub-date",
              "sailthru.date", "date", "article.published", "originalpublicationdate", "datecreated",
              "og:article:published_time")  # fmt: skip
_MODIFIED = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "dcterms.modified",
    "last-modified",
    "article:modified",
    "dc.date.modified",
    "lastmod",
)
_UPDATE = re.compile(r"updated?|modified|revised|last|edited|تحديث|تعديل|عُدّ?ل", re.IGNORECASE)
_ISSUE = re.compile(r"publish|posted|entry-date|post-date|created|issued|نشر|date-?line", re.IGNORECASE)
_AFTER = query("following::text()[normalize-space(.)][position() <= $count]")
_BEFORE = query("preceding::text()[normalize-space(.)][position() <= $count]")
_COPYRIGHT = re.compile(r"©|\(c\)|copyright|all rights reserved|حقوق", re.IGNORECASE)


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
    at: str | None
    raw: str
    source: str
    other: date | None = None  # the other reading of 04/11/2018
    element: HtmlElement | None = None
    hijri: bool = False


def read(
    document: Document,
    profile: Profile,
    chosen: Iterable[tuple[HtmlElement, str]],
    signals: Signals,
    byline: tuple[HtmlElement, ...],
    captured_on: date,
    warnings: list[str],
) -> When:
    """The day of publication. `chosen` are the profile's own elements with their text, `byline` the elements that name
    the authors."""
    stamps = list(_stamps(document, profile, "datePublished", _PUBLISHED))
    picked = [found for element, text in chosen for found in _in_element(element, text, profile, "profile")]
    times = list(_times(signals, profile, updates=False))
    shown = (
        picked
        or times
        or list(_lines(signals, profile))
        or list(_around(signals, profile, byline) if not stamps else ())
    )
    candidates = [*picked, *stamps, *times, *(() if picked or times else shown)]
    if any(one.hijri for one in candidates):
        warnings.append(Warning.DATE_HIJRI)
    past = [
        one for one in candidates if one.day and one.day.year >= EARLIEST and one.day <= captured_on + timedelta(days=1)
    ]
    if len(past) < len([one for one in candidates if one.day and one.day.year >= EARLIEST]):
        warnings.append(Warning.DATE_FUTURE)
    address = dates.in_url(document.url)
    elements = tuple(one.element for one in candidates if one.element is not None)
    if not past:
        hijri = next((one for one in candidates if one.hijri), None)
        if address and address <= captured_on + timedelta(days=1):
            warnings.append(Warning.DATE_FROM_URL)
            return When(address, None, hijri.raw if hijri else address.isoformat(), "url", elements)
        return When(None, None, hijri.raw, hijri.source, elements) if hijri else When()
    best = _settled(past[0], [one.day for one in stamps if one.day] + ([address] if address else []), warnings)
    stamp = next(
        (
            one
            for one in (best, *stamps, *times)
            if one.at and one.day and best.day and abs(one.day - best.day) <= timedelta(days=1)
        ),
        None,
    )
    return When(_shown_day(best, shown), stamp.at if stamp else None, best.raw, best.source, elements)


def modified(
    document: Document,
    profile: Profile,
    chosen: Iterable[tuple[HtmlElement, str]],
    signals: Signals,
    published: date | None,
) -> When:
    """The day of the last change, where the page tells one."""
    candidates = [found for element, text in chosen for found in _in_element(element, text, profile, "profile")]
    candidates += _stamps(document, profile, "dateModified", _MODIFIED)
    candidates += _times(signals, profile, updates=True)
    for one in candidates:
        if one.day and (published is None or one.day >= published):
            return When(one.day, one.at, one.raw, one.source, (one.element,) if one.element is not None else ())
    return When()


def _settled(best: _Candidate, evidence: list[date], warnings: list[str]) -> _Candidate:
    """Decide 04/11/2018: what the page's stamps or its address say beats the profile's order."""
    if best.other is None or best.other == best.day:
        return best
    if best.day not in evidence and best.other in evidence:
        return _Candidate(best.other, best.at, best.raw, best.source, element=best.element)
    if best.day not in evidence:
        warnings.append(Warning.DATE_AMBIGUOUS)
    return best


def _shown_day(best: _Candidate, shown: list[_Candidate]) -> date | None:
    """The visible day, where the page shows one that is the stamp's or its neighbour."""
    if best.day is None or best.source == "profile":
        return best.day
    days = [one.day for one in shown if one.day and not one.at]
    days += [
        found.day
        for one in shown
        if one.element is not None and one.at
        for found in dates.find_all(short_text(one.element, MAX_LINE) or "")
        if found.day and not found.other
    ]
    if best.day in days:
        return best.day
    return next((day for day in days if abs(day - best.day) <= timedelta(days=1)), best.day)


def _stamps(document: Document, profile: Profile, key: str, metas: tuple[str, ...]) -> Iterator[_Candidate]:
    for item in articles(document):
        value = item.get(key) or (item.get("dateCreated") if key == "datePublished" else None)
        if isinstance(value, str):
            yield from _read(value, profile, "json-ld")
    for name in metas:
        if value := document.meta(name):
            yield from _read(value, profile, "meta")


def _read(text: str, profile: Profile, source: str, element: HtmlElement | None = None) -> Iterator[_Candidate]:
    """A machine's stamp, else the first full date of a text."""
    if stamp := dates.stamp(text):
        yield _Candidate(stamp.local(profile.timezone), stamp.text(), text.strip(), source, element=element)
        return
    for found in dates.find_all(text, profile.date_order, profile.date_order_arabic):
        if found.day or found.hijri:
            other = date.fromisoformat(found.other) if found.other else None
            yield _Candidate(found.day, None, found.raw, source, other, element, found.hijri)
            return


def _in_element(element: HtmlElement, text: str, profile: Profile, source: str) -> Iterator[_Candidate]:
    """What an element says: the text that people read gives the day, its `datetime` the stamp."""
    stamp = dates.stamp(element.get("datetime") or element.get("content"))
    seen = next(_read(text, profile, source, element), None)
    if seen and seen.day:
        day = seen.day
        if stamp and seen.other in (stamp.day, stamp.local(profile.timezone)):
            day = seen.other or day
        near = stamp and abs(stamp.day - day) <= timedelta(days=1)
        yield _Candidate(
            day, stamp.text() if stamp and near else None, seen.raw, source, None if near else seen.other, element
        )
    elif stamp:
        yield _Candidate(
            stamp.local(profile.timezone),
            stamp.text(),
            (element.get("datetime") or element.get("content") or "").strip(),
            source,
            element=element,
        )
    elif seen:
        yield seen


def _times(signals: Signals, profile: Profile, *, updates: bool) -> Iterator[_Candidate]:
    """The <time> elements of the page itself: those after the title first, as a site's header may show today's date."""
    found: list[tuple[tuple[bool, bool], _Candidate]] = []
    for mark in signals.times[:60]:
        element = mark.element
        is_update = _is_update(element)
        if is_update is not updates or signals.aside(element):
            continue
        words = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
        for one in _in_element(element, short_text(element, MAX_LINE) or "", profile, "time"):
            found.append(((not _ISSUE.search(words), mark.place < signals.place), one))
    found.sort(key=lambda pair: pair[0])
    yield from (one for _, one in found)


def _is_update(element: HtmlElement) -> bool:
    """Whether a <time> is of the last change: by its class, or by the words before it. `published updated` together is
    WordPress' first date."""
    words = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
    if _ISSUE.search(words) or "published" in words:
        return False
    if _UPDATE.search(words):
        return True
    parent = element.getparent()
    before = (
        (element.getprevious().tail if element.getprevious() is not None else parent.text)
        if parent is not None
        else None
    )
    return bool(before and _UPDATE.search(before[-40:]))


def _lines(signals: Signals, profile: Profile) -> Iterator[_Candidate]:
    """Short lines that hold a date: in elements marked so, then right below or above the title."""
    seen: list[tuple[tuple[bool, bool, int], _Candidate]] = []
    for mark in signals.dates[:120]:
        element = mark.element
        text = lines(element, 3 * MAX_LINE)
        if not text or _COPYRIGHT.search(text) or signals.aside(element):
            continue
        words = element.get("class") or ""
        for one in _line(text, element, profile):
            seen.append(
                (
                    (bool(_UPDATE.search(words)) and not _ISSUE.search(words), mark.place < signals.place, mark.place),
                    one,
                )
            )
    seen.sort(key=lambda pair: pair[0])
    yield from (one for _, one in seen)


def _line(text: str, element: HtmlElement, profile: Profile) -> Iterator[_Candidate]:
    rows = [row for row in text.split("\n") if not _COPYRIGHT.search(row)]
    labelled = [row for row in rows if _ISSUE.search(row)]
    plain = [_UPDATE.split(row)[0] for row in rows if row not in labelled]  # "December 3, 2025. Updated: …"
    for row in labelled + plain:
        for one in _read(row, profile, "line", element if len(text) <= MAX_LINE else None):
            yield one
            return


def _around(signals: Signals, profile: Profile, byline: tuple[HtmlElement, ...]) -> Iterator[_Candidate]:
    """Text near the title or the byline that is a date and little else, in no element that says so."""
    pieces = [*_AFTER(signals.title, count=60), *_BEFORE(signals.title, count=12)] if signals.title is not None else []
    for element in byline[:1]:
        pieces += [*_AFTER(element, count=8), *_BEFORE(element, count=6)]
    for piece in pieces:
        element = piece.getparent() if piece.is_text else piece.getparent().getparent()
        if (
            len(piece) <= MAX_LINE
            and any(char.isdigit() for char in piece)
            and element.tag not in ("script", "style", "noscript", "option")
        ):
            found = next(_line(str(piece), element, profile), None)
            if found and len(piece.strip()) - len(found.raw) <= 30 and not signals.aside(element):
                yield found
