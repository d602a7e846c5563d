"""Processes that read the parts of WARCs, one a processor; a small source is read in this process."""

import gc
import hashlib
import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, TypeVar

from archive.audit.integrity import Part, Seen, joined, look, parts, whole
from archive.audit.source import WarcFile
from archive.errors import ArchiveError

SMALL = 16 * 1024 * 1024  # bytes that are read before two processes have started (0.2 s)
_AHEAD = 2  # parts a process that are under way or wait to be taken: results of more would lie in memory
_ROOT = Path(__file__).parents[2]

Result = TypeVar("Result")


class Readers:
    """Reads WARCs in as many processes as there are processors. Use as a context manager."""

    def __init__(self, total: int, processes: int | None = None) -> None:
        """`total` is what there is to read in bytes; `processes` is for tests."""
        self.processes = processes or ((os.cpu_count() or 1) if total > SMALL else 1)
        self._threads: ThreadPoolExecutor | None = None
        self._own = threading.local()  # a thread's process
        self._running: list[_Process] = []

    def __enter__(self) -> Self:
        if self.processes > 1:
            self._threads = ThreadPoolExecutor(self.processes)
        return self

    def __exit__(self, *_: object) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            for process in self._running:
                process.end()
            self._threads.shutdown()

    def read(
        self,
        warcs: Iterable[WarcFile],
        progress: Callable[[WarcFile, int], None],
        meanwhile: Iterator[object] | None = None,
        hashed: bool = False,
    ) -> Iterator[tuple[WarcFile, Seen | str]]:
        """What is in each WARC, part by part, in order; `hashed`, its SHA-256 at last,
        but for one that is being written.

        `progress` hears how far a WARC is read. `meanwhile` is taken from while there is nothing else to do.
        """
        self._meanwhile = iter(()) if meanwhile is None else meanwhile
        if self._threads is None:
            for warc in warcs:
                for seen in whole(warc, lambda at, warc=warc: progress(warc, at)):  # type: ignore[misc]
                    yield warc, seen
                if hashed and not warc.still_open:
                    yield warc, sha256(warc.path)
        else:
            wanted = list(warcs)
            results = self._map(_tasks(wanted, hashed))
            for warc in wanted:
                own = _first(results, sum(1 for _ in parts(warc)))
                for seen in joined(warc, own, lambda at, warc=warc: progress(warc, at)):  # type: ignore[misc]
                    yield warc, seen
                if hashed and not warc.still_open:
                    yield warc, next(results)[1]

    def _map(self, tasks: Iterable[tuple[Callable[[Any], Any], Any]]) -> Iterator[tuple[Any, Any]]:
        """The item of each task with its result, in order, a few ahead of whoever takes them."""
        assert self._threads is not None
        under_way: deque[tuple[Any, Future[Any]]] = deque()
        for function, item in tasks:
            under_way.append((item, self._threads.submit(self._do, function, item)))
            if len(under_way) > _AHEAD * self.processes:
                yield self._done(*under_way.popleft())
        while under_way:
            yield self._done(*under_way.popleft())

    def _done(self, item: Any, future: Future[Result]) -> tuple[Any, Result]:
        while not future.done() and next(self._meanwhile, None) is not None:
            pass
        return item, future.result()

    def _do(self, function: Callable[[Any], Result], item: Any) -> Result:
        """In a thread, which has a process of its own from its first task on."""
        process: _Process | None = getattr(self._own, "process", None)
        if process is None:
            process = self._own.process = _Process()
            self._running.append(process)
        result: Result = process.do(function, item)
        return result


class _Process:
    """A process that does one task after the other.

    It is no `multiprocessing` one: those load all that the program has loaded, which takes longer than a small check.
    It is out of reach of Ctrl-C, and ends when nobody sends tasks any more.
    """

    def __init__(self) -> None:
        path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            process_group=0,
        )

    def do(self, function: Callable[[Any], Any], item: Any) -> Any:
        """The function's result; its error is raised here. ArchiveError where the process was killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            pickle.dump((function, item), self._process.stdin)
            self._process.stdin.flush()
            result, problem = pickle.load(self._process.stdout)  # noqa: S301 (from our own process)
        except (EOFError, BrokenPipeError, pickle.UnpicklingError):
            where = f"{item.warc.path} from byte {item.begin}" if isinstance(item, Part) else str(item)
            raise ArchiveError(
                f"the process that read {where} was killed: is there memory left? Verify again"
            ) from None
        if problem is not None:
            raise problem
        return result

    def end(self) -> None:
        """Kill it: it changes nothing."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # what was still to be sent to it
                    pipe.close()


def serve() -> None:
    """The process's side: tasks come in on standard input, results go out on standard output."""
    gc.disable()  # what a part leaves is in no circle; looking for some took a twentieth of the time
    while True:
        try:
            function, item = pickle.load(sys.stdin.buffer)  # noqa: S301 (from our own parent)
        except (EOFError, pickle.UnpicklingError):
            return  # whoever sends tasks is gone, at times in the middle of one
        result: Any = None
        problem: Exception | None = None
        try:
            result = function(item)
        except Exception as error:  # noqa: BLE001 (raised again by whoever sent the task)
            problem = error
        try:
            pickle.dump((result, problem), sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            os._exit(0)  # the same; an end in good order would try to send the rest, and complain


def sha256(path: Path) -> str:
    """Of a file, lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _tasks(warcs: Iterable[WarcFile], hashed: bool) -> Iterator[tuple[Callable[[Any], Any], Any]]:
    for warc in warcs:
        for part in parts(warc):
            yield look, part
        if hashed and not warc.still_open:
            yield sha256, warc.path


def _first(items: Iterator[Result], count: int) -> Iterator[Result]:
    for _ in range(count):
        yield next(items)
