"""What is shown of a hit: the text as it stands, in pieces, what was asked for marked."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from archive.catalogue.fold import WORD, form
from archive.catalogue.query import Query

_LENGTH = 32  # words


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the text as it stands, and whether it was asked for."""

    text: str
    hit: bool


class Marks(dict[str, bool]):
    """Whether a word, as it stands in a text, was asked for: worked out when it is first met."""

    def __init__(self, query: Query) -> None:
        super().__init__()
        self._query = query

    def __missing__(self, word: str) -> bool:
        asked = self[word] = self._query.marks(form(word))
        return asked


def marked(text: str, marks: Marks) -> Iterator[Piece]:
    """The whole text in pieces, what was asked for marked."""
    at = 0
    for match in WORD.finditer(text):
        if marks[match[0]]:
            if match.start() > at:
                yield Piece(text[at : match.start()], False)
            yield Piece(match[0], True)
            at = match.end()
    if at < len(text):
        yield Piece(text[at:], False)


def snippet(text: str, marks: Marks, length: int = _LENGTH) -> Iterator[Piece]:
    """The stretch of so many words that holds the most of what was asked for, with `…` where it was cut."""
    found = WORD.findall(text)
    if not found:
        return
    hits = [place for place, asked in enumerate(map(marks.__getitem__, found)) if asked]
    first = _densest(hits, length, len(found))
    last = min(first + length, len(found)) - 1
    spans = [match.span() for match in islice(WORD.finditer(text), first, last + 1)]
    start, end = spans[0][0] if first else 0, spans[-1][1] if last + 1 < len(found) else len(text)
    if first:
        yield Piece("… ", False)
    yield from marked(" ".join(text[start:end].split()), marks)
    if last + 1 < len(found):
        yield Piece(" …", False)


def _densest(hits: Sequence[int], length: int, count: int) -> int:
    """Where the best stretch begins, some words before one of the hits; there are `count` words."""
    best, most = 0, 0
    for hit in hits:
        begin = max(min(hit - length // 4 + 1, count - length), 0)
        here = bisect_left(hits, begin + length) - bisect_left(hits, begin)
        if here > most:
            best, most = begin, here
    return best
