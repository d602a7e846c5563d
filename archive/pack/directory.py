"""Reading a package's ZIP without trusting it: its directory, each entry's place in the file, and its bytes.

A reader of our own, and not `zipfile`: an auditor must see entries that are there twice, headers that contradict the
directory, and entries that share their bytes, which `zipfile` does not tell; and a record in a stored entry is read
where it lies. Sizes are believed only as limits, so that a bomb ends where it says it does.
"""

import io
import os
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from archive.errors import BadPackage

STORED, DEFLATED = 0, 8
MOST_ENTRIES = 100_000  # real packages have tens
MOST_BYTES = 64 * 1024 * 1024  # of a directory
PIECE = 1024 * 1024
_END = struct.Struct("<4s4H2LH")  # APPNOTE.TXT 4.3.16
_END64_AT = struct.Struct("<4sLQL")  # 4.3.15
_END64 = struct.Struct("<4sQ2H2L4Q")  # 4.3.14
_CENTRAL = struct.Struct("<4s4B4HL2L5H2L")  # 4.3.12
_LOCAL = struct.Struct("<4s5H3L2H")  # 4.3.7
_EXTRA = struct.Struct("<2H")
_IN_64 = 0xFFFFFFFF
ENCRYPTED, _SIZES_BEHIND, _UTF8 = 1, 8, 0x800  # bits of an entry's flags
_DRIVE = re.compile(r"[A-Za-z]:")
STRANGE = re.compile(r"[^A-Za-z0-9._-]+")  # what the names of collections and their files do not have


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in a package, as the directory says."""

    name: str
    method: int
    flags: int
    crc: int
    packed: int  # bytes as they lie in the file
    size: int  # bytes as they were put in
    header: int  # offset of the entry's own header

    @property
    def folder(self) -> str:
        """The first part of its path; "" at the top."""
        return self.name.partition("/")[0] if "/" in self.name else ""

    @property
    def base(self) -> str:
        return self.name.rpartition("/")[2]

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")

    @property
    def safe(self) -> bool:
        """Whether its name stays within the package wherever it is unpacked."""
        parts = self.name.removesuffix("/").split("/")
        strange = any(part in ("", ".", "..") for part in parts) or not self.name.isprintable()
        return not (strange or "\\" in self.name or _DRIVE.match(self.name) or PurePosixPath(self.name).is_absolute())


class Window(io.RawIOBase):
    """Bytes of a file from an offset on, as a file of its own."""

    def __init__(self, path: Path, start: int, size: int) -> None:
        self._file = path.open("rb", buffering=0)
        self._start, self._size, self._at = start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        wanted = view[: max(0, min(len(view), self._size - self._at))]
        got = os.preadv(self._file.fileno(), [wanted], self._start + self._at) if wanted else 0
        self._at += got
        return got

    def close(self) -> None:
        self._file.close()
        super().close()


class Directory:
    """The entries of a ZIP file, in the order of its directory; or of one that lies in the file of that path, from a
    byte on, as long as is said. Offsets are those of the ZIP, but `start` is the file's.
    """

    def __init__(self, path: Path, name: str = "", at: int = 0, length: int | None = None) -> None:
        """Raises BadPackage where the file is no ZIP, or its directory cannot be read; the message says `name`."""
        self.path = path
        self.name = name or str(path)
        self._at = at
        try:
            self.length = path.stat().st_size - at if length is None else length
            with self._opened() as file:
                self.begins, self.behind, self.entries = _read(file, self.length)
        except FileNotFoundError:
            raise BadPackage(f"{path}: no such file") from None
        except (struct.error, _NoZip) as problem:
            raise BadPackage(f"{self.name} is no whole ZIP file: {problem}") from None

    def inside(self, entry: Entry) -> "Directory":
        """Of a stored entry that is a ZIP itself; raises BadPackage where it is none, or not stored."""
        if not self.is_stored(entry):
            raise BadPackage(f"{entry.name} is compressed within {self.name}: unzip that, and name what was in it")
        return Directory(self.path, f"{entry.name} in {self.name}", self.start(entry), entry.size)

    def _opened(self) -> BinaryIO:
        return io.BufferedReader(Window(self.path, self._at, self.length))

    @property
    def packages(self) -> list[Entry]:
        """The packages in it, where it is no package but a multi-WACZ: a ZIP of them, as Browsertrix hands out."""
        found = [entry for entry in self.entries if entry.name.endswith(".wacz")]
        return found if all(entry.folder != "archive" for entry in self.entries) else []

    def find(self, name: str) -> Entry | None:
        """The entry of that name, the last one if there are more."""
        return next((entry for entry in reversed(self.entries) if entry.name == name), None)

    def start(self, entry: Entry) -> int:
        """Where the entry's bytes begin in the file; raises BadPackage where its own header and the directory do not
        agree.
        """
        with self._opened() as file:
            file.seek(min(entry.header, self.begins))
            raw = file.read(_LOCAL.size)
            if len(raw) < _LOCAL.size or not raw.startswith(b"PK\x03\x04"):
                raise BadPackage(f"{entry.name}: no entry begins at byte {entry.header}")
            _, _, flags, method, _, _, crc, packed, size, long_name, long_extra = _LOCAL.unpack(raw)
            name, extra = file.read(long_name), file.read(long_extra)
        told = _decoded(name, flags), method
        if not flags & _SIZES_BEHIND:
            packed, size = _sizes(extra, packed, size)
            if (crc, packed, size) != (entry.crc, entry.packed, entry.size):
                raise BadPackage(f"{entry.name}: its header says other sizes or another checksum than the directory")
        if told != (entry.name, entry.method):
            other = f"{told[0]!r} by method {told[1]}"
            raise BadPackage(f"{entry.name}: its header says {other}, not what the directory says")
        start: int = entry.header + _LOCAL.size + long_name + long_extra
        if start + entry.packed > self.begins:
            raise BadPackage(f"{entry.name}: its bytes reach into the directory")
        return self._at + start

    def is_stored(self, entry: Entry) -> bool:
        """Whether its bytes lie in the file as they are."""
        return entry.method == STORED and entry.packed == entry.size and not entry.flags & ENCRYPTED

    def open(self, entry: Entry) -> BinaryIO:
        """A stored entry's bytes, where they lie; raises BadPackage where it is not stored."""
        if not self.is_stored(entry):
            raise BadPackage(f"{entry.name} is compressed (method {entry.method}): its records cannot be found in it")
        return io.BufferedReader(Window(self.path, self.start(entry), entry.size), PIECE)

    def pieces(self, entry: Entry) -> Iterator[bytes]:
        """All bytes of an entry; raises BadPackage where they are not what the directory says, at the latest behind the
        last one.
        """
        if entry.flags & ENCRYPTED:
            raise BadPackage(f"{entry.name} is encrypted: a package's files are open")
        if entry.method not in (STORED, DEFLATED):
            known = f"only stored ({STORED}) and deflated ({DEFLATED}) entries are read"
            raise BadPackage(f"{entry.name} is compressed by method {entry.method}: {known}")
        crc, left = 0, entry.size
        with io.BufferedReader(Window(self.path, self.start(entry), entry.packed), PIECE) as file:
            for piece in iter(lambda: file.read(PIECE), b"") if entry.method == STORED else _inflated(file, entry):
                left -= len(piece)
                if left < 0:
                    raise BadPackage(f"{entry.name} holds more than the {entry.size:,} bytes that it states")
                crc = zlib.crc32(piece, crc)
                yield piece
        if left:
            raise BadPackage(f"{entry.name} holds {entry.size - left:,} bytes, not the {entry.size:,} that it states")
        if crc != entry.crc:
            raise BadPackage(f"{entry.name}: its bytes have not the checksum that the directory says (CRC-32)")

    def content(self, entry: Entry, limit: int) -> bytes:
        """A small entry as a whole; raises BadPackage where it is longer than `limit`."""
        if entry.size > limit:
            raise BadPackage(f"{entry.name} is {entry.size:,} bytes long, more than the {limit:,} that it may have")
        return b"".join(self.pieces(entry))

    def extent(self, entry: Entry) -> tuple[int, int]:
        """From its header to behind its bytes; raises BadPackage."""
        return entry.header, self.start(entry) - self._at + entry.packed


