"""The dates that a page shows its readers: what each is called, which stamp it carries, whether it is by the title.

A date is a mention when a line holds it and little else. Words before it (in its line, or in the pieces of text just
before) say more than class names: themes mark the day of the last change as `entry-date published` too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lxml.html import HtmlElement

from archive.extract import dates, stamps, walk
from archive.extract.dates import Found, Order
from archive.extract.html import plain
from archive.extract.signals import Mark, Signals, lines, short_text
from archive.extract.stamps import Stamp

MAX_LINE = 90  # characters of a line that is a date and little else
_MARKS = 120  # elements that are looked at
# How far the title reaches: pieces of text and characters after it (a standfirst, a byline, share buttons), pieces
# before it, and the same around a byline.
_AFTER_TITLE, _REACH, _BEFORE_TITLE, _AFTER_BYLINE, _BEFORE_BYLINE = 60, 900, 12, 8, 6
_PARAGRAPH = 120  # characters: no byline is longer
_LINE_OF_MANY = 130  # characters of a line such as "By A Name · March 5, 2020 · 5 min read · Topic"
_LABEL_PIECES, _LABEL_LENGTH, _LEVELS = 3, 40, 3

_UPDATE = (
    r"updat|modif|revis|edited|\blast\b|refreshed|mis à jour|actualis|actualiz|aktualis|aggiornat|"
    r"تحديث|محدث|تحيين|(?:اخر|تاريخ|تم)\s+(?:ال)?تعديل|(?<![؀-ۿ])عدل\s+(?:في|بتاريخ|يوم)"  # «العدل» is justice
)
_PUBLISH = (
    r"publish|posted|issued|pubdate|publié|publicad|veröffentlicht|pubblicat|"
    r"(?<![؀-ۿ])(?:ال)?(?:نشر|منشور|صدر|كتب)|(?:تاريخ|يوم)\s+(?:ال)?(?:نشر|اصدار|صدور)"
)
_WORD = re.compile(rf"(?P<update>{_UPDATE})|(?P<publish>{_PUBLISH})", re.IGNORECASE)
# What may end in a colon before a date and says nothing of it.
_PLAIN_LABEL = re.compile(r"(?:\b(?:date|on|datum|fecha)|تاريخ|التاريخ|بتاريخ|اليوم)\W*$", re.IGNORECASE)
_CLASS_UPDATE = re.compile(r"updat(?!ed(?:\s|$))|modif|revised|revision|(?<=[_-])updated", re.IGNORECASE)
_CLASS_PUBLISH = re.compile(r"publish|posted|entry-?date|post-?date|created|issued|date-?line|pubdate", re.IGNORECASE)
_OTHER = re.compile(r"(?:^|[\s_-])(?:events?|starts?|ends?|deadline|when|birth\w*|comment\w*|copyright)(?:[\s_-]|$)")
_COPYRIGHT = re.compile(
    r"©|\(c\)|copyright|all rights reserved|(?:جميع|كل|كافة)\s+الحقوق|الحقوق\s+محفوظة|حقوق\s+(?:النشر|الطبع|الملكية)",
    re.IGNORECASE,
)  # «حقوق الإنسان» is the name of half the institutes
_HEADINGS = frozenset(["h2", "h3", "h4", "h5", "h6"])
_CELLS = frozenset(["td", "th", "dd"])
_PROSE = frozenset(["p", "li", "td", "dd", "blockquote"])


class Label(StrEnum):
    """What a date is called: by words or class names, or by nothing."""

    PUBLISHED = "published"
    UPDATED = "updated"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Mention:
    """A date on the page. `element` shows it and little else; null where it stands in a longer text."""

    found: Found | None  # null where readers see none, as in `<time datetime=…>3 days ago</time>`
    stamp: Stamp | None
    raw: str
    label: Label
    said: bool  # the label was read in words
    source: str  # time, line
    element: HtmlElement | None
    near: int | None  # its place by the title or the byline, null where it stands elsewhere
    place: int  # among the page's marked elements
    bare: bool = False  # only the class `updated`: hAtom asks for it on every date
    in_body: bool = False

    @property
    def day(self) -> date | None:
        return self.found.day if self.found else None


def read(signals: Signals, byline: tuple[HtmlElement, ...], orders: tuple[Order, Order]) -> list[Mention]:
    """The page's own mentions: by the title first, in the order of reading."""
    return _Reader(signals, byline, orders).mentions()


