"""Makes the catalogue, and brings it up to date: a collection whose dataset, index or crawls have changed is read
again, and of its publications those whose lines have changed are written again. Where that is many, or there is none
yet, it is made anew beside and put in its place.
"""

import fcntl
import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.catalogue import counts, tables
from archive.catalogue.refresh import Progress, Refresh, TooMuch, forget, today
from archive.dataset.jsonl import HISTORY
from archive.errors import ArchiveError, CollectionError
from archive.store.access import hidden
from archive.store.collection import Collection

NAME = "catalogue.sqlite"
# Of a file that nobody reads yet, and that is deleted if its making does not come to an end.
_BESIDE = ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -64000")
_CHANGED = ("synchronous = NORMAL", "cache_size = -64000")  # all of it can be made again
# Bytes of words that the search index gathers before it writes them: SQLite's own 1 MB makes hundreds of small parts
# that are merged again and again.
_GATHERED = 32 << 20
_MOST = 2000  # publications that are changed one by one before making anew takes less time


class Catalogue:
    """`catalogue.sqlite` of a home. Readers open it by themselves: it is in WAL mode, and they need not wait."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / NAME

    def refresh(self, progress: Progress = lambda *_: None) -> int:
        """Brings every collection of the home up to date; returns how many publications were written. Where the file
        is damaged, or of another version, it is made anew. Waits while another process does the same.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        with self._alone():
            if self._version() != tables.VERSION:
                self.delete()
                return self._make_anew(progress)
            try:
                with self._opened(self.path, _CHANGED) as database:
                    return self._bring_up_to_date(database, progress)
            except TooMuch:
                return self._make_anew(progress)

    def is_current(self) -> bool:
        """Whether nothing has changed since it was brought up to date."""
        if self._version() != tables.VERSION:
            return False
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as connection:
            known = dict(connection.execute("SELECT name, stamp FROM collections"))
        folders = [path for path in (self.home / "collections").glob("*") if (path / "collection.toml").is_file()]
        return known == {path.name: stamp(Collection.open(path)) for path in folders}

    def delete(self) -> None:
        """The file goes; nothing is lost that `refresh` does not make again."""
        _delete(self.path)

    def _version(self) -> int | None:
        """Of the tables that are there; None where there are none, or the file is no database."""
        if not self.path.exists():
            return None
        try:
            with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as connection:
                connection.execute("SELECT count(*) FROM collections").fetchone()
                return int(connection.execute("PRAGMA user_version").fetchone()[0])
        except sqlite3.DatabaseError:
            return None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Holds the lock of whoever writes the catalogue; the system takes it back when its holder dies."""
        with self.path.with_name(f".{NAME}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _opened(self, path: Path, pragmas: tuple[str, ...]) -> Iterator[Database]:
        database = Database(path)
        try:
            for pragma in pragmas:
                database.execute(f"PRAGMA {pragma}").fetchall()
            yield database
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise ArchiveError(f"{path} is held by another program: close it there, then try again") from None
        finally:
            database.conn.close()

    def _collections(self) -> Iterator[Collection]:
        for path in sorted((self.home / "collections").glob("*")):
            if path.is_dir():
                try:
                    yield Collection.open(path)
                except CollectionError:  # a folder that a crawl never made
                    continue

    def _bring_up_to_date(self, database: Database, progress: Progress) -> int:
        written, changed = 0, False
        connection = database.conn
        known = dict(connection.execute("SELECT name, stamp FROM collections"))
        with connection:
            collections = list(self._collections())
            for name in known.keys() - {one.name for one in collections}:
                forget(connection, name)
                changed = True
            for collection in collections:
                mark = stamp(collection)
                if known.get(collection.name) != mark:
                    written += Refresh(connection, collection, progress, self.path, _MOST - written).run(mark)
                    changed = True
            if changed:
                counts.count(connection)
        if changed:
            database.execute("PRAGMA optimize")
        return written

    def _make_anew(self, progress: Progress) -> int:
        beside = self.path.with_name(f".{NAME}.new")
        _delete(beside)
        try:
            with self._opened(beside, _BESIDE) as database:
                written = _make(database, list(self._collections()), progress)
            self._replace(beside)
        finally:
            _delete(beside)
        return written

    def _replace(self, beside: Path) -> None:
        if not self.path.exists():
            beside.rename(self.path)
            return
        # Those who read the old one go on with the new: another file in its place they would not see.
        with closing(sqlite3.connect(beside)) as new, self._opened(self.path, _CHANGED) as old:
            new.backup(old.conn)
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # else as much again stays on disk


def _make(database: Database, collections: list[Collection], progress: Progress) -> int:
    """All tables of an empty database; indexes come last, when all that they sort is there."""
    connection = database.conn
    for name, (columns, key) in tables.TABLES.items():
        database.table(name).create(columns, pk=key)
    database.execute(tables.SEARCH)
    database.execute("INSERT INTO search(search, rank) VALUES ('hashsize', ?)", [_GATHERED])
    with connection:
        written = sum(Refresh(connection, one, progress).run(stamp(one)) for one in collections)
    database.execute("INSERT INTO search(search, rank) VALUES ('hashsize', ?)", [1 << 20])
    database.table("publications").create_index(["id", "collection"], unique=True)
    for name, indexes in tables.INDEXES.items():
        for columns_ in indexes:
            database.table(name).create_index(columns_)
    with connection:
        counts.count(connection)
    database.execute("INSERT INTO search(search) VALUES ('optimize')")
    database.execute("ANALYZE")
    database.execute(f"PRAGMA user_version = {tables.VERSION}")
    connection.commit()
    database.execute("PRAGMA journal_mode = WAL").fetchall()
    return written


def _delete(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def stamp(collection: Collection) -> str:
    """What changes when the dataset, the index, the ledger or a report does: names, sizes and times of the files."""
    reports = sorted(collection.crawls_dir.glob("*/report.json")) if collection.crawls_dir.is_dir() else []
    files = [collection.dataset_dir / HISTORY, collection.index.path, collection.path / "ledger.jsonl", collection.toml]
    told: list[Any] = [
        (path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in [*files, *reports] if path.exists()
    ]
    told += sorted(hidden(collection, today()))  # a withholding may begin with a line, and end with a day
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
