"""A file that lines are appended to and synced, in which a torn last line does no harm."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.store.spool import Content, pieces


class Journal:
    """Lines of bytes: what was appended before a crash is there after it, what was being appended, whole or not."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __iter__(self) -> Iterator[bytes]:
        """The whole lines, with their line ends."""
        try:
            with self.path.open("rb") as file:
                yield from (line for line in file if line.endswith(b"\n"))
        except FileNotFoundError:
            return

    def append(self, lines: Iterable[bytes], sync: bool = True) -> None:
        """Add whole lines. On an error the file is as long as before, and the error is raised."""
        is_new = not self.path.exists()
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            append(descriptor, b"".join(lines), sync)
        finally:
            os.close(descriptor)
        if is_new and sync:
            sync_folder(self.path.parent)

    @contextmanager
    def opened(self) -> Iterator["Opened"]:
        """The file that has the name now, to be appended to whatever takes its name meanwhile (apart.py)."""
        is_new = not self.path.exists()
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            if is_new:
                sync_folder(self.path.parent)
            yield Opened(descriptor)
        finally:
            os.close(descriptor)

    def mend(self) -> bytes:
        """Cut a torn last line off, and return it; b"" where there is none."""
        if not self.path.exists():
            return b""
        data = self.path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            os.truncate(self.path, whole)
        return data[whole:]

    def clear(self) -> None:
        """Forget all lines."""
        if self.path.exists():
            os.truncate(self.path, 0)


class Opened:
    """A journal's file, whatever it is called by now."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def mended(self) -> list[bytes]:
        """Its whole lines, with their line ends; a torn one at its end is cut off."""
        with open(self._descriptor, "rb", closefd=False) as file:
            file.seek(0)
            lines = file.readlines()
        if lines and not lines[-1].endswith(b"\n"):
            os.ftruncate(self._descriptor, sum(map(len, lines[:-1])))
            lines.pop()
        return lines

    def append(self, line: bytes) -> None:
        """Synced. On an error the file is as long as before, and the error is raised."""
        append(self._descriptor, line)


def append(descriptor: int, data: Content, sync: bool = True) -> None:
    """Write all of `data` at the end of a file and sync it. On an error the file is cut to its length before."""
    before = os.lseek(descriptor, 0, os.SEEK_END)
    try:
        for piece in pieces(data):
            left = memoryview(piece)
            while left:
                left = left[os.write(descriptor, left) :]
        if sync:
            os.fdatasync(descriptor)
    except OSError:
        os.ftruncate(descriptor, before)
        raise


def sync_folder(folder: Path) -> None:
    """Make renames and new names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
