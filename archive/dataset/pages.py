"""The store of derived pages: one row a capture, in SQLite. Derived as a whole, so it may be deleted at any time."""

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self

from archive.dataset.derived import Derived
from archive.dataset.publication import stamp
from archive.extract.page import Role
from archive.extract.warnings import Warning
from archive.store.exchange import Location

_VERSION = 3  # of the tables; a store of another version is thrown away
_TABLES = """
CREATE TABLE IF NOT EXISTS page (
  id INTEGER PRIMARY KEY,
  warc TEXT NOT NULL, "offset" INTEGER NOT NULL, length INTEGER NOT NULL, record_id TEXT NOT NULL,
  url TEXT NOT NULL, key TEXT NOT NULL, captured_at TEXT NOT NULL, status INTEGER NOT NULL, role TEXT NOT NULL,
  truncated TEXT, media_type TEXT, size INTEGER NOT NULL, sha256 TEXT NOT NULL, title TEXT, kind TEXT, language TEXT,
  published TEXT,
  post_id INTEGER, host TEXT, redirect_to TEXT, redirect_key TEXT, canonical TEXT, canonical_key TEXT,
  part_key TEXT, parts TEXT, content_sha256 TEXT, warnings TEXT NOT NULL,
  derived_by TEXT NOT NULL, UNIQUE (warc, "offset")
);
CREATE INDEX IF NOT EXISTS page_key ON page (key, captured_at);
-- apart from the columns above, so that a walk over those does not read the bodies
CREATE TABLE IF NOT EXISTS body (id INTEGER PRIMARY KEY, json BLOB NOT NULL);
"""
_PLACE = 'warc TEXT NOT NULL, "offset" INTEGER NOT NULL, length INTEGER NOT NULL'
COLUMNS = (
    'id, warc, "offset", length, record_id, url, key, captured_at, status, role, truncated, media_type, size, sha256, '
    "title, kind, language, published, post_id, host, redirect_to, redirect_key, canonical, canonical_key, "
    "part_key, parts, content_sha256, "
    "warnings, derived_by"
)


class Row(NamedTuple):
    """One capture as the store has it, without its body. The fields are those of Derived; times are RFC 3339 text."""

    id: int
    warc: str
    offset: int
    length: int
    record_id: str
    url: str
    key: str
    captured_at: str
    status: int
    role: str
    truncated: str | None
    media_type: str | None
    size: int
    sha256: str
    title: str | None
    kind: str | None
    language: str | None
    published: str | None  # YYYY-MM-DD
    post_id: int | None
    host: str | None
    redirect_to: str | None
    redirect_key: str | None
    canonical: str | None
    canonical_key: str | None
    part_key: str | None
    parts: str | None  # JSON array of [number, key]
    content_sha256: str | None
    warnings: str  # JSON array
    derived_by: str

    @property
    def whole(self) -> bool:
        """Whether this is a publication's page that came whole and could be decoded."""
        came = self.role == Role.PUBLICATION and self.status == 200 and self.truncated is None
        return came and self.content_sha256 is not None and f'"{Warning.UNDECODABLE}"' not in self.warnings


