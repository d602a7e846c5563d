"""`verify FILE.wacz`: a package of anybody's, from its ZIP to the last line of text in it.

The container first, then manifest and signature, then the WARCs in it where they lie, by the same checks as a
collection's; then what leads to them: index, summary, pages, lines of a dataset, ledger.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from archive.audit import attestations, chain, layout
from archive.audit.finding import Finding, error, warning
from archive.audit.inventory import Inventory
from archive.audit.manifest import Manifest
from archive.audit.readers import Readers
from archive.audit.reading import Reading
from archive.audit.source import IndexFile, Source, WarcFile
from archive.errors import BadPackage, DamagedRecord
from archive.pack import zipnum
from archive.pack.directory import STORED, Directory, Entry
from archive.pack.manifest import DATASET, LEDGER, OURS, PAGES_FORMAT
from archive.store import cdxj

_MAKER = "the tool that made it breaks the standard: make the package again with another"
_FORGED = "do not trust the package: ask whoever made it for another copy"
_LEDGER_LIMIT = 1 << 30  # bytes: a line is 500, so of two million files
_PAGE_TYPES = "('response', 'revisit', 'resource')"


class Package(Reading):
    """One verification of a package. `findings()` does the work.

    `trust` is the fingerprint of the key that must have signed it, `head` a ledger's head that was written down.
    Raises BadPackage where there is no such file.
    """

    def __init__(
        self, path: Path, trust: str | None = None, head: str | None = None, processes: int | None = None
    ) -> None:
        super().__init__(processes)
        if not path.is_file():
            raise BadPackage(f"{path}: no such file; name a WACZ file that is there")
        self.path = path
        self.name = path.name
        self._trust = trust
        self._wanted_head = chain.known_head(head) if head is not None else None
        self._ledger = chain.Chain()
        self._manifest: Manifest | None = None

    @property
    def head(self) -> str:
        """Of the ledger in it."""
        return self._ledger.head

    @property
    def signed_by(self) -> str | None:
        """The fingerprint of the key whose signature holds for these bytes."""
        return self._manifest.signed_by if self._manifest else None

    @property
    def trusted(self) -> bool:
        """Whether that key is the one that was named."""
        return self._trust is not None and self.signed_by == self._trust

    @property
    def manifest(self) -> dict[str, Any]:
        """datapackage.json, as far as it could be read."""
        return self._manifest.told if self._manifest else {}

    def findings(self) -> Iterator[Finding]:
        """All that is not as it should be. Memory does not follow the package's size."""
        return self.counted(map(_told, self._all()))

    def container(self) -> Iterator[Finding]:
        """ZIP, manifest, hashes and signature alone: whether the files in it are those that were packed."""
        return self.counted(map(_told, self._container()))

    def _container(self) -> Iterator[Finding]:
        self.step = "container"
        try:
            directory = Directory(self.path)
        except BadPackage as problem:
            yield error(self.name, "zip", str(problem), "copy it again, or name a WACZ file")
            return
        unread: set[str] = set()
        for finding, entry in layout.check(directory):
            if entry is not None:
                unread.add(entry.name)
            yield finding
        self._directory, self._unread = directory, unread
        self._manifest = manifest = Manifest(directory)
        yield from manifest.read()
        yield from manifest.check_files(unread)
        yield from manifest.check_signature(self._trust)

    def _all(self) -> Iterator[Finding]:
        yield from self._container()
        if self._manifest is None:
            return
        warcs = [entry for entry in self._stored("archive") if entry.name.endswith(layout.WARCS)]
        indexes = [entry for entry in self._stored("indexes") if not entry.name.endswith(".idx")]
        broken: list[Finding] = []
        source = Source(
            name=self.name,
            warcs=tuple(self._warc(entry) for entry in warcs),
            indexes=tuple(IndexFile(one.name, partial(self._text, one, broken), own=False) for one in indexes),
            closed=True,
            prefix="archive/",
        )
        self.total = sum(warc.size for warc in source.warcs)
        with Inventory() as inventory, Readers(self.total, self._processes) as readers:
            yield from self.records(source, inventory, readers)
            yield from broken
            for entry in indexes:
                yield from self._record_digests(entry, inventory)
            for entry in self._stored("indexes"):
                if entry.name.endswith(".idx"):
                    yield from self._summary(entry)
            self.step = "pages"
            inventory.index_keys()
            for entry in self._entries("pages"):
                yield from self._pages(entry, inventory)
            self.step = "dataset"
            for entry in self._entries("dataset"):
                if OURS in self._manifest.told and entry.base in DATASET:
                    yield from self._dataset(entry, inventory)
        yield from self._ledger_findings()

    def _entries(self, folder: str) -> list[Entry]:
        """What can be read of a folder, each name once."""
        found = {
            entry.name: entry
            for entry in self._directory.entries
            if entry.folder == folder and not entry.is_folder and entry.name not in self._unread
        }
        return [found[name] for name in sorted(found)]

    def _stored(self, folder: str) -> list[Entry]:
        return [entry for entry in self._entries(folder) if entry.method == STORED or not entry.name.endswith(".gz")]

    def _warc(self, entry: Entry) -> WarcFile:
        begin = self._directory.start(entry)
        with self._directory.open(entry) as file:
            compressed = not file.read(5).startswith(b"WARC/")
        return WarcFile(entry.name.partition("/")[2], self.path, entry.size, begin, gzip=compressed)

    def _text(self, entry: Entry, broken: list[Finding]) -> Iterator[bytes]:
        """An index's lines, as far as they can be read."""
        try:
            yield from zipnum.lines_of(self._directory.pieces(entry))
        except (BadPackage, DamagedRecord) as problem:
            told = error(entry.name, "index-broken", str(problem), "make the index again from the WARCs")
            if told not in broken:
                broken.append(told)

    def _record_digests(self, entry: Entry, inventory: Inventory) -> Iterator[Finding]:
        """`recordDigest`, by which readers check a record that they load alone."""
        query = "SELECT sha256, type FROM named_record WHERE place = ? AND offset = ?"
        for number, line in enumerate(self._text(entry, []), 1):
            if b'"recordDigest"' not in line:
                continue
            try:
                fields = json.loads(line[line.index(b"{") :])
                place, stated = (fields["filename"], int(fields["offset"])), str(fields["recordDigest"])
            except (ValueError, KeyError, TypeError):
                continue  # told where the index is read
            found = _at(inventory, query, *place)
            if found is not None and stated.startswith("sha256:") and stated != f"sha256:{found[0]}":
                detail = f"the record in {place[0]} at byte {place[1]} is sha256:{found[0]}, the line says {stated}"
                yield error(entry.name, "index-digest", detail, _FORGED, line=number)

    def _summary(self, entry: Entry) -> Iterator[Finding]:
        """index.idx: each line against the block that it points at."""
        mend = "make the index again from the WARCs"
        blocks = self._directory.find(f"{entry.name.removesuffix('.idx')}.cdx.gz")
        if blocks is None or blocks.method != STORED:
            yield error(entry.name, "index-summary", "there is no index of blocks (.cdx.gz) beside it", mend)
            return
        end = 0
        with self._directory.open(blocks) as file:
            for number, line in enumerate(self._text(entry, []), 1):
                try:
                    block = zipnum.parse(line)
                    if block is None:
                        continue
                    if block.offset != end or block.length <= 0 or block.offset + block.length > blocks.size:
                        raise DamagedRecord(f"a block of {block.length} bytes at byte {block.offset}, not at {end}")
                    end = block.offset + block.length
                    if block.length > zipnum.MOST:
                        raise DamagedRecord(f"a block of {block.length:,} bytes")
                    file.seek(block.offset)
                    raw = file.read(block.length)
                    if block.digest is not None and block.digest != "sha256:" + hashlib.sha256(raw).hexdigest():
                        raise DamagedRecord(f"the block at byte {block.offset} has not the hash {block.digest}")
                    first = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(raw, 1 << 20).split(b"\n", 1)[0]
                    if not first.decode("utf-8", "replace").startswith(f"{block.prefix} "):
                        raise DamagedRecord(f"the block at byte {block.offset} begins otherwise: {first[:80]!r}")
                except (DamagedRecord, zlib.error) as problem:
                    yield error(entry.name, "index-summary", str(problem), mend, line=number)
                    return
        if end != blocks.size:
            detail = f"it ends at byte {end} of {blocks.size}: what lies behind is not found"
            yield error(entry.name, "index-summary", detail, mend)

    def _pages(self, entry: Entry, inventory: Inventory) -> Iterator[Finding]:
        """Each page is one of the captures."""
        query = f"SELECT 1 FROM record WHERE key = ? AND type IN {_PAGE_TYPES}"
        broken: list[Finding] = []
        for number, line in enumerate(self._text(entry, broken), 1):
            if not line.strip():
                continue
            told = _json(line)
            if told is None or (number > 1 and not {"url", "ts"} <= told.keys()):
                detail = f"not a line of a list of pages: {line[:80].decode('utf-8', 'replace')!r}"
                yield error(entry.name, "pages-line", detail, _MAKER, line=number)
            elif number == 1 and "url" not in told:
                if told.get("format") != PAGES_FORMAT:
                    detail = f"the first line says {told.get('format')!r}, not {PAGES_FORMAT!r}"
                    yield warning(entry.name, "pages-header", detail, _MAKER, line=number)
            else:
                url = _printable(str(told["url"]).partition("#")[0])
                if inventory.one(query, cdxj.key(url)) is None:
                    detail = f"{url} is in no WARC of the package"
                    yield error(entry.name, "pages-dangling", detail, _FORGED, line=number)
        yield from broken

    def _dataset(self, entry: Entry, inventory: Inventory) -> Iterator[Finding]:
        """Each line's source is a record of the package, and it is that record."""
        for number, line in enumerate(self._text(entry, []), 1):
            told = _json(line) or {}
            try:
                wanted = [(told["source"], told["source"]["record_id"], told["source"]["payload_digest"])]
                for part in told.get("parts") or ():
                    wanted.append((part["source"], part["source"]["record_id"], part["source"]["payload_digest"]))
                for document in told.get("documents") or ():
                    if document["warc"] is not None:
                        wanted.append((document, None, f"sha256:{document['sha256']}"))
            except (KeyError, TypeError, AttributeError):
                yield error(entry.name, "dataset-line", "not a line of the dataset", _FORGED, line=number)
                continue
            for pointer, ident, digest in wanted:
                if detail := _contradiction(pointer, ident, digest, inventory):
                    detail = f"{told.get('id')} was read from {detail}"
                    yield error(entry.name, "dataset-source", detail, _FORGED, line=number)

    def _ledger_findings(self) -> Iterator[Finding]:
        """The ledger's chain, and the hashes that it has of the WARCs."""
        entry = self._directory.find(LEDGER)
        if entry is None or entry.name in self._unread:
            if self._wanted_head is not None:
                mend = "ask for a package of the whole collection: parts hold no ledger"
                yield error(LEDGER, "ledger-head", "there is no ledger in it to hold the head against", mend)
            return
        assert self._manifest is not None
        with TemporaryDirectory(prefix="policy-archive-verify-") as folder:
            copy = Path(folder) / "ledger.jsonl"
            try:
                copy.write_bytes(self._directory.content(entry, _LEDGER_LIMIT))
            except BadPackage:
                return  # told where its hash is checked
            for finding in chain.read(copy, self._ledger):
                yield _elsewhere(finding)
        self.checked.ledger_lines = self._ledger.lines
        yield from map(_elsewhere, attestations.check(self._ledger, []))
        if self._wanted_head is not None:
            yield from map(_elsewhere, chain.check_head(self._ledger, self._wanted_head))
        ours = self._manifest.told.get(OURS)
        stated = ours.get("ledgerHead") if isinstance(ours, dict) else None
        if stated is not None and stated != self._ledger.head:
            detail = f"the manifest says that its head is {stated}, but it is {self._ledger.head}"
            yield error(LEDGER, "ledger-head", detail, _FORGED)
        for name, (number, line) in sorted(self._ledger.sealed.items()):
            found = self._manifest.hashes.get(f"archive/{name}")
            if found is not None and found != line.get("sha256"):
                detail = f"SHA-256 is {found}, the ledger (line {number}) says {line.get('sha256')}"
                yield error(f"archive/{name}", "file-hash", detail, _FORGED)


