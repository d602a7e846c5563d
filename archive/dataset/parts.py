"""A publication that is spread over several pages: which captures are its parts, and its content made whole."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from archive.dataset.pages import Row
from archive.extract.page import Block, Content
from archive.extract.warnings import Warning

_LISTS = ("authors", "sections", "tags", "countries", "images", "documents", "author_notes", "related", "translations")
SHORT = 250  # code points: what `short_body` means


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one capture of a publication behind its first, in order; whether a part that it names was never
    captured whole."""

    rows: tuple[tuple[int, Row], ...] = ()  # number, capture
    missing: bool = False


@dataclass
class Spread:
    """The captures of one publication's parts."""

    keys: frozenset[str]  # of the addresses of all parts behind the first
    crawl_of: Callable[[str], str]
    _rows: dict[str, list[Row]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Row], members: set[str], crawl_of: Callable[[str], str]) -> "Spread":
        """`rows` are a publication's captures in order, `members` its addresses."""
        found: dict[str, list[Row]] = {}
        keys = set()
        for row in rows:
            if row.part_key in members and row.part_key != row.key:
                keys.add(row.key)
                if row.whole:
                    found.setdefault(row.key, []).append(row)
        return cls(frozenset(keys), crawl_of, found)

    def of_capture(self, row: Row) -> Parts:
        """The parts that a capture of the first page names, and those that they name."""
        named = _named(row)
        found: dict[int, Row] = {}
        missing = False
        while left := sorted(named.keys() - found.keys()):
            number = left[0]
            part = self._near(named[number], row)
            if part is None:
                missing = True
                del named[number]
                if not named.keys() - found.keys():
                    break
                continue
            found[number] = part
            for other, key in _named(part).items():
                if other > number:
                    named.setdefault(other, key)
        return Parts(tuple(sorted(found.items())), missing)

    def _near(self, key: str, row: Row) -> Row | None:
        """The capture of a part that goes with one of the first page: of the same crawl, else the last before, else
        the first after."""
        captures = self._rows.get(key, [])
        crawl = self.crawl_of(row.warc)
        same = [one for one in captures if self.crawl_of(one.warc) == crawl]
        before = [one for one in captures if one.captured_at <= row.captured_at]
        return same[-1] if same else before[-1] if before else captures[0] if captures else None


def _named(row: Row) -> dict[int, str]:
    return {int(number): key for number, key in json.loads(row.parts or "[]")}


def whole(row: Row, parts: Parts) -> Row:
    """The first page's row with the hash of all that is said: a part that changes makes a version too."""
    if not parts.rows:
        return row
    said = "".join([row.content_sha256 or "", *(part.content_sha256 or "" for _, part in parts.rows)])
    return row._replace(content_sha256=hashlib.sha256(said.encode()).hexdigest())


def joined(first: Content, rest: Sequence[Content]) -> Content:
    """One content of all parts: the first page's fields, and the blocks, images, files and notes of all. What every
    page repeats stands once."""
    if not rest:
        return first
    blocks = list(first.blocks)
    for content in rest:
        blocks.extend(_moved(content, first, len(blocks)))
    lists = {
        name: tuple(dict.fromkeys(value for content in (first, *rest) for value in getattr(content, name)))
        for name in _LISTS
        if name != "authors"
    }
    for name, key in (("images", "url"), ("documents", "url"), ("author_notes", "text"), ("related", "url")):
        lists[name] = tuple({getattr(value, key): value for value in reversed(lists[name])}.values())[::-1]
    return first.model_copy(update={"blocks": tuple(blocks), **lists})


def _moved(content: Content, first: Content, by: int) -> Iterable[Block]:
    """A part's blocks where they stand in the whole: their notes' places moved, their language told against the
    first's."""
    for block in content.blocks:
        changed: dict[str, object] = {}
        if block.notes:
            notes = (note.model_copy(update={"block": note.block + by}) for note in block.notes)
            changed["notes"] = tuple(notes)
        if content.language != first.language and block.language is None:
            changed["language"] = content.language
        if content.direction != first.direction and block.direction is None:
            changed["direction"] = content.direction
        yield block.model_copy(update=changed) if changed else block


def doubts(row: Row, parts: Parts, length: int) -> set[str]:
    """The warnings of all parts together; a short page of a long text is no short text."""
    codes = {code for one in (row, *(part for _, part in parts.rows)) for code in json.loads(one.warnings)}
    if parts.missing:
        codes.add(Warning.PART_MISSING)
    if parts.rows and length:
        codes.discard(Warning.NO_BODY)
    if parts.rows and length >= SHORT:
        codes.discard(Warning.SHORT_BODY)
    return {str(code) for code in codes}
