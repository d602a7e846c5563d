"""One WARC record as one gzip member: formatted by warcio, its block verbatim, compressed as it comes."""

import hashlib
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.store.spool import Content, Spool, pieces

LEVEL = 6  # zlib's own default; another hardly shows in crawl speed or size (warcio has 9 fixed)
NOT_IN_A_HEADER = re.compile(r"[\r\n\0]")

Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Member:
    """The member's bytes, and their SHA-256 in lower-case hex."""

    content: Content
    sha256: str


class _Verbatim(WARCWriter):
    """warcio's writer, kept from adding a SHA-1 digest of the whole block as the payload's."""

    def ensure_digest(self, record: object, block: bool = True, payload: bool = True) -> None:
        pass


# warcio has no types
_head: Callable[..., Any] = StatusAndHeaders
_record: Callable[..., Any] = ArcWarcRecord
_writer: Callable[..., Any] = _Verbatim


def build(fields: Fields, content_type: str, block: Content, level: int = LEVEL, start: int = 0) -> Member:
    """A record with these named fields and its block's digest, whose block is what `block` holds from `start` on.

    Raises ValueError where a field's value would end its line.
    """
    digest = hashlib.sha256()
    for piece in pieces(block, start):
        digest.update(piece)
    fields = [*fields, ("WARC-Block-Digest", f"sha256:{digest.hexdigest()}")]
    for name, value in fields:
        if NOT_IN_A_HEADER.search(value):  # warcio would write it, and what follows would be a header of the server's
            raise ValueError(f"line end or NUL in {name}: {value!r}")
    out = _Gzip(block.beside() if isinstance(block, Spool) else Spool(), level)
    head = _head("", fields, protocol="WARC/1.1")
    # "response" for all: warcio writes no block for what it is told is a revisit, and the type stands in the fields
    size = len(block) - start
    record = _record("warc", "response", head, _Stream(pieces(block, start)), None, content_type, size)
    _writer(out, gzip=False, warc_version="1.1").write_record(record)
    return Member(out.end(), out.digest.hexdigest())


class _Stream:
    """Pieces of bytes as the file that warcio reads a block from: a piece a call, whatever size is asked for."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, size: int = -1) -> bytes:
        return next(self._pieces, b"")


class _Gzip:
    """The file that warcio writes a record to: one gzip member, compressed as it comes."""

    def __init__(self, spool: Spool, level: int) -> None:
        self._compressor = zlib.compressobj(level, zlib.DEFLATED, zlib.MAX_WBITS | 16)
        self._spool = spool
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._put(self._compressor.compress(data))

    def flush(self) -> None:
        """Compressed bytes go on as they come."""

    def end(self) -> Content:
        """The member, whole."""
        self._put(self._compressor.flush())
        return self._spool.content()

    def _put(self, data: bytes) -> None:
        if data:
            self.digest.update(data)
            self._spool.write(data)
