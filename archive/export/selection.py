"""Which publications are exported, and how they are read: line by line, one at a time."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.dataset.jsonl import HISTORY, PUBLICATIONS
from archive.errors import ArchiveError, CollectionError
from archive.store.collection import Collection
from archive.store.ledger import GENESIS


class ExportError(ArchiveError):
    """An export or a release cannot be made as it was asked for; the message says how it can."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked for. Empty means all; days are YYYY-MM-DD and count as well. A publication whose day is not known
    is in no span of days.
    """

    kinds: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()  # it has one of them at least
    since: str | None = None
    until: str | None = None
    changed_since: str | None = None  # the version was first seen on that day (UTC) or after it
    ids: Mapping[str, frozenset[str]] | None = None  # by collection: those that a search found

    # The keys of a line that `wants` looks at, beside the collection's name.
    KEYS = ("id", "kind", "language", "tags", "published", "version")

    def wants(self, collection: str, told: Mapping[str, Any]) -> bool:
        """Whether a line is to be exported; `told` has the values of KEYS as the line has them."""
        published = told["published"]
        return not (
            (self.kinds and told["kind"] not in self.kinds)
            or (self.languages and told["language"] not in self.languages)
            or (self.tags and self.tags.isdisjoint(told["tags"]))
            or (self.since and (published is None or published < self.since))
            or (self.until and (published is None or published > self.until))
            or (self.changed_since and told["version"] < self.changed_since)
            or (self.ids is not None and told["id"] not in self.ids.get(collection, ()))
        )


@dataclass(frozen=True, slots=True)
class Source:
    """A collection that is exported."""

    collection: Collection
    versions: bool = False  # every version, and not the last of each alone

    @property
    def name(self) -> str:
        return self.collection.name

    @property
    def there(self) -> bool:
        """Whether there is a dataset."""
        return (self.collection.dataset_dir / PUBLICATIONS).is_file()

    @property
    def path(self) -> Path:
        """The file that is read. Raises CollectionError where there is none."""
        path = self.collection.dataset_dir / (HISTORY if self.versions else PUBLICATIONS)
        if not path.is_file():
            raise CollectionError(f"{path} is not there: `policy-archive derive {self.name}` makes it")
        return path

    @property
    def head(self) -> str | None:
        """The ledger's, None where it is empty."""
        head = self.collection.ledger.head()
        return None if head == GENESIS else head


@dataclass(frozen=True, slots=True)
class Record:
    """One line that is exported."""

    collection: str
    line: dict[str, Any]
    raw: bytes


def records(sources: list[Source], selection: Selection) -> Iterator[Record]:
    """The lines that were asked for, collection by collection, in the order of the dataset."""
    for source in sources:
        with source.path.open("rb") as file:
            for raw in file:
                line = json.loads(raw)
                if selection.wants(source.name, line):
                    yield Record(source.name, line, raw)
