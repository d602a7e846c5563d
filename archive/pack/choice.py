"""From what an archivist names (a collection, a crawl, publications) to the records that belong into its package.

No record is left hanging: with a response go its request and metadata, with a revisit the original that it repeats,
with a page the files that it needs to be seen, with a publication its documents and every visit to any of its
addresses, and with all of them their warcinfo and the profile that they were read with.
"""

import json
from collections.abc import Container, Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from archive.dataset.crawls import Crawls
from archive.dataset.derive import PROFILE_URI, stored_profile
from archive.dataset.derived import key_of
from archive.dataset.jsonl import HISTORY
from archive.dataset.scope import CRAWLS_URI
from archive.dataset.worker import Underived, Workers
from archive.errors import BadPackage
from archive.institutes.profile import Profile
from archive.pack.selection import Selection
from archive.store import cdxj, warc
from archive.store.cdxj import IndexLine
from archive.store.collection import Collection
from archive.store.withheld import Withheld

CERTIFICATES_URI = "urn:policy-archive:certificate:"
_PAPERS = ("urls.jsonl", "log.jsonl")  # of a whole crawl: more than a part of it needs
_AT_A_TIME = 64  # captures that the workers are given
_READ = ("text/html", "application/xhtml+xml", "text/css")  # what names other files that it needs


def without(collection: Collection, selection: Selection, sealed: set[str], hidden: Container[str]) -> None:
    """What is withheld stays out, with its requests: the exchanges of these index keys."""
    for line in map(cdxj.parse, collection.index):
        if line.key in hidden and line.filename in sealed:
            record = warc.head(collection.resolve(line.filename), line.offset)
            selection.leave_out(line.filename, line.offset, record.ids("WARC-Concurrent-To"))


def of_collection(selection: Selection, sealed: set[str]) -> None:
    """All sealed WARCs."""
    for file in sorted(sealed):
        selection.take(file)


def of_crawl(collection: Collection, selection: Selection, sealed: set[str], crawl: str) -> None:
    """All WARCs of a crawl, and the originals of its revisits; raises BadPackage where it left none."""
    crawl_of = Crawls(collection)
    files = {file for file in sealed if crawl_of(file) == crawl}
    if not files:
        there = sorted({crawl_of(file) for file in sealed})
        raise BadPackage(f"{collection.name} has no crawl {crawl!r}: there are {', '.join(there) or 'none yet'}")
    for file in sorted(files):
        selection.take(file)
    exchanges = _Exchanges(collection, selection, sealed)
    for line in map(cdxj.parse, collection.index):
        if line.mime == cdxj.REVISIT and selection.holds(line.filename, line.offset):
            exchanges.add_original(line)
    for told in versions(collection):
        source = told["source"]
        if selection.holds(source["warc"], source["offset"]):
            for document in told["documents"]:
                if document["warc"] in sealed:
                    exchanges.add_at(document["warc"], document["offset"])
            for part in told["parts"]:
                if part["source"]["warc"] in sealed:
                    exchanges.add_at(part["source"]["warc"], part["source"]["offset"])
    exchanges.add_context(crawl_of)


def of_publications(
    collection: Collection,
    selection: Selection,
    sealed: set[str],
    idents: Iterable[str],
    workers: Workers | None = None,
) -> None:
    """Every visit to the publications' addresses and documents, and what their pages need; raises BadPackage where the
    dataset has no publication of such an id.
    """
    profile = stored_profile(collection)
    keys = _addresses(collection, profile, set(idents))
    exchanges = _Exchanges(collection, selection, sealed)
    pages: list[IndexLine] = []
    for line in map(cdxj.parse, collection.index):
        visit = line.status is not None or line.unmodified
        if line.filename in sealed and visit and key_of(line.url, profile) in keys:
            exchanges.add(line)
            pages.append(line)
    if workers is None:
        with Workers(collection.path, profile) as own:
            _Requisites(collection, exchanges, own).add(pages)
    else:
        _Requisites(collection, exchanges, workers).add(pages)
    exchanges.add_context(Crawls(collection))


def _addresses(collection: Collection, profile: Profile, wanted: set[str]) -> set[str]:
    """The keys of all addresses and documents of the publications, in any of their versions."""
    keys: set[str] = set()
    seen: set[str] = set()
    for told in versions(collection):
        if told["id"] in wanted:
            seen.add(told["id"])
            further = (*told["documents"], *told["parts"])
            named = [told["url"], *told["aliases"], *(one["url"] for one in further)]
            keys |= {key_of(url, profile) for url in named}
    if missing := sorted(wanted - seen):
        if why := Withheld.of(collection).publication(missing[0]):
            raise BadPackage(f"{missing[0]} is withheld since {why.at[:10]}: `policy-archive withhold --list` says why")
        where = collection.dataset_dir / HISTORY
        raise BadPackage(f"{collection.name} has no publication {missing[0]!r}: the ids stand in {where}")
    return keys


def versions(collection: Collection) -> Iterator[dict[str, Any]]:
    """The lines of history.jsonl, none where there is no dataset; raises BadPackage at one that cannot be read."""
    path = collection.dataset_dir / HISTORY
    if not path.exists():
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                told: dict[str, Any] = json.loads(line)
                _ = told["id"], told["url"], told["aliases"], told["source"]["warc"], told["source"]["offset"]
                _ = [document["warc"] for document in told["documents"]], [part["source"] for part in told["parts"]]
            except (ValueError, KeyError, TypeError):
                raise BadPackage(
                    f"{path} line {number} is not a line of the dataset: run `policy-archive derive`"
                ) from None
            yield told


