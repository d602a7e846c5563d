"""Reads a history.jsonl in stretches, each alone and in whatever process: which publications have new lines, and the
rows that they become.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any

from archive.catalogue import lines, rows, tables
from archive.catalogue.lines import Group

_CELLS = {table: itemgetter(*columns[1:]) for table, columns in tables.COLUMNS.items() if len(columns) > 2}
_SIZE = 4 << 20  # bytes of a stretch: some two hundred publications
Cells = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Those publications of a collection whose first line begins in [begin, end)."""

    path: Path
    collection: str
    begin: int
    end: int
    catalogue: Path | None  # where their lines' digests may stand already
    withheld: frozenset[str]  # ids that are left out
    build: int  # which writing of the collection this is: what has an older one at its end is there no more

    def __str__(self) -> str:
        return f"{self.path} from byte {self.begin}"


@dataclass(slots=True)
class Found:
    """What a stretch holds. `new` are the ids of the publications that are to be written; the first cell of each of
    their `rows` (and of what is `searched`) is the publication's place in `new`, and their cells go by
    `tables.COLUMNS`. `same` have other places in the file at most: id, places of their lines.
    """

    new: list[str] = field(default_factory=list)
    rows: dict[str, list[Cells]] = field(default_factory=dict)
    searched: list[Cells] = field(default_factory=list)
    same: list[tuple[str, list[tuple[int, int]]]] = field(default_factory=list)


def stretches(
    path: Path, collection: str, catalogue: Path | None, withheld: frozenset[str], build: int
) -> Iterator[Stretch]:
    """All of a file."""
    size = path.stat().st_size
    for begin in range(0, size, _SIZE):
        yield Stretch(path, collection, begin, min(begin + _SIZE, size), catalogue, withheld, build)


def read(stretch: Stretch) -> Found:
    found = Found()
    with closing(_Known(stretch)) as known:
        for ident, group in lines.groups(stretch.path, stretch.begin, stretch.end):
            if ident in stretch.withheld:
                continue
            digest = group.digest
            if known.digest(ident) == digest:
                found.same.append((ident, group.places))
            else:
                _add(found, stretch, ident, group, digest)
    return found


class _Known:
    """The digests that the catalogue has."""

    def __init__(self, stretch: Stretch) -> None:
        self._name = stretch.collection
        uri = f"{stretch.catalogue.absolute().as_uri()}?mode=ro" if stretch.catalogue else "file::memory:"
        self._connection = sqlite3.connect(uri, uri=True)
        self._is_empty = stretch.catalogue is None

    def digest(self, ident: str) -> bytes | None:
        if self._is_empty:
            return None
        query = "SELECT line_digest FROM publications WHERE collection = ? AND id = ?"
        row = self._connection.execute(query, (self._name, ident)).fetchone()
        return row[0] if row else None

    def close(self) -> None:
        self._connection.close()


def _add(found: Found, stretch: Stretch, ident: str, group: Group, digest: bytes) -> None:
    number, name = len(found.new), stretch.collection
    found.new.append(ident)
    versions = group.versions()
    last = versions[-1]
    row = rows.publication(name, versions) | {"line_digest": digest, "build": stretch.build}
    for table, some in (("publications", [row]), *rows.others(name, versions, rows.home_hosts(last.line))):
        cells = found.rows.setdefault(table, [])
        cells += [(number, *_CELLS[table](one)) for one in some]
    found.rows.setdefault("texts", []).append((number, last.line["text"]))
    found.searched.append((number, *rows.searched(last)))