def collection_name(package: Path) -> str:
    """A collection's name after a package's file, which may be the name itself; raises BadPackage where that gives
    none.
    """
    name = STRANGE.sub("-", package.name.removesuffix(".wacz")).strip("-._")[:100]
    if not name:
        raise BadPackage(f"{package.name} gives no name for a collection: name one (--into NAME), or rename the file")
    return name


class _NoZip(Exception):
    """Raised while the directory is read; `Directory` says it of the file."""


def _read(file: BinaryIO, length: int) -> tuple[int, int, list[Entry]]:
    """Where the directory begins, how many bytes stand behind the end that it states, and the entries."""
    tail_at = max(0, length - _END.size - 0xFFFF)
    file.seek(tail_at)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail):
        raise _NoZip("no end of a directory in it; was it cut off?")
    _, disk, first_disk, _, count, size, begins, comment = _END.unpack_from(tail, at)
    behind = len(tail) - at - _END.size - comment
    ends = tail_at + at
    if _IN_64 in (size, begins) or count == 0xFFFF:
        size, begins, count, ends = _end64(file, ends)
    if disk or first_disk:
        raise _NoZip("it is a part of several")
    if count > MOST_ENTRIES or size > MOST_BYTES:
        raise _NoZip(f"a directory of {count:,} entries in {size:,} bytes: no package has so many")
    if begins + size != ends:
        raise _NoZip(f"the directory ends at byte {begins + size}, its end record begins at {ends}")
    file.seek(begins)
    raw = file.read(size)
    entries: list[Entry] = []
    place = 0
    while place < len(raw):
        entry, place = _entry(raw, place)
        entries.append(entry)
    if len(entries) != count:
        raise _NoZip(f"the directory has {len(entries)} entries, and says {count}")
    return begins, behind, entries