def _contradiction(pointer: dict[str, Any], ident: Any, digest: Any, inventory: Inventory) -> str | None:
    """What is wrong with a place that a line names, where it is not the record that it should be."""
    query = """SELECT id, CASE type WHEN 'revisit' THEN payload ELSE entity END FROM named_record
        WHERE place = ? AND offset = ?"""
    where = f"{pointer.get('warc')} at byte {pointer.get('offset')}"
    found = _at(inventory, query, pointer.get("warc"), pointer.get("offset"))
    if found is None:
        return f"{where}, where no record is"
    if ident is not None and str(found[0]).strip("<>") != str(ident).strip("<>"):
        return f"{ident}, but {found[0]} is in {where}"
    return f"{digest}, but {found[1]} is in {where}" if found[1] != digest else None


def _at(inventory: Inventory, query: str, name: Any, offset: Any) -> Any:
    """The record that a hostile line may name; None where there can be none."""
    if not isinstance(name, str) or not isinstance(offset, int) or not 0 <= offset < 1 << 63:
        return None
    return inventory.one(query, _printable(name), offset)


def _printable(text: str) -> str:
    """Without halves of surrogate pairs, which neither a terminal nor a database takes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _json(line: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _told(finding: Finding) -> Finding:
    """A finding that can be printed, whatever a hostile package is full of."""
    return replace(finding, where=_printable(finding.where), detail=_printable(finding.detail))


def _elsewhere(finding: Finding) -> Finding:
    """A finding of a collection's ledger, as one of the package's."""
    make = error if finding.level == "error" else warning
    return make(LEDGER, finding.rule, finding.detail, _FORGED, line=finding.line)
