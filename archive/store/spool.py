"""Bytes that may be too many for memory: a response while it is received, a record's member while it is made."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

IN_MEMORY = 1024 * 1024  # bytes: past this they are on disk, and nowhere else
PIECE = 256 * 1024


class Spool:
    """Grows by `write`; in memory as long as it is small, then in a file without a name, which ends with the process.

    `folder` is where that file lies: on the disk that the bytes are to stay on, so that a full one shows early.
    Written by one thread and then read by one: neither does harm to the other's place in the file.
    """

    def __init__(self, folder: Path | None = None, in_memory: int = IN_MEMORY) -> None:
        self._folder = folder
        self._in_memory = in_memory
        self._parts: list[bytes] = []
        self._file: IO[bytes] | None = None
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def write(self, data: bytes) -> int:
        """Add bytes; raises OSError where the disk does not take them."""
        if self._file is None and self._size + len(data) > self._in_memory:
            self._file = tempfile.TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115  closed by `close`
            held, self._parts = self._parts, []
            for part in held:
                _write(self._file.fileno(), part)
        if self._file is None:
            self._parts.append(bytes(data))
        else:
            _write(self._file.fileno(), data)
        self._size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits: this is for those who write to it as to a file."""

    def content(self) -> "bytes | Spool":
        """The bytes themselves where they are in memory, else this."""
        return b"".join(self._parts) if self._file is None else self

    def pieces(self, start: int = 0) -> Iterator[bytes]:
        """The bytes from `start` on, in order."""
        if self._file is None:
            yield b"".join(self._parts)[start:]
            return
        while piece := os.pread(self._file.fileno(), PIECE, start):
            yield piece
            start += len(piece)

    def first(self, count: int) -> bytes:
        """The first bytes, at most `count`."""
        if self._file is None:
            return b"".join(self._parts)[:count]
        return os.pread(self._file.fileno(), count, 0)

    def beside(self) -> "Spool":
        """An empty one of the same kind, on the same disk."""
        return Spool(self._folder, self._in_memory)

    def close(self) -> None:
        """Give the disk's room back."""
        if self._file is not None:
            self._file.close()

    __del__ = close  # a download that nobody waits for any more


Content = bytes | Spool


def pieces(content: Content, start: int = 0) -> Iterator[bytes]:
    """Bytes from `start` on: those in memory in one piece."""
    if isinstance(content, Spool):
        yield from content.pieces(start)
    elif start < len(content):
        yield content[start:] if start else content


def first(content: Content, count: int) -> bytes:
    """The first bytes, at most `count`."""
    return content.first(count) if isinstance(content, Spool) else content[:count]


def _write(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def close(content: Content) -> None:
    """Give the disk's room back, where there is any."""
    if isinstance(content, Spool):
        content.close()
