"""Full-text search over the catalogue: what a person types, what the index is asked, and what is shown of each hit."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.catalogue.fold import words

_TERM = re.compile(r'(?P<not>-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_WEIGHTS = "8.0, 3.0, 5.0, 1.0"  # of title, standfirst, authors, text
_SNIPPET = 32  # words
_TEXT = "(SELECT text FROM texts WHERE texts.key = publications.key) AS text"
_SAME = "other.collection = publications.collection AND other.id = publications.id"
_FILTERS = ("collection", "institute", "kind", "language", "state", "year", "author", "section", "tag", "country")
_COLUMNS = ", ".join(
    f"publications.{name}"
    for name in (
        *("collection", "id", "institute", "kind", "state", "url", "title", "standfirst", "language", "direction"),
        *("published", "authors", "year"),
    )
)


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked. `terms` are folded words; one of several words is a phrase, a last `*` asks for a beginning."""

    terms: tuple[tuple[str, ...], ...] = ()
    without: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(cls, typed: str) -> "Query":
        """From what a person types: words, "phrases", -without, begin*. Nothing typed is an error."""
        wanted: list[tuple[str, ...]] = []
        unwanted: list[tuple[str, ...]] = []
        for match in _TERM.finditer(typed):
            text = match["phrase"] if match["phrase"] is not None else match["word"]
            term = tuple(form for _, _, form in words(text))
            if not term:
                continue
            if match["word"] and text.endswith("*"):
                term = (*term[:-1], term[-1] + "*")
            (unwanted if match["not"] else wanted).append(term)
        return cls(tuple(wanted), tuple(unwanted))

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def fts(self) -> str:
        """As FTS5 wants it: every word quoted, so that no word is an operator."""
        asked = " AND ".join(map(_quoted, self.terms))
        return f"({asked})" + "".join(f" NOT {_quoted(term)}" for term in self.without)

    def marks(self, word: str) -> bool:
        """Whether a folded word is one that was asked for."""
        return any(
            word.startswith(one[:-1]) if one.endswith("*") else word == one for term in self.terms for one in term
        )


def _quoted(term: Sequence[str]) -> str:
    begin = term[-1].endswith("*")
    return f'"{" ".join(one.rstrip("*") for one in term)}"' + (" *" if begin else "")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the text as it stands, and whether it was asked for."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A publication that was found: its row of `publications` (without the text), and the words around the hits."""

    row: dict[str, Any]
    title: tuple[Piece, ...]
    snippet: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Results:
    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)


class Search:
    """Over a catalogue's connection; read only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> "Search":
        return cls(sqlite3.connect(f"file:{path}?mode=ro", uri=True))

    def close(self) -> None:
        self._connection.close()

    def find(
        self,
        typed: str = "",
        filters: dict[str, str] | None = None,
        limit: int = 20,
        offset: int = 0,
        facets: Sequence[str] = (),
        newest: bool = False,
    ) -> Results:
        """The best hits, or the newest; all publications where no word was typed. `filters` and `facets` go by the
        names that `_FILTERS` has; raises ValueError for another.
        """
        query = Query.of(typed)
        where, values = _where(query, filters or {})
        total = self._connection.execute(f"SELECT count(*) {where}", values).fetchone()[0]
        order = f"bm25(search, {_WEIGHTS}), published DESC" if query and not newest else "published DESC, key"
        found = self._connection.execute(
            f"SELECT {_COLUMNS}, {_TEXT} {where} ORDER BY {order} LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        names = [one[0] for one in found.description]
        hits = tuple(self._hit(dict(zip(names, row, strict=True)), query) for row in found)
        return Results(total, hits, {name: self._facet(name, where, values) for name in facets})

    def ids(self, typed: str, filters: dict[str, str] | None = None) -> Iterator[str]:
        """The ids of all that is found, in no order."""
        where, values = _where(Query.of(typed), filters or {})
        return (row[0] for row in self._connection.execute(f"SELECT publications.id {where}", values))

    def _hit(self, row: dict[str, Any], query: Query) -> Hit:
        text = row.pop("text") or row["standfirst"] or ""
        return Hit(row, tuple(marked(row["title"] or "", query)), tuple(snippet(text, query)))

    def _facet(self, name: str, where: str, values: Sequence[Any]) -> list[tuple[str, int]]:
        """How many of the found have each value, the most frequent first."""
        if name not in ("collection", "institute", "kind", "language", "state", "year"):
            raise ValueError(f"{name} is no facet")
        rows = self._connection.execute(
            f"SELECT {name}, count(*) AS many {where} GROUP BY 1 ORDER BY many DESC, 1 LIMIT 50", values
        )
        return [(str(value), many) for value, many in rows if value is not None]


def _where(query: Query, filters: dict[str, str]) -> tuple[str, list[Any]]:
    """FROM and WHERE of a search, and its values."""
    source, conditions, values = "FROM publications", [], []
    if query:
        source += " JOIN search ON search.rowid = publications.key"
        conditions.append("search MATCH ?")
        values.append(query.fts)
    for name, value in filters.items():
        if name not in _FILTERS:
            raise ValueError(f"{name} is no filter: there are {', '.join(_FILTERS)}")
        conditions.append(_condition(name))
        values.append(value)
    return source + (f" WHERE {' AND '.join(conditions)}" if conditions else ""), values


def _condition(name: str) -> str:
    if name == "author":
        return f"EXISTS (SELECT 1 FROM publication_authors AS other WHERE other.author = ? AND {_SAME})"
    if name in ("section", "tag", "country"):
        return f"EXISTS (SELECT 1 FROM subjects AS other WHERE other.what = '{name}' AND other.value = ? AND {_SAME})"
    return f"publications.{name} = ?"


def marked(text: str, query: Query) -> Iterator[Piece]:
    """The whole text in pieces, what was asked for marked."""
    at = 0
    for start, end, form in words(text):
        if query.marks(form):
            if start > at:
                yield Piece(text[at:start], False)
            yield Piece(text[start:end], True)
            at = end
    if at < len(text):
        yield Piece(text[at:], False)


def snippet(text: str, query: Query, length: int = _SNIPPET) -> Iterator[Piece]:
    """The stretch of so many words that holds the most of what was asked for, with `…` where it was cut."""
    found = list(words(text))
    if not found:
        return
    hits = [query.marks(form) for _, _, form in found]
    first = _densest(hits, length)
    last = min(first + length, len(found)) - 1
    start, end = found[first][0] if first else 0, found[last][1] if last + 1 < len(found) else len(text)
    if first:
        yield Piece("… ", False)
    yield from marked(" ".join(text[start:end].split()), query)
    if last + 1 < len(found):
        yield Piece(" …", False)


def _densest(hits: Sequence[bool], length: int) -> int:
    """Where the best stretch begins: some words before its first hit."""
    count = sum(hits[:length])
    best, most = 0, count
    for begin in range(1, max(len(hits) - length, 0) + 1):
        count += hits[begin + length - 1] - hits[begin - 1]
        if count > most:
            best, most = begin, count
    while most and best < len(hits) - length and not any(hits[best : best + length // 4]):
        best += 1
    return best
