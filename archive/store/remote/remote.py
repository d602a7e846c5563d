"""A collection's other side, in an object store. Writers call it under the collection's lock.

In the store, below the collection's URL:

    archive/NAME.warc.gz            as in a folder; what a crash cut off lies beside it
    indexes/NAME.cdxj, NAME.members.jsonl   of each WARC; put before the WARC's line of the ledger
    ledger/00000001.json …          a line each. A WARC is acknowledged, and a snapshot in force, when its line is there
    dataset/publications.jsonl.HASH …       a file as it was once; `snapshots/` says which ones belong together
    snapshots/00000001.HEAD.0001.json …     behind which line of the ledger, and the hash of that

Every object is put once, under a condition that the name is free. Who writes the ledger's next line while another has
written it holds a collection that is no longer its own: that is Fenced, and nothing follows.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from archive.errors import DamagedRecord, Fenced, StoreError, Taken
from archive.store.cdxj import Index
from archive.store.journal import Journal, sync_folder
from archive.store.names import plain
from archive.store.remote import objects, snapshot
from archive.store.remote.notes import Known, Notes, sha256
from archive.store.remote.objects import Objects
from archive.store.remote.snapshot import Snapshot
from archive.store.whole import whole

_LEDGER, _ARCHIVE, _INDEXES = "ledger/", "archive/", "indexes/"
_GENESIS = "0" * 64
_WARC_EVENTS = ("sealed", "torn")  # lines that change no small file


class Remote:
    """The store's side of the collection in a working folder."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self._state = folder / "state"
        self._ledger = Journal(folder / "ledger.jsonl")
        self._index = Index(folder / "indexes" / "index.cdxj")
        self._there: set[str] = set()  # objects of small files that this one has put

    @property
    def objects(self) -> Objects:
        return objects.at(self.url)

    def exists(self) -> bool:
        """Whether there is anything of the collection in the store."""
        return bool(self.objects.names(snapshot.FOLDER) or self.objects.names(_LEDGER))

    def warcs(self) -> set[str]:
        """The names of the sealed files that lie in the store, acknowledged or not."""
        return {name.removeprefix(_ARCHIVE) for name in self.objects.names(_ARCHIVE)}

    # out: what was written here

    def keep_warc(self, name: str, digest: str, index: Iterable[bytes]) -> None:
        """Puts a sealed file with its list of members and its part of the index; its line of the ledger comes next."""
        part = b"".join(index)
        members = self.folder / "indexes" / f"{name}.members.jsonl"
        self.objects.put(_ARCHIVE + name, self.folder / "archive" / name, digest)
        self.objects.put(_INDEXES + members.name, members, sha256(members))
        self.objects.put(f"{_INDEXES}{name}.cdxj", part, hashlib.sha256(part).hexdigest())

    def keep_torn(self, path: Path) -> None:
        """Puts what was cut off a file."""
        self.objects.put(_ARCHIVE + path.name, path, sha256(path))

    def ready(self, event: str) -> None:
        """Puts the small files where such a line may change them, before anybody is kept waiting for the line."""
        if event not in _WARC_EVENTS:
            notes = Notes.read(self._state)
            self._put_files(snapshot.files_of(self.folder, notes), notes)

    def commit(self, event: str, line: bytes) -> None:
        """Puts the ledger's next line, which follows the last one here; before it, where it may change them, the small
        files. Raises Fenced where another has written a line since."""
        number = sum(1 for _ in self._ledger) + 1
        head = hashlib.sha256(line).hexdigest()
        if event not in _WARC_EVENTS:
            self._take_snapshot(number, head)
        try:
            self.put_line(number, line, head)
        except Taken:
            raise self._fenced(f"line {number} of the ledger") from None

    def put_line(self, number: int, line: bytes, head: str) -> None:
        """Puts a line of the ledger, whose hash is its head."""
        self.objects.put(f"{_LEDGER}{number:08}.json", line, head)

    def acknowledged(self, name: str) -> None:
        """The file's line is in the ledger, and here too: what is in the store need not be here."""
        self.settled()
        (self.folder / "archive" / name).unlink(missing_ok=True)

    def settled(self) -> None:
        """The index here is what the parts of all files in the ledger give."""
        notes = Notes.read(self._state)
        notes.merged = sum(1 for _ in self._ledger)
        notes.index = sha256(self._index.path) if self._index.path.exists() else None
        notes.write(self._state)

    def push(self) -> None:
        """Puts the small files where they have changed since they last were: at the end of whatever wrote them."""
        lines = list(self._ledger)
        self._take_snapshot(len(lines), _hash(lines[-1]) if lines else _GENESIS)

    def _take_snapshot(self, ledger: int, head: str) -> None:
        notes = Notes.read(self._state)
        files = snapshot.files_of(self.folder, notes)
        base, index = notes.base, notes.index
        if self._index.path.exists() and (found := sha256(self._index.path)) != index:
            base = {"object": f"{_INDEXES}index.cdxj.{found[:16]}", "sha256": found, "ledger": notes.merged}
            self.objects.put(base["object"], self._index.path, found)
            index = found
        if base == notes.base and not snapshot.differ(files, notes.files):
            return
        self._put_files(files, notes)
        made = Snapshot(snapshot.next_key(notes.snapshot, ledger, head), files, base)
        data = made.dumps()
        try:
            self.objects.put(made.key, data, hashlib.sha256(data).hexdigest())
        except Taken:
            raise self._fenced(made.key) from None
        Notes(made.key, files, notes.merged, index, base).write(self._state)

    def _put_files(self, files: dict[str, Known], notes: Notes) -> None:
        for name, known in files.items():
            before = notes.files.get(name)
            if (before is None or before.sha256 != known.sha256) and known.object not in self._there:
                self.objects.put(known.object, self.folder / name, known.sha256)
                self._there.add(known.object)

    def _fenced(self, what: str) -> Fenced:
        return Fenced(
            f"{self.url} was written to by another machine meanwhile ({what} is not ours), so that nothing more is "
            f"written here. What was captured is kept in {self.folder}: run the same command again when the other is "
            "done"
        )

    # in: what was written elsewhere

    def pull(self) -> None:
        """Brings the ledger, the index and the small files up to what the store has. Changes of one's own stay, but
        for files that another has changed since.
        """
        for name in ("archive", "indexes", "dataset", "crawls", "packages", "state"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self._pull_ledger()
        notes = Notes.read(self._state)
        self._pull_snapshot(notes)
        self._pull_index(notes)
        notes.write(self._state)

    def _pull_ledger(self) -> None:
        self._ledger.mend()
        lines = list(self._ledger)
        names = self.objects.names(_LEDGER)
        expected = [f"{_LEDGER}{number:08}.json" for number in range(1, max(len(names), len(lines)) + 1)]
        if names != expected:  # all of them are looked at: what was acknowledged must be there
            strange = sorted({*names} ^ {*expected})[0]
            raise StoreError(
                f"{self.url}/{_LEDGER} is not whole, at {strange.removeprefix(_LEDGER)}: an object is missing or does "
                f"not belong there; put it back (its line may be in {self._ledger.path} of a machine)"
            )
        names = names[len(lines) :]
        if not names:
            return
        head = _hash(lines[-1]) if lines else _GENESIS
        fetched = self.objects.read_all(names)
        for name, line in zip(names, fetched, strict=True):
            if b"\n" in line or _previous(line) != head:
                raise DamagedRecord(
                    f"{self.url}/{name} does not follow line {len(lines)} of the ledger here, {self._ledger.path}: "
                    "one of the two was changed by another hand"
                )
            head = _hash(line)
        self._ledger.append([line + b"\n" for line in fetched])

    def _pull_snapshot(self, notes: Notes) -> None:
        heads = [_GENESIS, *map(_hash, self._ledger)]
        key = snapshot.newest(self.objects.names(snapshot.FOLDER), heads)
        if key is not None and key != notes.snapshot:
            self._apply(Snapshot.loads(key, self.objects.read(key)), notes)

    def _apply(self, found: Snapshot, notes: Notes) -> None:
        for name, known in found.files.items():
            before, path = notes.files.get(name), self.folder / name
            if before is not None and before.sha256 == known.sha256 and path.exists():
                known.mtime_ns = before.mtime_ns
                continue
            if not (path.is_file() and sha256(path) == known.sha256):
                self.objects.fetch(known.object, path, known.sha256)
            known.mtime_ns = path.stat().st_mtime_ns
        for name in notes.files.keys() - found.files.keys():
            (self.folder / name).unlink(missing_ok=True)
        if found.base is not None and found.base != notes.base:
            self.objects.fetch(found.base["object"], self._index.path, found.base["sha256"])
            notes.index, notes.merged = found.base["sha256"], int(found.base["ledger"])
        notes.base, notes.files, notes.snapshot = found.base, found.files, found.key

    def _pull_index(self, notes: Notes) -> None:
        """Takes in what the index lacks: the parts of files that were sealed since."""
        lines = list(self._ledger)
        names: list[str] = []
        for entry in map(json.loads, lines[notes.merged :]):
            if entry["event"] == "sealed":
                names.append(plain(entry["warc"]))
                self._fetch_members(entry["warc"], entry["members"])
            elif entry["event"] == "torn":
                kept = self.folder / _ARCHIVE / plain(entry["kept"])
                if not kept.exists():
                    with whole(kept) as file:
                        file.write(self.objects.read(_ARCHIVE + entry["kept"]))
        if names:
            parts = self.objects.read_all([f"{_INDEXES}{name}.cdxj" for name in names])
            self._index.merge(sorted(line for part in parts for line in part.splitlines(keepends=True)))
            sync_folder(self._index.path.parent)
            notes.index = sha256(self._index.path)
        notes.merged = len(lines)

    def _fetch_members(self, name: str, digest: str) -> None:
        path = self.folder / _INDEXES / f"{name}.members.jsonl"
        if not (path.is_file() and sha256(path) == digest):
            self.objects.fetch(_INDEXES + path.name, path, digest)


def _hash(line: bytes) -> str:
    return hashlib.sha256(line.rstrip(b"\n")).hexdigest()


def _previous(line: bytes) -> str | None:
    try:
        told = json.loads(line)
        return str(told["previous"])
    except (ValueError, KeyError, TypeError):
        return None
