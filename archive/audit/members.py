"""Walks the members of a WARC that may be damaged: a broken member costs itself, never what lies behind it.

The auditor has a reader of its own on purpose: what the archive's writer and readers get wrong, they must not get wrong
twice.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import cast

from isal.isal_zlib import MAX_WBITS, decompressobj  # inflates in two thirds of zlib's time
from isal.isal_zlib import error as _error

from archive.audit.source import Stretch

MAGIC = b"\x1f\x8b\x08"  # RFC 1952, 2.3: ID1, ID2, and deflate, the only method there is
_RESERVED = 0xE0  # RFC 1952, 2.3.1: bits of FLG; a compliant decompressor must give an error where one is set
READ = 16 * 1024  # compressed bytes at a time: most pages' members in one go, little read twice
INFLATE = 1024 * 1024  # most inflated bytes at a time
SEARCH = 1024 * 1024  # bytes of a file searched at a time for the next member
TASTE = 4096  # compressed bytes that must be enough to show a record's first five
_HEAD = 1024 * 1024  # bytes of an uncompressed record's header
_BEGIN = re.compile(rb"(?<=\r\n\r\n)WARC/\d\.\d\r\n")
_LENGTH = re.compile(rb"\r\nContent-Length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
_Broken = cast(type[Exception], _error)  # the package's types say that it is an instance


class Member:
    """One gzip member.

    Its `pieces` can be read once; then the rest is known. ISA-L checks the CRC and the length in its trailer.
    """

    rule = "gzip"  # which is broken, where one is

    def __init__(self, file: Stretch, offset: int) -> None:
        self.offset = offset
        self.length = 0  # bytes in the file
        self.broken: str | None = None  # why it could not be read to its end: then all that was read is in doubt
        self.pieces = self._read()  # the inflated bytes, in order; they end early where the member is broken
        self._file = file
        self._hash = hashlib.sha256()

    @property
    def end(self) -> int:
        """Where the next member begins, if this one is whole."""
        return self.offset + self.length

    @property
    def sha256(self) -> str:
        """Of the bytes in the file, lower-case hex."""
        return self._hash.hexdigest()

    def _read(self) -> Iterator[bytes]:
        expander = decompressobj(MAX_WBITS | 16)
        raw = self._file.read(self.offset, READ)
        if len(raw) > 3 and raw[3] & _RESERVED:  # which ISA-L passes over
            self.broken = "the gzip member is broken: reserved flags are set"
            return
        while True:
            try:
                piece = expander.decompress(raw, INFLATE)
            except _Broken as problem:
                self.broken = (
                    f"the gzip member is broken: {str(problem).split(' ', 2)[-1]}"  # behind "Error" and a number
                )
                return
            left = expander.unused_data if expander.eof else expander.unconsumed_tail
            taken = memoryview(raw)[: len(raw) - len(left)] if left else raw
            self._hash.update(taken)
            self.length += len(taken)
            if piece:
                yield piece
            if expander.eof:
                return
            if not raw and not piece:
                self.broken = "the gzip member is broken: the file ends within it"
                return
            raw = left or self._file.read(self.end, READ)


class PlainMember(Member):
    """One record of a file that is not compressed: as long as its own Content-Length says, and two line ends."""

    rule = "record"

    def _read(self) -> Iterator[bytes]:
        head = b""
        while (
            b"\r\n\r\n" not in head and len(head) < _HEAD and (more := self._file.read(self.offset + len(head), READ))
        ):
            head += more
            if not head.startswith(b"WARC/"):
                break
        end = head.find(b"\r\n\r\n") + 4
        stated = _LENGTH.search(head, 0, end)
        if end < 4 or not head.startswith(b"WARC/"):
            self.broken = "no record begins here"
            return
        size = end + (int(stated[1]) if stated else 0) + 4
        if size > self._file.size - self.offset:
            self.rule = "content-length"
            self.broken = f"the record's block is not as long as it says ({size - end - 4:,} bytes): the file ends"
            return
        while self.length < size:
            piece = self._file.read(self.end, min(INFLATE, size - self.length))
            if not piece:
                self.broken = "the file became shorter while it was read"
                return
            self._hash.update(piece)
            self.length += len(piece)
            yield piece


def walk(file: Stretch, offset: int = 0, until: int | None = None, gzip: bool = True) -> Iterator[Member]:
    """The members of a WARC that begin before `until`, in order. What the consumer leaves of one is read before the
    next is looked for.

    Behind a broken member the walk goes on with the next one that begins a WARC record; the bytes between are lost.
    """
    kind = Member if gzip else PlainMember
    at: int | None = offset
    end = file.size if until is None else min(until, file.size)
    while at is not None and at < end:
        member = kind(file, at)
        yield member
        for _ in member.pieces:
            pass
        at = next_record(file, at + 1, gzip) if member.broken else member.end


def next_record(file: Stretch, at: int, gzip: bool = True) -> int | None:
    """The offset of the next member, from `at` on, that begins a WARC record."""
    return _next_member(file, at) if gzip else _next_plain(file, at)


def _next_member(file: Stretch, at: int) -> int | None:
    while True:
        window = file.read(at, SEARCH)
        found = window.find(MAGIC)
        while found >= 0:
            if _begins_record(file, at + found):
                return at + found
            found = window.find(MAGIC, found + 1)
        if len(window) < SEARCH:
            return None
        at += SEARCH - len(MAGIC) + 1


def _begins_record(file: Stretch, offset: int) -> bool:
    try:
        return decompressobj(MAX_WBITS | 16).decompress(file.read(offset, TASTE), 5) == b"WARC/"
    except _Broken:
        return False


def _next_plain(file: Stretch, at: int) -> int | None:
    at = max(0, at - 4)  # the line ends before it
    while True:
        window = file.read(at, SEARCH)
        found = _BEGIN.search(window)
        if found:
            return at + found.start()
        if len(window) < SEARCH:
            return None
        at += SEARCH - 16
