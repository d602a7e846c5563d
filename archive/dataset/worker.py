"""Worker processes: each reads a record from its WARC, extracts it, judges its links, and sends back a small Derived.

A page that takes too long or too much memory kills its worker, never the caller: it is then *underived*
(contracts.md, "Limits are deterministic"), with the reason. pebble restarts workers; it costs 0.14 ms a task, 0.07 ms
of them in this process (2 cores, results of 15 KB). Workers are forked from a server process that has the libraries
loaded, so the caller may have threads and a Twisted reactor. What runs in them is task.py.
"""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Mapping
from concurrent.futures import Future, TimeoutError
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import forkserver, resource_tracker
from pathlib import Path
from typing import Any, Self

from pebble import ProcessExpired, ProcessPool

from archive.dataset import task
from archive.dataset.derived import Derived
from archive.errors import ArchiveError
from archive.institutes.profile import Profile
from archive.institutes.registry import dumps
from archive.store.exchange import Location
from archive.store.remote import address

# Seconds a page; a PDF has task.DOCUMENT_PATIENCE times as long. Ordinary pages take 5-50 ms, and what the limits of
# archive/extract let through at most 3 s.
TIME_LIMIT = 10.0
# Bytes of a worker, and task.RECORD_COPIES times the bytes that are stored: libraries take 150 MB, and what the
# limits of archive/extract let through 250 MB.
MEMORY_LIMIT = 1 << 29
MOST_PROCESSES = 8  # beyond that one crawl's pages do not come fast enough


class Underived(ArchiveError):
    """A page was not read: it took too long or too much memory, or extraction failed. Raised by a worker's future;
    count it and go on.

    The next `derive` tries again.
    """

    killed = False  # whether its process was killed, by a limit or from outside: another try may go well


class NoWorkers(ArchiveError):
    """No worker process can be started. Raised by `submit`; nothing can be derived until the cause is mended."""


def default_processes() -> int:
    """One a core, two at least: a hung page must not stop all others."""
    return min(max(2, os.cpu_count() or 2), MOST_PROCESSES)


class Workers:
    """A pool of processes. `submit` may be called from any thread; its futures resolve in a thread of the pool."""

    def __init__(
        self,
        collection_path: Path,
        profile: Profile,
        processes: int | None = None,
        *,
        time_limit: float = TIME_LIMIT,
        memory_limit: int = MEMORY_LIMIT,
        functions: Mapping[str, str] | None = None,
    ) -> None:
        """`functions` (opener, extract, links_only, reader, as `module:name`) take the place of those of task.Setup:
        for WARCs that are in no collection, and for tests.
        """
        self.processes = processes or default_processes()
        self._time_limit = time_limit
        context = multiprocessing.get_context(
            "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        )
        # A server that runs already keeps what it has loaded: the workers then load the rest themselves.
        context.set_forkserver_preload(["archive.dataset.task", "archive.dataset.preload"])
        if context.get_start_method() == "forkserver":
            _start_server()
        stored = address.of_collection(collection_path / "state") is not None
        read_limit = time_limit * (task.DOCUMENT_PATIENCE if stored else 1)
        path, told = str(collection_path), dumps(profile)
        setup = task.Setup(path, told, time_limit, memory_limit, read_limit, **(functions or {}))
        self._new_pool = partial(
            ProcessPool, max_workers=self.processes, initializer=task.begin, initargs=(setup,), context=context
        )
        self._pool: Any = self._new_pool()  # pebble's types are half there
        self._open: dict[Future[Derived], Location] = {}  # what was submitted and is not resolved
        self._lock = threading.Lock()
        self._closed = False

    def submit(self, location: Location, links_only: bool = False) -> Future[Derived]:
        """The Derived of one capture; the future raises Underived. With `links_only`, fields are left out: for a
        crawl's fast lane.
        """
        result: Future[Derived] = Future()
        result.set_running_or_notify_cancel()
        with self._lock:
            pool = self._working_pool()
            self._open[result] = location
            place = (location.warc, location.offset, location.length)
            # Behind the alarm that a worker sets itself.
            latest = 2 * self._time_limit * task.DOCUMENT_PATIENCE
            scheduled: Future[Derived] = pool.schedule(task.work, args=(place, links_only), timeout=latest)
        scheduled.add_done_callback(partial(self._pass_on, result))
        return result

    def start(self) -> None:
        """Start the processes now, beside the caller: it takes a second, and the first `submit` would wait for it."""
        threading.Thread(target=self._start, name="workers", daemon=True).start()

    def _start(self) -> None:
        with self._lock, contextlib.suppress(NoWorkers):  # the first `submit` tells it
            if not self._closed:
                self._working_pool()

    def _working_pool(self) -> Any:
        """The pool, or a new one: pebble gives a pool up when a worker is killed from outside while it idles."""
        try:
            active = self._pool.active  # starts it
        except BrokenProcessPool as error:
            raise NoWorkers(
                "the worker processes cannot be started: is there memory left, may this user have more processes, "
                "and is the installation whole (`pip check`)?"
            ) from error
        if not active:
            if self._closed:
                raise RuntimeError("the workers are closed")
            self._end_pool("the workers were killed")
            self._pool = self._new_pool()
        return self._pool

    def _pass_on(self, result: Future[Derived], scheduled: Future[Derived]) -> None:
        if scheduled.cancelled():
            self._fail(result, "the workers were stopped")
            return
        killed = partial(self._fail, result, killed=True)
        error = scheduled.exception()
        if error is None:
            if self._open.pop(result, None):
                result.set_result(scheduled.result())
        elif isinstance(error, TimeoutError) or (
            isinstance(error, ProcessExpired) and error.exitcode == task.OUT_OF_TIME
        ):
            killed(f"took longer than {self._time_limit:g} s")
        elif isinstance(error, ProcessExpired) and error.exitcode == task.OUT_OF_MEMORY:
            killed("took too much memory")
        elif isinstance(error, BrokenProcessPool):
            killed("all workers ended at once, as if someone had killed them")
        elif isinstance(error, ProcessExpired):
            killed(f"ended its worker with code {error.exitcode}")
        else:
            self._fail(result, f"{type(error).__name__}: {error}")

    def _fail(self, result: Future[Any], why: str, killed: bool = False) -> None:
        location = self._open.pop(result, None)  # whoever takes it out of `_open` resolves it
        if location:
            problem = Underived(f"{location.warc} at byte {location.offset}: {why}")
            problem.killed = killed
            result.set_exception(problem)

    def _end_pool(self, why: str) -> None:
        """Ends the processes. pebble leaves the futures of a stopped pool open for ever."""
        self._pool.stop()
        self._pool.join()
        for result in list(self._open):
            self._fail(result, why, killed=True)

    def close(self) -> None:
        """Waits for what was submitted, then ends the processes."""
        self._closed = True
        self._pool.close()
        self._pool.join()

    def stop(self) -> None:
        """Ends the processes at once; what was submitted and is not done is Underived."""
        self._closed = True
        self._end_pool("the workers were stopped")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.stop()


def _start_server() -> None:
    """Start the process that workers are forked from, deaf to Ctrl-C, which reaches the whole group: it deafens itself
    only when it has loaded all, and without it no worker can be made.
    """
    resource_tracker.ensure_running()  # the server starts it, and that lets the signal through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
