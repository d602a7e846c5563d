"""What runs inside a worker process: one capture at a time is read, under limits of time and memory that only kill.

Nothing of this package is imported before the first task, so that what cannot be imported is that task's error, and
no traceback of a process that could not begin.
"""

import contextlib
import ctypes
import gc
import multiprocessing
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from multiprocessing import connection
from pathlib import Path
from typing import Any

OUT_OF_MEMORY = 86  # exit code of a worker that ended itself
OUT_OF_TIME = -signal.SIGALRM  # as the caller sees it: the kernel ended the worker
# A PDF has 1,000 pages, and a page of the web one: it may take so many times as long.
DOCUMENT_PATIENCE = 12
# Of the stored bytes, as far as they are held: the pieces of an entity, the entity, and what is decoded of it.
RECORD_COPIES = 4


@dataclass(frozen=True, slots=True)
class Setup:
    """What a worker needs to begin. All of it can be pickled; the functions are imported in the worker by
    `module:name`.
    """

    collection: str
    profile: bytes
    time_limit: float  # seconds
    memory_limit: int  # bytes
    read_limit: float  # seconds for reading a record, which a store may give only when it is asked again
    opener: str = "archive.dataset.task:open_collection"
    extract: str = "archive.extract.extract:extract"
    links_only: str = "archive.extract.extract:links_only"
    reader: str = "archive.dataset.derived:Reader"  # made of the profile and the two


class _State:
    """What one worker process holds. Made in `begin`; the collection is opened with the first task, so that its error
    is that task's.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.gate = threading.Lock()
        self.allowed = 0  # bytes of memory; 0 between tasks

    @cached_property
    def read(self) -> Callable[[Any], Any]:
        read: Callable[[Any], Any] = _function(self.setup.opener)(self.setup.collection)
        return read

    @cached_property
    def reader(self) -> Any:
        loads = _function("archive.institutes.registry:loads")
        make = _function(self.setup.reader)
        return make(loads(self.setup.profile), _function(self.setup.extract), _function(self.setup.links_only))


_state: _State


def open_collection(path: str) -> Callable[[Any], Any]:
    """The function that reads a record of a collection."""
    collections: Any = _function("archive.store.collection:Collection")
    read: Callable[[Any], Any] = collections.open(Path(path)).read
    return read


def begin(setup: Setup) -> None:
    """Runs once in each new worker."""
    global _state
    _state = _State(setup)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the crawl drains its workers
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # see `work`
    threading.Thread(target=_watch, args=(_state,), daemon=True).start()


def work(place: tuple[str, int, int], links_only: bool) -> Any:
    """The Derived of the capture at a place (file, offset, length). Ends this process where it takes too much."""
    state, setup = _state, _state.setup
    most = import_module("archive.store.capture").MOST
    _allow(state, setup.memory_limit + RECORD_COPIES * min(place[2], most))
    # The kernel ends this process, also where no thread here has its turn, and where the caller is gone.
    signal.setitimer(signal.ITIMER_REAL, setup.read_limit)
    try:
        location = _function("archive.store.exchange:Location")(*place)
        capture = state.read(location)
        patience = DOCUMENT_PATIENCE if _is_pdf(capture) else 1
        signal.setitimer(signal.ITIMER_REAL, setup.time_limit * patience)
        return state.reader.read(capture, links_only)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        with state.gate:
            state.allowed = 0
        if _resident() > setup.memory_limit // 3:  # what a huge page left behind is not held against the next one
            gc.collect()
            ctypes.CDLL(None).malloc_trim(0)


def _allow(state: _State, memory: int) -> None:
    """The task may take so much. Behind the watch stands the address space, for growth in one step: it holds more
    than memory does, so its limit is twice as high.
    """
    with state.gate:
        state.allowed = memory
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    with contextlib.suppress(ValueError, OSError):  # a harder limit is set already, or the system knows none
        resource.setrlimit(resource.RLIMIT_AS, (2 * memory + (1 << 29), hard))


def _is_pdf(capture: Any) -> bool:
    stated = (capture.header("Content-Type") or "").lower()
    return "pdf" in stated or capture.entity[:512].lstrip()[:5] == b"%PDF-"


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
            if state.allowed and _resident() > state.allowed:
                os._exit(OUT_OF_MEMORY)
    os._exit(0)
