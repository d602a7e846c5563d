"""WARCs of other tools: walked in order, and read by place. One gzip member a record, or no compression; WARC 1.0 or
1.1.

A file is anything that can be read and sought, such as one of fsspec's. Memory follows neither the file's size nor a
record's: of each block its beginning is kept.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from archive.errors import DamagedRecord
from archive.store import warc
from archive.store.http import Headers, first

_MAGIC = b"\x1f\x8b\x08"  # RFC 1952, 2.3
_READ = 64 * 1024
_INFLATED = 1024 * 1024  # bytes at a time
_KEPT = 128 * 1024  # bytes of a record: named fields, and an HTTP head
_SEARCH = 1024 * 1024  # bytes searched at a time for the next record
_BEGIN = re.compile(rb"(?<=\r\n\r\n)WARC/\d\.\d\r\n")
_GZIP = zlib.MAX_WBITS | 16


@dataclass(frozen=True, slots=True)
class Head:
    """A record as a walk sees it: where it lies, and how it begins."""

    offset: int
    length: int  # in the file
    fields: Headers
    block: bytes  # its beginning
    broken: str | None = None  # why it cannot be read; then it has no fields

    def field(self, name: str) -> str:
        """The first value of a named field, whatever its case; empty where there is none."""
        return first(self.fields, name) or ""

    @property
    def url(self) -> str:
        """The target URI; old wgets put it in angle brackets."""
        return self.field("WARC-Target-URI").strip("<> ")


def walk(file: IO[bytes]) -> Iterator[Head]:
    """All records in order. What is broken comes once, with the reason; the walk goes on with the next record behind
    it that can be found.
    """
    size = file.seek(0, 2)
    gzip = _at(file, 0, 2) == _MAGIC[:2]
    at: int | None = 0
    while at is not None and at < size:
        try:
            head = _member(file, at) if gzip else _plain(file, at, size)
            yield head
            at = at + head.length
        except DamagedRecord as problem:
            found = _next_member(file, at + 1) if gzip else _next_plain(file, at + 1)
            yield Head(at, (size if found is None else found) - at, (), b"", str(problem))
            at = found


def head(file: IO[bytes], offset: int, length: int) -> Head:
    """The record that lies there, as a walk sees it, without reading it to its end; raises DamagedRecord."""
    stored = _at(file, offset, min(length, _READ))
    try:
        kept = zlib.decompressobj(_GZIP).decompress(stored, _KEPT) if stored.startswith(_MAGIC) else stored
    except zlib.error as problem:
        raise DamagedRecord(f"the gzip member is broken: {problem}") from None
    fields, begin, stated = _fields(kept)
    return Head(offset, length, fields, kept[begin : begin + stated])


def read(file: IO[bytes], offset: int, length: int) -> warc.Stream:
    """The record that lies there, in pieces; raises DamagedRecord."""
    gzip = _at(file, offset, len(_MAGIC)) == _MAGIC
    return warc.streamed(warc.inflated(file, offset, length) if gzip else _pieces(file, offset, length))


def _pieces(file: IO[bytes], offset: int, length: int) -> Iterator[bytes]:
    file.seek(offset)
    while length and (piece := file.read(min(length, warc.PIECE))):
        length -= len(piece)
        yield piece


def _at(file: IO[bytes], offset: int, count: int) -> bytes:
    file.seek(offset)
    return file.read(count)


def _member(file: IO[bytes], offset: int) -> Head:
    expander = zlib.decompressobj(_GZIP)
    kept, size, length = b"", 0, 0
    file.seek(offset)
    while not expander.eof:
        raw = expander.unconsumed_tail or file.read(_READ)
        if not raw:
            raise DamagedRecord(f"the gzip member is cut off after {length:,} bytes")
        try:
            piece = expander.decompress(raw, _INFLATED)
        except zlib.error as problem:
            raise DamagedRecord(f"the gzip member is broken: {problem}") from None
        # at the end of a member, zlib may hold what lies behind it as both
        length += len(raw) - len(expander.unused_data if expander.eof else expander.unconsumed_tail)
        size += len(piece)
        kept += piece[: _KEPT - len(kept)]
    fields, begin, stated = _fields(kept)
    if size > begin + stated + 4 and b"WARC/" in kept[begin + stated : begin + stated + 16]:
        raise DamagedRecord("records are not compressed one by one: `warcio recompress` mends the file")
    return Head(offset, length, fields, kept[begin:])


def _plain(file: IO[bytes], offset: int, size: int) -> Head:
    kept = _at(file, offset, _KEPT)
    fields, begin, stated = _fields(kept)
    length = begin + stated + 4
    if offset + length > size:
        raise DamagedRecord(f"the record is cut off: it says that its block has {stated:,} bytes")
    return Head(offset, length, fields, kept[begin : begin + stated])


def _fields(kept: bytes) -> tuple[Headers, int, int]:
    """The named fields, where the block begins, and how many bytes it is to have."""
    end = kept.find(b"\r\n\r\n")
    fields = warc.named_fields(kept, end)
    stated = first(fields, "Content-Length") or ""
    if not (stated.isascii() and stated.isdigit() and len(stated) < 19):
        raise DamagedRecord(f"Content-Length {stated!r} of the WARC record is not a number")
    return fields, end + 4, int(stated)


def _next_member(file: IO[bytes], at: int) -> int | None:
    while True:
        window = _at(file, at, _SEARCH)
        found = window.find(_MAGIC)
        while found >= 0:
            try:
                if zlib.decompressobj(_GZIP).decompress(_at(file, at + found, 4096), 5) == b"WARC/":
                    return at + found
            except zlib.error:  # gzip's first bytes by chance
                pass
            found = window.find(_MAGIC, found + 1)
        if len(window) < _SEARCH:
            return None
        at += _SEARCH - len(_MAGIC) + 1


def _next_plain(file: IO[bytes], at: int) -> int | None:
    at = max(0, at - 4)  # the line ends before it
    while True:
        window = _at(file, at, _SEARCH)
        if found := _BEGIN.search(window):
            return at + found.start()
        if len(window) < _SEARCH:
            return None
        at += _SEARCH - 16
