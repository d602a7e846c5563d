"""The small files of a collection (dataset, reports, access rules, …) as they were together.

Each file is an object with its SHA-256 in the name, so that it is put once and never replaced; a snapshot is an object
that names them all, put once as well. Its own name says behind which line of the ledger it stands: it is in force from
when the ledger has that line, so that dataset and ledger change in one step, and what a writer leaves that was stopped
before its line is never in force. The newest is that behind the last line; of several, that with the highest number.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.errors import StoreError
from archive.store.remote.notes import Known, Notes, sha256

FOLDER = "snapshots/"
_FILES = ("collection.toml",)
_FOLDERS = ("dataset", "crawls", "acl", "releases")
_KEY = re.compile(re.escape(FOLDER) + r"(\d{8})\.([0-9a-f]{16})\.(\d{4,})\.json")
_BEING_WRITTEN = (".tmp", ".new")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One of them, as it was read."""

    key: str
    files: dict[str, Known]
    base: dict[str, Any] | None

    @classmethod
    def loads(cls, key: str, data: bytes) -> "Snapshot":
        """Raises StoreError where it is none, or names files outside of a collection."""
        try:
            told = json.loads(data)
            files = {path: Known(one["object"], one["sha256"], one["size"]) for path, one in told["files"].items()}
            made = cls(key, files, told["index"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreError(f"{key} is no snapshot ({type(error).__name__}: {error})") from None
        for path in files:
            if not _belongs(path):
                raise StoreError(f"{key} names {path!r}, which is no file of a collection's")
        return made

    def dumps(self) -> bytes:
        files = {
            path: {"object": one.object, "sha256": one.sha256, "size": one.size} for path, one in self.files.items()
        }
        told = {"files": dict(sorted(files.items())), "index": self.base}
        return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def newest(keys: Iterable[str], heads: Sequence[str]) -> str | None:
    """The key of the one that is in force; `heads` are the hashes of the ledger's lines, behind that of none."""
    places = [(key, _place(key)) for key in keys]
    lines = len(heads)
    held = [key for key, (line, head, _) in places if line < lines and heads[line].startswith(head)]
    return max(held, default=None)


def next_key(before: str, line: int, head: str) -> str:
    """The key of one behind that line, whose hash is the head; `before` is the key of the one before it."""
    number = 1
    if before:
        at, begun, last = _place(before)
        number = last + 1 if at == line and head.startswith(begun) else 1
    return f"{FOLDER}{line:08}.{head[:16]}.{number:04}.json"


def _place(key: str) -> tuple[int, str, int]:
    """Line, beginning of its hash, and number in a key; raises StoreError where there is none."""
    found = _KEY.fullmatch(key)
    if found is None:
        raise StoreError(f"{key} is not of this archive: take it away")
    return int(found[1]), found[2], int(found[3])


def files_of(folder: Path, notes: Notes) -> dict[str, Known]:
    """The small files as they are here now. A file that looks as it did is not read again."""
    found = {}
    for path in _paths(folder):
        name = path.relative_to(folder).as_posix()
        stat = path.stat()
        known = notes.files.get(name)
        if known is None or (known.size, known.mtime_ns) != (stat.st_size, stat.st_mtime_ns):
            digest = sha256(path)
            known = Known(f"{name}.{digest[:16]}", digest, stat.st_size, stat.st_mtime_ns)
        found[name] = known
    return found


def differ(one: dict[str, Known], other: dict[str, Known]) -> bool:
    """Whether other files are named, or other bytes."""
    return {path: known.sha256 for path, known in one.items()} != {path: known.sha256 for path, known in other.items()}


def _paths(folder: Path) -> Iterator[Path]:
    for name in _FILES:
        if (folder / name).is_file():
            yield folder / name
    for name in _FOLDERS:
        for path in sorted((folder / name).rglob("*")):
            if path.is_file() and not path.name.startswith(".") and path.suffix not in _BEING_WRITTEN:
                yield path


def _belongs(path: str) -> bool:
    parts = path.split("/")
    plain = all(part not in ("", ".", "..") and "\\" not in part and "\0" not in part for part in parts)
    return plain and (path in _FILES or (len(parts) > 1 and parts[0] in _FOLDERS))
