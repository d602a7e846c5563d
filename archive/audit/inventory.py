"""What a scan saw, in a temporary SQLite database: checks across records join tables, and memory does not follow the
archive's size.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from archive.audit.record import Record

_SCHEMA = """
CREATE TABLE record (
    file TEXT NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL, sha256 TEXT NOT NULL,
    id TEXT NOT NULL, type TEXT NOT NULL, target TEXT, date TEXT, entity TEXT, payload TEXT,
    refers_target TEXT, refers_date TEXT, status INTEGER, mime TEXT,
    PRIMARY KEY (file, offset)
) WITHOUT ROWID;
CREATE TABLE indexed (file TEXT NOT NULL, offset INTEGER NOT NULL, PRIMARY KEY (file, offset)) WITHOUT ROWID;
CREATE TABLE reference (file TEXT NOT NULL, offset INTEGER NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL);
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS record_id ON record (id);
CREATE INDEX IF NOT EXISTS record_target ON record (target, date) WHERE type IN ('response', 'resource');
"""
REFERENCES = ("warc-concurrent-to", "warc-refers-to", "warc-warcinfo-id", "warc-segment-origin-id")
BATCH = 1000  # rows of an insert


class Inventory:
    """The records of a collection as the scan read them. Use as a context manager: the database goes with it."""

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="policy-archive-audit-")
        self._rows: list[tuple[Any, ...]] = []
        self._references: list[tuple[Any, ...]] = []
        self.lost: list[tuple[str, int, int]] = []  # file, begin, end: bytes that could not be read as records
        self._database = sqlite3.connect(Path(self._folder.name) / "inventory.sqlite", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.executescript(_SCHEMA)
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()
        self._folder.cleanup()

    def add(self, record: Record) -> None:
        """Takes note of a record."""
        place = (record.file, record.offset)
        self._rows.append(
            (
                *place,
                record.length,
                record.sha256,
                record.id,
                record.type,
                (record.header("warc-target-uri") or "").strip("<>") or None,
                record.header("warc-date"),
                record.entity_digest,
                record.header("warc-payload-digest"),
                (record.header("warc-refers-to-target-uri") or "").strip("<>") or None,
                record.header("warc-refers-to-date"),
                record.status,
                record.mime,
            )
        )
        self._references += [(*place, name, value) for name, value in record.headers if name in REFERENCES]
        if len(self._rows) >= BATCH:
            self._flush()

    def finish(self) -> None:
        """All records are in: look-ups are fast from here on."""
        self._flush()
        self._database.executescript(_INDEXES)

    def rows(self, query: str, *values: Any) -> Iterator[Any]:
        """The rows of a SELECT over the tables `record`, `reference` and `indexed`."""
        yield from self._database.execute(query, values)

    def one(self, query: str, *values: Any) -> Any:
        """The first row of a SELECT, or None."""
        return self._database.execute(query, values).fetchone()

    def mark_indexed(self, file: str, offset: int) -> bool:
        """Takes note that the index has a line for this place; False where it had one already."""
        return bool(self._database.execute("INSERT OR IGNORE INTO indexed VALUES (?, ?)", (file, offset)).rowcount)

    def is_lost(self, file: str, offset: int) -> bool:
        """Whether this place lies where nothing could be read."""
        return any(name == file and begin <= offset < end for name, begin, end in self.lost)

    def _flush(self) -> None:
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR IGNORE INTO record VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", self._rows)
        self._database.executemany("INSERT INTO reference VALUES (?,?,?,?)", self._references)
        self._database.execute("COMMIT")
        self._rows.clear()
        self._references.clear()
