"""ZipNum: a sorted CDXJ index in gzip blocks, and a short index of the blocks, as pywb and ReplayWeb.page read them.

`index.cdx.gz` is a gzip member for every so many lines, `index.idx` a line for every member: the key and time of its
first line, where it lies, and its hash.
"""

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from archive.errors import DamagedRecord

LINES = 1024  # a block; py-wacz and ArchiveWeb.page have the same
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


def lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of an index, compressed in members or plain, with their line ends; raises DamagedRecord."""
    start = file.read(2)
    file.seek(-len(start), 1)
    pieces = _inflated(file) if start == b"\x1f\x8b" else iter(lambda: file.read(64 * 1024), b"")
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from (line + b"\n" for line in whole)
        if len(rest) > MOST:
            raise DamagedRecord(f"a line of more than {MOST:,} bytes: {rest[:60]!r}")
    if rest:
        yield rest


def _inflated(file: BinaryIO) -> Iterator[bytes]:
    """The plain bytes of all gzip members, a bounded number at a time."""
    raw = file.read(64 * 1024)
    while raw:
        expander = zlib.decompressobj(zlib.MAX_WBITS | 16)
        while not expander.eof:
            try:
                piece = expander.decompress(raw, 1 << 20)
            except zlib.error as problem:
                raise DamagedRecord(f"a broken gzip block: {problem}") from None
            if piece:
                yield piece
            raw = expander.unused_data if expander.eof else expander.unconsumed_tail or file.read(64 * 1024)
            if not raw and not expander.eof and not piece:
                raise DamagedRecord("the last gzip block is cut off")
        raw = raw or file.read(64 * 1024)


def _line(prefix: str, fields: dict[str, object]) -> bytes:
    return f"{prefix} {json.dumps(fields)}\n".encode()
