"""Every publication of a collection, or of a crawl, loaded from the archive alone: does it replay, and what of it is
missing?
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.dataset.crawls import Crawls
from archive.dataset.derive import stored_profile
from archive.dataset.jsonl import PUBLICATIONS
from archive.errors import ArchiveError, CollectionError, DamagedRecord
from archive.extract.extract import links_only
from archive.institutes.profile import Profile
from archive.replay.check import look
from archive.replay.server import Wayback
from archive.store.collection import Collection
from archive.store.exchange import Location


@dataclass(frozen=True, slots=True)
class Replayed:
    """One publication. `missing` are the requisites (pictures, styles, scripts, fonts) that the archive has no good
    capture of; `requisites` counts all that the page names itself.
    """

    id: str
    url: str
    at: str  # 14 digits: the capture that was loaded
    ok: bool
    detail: str
    requisites: int
    missing: tuple[str, ...]


class Survey:
    """Loads them one after the other; holds one at a time."""

    def __init__(self, collection: Collection, crawl: str | None = None) -> None:
        self._collection = collection
        self._crawl = crawl
        self._crawl_of = Crawls(collection)
        self._profile: Profile | None = None

    def __iter__(self) -> Iterator[Replayed]:
        self._profile = stored_profile(self._collection)
        with Wayback(self._collection) as wayback:
            for line in self._lines():
                yield self._replayed(wayback, line)

    def count(self) -> int:
        """How many there are."""
        return sum(1 for _ in self._lines())

    def _lines(self) -> Iterator[dict[str, Any]]:
        path: Path = self._collection.dataset_dir / PUBLICATIONS
        if not path.is_file():
            raise ArchiveError(f"{path} is not there: `policy-archive derive {self._collection.name}` makes it")
        with path.open(encoding="utf-8") as file:
            for line in map(json.loads, file):
                if self._crawl is None or self._crawl_of(line["source"]["warc"]) == self._crawl:
                    yield line

    def _replayed(self, wayback: Wayback, line: dict[str, Any]) -> Replayed:
        source = line["source"]
        at = "".join(one for one in source["captured_at"] if one.isdigit())[:14]
        try:
            capture = self._collection.read(Location(source["warc"], source["offset"], source["length"]))
        except (DamagedRecord, CollectionError) as problem:  # it costs itself alone
            return Replayed(line["id"], line["url"], at, False, str(problem), 0, ())
        result = look(wayback.content(capture.url, at), capture.url, line["title"] or "")
        needed = links_only(capture, self._profile).requisites if self._profile else ()
        missing = tuple(url for url in needed if not self._held(url))
        return Replayed(line["id"], capture.url, at, result.ok, result.detail, len(needed), missing)

    def _held(self, url: str) -> bool:
        """Whether the archive can answer for an address: whole, unchanged since, or by a redirect."""
        return any(line.status is not None and line.status < 400 for line in self._collection.captures_of(url))
