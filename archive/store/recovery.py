"""What brings a collection's files to rest: sealing, what a crash left, and the index from the WARCs alone.

A sealed file's ledger line is written last. A file without one is unfinished, wherever the crash came, and all that
follows its renaming is done again: each step can be repeated, and leaves the same. Called under the collection's lock.
Of a collection in a store the line acknowledges that the file is there; only then it goes from this machine.
"""

import hashlib
import heapq
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from archive.errors import DamagedRecord
from archive.store import records, warc
from archive.store.cdxj import Index, IndexLine, parse
from archive.store.exchange import Location
from archive.store.folder import OPEN, Folder
from archive.store.journal import sync_folder
from archive.store.remote.ranges import Stored
from archive.store.whole import whole

_RUNS = 200  # files merged at a time: below the usual limit of 1,024 open ones


@dataclass(frozen=True, slots=True)
class Torn:
    """The tail of a file that a crash cut off in the middle of an exchange."""

    warc: str
    offset: int
    kept: Path  # where the tail's bytes are now
    length: int
    reason: str
    lost: tuple[IndexLine, ...]  # what was acknowledged and is not whole: the disk did not keep what it had synced


@dataclass(frozen=True, slots=True)
class Recovery:
    """What `recover` did; nothing, if the last crawl ended well."""

    sealed: tuple[str, ...] = ()
    torn: tuple[Torn, ...] = ()


@dataclass(slots=True)
class Survey:
    """All that is told of a file, read from the file alone. What cannot be read costs itself alone."""

    end: int = 0  # behind the last whole exchange
    index: list[bytes] = field(default_factory=list)
    members: list[bytes] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    damages: list[str] = field(default_factory=list)  # what could not be read before `end`, and why
    torn: str | None = None  # why what follows `end` was left out

    @classmethod
    def of(cls, path: Stored, name: str, whole_exchanges: bool = False) -> "Survey":
        """Walk a file. With `whole_exchanges`, it ends with the last that has all its records: nobody was told that
        another is safe.
        """
        whole, group, begun = cls(), cls(), list[Survey]()
        wanted: set[str] = set()
        seen: set[str] = set()
        damages: list[tuple[int, str]] = []
        for member in warc.members(path, skipped=lambda begin, end, why: damages.append((begin, why))):
            try:
                with member.opened() as record:
                    told = records.told(record)
                concurrent = record.ids("WARC-Concurrent-To")
                if seen and not {record.record_id, *concurrent} & (seen | wanted):
                    begun.append(group)  # damage took a record of it
                    group, wanted, seen = cls(), set(), set()
                group._take(member, record, told, name)
            except DamagedRecord as error:
                damages.append((member.offset, f"{name}: the member at offset {member.offset} is no record: {error}"))
                continue
            seen.add(record.record_id)
            wanted.update(concurrent)
            if not whole_exchanges or wanted <= seen:
                for one in (*begun, group):
                    whole._add(one)
                group, wanted, seen = cls(), set(), set()
                begun.clear()
        whole.damages = [why for begin, why in damages if begin < whole.end]
        behind = [why for begin, why in damages if begin >= whole.end]
        if behind:
            whole.torn = behind[0]
        elif seen or begun:
            whole.torn = f"{name}: the exchange at offset {whole.end} is not whole"
        return whole

    @property
    def damage(self) -> str | None:
        """All that could not be read, for the ledger."""
        return "; ".join([*self.damages, *([self.torn] if self.torn else [])]) or None

    def _take(self, member: warc.Member, record: warc.Named, told: records.Told | None, name: str) -> None:
        self.end = member.offset + member.length
        self.members.append(member_line(member.offset, member.length, member.sha256, record.record_id, record.type))
        self.counts[record.type] += 1
        if told is not None:
            line = told.line(Location(name, member.offset, member.length))
            self.index.append(f"{line}\n".encode())

    def _add(self, group: "Survey") -> None:
        self.end = group.end
        self.index += group.index
        self.members += group.members
        self.counts += group.counts


def member_line(offset: int, length: int, sha256: str, record_id: str, kind: str) -> bytes:
    """A line of `indexes/<warc>.members.jsonl`."""
    told = {"offset": offset, "length": length, "sha256": sha256, "id": record_id, "type": kind}
    return json.dumps(told).encode("ascii") + b"\n"


