"""Walks the gzip members of a file that may be damaged: a broken member costs itself, never what lies behind it.

The auditor has a reader of its own on purpose: what the archive's writer and readers get wrong, they must not get wrong
twice.
"""

import hashlib
import zlib
from collections.abc import Iterator
from typing import BinaryIO

MAGIC = b"\x1f\x8b\x08"  # RFC 1952, 2.3: ID1, ID2, and deflate, the only method there is
READ = 32 * 1024  # compressed bytes at a time: most pages' members in one go, little read twice
INFLATE = 1024 * 1024  # most inflated bytes at a time
SEARCH = 1024 * 1024  # bytes of a file searched at a time for the next member
TASTE = 4096  # compressed bytes that must be enough to show a record's first five


class Member:
    """One gzip member.

    Its `pieces` can be read once; then the rest is known. zlib checks the CRC and the length in its trailer.
    """

    def __init__(self, file: BinaryIO, offset: int) -> None:
        self.offset = offset
        self.length = 0  # compressed bytes
        self.broken: str | None = None  # why it could not be read to its end: then all that was read is in doubt
        self.pieces = self._inflate()  # the inflated bytes, in order; they end early where the member is broken
        self._file = file
        self._hash = hashlib.sha256()

    @property
    def end(self) -> int:
        """Where the next member begins, if this one is whole."""
        return self.offset + self.length

    @property
    def sha256(self) -> str:
        """Of the compressed bytes, lower-case hex."""
        return self._hash.hexdigest()

    def _inflate(self) -> Iterator[bytes]:
        expander = zlib.decompressobj(zlib.MAX_WBITS | 16)
        raw = b""
        while not expander.eof:
            if not raw:
                self._file.seek(self.end)
                raw = self._file.read(READ)
            try:
                piece = expander.decompress(raw, INFLATE)
            except zlib.error as problem:
                self.broken = str(problem).rpartition(": ")[2]
                return
            left = expander.unused_data if expander.eof else expander.unconsumed_tail
            taken = raw[: len(raw) - len(left)]
            self._hash.update(taken)
            self.length += len(taken)
            if not raw and not piece and not expander.eof:
                self.broken = "the file ends within it"
                return
            raw = left
            if piece:
                yield piece


def walk(file: BinaryIO, size: int, offset: int = 0) -> Iterator[Member]:
    """The members of a file, in order. What the consumer leaves of one is read before the next is looked for.

    Behind a broken member the walk goes on with the next one that begins a WARC record; the bytes between are lost.
    """
    at: int | None = offset
    while at is not None and at < size:
        member = Member(file, at)
        yield member
        for _ in member.pieces:
            pass
        at = next_record(file, at + 1) if member.broken else member.end


def next_record(file: BinaryIO, at: int) -> int | None:
    """The offset of the next member, from `at` on, that inflates to the beginning of a WARC record."""
    while True:
        file.seek(at)
        window = file.read(SEARCH)
        found = window.find(MAGIC)
        while found >= 0:
            if _begins_record(file, at + found):
                return at + found
            found = window.find(MAGIC, found + 1)
        if len(window) < SEARCH:
            return None
        at += SEARCH - len(MAGIC) + 1


def _begins_record(file: BinaryIO, offset: int) -> bool:
    file.seek(offset)
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(file.read(TASTE), 5) == b"WARC/"
    except zlib.error:
        return False
