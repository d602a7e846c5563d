"""Makes a URL index: from the indexes of collections, and from WARCs that have none. Sorted by SURT, then by time."""

import heapq
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow
import pyarrow.parquet

from archive.dataset.batch import files, loose
from archive.dataset.batch.files import Target
from archive.dataset.crawls import by_name
from archive.errors import CollectionError, DamagedRecord
from archive.store import access, cdxj, foreign, http, warc
from archive.store.cdxj import Index, IndexLine
from archive.store.collection import Collection
from archive.urls.table import SCHEMA, row

NAME = "urls"  # begins each file's name
GROUP = 1 << 16  # rows of a row group: a query for a URL reads one of them, or two
FILE = 64 * GROUP  # rows of a file
_RUNS = 200  # files merged at a time: below the usual limit of 1,024 open ones
_TOLD = "policy-archive"  # in a line, beside what every CDXJ has

Row = dict[str, Any]
Progress = Callable[[int], None]  # rows so far


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
    there. What is withheld is left out. Memory follows neither their size nor their number.
    """
    _check(into)
    made = Made()
    day = (at or datetime.now(UTC)).date()
    with TemporaryDirectory(prefix="policy-archive-urls-") as work:
        sources = [_of_collection(one, frozenset(access.hidden(one, day)), made) for one in collections]
        if places:
            sources.append(_of_files(loose.found(places), Path(work), made))
        rows = heapq.merge(*sources, key=lambda one: (one["url_surtkey"], one["fetch_time"], one["warc_filename"]))
        _write(rows, into, made, progress)
    return made


def _check(into: str) -> None:
    if files.is_url(into) or not Path(into).exists():
        return
    strange = (
        [one.name for one in Path(into).iterdir() if not one.name.startswith(NAME)] if Path(into).is_dir() else [into]
    )
    if strange:
        raise CollectionError(f"{into} holds other things ({strange[0]}): name an empty folder with --to")


def _of_collection(collection: Collection, hidden: frozenset[str], made: Made) -> Iterator[Row]:
    """The captures of a collection. Its files are told as below collections/."""
    for line in collection.captures():
        if line.key in hidden:
            made.withheld += 1
        elif line.url.startswith(("http://", "https://")):
            filename = f"{collection.name}/archive/{line.filename}"
            yield row(line._replace(filename=filename), by_name(line.filename))


def _of_files(warcs: list[loose.Warc], work: Path, made: Made) -> Iterator[Row]:
    """The captures of WARCs: a sorted run each, then all of them together."""
    runs: list[Index] = []
    for number, one in enumerate(warcs):
        run = Index(work / f"{number}.cdxj")
        run.path.write_bytes(b"".join(sorted(_lines(one, made))))
        runs.append(run)
        if len(runs) == _RUNS:
            runs = [_merged(runs, work / f"{number}.merged")]
    for raw in heapq.merge(*runs):
        line = cdxj.parse(raw)
        told = json.loads(raw.split(b" ", 2)[2])[_TOLD]
        yield row(line, by_name(line.filename.rpartition("/")[2]), **told)


def _merged(runs: list[Index], path: Path) -> Index:
    merged = Index(path)
    merged.merge(heapq.merge(*runs))
    for run in runs:
        run.path.unlink()
    return merged


def _lines(one: loose.Warc, made: Made) -> Iterator[bytes]:
    """CDXJ lines of a WARC's responses and revisits, with what only the record tells beside."""
    with files.opened(one.place) as file:
        for head in foreign.walk(file):
            if head.broken is not None:
                made.failures.append((one.name, head.offset, head.broken))
                continue
            if head.field("WARC-Type").lower() not in ("response", "revisit") or not head.url.startswith("http"):
                continue
            try:
                line, told = _line(head, one.name)
            except DamagedRecord as problem:
                made.failures.append((one.name, head.offset, str(problem)))
                continue
            yield f"{line.key} {line.timestamp} ".encode() + json.dumps(_told(line) | {_TOLD: told}).encode() + b"\n"


def _told(line: IndexLine) -> dict[str, Any]:
    names = ("url", "mime", "status", "digest", "length", "offset", "filename")
    return {name: getattr(line, name) for name in names if getattr(line, name) is not None}


def _line(head: foreign.Head, name: str) -> tuple[IndexLine, dict[str, str | None]]:
    revisit = head.field("WARC-Type").lower() == "revisit"
    message = None
    with suppress(DamagedRecord):
        message = http.split(head.block)
    if message is None and not revisit:
        raise DamagedRecord("the record holds no HTTP response")
    media = (message.header("Content-Type") if message else None) or ""
    charset = next((part for part in media.split(";")[1:] if part.strip().lower().startswith("charset=")), "")
    line = IndexLine(
        key=cdxj.key(head.url),
        timestamp=warc.parse_date(head.field("WARC-Date")).strftime("%Y%m%d%H%M%S"),
        url=head.url,
        mime=cdxj.REVISIT if revisit else media.partition(";")[0].strip().lower() or None,
        status=message.status if message else None,
        digest=head.field("WARC-Payload-Digest"),
        length=head.length,
        offset=head.offset,
        filename=name,
    )
    return line, {
        "fetch_redirect": message.header("Location") if message else None,
        "content_mime_detected": head.field("WARC-Identified-Payload-Type") or None,
        "content_charset": charset.partition("=")[2].strip(" \"'") or None,
        "content_truncated": head.field("WARC-Truncated") or None,
    }


def _write(rows: Iterator[Row], into: str, made: Made, progress: Progress) -> None:
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
                    progress(made.rows)
            if group or not made.rows:
                writing.write(group)
        finally:
            writing.close()
        for path in writing.paths:
            target.put(path)
    made.files = [path.name for path in writing.paths]
    for name in _there(into):
        if name not in made.files:
            target.remove(name)


def _there(into: str) -> list[str]:
    with suppress(CollectionError):
        return [place.rpartition("/")[2] for place in files.below(into, (".parquet",))]
    return []


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
