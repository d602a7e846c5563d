"""`verify --repair`: brings back what can be brought back, and says what it did.

No WARC is written to. A damaged one gets a copy beside it, NAME.repaired: byte for byte what was sealed where a flipped
bit can be found again by the hashes of its members, else all records that can be read. Whoever wants it in the damaged
file's place moves it there.
"""

import hashlib
import json
import os
import re
import shlex
import shutil
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from archive.audit.members import Member, walk
from archive.audit.readers import sha256
from archive.audit.record import read
from archive.audit.source import Source, Stretch, WarcFile
from archive.audit.stream import Stream
from archive.errors import DamagedRecord
from archive.store import cdxj, recovery
from archive.store.collection import Collection
from archive.store.remote.ranges import Stored
from archive.store.whole import whole

REPAIRED = ".repaired"  # behind the damaged file's name, so that nothing takes the copy for a part of the collection
MOST_TRIED = 32 * 1024  # bytes of a member in which a flipped bit is looked for: some 3 s
_COPIED = 1024 * 1024
_MOST_FLIPPED = 20  # members of a file
_LEVEL = 6
_LENGTH = re.compile(rb"\r\nContent-Length[ \t]*:[ \t]*(\d{1,18})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing that was mended, or was looked at and cannot be."""

    where: str
    did: str

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


def of_collection(collection: Collection) -> Iterator[Repair]:
    """Mends a collection, under its lock: torn tails, the ledger's torn last line, lists of members, the index."""
    with collection.lock():
        yield from _recover(collection)
        lines = {entry.get("warc"): entry for entry in _entries(collection) if entry["event"] == "sealed"}
        for name in collection.sealed_warcs():
            yield from _members(collection, name, str(lines.get(name, {}).get("members")))
        for name in collection.sealed_warcs():
            stated = str(lines.get(name, {}).get("sha256"))
            if name in lines and sha256(collection.resolve(name)) != stated:
                yield from _sealed(collection, name, stated)
        yield from _index(collection)


def of_files(source: Source) -> Iterator[Repair]:
    """Writes, beside each WARC that is not whole, a copy with all records that can be read."""
    for warc in source.warcs:
        stretches = _lost(warc)
        if isinstance(warc.path, Path) and (stretches or _together(warc)):
            yield from _salvage(warc, warc.path.with_name(warc.path.name + REPAIRED), stretches)


def _recover(collection: Collection) -> Iterator[Repair]:
    ledger = collection.ledger.path
    before = ledger.stat().st_size if ledger.exists() else 0
    whole = ledger.read_bytes().rfind(b"\n") + 1 if before else 0
    if whole < before:
        yield Repair(
            ledger.name, f"the last {before - whole} bytes, a line that was not written to its end, are cut off"
        )
    done = collection.recover()
    for torn in done.torn:
        did = f"cut behind byte {torn.offset}: {torn.reason}; the {torn.length:,} bytes are kept in {torn.kept.name}"
        if torn.lost:
            did += f"; {len(torn.lost)} records in it had been acknowledged: crawl them again"
        yield Repair(f"archive/{torn.warc}", did)
    for name in done.sealed:
        yield Repair(f"archive/{name}", "sealed, and written down in the ledger")


def _entries(collection: Collection) -> Iterator[dict[str, object]]:
    """The ledger's lines; a broken chain is `verify`'s to tell, and hides no line here."""
    if not collection.ledger.path.exists():
        return
    for line in collection.ledger.path.read_bytes().splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and "event" in entry:
            yield entry


def _members(collection: Collection, name: str, stated: str) -> Iterator[Repair]:
    """A list of members that is not what the ledger says, where the WARC still gives that."""
    path = collection.members_of(name)
    if path.exists() and sha256(path) == stated:
        return
    survey = recovery.Survey.of(collection.resolve(name), name)
    again = hashlib.sha256(b"".join(survey.members)).hexdigest()
    if again == stated:
        recovery.write_members(collection, name, survey.members)
        yield Repair(f"indexes/{path.name}", "made again from the WARC; it is what the ledger says")
    elif not path.exists():
        recovery.write_members(collection, name, survey.members)
        yield Repair(f"indexes/{path.name}", "made again from what can be read of the WARC; the ledger says another")
    else:
        yield Repair(
            f"indexes/{path.name}", "left as it is: the damaged WARC does not give what the ledger says either"
        )


def _index(collection: Collection) -> Iterator[Repair]:
    path = collection.index.path
    before = sha256(path) if path.exists() else None
    kept = path.with_name(path.name + ".old")
    if path.exists():
        shutil.copyfile(path, kept)
    count = collection.rebuild_index()
    if sha256(path) == before:
        kept.unlink()
        return
    beside = f"; the one before is kept in {kept.name}" if before else ""
    yield Repair(f"indexes/{path.name}", f"made again from the WARCs: {count:,} lines{beside}")


def _sealed(collection: Collection, name: str, stated: str) -> Iterator[Repair]:
    path = collection.resolve(name)
    warc = WarcFile.of(path, name)
    target = collection.archive_dir / (name + REPAIRED)
    if _healed(collection, path, target, stated):
        mv = "mv" if isinstance(path, Path) else "put it into the store in the other's place:"
        did = (
            f"a flipped bit was found: {target.name} is byte for byte what was sealed (SHA-256 {stated}); to take it: "
            f"{mv} {shlex.quote(str(target))} {shlex.quote(str(path))} && policy-archive verify --repair "
            f"{shlex.quote(collection.name)}, which makes the index again, and look again with "
            f"policy-archive verify {shlex.quote(collection.name)}"
        )
        yield Repair(f"archive/{name}", did)
        return
    stretches = _lost(warc)
    for one in _salvage(warc, target, stretches):
        yield Repair(f"archive/{one.where}", one.did)
    for begin, end in stretches:
        for line in map(_parsed, collection.index):
            if line is not None and line.filename == name and begin <= line.offset < end:
                did = f"lost at byte {line.offset}: {line.url} of {line.timestamp}; crawl it again"
                yield Repair(f"archive/{name}", did)


def _parsed(line: bytes) -> cdxj.IndexLine | None:
    try:
        return cdxj.parse(line)
    except DamagedRecord:
        return None  # told by `verify`, and made again from the WARCs


def _lost(warc: WarcFile) -> list[tuple[int, int]]:
    """The stretches that cannot be read."""
    found: list[tuple[int, int]] = []
    begin: int | None = None
    with warc.open() as file:
        for member in walk(file, gzip=warc.gzip):
            if begin is not None:
                found.append((begin, member.offset))
            for _ in member.pieces:
                pass
            begin = member.offset if member.broken else None
    if begin is not None:
        found.append((begin, warc.size))
    return found


def _together(warc: WarcFile) -> bool:
    """Whether its first member holds more than one record."""
    with warc.open() as file:
        first = next(walk(file, gzip=warc.gzip), None)
        if first is None:
            return False
        told = (finding.rule for _, findings in read(first, warc.name) for finding in findings)
        return "one-record-per-member" in told


def _salvage(warc: WarcFile, target: Path, stretches: list[tuple[int, int]]) -> Iterator[Repair]:
    """All records that can be read, a member each, as they lie in the file where they are alone in theirs."""
    count = 0
    with warc.open() as file, whole(target) as out:
        for member in walk(file, gzip=warc.gzip):
            records = [record for record, _ in read(member, warc.name) if record is not None]
            if member.broken or not records:
                continue
            count += len(records)
            if len(records) == 1:
                _copy(file, member.offset, member.length, out)
            else:
                _split(file, member.offset, out)
    lost = ", ".join(f"{begin:,}–{end:,}" for begin, end in stretches[:10]) + (" …" if len(stretches) > 10 else "")
    unread = f"; bytes {lost} of it cannot be read" if stretches else "; each is a gzip member of its own now"
    yield Repair(warc.name, f"{target.name} holds the {count:,} records that can be read{unread}")


def _copy(file: Stretch, offset: int, length: int, out: BinaryIO) -> None:
    while length:
        piece = file.read(offset, min(length, _COPIED))
        if not piece:
            raise DamagedRecord(f"the file became shorter while it was read, at byte {offset}")
        out.write(piece)
        offset, length = offset + len(piece), length - len(piece)


def _split(file: Stretch, offset: int, out: BinaryIO) -> None:
    """Every record of a member as a member of its own."""
    stream = Stream(Member(file, offset).pieces)
    while (head := stream.head()) is not None:
        stated = _LENGTH.search(head)
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
        out.write(packer.compress(head))
        for piece in stream.take(int(stated[1]) if stated else 0):
            out.write(packer.compress(piece))
        out.write(packer.compress(b"".join(stream.take(4))) + packer.flush())


def _healed(collection: Collection, path: Stored, target: Path, stated: str) -> bool:
    """Whether a copy could be written that is what was sealed: each member that is not as its list says has one flipped
    bit, which is found by trying all.
    """
    list_of_members = collection.members_of(path.name)
    if not list_of_members.exists():
        return False
    mended: list[tuple[int, int]] = []  # place, byte
    with path.open("rb") as file, list_of_members.open("rb") as lines:
        for line in lines:
            try:
                told = json.loads(line)
                offset, length, wanted = told["offset"], told["length"], told["sha256"]
            except (ValueError, KeyError, TypeError):
                return False
            file.seek(offset)
            data = file.read(length)
            if hashlib.sha256(data).hexdigest() == wanted:
                continue
            flipped = _flipped(data, wanted) if length <= MOST_TRIED and len(mended) < _MOST_FLIPPED else None
            if flipped is None:
                return False
            mended.append((offset + flipped[0], flipped[1]))
    beside = target.with_name(target.name + ".tmp")
    with path.open("rb") as file, beside.open("wb") as copied:
        shutil.copyfileobj(file, copied, _COPIED)
    with beside.open("r+b") as copy:
        for place, byte in mended:
            copy.seek(place)
            copy.write(bytes([byte]))
        copy.flush()
        os.fsync(copy.fileno())
    if sha256(beside) != stated:
        beside.unlink()
        return False
    beside.replace(target)
    return True


def _flipped(data: bytes, wanted: str) -> tuple[int, int] | None:
    """The place of a byte, and the byte that it must be, so that SHA-256 is `wanted`; None where no one bit does it."""
    before, view = hashlib.sha256(), memoryview(data)
    digest = bytes.fromhex(wanted)
    for place, byte in enumerate(data):
        for bit in range(8):
            trial = before.copy()
            trial.update(bytes([byte ^ 1 << bit]))
            trial.update(view[place + 1 :])
            if trial.digest() == digest:
                return place, byte ^ 1 << bit
        before.update(view[place : place + 1])
    return None
