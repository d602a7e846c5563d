"""`verify FILE.wacz`: a package of anybody's, from its ZIP to the last line of text in it.

The container first, then manifest and signature, then the WARCs in it where they lie, by the same checks as a
collection's; then what leads to them: index, summary, pages, lines of a dataset, ledger.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from archive.audit import attestations, chain, layout
from archive.audit.contents import Contents, printable, text
from archive.audit.finding import Finding, error, warning
from archive.audit.inventory import Inventory
from archive.audit.manifest import Manifest
from archive.audit.readers import Readers
from archive.audit.reading import Reading
from archive.audit.source import IndexFile, Source, WarcFile
from archive.errors import BadPackage
from archive.pack.directory import Directory, Entry
from archive.pack.manifest import DATASET, LEDGER, OURS

_FORGED = "do not trust the package: ask whoever made it for another copy"


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
        if names := [entry.name for entry in directory.packages]:
            detail = f"it is no package but a ZIP of {len(names)}, a multi-WACZ: {', '.join(names[:5])}"
            yield error(self.name, "multi-wacz", detail, "unzip it, and name each of them; `replay` shows it as it is")
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
        indexes = [entry for entry in self._entries("indexes") if not entry.name.endswith(".idx")]
        broken: list[Finding] = []
        source = Source(
            name=self.name,
            warcs=tuple(self._warc(entry) for entry in warcs),
            indexes=tuple(
                IndexFile(one.name, partial(text, self._directory, one, broken), own=False) for one in indexes
            ),
            closed=True,
            prefix="archive/",
        )
        self.total = sum(warc.size for warc in source.warcs)
        with Inventory() as inventory, Readers(self.total, self._processes) as readers:
            yield from self.records(source, inventory, readers)
            yield from broken
            yield from self._contents(Contents(self._directory, inventory), indexes)
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
        """Those whose bytes lie in the file as they are; others are told of by the container's check."""
        return [entry for entry in self._entries(folder) if self._directory.is_stored(entry)]

    def _contents(self, contents: Contents, indexes: list[Entry]) -> Iterator[Finding]:
        for entry in indexes:
            yield from contents.record_digests(entry)
        blocks = {entry.name: entry for entry in self._stored("indexes")}
        for entry in self._entries("indexes"):
            if entry.name.endswith(".idx"):
                yield from contents.summary(entry, blocks.get(f"{entry.name.removesuffix('.idx')}.cdx.gz"))
        self.step = "pages"
        for entry in self._entries("pages"):
            yield from contents.pages(entry)
        self.step = "dataset"
        for entry in self._entries("dataset"):
            if OURS in self.manifest and entry.base in DATASET:
                yield from contents.dataset(entry)

    def _warc(self, entry: Entry) -> WarcFile:
        begin = self._directory.start(entry)
        with self._directory.open(entry) as file:
            compressed = not file.read(5).startswith(b"WARC/")
        return WarcFile(entry.name.partition("/")[2], self.path, entry.size, begin, gzip=compressed)

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
                with copy.open("wb") as file:
                    file.writelines(self._directory.pieces(entry))
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


def _told(finding: Finding) -> Finding:
    """A finding that can be printed, whatever a hostile package is full of."""
    return replace(finding, where=printable(finding.where), detail=printable(finding.detail))


def _elsewhere(finding: Finding) -> Finding:
    """A finding of a collection's ledger, as one of the package's."""
    make = error if finding.level == "error" else warning
    return make(LEDGER, finding.rule, finding.detail, _FORGED, line=finding.line)
