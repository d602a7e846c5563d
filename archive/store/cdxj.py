"""The index: CDXJ lines sorted by their bytes, as pywb reads them, and the same as cdxj-indexer makes of our WARCs."""

import heapq
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, NamedTuple

from archive.errors import DamagedRecord
from archive.store.exchange import Location
from archive.store.warc import target_uri
from archive.store.whole import whole

REVISIT = "warc/revisit"  # what stands in `mime` for a revisit record
_BUFFER = 1 << 20
# what surt only turns around and lowers: a host of names, no `www`, no port; a path of plain segments, no query
_SIMPLE = re.compile(
    r"https?://((?!www\d*\.)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})"
    r"((?:/[A-Za-z0-9_-](?:[A-Za-z0-9._-]|%[89A-Fa-f][0-9A-Fa-f])*)*)/?"
)


class IndexLine(NamedTuple):
    """One response, revisit or resource record."""

    key: str  # SURT of the URL: lower-case, and more than one URL can have it
    timestamp: str  # 14 digits, UTC; the record has the microseconds
    url: str  # WARC-Target-URI
    mime: str | None  # as the server says, without parameters; REVISIT for a revisit
    status: int | None  # None for resource records
    digest: str  # `sha256:` and hex, of the entity
    length: int  # of the gzip member
    offset: int
    filename: str  # as it is when sealed

    @property
    def location(self) -> Location:
        """Where the record lies."""
        return Location(self.filename, self.offset, self.length)

    @property
    def unmodified(self) -> bool:
        """Whether it is a revisit that a 304 made: it has no status of its own, and is read as what it refers to."""
        return self.mime == REVISIT and self.status is None

    def __str__(self) -> str:
        """The line as it stands in the file, without its line end."""
        told = {
            "url": self.url,
            "mime": self.mime,
            "status": None if self.status is None else str(self.status),
            "digest": self.digest,
            "length": str(self.length),
            "offset": str(self.offset),
            "filename": self.filename,
        }
        known = {name: value for name, value in told.items() if value is not None}
        return f"{self.key} {self.timestamp} {json.dumps(known)}"


@lru_cache(maxsize=1024)  # a record's URL is asked for twice: for an original, and for its own line
def key(url: str) -> str:
    """The SURT that pywb and cdxj-indexer file a URL under."""
    simple = _SIMPLE.fullmatch(url)
    if simple is not None:  # a twentieth of the library's time, for nearly all pages
        return f"{','.join(reversed(simple[1].split('.')))}){simple[2].lower() or '/'}"
    import surt  # it loads much that nothing here uses

    surted: Callable[[str], str] = surt.surt
    try:
        return surted(url)
    except ValueError:  # surt cannot read every port and host; cdxj-indexer takes such a URL as it is
        return url


def parse(line: bytes) -> IndexLine:
    """A line, with or without its line end; raises DamagedRecord."""
    try:
        surt_key, timestamp, told = line.decode("utf-8").split(" ", 2)
        fields = json.loads(told)
        status = fields.get("status")
        return IndexLine(
            key=surt_key,
            timestamp=timestamp,
            url=fields["url"],
            mime=fields.get("mime"),
            status=int(status) if status is not None else None,
            digest=fields["digest"],
            length=int(fields["length"]),
            offset=int(fields["offset"]),
            filename=fields["filename"],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedRecord(f"not a CDXJ line: {line[:120]!r} ({type(error).__name__}: {error})") from None


class Index:
    """A sorted CDXJ file. It may be missing, which is the same as empty; it is replaced whole, never changed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __iter__(self) -> Iterator[bytes]:
        """All lines, with their line ends."""
        return self.since(b"")

    def since(self, start: bytes) -> Iterator[bytes]:
        """The lines from the first that is not below `start`, found by binary search."""
        try:
            file = self.path.open("rb", buffering=_BUFFER if not start else 16 * 1024)
        except FileNotFoundError:
            return
        with file:
            if start:
                _seek(file, start)
            yield from file

    def prefix(self, start: str) -> Iterator[IndexLine]:
        """All lines whose key begins with `start`."""
        wanted = start.encode("utf-8")
        for line in self.since(wanted):
            if not line.startswith(wanted):
                return
            yield parse(line)

    def captures(self, url: str) -> Iterator[IndexLine]:
        """All captures of this very URL, oldest first: others that share its SURT are left out."""
        wanted = target_uri(url)
        return (line for line in self.prefix(f"{key(wanted)} ") if line.url == wanted)

    def closest(self, url: str, timestamp: str) -> IndexLine | None:
        """The capture of a URL that is nearest to a moment (14 digits, or the first of them): at that very second if
        there is one, else by the time between, earlier or later alike; of two as near, the earlier.
        """
        wanted = _moment(timestamp)
        return min(self.captures(url), key=lambda line: abs(_moment(line.timestamp) - wanted), default=None)

    def merge(self, lines: Iterable[bytes]) -> None:
        """Take in sorted lines, with their line ends, each once: a new file is written, synced, and renamed."""
        with whole(self.path) as file:
            file.writelines(unique(heapq.merge(self, lines)))


def _moment(timestamp: str) -> datetime:
    """A timestamp's second; of fewer digits, the first that they name. Raises ValueError where it is none."""
    if not (timestamp.isascii() and timestamp.isdigit() and 4 <= len(timestamp) <= 14 and len(timestamp) % 2 == 0):
        raise ValueError(f"timestamp {timestamp!r}: give YYYYMMDDhhmmss, or its first 4, 6, 8, 10 or 12 digits")
    return datetime.strptime(timestamp + "00000101000000"[len(timestamp) :], "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def unique(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Sorted lines, each once."""
    last = b""
    for line in lines:
        if line != last:
            yield line
            last = line


def _seek(file: BinaryIO, start: bytes) -> None:
    """Set the file to the first line that is not below `start`."""
    low, high = 0, file.seek(0, os.SEEK_END)  # the wanted line begins in [low, high]
    read: Callable[[], bytes] = file.readline
    while low < high:
        middle = (low + high) // 2
        file.seek(middle)
        if middle:
            file.seek(middle - 1)
            read()  # to the first line that begins at `middle` or behind it
        begins = file.tell()
        line = read()
        if line and line < start:
            low = begins + len(line)
        else:
            high = middle
    file.seek(low)