class PageStore:
    """The derived pages of one collection (`state/pages.sqlite`). Used from one thread; a second reader may look at
    the same time.
    """

    def __init__(self, path: Path) -> None:
        """Opens or makes the store. One that is damaged, or of another version, is thrown away: it is derived."""
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.connection = self._open()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise  # locked, no rights, disk full: nothing that a new file would mend
            self.delete(path)
            self.connection = self._open()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=60, check_same_thread=False)
        try:
            found = connection.execute("PRAGMA user_version").fetchone()[0]
            if found not in (0, _VERSION):
                raise sqlite3.DatabaseError(f"{self.path} is a store of version {found}")
            # After a power cut the store may lack its last rows, and derive adds them: no need to wait for the disk.
            connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = FILE")
            connection.executescript(f"{_TABLES} PRAGMA user_version = {_VERSION};")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    @staticmethod
    def delete(path: Path) -> None:
        """Removes a store with its journal."""
        for suffix in ("", "-wal", "-shm", "-journal"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)

    def add(self, batch: Iterable[Derived], derived_by: str) -> None:
        """Rows of full derivations, in one transaction; `derived_by` is `derived_by.fingerprint`. A capture that is
        there is replaced.
        """
        with self.connection as connection:
            for derived in batch:
                location = derived.location
                connection.execute(
                    'DELETE FROM body WHERE id = (SELECT id FROM page WHERE warc = ? AND "offset" = ?)',
                    (location.warc, location.offset),
                )
                cursor = connection.execute(
                    f"INSERT OR REPLACE INTO page ({COLUMNS}) VALUES (NULL{', ?' * 28})", _values(derived, derived_by)
                )
                if derived.content_sha256 or derived.role is Role.DOCUMENT:
                    connection.execute("INSERT INTO body VALUES (?, ?)", (cursor.lastrowid, derived.page_json))

    def body(self, row_id: int) -> bytes:
        """The Page of a row as JSON, without links and requisites. KeyError where the row has no content
        and is no document."""
        found = self.connection.execute("SELECT json FROM body WHERE id = ?", (row_id,)).fetchone()
        if found is None:
            raise KeyError(row_id)
        return bytes(found[0])

    def rows(self, where: str = "TRUE", parameters: tuple[Any, ...] = ()) -> Iterator[Row]:
        """Rows in order of capture. `where` is a condition in SQL."""
        query = f'SELECT {COLUMNS} FROM page WHERE {where} ORDER BY captured_at, warc, "offset"'
        return map(Row._make, self.connection.execute(query, parameters))

    def sift(self, locations: Iterable[Location], derived_by: str) -> int:
        """Keeps the rows of these captures that these tools derived, and removes all others. Returns how many captures
        these are.
        """
        with self.connection as connection:
            connection.execute("DROP TABLE IF EXISTS temp.listed")
            connection.execute(f'CREATE TEMP TABLE listed ({_PLACE}, PRIMARY KEY (warc, "offset")) WITHOUT ROWID')
            places = ((location.warc, location.offset, location.length) for location in locations)
            connection.executemany("INSERT OR IGNORE INTO listed VALUES (?, ?, ?)", places)
            others = (
                """FROM page WHERE derived_by != ? OR (warc, "offset") NOT IN (SELECT warc, "offset" FROM listed)"""
            )
            connection.execute(f"DELETE FROM body WHERE id IN (SELECT id {others})", (derived_by,))
            connection.execute(f"DELETE {others}", (derived_by,))
            return int(connection.execute("SELECT count(*) FROM listed").fetchone()[0])

    def missing(self) -> Iterator[Location]:
        """The captures given to `sift` that have no row, in the order in which they lie on disk. Rows may be added
        meanwhile.
        """
        query = """SELECT warc, "offset", length FROM temp.listed WHERE warc = ? AND "offset" > ? AND NOT EXISTS
            (SELECT 1 FROM page WHERE page.warc = listed.warc AND page."offset" = listed."offset")
            ORDER BY "offset" LIMIT 1000"""
        for (warc,) in self.connection.execute("SELECT DISTINCT warc FROM temp.listed ORDER BY warc").fetchall():
            offset = -1
            while found := self.connection.execute(query, (warc, offset)).fetchall():
                yield from (Location(*place) for place in found)
                offset = found[-1][1]

    def __len__(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM page").fetchone()[0])

    def close(self) -> None:
        with contextlib.suppress(
            sqlite3.OperationalError
        ):  # a second reader holds the journal: its close will fold it in
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def languages(path: Path) -> Iterator[tuple[str, int, str]]:
    """WARC, offset and language (BCP 47) of the captures in a store that have one. Changes nothing; tells nothing where
    there is no store, or none that can be read: `derive` makes it anew.
    """
    if not path.exists():
        return
    with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        try:
            if connection.execute("PRAGMA user_version").fetchone()[0] == _VERSION:
                yield from connection.execute('SELECT warc, "offset", language FROM page WHERE language IS NOT NULL')
        except sqlite3.DatabaseError:
            return


def _values(derived: Derived, derived_by: str) -> tuple[Any, ...]:
    """The columns of a row after `id`, in the order of COLUMNS."""
    return (
        derived.location.warc,
        derived.location.offset,
        derived.location.length,
        derived.record_id,
        derived.url,
        derived.key,
        stamp(derived.captured_at),
        derived.status,
        str(derived.role),
        derived.truncated,
        derived.media_type,
        derived.size,
        derived.sha256,
        derived.title,
        derived.kind,
        derived.language,
        derived.published,
        derived.post_id,
        derived.host,
        derived.redirect_to,
        derived.redirect_key,
        derived.canonical,
        derived.canonical_key,
        derived.part_key,
        json.dumps(derived.parts) if derived.parts else None,
        derived.content_sha256,
        json.dumps(derived.warnings),
        derived_by,
    )
