"""A shard: what one WARC says, a line a capture in the order of the file. `NAME.jsonl`, `NAME.parquet` where it is
asked for, and `NAME.json`, which comes last: where it is, the shard is whole.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from archive.dataset.batch import files
from archive.dataset.batch.files import Target
from archive.dataset.batch.job import Counts, Failure, Job, Outcome, Written
from archive.dataset.batch.reading import Read
from archive.dataset.derived import Derived, FoundPart
from archive.dataset.jsonl import escaped
from archive.dataset.publication import stamp
from archive.extract.page import Role
from archive.store.exchange import Location

_PAGE = (
    b',"page":'  # begins a line's last key: no text within a line holds these bytes, as a quote in a text is escaped
)
# Those of Derived that a line has by the same name, beside text, authors, where the record lies, and the page itself.
_FIELDS = (
    "url", "status", "role", "media_type", "title", "kind", "language", "published", "warnings", "truncated", "size",
    "sha256", "record_id", "key", "post_id", "host", "redirect_to", "redirect_key", "canonical", "canonical_key",
    "part_key", "parts", "content_sha256",
)  # fmt: skip
_GROUP = 4 << 20  # characters of text in a row group of Parquet


def line(warc: str, read: Read) -> bytes:
    """One capture in JSON, with its line feed."""
    one = read.derived
    told: dict[str, Any] = {"url": one.url, "captured_at": stamp(one.captured_at)}
    told |= {name: getattr(one, name) for name in _FIELDS}
    told |= {"authors": read.authors, "text": read.text}
    told |= {"warc": warc, "offset": one.location.offset, "length": one.location.length}
    head = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    return escaped(head[:-1] + _PAGE + (one.page_json or b"null") + b"}") + b"\n"


def derived(line: bytes) -> Derived:
    """What a line was made of, without links."""
    at = line.index(_PAGE)
    told = json.loads(line[:at] + b"}")
    page = line[at + len(_PAGE) :].rstrip(b"\n")[:-1]
    fields = {name: told[name] for name in _FIELDS}
    fields |= {"role": Role(told["role"]), "warnings": tuple(told["warnings"])}
    fields |= {"parts": tuple(FoundPart(*part) for part in told["parts"])}
    return Derived(
        location=Location(told["warc"], told["offset"], told["length"]),
        captured_at=datetime.fromisoformat(told["captured_at"]),
        page_json=b"" if page == b"null" else page,
        **fields,
    )


def lines(outcome: Outcome) -> Iterator[bytes]:
    """The lines of a shard on this machine."""
    for file in outcome.files:
        if file.name.endswith(".jsonl"):
            with (Path(outcome.job.into) / file.name).open("rb") as found:
                yield from found


def there(job: Job) -> Outcome | None:
    """The shard of a job that was done before, and need not be done again; None where there is none, or it lacks
    records: their processes may not be killed again, and a damaged file of the same size may have been mended.
    """
    raw = files.content(job.into, f"{job.name}.json")
    if raw is None:
        return None
    told = json.loads(raw)
    if told["failures"]:
        return None
    counts = Counts(told["records"], told["derived"], failed=told["failed"])
    counts.skipped.update(told["skipped"])
    return Outcome(job, counts, files=tuple(Written(**one) for one in told["files"]), reused=True)


class ShardWriter:
    """Writes a shard, which is there once `finish` has returned. `folder` is Target.working's."""

    def __init__(self, job: Job, folder: Path) -> None:
        self._job = job
        self._folder = folder
        self._jsonl: BinaryIO = (folder / f"{job.name}.jsonl").open("wb")  # closed by `close`
        self._parquet = _Parquet(folder / f"{job.name}.parquet") if job.parquet else None

    def add(self, read: Read) -> None:
        """The next capture."""
        self._jsonl.write(line(self._job.warc, read))
        if self._parquet:
            self._parquet.add(self._job.warc, read)

    def finish(self, counts: Counts, failures: list[Failure]) -> Outcome:
        """Puts the files in their place, the one that says so last."""
        target = Target(self._job.into)
        self._jsonl.close()
        paths = [Path(self._jsonl.name)]
        if self._parquet:
            paths.append(self._parquet.close())
        written = tuple(_written(path) for path in paths)
        told = {
            "warc": self._job.warc,
            "tools": self._job.tools,
            **counts.told(),
            "failures": [{"offset": one.offset, "reason": one.reason} for one in failures],
            "files": [{"name": one.name, "bytes": one.bytes, "sha256": one.sha256} for one in written],
        }
        last = self._folder / f"{self._job.name}.json"
        last.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        for path in (*paths, last):
            target.put(path)
        return Outcome(self._job, counts, tuple(failures), written)

    def close(self) -> None:
        """Closes the files, also where the shard was not finished."""
        self._jsonl.close()
        if self._parquet:
            self._parquet.close()


class _Parquet:
    """The same captures as a table: what is searched and counted, without the page's blocks."""

    def __init__(self, path: Path) -> None:
        import pyarrow  # an extra
        import pyarrow.parquet

        text, whole = pyarrow.string(), pyarrow.int64()
        types = {
            "url": text, "captured_at": pyarrow.timestamp("us", "UTC"), "status": whole, "role": text,
            "media_type": text, "title": text, "kind": text, "language": text, "published": pyarrow.date32(),
            "authors": pyarrow.list_(text), "text": text, "warnings": pyarrow.list_(text), "truncated": text,
            "size": whole, "sha256": text, "content_sha256": text, "record_id": text,
            "warc": text, "offset": whole, "length": whole,
        }  # fmt: skip
        self._schema = pyarrow.schema(list(types.items()))
        self._table: Any = pyarrow.Table
        self._path = path
        self._writer: Any = pyarrow.parquet.ParquetWriter(path, self._schema, compression="zstd", compression_level=1)
        self._rows: list[dict[str, Any]] = []
        self._size = 0

    def add(self, warc: str, read: Read) -> None:
        one = read.derived
        row = {name: getattr(one, name) for name in self._schema.names if name in _FIELDS}
        row |= {"captured_at": one.captured_at.astimezone(UTC), "authors": read.authors, "text": read.text}
        row["published"] = date.fromisoformat(one.published) if one.published else None
        row |= {"warc": warc, "offset": one.location.offset, "length": one.location.length}
        self._rows.append(row)
        self._size += len(read.text or "") + 1000
        if self._size > _GROUP:
            self._flush()

    def close(self) -> Path:
        if self._writer.is_open:
            self._flush()
            self._writer.close()
        return self._path

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(self._table.from_pylist(self._rows, schema=self._schema))
        self._rows, self._size = [], 0


def _written(path: Path) -> Written:
    with path.open("rb") as file:
        return Written(path.name, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())
