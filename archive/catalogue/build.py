"""Makes the catalogue, and brings it up to date: a collection whose dataset, index or crawls have changed is read
again, and of its publications those whose lines have changed are written again.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.catalogue import lines, rows, tables
from archive.catalogue.lines import Group
from archive.catalogue.rows import Row
from archive.dataset.jsonl import HISTORY
from archive.errors import ArchiveError, CollectionError
from archive.store import cdxj
from archive.store.access import hidden
from archive.store.collection import Collection
from archive.store.warc import target_uri
from archive.store.withheld import Withheld

NAME = "catalogue.sqlite"
_BATCH = 500  # publications, or rows of the index, at a time
_CHILDREN = (
    "versions",
    "aliases",
    "publication_authors",
    "subjects",
    "documents",
    "links",
    "cases",
    "parties",
    "events",
)
_INDEX = "INSERT INTO search(rowid, title, standfirst, authors, text) VALUES (?, ?, ?, ?, ?)"
_FORGET = "INSERT INTO search(search, rowid, title, standfirst, authors, text) VALUES ('delete', ?, ?, ?, ?, ?)"
# Ends of a URL that an archivist would ask about (contracts.md).
_LOST = frozenset({"failed", "gone", "robots", "private", "botwall", "limit", "queued", "trap"})

Progress = Callable[[str, int, int], None]  # collection, publications done, and how many there are


class Catalogue:
    """`catalogue.sqlite` of a home. Readers open it by themselves: it is in WAL mode, and they need not wait."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / NAME

    def refresh(self, progress: Progress = lambda *_: None) -> int:
        """Brings every collection of the home up to date; returns how many publications were written. Where the file
        is damaged, or of another version, it is made anew.
        """
        with self._open() as database:
            names = sorted(path.name for path in (self.home / "collections").glob("*") if path.is_dir())
            there = {row["name"] for row in database["collections"].rows}
            for name in there - set(names):
                with database.conn:
                    _forget(database, name)
            written = 0
            for name in names:
                try:
                    collection = Collection.open(self.home / "collections" / name)
                except CollectionError:  # a folder that a crawl never made
                    continue
                written += _Refresh(database, collection, progress).run()
            if written or there - set(names):
                with database.conn:
                    _count_authors(database)
                database.execute("PRAGMA optimize")
        return written

    def is_current(self) -> bool:
        """Whether nothing has changed since it was brought up to date."""
        if not self.path.exists():
            return False
        try:
            with sqlite3.connect(f"file:{self.path}?mode=ro", uri=True) as connection:
                version = connection.execute("PRAGMA user_version").fetchone()[0]
                known = dict(connection.execute("SELECT name, stamp FROM collections"))
        except sqlite3.DatabaseError:
            return False
        folders = [path for path in (self.home / "collections").glob("*") if (path / "collection.toml").is_file()]
        return version == tables.VERSION and known == {path.name: stamp(Collection.open(path)) for path in folders}

    @contextmanager
    def _open(self) -> Iterator[Database]:
        try:
            database = self._database()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise ArchiveError(
                    f"{self.path} is being written by another process: try again when it is done"
                ) from None
            self.delete()
            database = self._database()
        try:
            yield database
        finally:
            database.conn.close()

    def _database(self) -> Database:
        self.home.mkdir(parents=True, exist_ok=True)
        database = Database(self.path)
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, tables.VERSION):
            database.conn.close()
            self.delete()
            database = Database(self.path)
            version = 0
        database.enable_wal()
        database.execute("PRAGMA synchronous = NORMAL")  # all of it can be made again
        database.execute("PRAGMA cache_size = -64000")
        if version == 0:
            with database.conn:
                tables.create(database)
        return database

    def delete(self) -> None:
        """The file goes; nothing is lost that `refresh` does not make again."""
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)


