"""What two versions of a publication differ in: field by field, block by block, word by word, and what sort of change
that is. Pure; for `diff`, `history`, reports and the catalogue's pages.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Literal

Line = dict[str, Any]  # a line of history.jsonl
Op = Literal["same", "removed", "added"]

_TOKEN = re.compile(r"\s+|\w[\w\u0610-\u061a\u064b-\u065f\u0670]*|[^\w\s]")
_FIELDS = (
    *("title", "standfirst", "authors", "published", "modified", "kind", "language", "sections", "tags", "countries"),
    *("url", "author_notes", "images", "documents", "translations", "case"),
)
_READ_FROM = frozenset({"captured_at", "warc", "offset"})  # of a document: the same file captured again is no change
_MOST = 4_000_000  # pairs of words that are compared; a stretch of more is told as removed and added
_LONG = 500  # letters that went or came in one block; more is a text written anew, and no slip
_FEW = 0.05  # the share of a text's words up to which a change is a correction, where the text does not say so itself
_SAID = re.compile(r"\bcorrect(?:ion|ed)\b|\berratum\b|تصحيح|تصويب|استدراك", re.IGNORECASE)


class Change(StrEnum):
    """What sort of change a version is. A version may be several."""

    RETITLE = "retitle"
    BYLINE = "byline"
    DATE = "date"  # of publication
    TYPO = "typo"  # single letters, marks and spaces
    CORRECTION = "correction"  # up to a twentieth of the words, or the text says that it was corrected
    UPDATE = "update"
    REMOVAL = "removal"  # words went, and none came


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, and whether it stands in both versions, in the old one, or in the new one."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class BlockChange:
    """A block of the old version, its place there (from 0), and what stands in its place in the new one."""

    op: Literal["same", "changed", "removed", "added"]
    old: int | None
    new: int | None
    type: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    kinds: tuple[Change, ...]
    fields: dict[str, tuple[Any, Any]]  # old and new value of every other field that changed
    blocks: tuple[BlockChange, ...]
    words_removed: int
    words_added: int


def differences(old: Line, new: Line) -> Differences:
    """What changed between two versions of one publication."""
    fields = {name: (old[name], new[name]) for name in _FIELDS if _told(old[name]) != _told(new[name])}
    blocks = tuple(_blocks(old["blocks"] or (), new["blocks"] or ()))
    pieces = [piece for block in blocks for piece in block.pieces]
    removed, added = (sum(_count(piece.text) for piece in pieces if piece.op == op) for op in ("removed", "added"))
    return Differences(tuple(_kinds(fields, blocks, old, removed, added)), fields, blocks, removed, added)


def _told(value: Any) -> Any:
    """A field without where its parts were read."""
    if isinstance(value, list):
        return [_told(one) for one in value]
    if isinstance(value, dict):
        return {key: one for key, one in value.items() if key not in _READ_FROM}
    return value


def words(old: str, new: str) -> list[Piece]:
    """Two texts, word by word."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    start, end = _alike(before, after)
    middle = before[start : len(before) - end], after[start : len(after) - end]
    pieces = [Piece("same", "".join(before[:start]))]
    if len(middle[0]) * len(middle[1]) > _MOST:
        pieces += [Piece("removed", "".join(middle[0])), Piece("added", "".join(middle[1]))]
    else:
        matcher = SequenceMatcher(None, *middle, autojunk=False)
        for op, a, b, c, d in matcher.get_opcodes():
            if op == "equal":
                pieces.append(Piece("same", "".join(middle[0][a:b])))
            else:
                pieces.append(Piece("removed", "".join(middle[0][a:b])))
                pieces.append(Piece("added", "".join(middle[1][c:d])))
    pieces.append(Piece("same", "".join(before[len(before) - end :])))
    return [piece for piece in pieces if piece.text]


