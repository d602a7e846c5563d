"""Brings what the catalogue says of one collection up to date."""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from archive.catalogue import crawls, rows, tables
from archive.catalogue.reading import Cells, Found, Stretch, read, stretches
from archive.catalogue.rows import Placed, Row
from archive.dataset.jsonl import HISTORY
from archive.processes import Processes
from archive.store.access import hidden
from archive.store.collection import Collection
from archive.store.withheld import Withheld

_BATCH = 500  # rows at a time
_SMALL = 16 << 20  # bytes that are read here before other processes have started
_INDEX = "INSERT INTO search(rowid, title, standfirst, authors, text) VALUES (? + {base}, ?, ?, ?, ?)"
_FORGET = "INSERT INTO search(search, rowid, title, standfirst, authors, text) VALUES ('delete', ?, ?, ?, ?, ?)"

Progress = Callable[[str, int, int], None]  # collection, publications done, and how many there are


class TooMuch(Exception):
    """More publications have changed than were to be changed one by one; raised by `Refresh.run`, whose caller makes
    the catalogue anew.
    """


def today() -> date:
    return datetime.now(UTC).date()


class Refresh:
    """One collection, within its caller's transaction. `catalogue` is the file where its publications stand already;
    without one, they are all new. `most` is how many may be written.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        collection: Collection,
        progress: Progress,
        catalogue: Path | None = None,
        most: int | None = None,
    ) -> None:
        self._connection = connection
        self._collection = collection
        self._name = collection.name
        self._progress = progress
        self._catalogue = catalogue
        self._most = most
        self._hidden = hidden(collection, today())
        self._written = 0
        self._next = 1 + (self._one("SELECT max(key) FROM publications") or 0)

    def run(self, mark: str) -> int:
        """Returns how many publications were written; `mark` is kept as the collection's stamp."""
        self._publications()
        self._replace("captures", crawls.captures(self._collection, self._hidden))
        self._replace("crawls", crawls.crawls(self._collection))
        self._replace("failures", crawls.failures(self._collection, self._hidden))
        self._describe(mark)
        return self._written

    def _one(self, query: str, *values: Any) -> Any:
        return self._connection.execute(query, values).fetchone()[0]

    def _publications(self) -> None:
        """Writes what is new or changed, forgets what is there no more."""
        history = self._collection.dataset_dir / HISTORY
        if not history.is_file():
            forget(self._connection, self._name)
            return
        build = 1 + (self._one("SELECT max(build) FROM publications WHERE collection = ?", self._name) or 0)
        withheld = Withheld.of(self._collection, today())  # since the dataset was derived
        ids = frozenset(one.id for one in withheld if one.id)
        size = history.stat().st_size
        with _read(stretches(history, self._name, self._catalogue, ids, build), size) as results:
            for stretch, found in results:
                self._take(found, build)
                self._progress(self._name, stretch.end, size)
        stale = self._connection.execute(
            "SELECT key FROM publications WHERE collection = ? AND build < ?", (self._name, build)
        ).fetchall()
        for (key,) in stale:
            self._remove(key)
        self._written += len(stale)

    def _take(self, found: Found, build: int) -> None:
        self._written += len(found.new)
        if self._most is not None and self._written > self._most:
            raise TooMuch
        for ident, places in found.same:
            self._move(ident, places, build)
        if self._catalogue:
            for ident in found.new:
                self._remove_id(ident)
        for table, cells in found.rows.items():
            names = ", ".join(f"[{name}]" for name in tables.COLUMNS[table])
            marks = ", ?" * (len(tables.COLUMNS[table]) - 1)
            self._connection.executemany(
                f"INSERT OR IGNORE INTO {table} ({names}) VALUES (? + {self._next}{marks})", cells
            )
        self._connection.executemany(_INDEX.format(base=self._next), found.searched)
        self._next += len(found.new)

    def _move(self, ident: str, places: list[tuple[int, int]], build: int) -> None:
        """The same lines, at other places of the file."""
        key = self._one("SELECT key FROM publications WHERE collection = ? AND id = ?", self._name, ident)
        offset, length = places[-1]
        self._connection.execute(
            "UPDATE publications SET line = ?, line_length = ?, build = ? WHERE key = ?", (offset, length, build, key)
        )
        self._connection.executemany(
            "UPDATE versions SET line = ? WHERE key = ? AND number = ?",
            [(offset, key, number) for number, (offset, _) in enumerate(places, 1)],
        )

    def _remove_id(self, ident: str) -> None:
        query = "SELECT key FROM publications WHERE collection = ? AND id = ?"
        for (key,) in self._connection.execute(query, (self._name, ident)).fetchall():
            self._remove(key)

    def _remove(self, key: int) -> None:
        _unindex(self._connection, "key = ?", (key,))
        for table in ("texts", *tables.OF_PUBLICATIONS):
            self._connection.execute(f"DELETE FROM {table} WHERE key = ?", (key,))

    def _replace(self, table: str, told: Iterable[Row]) -> None:
        """All rows of the collection in one table."""
        names = tables.COLUMNS[table]
        self._connection.execute(f"DELETE FROM {table} WHERE collection = ?", (self._name,))
        statement = f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(names))})"
        self._connection.executemany(statement, (tuple(map(row.get, names)) for row in told))

    def _describe(self, mark: str) -> None:
        meta = self._collection.meta
        counted = {
            table: self._one(f"SELECT count(*) FROM {table} WHERE collection = ?", self._name)
            for table in ("publications", "versions", "captures")
        }
        row = {
            "name": self._name, "title": meta.title, "operator": meta.operator, "rights": meta.rights,
            "institute": self._one("SELECT max(institute) FROM publications WHERE collection = ?", self._name),
            **counted, "ledger_head": self._collection.ledger.head(), "stamp": mark,
        }  # fmt: skip
        names = tables.COLUMNS["collections"]
        self._connection.execute(
            f"INSERT OR REPLACE INTO collections VALUES ({', '.join('?' * len(names))})", tuple(map(row.get, names))
        )


