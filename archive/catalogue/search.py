"""Full-text search over the catalogue: what is found, in which order, how many, and how they are spread."""

import json
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from archive.catalogue.counts import NUMBERS
from archive.catalogue.excerpt import Marks, Piece, marked, snippet
from archive.catalogue.query import Query
from archive.catalogue.tables import FACETS

_WEIGHTS = "8.0, 3.0, 5.0, 1.0"  # of title, standfirst, authors, text
# Hits that are ranked by all of their words: at 100,000 publications that takes 30 ms. Of more, a word tells little.
_RANKED = 5000
_OTHERS = ("author", "section", "tag", "country")
_FILTERS = (*FACETS, *_OTHERS)
_COLUMNS = ("collection", "id", "institute", "kind", "state", "url", "title", "standfirst", "language", "direction",
            "published", "authors", "year")  # fmt: skip
_MANY = 400  # values that one statement takes


@dataclass(frozen=True, slots=True)
class Hit:
    """A publication that was found: its row of `publications` (without the text), and the words around the hits."""

    row: dict[str, Any]
    title: tuple[Piece, ...]
    snippet: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """`ranked` says whether the hits stand in the order of all their words: see `Search.find`."""

    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    ranked: bool = True


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
        filters: Mapping[str, str] | None = None,
        limit: int = 20,
        offset: int = 0,
        facets: Sequence[str] = (),
        newest: bool = False,
    ) -> Results:
        """The best hits, or the newest; all publications where no word was typed. Of more than 5,000 hits, the best are
        those that have all words in title, standfirst and authors, then the others, the newest of each first. `filters`
        and `facets` go by the names that `_FILTERS` and `FACETS` have; raises ValueError for another.
        """
        if unknown := set(facets) - set(FACETS):
            raise ValueError(f"{min(unknown)} is no facet: there are {', '.join(FACETS)}")
        query = Query.of(typed)
        found = _Found(self._connection, query, filters or {})
        keys = found.newest(offset, limit) if newest or not query else found.best(offset, limit)
        counted = {name: found.facet(name) for name in facets}
        return Results(found.total, tuple(self._hits(keys, query)), counted, found.total <= _RANKED)

    def ids(self, typed: str, filters: Mapping[str, str] | None = None) -> Iterator[str]:
        """The ids of all that is found, in no order."""
        for some in _batches(_Found(self._connection, Query.of(typed), filters or {}).keys):
            marks = ", ".join("?" * len(some))
            for (ident,) in self._connection.execute(f"SELECT id FROM publications WHERE key IN ({marks})", some):
                yield ident

    def _hits(self, keys: Sequence[int], query: Query) -> Iterator[Hit]:
        select = f"SELECT {', '.join(_COLUMNS)}, text FROM publications JOIN texts USING (key) WHERE key = ?"
        marks = Marks(query)
        for key in keys:
            row = dict(zip((*_COLUMNS, "text"), self._connection.execute(select, (key,)).fetchone(), strict=True))
            text = row.pop("text") or row["standfirst"] or ""
            yield Hit(row, tuple(marked(row["title"] or "", marks)), tuple(snippet(text, marks)))