def _alike(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """How many tokens are the same at the start, and at the end."""
    most = min(len(before), len(after))
    start = next((at for at in range(most) if before[at] != after[at]), most)
    left = most - start
    end = next((at for at in range(left) if before[-1 - at] != after[-1 - at]), left)
    return start, end


def _blocks(old: Sequence[Line], new: Sequence[Line]) -> Iterator[BlockChange]:
    matcher = SequenceMatcher(None, [_shown(one) for one in old], [_shown(one) for one in new], autojunk=False)
    for op, a, b, c, d in matcher.get_opcodes():
        if op == "equal":
            for at in range(b - a):
                yield BlockChange("same", a + at, c + at, new[c + at]["type"], (Piece("same", new[c + at]["text"]),))
            continue
        yield from _replaced(old, new, range(a, b), range(c, d))


def _replaced(old: Sequence[Line], new: Sequence[Line], gone: range, come: range) -> Iterator[BlockChange]:
    """A run of blocks in another's place: those that are the most alike are taken for the same one, in order."""
    at = come.start
    for place in gone:
        partner = next((other for other in range(at, come.stop) if _related(old[place], new[other])), None)
        if partner is None:
            yield BlockChange("removed", place, None, old[place]["type"], _whole("removed", old[place]))
            continue
        for other in range(at, partner):
            yield BlockChange("added", None, other, new[other]["type"], _whole("added", new[other]))
        at = partner + 1
        pieces = tuple(words(old[place]["text"], new[partner]["text"]))
        yield BlockChange("changed", place, partner, new[partner]["type"], pieces)
    for other in range(at, come.stop):
        yield BlockChange("added", None, other, new[other]["type"], _whole("added", new[other]))


def _shown(block: Line) -> tuple[str, str]:
    return block["type"], block["text"]


def _whole(op: Op, block: Line) -> tuple[Piece, ...]:
    return (Piece(op, block["text"]),) if block["text"] else ()


def _related(one: Line, other: Line) -> bool:
    """Whether two blocks share a third of their words."""
    first, second = set(_words(one["text"])), set(_words(other["text"]))
    return 3 * len(first & second) >= max(len(first | second), 1)


def _words(text: str) -> list[str]:
    return [token for token in _TOKEN.findall(text) if token[0].isalnum()]


def _count(text: str) -> int:
    return len(_words(text))


def _kinds(
    fields: dict[str, tuple[Any, Any]], blocks: Sequence[BlockChange], old: Line, removed: int, added: int
) -> Iterator[Change]:
    named = {"title": Change.RETITLE, "authors": Change.BYLINE, "published": Change.DATE}
    yield from (change for name, change in named.items() if name in fields)
    if any(block.op != "same" for block in blocks):
        yield _of_text(blocks, _count(old["text"] or ""), removed, added)
    elif not named.keys() & fields.keys():
        yield Change.UPDATE


def _of_text(blocks: Sequence[BlockChange], total: int, removed: int, added: int) -> Change:
    if all(block.op in ("same", "changed") and _slip(block.pieces) for block in blocks):
        return Change.TYPO
    if removed and not added:
        return Change.REMOVAL
    new = " ".join(piece.text for block in blocks for piece in block.pieces if piece.op == "added")
    said = _SAID.search(new) is not None
    return Change.CORRECTION if said or max(removed, added) <= _FEW * total else Change.UPDATE


def _slip(pieces: Sequence[Piece]) -> bool:
    """Whether what changed is letters of single words, marks and spaces, and no number."""
    before = "".join(piece.text for piece in pieces if piece.op == "removed")
    after = "".join(piece.text for piece in pieces if piece.op == "added")
    if any(one.isdigit() for one in before + after):
        return before == after
    one, other = "".join(_words(before)), "".join(_words(after))
    apart = _letters_apart(one, other)
    return apart <= 2 * len(_words(after)) and 2 * apart <= max(len(one), len(other))


def _letters_apart(one: str, other: str) -> int:
    """How many letters must go and come to make one word of the other; all of them where nobody would count."""
    if max(len(one), len(other)) > _LONG:
        return max(len(one), len(other))
    same = sum(match.size for match in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks())
    return max(len(one), len(other)) - same