@contextmanager
def _read(wanted: Iterator[Stretch], size: int) -> Iterator[Iterator[tuple[Stretch, Found]]]:
    """The stretches with what they hold, in order; read in as many processes as there are processors."""
    if size <= _SMALL:
        yield ((stretch, read(stretch)) for stretch in wanted)
        return
    with Processes(os.cpu_count() or 1) as processes:
        yield processes.map((read, stretch) for stretch in wanted)


def _unindex(connection: sqlite3.Connection, where: str, values: Cells) -> None:
    """A contentless index forgets a row when it is told the very words that it was given."""
    reading = connection.execute(
        f"SELECT key, title, standfirst, text FROM publications JOIN texts USING (key) WHERE {where}", values
    )
    for batch in iter(lambda: list(islice(reading, _BATCH)), []):
        connection.executemany(_FORGET, [(key, *_indexed(connection, key, *told)) for key, *told in batch])


def _indexed(
    connection: sqlite3.Connection, key: int, title: str | None, standfirst: str | None, text: str | None
) -> Cells:
    """The words of a publication as they were indexed."""
    people = connection.execute(
        "SELECT name, name_other FROM publication_authors WHERE key = ? ORDER BY position", (key,)
    )
    authors = [{"name": name, "name_other": other} for name, other in people]
    line = {"title": title, "standfirst": standfirst, "authors": authors, "text": text}
    return rows.searched(Placed(line, 0, 0))


def forget(connection: sqlite3.Connection, name: str) -> None:
    """All that is known of a collection."""
    _unindex(connection, "collection = ?", (name,))
    connection.execute("DELETE FROM texts WHERE key IN (SELECT key FROM publications WHERE collection = ?)", (name,))
    for table, columns in tables.COLUMNS.items():
        if "collection" in columns and table != "facets":
            connection.execute(f"DELETE FROM {table} WHERE collection = ?", (name,))
    connection.execute("DELETE FROM collections WHERE name = ?", (name,))
