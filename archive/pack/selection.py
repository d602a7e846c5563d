"""Which records go into a package, and where each will lie: in a temporary SQLite database, so that memory does not
follow the package's size.

A WARC goes in whole, byte for byte, under its own name; or a part of it does, as `part-of-NAME`, with its warcinfo
record first and the other members behind it in their order, each byte for byte.
"""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, Self

from archive.errors import BadPackage
from archive.store.folder import Folder

PART = "part-of-"  # in front of the name of a WARC of which not all members are packed
_SCHEMA = """
CREATE TABLE member (
    file TEXT NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL, sha256 TEXT NOT NULL, id TEXT NOT NULL,
    type TEXT NOT NULL, target INTEGER, left_out INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (file, offset)
) WITHOUT ROWID;
CREATE TABLE warc (file TEXT PRIMARY KEY, whole INTEGER NOT NULL);
"""
_WANTED = -1  # `target` of a member that goes in, and whose place in the part is not known yet


class Place(NamedTuple):
    """Where a record lies in the package."""

    warc: str
    offset: int
    length: int
    sha256: str  # of the gzip member, lower-case hex


@dataclass(frozen=True, slots=True)
class Warc:
    """A WARC of the package."""

    file: str  # in the collection
    name: str  # in the package
    whole: bool
    size: int
    records: int


class Selection:
    """The records of a package. Use as a context manager: the database goes with it."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        self._beside = TemporaryDirectory(prefix="policy-archive-pack-")
        self._database = sqlite3.connect(Path(self._beside.name) / "selection.sqlite", isolation_level=None)
        self._database.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_SCHEMA}")
        self._database.execute("BEGIN")
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()
        self._beside.cleanup()

    def leave_out(self, file: str, offset: int, ids: list[str]) -> None:
        """The record at that place never goes in, nor do those of its WARC that have these ids. To be called first."""
        self._load(file)
        self._database.execute("UPDATE member SET left_out = 1 WHERE file = ? AND offset = ?", (file, offset))
        for name in ids:
            self._database.execute("UPDATE member SET left_out = 1 WHERE file = ? AND id = ?", (file, name))

    def take(self, file: str) -> None:
        """The whole of a WARC goes in; all but what is left out, where there is such."""
        self._load(file)
        if self._one("SELECT 1 FROM member WHERE file = ? AND left_out LIMIT 1", file):
            left = "UPDATE member SET target = ? WHERE file = ? AND NOT left_out"
            self._database.execute(left, (_WANTED, file))
        else:
            self._database.execute("UPDATE warc SET whole = 1 WHERE file = ?", (file,))

    def want(self, file: str, offset: int) -> bool:
        """The record at that place goes in; False where it does already, or is left out."""
        self._load(file)
        if self._one("SELECT whole FROM warc WHERE file = ?", file)[0]:
            return False
        found = self._one("SELECT target, left_out FROM member WHERE file = ? AND offset = ?", file, offset)
        if found is None:
            raise BadPackage(
                f"{self._folder.members_of(file)} has no record at byte {offset}, as the index or the dataset has: "
                "run `policy-archive verify`"
            )
        if found[0] is not None or found[1]:
            return False
        self._database.execute("UPDATE member SET target = ? WHERE file = ? AND offset = ?", (_WANTED, file, offset))
        return True

    def want_ids(self, file: str, ids: list[str]) -> None:
        """The records of a WARC that have these ids go in, as far as it has them."""
        self._load(file)
        for name in ids:
            self._database.execute(
                "UPDATE member SET target = ? WHERE file = ? AND id = ? AND target IS NULL AND NOT left_out",
                (_WANTED, file, name),
            )

    def holds(self, file: str, offset: int) -> bool:
        """Whether the record at that place goes in, as far as it is known now."""
        query = """SELECT 1 FROM member JOIN warc USING (file)
            WHERE file = ? AND offset = ? AND (whole OR target IS NOT NULL)"""
        return self._one(query, file, offset) is not None

    def settle(self) -> None:
        """Everything is chosen: the warcinfo of each part goes in, and every record gets its place."""
        parts = "SELECT DISTINCT file FROM member JOIN warc USING (file) WHERE whole = 0 AND target IS NOT NULL"
        for (file,) in self._database.execute(parts).fetchall():
            self._database.execute(
                "UPDATE member SET target = ? WHERE file = ? AND type = 'warcinfo' AND offset = 0", (_WANTED, file)
            )
            self._database.execute(
                """UPDATE member SET target = before.length FROM (
                    SELECT offset, sum(length) OVER (ORDER BY offset) - length AS length FROM member
                    WHERE file = ?1 AND target IS NOT NULL) AS before
                WHERE member.file = ?1 AND member.offset = before.offset""",
                (file,),
            )
        whole = "SELECT file FROM warc WHERE whole = 1"
        self._database.execute(f"UPDATE member SET target = offset WHERE file IN ({whole})")

    def warcs(self) -> list[Warc]:
        """The WARCs of the package, by name."""
        query = """SELECT file, whole, sum(length), count(*) FROM member JOIN warc USING (file)
            WHERE target IS NOT NULL GROUP BY file"""
        found = [
            Warc(file, file if whole else PART + file, bool(whole), size, records)
            for file, whole, size, records in self._database.execute(query)
        ]
        return sorted(found, key=lambda warc: warc.name)

    def members(self, file: str) -> Iterator[tuple[int, int, str]]:
        """Offset, length and SHA-256 of what goes in of a WARC, in order."""
        query = "SELECT offset, length, sha256 FROM member WHERE file = ? AND target IS NOT NULL ORDER BY offset"
        yield from self._database.execute(query, (file,))

    def files(self) -> list[str]:
        """The WARCs of which something goes in."""
        return [warc.file for warc in self.warcs()]

    def place(self, file: str, offset: int) -> Place | None:
        """Where a record of the collection lies in the package; None where it is not in it."""
        found = self._one(
            """SELECT whole, target, length, sha256 FROM member JOIN warc USING (file)
            WHERE file = ? AND offset = ? AND target IS NOT NULL""",
            file, offset,
        )  # fmt: skip
        if found is None:
            return None
        whole, target, length, sha256 = found
        return Place(file if whole else PART + file, target, length, sha256)

    def _load(self, file: str) -> None:
        """Read a WARC's list of members, once."""
        if self._one("SELECT 1 FROM warc WHERE file = ?", file):
            return
        self._database.execute("INSERT INTO warc VALUES (?, 0)", (file,))
        path = self._folder.members_of(file)
        insert = "INSERT INTO member VALUES (?, ?, ?, ?, ?, ?, NULL, 0)"
        try:
            with path.open("rb") as lines:
                told = map(json.loads, lines)
                self._database.executemany(
                    insert,
                    ((file, one["offset"], one["length"], one["sha256"], one["id"], one["type"]) for one in told),
                )
        except FileNotFoundError:
            raise BadPackage(f"{path} is not there: run `policy-archive derive`, which makes it again") from None
        except (ValueError, KeyError, TypeError, sqlite3.Error) as problem:
            told_of = f"{path} is no list of members ({problem})"
            raise BadPackage(f"{told_of}: remove it and run `policy-archive derive`") from None
        self._database.execute("CREATE INDEX IF NOT EXISTS member_id ON member (file, id)")

    def _one(self, query: str, *values: Any) -> Any:
        return self._database.execute(query, values).fetchone()
