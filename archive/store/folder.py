"""Where things lie in a collection: pywb's own layout, so that `wayback` serves the folder as it stands."""

from functools import cached_property
from pathlib import Path

from archive.errors import CollectionError
from archive.store.cdxj import Index
from archive.store.fence import Fence
from archive.store.journal import Journal
from archive.store.ledger import Ledger
from archive.store.names import OPEN, plain
from archive.store.remote import address
from archive.store.remote.ranges import RemoteFile, Stored
from archive.store.remote.remote import Remote

__all__ = ["OPEN", "Folder"]


class Folder:
    """The paths of one collection."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fence: Fence | None = None  # of whoever writes, where many machines might

    @property
    def name(self) -> str:
        return self.path.name

    @cached_property
    def remote(self) -> Remote | None:
        """The object store that the collection lies in, where it lies in one: then this folder works for it."""
        url = address.of_collection(self.state_dir)
        return Remote(url, self.path) if url else None

    @property
    def toml(self) -> Path:
        return self.path / "collection.toml"

    @property
    def archive_dir(self) -> Path:
        return self.path / "archive"

    @property
    def indexes_dir(self) -> Path:
        return self.path / "indexes"

    @property
    def dataset_dir(self) -> Path:
        return self.path / "dataset"

    @property
    def crawls_dir(self) -> Path:
        return self.path / "crawls"

    @property
    def packages_dir(self) -> Path:
        return self.path / "packages"

    @property
    def state_dir(self) -> Path:
        return self.path / "state"

    @property
    def index(self) -> Index:
        """The sorted index of all sealed files."""
        return Index(self.indexes_dir / "index.cdxj")

    @property
    def index_journal(self) -> Journal:
        """Index lines of the file that is open, in the order of writing."""
        return Journal(self.state_dir / "index.journal")

    @property
    def members_journal(self) -> Journal:
        """Members of the file that is open; it becomes `members_of` when the file is sealed."""
        return Journal(self.state_dir / "members.journal")

    @property
    def access_rules(self) -> Path:
        """What pywb may not show: of withheld publications. Derived."""
        return self.path / "acl" / "access-rules.aclj"

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.path / "ledger.jsonl", self.remote, self.fence)

    def members_of(self, warc: str) -> Path:
        """The list of a sealed file's members."""
        return self.indexes_dir / f"{plain(warc)}.members.jsonl"

    def resolve(self, warc: str) -> Stored:
        """The file of that name, sealed or still open; raises CollectionError where neither is there, or, of a
        collection in a store, when it is opened.
        """
        plain(warc)
        if self.remote:
            return RemoteFile(self.remote.url, self.archive_dir, warc)
        for path in (self.archive_dir / warc, self.archive_dir / (warc + OPEN), self.archive_dir / warc):
            if path.exists():  # the third look: it was sealed between the first two
                return path
        raise CollectionError(f"{self.archive_dir} has no file {warc}: put it back, or run `derive` without it")

    def sealed_warcs(self) -> list[str]:
        """The names of all files that are not being written, sorted. What only lies in a store, and was never
        acknowledged there, may be another writer's, and is none.
        """
        names = {path.name for path in self.archive_dir.glob("*.warc.gz")}
        if self.remote:
            names |= self.remote.warcs() & self.ledger.sealed()
        return sorted(names)

    def open_warcs(self) -> list[str]:
        """The names, without `.open`, of files that are being written or that a crash left."""
        return sorted(path.name.removesuffix(OPEN) for path in self.archive_dir.glob("*.warc.gz" + OPEN))
