"""ZipNum: a sorted CDXJ index in gzip blocks, and a short index of the blocks, as pywb and ReplayWeb.page read them.

`index.cdx.gz` is a gzip member for every so many lines, `index.idx` a line for every member: the key and time of its
first line, where it lies, and its hash.
"""

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO

from archive.errors import DamagedRecord

LINES = 1024  # a block; py-wacz and ArchiveWeb.page have the same
_READ = 64 * 1024
META = "!meta"  # the key of a summary's first line
MOST = 64 * 1024 * 1024  # bytes of a block, or of a line: past it, it is no index but a bomb


@dataclass(frozen=True, slots=True)
class Block:
    """A line of the summary."""

    prefix: str  # key and timestamp of the block's first line
    offset: int
    length: int
    digest: str | None  # `sha256:` and hex, of the block's compressed bytes


def write(lines: Iterable[bytes], name: str, write_block: Callable[[bytes], None]) -> Iterator[bytes]:
    """Hands the blocks of sorted lines to `write_block`, and yields the summary's lines. `name` is the blocks' file."""
    yield _line(f"{META} 0", {"format": "cdxj-gzip-1.0", "filename": name})
    offset = 0
    remaining = iter(lines)
    while block := list(islice(remaining, LINES)):
        member = zlib.compress(b"".join(block), 9, zlib.MAX_WBITS | 16)
        write_block(member)
        prefix = block[0].split(b" {", 1)[0].decode("utf-8")
        digest = "sha256:" + hashlib.sha256(member).hexdigest()
        yield _line(prefix, {"offset": offset, "length": len(member), "digest": digest, "filename": name})
        offset += len(member)


def parse(line: bytes) -> Block | None:
    """A line of a summary; None for the one that says what it is. Raises DamagedRecord."""
    try:
        prefix, brace, told = line.decode("utf-8").partition(" {")
        if prefix.startswith(META):
            return None
        fields = json.loads(brace.strip() + told)
        digest = fields.get("digest")
        return Block(prefix, int(fields["offset"]), int(fields["length"]), None if digest is None else str(digest))
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise DamagedRecord(f"not a line of a ZipNum summary: {line[:100]!r} ({problem})") from None


def lines(file: IO[bytes]) -> Iterator[bytes]:
    """The lines of an index, in gzip members or plain, with their line ends; raises DamagedRecord."""
    return lines_of(iter(lambda: file.read(_READ), b""))


def lines_of(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same of bytes in pieces. The last line gets its line end where it has none."""
    remaining = iter(pieces)
    first = next(remaining, b"")
    pieces = chain([first], remaining)
    rest: list[bytes] = []  # pieces of a line that goes on
    size = 0
    for piece in _inflated(pieces) if first.startswith(b"\x1f\x8b") else pieces:
        head, end, tail = piece.partition(b"\n")
        rest.append(head)
        size += len(head)
        if size > MOST:
            raise DamagedRecord(f"a line of more than {MOST:,} bytes: {rest[0][:60]!r}")
        if end:
            yield b"".join(rest) + b"\n"
            *whole, last = tail.split(b"\n")
            yield from (line + b"\n" for line in whole)
            rest, size = [last], len(last)
    if size:
        yield b"".join(rest) + b"\n"


def _inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The plain bytes of all gzip members, a bounded number at a time."""
    expander = None
    for piece in pieces:
        raw = piece
        while raw:
            expander = expander or zlib.decompressobj(zlib.MAX_WBITS | 16)
            try:
                plain = expander.decompress(raw, 1 << 20)
            except zlib.error as problem:
                raise DamagedRecord(f"a broken gzip block: {problem}") from None
            if plain:
                yield plain
            raw = expander.unconsumed_tail
            if expander.eof:
                raw, expander = expander.unused_data, None
    if expander is not None:
        if plain := expander.flush():
            yield plain
        if not expander.eof:
            raise DamagedRecord("the last gzip block is cut off")


def _line(prefix: str, fields: dict[str, object]) -> bytes:
    return f"{prefix} {json.dumps(fields)}\n".encode()
