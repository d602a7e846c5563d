"""From WARCs to dataset: what is not derived yet is derived, then publications and history are assembled and written
whole.

`crawl`, `derive` and `verify` all come through here, so that they cannot disagree.
"""

import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby, islice
from pathlib import Path

from archive.dataset import scope
from archive.dataset.assemble import Assembled, assemble
from archive.dataset.batch import shard
from archive.dataset.batch.job import Engine, Job
from archive.dataset.batch.local import Here, Local
from archive.dataset.crawls import Crawls
from archive.dataset.derived import never_a_page
from archive.dataset.derived_by import derived_by, fingerprint
from archive.dataset.hiding import Hiding
from archive.dataset.jsonl import DatasetWriter, digests
from archive.dataset.pages import PageStore
from archive.dataset.worker import Workers, default_processes
from archive.errors import CollectionError
from archive.extract.pdf import UNREAD
from archive.institutes import registry
from archive.institutes.profile import Profile
from archive.store import access
from archive.store.access import Rules
from archive.store.cdxj import IndexLine
from archive.store.collection import Collection
from archive.store.withheld import LIFTED, WITHHELD, Withheld

PAGES = "pages.sqlite"  # in state/
PROFILE_URI = "urn:policy-archive:profile:"  # of the resource record, with the SHA-256 behind it
DERIVED = "derived"  # a line of the ledger: the dataset's hashes after something was withheld or lifted
SHARDS = "shards"  # beside the page store, while captures are read
STRETCH = 500  # captures of a WARC that are read as one job
FEW = 1000  # captures, up to which processes of their own would take longer to start than they save

Progress = Callable[[int, int], None]  # derived so far, of how many
Wanted = Callable[[IndexLine], bool]
By = int | Workers | Engine  # a number of processes, workers that run already, or an engine


@dataclass
class Summary:
    """What a derivation did, and what the dataset holds now."""

    captures: int = 0  # index lines that may be a page or a document
    derived: int = 0
    reused: int = 0
    underived: dict[str, str] = field(default_factory=dict)  # `warc:offset` → why
    publications: int = 0
    versions: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)  # distinct files: `read`, or the code why not
    withheld: int = 0  # publications that the ledger keeps out of the dataset

    def count(self, assembled: Assembled) -> None:
        latest = assembled.latest
        self.publications += 1
        self.versions += len(assembled.versions)
        self.kinds[str(latest.kind)] += 1
        self.languages[latest.language or "unknown"] += 1
        self.states[str(latest.state)] += 1
        self.warnings.update(latest.warnings)


def derive(
    collection: Collection,
    profile: Profile | None = None,
    workers: By | None = None,
    progress: Progress | None = None,
    *,
    rebuild: bool = False,
    at: datetime | None = None,
) -> Summary:
    """Brings the page store up to date with the index and writes the dataset. The same WARCs and tools
    give the same bytes.

    `profile` is the newest one that is stored in the WARCs unless given. `workers` is a number of processes, workers
    that run already, or an engine.
    With `rebuild`, index and page store are made anew from the WARCs alone. What was withheld until a day that has come
    `at` this time is lifted first, by a line of the ledger; the dataset follows from the ledger's lines alone.
    """
    path = collection.state_dir / PAGES
    at = at or datetime.now(UTC)
    with collection.lock():
        if rebuild:
            collection.rebuild_index()
            PageStore.delete(path)
        profile = profile or stored_profile(collection)
        _lift(collection, at)
        try:
            summary, rules = _derive_at(path, collection, profile, workers, progress)
        except sqlite3.OperationalError:
            raise  # locked, no rights, disk full: nothing that a new store would mend
        except sqlite3.DatabaseError:  # damaged somewhere inside, and derived as a whole
            PageStore.delete(path)
            summary, rules = _derive_at(path, collection, profile, workers, progress)
        access.write(collection.access_rules, rules)
        if _unpublished(collection):
            collection.ledger.append(DERIVED, at, dataset=digests(collection.dataset_dir))
        return summary


def _derive_at(
    path: Path,
    collection: Collection,
    profile: Profile,
    workers: By | None,
    progress: Progress | None,
) -> tuple[Summary, Rules]:
    with PageStore(path) as store:
        return derive_into(store, collection.dataset_dir, collection, profile, workers, progress)


def _lift(collection: Collection, at: datetime) -> None:
    """Ends what was withheld until today, or an earlier day."""
    for one in Withheld.of(collection):
        if one.due(at.astimezone(UTC).date()):
            why = f"it was withheld until {one.until}"
            collection.ledger.append(LIFTED, at, lifts=one.line, id=one.id, reason=why, by="policy-archive")