def _end64(file: BinaryIO, ends: int) -> tuple[int, int, int, int]:
    file.seek(max(0, ends - _END64_AT.size))
    mark, _, at, _ = _END64_AT.unpack(file.read(_END64_AT.size))
    none = "no ZIP64 end of the directory where there should be one"
    if mark != b"PK\x06\x07" or at > ends:
        raise _NoZip(none)
    file.seek(at)
    told = _END64.unpack(file.read(_END64.size))
    if told[0] != b"PK\x06\x06":
        raise _NoZip(none)
    return told[8], told[9], told[7], at


def _entry(raw: bytes, place: int) -> tuple[Entry, int]:
    told = _CENTRAL.unpack_from(raw, place)
    if told[0] != b"PK\x01\x02":
        raise _NoZip(f"no entry at byte {place} of the directory")
    flags, method, crc, packed, size = told[5], told[6], told[9], told[10], told[11]
    long_name, long_extra, long_comment, header = told[12], told[13], told[14], told[18]
    name_at = place + _CENTRAL.size
    name = raw[name_at : name_at + long_name]
    extra = raw[name_at + long_name : name_at + long_name + long_extra]
    if len(name) < long_name or len(extra) < long_extra:
        raise _NoZip("the directory is cut off")
    wanted = [value == _IN_64 for value in (size, packed, header)]
    if any(wanted):
        size, packed, header = _in_64(extra, [size, packed, header])
    end = name_at + long_name + long_extra + long_comment
    return Entry(_decoded(name, flags), method, flags, crc, packed, size, header), end


def _sizes(extra: bytes, packed: int, size: int) -> tuple[int, int]:
    """Of an entry's own header: packed and plain."""
    if _IN_64 not in (packed, size):
        return packed, size
    size, packed = _in_64(extra, [size, packed])
    return packed, size


def _in_64(extra: bytes, values: list[int]) -> list[int]:
    """The values, those that say that they stand in the ZIP64 field read from there (4.5.3)."""
    place = 0
    while place + _EXTRA.size <= len(extra):
        kind, long = _EXTRA.unpack_from(extra, place)
        place += _EXTRA.size
        if kind == 1:
            numbers = iter(struct.unpack_from(f"<{long // 8}Q", extra, place))
            return [next(numbers, value) if value == _IN_64 else value for value in values]
        place += long
    return values


def _decoded(name: bytes, flags: int) -> str:
    return name.decode("utf-8" if flags & _UTF8 else "cp437", "surrogateescape")


def _inflated(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    expander = zlib.decompressobj(-zlib.MAX_WBITS)
    raw = b""
    while not expander.eof:
        raw = raw or file.read(64 * 1024)
        try:
            piece = expander.decompress(raw, PIECE)
        except zlib.error as problem:
            raise BadPackage(f"{entry.name}: its compressed bytes are broken ({problem})") from None
        if not raw and not piece:
            raise BadPackage(f"{entry.name}: its compressed bytes are cut off")
        raw = expander.unconsumed_tail
        if piece:
            yield piece
