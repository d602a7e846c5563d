"""Processes that do one task after the other, one a processor; a function and what it is given go there by pickle."""

import gc
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
from typing import Any, Self

from archive.errors import ArchiveError

Task = tuple[Callable[[Any], Any], Any]  # a function of a module, and its one argument
_AHEAD = 2  # tasks a process that are under way or wait to be taken: results of more would lie in memory
_ROOT = Path(__file__).parents[1]


class Processes:
    """Use as a context manager; at its end they are killed, since they change nothing."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._threads = ThreadPoolExecutor(count)
        self._own = threading.local()  # a thread's process
        self._running: list[_Process] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in self._running:
            process.end()
        self._threads.shutdown()
        for process in self._running:  # one that was begun meanwhile, too
            process.end()

    def map(self, tasks: Iterable[Task], meanwhile: Iterator[object] | None = None) -> Iterator[tuple[Any, Any]]:
        """The argument of each task with its result, in order, a few ahead of whoever takes them. `meanwhile` is taken
        from while there is nothing to take.
        """
        waiting = meanwhile or iter(())
        under_way: deque[tuple[Any, Future[Any]]] = deque()
        for function, item in tasks:
            under_way.append((item, self._threads.submit(self._do, function, item)))
            if len(under_way) > _AHEAD * self.count:
                yield _done(*under_way.popleft(), waiting)
        while under_way:
            yield _done(*under_way.popleft(), waiting)

    def _do(self, function: Callable[[Any], Any], item: Any) -> Any:
        """In a thread, which has a process of its own from its first task on."""
        process: _Process | None = getattr(self._own, "process", None)
        if process is None:
            process = self._own.process = _Process()
            self._running.append(process)
        return process.do(function, item)


def _done(item: Any, future: Future[Any], meanwhile: Iterator[object]) -> tuple[Any, Any]:
    while not future.done() and next(meanwhile, None) is not None:
        pass
    return item, future.result()


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
            raise ArchiveError(f"the process that read {item} was killed: is there memory left? Try again") from None
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
    gc.disable()  # what a task leaves is in no circle; looking for some took a twentieth of the time
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
