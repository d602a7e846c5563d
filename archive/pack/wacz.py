"""Making a package: a WACZ 1.1.1 file, of a collection, a crawl, or publications, that pywb, ReplayWeb.page and any
WARC tool can read.

    archive/                whole WARCs, or `part-of-…` with the members that are needed
    indexes/                index.cdx.gz, index.idx (ZipNum)
    pages/pages.jsonl       every version of every packed publication, with its title and text
    dataset/                the lines of the dataset that were read from packed records, and what their fields mean
    ledger/ledger.jsonl     of a whole collection: the chain that its files hang on; not where something is withheld
    datapackage.json        every file with its hash; datapackage-digest.json: the hash of that, and the signature

All is streamed: memory does not follow the package's size.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

from archive import __version__
from archive.dataset.jsonl import HISTORY
from archive.dataset.worker import Workers
from archive.errors import BadPackage, DamagedRecord
from archive.pack import choice, lines, zipnum
from archive.pack.container import PIECE, Container, Entry, room
from archive.pack.manifest import (
    DATASET,
    DESCRIBED,
    DIGEST,
    INDEX,
    LEDGER,
    MANIFEST,
    OURS,
    PAGES,
    SUMMARY,
    digest,
    manifest,
)
from archive.pack.selection import Selection, Warc
from archive.proof.key import Key
from archive.store import access
from archive.store.collection import Collection
from archive.store.ledger import GENESIS

SOFTWARE = f"policy-archive/{__version__}"
_NO_SEAL = "crawl first; what an unfinished crawl left is sealed by running it again"

Progress = Callable[[int, int], None]  # bytes of WARCs written, of how many


@dataclass(frozen=True, slots=True)
class Packed:
    """What a package holds."""

    path: Path
    size: int
    warcs: int
    records: int
    pages: int
    sha256: str  # of datapackage.json: whoever has noted it can tell the package from any other
    head: str  # of the collection's ledger
    signed_by: str | None  # the key's fingerprint
    withheld: int  # how many withholdings of the collection keep records out of it


def default_path(collection: Collection, at: datetime, crawl: str | None, publications: Sequence[str]) -> Path:
    """In the collection's packages/, with the time in its name."""
    part = f"-crawl-{crawl}" if crawl else "-publications" if publications else ""
    return collection.packages_dir / f"{collection.name}{part}-{at.astimezone(UTC):%Y%m%d%H%M%S}.wacz"


