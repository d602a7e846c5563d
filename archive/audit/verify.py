"""`verify`: all checks of a collection, in an order that tells causes before their effects."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from cryptography.x509 import Certificate

from archive.audit import attestations, chain
from archive.audit.finding import Finding, error, warning
from archive.audit.integrity import one
from archive.audit.inventory import Inventory
from archive.audit.members import Member
from archive.audit.readers import Readers
from archive.audit.reading import Reading
from archive.audit.record import REFETCH
from archive.audit.source import WarcFile, of_collection
from archive.errors import CollectionError, DamagedRecord
from archive.store.collection import Collection
from archive.store.withheld import Withheld

HISTORY = "history.jsonl"


class Audit(Reading):
    """One verification of a collection.

    `ident` limits it to one publication: the records that it was read from, and its lines. `only_bytes` derives
    nothing. `head` is a ledger's head that was written down elsewhere; `trust` the fingerprint of the key that must
    have signed the ledger, `roots` the certificates that its time-stamps must be below.
    """

    def __init__(
        self,
        collection: Collection,
        ident: str | None = None,
        only_bytes: bool = False,
        head: str | None = None,
        processes: int | None = None,
        trust: str | None = None,
        roots: Sequence[Certificate] = (),
    ) -> None:
        super().__init__(processes)
        self.vouched: list[attestations.Vouched] = []
        self._trust, self._roots = trust, roots
        self.collection = collection
        self.name = collection.name
        self._ident = ident
        self._only_bytes = only_bytes
        self._head = chain.known_head(head) if head is not None else None
        self._ledger = chain.Chain()

    @property
    def head(self) -> str:
        """The ledger's head: who writes it down elsewhere can hold the collection against it later."""
        return self._ledger.head

    def findings(self) -> Iterator[Finding]:
        """All that is not as it should be; what is being written meanwhile is left out."""
        return self.counted(self._all() if self._ident is None else self._one(self._ident))

    def _all(self) -> Iterator[Finding]:
        source = of_collection(self.collection)
        self.total = sum(warc.size for warc in source.warcs)
        if not source.warcs:
            detail = "no WARC: there is nothing to verify"
            yield warning("", "empty", detail, "crawl first, or name another collection")
        with Inventory() as inventory, Readers(self.total, self._processes) as readers:
            yield from self._chain()

            def sealed(warc: WarcFile, digest: str) -> Iterable[Finding]:
                return chain.check_file(self.collection, self._ledger, warc.name, digest, inventory)

            yield from self.records(source, inventory, readers, sealed)
            yield from chain.check_absent(self.collection, self._ledger)
        if not self._only_bytes:
            yield from chain.check_dataset(self.collection, self._ledger)
            yield from self._dataset(None)

    def _one(self, ident: str) -> Iterator[Finding]:
        """One publication, and the head if one was given."""
        yield from self._sources(ident)
        if self._head is not None or self._trust is not None:
            yield from self._chain()
        if not self._only_bytes:
            yield from self._dataset(ident)

    def _chain(self) -> Iterator[Finding]:
        yield from chain.read(self.collection.ledger.path, self._ledger)
        self.checked.ledger_lines = self._ledger.lines
        if self._head is not None:
            yield from chain.check_head(self._ledger, self._head)
        yield from attestations.check(self._ledger, self.vouched, self._trust, self._roots)

    def _dataset(self, ident: str | None) -> Iterator[Finding]:
        from archive.audit import derivation  # it loads all that extracts, which takes longer than a small check

        self.step = "dataset: deriving again"
        told = derivation.Derivation()
        try:
            yield from derivation.check(self.collection, told, ident)
        except (CollectionError, DamagedRecord) as problem:
            mend = "mend what is told above; a crawl stores the profile; `verify --bytes` leaves the dataset out"
            yield error("dataset", "underivable", str(problem), mend)
        summary = told.summary
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
            if why := Withheld.of(self.collection).publication(ident):
                raise CollectionError(
                    f"{ident} is withheld since {why.at[:10]}, so the dataset has no line of it; "
                    "`policy-archive verify` without an id checks its bytes with all others"
                )
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
            warc = WarcFile.of(self.collection.resolve(name), name)
        except CollectionError as problem:
            yield error(where, "file-missing", str(problem), "copy it back from a backup")
            return
        with warc.open() as file:
            member = Member(file, offset)
            record, findings = one(member, name)
        self.checked.records += 1
        self.checked.bytes += member.length
        for finding in findings:
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
