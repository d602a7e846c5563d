"""A collection: one folder with the WARCs of an institute, and what is derived from them."""

import contextlib
import difflib
import heapq
import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from archive import folder_names
from archive.errors import CollectionBusy, CollectionError
from archive.store import cdxj, recovery, warc
from archive.store.capture import Capture, of_record
from archive.store.cdxj import IndexLine
from archive.store.exchange import Location, Resource
from archive.store.folder import Folder
from archive.store.lock import Lock
from archive.store.originals import Originals
from archive.store.recovery import Recovery
from archive.store.remote import mirror
from archive.store.whole import whole


@dataclass(frozen=True, slots=True)
class Meta:
    """collection.toml: what the archivist says about the collection. It has these keys, each a text."""

    title: str = ""
    operator: str = ""
    rights: str = ""
    contact: str = ""


class Collection(Folder):
    """Open one with `Collection.open`. Readers need no lock; whoever writes holds it."""

    def __init__(self, path: Path, meta: Meta) -> None:
        super().__init__(path)
        self.meta = meta
        self.writing: str | None = None  # the file that a Writer of this object has open
        self._lock = Lock(self.state_dir / "lock")

    @classmethod
    def open(cls, path: str | Path, create: bool = False, meta: Meta | None = None) -> "Collection":
        """The collection in a folder. `create` makes it, with `meta`, where there is none; what is there is kept.

        Raises CollectionError where the folder is not a collection, or is something else already.
        """
        folder = Folder(Path(path).resolve())
        if not folder.toml.is_file():
            if not create:
                raise CollectionError(f"{folder.path} has no collection.toml: name a collection that a crawl made")
            _create(folder, meta or Meta(title=folder.name))
        return cls(folder.path, _read_meta(folder.toml))

    @classmethod
    def named(cls, folder: Path, name: str, create: bool = False, meta: Meta | None = None) -> "Collection":
        """The collection of that name in a folder of collections, brought up to what its store has, where it lies
        in one. Raises CollectionError where the name leads elsewhere.
        """
        if problem := folder_names.mistake(name):
            raise CollectionError(problem)
        mirror.bring(folder / name, create)
        made = not (folder / name / "collection.toml").exists()
        opened = cls.open(folder / name, create, meta)
        if made and opened.remote:
            opened.publish()  # of two that make it at once, one is told
        return opened

    @contextmanager
    def lock(self, publish: bool = True) -> Iterator[None]:
        """Hold the collection for writing; may be nested. Raises CollectionBusy, naming the process that has it. At
        the end of it, what was written is put into the store of a collection that lies in one; `publish` off, only what
        the ledger tells of: so may whoever only reads have it.
        """
        self._lock.take()
        try:
            yield
            if publish and self.remote and self._lock.last:
                self.remote.push()
        finally:
            self._lock.release()

    def refresh(self) -> None:
        """Bring a collection that lies in a store up to what is there now, under the lock: what was written until it
        was taken."""
        if self.remote:
            self.remote.pull()

    def publish(self) -> None:
        """Put small files that were made without the lock into the store of a collection that lies in one. Whoever
        writes at the moment does so at its end.
        """
        if self.remote:
            with contextlib.suppress(CollectionBusy), self.lock():
                pass

    @property
    def locked(self) -> bool:
        """Whether this object holds the lock."""
        return self._lock.held

    def recover(self, at: datetime | None = None) -> Recovery:
        """Bring to rest what a crash left, under the lock; `at` is the time for the ledger."""
        with self.lock():
            if self.writing is not None:
                raise CollectionBusy(f"{self.writing} is being written: seal it first")
            return recovery.recover(self, at or datetime.now(UTC))

    def rebuild_index(self) -> int:
        """Make the index anew from the WARCs alone, after `recover`; returns the number of its lines."""
        with self.lock():
            self.recover()
            return recovery.rebuild_index(self)

    def captures(self) -> Iterator[IndexLine]:
        """All responses and revisits, sealed and open, sorted by (key, timestamp); streams."""
        return (line for line in map(cdxj.parse, self._lines()) if not line.url.startswith("urn:"))

    def captures_of(self, url: str) -> list[IndexLine]:
        """All captures of one URL, sealed and open, oldest first."""
        wanted = warc.target_uri(url)
        journal = [line for line in map(cdxj.parse, list(self.index_journal)) if line.url == wanted]
        return sorted({*journal, *self.index.captures(url)}, key=_age)

    def captures_at(self, key: str) -> list[IndexLine]:
        """All captures of an index key, under which several spellings of a URL are filed; oldest first."""
        journal = [line for line in map(cdxj.parse, list(self.index_journal)) if line.key == key]
        return sorted({*journal, *self.index.prefix(f"{key} ")}, key=_age)

    def read(self, location: Location) -> Capture:
        """The response at a location; a revisit is joined with the response that it repeats.

        Raises DamagedRecord where the bytes are not what they should be, CollectionError where no response lies there.
        """
        with warc.opened(self.resolve(location.warc), location.offset, location.length) as record:
            if record.type == "response":
                return of_record(record, location)
            if record.type == "revisit":
                with Originals(self).of_revisit(record, list(self.index_journal)) as original:
                    return of_record(record, location, original=original)
            where = f"{location.warc} at offset {location.offset}"
            raise CollectionError(f"{where} holds a {record.type} record, not a response")

    def record(self, location: Location) -> warc.Record:
        """The record of any type at a location; raises DamagedRecord."""
        return warc.read(self.resolve(location.warc), location.offset, location.length)

    def resource(self, prefix: str) -> Resource | None:
        """The newest resource whose URI begins with `prefix`, such as `urn:policy-archive:profile:`, or None."""
        newest = max(self.resources(prefix), key=_age, default=None)
        if newest is None:
            return None
        record = self.record(newest.location)
        return Resource(record.need("WARC-Target-URI"), record.need("Content-Type"), record.block, record.date)

    def resources(self, prefix: str) -> Iterator[IndexLine]:
        """The index lines of all resources whose URI begins with `prefix`."""
        journal = [line for line in map(cdxj.parse, list(self.index_journal)) if line.url.startswith(prefix)]
        sealed = (line for line in self.index.prefix(cdxj.key(prefix)) if line.url.startswith(prefix))
        return iter({*journal, *sealed})

    def _lines(self) -> Iterator[bytes]:
        # The journal is read first: lines that are merged into the index meanwhile are then seen twice, and not missed.
        journal = sorted(self.index_journal)
        return cdxj.unique(heapq.merge(self.index, journal))