def stamp(collection: Collection) -> str:
    """What changes when the dataset, the index, the ledger or a report does: names, sizes and times of the files."""
    reports = sorted(collection.crawls_dir.glob("*/report.json")) if collection.crawls_dir.is_dir() else []
    files = [collection.dataset_dir / HISTORY, collection.index.path, collection.path / "ledger.jsonl", collection.toml]
    told: list[Any] = [
        (path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in [*files, *reports] if path.exists()
    ]
    told += sorted(hidden(collection, _today()))  # a withholding may begin with a line, and end with a day
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _today() -> date:
    return datetime.now(UTC).date()


class _Refresh:
    """One collection, in one transaction."""

    def __init__(self, database: Database, collection: Collection, progress: Progress) -> None:
        self._database = database
        self._connection: sqlite3.Connection = database.conn
        self._collection = collection
        self._name = collection.name
        self._progress = progress
        self._withheld = Withheld.of(collection, _today())
        self._hidden = hidden(collection, _today())

    def run(self) -> int:
        mark = stamp(self._collection)
        known = list(self._database["collections"].rows_where("name = ?", [self._name]))
        if known and known[0]["stamp"] == mark:
            return 0
        with self._connection:
            written = self._publications()
            self._captures()
            self._crawls()
            self._describe(mark)
        return written

    def _publications(self) -> int:
        """Writes what is new or changed, forgets what is there no more."""
        history = self._collection.dataset_dir / HISTORY
        if not history.is_file():
            _forget(self._database, self._name)
            return 0
        size, done, written = history.stat().st_size, 0, 0
        build = 1 + (self._value("SELECT max(build) FROM publications WHERE collection = ?") or 0)
        for ident, group in lines.groups(history):
            if self._withheld.publication(ident):  # since the dataset was derived
                continue
            written += self._publication(ident, group, build)
            done = sum(group.places[-1])
            self._progress(self._name, done, size)
        stale = self._connection.execute(
            "SELECT key, id FROM publications WHERE collection = ? AND build < ?", (self._name, build)
        ).fetchall()
        for key, ident in stale:
            self._remove(key, ident)
        return written + len(stale)

    def _value(self, query: str) -> Any:
        return self._connection.execute(query, (self._name,)).fetchone()[0]

    def _publication(self, ident: str, group: Group, build: int) -> bool:
        found = self._connection.execute(
            "SELECT key, line_digest FROM publications WHERE collection = ? AND id = ?", (self._name, ident)
        ).fetchone()
        digest = group.digest
        if found and found[1] == digest:
            self._move(found[0], ident, group, build)
            return False
        if found:
            self._remove(found[0], ident)
        versions = group.versions()
        last = versions[-1].line
        row = rows.publication(self._name, versions) | {"line_digest": digest, "build": build}
        key = self._insert("publications", [row])
        self._insert("texts", [{"key": key, "text": last["text"]}])
        self._connection.execute(_INDEX, (key, *rows.searched(last)))
        for table, children in rows.others(self._name, versions, rows.home_hosts(last)):
            if children:
                self._insert(table, children)
        return True

    def _move(self, key: int, ident: str, group: Group, build: int) -> None:
        """The same lines, at another place of the file."""
        offset, length = group.places[-1]
        self._connection.execute(
            "UPDATE publications SET line = ?, line_length = ?, build = ? WHERE key = ?", (offset, length, build, key)
        )
        self._connection.executemany(
            "UPDATE versions SET line = ? WHERE collection = ? AND id = ? AND number = ?",
            [(offset, self._name, ident, number) for number, (offset, _) in enumerate(group.places, 1)],
        )

    def _remove(self, key: int, ident: str) -> None:
        _unindex(self._connection, "key = ?", (key,))
        for table in _CHILDREN:
            self._connection.execute(f"DELETE FROM {table} WHERE collection = ? AND id = ?", (self._name, ident))
        for table in ("texts", "publications"):
            self._connection.execute(f"DELETE FROM {table} WHERE key = ?", (key,))

    def _insert(self, table: str, new: Iterable[Row]) -> int:
        """Inserts rows that have all the same keys; returns the last one's rowid."""
        last, statement = None, ""
        for row in new:
            if not statement:
                columns = ", ".join(f"[{name}]" for name in row)
                statement = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({', '.join('?' * len(row))})"
            last = self._connection.execute(statement, [_cell(value) for value in row.values()])
        return (last.lastrowid if last else None) or 0

    def _captures(self) -> None:
        self._connection.execute("DELETE FROM captures WHERE collection = ?", (self._name,))
        captures = (
            {
                "collection": self._name, "urlkey": line.key, "timestamp": line.timestamp, "url": line.url,
                "mime": line.mime, "status": line.status, "digest": line.digest, "warc": line.filename,
                "offset": line.offset, "length": line.length,
            }
            for line in self._collection.captures()
            if line.key not in self._hidden
        )  # fmt: skip
        self._insert("captures", captures)

    def _crawls(self) -> None:
        for table in ("crawls", "failures"):
            self._connection.execute(f"DELETE FROM {table} WHERE collection = ?", (self._name,))
        for path in sorted(self._collection.crawls_dir.glob("*/report.json")):
            report = json.loads(path.read_text(encoding="utf-8"))
            ends = report["urls"]
            kept = ("crawl", "institute", "began", "ended", "reason", "exit_code", "why", "found", "bytes")
            told = {name: report.get(name) for name in kept}
            told |= {end: ends.get(end, 0) for end in ("archived", "unchanged", "failed")}
            self._insert(
                "crawls", [{"collection": self._name, **told, "report": json.dumps(report, ensure_ascii=False)}]
            )
            self._insert("failures", self._failures(path.with_name("urls.jsonl"), report["crawl"]))

    def _failures(self, path: Path, crawl: str) -> Iterator[Row]:
        if not path.is_file():
            return
        with path.open(encoding="utf-8") as file:
            for told in map(json.loads, file):
                if told["end"] in _LOST and not (self._hidden and cdxj.key(target_uri(told["url"])) in self._hidden):
                    kept = {name: told[name] for name in ("url", "end", "reason", "role", "source")}
                    yield {"collection": self._name, "crawl": crawl, **kept}

    def _describe(self, mark: str) -> None:
        meta = self._collection.meta
        institute = self._value("SELECT max(institute) FROM publications WHERE collection = ?")
        counts = {
            table: self._value(f"SELECT count(*) FROM {table} WHERE collection = ?")
            for table in ("publications", "versions", "captures")
        }
        row = {
            "name": self._name, "title": meta.title, "operator": meta.operator, "rights": meta.rights,
            "institute": institute, **counts, "ledger_head": self._collection.ledger.head(), "stamp": mark,
        }  # fmt: skip
        self._connection.execute("DELETE FROM collections WHERE name = ?", (self._name,))
        self._insert("collections", [row])


def _cell(value: Any) -> Any:
    """Lists are JSON, which Datasette takes for facets."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value


def _unindex(connection: sqlite3.Connection, where: str, values: tuple[Any, ...]) -> None:
    """A contentless index forgets a row when it is told the very words that it was given."""
    reading = connection.execute(f"SELECT key, collection, id FROM publications WHERE {where}", values)
    for batch in iter(lambda: list(islice(reading, _BATCH)), []):
        connection.executemany(_FORGET, [(key, *_indexed(connection, key, *name)) for key, *name in batch])


def _indexed(connection: sqlite3.Connection, key: int, collection: str, ident: str) -> tuple[str, str, str, str]:
    """The words of a publication as they were indexed."""
    title, standfirst, text = connection.execute(
        "SELECT title, standfirst, text FROM publications JOIN texts USING (key) WHERE key = ?", (key,)
    ).fetchone()
    people = connection.execute(
        "SELECT name, name_other FROM publication_authors WHERE collection = ? AND id = ? ORDER BY position",
        (collection, ident),
    )
    authors = [{"name": name, "name_other": other} for name, other in people]
    return rows.searched({"title": title, "standfirst": standfirst, "authors": authors, "text": text})


def _forget(database: Database, name: str) -> None:
    """All that is known of a collection."""
    _unindex(database.conn, "collection = ?", (name,))
    database.execute("DELETE FROM texts WHERE key IN (SELECT key FROM publications WHERE collection = ?)", (name,))
    for table, (columns, _) in tables.TABLES.items():
        if "collection" in columns:
            database.execute(f"DELETE FROM {table} WHERE collection = ?", (name,))
    database.execute("DELETE FROM collections WHERE name = ?", (name,))


def _count_authors(database: Database) -> None:
    """`authors`: every name once, whatever its spelling in marks and letters, as it is written most often."""
    database.execute("DELETE FROM authors")
    database.execute(
        """
        INSERT INTO authors (author, name, publications, first, last)
        SELECT a.author, min(a.name), count(DISTINCT a.collection || ' ' || a.id), min(p.published), max(p.published)
        FROM publication_authors a JOIN publications p USING (collection, id) GROUP BY a.author
        """
    )
