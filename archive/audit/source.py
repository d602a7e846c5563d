"""Where WARC records come from: a collection, files and folders of anybody's, the members of a package.

Who has WARCs in another container gives a Source of its own: each WARC as a stretch of bytes in a file (a WACZ stores
its WARCs uncompressed, so that each is one), and the lines of the indexes over them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, Self

from archive.errors import CollectionError
from archive.store.cdxj import Index
from archive.store.folder import OPEN, Folder
from archive.store.remote.ranges import RemoteFile, Stored

GZIP = b"\x1f\x8b"
INDEX = "indexes/index.cdxj"
JOURNAL = "state/index.journal"
SUFFIXES = (".warc.gz", ".warc")
_BUFFER = 1024 * 1024  # read-ahead of a file, so that a member's slices seldom reach the disk


@dataclass(frozen=True, slots=True)
class WarcFile:
    """One WARC, which may be a stretch of a larger file. Small, and can be sent to another process."""

    name: str  # what findings and indexes call it
    path: Stored
    size: int
    begin: int = 0  # of the stretch, within the file; offsets of records count from here
    gzip: bool = True  # else records stand in the file as they are
    still_open: bool = False  # being written, or left by a crash: its end may be torn

    @classmethod
    def of(cls, path: Stored, name: str | None = None, still_open: bool = False) -> Self:
        """A whole file, as it is now; whether it is compressed is read from its first bytes."""
        with path.open("rb") as file:
            first = file.read(2)
        compressed = first == GZIP or not first.startswith(b"W")
        return cls(name or path.name, path, path.stat().st_size, gzip=compressed, still_open=still_open)

    def open(self) -> "Stretch":
        """Its bytes, to be read from any offset."""
        try:
            file = self.path.open("rb", buffering=_BUFFER)
        except FileNotFoundError:
            if not self.still_open or isinstance(self.path, RemoteFile):
                raise
            file = self.path.with_suffix("").open("rb", buffering=_BUFFER)  # sealed since
        return Stretch(file, self.begin, self.size)


class Stretch:
    """A part of a file that reads as if it were the whole. Use as a context manager."""

    def __init__(self, file: BinaryIO, begin: int, size: int) -> None:
        self.size = size
        self._file = file
        self._begin = begin
        self._at = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, offset: int, count: int) -> bytes:
        """At most `count` bytes from `offset` on; fewer at the end alone."""
        left = self.size - offset
        if left <= 0:
            return b""
        self._file.seek(self._begin + offset)
        return self._file.read(count if count < left else left)


@dataclass(frozen=True, slots=True)
class IndexFile:
    """An index over WARCs of a source."""

    where: str  # what findings call it
    lines: Callable[[], Iterable[bytes]]  # CDXJ, with line ends
    in_order: bool = True  # sorted by bytes, each record once; a journal is not
    own: bool = True  # written by this archive: every field is there, and has one spelling


@dataclass(frozen=True, slots=True)
class Source:
    """WARCs that are verified together, and the indexes over them."""

    name: str
    warcs: tuple[WarcFile, ...]
    indexes: tuple[IndexFile, ...] = ()
    # all that its records name must be in it: so it is in a collection and in a package, not in a file from elsewhere
    closed: bool = False
    prefix: str = ""  # what findings put before a WARC's name
    unindexed: frozenset[str] = field(default_factory=frozenset)  # WARCs whose records need no line in an index


def of_path(path: Path) -> Source:
    """A WARC file, or all WARCs in a folder and below it, with the CDXJ indexes that lie there.

    Raises CollectionError where there is none.
    """
    if not path.exists():
        raise CollectionError(f"{path} is not there: name a collection, a WARC file, or a folder with WARCs")
    if path.is_file():
        return Source(str(path), (WarcFile.of(path),))
    found = sorted(one for one in path.rglob("*") if one.is_file() and one.name.endswith(SUFFIXES))
    if not found:
        raise CollectionError(f"{path} holds no WARC: no file there or below it ends in {' or '.join(SUFFIXES)}")
    names = [one.name for one in found]
    unique = len(set(names)) == len(names)  # indexes name a file without its folder
    warcs = tuple(WarcFile.of(one, one.name if unique else str(one.relative_to(path))) for one in found)
    indexes = tuple(
        IndexFile(str(one.relative_to(path)), _Lines(one), own=False) for one in sorted(path.rglob("*.cdxj"))
    )
    return Source(str(path), warcs, indexes)


def of_collection(folder: Folder) -> Source:
    """A collection's WARCs, sealed and open, and its index with the journal of what is open.

    A crawl may be writing: the index's lines are taken before the WARCs that they name, as a record is written before
    its line; and a file that was open at any time needs none.
    """
    being_written = set(folder.open_warcs())
    journal = list(folder.index_journal)
    lines = _begun(folder.index)
    warcs = [WarcFile.of(folder.resolve(name), name) for name in folder.sealed_warcs()]
    sealed = {warc.name for warc in warcs}
    for name in folder.open_warcs():
        path = folder.archive_dir / (name + OPEN)
        if name not in sealed and path.exists():  # else it was sealed since we looked
            stored = folder.resolve(name) if folder.remote else path
            warcs.append(WarcFile.of(stored, name, still_open=True))
            being_written.add(name)
    indexes = (
        IndexFile(INDEX, lambda: lines),
        IndexFile(JOURNAL, lambda: journal, in_order=False),
    )
    return Source(
        folder.name, tuple(warcs), indexes, closed=True, prefix="archive/", unindexed=frozenset(being_written)
    )


def _begun(index: Index) -> Iterator[bytes]:
    """The lines of the index as it is now, even where another takes its place."""
    lines = iter(index)
    return chain(list(islice(lines, 1)), lines)


@dataclass(frozen=True, slots=True)
class _Lines:
    path: Path

    def __call__(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            yield from file
