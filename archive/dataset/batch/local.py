"""The engine of one machine: processes that each do one job after another. One that is killed is replaced, and its job
begun again; a job that costs three processes is set aside.
"""

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from multiprocessing import connection
from multiprocessing.process import BaseProcess

from archive.dataset.batch.job import TRIES, Job, Outcome, Step, set_aside
from archive.dataset.batch.run import HeldWorkers, derive_warc
from archive.dataset.worker import NoWorkers, Workers
from archive.errors import NO_SPACE, OutOfSpace

STALL = 1800.0  # seconds without a word: a document may take three tries of four minutes each


def processors() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Here:
    """In this process, with workers that run already: for the few captures that a crawl has left."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    def run(self, jobs: Iterable[Job], step: Step) -> Iterator[Outcome]:
        """What came of each job, in their order."""
        for job in jobs:
            yield derive_warc(job, self._workers, step)


@dataclass(eq=False)
class _Slot:
    """A process, and what it does."""

    process: BaseProcess
    pipe: "connection.Connection[object, object]"
    job: Job | None = None
    heard: float = 0.0

    def end(self) -> None:
        """Kills it; what it has begun is in a folder of its own, and no shard yet."""
        self.pipe.close()  # it ends by itself, and its reading process with it
        self.process.join(2)
        self.process.kill()
        self.process.join()


class Local:
    """Processes on this machine. Each waits for one that reads pages, so that one of the two works at a time."""

    def __init__(self, processes: int | None = None, stall: float = STALL) -> None:
        self.processes = processes or processors()
        self._stall = stall
        self._readers = 1
        self._context = multiprocessing.get_context("spawn")  # the caller may have threads
        self._slots: list[_Slot] = []
        self._unable = 0  # times in a row that a process could start none to read pages

    def run(self, jobs: Iterable[Job], step: Step) -> Iterator[Outcome]:
        """What came of each job, as they end. Ends all processes when it is left, however that is."""
        coming = iter(jobs)
        waiting = deque(islice(coming, self.processes))
        # with fewer files than processors, a file has several readers
        self._readers = max(1, self.processes // max(1, len(waiting)))
        most = max(1, self.processes // self._readers)
        tries: Counter[str] = Counter()
        try:
            while True:
                while len(self._busy) < most and (job := waiting.popleft() if waiting else next(coming, None)):
                    self._begin(job)
                if not self._busy:
                    return
                for job, ended in self._ended(step):
                    if isinstance(ended, Outcome):
                        yield ended
                        continue
                    tries[job.name] += 1
                    if tries[job.name] < TRIES:
                        waiting.append(job)
                    else:
                        yield set_aside(job, ended)
        finally:
            for slot in self._slots:
                slot.end()
            self._slots.clear()

    @property
    def _busy(self) -> list[_Slot]:
        return [slot for slot in self._slots if slot.job is not None]

    def _begin(self, job: Job) -> None:
        slot = next((slot for slot in self._slots if slot.job is None), None)
        if slot is None:
            ours, theirs = self._context.Pipe()
            process = self._context.Process(target=_serve, args=(theirs, self._readers), name="derive")
            process.start()
            theirs.close()
            slot = _Slot(process, ours)
            self._slots.append(slot)
        slot.job, slot.heard = job, time.monotonic()
        with contextlib.suppress(OSError):  # it was killed while it was idle, as its pipe says in a moment
            slot.pipe.send(job)

    def _ended(self, step: Step) -> Iterator[tuple[Job, Outcome | str]]:
        """The jobs that ended since, with what came of them, or why nothing did."""
        by_pipe = {slot.pipe: slot for slot in self._busy}
        for pipe in connection.wait(list(by_pipe), timeout=min(5, self._stall)):
            slot = by_pipe[pipe]  # type: ignore[index]
            assert slot.job is not None
            job, slot.heard = slot.job, time.monotonic()
            try:
                told = slot.pipe.recv()
            except (EOFError, OSError):
                yield job, self._lost(slot)
                continue
            if isinstance(told, int):
                step(told)
                continue
            slot.job = None
            if isinstance(told, Outcome):
                self._unable = 0
                yield job, told
                continue
            if isinstance(told, OSError) and told.errno in NO_SPACE:
                raise OutOfSpace(
                    f"no space left for {job.into} ({told.strerror}): make room and run the same command again; what "
                    "is there is not made again"
                )
            if isinstance(told, NoWorkers):  # what it would fork them from may have been killed
                self._lost(slot)
                self._unable += 1
                if self._unable > TRIES * self.processes:
                    raise told
            yield job, f"{type(told).__name__}: {told}"
        for slot in self._busy:
            if time.monotonic() - slot.heard > self._stall and slot.job is not None:
                job = slot.job
                slot.process.kill()
                self._lost(slot)
                yield job, f"no word of it for {self._stall:g} s"

    def _lost(self, slot: _Slot) -> str:
        self._slots.remove(slot)
        slot.end()
        return f"its process ended with code {slot.process.exitcode}"


def _serve(pipe: "connection.Connection[object, object]", readers: int) -> None:
    """A process's work: jobs come, counts and outcomes go, until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; whoever waits ends this one
    caller = multiprocessing.parent_process()
    assert caller
    threading.Thread(target=_leave_with, args=(caller.sentinel,), daemon=True).start()
    held = HeldWorkers()
    try:
        while True:
            job = pipe.recv()
            assert isinstance(job, Job)
            try:
                told: object = derive_warc(job, held.get(job, readers), pipe.send)
            except (EOFError, BrokenPipeError):
                raise
            except Exception as problem:  # noqa: BLE001  the other side counts it, and tells it in the end
                told = problem
            try:
                pipe.send(told)
            except (TypeError, AttributeError):  # an error that cannot be sent
                pipe.send(RuntimeError(f"{type(told).__name__}: {told}"))
    except (EOFError, OSError):
        pass  # nobody waits any more
    finally:
        held.stop()


def _leave_with(sentinel: int) -> None:
    """Ends this process when its caller is gone, even by SIGKILL, and also within a job."""
    connection.wait([sentinel])
    os._exit(0)
