"""`verify`: all checks of a collection, in an order that tells causes before their effects."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from archive.audit import chain, derivation, index, references, rules
from archive.audit.finding import Finding, Level, error, warning
from archive.audit.integrity import scan
from archive.audit.inventory import Inventory
from archive.audit.members import Member
from archive.audit.record import REFETCH, read
from archive.dataset.jsonl import HISTORY
from archive.errors import CollectionError, DamagedRecord
from archive.store.collection import Collection
from archive.store.folder import OPEN


@dataclass(slots=True)
class Counts:
    """How much was checked."""

    files: int = 0
    bytes: int = 0
    records: int = 0
    index_lines: int = 0
    ledger_lines: int = 0
    captures: int = 0  # derived again
    publications: int = 0
    versions: int = 0


class Audit:
    """One verification. `findings()` does the work; `step`, `done` and `total` (bytes) tell how far it is.

    `ident` limits it to one publication: the records that it was read from, and its lines. `only_bytes` derives
    nothing. `head` is a ledger's head that was written down elsewhere.
    """

    def __init__(
        self, collection: Collection, ident: str | None = None, only_bytes: bool = False, head: str | None = None
    ) -> None:
        self.collection = collection
        self.checked = Counts()
        self.errors = 0
        self.warnings = 0
        self.step = ""
        self.done = 0
        self.total = 0
        self._before = 0  # bytes of the files before the one that is read
        self._ident = ident
        self._only_bytes = only_bytes
        self._head = chain.known_head(head) if head is not None else None
        self._ledger = chain.Chain()
        self._derivation = derivation.Derivation()

    @property
    def head(self) -> str:
        """The ledger's head: who writes it down elsewhere can hold the collection against it later."""
        return self._ledger.head

    def findings(self) -> Iterator[Finding]:
        """All that is not as it should be.

        Memory does not follow the collection's size; what is being written meanwhile is left out.
        """
        for finding in self._all() if self._ident is None else self._one(self._ident):
            self.errors += finding.level is Level.ERROR
            self.warnings += finding.level is Level.WARNING
            yield finding

    def _all(self) -> Iterator[Finding]:
        with Inventory() as inventory:
            for finding in self._records(inventory):
                yield replace(finding, where=f"archive/{finding.where}")
            yield from self._index(inventory)
            self.step = "ledger"
            yield from self._chain()
            yield from chain.check_files(self.collection, self._ledger)
            yield from chain.check_members(self.collection, self._ledger, inventory)
        if not self._only_bytes:
            yield from chain.check_dataset(self.collection, self._ledger)
            yield from self._dataset(None)

    def _one(self, ident: str) -> Iterator[Finding]:
        """One publication, and the head if one was given."""
        yield from self._sources(ident)
        if self._head is not None:
            yield from self._chain()
        if not self._only_bytes:
            yield from self._dataset(ident)

    def _records(self, inventory: Inventory) -> Iterator[Finding]:
        folder = self.collection
        sealed, being_written = folder.sealed_warcs(), folder.open_warcs()
        paths = [(name, folder.archive_dir / name) for name in sealed]
        paths += [(name, folder.archive_dir / (name + OPEN)) for name in being_written]
        self.step = "records"
        self.total = sum(path.stat().st_size for _, path in paths if path.exists())
        for name, path in paths:
            self.step = f"records of {name}"
            if not path.exists():  # sealed since we looked
                path = folder.resolve(name)
            self._before = self.done
            yield from scan(path, name, inventory, path.suffix == OPEN, self._reached)
            self.done = self._before + path.stat().st_size
            self.checked.files += 1
            self.checked.bytes += path.stat().st_size
        inventory.finish()
        self.checked.records = inventory.one("SELECT count(*) FROM record")[0]
        if not paths:
            detail = "no WARC: there is nothing to verify"
            yield warning("", "empty", detail, "crawl first, or name another collection")
        self.step = "references"
        yield from references.check(inventory)

    def _reached(self, offset: int) -> None:
        self.done = self._before + offset

    def _index(self, inventory: Inventory) -> Iterator[Finding]:
        folder = self.collection
        self.step = "index"
        journal = list(folder.index_journal)
        yield from index.check_lines(self._counted(folder.index), index.INDEX, inventory)
        yield from index.check_lines(self._counted(journal), index.JOURNAL, inventory, is_journal=True)
        for finding in index.check_records(inventory, folder.open_warcs()):
            yield replace(finding, where=f"archive/{finding.where}")

    def _counted(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        for line in lines:
            self.checked.index_lines += 1
            yield line

    def _chain(self) -> Iterator[Finding]:
        yield from chain.read(self.collection.ledger.path, self._ledger)
        self.checked.ledger_lines = self._ledger.lines
        if self._head is not None:
            yield from chain.check_head(self._ledger, self._head)

    def _dataset(self, ident: str | None) -> Iterator[Finding]:
        self.step = "dataset: deriving again"
        try:
            yield from derivation.check(self.collection, self._derivation, ident)
        except (CollectionError, DamagedRecord) as problem:
            mend = "mend what is told above; a crawl stores the profile; `verify --bytes` leaves the dataset out"
            yield error("dataset", "underivable", str(problem), mend)
        summary = self._derivation.summary
        if summary is not None:
            self.checked.captures = summary.captures
            self.checked.publications = summary.publications
            self.checked.versions = summary.versions

    def _sources(self, ident: str) -> Iterator[Finding]:
        """The records that a publication's versions and documents point at."""
        self.step = f"records of {ident}"
        found = False
        seen: set[tuple[str, int, str]] = set()
        for number, version in self._versions(ident):
            found = True
            try:
                pointers = _pointers(version)
            except (KeyError, TypeError):
                detail = f"a version of {ident} does not say where it was read"
                mend = "the dataset is derived: run `policy-archive derive` to make it again from the WARCs"
                yield error(f"dataset/{HISTORY}", "dataset-line", detail, mend, line=number)
                continue
            for pointer in sorted(pointers - seen):
                yield from self._source(ident, *pointer)
            seen |= pointers
        if not found:
            raise CollectionError(
                f"{self.collection.name} has no publication {ident!r}: the ids stand in its dataset/{HISTORY}"
            )

    def _versions(self, ident: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """The publication's lines of history.jsonl, with their numbers; unreadable ones are `derivation`'s to tell."""
        path = self.collection.dataset_dir / HISTORY
        if not path.exists():
            return
        wanted = json.dumps(ident, ensure_ascii=False).encode()
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if wanted not in line:
                    continue
                with suppress(ValueError, AttributeError):
                    version = json.loads(line)
                    if version.get("id") == ident:
                        yield number, version

    def _source(self, ident: str, name: str, offset: int, digest: str) -> Iterator[Finding]:
        where = f"archive/{name}"
        try:
            path = self.collection.resolve(name)
        except CollectionError as problem:
            yield error(where, "file-missing", str(problem), "copy it back from a backup")
            return
        with path.open("rb") as file:
            member = Member(file, offset)
            record, findings = read(member, name)
        self.checked.records += 1
        self.checked.bytes += member.length
        for finding in [*findings, *(rules.check(record) if record is not None else ())]:
            yield replace(finding, where=where)
        if record is not None and record.type != "revisit" and record.entity_digest != digest:
            detail = f"{ident} says that it was read from {digest}, but the record here holds {record.entity_digest}"
            yield error(where, "source-digest", detail, REFETCH, offset=offset)


def _pointers(version: dict[str, Any]) -> set[tuple[str, int, str]]:
    """File, offset and digest of each record that a version was read from: its page and its documents."""
    source = version["source"]
    sources = [source, *(part["source"] for part in version["parts"])]
    pointers = {(source["warc"], source["offset"], source["payload_digest"]) for source in sources}
    for document in version["documents"]:
        if document["warc"] is not None:
            pointers.add((document["warc"], document["offset"], f"sha256:{document['sha256']}"))
    return pointers


def verify(
    collection: Collection, ident: str | None = None, only_bytes: bool = False, head: str | None = None
) -> Iterator[Finding]:
    """The findings of an Audit, for those who need no counts."""
    return Audit(collection, ident, only_bytes, head).findings()
