"""Where things lie in a collection: pywb's own layout, so that `wayback` serves the folder as it stands."""

from pathlib import Path

from archive.errors import CollectionError
from archive.store.cdxj import Index
from archive.store.journal import Journal
from archive.store.ledger import Ledger

OPEN = ".open"  # at the end of a WARC's name while it is being written


class Folder:
    """The paths of one collection."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def name(self) -> str:
        return self.path.name

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
        return Ledger(self.path / "ledger.jsonl")

    def members_of(self, warc: str) -> Path:
        """The list of a sealed file's members."""
        return self.indexes_dir / f"{_plain(warc)}.members.jsonl"

    def resolve(self, warc: str) -> Path:
        """The file of that name, sealed or still open; raises CollectionError where neither is there."""
        _plain(warc)
        for path in (self.archive_dir / warc, self.archive_dir / (warc + OPEN), self.archive_dir / warc):
            if path.exists():  # the third look: it was sealed between the first two
                return path
        raise CollectionError(f"{self.archive_dir} has no file {warc}: put it back, or run `derive` without it")

    def sealed_warcs(self) -> list[str]:
        """The names of all files that are not being written, sorted."""
        return sorted(path.name for path in self.archive_dir.glob("*.warc.gz"))

    def open_warcs(self) -> list[str]:
        """The names, without `.open`, of files that are being written or that a crash left."""
        return sorted(path.name.removesuffix(OPEN) for path in self.archive_dir.glob("*.warc.gz" + OPEN))


def _plain(warc: str) -> str:
    """The name, which is a file's alone. Raises CollectionError: an index from elsewhere may name anything."""
    if not warc or warc in (".", "..") or any(sign in warc for sign in "/\\\0"):
        raise CollectionError(f"{warc!r} is no file's name: `derive` makes the index anew")
    return warc