def _unpublished(collection: Collection) -> bool:
    """Whether something was withheld or lifted since the ledger last had the dataset's hashes."""
    pending = False
    for entry in collection.ledger:
        if entry["event"] in (WITHHELD, LIFTED):
            pending = True
        elif entry["event"] in ("crawl", DERIVED) or (entry["event"] == "saved" and entry.get("dataset")):
            pending = False
    return pending


def derive_into(
    store: PageStore,
    folder: Path,
    collection: Collection,
    profile: Profile,
    workers: By | None = None,
    progress: Progress | None = None,
    wanted: Wanted | None = None,
) -> tuple[Summary, Rules]:
    """Derives the captures of a collection into any store, and writes the dataset into any folder. `wanted` leaves
    captures out. Returns also what replay may not show; nothing where captures are left out.
    """
    summary = Summary()
    kinds = scope.kinds(collection)
    tools = derived_by(registry.digest(profile))
    mark = fingerprint(tools)
    lines = (line for line in collection.captures() if may_be_page(line) and (wanted is None or wanted(line)))
    summary.captures = store.sift((line.location for line in lines), mark)
    summary.reused = len(store)
    if summary.reused < summary.captures:
        _fill(store, collection, profile, workers, mark, summary, progress)
    withheld = Withheld.of(collection)
    hiding = Hiding(withheld, profile)
    with DatasetWriter(folder, collection.name, collection.meta.title or None) as writer:
        for assembled in assemble(store, profile, tools, Crawls(collection), withheld):
            if withheld:
                hiding.see(assembled)
            if assembled.withheld is not None:
                summary.withheld += 1
                continue
            if kinds is not None and assembled.latest.kind not in kinds:
                continue
            writer.add(assembled.versions)
            summary.count(assembled)
    summary.documents.update(_documents(store))
    return summary, hiding.rules(store, collection) if withheld and wanted is None else {}


def _documents(store: PageStore) -> Counter[str]:
    """The distinct files that were captured whole, by what came of them."""
    found: Counter[str] = Counter()
    query = """SELECT warnings, count(DISTINCT sha256) FROM page
        WHERE role = 'document' AND status = 200 AND truncated IS NULL GROUP BY warnings"""
    for warnings, count in store.connection.execute(query):
        codes = json.loads(warnings)
        unread = [code for code in codes if code in UNREAD]
        found[unread[0].removeprefix("document_") if unread else "read in part" if codes else "read"] += count
    return found


def stored_profile(collection: Collection) -> Profile:
    """The profile that the newest crawl stored in the WARCs."""
    stored = collection.resource(PROFILE_URI)
    if stored is None:
        raise CollectionError(
            f"{collection.path} holds no institute's profile: name one, as in `derive --institute NAME`"
        )
    return registry.loads(stored.body)


def may_be_page(line: IndexLine) -> bool:
    """Whether a capture has to be read: images, fonts, styles and scripts are told by their media type, and our own
    resources by their URL.
    """
    if (line.status is None and not line.unmodified) or not line.url.startswith(("http://", "https://")):
        return False
    return not never_a_page(line.status, line.mime)


def _fill(
    store: PageStore,
    collection: Collection,
    profile: Profile,
    workers: By | None,
    mark: str,
    summary: Summary,
    progress: Progress | None,
) -> None:
    """Derives captures into shards, and inserts each of them when it is there. One that a derivation left which was
    killed is taken as it is."""
    left = summary.captures - summary.reused
    done = 0

    def step(count: int) -> None:
        nonlocal done
        done += count
        if progress:
            progress(done, left)

    folder = store.path.parent / SHARDS
    with _engine(workers, collection, profile, left) as engine:
        for outcome in engine.run(_jobs(store, collection, profile, mark, folder), step):
            store.add(map(shard.derived, shard.lines(outcome)), mark)
            summary.derived += outcome.counts.derived
            for one in outcome.failures:
                reason = f"{one.warc} at byte {one.offset}: {one.reason}"
                summary.underived[f"{one.warc}:{one.offset}"] = reason
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _engine(workers: By | None, collection: Collection, profile: Profile, left: int) -> Iterator[Engine]:
    if isinstance(workers, Workers):
        yield Here(workers)
    elif workers is not None and not isinstance(workers, int):
        yield workers
    elif left > FEW:
        yield Local(workers)
    else:
        with Workers(collection.path, profile, min(workers or default_processes(), left)) as own:
            yield Here(own)


def _jobs(store: PageStore, collection: Collection, profile: Profile, mark: str, folder: Path) -> Iterator[Job]:
    """What is to be read, in stretches: rows may be added meanwhile."""
    stored = registry.dumps(profile)
    for warc, places in groupby(store.missing(), key=lambda location: location.warc):
        while stretch := tuple((one.offset, one.length) for one in islice(places, STRETCH)):
            yield Job(warc, warc, str(folder), mark, profile=stored, collection=str(collection.path), members=stretch)
