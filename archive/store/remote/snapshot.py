"""The small files of a collection (dataset, reports, access rules, …) as they were together.

Each file is an object with its SHA-256 in the name, so that it is put once and never replaced; a snapshot is a numbered
object that names them all, put once as well. It holds from when the ledger has the line that it names: dataset and
ledger change in one step, and of two writers one fails.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from archive.errors import StoreError
from archive.store.remote.notes import Known, Notes, sha256

FOLDER = "snapshots/"
_FILES = ("collection.toml",)
_FOLDERS = ("dataset", "crawls", "acl", "releases")
_BEING_WRITTEN = (".tmp", ".new")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One of them, as it was read."""

    number: int
    ledger: int  # lines of the ledger
    head: str  # the hash of the last of these: without that very line it is not in force
    files: dict[str, Known]
    base: dict[str, Any] | None

    @classmethod
    def loads(cls, number: int, data: bytes) -> "Snapshot":
        """Raises StoreError where it is none, or names files outside of a collection."""
        try:
            told = json.loads(data)
            files = {path: Known(one["object"], one["sha256"], one["size"]) for path, one in told["files"].items()}
            made = cls(number, told["ledger"], told["head"], files, told["index"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreError(f"{key(number)} is no snapshot ({type(error).__name__}: {error})") from None
        for path in files:
            if not _belongs(path):
                raise StoreError(f"{key(number)} names {path!r}, which is no file of a collection's")
        return made

    def dumps(self) -> bytes:
        files = {
            path: {"object": one.object, "sha256": one.sha256, "size": one.size} for path, one in self.files.items()
        }
        told = asdict(self) | {"files": dict(sorted(files.items())), "index": self.base}
        del told["base"]
        return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def key(number: int) -> str:
    return f"{FOLDER}{number:08}.json"


def number_of(name: str) -> int:
    """The number in a key; raises StoreError where it has none."""
    plain = name.rpartition("/")[2].partition(".")[0]
    if not plain.isdecimal():
        raise StoreError(f"{name} has no number: it is not of this archive")
    return int(plain)


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
