"""A WARC of a collection in a store, to be read as a file is: from this machine while it is there, else by range
requests. Small, and can be sent to another process.
"""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from archive.errors import CollectionError
from archive.store.names import OPEN
from archive.store.remote import objects

_FIRST_AHEAD, _MOST_AHEAD = 256 * 1024, 4 * 1024 * 1024  # bytes read on where a file is read from end to end


@dataclass(frozen=True, slots=True)
class Size:
    """What of `os.stat_result` readers ask for."""

    st_size: int


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One WARC by its name. It has what readers use of a Path."""

    url: str  # of the collection
    folder: Path  # where it is while it is written, and until the store has acknowledged it
    name: str

    def open(self, mode: str = "rb", buffering: int = -1) -> BinaryIO:
        """Its bytes; without `buffering` a read asks the store for what it wants, and no more."""
        for path in self._local:
            try:
                return path.open("rb", buffering=buffering)
            except FileNotFoundError:
                continue
        ranges = Ranges(self.url, f"archive/{self.name}")
        if buffering == 0:
            return cast(BinaryIO, ranges)
        return cast(BinaryIO, io.BufferedReader(ranges, buffering if buffering > 1 else io.DEFAULT_BUFFER_SIZE))

    def stat(self) -> Size:
        """Its size as the place says where it is. Raises CollectionError where it is nowhere."""
        for path in self._local:
            try:
                return Size(path.stat().st_size)
            except FileNotFoundError:
                continue
        return Size(Ranges(self.url, f"archive/{self.name}").seek(0, io.SEEK_END))

    @property
    def _local(self) -> tuple[Path, ...]:
        sealed = self.folder / self.name
        return sealed, self.folder / (self.name + OPEN), sealed  # the third look: it was sealed between the first two

    def __str__(self) -> str:
        return f"{self.url}/archive/{self.name}"


Stored = Path | RemoteFile  # where the bytes of a WARC are


class Ranges(io.RawIOBase):
    """An object as an unbuffered file. What is read on and on is read ahead of, ever more."""

    def __init__(self, url: str, key: str) -> None:
        self._url, self._key = url, key
        self._at = 0
        self._size: int | None = None
        self._held, self._held_at = b"", 0
        self._ahead = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at}.get(whence)
        if base is None:
            base = self._whole()
        self._at = base + offset
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        if size < 0:
            size = max(0, self._whole() - self._at)
        parts = []
        while size > 0 and (part := self._some(size)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _some(self, size: int) -> bytes:
        begin = self._at - self._held_at
        if not 0 <= begin < len(self._held):
            self._fetch(size)
            begin = 0
        found = self._held[begin : begin + size]
        self._at += len(found)
        return found

    def _fetch(self, size: int) -> None:
        going_on = bool(self._held) and self._at == self._held_at + len(self._held)
        self._ahead = min(max(2 * self._ahead, _FIRST_AHEAD), _MOST_AHEAD) if going_on else 0
        self._held_at = self._at
        if self._size is not None and self._at >= self._size:
            self._held = b""
            return
        try:
            self._held, self._size = objects.at(self._url).get(self._key, self._at, max(size, self._ahead))
        except FileNotFoundError:
            raise self._missing() from None

    def _whole(self) -> int:
        if self._size is None:
            try:
                self._size = objects.at(self._url).size(self._key)
            except FileNotFoundError:
                raise self._missing() from None
        return self._size

    def _missing(self) -> CollectionError:
        return CollectionError(f"{self._url} has no {self._key}: put it back, or run `derive` without it")
