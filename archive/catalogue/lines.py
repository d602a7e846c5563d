"""The lines of a dataset's history by publication, streamed, each with its place in the file."""

import hashlib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

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
        return hashlib.blake2b(b"".join(line for line, _ in self._raw), digest_size=16).digest()

    @property
    def places(self) -> list[tuple[int, int]]:
        """Offset and length of each line."""
        return [(offset, len(line)) for line, offset in self._raw]

    def versions(self) -> list[Placed]:
        """The lines, read."""
        return [Placed(from_json(line), offset, len(line)) for line, offset in self._raw]


_ID = b'"id":"'


def groups(path: Path) -> Iterator[tuple[str, Group]]:
    """Every publication of a history.jsonl, with its id, in the file's order."""
    with path.open("rb") as file:
        for ident, lines in groupby(_placed(file), key=lambda one: _id_of(one[0])):
            yield ident, Group(list(lines))


def _placed(file: Any) -> Iterator[tuple[bytes, int]]:
    offset = 0
    for line in file:
        yield line, offset
        offset += len(line)


def _id_of(line: bytes) -> str:
    """The id of a line, without reading all of it: it stands among the first keys (the model's order)."""
    at = line.find(_ID)
    end = line.find(b'"', at + len(_ID))
    if 0 <= at < 100 and b"\\" not in line[at:end]:
        return line[at + len(_ID) : end].decode()
    return str(from_json(line)["id"])


def line_at(path: Path, offset: int, length: int, ident: str) -> Line:
    """The line at a place; raises CollectionError where another one stands there by now."""
    with path.open("rb") as file:
        file.seek(offset)
        raw = file.read(length)
    try:
        line = from_json(raw)
    except ValueError:
        line = None
    if not isinstance(line, dict) or line.get("id") != ident:
        raise CollectionError(f"{path} has changed since the catalogue was made: run `policy-archive catalogue`")
    return line
