"""Writing exchanges to a collection: record, fdatasync, index journal, and only then is the caller told.

Used by one thread, beside the reactor: compression, digests and syncs let go of the interpreter's lock.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby
from secrets import token_hex
from ssl import DER_cert_to_PEM_cert
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from archive.errors import NO_SPACE, ArchiveError, CollectionError, OutOfSpace
from archive.store import records, recovery, redaction
from archive.store.collection import Collection
from archive.store.exchange import Exchange, Location, Resource, Stored
from archive.store.folder import OPEN
from archive.store.journal import append, sync_folder
from archive.store.originals import Originals
from archive.store.spool import Content, Spool, close
from archive.store.whole import whole

_STANDARD = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
_REDACTION = (
    "values of Authorization, Proxy-Authorization, Cookie and other fields of a login in requests are "
    f"{redaction.REDACTED.decode()}"
)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class _File:
    """The WARC that is being written, with its two journals: three descriptors that grow together or not at all."""

    name: str
    warcinfo_id: str
    warc: int
    members: int
    index: int
    size: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def append(self, data: Sequence[Content], members: bytes, index: bytes) -> None:
        before = [(fd, os.lseek(fd, 0, os.SEEK_END)) for fd in (self.warc, self.members, self.index)]
        try:
            for part in _joined(data):
                append(self.warc, part, sync=False)
            os.fdatasync(self.warc)
            append(self.members, members, sync=False)
            append(self.index, index, sync=False)  # recovery reads the WARC again where the journal lacks a line
        except OSError:
            for fd, size in before:
                os.ftruncate(fd, size)
            raise
        self.size += sum(map(len, data))

    def copy_members(self, target: BinaryIO) -> None:
        with open(self.members, "rb", closefd=False) as source:
            source.seek(0)
            shutil.copyfileobj(source, target, 1 << 20)

    def clear_journals(self) -> None:
        for fd in (self.members, self.index):
            os.ftruncate(fd, 0)

    def close(self) -> None:
        for fd in (self.warc, self.members, self.index):
            os.close(fd)


class Writer:
    """Writes one crawl's records, under the collection's lock. Before its first record it recovers what a crash left.

    `about` stands in each file's warcinfo record (such as `robots`, `operator`, `http-header-user-agent`). With
    `revisits`, a response whose URL and entity a sealed file already has is written as a revisit.
    """

    def __init__(
        self,
        collection: Collection,
        crawl_id: str,
        software: str,
        about: Mapping[str, str],
        roll_at: int = 1_000_000_000,  # WARC 1.1, annex C
        revisits: bool = True,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        if not collection.locked:
            raise CollectionError(f"collection {collection.name} is not locked: write within `with collection.lock():`")
        self.collection = collection
        self.crawl_id = crawl_id
        self._about = {
            "software": software,
            "format": "WARC File Format 1.1",
            "conformsTo": _STANDARD,
            "isPartOf": crawl_id,
            **about,
            "redaction": _REDACTION,
        }
        self._roll_at = roll_at
        self._original_of = Originals(collection).of_exchange if revisits else None
        self._clock = clock
        self._file: _File | None = None
        self._serial = 0
        self._own = token_hex(3)
        self._certificates: set[str] = set()  # URIs of those that are already in a record
        self._unrested = True  # something before this may have left a file half-sealed

    def write(self, batch: Sequence[Exchange | Resource]) -> list[Location]:
        """`store`, with the locations alone."""
        return [stored.location for stored in self.store(batch)]

    def store(self, batch: Sequence[Exchange | Resource]) -> list[Stored]:
        """Store a batch, durably when this returns: where each response (else failure, or resource) lies, in its order.

        Raises OutOfSpace, with nothing of the batch stored, and may be called again once there is room. Any other error
        of the disk is an ArchiveError: the file is given up, with what was acknowledged in it left for `recover`.
        """
        if not batch:
            return []
        self._check()
        if self._file is not None and self._file.size >= self._roll_at:
            self.seal()
        with _Disk(self):
            file = self._file or self._open()
            certificates = {resource.uri: resource for item in batch for resource in self._new_certificates(item)}
            stored = self._append(file, [*certificates.values(), *batch])
        self._certificates |= certificates.keys()
        return stored[len(certificates) :]

    def seal(self) -> None:
        """Finish the file that is open: sync, rename, members, index, ledger. Without one there is nothing to do."""
        self._check()
        with _Disk(self):
            file = self._file
            if file is None:
                return
            folder = self.collection
            self._let_go()  # whatever fails from here on is mended by `recover`
            try:
                os.fsync(file.warc)
                self._check()  # that may have taken long
                # The journals by their descriptors: by their names they may be the next owner's (apart.py).
                with whole(folder.members_of(file.name)) as members:
                    file.copy_members(members)
                (folder.archive_dir / (file.name + OPEN)).rename(folder.archive_dir / file.name)
                sync_folder(folder.archive_dir)
                recovery.finish(folder, file.name, folder.index_journal, file.counts, self._clock())
                file.clear_journals()
            finally:
                file.close()
            self._unrested = False

    def close_crawl(self, report: Mapping[str, Any]) -> None:
        """Seal, and write the crawl down in the ledger with what `report` tells (JSON values)."""
        self.seal()
        with _Disk(self):
            self.collection.ledger.append("crawl", self._clock(), crawl=self.crawl_id, report=dict(report))

    def _check(self) -> None:
        """Raises LostLock where another owner writes to the collection."""
        if self.collection.fence is not None:
            self.collection.fence.check()

    def _append(self, file: _File, items: Sequence[Exchange | Resource]) -> list[Stored]:
        data: list[Content] = []
        members: list[bytes] = []
        index: list[bytes] = []
        stored: list[Stored] = []
        counts: Counter[str] = Counter()
        offset = file.size
        for item in items:
            built_of = self._records(item, file.warcinfo_id)
            written = sum(len(built.member) for built in built_of)
            for number, built in enumerate(built_of):
                location = Location(file.name, offset, len(built.member))
                if number == 0:
                    stored.append(_stored(location, built, written))
                if built.told is not None:
                    index.append(f"{built.told.line(location)}\n".encode("ascii"))
                members.append(recovery.member_line(offset, location.length, built.sha256, built.record_id, built.type))
                data.append(built.member)
                counts[built.type] += 1
                offset += location.length
        file.append(data, b"".join(members), b"".join(index))
        for part in data:
            close(part)
        file.counts += counts
        return stored

    def _records(self, item: Exchange | Resource, warcinfo_id: str) -> list[records.Built]:
        if isinstance(item, Resource):
            return [records.of_resource(item, warcinfo_id)]
        return records.of_exchange(item, warcinfo_id, self._original_of)

    def _new_certificates(self, item: Exchange | Resource) -> list[Resource]:
        """The peer's chain as a resource of its own, once for each host and certificate."""
        if isinstance(item, Resource) or not item.certificates:
            return []
        host = urlsplit(item.url).hostname or ""
        uri = f"urn:policy-archive:certificate:{host}:{sha256(item.certificates[0]).hexdigest()}"
        if uri in self._certificates:
            return []
        chain = "".join(DER_cert_to_PEM_cert(der) for der in item.certificates).encode("ascii")
        return [Resource(uri, "application/pem-certificate-chain", chain, item.began)]

    def _open(self) -> _File:
        """Begin a file with its warcinfo record; before it, bring to rest what is not."""
        folder = self.collection
        if self._unrested:
            folder.recover(self._clock())
            self._unrested = False
        made = self._clock()
        name, warc = self._create(made)
        info = records.warcinfo(name, made, self._about)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
        members, index = (
            os.open(journal.path, flags, 0o644) for journal in (folder.members_journal, folder.index_journal)
        )
        file = _File(name, info.record_id, warc, members, index)
        self._file, folder.writing = file, name
        line = recovery.member_line(0, len(info.member), info.sha256, info.record_id, info.type)
        try:
            file.append([info.member], line, b"")
            sync_folder(folder.archive_dir)
            sync_folder(folder.state_dir)
        except OSError:
            self.give_up()
            raise
        file.counts[info.type] += 1
        return file

    def give_up(self) -> None:
        """Close the file that is open without sealing it: `recover` does that."""
        if self._file is not None:
            self._file.close()
            self._let_go()

    def _let_go(self) -> None:
        self._file, self.collection.writing, self._unrested = None, None, True

    def _create(self, made: datetime) -> tuple[str, int]:
        """A name that neither a sealed nor an open file has, and its descriptor."""
        folder = self.collection
        taken = {path.name for path in folder.archive_dir.glob("*.warc.gz")} | {*folder.open_warcs()}
        stem = f"{folder.name}-{made.astimezone(UTC):%Y%m%d%H%M%S}"
        if folder.remote:  # another machine may begin a file in the same second
            stem += f"-{self._own}"
        while (name := f"{stem}-{self._serial:05}.warc.gz") in taken:
            self._serial += 1
        self._serial += 1
        path = folder.archive_dir / (name + OPEN)
        return name, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)


def _joined(parts: Sequence[Content]) -> Iterator[Content]:
    """The same bytes with what is in memory joined: one call to write for a batch of pages."""
    for on_disk, run in groupby(parts, lambda part: isinstance(part, Spool)):
        if on_disk:
            yield from run
        else:
            yield b"".join(part for part in run if isinstance(part, bytes))


def _stored(location: Location, built: records.Built, written: int) -> Stored:
    told = built.answered or built.told
    status, mime = (told.status, told.mime) if told else (None, None)
    return Stored(location, built.type == "revisit", written, status, mime, built.spared)


@dataclass(frozen=True, slots=True)
class _Disk:
    """Turns the disk's errors into ours. What was written stands; what failed has been rolled back."""

    writer: Writer

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, OSError):
            return
        where = self.writer.collection.archive_dir
        if error.errno in NO_SPACE:
            message = f"no space left for {where} ({error.strerror}): make room and run the same command again"
            raise OutOfSpace(message) from error
        self.writer.give_up()
        raise ArchiveError(f"{where} cannot be written ({error}): mend the disk and run again") from error