def pack(
    collection: Collection,
    to: Path | None = None,
    *,
    crawl: str | None = None,
    publications: Sequence[str] = (),
    key: Key | None = None,
    at: datetime | None = None,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> Packed:
    """Make the package of a collection's sealed WARCs, of one crawl, or of some publications.

    Raises BadPackage where there is nothing to pack or a name is unknown, DamagedRecord where a stored byte is not what
    it was.
    """
    if crawl is not None and publications:
        raise BadPackage("a package is of a crawl or of publications, not both: leave out --crawl or --publication")
    at = at or datetime.now(UTC)
    path = to or default_path(collection, at, crawl, publications)
    if path.suffix != ".wacz":
        raise BadPackage(f"{path}: a package's name ends in .wacz, or readers do not take it for one")
    ledger, head, sealed = _ledger(collection)
    if not sealed:
        raise BadPackage(f"{collection.name} holds no sealed WARC: {_NO_SEAL}")
    hidden = access.hidden(collection, at.astimezone(UTC).date())
    withheld = len({one.line for one in hidden.values()})
    with Selection(collection) as selection:
        if hidden:
            choice.without(collection, selection, set(sealed), hidden)
        if publications:
            choice.of_publications(collection, selection, set(sealed), publications, workers)
        elif crawl is not None:
            choice.of_crawl(collection, selection, set(sealed), crawl)
        else:
            choice.of_collection(selection, set(sealed))
        selection.settle()
        making = _Making(collection, selection, sealed, progress)
        size = sum(warc.size for warc in making.warcs)
        with room(path.parent, size), Container(path, at) as container:
            making.write(container)
            if crawl is None and not publications and all(warc.whole for warc in making.warcs):
                container.add(LEDGER, ledger)  # parts of WARCs are not what it has the hashes of
            about = _about(collection, crawl, publications, head, withheld)
            created = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
            described = manifest(container.entries, created, SOFTWARE, about)
            container.add(MANIFEST, described)
            container.add(DIGEST, digest(described, created, SOFTWARE, key))
    warcs = making.warcs
    return Packed(
        path=path,
        size=path.stat().st_size,
        warcs=len(warcs),
        records=sum(warc.records for warc in warcs),
        pages=making.pages,
        sha256=sha256(described).hexdigest(),
        head=head,
        signed_by=key.public.fingerprint if key else None,
        withheld=withheld,
    )


class _Making:
    """Writes what is chosen, entry by entry."""

    def __init__(
        self, collection: Collection, selection: Selection, sealed: dict[str, str], progress: Progress | None
    ) -> None:
        self.collection = collection
        self.selection = selection
        self.warcs = selection.warcs()
        self.pages = 0
        self._sealed = sealed
        self._progress = progress or (lambda done, of: None)
        self._total = sum(warc.size for warc in self.warcs)
        self._done = 0

    def write(self, container: Container) -> None:
        for warc in self.warcs:
            with container.entry(f"archive/{warc.name}", warc.size) as entry:
                if warc.whole:
                    self._whole(warc, entry)
                else:
                    self._part(warc, entry)
        self._index(container)
        self._pages(container)
        self._dataset(container)

    def _whole(self, warc: Warc, entry: Entry) -> None:
        with self.collection.resolve(warc.file).open("rb") as file:
            while piece := file.read(PIECE):
                entry.write(piece)
                self._wrote(len(piece))
        if entry.sha256 != self._sealed[warc.file]:
            raise _changed(warc.file, f"SHA-256 is {entry.sha256}, the ledger says {self._sealed[warc.file]}")

    def _part(self, warc: Warc, entry: Entry) -> None:
        with self.collection.resolve(warc.file).open("rb", buffering=0) as file:
            for offset, length, stated in self.selection.members(warc.file):
                hashed, end = sha256(), offset + length
                file.seek(offset)
                while offset < end and (piece := file.read(min(PIECE, end - offset))):
                    hashed.update(piece)
                    entry.write(piece)
                    offset += len(piece)
                if hashed.hexdigest() != stated:
                    raise _changed(warc.file, f"the record at byte {end - length} has another SHA-256 than when sealed")
                self._wrote(length)

    def _wrote(self, size: int) -> None:
        self._done += size
        self._progress(self._done, self._total)

    def _index(self, container: Container) -> None:
        size = self.collection.index.path.stat().st_size
        with SpooledTemporaryFile(PIECE) as summary:
            with container.entry(INDEX, 2 * size) as entry:
                index = lines.index(self.collection, self.selection)
                summary.writelines(zipnum.write(index, "index.cdx.gz", entry.write))
            length = summary.tell()
            summary.seek(0)
            with container.entry(SUMMARY, length) as entry:
                entry.copy(summary)

    def _pages(self, container: Container) -> None:
        dataset = self.collection.dataset_dir / HISTORY
        source = dataset if dataset.exists() else self.collection.index.path
        with container.entry(PAGES, 2 * source.stat().st_size + PIECE) as entry:
            for number, line in enumerate(lines.pages(self.collection, self.selection)):
                entry.write(line)
                self.pages = number  # the first line is no page

    def _dataset(self, container: Container) -> None:
        folder = self.collection.dataset_dir
        if not (folder / HISTORY).exists():
            return
        for name in DATASET:
            with container.entry(f"dataset/{name}", 2 * (folder / name).stat().st_size) as entry:
                for line in lines.dataset(folder / name, self.selection):
                    entry.write(line)
        for name, there in DESCRIBED.items():
            if (folder / there).exists():
                container.add(name, (folder / there).read_bytes())


def _ledger(collection: Collection) -> tuple[bytes, str, dict[str, str]]:
    """The ledger as it is now, its head, and the SHA-256 of each sealed file: a crawl may add lines meanwhile."""
    entries = list(collection.ledger)
    sealed = {entry["warc"]: str(entry["sha256"]) for entry in entries if entry["event"] == "sealed"}
    if not entries:
        return b"", GENESIS, sealed
    lines = collection.ledger.path.read_bytes().splitlines(keepends=True)[: len(entries)]
    return b"".join(lines), sha256(lines[-1].rstrip(b"\n")).hexdigest(), sealed


def _about(
    collection: Collection, crawl: str | None, publications: Sequence[str], head: str, withheld: int
) -> dict[str, Any]:
    """What the manifest says of the package beside its files."""
    meta = collection.meta
    part = f"crawl {crawl}" if crawl else ", ".join(publications)
    title = meta.title or collection.name
    told: dict[str, Any] = {"title": f"{title}: {part}" if part else title}
    if meta.operator:
        told["contributors"] = [{"title": meta.operator}]
    told[OURS] = {
        "collection": collection.name,
        "crawl": crawl,
        "publications": list(publications),
        "ledgerHead": head,
        **({"withheld": withheld} if withheld else {}),
        "rights": meta.rights or None,
        "contact": meta.contact or None,
    }
    return told


def _changed(file: str, detail: str) -> DamagedRecord:
    return DamagedRecord(
        f"archive/{file} is not what was sealed ({detail}): run `policy-archive verify`; nothing is packed"
    )
