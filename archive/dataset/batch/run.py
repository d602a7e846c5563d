"""The pure function from a WARC to its shard. Records are read in processes of their own, so that a page that hangs,
fills memory or ends its process costs itself alone, the same whichever engine is at work.
"""

import json
import re
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from archive.dataset.batch import files, shard
from archive.dataset.batch.files import Target
from archive.dataset.batch.job import TRIES, Counts, Failure, Job, Outcome, Step
from archive.dataset.batch.reading import Read
from archive.dataset.batch.shard import ShardWriter
from archive.dataset.derived import never_a_page
from archive.dataset.worker import Underived, Workers
from archive.errors import DamagedRecord
from archive.institutes import registry
from archive.institutes.profile import Profile
from archive.store import cdxj, foreign, http
from archive.store.exchange import Location

_AHEAD = 4  # captures a reading process that wait for it, where there are several
_STEP = 20  # records between two words to whoever waits
_READER = "archive.dataset.batch.reading:PageReader"
_OPENER = "archive.dataset.batch.reading:open_files"
_WHERE = re.compile(r"\A.* at byte \d+: ", re.DOTALL)


def derive_warc(job: Job, workers: Workers, step: Step) -> Outcome:
    """Reads a WARC, or the members of it that are named, and puts its shard into the job's folder. Where that is
    already, nothing is done.

    `workers` are `workers_for` this job. One of them is waited for: whoever runs this beside them uses one processor.
    """
    done = shard.there(job)
    if done is not None:
        return done
    with Target(job.into).working() as folder:
        writer = ShardWriter(job, folder)
        try:
            reading = _Reading(job, workers, writer, step)
            reading.run()
            return writer.finish(reading.counts, sorted(reading.failures, key=lambda one: one.offset or 0))
        finally:
            writer.close()


def workers_for(job: Job, processes: int = 1) -> Workers:
    """Processes that read the captures of this job and of all that differ in their WARC alone."""
    profile = registry.loads(job.profile) if job.profile else Profile()
    own = {"reader": _READER} if job.collection else {"reader": _READER, "opener": _OPENER}
    return Workers(
        Path(job.collection or "."), profile, processes, time_limit=job.time_limit, memory_limit=job.memory_limit,
        functions=own | dict(job.functions),
    )  # fmt: skip


class HeldWorkers:
    """The workers of a process that does one job after another: started once, and anew where a job asks for others."""

    def __init__(self) -> None:
        self._of: tuple[Any, ...] | None = None
        self._workers: Workers | None = None

    def get(self, job: Job, processes: int = 1) -> Workers:
        functions = json.dumps(dict(job.functions), sort_keys=True)
        wanted = (job.profile, job.collection, job.time_limit, job.memory_limit, functions, processes)
        if self._workers is None or self._of != wanted:
            self.stop()
            self._workers, self._of = workers_for(job, processes), wanted
        return self._workers

    def stop(self) -> None:
        if self._workers is not None:
            self._workers.stop()
            self._workers = None


class _Reading:
    def __init__(self, job: Job, workers: Workers, writer: ShardWriter, step: Step) -> None:
        self.counts = Counts()
        self.failures: list[Failure] = []
        self._job = job
        self._workers = workers
        self._writer = writer
        self._step = step
        self._told = 0
        self._waiting: deque[tuple[Location, Future[Any]]] = deque()

    def run(self) -> None:
        processes = self._workers.processes
        ahead = 1 if processes == 1 else _AHEAD * processes
        for location in self._locations():
            while len(self._waiting) >= ahead:
                self._take()
            self._waiting.append((location, self._submit(location)))
        while self._waiting:
            self._take()
        self._step(self.counts.records - self._told)

    def _locations(self) -> Iterator[Location]:
        if self._job.members is not None:
            for offset, length in self._job.members:
                self._count()
                yield Location(self._job.warc, offset, length)
            return
        with files.opened(self._job.place) as file:
            for head in foreign.walk(file):
                self._count()
                why = head.broken or _skipped(head, self._job.hidden)
                if head.broken is not None:
                    self._fail(head.offset, head.broken)
                elif why is not None:
                    self.counts.skipped[why] += 1
                else:
                    yield Location(self._job.place, head.offset, head.length)

    def _count(self) -> None:
        self.counts.records += 1
        if self.counts.records - self._told >= _STEP:
            self._step(self.counts.records - self._told)
            self._told = self.counts.records

    def _submit(self, location: Location) -> Future[Any]:
        return self._workers.submit(location)

    def _take(self) -> None:
        """The oldest one that waits, so that lines stand in the order of the file."""
        location, future = self._waiting.popleft()
        for tried in range(1, TRIES + 1):
            try:
                found = future.result()
                self._writer.add(found if isinstance(found, Read) else Read(found, None, ()))  # a crawl's workers
                self.counts.derived += 1
                return
            except Underived as problem:
                reason = _WHERE.sub("", str(problem))
                if not problem.killed or tried == TRIES:
                    self._fail(location.offset, reason)
                    return
                future = self._submit(location)

    def _fail(self, offset: int, reason: str) -> None:
        # Addresses and texts of a page may be in a reason, but no line ends: it is one line of failures.jsonl.
        self.failures.append(Failure(self._job.warc, offset, " ".join(reason.split())[:500]))
        self.counts.failed += 1


def _skipped(head: foreign.Head, hidden: frozenset[str]) -> str | None:
    """Why a record is no page that could be read; None for one that may be."""
    kind = head.field("WARC-Type").lower()
    if kind != "response":
        return kind or "no WARC-Type"
    if not head.url.startswith(("http://", "https://")) or "application/http" not in head.field("Content-Type").lower():
        return "not HTTP"
    if hidden and cdxj.key(head.url) in hidden:
        return "withheld"
    try:
        message = http.split(head.block)
    except DamagedRecord:
        return None  # whoever reads it says what is wrong with it
    mime = (message.header("Content-Type") or "").partition(";")[0].strip().lower()
    return "no page" if never_a_page(message.status, mime) else None
