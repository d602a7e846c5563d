"""Other tools' WARCs as this archive keeps them: one gzip member a record, every byte of each record as it was."""

import gzip
import zlib
from pathlib import Path
from typing import IO

from archive.errors import BadPackage, DamagedRecord
from archive.store import warc

_PIECE = 1024 * 1024
_HEAD = 1024 * 1024  # bytes of a record's header


def is_by_members(path: Path) -> bool:
    """Whether each record of a WARC seems to have a gzip member of its own: its first one has."""
    try:
        first = next(warc.members(path), None)
        if first is None:
            return False
        with first.opened() as record:
            record.to_the_end()  # behind which nothing else may stand
        return True
    except DamagedRecord:
        return False


def divide(source: Path, target: Path) -> None:
    """Write a WARC that is plain, or compressed as a whole, with a member a record; raises BadPackage where it is no
    WARC.
    """
    with source.open("rb") as peek:
        compressed = peek.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(source) if compressed else source.open("rb") as plain, target.open("xb") as file:
            number = 0
            while _record(plain, file, source.name):
                number += 1
    except (EOFError, OSError, zlib.error) as problem:
        if isinstance(problem, OSError) and problem.errno is not None:  # the disk's own
            raise
        raise BadPackage(f"{source.name} is no whole WARC ({problem}): `verify` tells where") from None
    if not number:
        raise BadPackage(f"{source.name} holds no WARC record: `verify` tells more")


def _record(plain: gzip.GzipFile | IO[bytes], file: IO[bytes], name: str) -> bool:
    """Copy the next record; False where there is none."""
    head = bytearray()
    while (line := plain.readline(_HEAD)) in (b"\r\n", b"\n"):  # what ends the record before
        pass
    if not line:
        return False
    length: int | None = None
    while line not in (b"\r\n", b"\n"):
        field, _, value = line.partition(b":")
        if field.lower() == b"content-length" and value.strip().isdigit():
            length = int(value)
        head += line
        line = plain.readline(_HEAD)
        if not line or len(head) > _HEAD:
            raise BadPackage(f"{name}: a record without an end of its header: `verify` tells where")
    if length is None or not head.startswith(b"WARC/"):
        raise BadPackage(f"{name}: not a WARC record, but {bytes(head[:40])!r}: `verify` tells where")
    member = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    file.write(member.compress(bytes(head) + line))
    while length:
        piece = plain.read(min(length, _PIECE))
        if not piece:
            raise BadPackage(f"{name}: the last record is cut off: `verify` tells where")
        file.write(member.compress(piece))
        length -= len(piece)
    file.write(member.compress(b"\r\n\r\n") + member.flush())
    return True