class _Exchanges:
    """Adds records to the selection, each with those that it names."""

    def __init__(self, collection: Collection, selection: Selection, sealed: set[str]) -> None:
        self._collection = collection
        self._selection = selection
        self.sealed = sealed

    def add(self, line: IndexLine) -> bool:
        """The exchange that a capture belongs to, and the original where it is a revisit; False where it is in
        already.
        """
        return line.filename in self.sealed and self.add_at(line.filename, line.offset)

    def add_at(self, file: str, offset: int) -> bool:
        """The same, by its place alone."""
        if not self._selection.want(file, offset):
            return False
        record = warc.head(self._collection.resolve(file), offset)
        self._selection.want_ids(file, [*record.ids("WARC-Concurrent-To"), *record.ids("WARC-Warcinfo-ID")])
        if record.field("WARC-Type") == "revisit":
            self._add_original_of(record, file, offset)
        return True

    def add_original(self, line: IndexLine) -> None:
        """The original of a revisit that is in."""
        record = warc.head(self._collection.resolve(line.filename), line.offset)
        self._add_original_of(record, line.filename, line.offset)

    def _add_original_of(self, revisit: warc.Record, file: str, offset: int) -> None:
        original = self._original(revisit)
        if original is None:
            raise BadPackage(
                f"{file} at byte {offset} repeats a response that the collection does not hold: "
                "run `policy-archive verify`"
            )
        self.add(original)

    def _original(self, revisit: warc.Record) -> IndexLine | None:
        """Its line, found as `Originals` finds it, without reading what may be a large body."""
        wanted, date = set(revisit.ids("WARC-Refers-To")), revisit.need("WARC-Refers-To-Date")
        for line in self._collection.index.captures(revisit.need("WARC-Refers-To-Target-URI")):
            if line.mime == cdxj.REVISIT or line.filename not in self.sealed:
                continue
            record = warc.head(self._collection.resolve(line.filename), line.offset)
            if record.record_id in wanted or record.field("WARC-Date") == date:
                return line
        return None

    def add_context(self, crawl_of: Crawls) -> None:
        """What explains the parts: their profiles, settings, and the certificates of their connections."""
        files = set(self._selection.files())
        crawls = {crawl_of(file) for file in files}
        newest = max(self._collection.resources(PROFILE_URI), key=lambda line: line.timestamp, default=None)
        for line in self._collection.resources(PROFILE_URI):
            if line == newest or crawl_of(line.filename) in crawls:
                self.add(line)
        for line in self._collection.resources(CRAWLS_URI):
            if crawl_of(line.filename) in crawls and not any(f":{paper}" in line.url for paper in _PAPERS):
                self.add(line)
        for line in self._collection.resources(CERTIFICATES_URI):
            if line.filename in files:
                self.add(line)


class _Requisites:
    """Follows what pages need to be seen again: stylesheets, what these import, images, scripts, through redirects."""

    def __init__(self, collection: Collection, exchanges: _Exchanges, workers: Workers) -> None:
        self._collection = collection
        self._exchanges = exchanges
        self._workers = workers
        self._captures = lru_cache(maxsize=256)(self._captures_of)  # pages of a site share most of what they need

    def add(self, pages: list[IndexLine]) -> None:
        """What these pages need, and what that needs."""
        lines, hops = pages, 0
        while lines:
            found = []
            for line, url in self._needed(lines, redirects=hops > 0):
                nearest = self._nearest(url, line.timestamp)
                if nearest is not None and self._exchanges.add(nearest):
                    found.append(nearest)
            lines, hops = found, hops + 1

    def _needed(self, lines: list[IndexLine], redirects: bool) -> Iterator[tuple[IndexLine, str]]:
        """Each capture with each address that it names; the workers read several at a time."""
        remaining = (line for line in lines if _names_others(line))
        while batch := list(islice(remaining, _AT_A_TIME)):
            for line, future in [(line, self._workers.submit(line.location, links_only=True)) for line in batch]:
                try:
                    derived = future.result()
                except Underived:  # what it needs cannot be told; the capture itself is packed
                    continue
                yield from ((line, url) for url in derived.requisites)
                if redirects and derived.redirect_to:
                    yield line, derived.redirect_to

    def _nearest(self, url: str, timestamp: str) -> IndexLine | None:
        """The capture that a replay tool would show with a page of that time."""
        wanted = warc.target_uri(url)
        lines = self._captures(cdxj.key(wanted))
        return min(lines, key=lambda line: (_apart(line.timestamp, timestamp), line.url != wanted), default=None)

    def _captures_of(self, key: str) -> list[IndexLine]:
        lines = self._collection.index.prefix(f"{key} ")
        return [line for line in lines if line.status is not None and line.filename in self._exchanges.sealed]


def _names_others(line: IndexLine) -> bool:
    return line.mime == cdxj.REVISIT or (line.mime or "").startswith(_READ) or str(line.status).startswith("3")


def _apart(one: str, other: str) -> float:
    """Seconds between two times of 14 digits."""
    return abs((_moment(one) - _moment(other)).total_seconds())


def _moment(digits: str) -> datetime:
    return datetime.strptime(digits[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
