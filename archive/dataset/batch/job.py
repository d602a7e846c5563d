"""What an engine is given, and what comes of it. Both can be pickled."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from archive.dataset.worker import MEMORY_LIMIT, TIME_LIMIT

TRIES = 3  # of a record, or of a whole WARC, whose process was killed
Step = Callable[[int], None]  # hears how many records more were read


@dataclass(frozen=True, slots=True)
class Job:
    """One WARC that is to be read into one shard.

    The same job gives the same bytes, whoever does it: all that shapes them is in it, beside the installed programs,
    which `tools` names.
    """

    warc: str  # what the shard calls it
    place: str  # a path or a URL; where `collection` says, the name of one of its files
    into: str  # the folder, or its URL, that the shard is put into
    tools: str  # derived_by.fingerprint
    profile: bytes | None = None  # registry.dumps; without one, each page is read as its host's own
    collection: str | None = None  # the path of the collection that the file is part of
    members: tuple[tuple[int, int], ...] | None = None  # offset, length: read these alone; else the file is walked
    size: int = 0  # bytes of the file: a changed file is another job
    hidden: frozenset[str] = frozenset()  # index keys of what is withheld
    parquet: bool = False
    time_limit: float = TIME_LIMIT
    memory_limit: int = MEMORY_LIMIT
    functions: Mapping[str, str] = field(default_factory=dict)  # for tests: see Workers

    @property
    def name(self) -> str:
        """The shard's, without a suffix: told from what is read and by which tools, never from when or where."""
        told = [self.warc, self.size, self.tools, self.members, sorted(self.hidden), self.parquet]
        mark = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
        return f"{self.warc.replace('/', '_').removesuffix('.gz').removesuffix('.warc')}-{mark}"


@dataclass(frozen=True, slots=True)
class Failure:
    """A record that could not be read; without an offset, a whole WARC that was set aside."""

    warc: str
    offset: int | None
    reason: str


@dataclass(slots=True)
class Counts:
    """What became of the records of a WARC: `records` is the sum of all others."""

    records: int = 0
    derived: int = 0
    skipped: Counter[str] = field(default_factory=Counter)  # by why
    failed: int = 0

    @property
    def balanced(self) -> bool:
        return self.records == self.derived + self.skipped.total() + self.failed

    def add(self, other: "Counts") -> None:
        self.records += other.records
        self.derived += other.derived
        self.skipped += other.skipped
        self.failed += other.failed

    def told(self) -> dict[str, Any]:
        """As JSON has it."""
        skipped = dict(sorted(self.skipped.items()))
        return {"records": self.records, "derived": self.derived, "skipped": skipped, "failed": self.failed}


@dataclass(frozen=True, slots=True)
class Written:
    """A file of a shard."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job."""

    job: Job
    counts: Counts
    failures: tuple[Failure, ...] = ()
    files: tuple[Written, ...] = ()
    reused: bool = False  # the shard was there
    aside: str | None = None  # why the WARC has no shard: whoever read it was killed, or failed, three times


class Engine(Protocol):
    """Runs jobs, as many at a time as it can; yields what came of each, in the order in which they end."""

    def run(self, jobs: Iterable[Job], step: Step) -> Iterator[Outcome]: ...


def set_aside(job: Job, reason: str) -> Outcome:
    """A WARC that nobody could read to its end: it counts as what is known of it to be in it."""
    why = f"set aside after {TRIES} tries: {reason}"
    if job.members is None:
        failures = [Failure(job.warc, None, why)]
    else:
        failures = [Failure(job.warc, offset, why) for offset, _ in job.members]
    counts = Counts(records=len(failures), failed=len(failures))
    return Outcome(job, counts, tuple(failures), aside=why)
