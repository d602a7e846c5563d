"""What a scan saw, in a temporary SQLite database: checks across records join tables, and memory does not follow the
archive's size.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from archive.audit.integrity import Seen

_SCHEMA = """
CREATE TABLE file (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE record (
    file INTEGER NOT NULL, offset INTEGER NOT NULL, part INTEGER NOT NULL, length INTEGER NOT NULL,
    sha256 TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, target TEXT, date TEXT, entity TEXT, payload TEXT,
    refers_target TEXT, refers_date TEXT, status INTEGER, mime TEXT, key TEXT,
    block INTEGER NOT NULL, segment TEXT, total TEXT,
    PRIMARY KEY (file, offset, part)
) WITHOUT ROWID;
CREATE TABLE line (
    source INTEGER NOT NULL, number INTEGER NOT NULL, file TEXT NOT NULL, offset INTEGER NOT NULL, length INTEGER,
    key TEXT, timestamp TEXT, url TEXT, mime TEXT, status INTEGER, digest TEXT
);
CREATE TABLE reference (file INTEGER NOT NULL, offset INTEGER NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL);
CREATE TABLE lost (file INTEGER NOT NULL, begin INTEGER NOT NULL, end INTEGER NOT NULL);
CREATE VIEW named_record AS SELECT f.name AS place, r.* FROM record r JOIN file f ON f.number = r.file;
CREATE VIEW named_reference AS SELECT f.name AS place, r.* FROM reference r JOIN file f ON f.number = r.file;
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS record_id ON record (id);
CREATE INDEX IF NOT EXISTS record_target ON record (target, date) WHERE type IN ('response', 'resource');
CREATE INDEX IF NOT EXISTS lost_file ON lost (file, begin);
"""


class Inventory:
    """The records of a source as the scan read them. Use as a context manager: the database goes with it."""

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="policy-archive-audit-")
        self._database = sqlite3.connect(Path(self._folder.name) / "inventory.sqlite", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.executescript(_SCHEMA)
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()
        self._folder.cleanup()

    def add(self, name: str, seen: Seen) -> None:
        """Takes note of what was seen in a part of a WARC."""
        run = self._database.execute
        run("INSERT OR IGNORE INTO file (name) VALUES (?)", (name,))
        number = run("SELECT number FROM file WHERE name = ?", (name,)).fetchone()[0]
        many = self._database.executemany
        run("BEGIN")
        blanks = ",".join("?" * 18)
        many(f"INSERT OR IGNORE INTO record VALUES ({number},{blanks})", seen.records)
        many(f"INSERT INTO reference VALUES ({number},?,?,?)", seen.references)
        many(f"INSERT INTO lost VALUES ({number},?,?)", seen.lost)
        run("COMMIT")

    def finish(self) -> None:
        """All records are in: look-ups are fast from here on."""
        self._database.executescript(_INDEXES)

    def add_lines(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Takes note of lines of an index, as the table `line` has them."""
        self._database.execute("BEGIN")
        self._database.executemany(f"INSERT INTO line VALUES ({','.join('?' * 11)})", rows)
        self._database.execute("COMMIT")

    def finish_lines(self) -> None:
        """All index lines are in."""
        self._database.execute("CREATE INDEX IF NOT EXISTS line_place ON line (file, offset)")

    def index_keys(self) -> None:
        """Records are looked up by their URLs' keys from here on."""
        self._database.execute("CREATE INDEX IF NOT EXISTS record_key ON record (key)")

    def rows(self, query: str, *values: Any) -> Iterator[Any]:
        """The rows of a SELECT over the tables and views above, where a record's file is called `place`."""
        yield from self._database.execute(query, values)

    def one(self, query: str, *values: Any) -> Any:
        """The first row of a SELECT, or None."""
        return self._database.execute(query, values).fetchone()

    def has_lost(self) -> bool:
        """Whether there are bytes that could not be read as records."""
        return self.one("SELECT 1 FROM lost") is not None

    def is_lost(self, name: str, offset: int) -> bool:
        """Whether this place lies where nothing could be read."""
        query = "SELECT end FROM lost JOIN file ON number = file WHERE name = ? AND begin <= ? ORDER BY begin DESC"
        found = self.one(query, name, offset)
        return found is not None and offset < found[0]