def labelled_aside(signals: Signals, orders: tuple[Order, Order]) -> list[Mention]:
    """Mentions in side rails and the like, of which words say that they are days of publication."""
    return [one for one in _Reader(signals, (), orders, asides=True).mentions() if one.said]


def in_text(text: str, orders: tuple[Order, Order]) -> Iterator[tuple[Found, Label]]:
    """The dates of a text, each with the label before it, line by line."""
    for row in text.split("\n"):
        last = 0
        for found in dates.find_all(row, *orders):
            label = _worded(dates.fold(row[last : found.start]))
            yield found, label or Label.NONE
            last = found.end


class _Reader:
    def __init__(
        self,
        signals: Signals,
        byline: tuple[HtmlElement, ...],
        orders: tuple[Order, Order],
        asides: bool = False,
    ) -> None:
        self._signals = signals
        self._orders = orders
        self._asides = asides
        self._near: dict[HtmlElement, int] = {}
        self._late: set[HtmlElement] = set()  # of these, what stands behind a paragraph
        self._runs = list(self._by_the_title(byline))
        self._covered: dict[HtmlElement, set[str]] = {}
        self._bodies = frozenset(mark.element for mark in signals.bodies)

    def mentions(self) -> list[Mention]:
        found = [one for mark in self._marks() for one in self._in_mark(mark)]
        if not self._asides:
            found += [one for run in self._runs for one in self._in_run(run)]
        found.sort(key=lambda one: (one.near is None, one.near or 0, one.place < self._signals.place, one.place))
        return found

    def _marks(self) -> list[Mark]:
        """Marked elements, the inner ones before those that hold them: they say best which words are the date."""
        marks = {mark.element: mark for mark in [*self._signals.times[:_MARKS], *self._signals.dates[:_MARKS]]}
        return sorted(marks.values(), key=lambda mark: -mark.place)

    def _by_the_title(self, byline: tuple[HtmlElement, ...]) -> Iterator[walk.Line]:
        title = self._signals.title
        walks = []
        if title is not None:
            walks = [(walk.after(title), _AFTER_TITLE), (walk.before(title, 4), _BEFORE_TITLE)]
        for element in byline[:1]:
            walks += [
                (walk.inside(element), 4),
                (walk.after(element), _AFTER_BYLINE),
                (walk.before(element, 3), _BEFORE_BYLINE),
            ]
        for runs, most in walks:
            count = length = 0
            late = False
            for run in runs:
                for _, element in run:
                    node: HtmlElement | None = element
                    while node is not None and node not in self._signals.ancestors and node not in self._near:
                        self._near[node] = len(self._near)
                        if late:
                            self._late.add(node)
                        node = node.getparent()
                if any(dates.MAY_HOLD.search(text) for text, _ in run):
                    yield run
                count += len(run)
                size = sum(len(text) for text, _ in run)
                length += size
                late = late or size > _PARAGRAPH
                if count >= most or length > _REACH:
                    break

    def _in_mark(self, mark: Mark) -> Iterator[Mention]:
        element = mark.element
        own = element.get("datetime") or element.get("content")
        if (
            element.tag == "meta"
            or self._signals.aside(element) is not self._asides
            or element in self._signals.ancestors
        ):
            return
        if element.tag == "time" or (own and element.get("itemprop")):
            text = short_text(element, MAX_LINE) or ""
            stamp = stamps.read(own)
            if text and _is_prose(element, text):
                return
            seen = [one for one in dates.find_all(text, *self._orders) if one.day or one.hijri]
            if seen or stamp:
                found = seen[0] if seen else None
                raw = found.raw if found else (own or "").strip()
                yield from self._mention(
                    found, stamp, raw, text[: found.start] if found else text, element, mark.place, "time"
                )
            return
        text = lines(element, 3 * MAX_LINE) or ""
        if not dates.MAY_HOLD.search(text) or _COPYRIGHT.search(text):
            return
        for row in text.split("\n"):
            yield from self._in_row(row, 60, element, mark.place, element if len(text) <= MAX_LINE else None)

    def _in_run(self, run: walk.Line) -> Iterator[Mention]:
        """A line of text near the title. What stands alone in an element of its own may have more beside it."""
        first = run[0][1]
        if self._signals.aside(first):
            return
        text = plain(" ".join(piece for piece, _ in run) if len(run) > 1 else run[0][0])
        alone = [(plain(piece), element) for piece, element in run if dates.MAY_HOLD.search(piece)]
        if len(run) > 1 and len(text) <= _LINE_OF_MANY and not _is_sentence(text):
            for piece, element in alone:
                yield from self._in_row(piece, 12, element, 0, _only(element, piece))
        element = walk.common(run)
        if element is not None and element not in self._signals.ancestors:
            yield from self._in_row(text, 30, element, 0, _only(element, text))
        elif len(run) == 1:
            yield from self._in_row(text, 30, first, 0, None)

    def _in_row(
        self, row: str, rest: int, element: HtmlElement, place: int, holder: HtmlElement | None
    ) -> Iterator[Mention]:
        """The dates of a line that holds little else: at most `rest` characters, labels not counted."""
        if _COPYRIGHT.search(row):
            return
        all_found = list(dates.find_all(row, *self._orders))
        beside = len(row) - sum(len(found.raw) for found in all_found)
        if beside > rest + 12 * len(_WORD.findall(row)) or (beside > 25 and _is_sentence(row)):
            return
        covered = self._covered.get(element, set())
        last = 0
        for found in all_found:
            if (found.iso or found.raw) not in covered:
                before = row[last : found.start]
                yield from self._mention(found, None, found.raw, before, element, place, "line", holder=holder)
            last = found.end

    def _mention(
        self,
        found: Found | None,
        stamp: Stamp | None,
        raw: str,
        before: str,
        element: HtmlElement,
        place: int,
        source: str,
        holder: HtmlElement | None = None,
    ) -> Iterator[Mention]:
        label = _worded(dates.fold(before)) or self._called(element, before)
        said = label is not None
        node: HtmlElement | None = element
        in_body = False
        words = ""
        is_cell = is_heading = False
        for level in range(40):
            if node is None or node in self._signals.ancestors:
                break
            in_body = in_body or node in self._bodies
            is_cell = is_cell or node.tag in _CELLS
            is_heading = is_heading or node.tag in _HEADINGS
            if found:
                self._covered.setdefault(node, set()).add(found.iso or found.raw)
            if level < 3:
                words += f" {node.get('class') or ''} {node.get('itemprop') or ''}"
            node = node.getparent()
        near = self._near.get(element)
        if not said:
            if before.rstrip().endswith((":", "：")) and not _PLAIN_LABEL.search(dates.fold(before)):
                return  # "Filed: 5 May 2020"
            is_part = in_body and (near is None or is_heading or element in self._late)  # of a timeline, say
            if is_cell or is_part or _OTHER.search(words.lower()):
                return
        own = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
        bare = False
        if label is None:
            if _CLASS_UPDATE.search(words):
                label = Label.UPDATED
            elif _CLASS_PUBLISH.search(own):
                label = Label.PUBLISHED
            else:
                label, bare = Label.NONE, "updated" in own.split()
        yield Mention(
            found, stamp, raw, label, said, source, holder if source == "line" else element, near, place, bare, in_body
        )

    def _called(self, element: HtmlElement, before: str) -> Label | None:
        """The label in the pieces of text just before: "Last Updated", "on", and then the date."""
        if before.strip(" \t\n,.|·•–—-"):
            return None
        said = ""
        for (text, holder), _ in zip(walk.pieces_before(element, _LEVELS), range(_LABEL_PIECES), strict=False):
            folded = dates.fold(text).strip()
            if len(folded) > _LABEL_LENGTH or dates.find(folded) is not None:
                break
            if holder.tag in ("a", "h1") or holder is self._signals.title:
                break  # a section or a title may be called "Updates"
            said = f"{folded} {said}"
            if label := _worded(said):
                return label
        return None


def _worded(before: str) -> Label | None:
    """The label in words before a date: of several, the last."""
    found = None
    for match in _WORD.finditer(before):
        found = Label.UPDATED if match["update"] else Label.PUBLISHED
    return found


def _is_prose(element: HtmlElement, text: str) -> bool:
    """Whether a <time> is a part of a sentence."""
    parent = element.getparent()
    if parent is None or parent.tag not in _PROSE:
        return False
    whole = short_text(parent, len(text) + 2 * MAX_LINE)
    return whole is None


def _is_sentence(row: str) -> bool:
    return row.rstrip(" \"'”’»)").endswith((".", "!", "?", "؟", "…", ":"))


def _only(element: HtmlElement, text: str) -> HtmlElement | None:
    """The element, where it shows this text and nothing else."""
    whole = short_text(element, MAX_LINE)
    return element if whole is not None and len(whole) <= len(text) + 3 else None
