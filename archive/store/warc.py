"""Reading WARC 1.1 files: one gzip member a record, found by offset or by walking the file.

What this package writes is read strictly; `records.py` builds what is written.
"""

import hashlib
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import IO, BinaryIO
from urllib.parse import quote

from archive.errors import DamagedRecord
from archive.store.http import Headers, first
from archive.store.remote.ranges import Stored

PIECE = 1024 * 1024  # bytes of a record that is read in pieces
_READ = 64 * 1024  # zlib copies what lies behind a member, so the pieces are small
_MAGIC = b"\x1f\x8b\x08"  # RFC 1952, 2.3
_SEARCH = 1024 * 1024  # bytes searched at a time for the next member
_TASTE = 4096  # compressed bytes that must be enough to show a record's first five
_DATE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z")
_USERINFO = re.compile(r"(?<=//)[^/?#@]*@")


@dataclass(frozen=True, slots=True)
class Named:
    """What a WARC record says in its named fields, in order."""

    fields: Headers

    def field(self, name: str) -> str | None:
        """The first value of a named field, whatever its case."""
        return first(self.fields, name)

    def need(self, name: str) -> str:
        """The value of a field that must be there; raises DamagedRecord where it is not."""
        value = self.field(name)
        if value is None:
            raise DamagedRecord(f"the record has no {name}")
        return value

    @property
    def type(self) -> str:
        """`warcinfo`, `response`, `resource`, `request`, `metadata`, `revisit`, …"""
        return self.need("WARC-Type")

    @property
    def record_id(self) -> str:
        """Without its angle brackets, such as `urn:uuid:…`."""
        return self.need("WARC-Record-ID").strip("<>")

    @property
    def date(self) -> datetime:
        """When the capture began; UTC, to the microsecond."""
        return parse_date(self.need("WARC-Date"))

    def ids(self, name: str) -> list[str]:
        """All values of a field that holds record ids, without their angle brackets."""
        return [value.strip("<>") for key, value in self.fields if key.lower() == name.lower()]


@dataclass(frozen=True, slots=True)
class Record(Named):
    """One WARC record, with its block as it was stored."""

    block: bytes

    @property
    def pieces(self) -> Iterator[bytes]:
        """The block, as a Stream has it."""
        return iter((self.block,))


@dataclass(frozen=True, slots=True)
class Stream(Named):
    """One WARC record that is read once, from front to back: memory does not follow its size.

    `pieces` are its block, none longer than a MiB. They raise DamagedRecord where they come to what is not as it
    should be, and behind the last one where the record does not end there: who wants it checked reads to the end.
    """

    pieces: Iterator[bytes]

    def to_the_end(self) -> None:
        """Reads what is left, for what is amiss there; raises DamagedRecord."""
        for _ in self.pieces:
            pass


@dataclass(frozen=True, slots=True)
class Member:
    """One gzip member of a WARC file, decompressed and checked against its CRC."""

    path: Stored
    offset: int
    length: int
    sha256: str  # lower-case hex, of the member's own bytes
    plain: bytes | None  # None where it is longer than a MiB

    @contextmanager
    def opened(self) -> Iterator[Stream]:
        """The record in it; raises DamagedRecord where it is none."""
        if self.plain is not None:
            yield streamed(iter((self.plain,)))
        else:
            with self.path.open("rb", buffering=0) as file:
                yield streamed(inflated(file, self.offset, self.length))


def format_date(when: datetime) -> str:
    """A WARC-Date in UTC with microseconds, which WARC 1.1 allows (5.4)."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_date(text: str) -> datetime:
    """A WARC-Date, cut to the microsecond; raises DamagedRecord."""
    found = _DATE.fullmatch(text)
    if found is None:
        raise DamagedRecord(f"WARC-Date {text!r} is not a W3C date in UTC")
    try:
        return datetime.fromisoformat(f"{found[1]}.{(found[2] or '0')[:6]:0<6}+00:00")
    except ValueError as error:
        raise DamagedRecord(f"WARC-Date {text!r}: {error}") from None


def target_uri(url: str) -> str:
    """A URL as WARC-Target-URI and the index have it: ASCII, no space, no line end, no user and password in it."""
    return quote(_USERINFO.sub("", url, count=1), safe="!#$%&'()*+,/:;=?@[]~\\^`{|}")


def parse(plain: bytes) -> Record:
    """A record's bytes: version line, named fields, block, two line ends, and no more; raises DamagedRecord."""
    stream = streamed(iter((plain,)))
    return Record(stream.fields, b"".join(stream.pieces))


def streamed(plain: Iterator[bytes]) -> Stream:
    """The same of bytes that come in pieces, of which the first holds the named fields."""
    start = next(plain, b"")
    end = start.find(b"\r\n\r\n")
    fields = named_fields(start, end)
    stated = first(fields, "Content-Length")
    if stated is None or not (stated.isascii() and stated.isdigit()):
        raise DamagedRecord(f"Content-Length {stated!r} of the WARC record is not a number")
    return Stream(fields, _block(chain((start[end + 4 :],), plain), int(stated)))


