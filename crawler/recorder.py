"""The one thread that writes. In the order that the design asks for: WARC records, fdatasync, index journal, frontier.
Who waits is told of a record once it is synced, and of a change of the frontier once it is committed.

That a row is captured is committed with its end, if that comes within half a second: after a crash before that, the
record is found in the index (Crawl.begin).

Whatever waits is written together, with one sync: a group commit that needs no waiting on purpose (which would hold
download slots). The reactor hands work in and gets futures; it never touches a file or the database itself.
"""

import asyncio
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from archive.store.exchange import Exchange, Resource, Stored
from archive.store.spool import close
from crawler.clock import steady
from crawler.errors import space
from crawler.frontier import Frontier, Role, Row
from crawler.room import Room

_BATCH = 64  # exchanges written together at most: bounds what a crash fetches twice, and the memory of a batch
_UNTOLD = 0.5  # seconds for which a capture waits to be committed with what its page leads to


class Writes(Protocol):
    """What the recorder needs of the archive's writer."""

    def store(self, batch: Sequence[Exchange | Resource]) -> list[Stored]: ...


@dataclass(slots=True)
class _Job:
    done: asyncio.Future[Any]
    exchange: Exchange | None = None
    row: Row | None = None
    change: Callable[[Frontier], Any] | None = None
    undo: Callable[[Frontier, Any], None] | None = None  # before it is done again: else its first result counts
    host: str = ""
    size: int = 0  # bytes of the answer, as they came
    result: Any = field(default=None)
    tried: bool = False  # `result` is that of a transaction that may have been committed or not


class Recorder:
    """Writes exchanges and changes of the frontier, and acknowledges them in the reactor's loop."""

    def __init__(
        self, writer: Writes, frontier: Frontier, loop: asyncio.AbstractEventLoop, room: Room | None = None
    ) -> None:
        self._writer = writer
        self._room = room
        self._frontier = frontier
        self._loop = loop
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self.broken: BaseException | None = None  # why nothing more can be written
        self.bytes = 0
        self.waiting: Counter[str] = Counter()  # host → bytes of answers that came and are not written yet
        self.written: Counter[str] = Counter()  # host → bytes of its records
        self.batches = 0
        self.seconds = {"warc": 0.0, "frontier": 0.0}
        self._thread.start()

    def record(self, exchange: Exchange, row: Row | None) -> asyncio.Future[Stored]:
        """Done, with where the response's record lies, once it is durable."""
        host, size = urlsplit(exchange.url).hostname or "", len(exchange.response or b"")
        self.waiting[host] += size
        return self._put(_Job(self._loop.create_future(), exchange=exchange, row=row, host=host, size=size))

    def give_up(self, error: BaseException) -> asyncio.Future[Any]:
        """What came could not be kept, so nothing more is written. The future has failed already."""
        self.broken = self.broken or space(error) or error
        failed = self._loop.create_future()
        failed.set_exception(self.broken)
        return failed

    def change(self, change: Callable[[Frontier], Any]) -> asyncio.Future[Any]:
        """Run `change` in the recorder's transaction; fires with what it returned, after the commit."""
        return self._put(_Job(self._loop.create_future(), change=change))

    def claim(self, count: int, roles: Sequence[Role]) -> asyncio.Future[tuple[list[Row], float | None]]:
        """URLs to fetch now, in-flight from here on, and when the next one is due if there was none."""

        def claimed(frontier: Frontier) -> tuple[list[Row], float | None]:
            rows = frontier.claim(count, steady(), roles)
            return rows, None if rows else frontier.next_due(roles)

        def given_back(frontier: Frontier, result: tuple[list[Row], float | None]) -> None:
            frontier.unclaim(result[0])

        return self._put(_Job(self._loop.create_future(), change=claimed, undo=given_back))

    def stop(self) -> None:
        """Write what waits, and end the thread. Called from a thread that is not the reactor's, or after the
        reactor.
        """
        self._jobs.put(None)
        self._thread.join()

    def _put(self, job: _Job) -> asyncio.Future[Any]:
        self._jobs.put(job)
        return job.done

    def _run(self) -> None:
        more = True
        while more:
            batch: list[_Job] = []
            try:
                job = self._jobs.get(timeout=_UNTOLD if self._untold else None)
            except queue.Empty:
                self._write([])
                continue
            while job is not None:
                batch.append(job)
                if len(batch) >= _BATCH or self._jobs.empty():
                    break
                job = self._jobs.get()
            more = job is not None
            if batch or self._untold:
                self._write(batch)

    def _write(self, batch: list[_Job]) -> None:
        try:
            if self.broken is not None:
                raise self.broken
            started = time.perf_counter()
            exchanges = [job for job in batch if job.exchange is not None]
            if exchanges:
                if self._room is not None:
                    self._room.check()
                items = [job.exchange for job in exchanges if job.exchange]
                stored = self._frontier.through(lambda: self._writer.store(items))
                for job, one in zip(exchanges, stored, strict=True):
                    job.result = one
                    self.bytes += one.written
                    if job.exchange:
                        close(job.exchange.response)
            written = time.perf_counter()
            self._frontier.through(lambda: self._note(batch))
            self.batches += 1
            self.seconds["warc"] += written - started
            self.seconds["frontier"] += time.perf_counter() - written
        except BaseException as error:  # noqa: BLE001  handed to everyone who waits, and the crawl ends with it
            error = self.broken = space(error) or self._frontier.lost(error) or error
            self._tell(_fail, batch, error)
        else:
            self._tell(self._acknowledge, batch)

    def _note(self, batch: list[_Job]) -> None:
        """What the frontier is to be told, in one transaction. May be called again where nobody knows whether that was
        committed: this leads to the same.
        """
        for job in batch:
            if job.row is not None and job.exchange and job.exchange.response:  # a failure has no links to read
                self._frontier.captured(job.row.id, job.result, job.row.robots)
        changes = [job for job in batch if job.change is not None]
        for job in changes:
            self._change(job)
        if changes or not batch or self._untold >= _BATCH:
            self._frontier.commit()

    def _change(self, job: _Job) -> None:
        assert job.change is not None
        if job.tried and job.undo is not None:
            job.undo(self._frontier, job.result)
        result = job.change(self._frontier)
        if not job.tried or job.undo is not None:
            job.result = result
        job.tried = True

    @property
    def _untold(self) -> int:
        return 0 if self.broken is not None else self._frontier.untold

    def _tell(self, what: Callable[..., None], batch: list[_Job], *more: BaseException) -> None:
        if batch:  # else nobody waits, and the loop may be over
            self._loop.call_soon_threadsafe(what, batch, *more)

    def _acknowledge(self, batch: list[_Job]) -> None:
        for job in batch:
            if job.exchange is not None:
                self.waiting[job.host] -= job.size
                self.written[job.host] += job.result.written
            job.done.set_result(job.result)


def _fail(batch: list[_Job], error: BaseException) -> None:
    for job in batch:
        job.done.set_exception(error)
