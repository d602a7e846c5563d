"""One publication and its versions, found by id in any collection of the home."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.catalogue.lines import line_at
from archive.dataset.jsonl import HISTORY
from archive.errors import ArchiveError


class NoSuchPublication(ArchiveError):
    exit_code = 2


@dataclass(frozen=True, slots=True)
class Versions:
    """A publication's place in a collection, and its rows of `versions`, oldest first."""

    home: Path
    collection: str
    id: str
    rows: tuple[dict[str, Any], ...]

    def line(self, number: int | None = None) -> dict[str, Any]:
        """A version as history.jsonl has it; the last one unless a number (from 1) says. Raises NoSuchPublication."""
        number = len(self.rows) if number is None else number
        if not 1 <= number <= len(self.rows):
            raise NoSuchPublication(f"{self.id} has no version {number}: it has 1 to {len(self.rows)}")
        row = self.rows[number - 1]
        history = self.home / "collections" / self.collection / "dataset" / HISTORY
        return line_at(history, row["line"], row["line_length"], self.id)


def versions(catalogue: Path, ident: str, collection: str | None = None) -> Versions:
    """The publication of that id, or with that address; raises NoSuchPublication, which says where there are some."""
    connection = sqlite3.connect(f"file:{catalogue}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        found = connection.execute(_FIND, {"what": ident, "collection": collection}).fetchall()
        if not found:
            where = f"collection {collection}" if collection else "any collection"
            raise NoSuchPublication(f"no publication {ident!r} in {where}: `policy-archive search WORDS` shows ids")
        if len(found) > 1:
            names = ", ".join(sorted(row["collection"] for row in found))
            raise NoSuchPublication(f"{ident} is in several collections ({names}): say which with --collection")
        key, name, its_id = found[0]
        rows = connection.execute("SELECT * FROM versions WHERE key = ? ORDER BY number", (key,)).fetchall()
        return Versions(catalogue.parent, name, its_id, tuple(map(dict, rows)))
    finally:
        connection.close()


_FIND = """
SELECT DISTINCT key, collection, id FROM (
  SELECT key, collection, id FROM publications WHERE id = :what OR url = :what
  UNION SELECT key, collection, id FROM aliases WHERE url = :what
) WHERE :collection IS NULL OR collection = :collection
"""
