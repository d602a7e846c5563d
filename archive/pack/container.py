"""Writing a package's ZIP: entries written once, from front to back.

WARCs and indexes are stored as they are: they are compressed already, and a reader finds each record of a stored entry
by its offset alone. Lines of JSON are deflated. The file stands under another name until it is whole and on disk.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Self
from zipfile import ZIP64_LIMIT, ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from archive.errors import NO_SPACE, BadPackage, OutOfSpace
from archive.store.journal import sync_folder

PIECE = 1024 * 1024  # bytes copied at a time
SPARE = 64 * 1024 * 1024  # bytes that stay free: an index and lists of members need some


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as the manifest lists it."""

    path: str
    size: int
    sha256: str  # lower-case hex


class Entry:
    """One entry while it is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._hash.update(data)
        self.size += len(data)

    def copy(self, source: IO[bytes]) -> None:
        """All of a file from where it stands."""
        while piece := source.read(PIECE):
            self.write(piece)


@contextmanager
def room(folder: Path, size: int) -> Iterator[None]:
    """Write about so many bytes into a folder: raises OutOfSpace where there is no room, before or while it is done."""
    folder.mkdir(parents=True, exist_ok=True)
    mend = "make room and run the same command again"
    free = shutil.disk_usage(folder).free
    if size + SPARE > free:
        raise OutOfSpace(f"{folder} has {free:,} bytes left, and about {size + SPARE:,} are needed: {mend}")
    try:
        yield
    except OSError as problem:
        if problem.errno not in NO_SPACE:
            raise
        raise OutOfSpace(f"no space left for {folder} ({problem.strerror}): {mend}") from problem


class Container:
    """A ZIP file that appears when its context ends well, and not at all when it does not."""

    def __init__(self, path: Path, made: datetime) -> None:
        self.path = path
        self.entries: list[Stored] = []  # in the order of writing
        self._made = made.astimezone(UTC).timetuple()[:6]
        self._beside = path.with_name(path.name + ".new")

    def __enter__(self) -> Self:
        if self.path.exists():
            raise BadPackage(f"{self.path} is there already: name another file (--to), or remove it")
        self._file = self._beside.open("wb")
        self._zip = ZipFile(self._file, "w", ZIP_STORED, allowZip64=True)
        return self

    @contextmanager
    def entry(self, name: str, at_most: int) -> Iterator[Entry]:
        """Write an entry. It may be as long as `at_most` bytes: past 2 GiB, its header is ZIP64's from the start."""
        info = ZipInfo(name, self._made)
        info.compress_type = ZIP_DEFLATED if name.endswith((".json", ".jsonl")) else ZIP_STORED
        info.external_attr = 0o644 << 16
        info.create_system = 3  # Unix, whatever this machine is: the same input makes the same bytes
        with self._zip.open(info, "w", force_zip64=at_most >= ZIP64_LIMIT) as file:
            entry = Entry(file)
            yield entry
        self.entries.append(Stored(name, entry.size, entry.sha256))

    def add(self, name: str, data: bytes) -> None:
        """Write an entry that is there as a whole."""
        with self.entry(name, len(data)) as entry:
            entry.write(data)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._zip.close()
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()
                self._beside.rename(self.path)
                sync_folder(self.path.parent)
        finally:
            with suppress(
                OSError
            ):  # after a failure: it writes its end to what is thrown away, which a full disk refuses
                self._zip.close()
            self._file.close()
            self._beside.unlink(missing_ok=True)
