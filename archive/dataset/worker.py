"""Worker processes: each reads a record from its WARC, extracts it, judges its links, and sends back a small Derived.

A page that takes too long or too much memory kills its worker, never the caller: it is then *underived*
(contracts.md, "Limits are
deterministic"), with the reason. pebble restarts workers; it costs 0.14 ms a task, 0.07 ms of them in this process (2
cores, results of
15 KB). Workers are forked from a server process that has the libraries loaded, so the caller may have threads and a
Twisted reactor.
"""

import contextlib
import ctypes
import multiprocessing
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, TimeoutError
from dataclasses import dataclass
from functools import cached_property, partial
from importlib import import_module
from multiprocessing import connection, forkserver, resource_tracker
from pathlib import Path
from typing import Any, Self

from pebble import ProcessExpired, ProcessPool

from archive.dataset.derived import Derived, Reader
from archive.errors import ArchiveError
from archive.extract.page import Page
from archive.institutes.profile import Profile
from archive.institutes.registry import dumps, loads
from archive.store.capture import Capture
from archive.store.collection import Collection
from archive.store.exchange import Location

# Seconds a page. Ordinary ones take 5–50 ms; trafilatura took 14 s on 100,000 paragraphs where no count cuts them.
TIME_LIMIT = 10.0
# Bytes of a worker: libraries take 150 MB, a parsed page of 32 MiB 500 MB, a document of 512 MiB twice its size.
MEMORY_LIMIT = 3 << 29
MOST_PROCESSES = 8  # beyond that one crawl's pages do not come fast enough
_OUT_OF_MEMORY = 86  # exit code of a worker that ended itself

Read = Callable[[Location], Capture]
Extract = Callable[[Capture, Profile], Page]


class Underived(ArchiveError):
    """A page was not read: it took too long or too much memory, or extraction failed. Raised by a worker's future;
    count it and go on.

    The next `derive` tries again.
    """


@dataclass(frozen=True, slots=True)
class Setup:
    """What a worker needs to begin. All of it can be pickled; the functions are imported in the worker by
    `module:name`.
    """

    collection: str
    profile: bytes
    time_limit: float
    memory_limit: int
    opener: str = "archive.dataset.worker:open_collection"
    extract: str = "archive.extract.extract:extract"
    links_only: str = "archive.extract.extract:links_only"


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
        """`functions` (opener, extract, links_only, as `module:name`) are for tests."""
        self.processes = processes or default_processes()
        self._time_limit = time_limit
        context = multiprocessing.get_context(
            "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        )
        # A server that runs already keeps what it has loaded: the workers then load the rest themselves.
        context.set_forkserver_preload([__name__, "archive.extract.extract", "archive.store.collection"])
        if context.get_start_method() == "forkserver":
            _start_server()
        setup = Setup(str(collection_path), dumps(profile), time_limit, memory_limit, **(functions or {}))
        self._new_pool = partial(
            ProcessPool, max_workers=self.processes, initializer=_begin, initargs=(setup,), context=context
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
            task: Future[Derived] = pool.schedule(_work, args=(location, links_only), timeout=self._time_limit)
        task.add_done_callback(partial(self._pass_on, result))
        return result

    def start(self) -> None:
        """Start the processes now, beside the caller: it takes a second, and the first `submit` would wait for it."""
        threading.Thread(target=self._start, name="workers", daemon=True).start()

    def _start(self) -> None:
        with self._lock:
            if not self._closed:
                self._working_pool()

    def _working_pool(self) -> Any:
        """The pool, or a new one: pebble gives a pool up when a worker is killed from outside while it idles."""
        if not self._pool.active:
            if self._closed:
                raise RuntimeError("the workers are closed")
            self._end_pool("the workers were killed")
            self._pool = self._new_pool()
        return self._pool

    def _pass_on(self, result: Future[Derived], task: Future[Derived]) -> None:
        if task.cancelled():
            self._fail(result, "the workers were stopped")
            return
        error = task.exception()
        if error is None:
            if self._open.pop(result, None):
                result.set_result(task.result())
        elif isinstance(error, TimeoutError):
            self._fail(result, f"took longer than {self._time_limit:g} s")
        elif isinstance(error, ProcessExpired) and error.exitcode == _OUT_OF_MEMORY:
            self._fail(result, "took too much memory")
        elif isinstance(error, ProcessExpired):
            self._fail(result, f"ended its worker with code {error.exitcode}")
        else:
            self._fail(result, f"{type(error).__name__}: {error}")

    def _fail(self, result: Future[Derived], why: str) -> None:
        location = self._open.pop(result, None)  # whoever takes it out of `_open` resolves it
        if location:
            result.set_exception(Underived(f"{location.warc} at byte {location.offset}: {why}"))

    def _end_pool(self, why: str) -> None:
        """Ends the processes. pebble leaves the futures of a stopped pool open for ever."""
        self._pool.stop()
        self._pool.join()
        for result in list(self._open):
            self._fail(result, why)

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


# In the worker


class _State:
    """What one worker process holds. Made in `_begin`; the collection is opened with the first task, so that its error
    is that task's.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.gate = threading.Lock()
        self.in_task = False

    @cached_property
    def read(self) -> Read:
        read: Read = _function(self.setup.opener)(self.setup.collection)
        return read

    @cached_property
    def reader(self) -> Reader:
        return Reader(loads(self.setup.profile), _function(self.setup.extract), _function(self.setup.links_only))


_state: _State


def open_collection(path: str) -> Read:
    """The function that reads a record of a collection."""
    return Collection.open(Path(path)).read


def _begin(setup: Setup) -> None:
    """Runs once in each new worker."""
    global _state
    _state = _State(setup)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the crawl drains its workers
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # see `_work`
    threading.Thread(target=_watch, args=(_state,), daemon=True).start()
    # Behind the watch, for growth in one step: address space holds more than memory, so the limit is twice as high.
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    with contextlib.suppress(ValueError, OSError):  # a harder limit is set already, or the system knows none
        resource.setrlimit(resource.RLIMIT_AS, (2 * setup.memory_limit, hard))


def _function(name: str) -> Callable[..., Any]:
    module, _, attribute = name.partition(":")
    function: Callable[..., Any] = getattr(import_module(module), attribute)
    return function


def _resident() -> int:
    """Bytes of memory that this process holds; 0 where the system does not tell in this way."""
    if sys.platform != "linux":
        return 0
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _watch(state: _State) -> None:
    """Ends the worker when its caller is gone, even by SIGKILL, and when a task takes more memory than it may.

    libxml2 may hand back half a tree when malloc fails, so a limit that makes malloc fail must not be the first to be
    reached. Only within a task: a worker that ends while it sends a result leaves its pipe locked for all others.
    """
    caller = multiprocessing.parent_process()
    assert caller
    while not connection.wait([caller.sentinel], timeout=0.05):
        with state.gate:
            if state.in_task and _resident() > state.setup.memory_limit:
                os._exit(_OUT_OF_MEMORY)
    os._exit(0)


def _work(location: Location, links_only: bool) -> Derived:
    state = _state
    with state.gate:
        state.in_task = True
    # Should the caller be gone and no thread here have its turn, the kernel ends this process.
    signal.setitimer(signal.ITIMER_REAL, 2 * state.setup.time_limit)
    try:
        return state.reader.read(state.read(location), links_only)
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        with state.gate:
            state.in_task = False
        if sys.platform == "linux" and _resident() > state.setup.memory_limit // 2:
            ctypes.CDLL(None).malloc_trim(0)  # what a huge page left behind is not held against the next one
