"""The lines of a dataset's history by publication, streamed, each with its place in the file; the whole file, or a
stretch of it.
"""

import hashlib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

from pydantic_core import from_json

from archive.catalogue.rows import Line, Placed
from archive.errors import CollectionError


class Group:
    """All versions of one publication, oldest first: their bytes, and, when asked for, what they say."""

    def __init__(self, raw: list[tuple[bytes, int]]) -> None:
        self._raw = raw

    @property
    def digest(self) -> bytes:
        """16 bytes that are the same as long as every line is."""
        digest = hashlib.blake2b(digest_size=16)
        for line, _ in self._raw:
            digest.update(line)
        return digest.digest()

    @property
    def places(self) -> list[tuple[int, int]]:
        """Offset and length of each line."""
        return [(offset, len(line)) for line, offset in self._raw]

    def versions(self) -> list[Placed]:
        """The lines, read."""
        return [Placed(from_json(line), offset, len(line)) for line, offset in self._raw]


_ID = b'"id":"'
_BACK = 1 << 16


def groups(path: Path, begin: int = 0, end: int | None = None) -> Iterator[tuple[str, Group]]:
    """Every publication of a history.jsonl, with its id, in the file's order: those whose first line begins in
    [begin, end). Stretches that follow one another have every publication once.
    """
    with path.open("rb") as file:
        before = _before(file, begin)
        for ident, lines in groupby(_placed(file), key=lambda one: _id_of(one[0])):
            if ident == before:
                continue
            raw = list(lines)
            if end is not None and raw[0][1] >= end:
                return
            yield ident, Group(raw)


def _before(file: BinaryIO, place: int) -> str | None:
    """The id of the line that the byte before a place belongs to; the file then stands at the line behind it."""
    if place == 0:
        return None
    start, found = place, -1
    while start > 0 and found < 0:
        behind, start = start - (start == place), max(start - _BACK, 0)
        file.seek(start)
        found = file.read(behind - start).rfind(b"\n")
    file.seek(start + found + 1)
    line = file.readline()
    return _id_of(line) if line else None


def _placed(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    offset = file.tell()
    for line in file:
        yield line, offset
        offset += len(line)


def _id_of(line: bytes) -> str:
    """The id of a line, without reading all of it: it stands among the first keys (the model's order)."""
    at = line.find(_ID, 0, 100)
    end = line.find(b'"', at + len(_ID))
    if at >= 0 and b"\\" not in line[at:end]:
        return line[at + len(_ID) : end].decode()
    return str(from_json(line)["id"])


def line_at(path: Path, offset: int, length: int, ident: str) -> Line:
    """The line at a place; raises CollectionError where another one stands there by now."""
    with path.open("rb") as file:
        file.seek(offset)
        raw = file.read(length)
    try:
        line: Any = from_json(raw)
    except ValueError:
        line = None
    if not isinstance(line, dict) or line.get("id") != ident:
        raise CollectionError(f"{path} has changed since the catalogue was made: run `policy-archive catalogue`")
    return line