class _Found:
    """The keys of what was found. Numbers alone are held here: some eight bytes a publication of the home."""

    def __init__(self, connection: sqlite3.Connection, query: Query, filters: Mapping[str, str]) -> None:
        if unknown := filters.keys() - set(_FILTERS):
            raise ValueError(f"{min(unknown)} is no filter: there are {', '.join(_FILTERS)}")
        self._connection = connection
        self._query = query
        self._orders: dict[str, array[int]] = {}
        names = ("number", *FACETS, "publications")
        rows = connection.execute(f"SELECT {', '.join(names)} FROM facets ORDER BY number").fetchall()
        self._groups = [dict(zip(names, row, strict=True)) for row in rows]
        asked = {name: value for name, value in filters.items() if name in FACETS}
        self._wanted = bytes(all(str(row[name]) == value for name, value in asked.items()) for row in self._groups)
        self._narrow = [(name, value) for name, value in filters.items() if name in _OTHERS]

    @cached_property
    def keys(self) -> Sequence[int]:
        """All of them, in no order."""
        found: Sequence[int] | None = self._matching(self._query.fts) if self._query else None
        for name, value in self._narrow:
            those = self._having(name, value)
            found = those if found is None else list(set(found).intersection(those))
        return self._narrowed(self._order("newest") if found is None else found)

    @cached_property
    def _spread(self) -> Counter[int]:
        """How many of each group were found."""
        if not self._query and not self._narrow:
            return Counter({row["number"]: row["publications"] for row in self._groups if self._wanted[row["number"]]})
        return Counter(map(self._order("facet").__getitem__, self.keys))

    @property
    def total(self) -> int:
        return self._spread.total()

    def facet(self, name: str) -> list[tuple[str, int]]:
        """How many of the found have each value, the most frequent first."""
        counted: Counter[Any] = Counter()
        for number, many in self._spread.items():
            counted[self._groups[number][name]] += many
        told = sorted((-many, value) for value, many in counted.items() if value is not None)
        return [(str(value), -many) for many, value in told[:50]]

    def newest(self, offset: int, limit: int) -> Sequence[int]:
        if not self._query and not self._narrow:  # they are in that order already
            return list(islice(self._those(self._order("newest")), offset, offset + limit))
        return self._by_day(self.keys, offset + limit)[offset:]

    def best(self, offset: int, limit: int) -> Sequence[int]:
        most = offset + limit
        if len(self.keys) > _RANKED:
            first = set(self._matching(f"{{title standfirst authors}} : ({self._query.fts})")).intersection(self.keys)
            ranked = self._by_day(first, most)
            if len(ranked) < most:
                ranked += self._by_day((key for key in self.keys if key not in first), most - len(ranked))
            return ranked[offset:]
        found = self._connection.execute(
            f"SELECT bm25(search, {_WEIGHTS}), rowid FROM search WHERE search MATCH ? AND +rowid IN"
            " (SELECT value FROM json_each(?))",
            (self._query.fts, f"[{','.join(map(str, self.keys))}]"),
        )
        place = self._order("place")
        best = sorted((score, place[key], key) for score, key in found)
        return [key for _, _, key in best[offset:most]]

    def _by_day(self, keys: Iterable[int], most: int) -> list[int]:
        newest = self._order("newest")
        return [newest[place] for place in sorted(map(self._order("place").__getitem__, keys))[:most]]

    def _matching(self, asked: str) -> list[int]:
        # As one text: a row of Python's for each key takes half as long again.
        query = "SELECT json_group_array(rowid) FROM search WHERE search MATCH ?"
        keys: list[int] = json.loads(self._connection.execute(query, (asked,)).fetchone()[0])
        return keys

    def _having(self, name: str, value: str) -> list[int]:
        if name == "author":
            rows = self._connection.execute("SELECT DISTINCT key FROM publication_authors WHERE author = ?", (value,))
        else:
            rows = self._connection.execute("SELECT key FROM subjects WHERE what = ? AND value = ?", (name, value))
        return [key for (key,) in rows]

    def _narrowed(self, keys: Sequence[int]) -> Sequence[int]:
        return keys if all(self._wanted) else list(self._those(keys))

    def _those(self, keys: Iterable[int]) -> Iterator[int]:
        """Those of the groups that were asked for."""
        wanted, facet = self._wanted, self._order("facet")
        return (key for key in keys if wanted[facet[key]])

    def _order(self, name: str) -> "array[int]":
        if name not in self._orders:
            row = self._connection.execute("SELECT numbers FROM orders WHERE name = ?", (name,)).fetchone()
            self._orders[name] = array(NUMBERS, row[0] if row else b"")
        return self._orders[name]


def _batches(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[at : at + _MANY] for at in range(0, len(keys), _MANY))