def _age(line: IndexLine) -> tuple[str, str, int]:
    return line.timestamp, line.filename, line.offset


def _create(folder: Folder, meta: Meta) -> None:
    if problem := folder_names.mistake(folder.name):  # it is part of file names and of pywb's addresses
        raise CollectionError(problem)
    own = [
        folder.archive_dir,
        folder.indexes_dir,
        folder.dataset_dir,
        folder.crawls_dir,
        folder.packages_dir,
        folder.state_dir,
    ]
    if folder.path.exists():
        if not folder.path.is_dir():
            raise CollectionError(f"{folder.path} is a file, not a folder: name another collection")
        if strange := sorted(path.name for path in folder.path.iterdir() if path not in own and path.suffix != ".tmp"):
            raise CollectionError(f"{folder.path} holds other things ({strange[0]}): name another folder")
    for path in own:
        path.mkdir(parents=True, exist_ok=True)
    lines = [f"{key} = {_toml(value)}\n" for key, value in asdict(meta).items()]
    with whole(folder.toml) as file:
        head = "# What this collection is. Yours to edit: nothing is written here after the first crawl.\n"
        file.write((head + "".join(lines)).encode())


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # else TOML's strings are JSON's


def _read_meta(path: Path) -> Meta:
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CollectionError(f"{path} cannot be read: {error}") from None
    known = [field.name for field in fields(Meta)]
    for key, value in told.items():
        if key not in known:
            nearest = difflib.get_close_matches(key, known, 1, 0)
            raise CollectionError(f"{path}: unknown key {key!r}; the nearest that exists is {nearest[0]!r}")
        if not isinstance(value, str):
            raise CollectionError(f"{path}: {key} must be a text in quotes, not {value!r}")
    return Meta(**told)
