"""Parquet, as a folder partitioned by institute and year: `institute=timep/year=2024/part-0.parquet`.

The two stand in the path and not in the files, as Hive has it; `year` is that of `published`, and
`__HIVE_DEFAULT_PARTITION__` where that is not known. The same lines make the same bytes with the same pyarrow.
"""

from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet

from archive.export.arrow import read, schema, typed
from archive.export.coverage import Coverage
from archive.export.selection import Selection, Source

UNKNOWN = "__HIVE_DEFAULT_PARTITION__"
# Bytes of JSON: of one reading, of one row group, and of all that waits to be written. Memory is about five times the
# last two together (measured: tests/benchmarks/export.py).
_CHUNK, _GROUP, _WAITING = 8 << 20, 16 << 20, 48 << 20
_MOST_OPEN = 64  # files: a site that gives every publication a year of its own is not to use up all
# Row groups of a file: its writer keeps some 0.1 MB of each until it is closed, and needs as much again for that.
_MOST_GROUPS = 16
_KEYS = tuple(dict.fromkeys((*Selection.KEYS, *Coverage.KEYS)))


def write(folder: Path, sources: list[Source], selection: Selection, coverage: Coverage) -> None:
    """Writes the partitions into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = _Parts(folder)
    try:
        for source in sources:
            for lines, table in _tables(source.path):
                _split(lines, table, source.name, selection, coverage, parts)
        parts.finish()
    finally:
        parts.close()
    if not coverage.lines:  # else a reader of an empty export finds no columns
        pyarrow.parquet.write_table(schema().empty_table().drop_columns("institute"), folder / "empty.parquet")


def _tables(path: Path) -> Iterator[tuple[list[bytes], pyarrow.Table]]:
    """The lines in chunks, each as a table too; the next one is read beside the work on the one before."""
    with path.open("rb") as file, ThreadPoolExecutor(1, "json") as thread:

        def chunk() -> tuple[list[bytes], pyarrow.Table] | None:
            lines = file.readlines(_CHUNK)
            return (lines, read(lines)) if lines else None

        reading = thread.submit(chunk)
        while told := reading.result():
            reading = thread.submit(chunk)
            yield told


def _split(
    lines: list[bytes], table: pyarrow.Table, name: str, selection: Selection, coverage: Coverage, parts: "_Parts"
) -> None:
    """Puts the rows that are wanted where they belong, in their order."""
    places: dict[tuple[str, str], list[int]] = {}
    for number, told in enumerate(table.select(_KEYS).to_pylist()):
        if selection.wants(name, told):
            coverage.count(told)
            year = told["published"][:4] if told["published"] else UNKNOWN
            places.setdefault((told["institute"], year), []).append(number)
    for place, rows in places.items():
        parts.add(place, typed(table.take(rows)).drop_columns("institute"), sum(len(lines[row]) for row in rows))


@dataclass
class _Part:
    """One partition: what waits to be written, how many files it has, and how many row groups the last of them has."""

    files: int = 0
    groups: int = 0
    waiting: list[Any] = field(default_factory=list)
    size: int = 0


class _Parts:
    """All partitions. Row groups are written when they are large, or when too much waits, the largest first; one at a
    time and in this order, beside the reading of what follows.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: dict[tuple[str, str], _Part] = {}
        self._open: OrderedDict[tuple[str, str], Any] = OrderedDict()
        self._waiting = 0
        self._thread = ThreadPoolExecutor(1, "parquet")
        self._written: Future[None] | None = None

    def add(self, place: tuple[str, str], rows: Any, size: int) -> None:
        part = self._parts.setdefault(place, _Part())
        part.waiting.append(rows)
        part.size += size
        self._waiting += size
        if part.size >= _GROUP:
            self._flush(place)
        while self._waiting >= _WAITING:
            self._flush(max(self._parts, key=lambda one: self._parts[one].size))

    def finish(self) -> None:
        for place in sorted(self._parts):
            if self._parts[place].waiting:
                self._flush(place)
        self._wait()

    def close(self) -> None:
        self._thread.shutdown()
        for writer in self._open.values():
            writer.close()
        self._open.clear()

    def _flush(self, place: tuple[str, str]) -> None:
        part = self._parts[place]
        table = pyarrow.concat_tables(part.waiting)
        self._waiting -= part.size
        part.waiting, part.size = [], 0
        self._wait()
        self._written = self._thread.submit(self._write, place, part, table)

    def _wait(self) -> None:
        """Until what is being written is written; raises what went wrong there."""
        if self._written:
            self._written.result()

    def _write(self, place: tuple[str, str], part: _Part, table: Any) -> None:
        self._writer(place, part, table.schema).write_table(table, row_group_size=table.num_rows)
        part.groups += 1
        if part.groups == _MOST_GROUPS:
            self._open.pop(place).close()

    def _writer(self, place: tuple[str, str], part: _Part, schema: Any) -> Any:
        if place in self._open:
            self._open.move_to_end(place)
            return self._open[place]
        if len(self._open) >= _MOST_OPEN:
            self._open.popitem(last=False)[1].close()
        folder = self._folder / f"institute={place[0]}" / f"year={place[1]}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"part-{part.files}.parquet"
        part.files, part.groups = part.files + 1, 0
        self._open[place] = pyarrow.parquet.ParquetWriter(path, schema, compression="zstd", compression_level=1)
        return self._open[place]