def recover(folder: Folder, at: datetime) -> Recovery:
    """Seal what a crash left open, its torn tail kept aside, and finish what was sealed but not written down."""
    torn: list[Torn] = []
    sealed: list[str] = []
    folder.ledger.mend()
    for name in folder.open_warcs():
        path = folder.archive_dir / (name + OPEN)
        survey = Survey.of(path, name, whole_exchanges=True)
        if survey.torn:
            torn.append(_cut(folder, path, name, survey, at))
        if survey.end == 0:
            path.unlink()
            continue
        write_members(folder, name, survey.members)
        path.rename(folder.archive_dir / name)
        sync_folder(folder.archive_dir)
        finish(folder, name, survey.index, survey.counts, at, "; ".join(survey.damages))
        sealed.append(name)
    acknowledged = folder.ledger.sealed()
    for path in sorted(folder.archive_dir.glob("*.warc.gz")):
        name = path.name
        if name in acknowledged:
            if folder.remote:
                folder.remote.acknowledged(name)
            continue
        survey = Survey.of(path, name)
        write_members(folder, name, survey.members)
        finish(folder, name, survey.index, survey.counts, at, survey.damage)
        sealed.append(name)
    folder.index_journal.clear()
    folder.members_journal.clear()
    return Recovery(tuple(sealed), tuple(torn))


def finish(
    folder: Folder, name: str, index: Iterable[bytes], counts: Counter[str], at: datetime, damage: str | None = None
) -> None:
    """Take a sealed file into the index and the ledger. Its members are already written down."""
    lines = sorted(index)
    folder.index.merge(lines)
    sync_folder(folder.indexes_dir)
    path = folder.archive_dir / name
    digest = _sha256(path)
    if folder.remote:
        folder.remote.keep_warc(name, digest, lines)
    folder.ledger.append(
        "sealed",
        at,
        warc=name,
        size=path.stat().st_size,
        sha256=digest,
        records=dict(counts),
        members=_sha256(folder.members_of(name)),
        **({"damage": damage} if damage else {}),
    )
    if folder.remote:
        folder.remote.acknowledged(name)


def rebuild_index(folder: Folder) -> int:
    """Make indexes/ anew from the WARCs alone; returns the number of lines. Readers have the old index till then."""
    runs_dir = folder.state_dir / "rebuild"
    shutil.rmtree(runs_dir, ignore_errors=True)
    runs_dir.mkdir()
    runs: list[Index] = []
    for name in folder.sealed_warcs():
        survey = Survey.of(folder.resolve(name), name)
        run = runs_dir / f"{name}.cdxj"
        run.write_bytes(b"".join(sorted(survey.index)))
        runs.append(Index(run))
        if not folder.members_of(name).exists():
            write_members(folder, name, survey.members)
    rebuilt = Index(runs_dir / "index.cdxj")
    rebuilt.merge([])
    for start in range(0, len(runs), _RUNS):
        rebuilt.merge(heapq.merge(*runs[start : start + _RUNS]))
    count = sum(1 for _ in rebuilt)
    rebuilt.path.rename(folder.index.path)
    sync_folder(folder.indexes_dir)
    shutil.rmtree(runs_dir)
    return count


def _cut(folder: Folder, path: Path, name: str, survey: Survey, at: datetime) -> Torn:
    """Keep the bytes behind the last whole exchange beside the file, tell the ledger, and cut them off."""
    kept = folder.archive_dir / f"{name}.torn-{survey.end}"
    with path.open("rb") as source, kept.open("wb") as target:
        source.seek(survey.end)
        shutil.copyfileobj(source, target, 1 << 20)
        target.flush()
        os.fsync(target.fileno())
    sync_folder(folder.archive_dir)
    lines = (parse(line) for line in folder.index_journal)
    lost = tuple(line for line in lines if line.filename == name and line.offset + line.length > survey.end)
    torn = Torn(name, survey.end, kept, kept.stat().st_size, survey.torn or "", lost)
    if folder.remote:
        folder.remote.keep_torn(kept)
    folder.ledger.append(
        "torn",
        at,
        warc=name,
        offset=torn.offset,
        length=torn.length,
        kept=kept.name,
        reason=torn.reason,
        lost=len(lost),
    )
    with path.open("r+b") as file:
        file.truncate(survey.end)
        os.fsync(file.fileno())
    return torn


def write_members(folder: Folder, name: str, members: Iterable[bytes]) -> None:
    """Replace a file's list of members."""
    with whole(folder.members_of(name)) as file:
        file.writelines(members)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
