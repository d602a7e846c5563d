"""A Frictionless data package of what was selected: the lines as they are, and a flat table beside them."""

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archive.dataset.jsonl import HISTORY, PUBLICATIONS
from archive.dataset.schema import datapackage, publication_schema, warnings_table, written
from archive.export import flat
from archive.export.selection import Record, Source

CSV = "table.csv"


def write(folder: Path, sources: list[Source], lines: Iterator[Record], versions: bool) -> None:
    """publications.jsonl (or history.jsonl), the same flat as CSV, their schemas, and the description of both."""
    name = HISTORY if versions else PUBLICATIONS
    with (folder / name).open("wb") as whole, (folder / CSV).open("w", encoding="utf-8", newline="") as table:
        rows = csv.writer(table)
        rows.writerow(flat.COLUMNS)
        for record in lines:
            whole.write(record.raw)
            rows.writerow(flat.row(record.line))
    (folder / "schema").mkdir()
    (folder / "schema" / "publication.json").write_bytes(written(publication_schema()))
    (folder / "schema" / "warnings.json").write_bytes(written(warnings_table()))
    sentence = "Every version that was selected." if versions else "Every publication that was selected."
    names = "-".join(source.name for source in sources)
    titles = ", ".join(source.collection.meta.title or source.name for source in sources)
    told = datapackage(names, titles, {name: (sentence, *_bytes(folder / name))})
    told["resources"].append(_table(folder / CSV))
    if len(sources) > 1:  # two collections may hold the same publication
        for resource in told["resources"]:
            resource["schema"].pop("primaryKey", None)
    (folder / "datapackage.json").write_bytes(written(told))


def _table(path: Path) -> dict[str, Any]:
    size, digest = _bytes(path)
    return {
        "name": "table",
        "path": path.name,
        "description": "The same as a flat table: lists are joined, and no cell is a formula.",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": size,
        "hash": f"sha256:{digest}",
        "schema": flat.table_schema(),
    }


def _bytes(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
