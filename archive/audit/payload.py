"""The payload of an HTTP record, digested in both readings while it streams past: never the whole body in memory.

The standard's payload is the entity: transfer-coding off, content-coding on (WARC 1.1, `response`; warc-specifications
issue 22). Some tools digest the body with its chunk framing instead, so that both digests are taken.
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from enum import Enum

from archive.errors import DamagedRecord
from archive.store.http import Message, split

HEAD_LIMIT = 1024 * 1024  # bytes of interim and final heads together; past it the block is taken as not HTTP
_LINE_LIMIT = 4096  # bytes of a chunk-size line, extensions included
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*)?\r?\n")


class _At(Enum):
    SIZE = "a chunk's size line"
    DATA = "a chunk's bytes"
    END = "the line end behind a chunk"
    DONE = "the last chunk, or no more to trust"


class Hashes:
    """One stream, digested by several algorithms at once."""

    def __init__(self, algorithms: Iterable[str]) -> None:
        self._hashes = {name: hashlib.new(name, usedforsecurity=False) for name in algorithms}
        self.length = 0

    def update(self, piece: bytes) -> None:
        """The next bytes of the stream."""
        self.length += len(piece)
        for one in self._hashes.values():
            one.update(piece)

    def digest(self, algorithm: str) -> bytes:
        """The digest of what went in so far."""
        return self._hashes[algorithm].digest()


class Payload:
    """Takes the block of an HTTP response in pieces; afterwards `message` is its head and the two digests are known."""

    def __init__(self, algorithms: Iterable[str]) -> None:
        names = tuple(algorithms)
        self.message: Message | None = (
            None  # with an empty body; None while the head goes on, and where the block is not HTTP
        )
        self.chunked = False
        self.entity = Hashes(names)  # transfer-coding off
        self.framed = Hashes(names)  # the body as it crossed the wire
        self._head: bytearray | None = bytearray()
        self._take: Callable[[bytes], None] = self.entity.update
        self._left = 0  # bytes of the chunk, or of the Content-Length, that are still to come
        self._at = _At.SIZE
        self._pending = b""

    def update(self, piece: bytes) -> None:
        """The next bytes of the block."""
        if self._head is None:
            self._body(piece)
            return
        self._head += piece
        if _complete(self._head) or len(self._head) > HEAD_LIMIT:
            self._begin(bytes(self._head))

    def finish(self) -> None:
        """The block is over: a head that was cut off is read as far as it goes, and so is a first chunk's size line."""
        if self._head is not None:
            self._begin(bytes(self._head))
        if self._pending and len(self._pending) == self.framed.length:
            self._as_it_stands(self._pending)

    def _begin(self, start: bytes) -> None:
        self._head = None
        try:
            message = split(start)
        except DamagedRecord:
            self._body(start)
            return
        self.message = Message(
            message.interim, message.head, b"", message.status, message.reason, message.version, message.headers
        )
        words = [word.strip().lower() for word in _values(message, "transfer-encoding")]
        lengths = {word.strip() for word in _values(message, "content-length")}
        if message.status in (204, 304):
            self._left, self._take = 0, self._counted
        elif "chunked" in words:
            self.chunked, self._take = True, self._dechunked
        elif len(lengths) == 1 and (stated := lengths.pop()).isascii() and stated.isdigit() and len(stated) <= 18:
            self._left, self._take = int(stated), self._counted
        self._body(message.body)

    def _body(self, piece: bytes) -> None:
        self.framed.update(piece)
        self._take(piece)

    def _counted(self, piece: bytes) -> None:
        self.entity.update(piece[: self._left])
        self._left -= min(self._left, len(piece))

    def _dechunked(self, piece: bytes) -> None:
        data = self._pending + piece
        at = 0
        while at < len(data) and self._at is not _At.DONE:
            step = {_At.SIZE: self._size, _At.DATA: self._data, _At.END: self._end}[self._at](data, at)
            if step == 0:
                break
            at += step
        self._pending = data[at:] if self._at is not _At.DONE else b""

    def _size(self, data: bytes, at: int) -> int:
        line = _CHUNK_SIZE.match(data, at)
        if line is None:
            if b"\n" in data[at : at + _LINE_LIMIT] or len(data) - at > _LINE_LIMIT:
                self._at = _At.DONE
                if len(data) == self.framed.length:
                    self._as_it_stands(data)
            return 0
        self._left = int(line[1], 16)
        self._at = _At.DATA if self._left else _At.DONE
        return line.end() - at

    def _as_it_stands(self, data: bytes) -> None:
        """A body that says chunked and is not, from its first byte, is its own entity."""
        self.entity.update(data)
        self._take = self.entity.update

    def _data(self, data: bytes, at: int) -> int:
        part = data[at : at + self._left]
        self.entity.update(part)
        self._left -= len(part)
        if not self._left:
            self._at = _At.END
        return len(part)

    def _end(self, data: bytes, at: int) -> int:
        if data.startswith(b"\n", at):
            self._at = _At.SIZE
            return 1
        if data.startswith(b"\r\n", at):
            self._at = _At.SIZE
            return 2
        if data[at:] != b"\r":
            self._at = _At.DONE
        return 0


def _values(message: Message, name: str) -> list[str]:
    return [word for key, value in message.headers if key.lower() == name for word in value.split(",")]


_BLANK = re.compile(rb"\n\r?\n")
_INTERIM = re.compile(rb"HTTP/\d+(?:\.\d+)?[ \t]+1(?!01)\d\d\b", re.IGNORECASE)


def _complete(head: bytearray) -> bool:
    """Whether the final response's blank line is there: interim responses (1xx) may stand in front of it."""
    at = 0
    while blank := _BLANK.search(head, at):
        if not _INTERIM.match(head, at):
            return True
        at = blank.end()
    return False
