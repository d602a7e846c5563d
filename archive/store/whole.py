"""Files that are there whole or not at all: written beside their place, synced, then renamed over what was there, so
that a reader, and whoever comes after a crash, sees the old one or the new one.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from archive.store.journal import sync_folder

_BUFFER = 1 << 20  # bytes


@contextmanager
def whole(path: Path, durable: bool = True) -> Iterator[BinaryIO]:
    """A file to write to, which takes its place when all went well; else what was there stays, and nothing beside it.

    `durable` off, it is not synced: for what a loss of power may take.
    """
    beside = path.with_name(path.name + ".tmp")
    try:
        with beside.open("w+b", buffering=_BUFFER) as file:
            yield file
            file.flush()
            if durable:
                os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)  # after a failure: it may be what filled the disk
    if durable:
        sync_folder(path.parent)


class WholeFile:
    """One of several files that appear together: written under another name until `publish`. Call `open` first, `sync`
    when all is written, and `close` in the end.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._temporary = path.with_name(path.name + ".new")
        self._hash = hashlib.sha256()
        self._file: BinaryIO | None = None

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._temporary.open("wb")

    def write(self, data: bytes) -> None:
        assert self._file
        self._file.write(data)
        self._hash.update(data)
        self.size += len(data)

    def sync(self) -> None:
        """All that was written is on disk."""
        assert self._file
        self._file.flush()
        os.fsync(self._file.fileno())

    def publish(self) -> None:
        """Puts the file in the place of the old one; `sync` comes first."""
        self._temporary.replace(self.path)

    def close(self) -> None:
        """Closes the file and forgets what was not published."""
        if self._file:
            self._file.close()
        self._temporary.unlink(missing_ok=True)
