"""Makes a URL index: from the indexes of collections, and from WARCs that have none. Sorted by SURT, then by time.

Each WARC is read by a process into a sorted run of lines, and all runs are merged into Parquet.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

import pyarrow
import pyarrow.parquet

from archive.dataset import pages
from archive.dataset.batch import files, loose
from archive.dataset.batch.files import Target
from archive.dataset.batch.local import processors
from archive.dataset.derive import PAGES
from archive.errors import NO_SPACE, CollectionError, OutOfSpace
from archive.processes import Processes, Task
from archive.store import access
from archive.store.cdxj import Index
from archive.store.collection import Collection
from archive.store.names import plain
from archive.urls import records
from archive.urls.records import Done, Listed, Walked
from archive.urls.table import SCHEMA, row

NAME = "urls"  # begins each file's name
GROUP = 1 << 16  # rows of a row group: a query for a URL reads one of them, or two
FILE = 64 * GROUP  # rows of a file
_RUNS = 200  # files merged at a time: below the usual limit of 1,024 open ones
_SPILL = 1 << 16  # lines held before they are written to the files of their WARCs

Row = dict[str, Any]
Progress = Callable[[int], None]  # WARCs that were read


@dataclass
class Made:
    """What was made."""

    rows: int = 0
    files: list[str] = field(default_factory=list)
    failures: list[tuple[str, int, str]] = field(default_factory=list)  # WARC, offset, reason
    withheld: int = 0


def build(
    collections: list[Collection], places: list[str], into: str, progress: Progress = lambda _: None,
    at: datetime | None = None,
) -> Made:  # fmt: skip
    """Writes an index over collections and other WARCs into a folder, or below a URL, in place of the one that is
    there. What is withheld is left out. Memory follows the captures of the largest WARC (about 1 kB each) alone.
    """
    _check(into := files.checked(into))
    made = Made()
    at = at or datetime.now(UTC)
    try:
        with TemporaryDirectory(prefix="policy-archive-urls-") as work:
            folder = Path(work)
            tasks = [task for one in collections for task in _of_collection(one, at, folder, made)]
            tasks += _of_files(loose.found(places) if places else [], at, folder)
            lines = heapq.merge(*_runs(tasks, folder, made, progress))
            _write((row(line, **told) for line, told in map(records.read, lines)), into, made)
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        raise OutOfSpace(
            f"no space left ({error.strerror}) for {into}, or for {gettempdir()}, where its lines are sorted: make "
            "room, or name another folder by TMPDIR"
        ) from None
    return made


def _check(into: str) -> None:
    if files.is_url(into) or not Path(into).exists():
        return
    strange = (
        [one.name for one in Path(into).iterdir() if not one.name.startswith(NAME)] if Path(into).is_dir() else [into]
    )
    if strange:
        raise CollectionError(f"{into} holds other things ({strange[0]}): name an empty folder with --to")


def _of_collection(collection: Collection, at: datetime, work: Path, made: Made) -> list[Task]:
    """The captures of a collection, by the files that they lie in. Those are told as below collections/."""
    hidden = frozenset(access.hidden(collection, at.date()))
    folder = work / "collections" / collection.name
    folder.mkdir(parents=True)

    def captures() -> Iterator[tuple[str, bytes]]:
        for line in collection.captures():
            if line.key in hidden:
                made.withheld += 1
            elif line.url.startswith(("http://", "https://")):
                yield f"{plain(line.filename)}.lines", f"{line}\n".encode()

    def languages() -> Iterator[tuple[str, bytes]]:
        for name, offset, language in pages.languages(collection.state_dir / PAGES):
            yield f"{plain(name)}.languages", f"{offset} {language}\n".encode()

    _spill(captures(), folder)
    _spill(languages(), folder)
    return [
        (
            records.look_up,
            Listed(
                f"{collection.name}/archive/{lines.stem}", collection.resolve(lines.stem), lines,
                lines.with_suffix(".languages"), lines.with_suffix(".run"),
            ),
        )
        for lines in sorted(folder.glob("*.lines"))
    ]  # fmt: skip


def _spill(lines: Iterable[tuple[str, bytes]], folder: Path) -> None:
    """Lines into the files that are named with them, in their order."""
    held: defaultdict[str, list[bytes]] = defaultdict(list)

    def flush() -> None:
        for name, those in held.items():
            with (folder / name).open("ab") as file:
                file.writelines(those)
        held.clear()

    for number, (name, line) in enumerate(lines, 1):
        held[name].append(line)
        if number % _SPILL == 0:
            flush()
    flush()


def _of_files(warcs: list[loose.Warc], at: datetime, work: Path) -> list[Task]:
    known: dict[Path, frozenset[str]] = {}
    return [
        (
            records.walk,
            Walked(one.name, one.place, loose.withheld_of(one.place, at, known), work / f"{number}.run"),
        )
        for number, one in enumerate(warcs)
    ]


def _runs(tasks: list[Task], work: Path, made: Made, progress: Progress) -> list[Index]:
    """The lines of all WARCs, in few sorted files."""
    runs: list[Index] = []
    for number, (run, done) in enumerate(_done(tasks), 1):
        made.failures += done.failures
        made.withheld += done.withheld
        runs.append(Index(run))
        if len(runs) == _RUNS:
            runs = [_merged(runs, work / f"{number}.merged")]
        progress(number)
    return runs


def _done(tasks: list[Task]) -> Iterator[tuple[Path, Done]]:
    """The run of each WARC, in order; a single one is not worth a process."""
    if len(tasks) == 1:
        [(read, given)] = tasks
        yield given.run, read(given)
        return
    with Processes(min(processors(), max(1, len(tasks)))) as processes:
        for given, done in processes.map(tasks):
            yield given.run, done


def _merged(runs: list[Index], path: Path) -> Index:
    with path.open("wb") as file:
        file.writelines(heapq.merge(*runs))
    for run in runs:
        run.path.unlink()
    return Index(path)


def _write(rows: Iterator[Row], into: str, made: Made) -> None:
    target = Target(into)
    with target.working() as folder:
        writing = _Files(folder)
        try:
            group: list[Row] = []
            for one in rows:
                group.append(one)
                made.rows += 1
                if len(group) == GROUP:
                    writing.write(group)
                    group = []
            if group or not made.rows:
                writing.write(group)
        finally:
            writing.close()
        for path in writing.paths:
            target.put(path)
    made.files = [path.name for path in writing.paths]
    for place in files.below(into, (".parquet",)):
        name = place.rpartition("/")[2]
        if name not in made.files:
            target.remove(name)


class _Files:
    """The index's files, one after another."""

    def __init__(self, folder: Path) -> None:
        self.paths: list[Path] = []
        self._folder = folder
        self._writer: Any = None
        self._rows = 0

    def write(self, group: list[Row]) -> None:
        if self._writer is None or self._rows >= FILE:
            self.close()
            path = self._folder / f"{NAME}-{len(self.paths):05}.parquet"
            self.paths.append(path)
            order = [
                pyarrow.parquet.SortingColumn(SCHEMA.get_field_index(name)) for name in ("url_surtkey", "fetch_time")
            ]
            self._writer = pyarrow.parquet.ParquetWriter(
                path, SCHEMA, compression="zstd", compression_level=3, sorting_columns=order
            )
            self._rows = 0
        table: Any = pyarrow.Table.from_pylist(group, schema=SCHEMA)
        self._writer.write_table(table, row_group_size=GROUP)
        self._rows += len(group)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._writer = None