def _block(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    left, behind = size, b""
    for piece in pieces:
        if left:
            yield piece[:left]
        behind += piece[left : left + 5]
        left = max(0, left - len(piece))
        if len(behind) > 4:
            break
    if left or behind != b"\r\n\r\n":
        raise DamagedRecord(f"the WARC record's block is not as long as it says ({size} bytes)")


def named_fields(plain: bytes, end: int) -> Headers:
    """The named fields of a record that begins `plain`, up to its blank line; raises DamagedRecord."""
    if end < 0 or not plain.startswith((b"WARC/1.1\r\n", b"WARC/1.0\r\n")):
        raise DamagedRecord(f"not the head of a WARC record: {plain[:40]!r}")
    try:
        lines = plain[:end].decode("utf-8").split("\r\n")[1:]
    except UnicodeDecodeError as error:
        raise DamagedRecord(f"the head of the WARC record is not UTF-8: {error}") from None
    pairs = [line.partition(":") for line in lines]
    return tuple((name, value.strip(" \t")) for name, _, value in pairs)


def head(path: Stored, offset: int, most: int = _READ) -> Record:
    """The record in the gzip member at `offset`, of a block however long only what lies in the record's first `most`
    bytes; raises DamagedRecord."""
    with path.open("rb", buffering=0) as file:
        raw = _at(file, offset, most)
    try:
        plain = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(raw, most)
        end = plain.find(b"\r\n\r\n")
        return Record(named_fields(plain, end), plain[end + 4 :])
    except (zlib.error, DamagedRecord) as error:
        raise DamagedRecord(f"{path.name} at offset {offset}: {error}") from None


def read(path: Stored, offset: int, length: int) -> Record:
    """The record in the gzip member that lies at `offset`; raises DamagedRecord, naming file and offset."""
    with opened(path, offset, length) as stream:
        return Record(stream.fields, b"".join(stream.pieces))


@contextmanager
def opened(path: Stored, offset: int, length: int) -> Iterator[Stream]:
    """The same, to be read in pieces."""
    where = f"{path.name} at offset {offset}"
    with path.open("rb", buffering=0) as file:
        try:
            stream = streamed(inflated(file, offset, length))
        except DamagedRecord as error:
            raise DamagedRecord(f"{where}: {error}") from None
        yield Stream(stream.fields, _telling(where, stream.pieces))


def _telling(where: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from pieces
    except DamagedRecord as error:
        raise DamagedRecord(f"{where}: {error}") from None


def inflated(file: IO[bytes], offset: int, length: int) -> Iterator[bytes]:
    """What the gzip member that lies there holds, in pieces of up to a MiB; raises DamagedRecord, at its end too."""
    expander = zlib.decompressobj(zlib.MAX_WBITS | 16)
    file.seek(offset)
    left = length
    try:
        while left and not expander.eof and (raw := file.read(min(left, PIECE))):
            left -= len(raw)
            full = True  # whether more may wait within the expander
            while (raw or full) and not expander.eof:
                piece = expander.decompress(raw, PIECE)
                raw, full = expander.unconsumed_tail, len(piece) == PIECE
                if piece:
                    yield piece
    except zlib.error as error:
        raise DamagedRecord(str(error)) from None
    if left or not expander.eof or expander.unused_data:
        raise DamagedRecord(f"no whole gzip member of {length} bytes")


def _at(file: BinaryIO, offset: int, count: int) -> bytes:
    file.seek(offset)
    return file.read(count)


def members(path: Stored, offset: int = 0, skipped: Callable[[int, int, str], None] | None = None) -> Iterator[Member]:
    """The file's gzip members from `offset` on. Memory does not follow their size.

    Raises DamagedRecord at the first that is broken or cut off. With `skipped`, that hears which bytes cannot be read
    (begin, end) and why, and the walk goes on with the next member that begins a record.
    """
    with path.open("rb", buffering=0) as file:
        at: int | None = offset
        while at is not None:
            try:
                for member in _members(file, path, at):
                    at = member.offset + member.length
                    yield member
                return
            except DamagedRecord as error:
                if skipped is None:
                    raise
                found = _next_record(file, at + 1)
                skipped(at, path.stat().st_size if found is None else found, str(error))
                at = found


def _members(file: BinaryIO, path: Stored, offset: int) -> Iterator[Member]:
    name = path.name
    file.seek(offset)
    buffer = file.read(_READ)
    while buffer:
        expander = zlib.decompressobj(zlib.MAX_WBITS | 16)
        digest = hashlib.sha256()
        parts: list[bytes] = []
        length = size = 0
        full = False  # whether more may wait within the expander
        while not expander.eof:
            buffer = buffer or (b"" if full else file.read(_READ))
            if not buffer and not full:
                raise DamagedRecord(f"{name}: the member at offset {offset} is cut off after {length} bytes")
            try:
                part = expander.decompress(buffer, PIECE)
            except zlib.error as error:
                raise DamagedRecord(f"{name}: the member at offset {offset} is broken: {error}") from None
            full = len(part) == PIECE
            size += len(part)
            if size <= PIECE:
                parts.append(part)
            else:
                parts.clear()
            # at the end of a member, zlib may hold what lies behind it as both
            rest = expander.unused_data if expander.eof else expander.unconsumed_tail
            used = len(buffer) - len(rest)
            digest.update(memoryview(buffer)[:used])
            length += used
            buffer = rest
        yield Member(path, offset, length, digest.hexdigest(), b"".join(parts) if size <= PIECE else None)
        offset += length
        buffer = buffer or file.read(_READ)


def _next_record(file: BinaryIO, at: int) -> int | None:
    """Where the next member, from `at` on, inflates to the beginning of a WARC record."""
    while True:
        window = _at(file, at, _SEARCH)
        found = window.find(_MAGIC)
        while found >= 0:
            with suppress(zlib.error):  # the bytes are gzip's magic by chance
                taste = _at(file, at + found, _TASTE)
                if zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(taste, 5) == b"WARC/":
                    return at + found
            found = window.find(_MAGIC, found + 1)
        if len(window) < _SEARCH:
            return None
        at += _SEARCH - len(_MAGIC) + 1
