"""The payload of an HTTP record, digested in both readings while it streams past: never the whole body in memory.

The standard's payload is the entity: transfer-coding off, content-coding on (WARC 1.1, `response`; warc-specifications
issue 22). Some tools digest the body with its chunk framing instead, so that both digests are taken.
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

from archive.errors import DamagedRecord
from archive.store.http import Headers, fields, split

Bytes = bytes | memoryview

HEAD_LIMIT = 1024 * 1024  # bytes of interim and final heads together; past it the block is taken as not HTTP
_MOST_HEADS = 8192  # bytes of a response that hold the head of nearly all
_LINE_LIMIT = 4096  # bytes of a chunk-size line, extensions included
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*)?\r?\n")


_NEW: dict[str, Callable[[], Any]] = {
    "sha256": hashlib.sha256,
    "sha512": hashlib.sha512,
    "sha1": partial(hashlib.sha1, usedforsecurity=False),
    "md5": partial(hashlib.md5, usedforsecurity=False),
}


class _At(Enum):
    SIZE = "a chunk's size line"
    DATA = "a chunk's bytes"
    END = "the line end behind a chunk"
    DONE = "the last chunk, or no more to trust"


class Hashes:
    """One stream, digested by several algorithms at once."""

    __slots__ = ("_hashes", "length")

    def __init__(self, algorithms: Iterable[str]) -> None:
        self._hashes = {name: _NEW[name]() for name in algorithms}
        self.length = 0

    def update(self, piece: Bytes) -> None:
        """The next bytes of the stream."""
        self.length += len(piece)
        for one in self._hashes.values():
            one.update(piece)

    def digest(self, algorithm: str) -> bytes:
        """The digest of what went in so far."""
        found: bytes = self._hashes[algorithm].digest()
        return found


class Payload:
    """Takes the block of an HTTP message in pieces; afterwards its head and the two digests are known.

    `algorithms` digest the entity, `framed` the body as it crossed the wire: None leaves that out.
    """

    def __init__(self, algorithms: Iterable[str], framed: Iterable[str] | None = None, request: bool = False) -> None:
        self.status: int | None = None  # None while the head goes on, and where the block is not HTTP
        self.content_type: str | None = None
        self.chunked = False
        self.entity = Hashes(algorithms)  # transfer-coding off
        self.framed = Hashes(())  # of a chunked body; else it is the entity
        self._wanted = framed or ()
        self._request = request
        self._head: bytearray | None = bytearray()
        self._take: Callable[[Bytes], None] = self.entity.update
        self._left = 0  # bytes of the chunk, or of the Content-Length, that are still to come
        self._at = _At.SIZE
        self._pending = b""

    def update(self, piece: Bytes) -> None:
        """The next bytes of the block."""
        if self._head is None:
            self._body(piece)
            return
        if not self._head and not self._request and (plain := plain_head(bytes(piece[:_MOST_HEADS]))):
            self._head = None
            self._read(plain, piece)
            return
        self._head += piece
        if self._request or _complete(self._head) or len(self._head) > HEAD_LIMIT:
            self._begin(bytes(self._head))

    def finish(self) -> None:
        """The block is over: a head that was cut off is read as far as it goes, and so is a first chunk's size line."""
        if self._head is not None:
            self._begin(bytes(self._head))
        if self._pending and len(self._pending) == self.framed.length:
            self._as_it_stands(self._pending)

    def _begin(self, start: bytes) -> None:
        if self._request:
            blank = _BLANK.search(start)
            if blank is None and len(start) <= HEAD_LIMIT:
                return
            message = Head(0, fields(start.split(b"\n")[1:]), blank.end() if blank else len(start))
        else:
            try:
                message = read_head(start)
            except DamagedRecord:
                self._head = None
                self._body(memoryview(start))
                return
        self._head = None
        self._read(message, memoryview(start))

    def _read(self, message: "Head", start: Bytes) -> None:
        """The head is known; `start` are the block's bytes so far."""
        if not self._request:
            self.status, self.content_type = message.status, message.first("content-type")
        words = message.words("transfer-encoding")
        lengths = set(message.words("content-length"))
        if message.status in (204, 304):
            self._left, self._take = 0, self._counted
        elif "chunked" in words:
            self.chunked, self._take, self.framed = True, self._dechunked, Hashes(self._wanted)
        elif len(lengths) == 1 and (stated := lengths.pop()).isascii() and stated.isdigit() and len(stated) <= 18:
            self._left, self._take = int(stated), self._counted
        self._body(start[message.end :])

    def _body(self, piece: Bytes) -> None:
        self.framed.update(piece)
        self._take(piece)

    def _counted(self, piece: Bytes) -> None:
        self.entity.update(piece if len(piece) <= self._left else piece[: self._left])
        self._left -= min(self._left, len(piece))

    def _dechunked(self, piece: Bytes) -> None:
        data = b"".join((self._pending, piece))
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


@dataclass(frozen=True, slots=True)
class Head:
    """What the audit needs of a message's head."""

    status: int
    headers: Headers  # all, or those three that matter here
    end: int  # bytes, interim responses included

    def first(self, name: str) -> str | None:
        """The first value of a header, by its lower-case name."""
        for key, value in self.headers:
            if key.lower() == name:
                return value
        return None

    def words(self, name: str) -> list[str]:
        """The comma-separated words of all of a header's lines, lower-case."""
        found = [value for key, value in self.headers if key.lower() == name]
        return [word.strip().lower() for value in found for word in value.split(",")] if found else []


def read_head(start: bytes) -> Head:
    """The head of a response's first bytes, as the store reads it. Raises DamagedRecord where there is none."""
    message = split(start)
    return Head(message.status, message.headers, len(message.interim) + len(message.head))


def plain_head(start: bytes) -> Head | None:
    """The same for nearly all heads, by two patterns; None for one that is odd, or goes on behind these bytes."""
    found = _PLAIN.match(start)
    if found is None:
        return None
    lines = _MATTER.findall(start, found.end(1), found.end())
    headers = tuple([(name.decode("ascii").lower(), value.decode("latin-1")) for name, value in lines])
    return Head(int(found[1]), headers, found.end())


# a final status line, and lines that are not folded, without a NUL, all with CR LF behind them; and those that matter
_PLAIN = re.compile(rb"HTTP/\d(?:\.\d)? (?!1(?!01))(\d{3})(?: [^\r\n\0]*)?\r\n(?:[^\r\n\0 \t][^\r\n\0]*\r\n)*\r\n")
_MATTER = re.compile(
    rb"\n(content-type|content-length|transfer-encoding)[ \t]*:[ \t]*([^\r\n]*?)[ \t]*(?=\r\n)", re.IGNORECASE
)
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
