"""The engine of many machines: Ray. Here is said only what is a job's; queue, nodes and processes are Ray's.

All nodes must reach the WARCs and the folder of the shards by the same path or URL, and have the same versions
installed: those that differ refuse the job.
"""

import contextlib
import logging
import os
import secrets
import socket
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

from archive.dataset.batch.job import TRIES, Job, Outcome, Step, set_aside
from archive.dataset.batch.local import processors
from archive.dataset.batch.run import HeldWorkers, derive_warc
from archive.dataset.derived_by import fingerprint, programs
from archive.errors import CollectionError, NotReached

_AHEAD = 2  # jobs a processor that Ray holds: the next one's arguments are there when it is free
_STORE = 80 << 20  # bytes of Ray's object store, where nothing lies: results are shards
_SHORT = "/tmp" if os.access("/tmp", os.W_OK) else None
_PATIENCE = 10.0  # seconds for a cluster's machine to answer
_LOST_NODES = 20  # times that a job may be on a machine that goes: that is no fault of the WARC
_held = HeldWorkers()  # of the process that Ray runs jobs in, one after another


@dataclass(frozen=True, slots=True)
class OnRay:
    """Processes on a Ray cluster: the one at `address` (`auto`, `HOST:PORT`, `ray://…`), or one on this machine that
    ends with the command.
    """

    address: str | None = None
    processes: int | None = None  # of the one on this machine

    def run(self, jobs: Iterable[Job], step: Step) -> Iterator[Outcome]:
        """What came of each job, as they end."""
        ray = _ray()
        logging.getLogger("ray").setLevel(logging.ERROR)  # Ray warns of how it lets others in, each time
        with self._connected(ray):
            yield from _Run(ray, step).outcomes(jobs)

    @contextlib.contextmanager
    def _connected(self, ray: Any) -> Iterator[None]:
        if ray.is_initialized():
            yield
            return
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        if self.address is not None:
            with self._begun(ray, {"address": self.address}):
                yield
            return
        # One of its own, for nobody else: without a token here, Ray puts one into the home of whoever runs this
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
        # Ray's logs go with it; a socket's path has 107 bytes, so that they lie in no deep folder
        with TemporaryDirectory(prefix="ray-", dir=_SHORT, ignore_cleanup_errors=True) as folder:
            own = {"num_cpus": self.processes or processors(), "include_dashboard": False, "_temp_dir": folder}
            own |= {"object_store_memory": _STORE, "_node_ip_address": "127.0.0.1"}
            with self._begun(ray, own):
                yield

    @contextlib.contextmanager
    def _begun(self, ray: Any, options: dict[str, Any]) -> Iterator[None]:
        try:
            _knock(self.address)
            ray.init(**options, log_to_driver=False, logging_level=logging.ERROR, configure_logging=False)
        except (ray.exceptions.RayError, RuntimeError, ValueError, OSError) as problem:
            told = " ".join(str(problem).split())[:300]
            if self.address is None:
                raise NotReached(f"Ray cannot be started on this machine: {told}; --engine local needs none") from None
            raise NotReached(
                f"there is no Ray cluster at --address {self.address}: {told}. `ray start --head` begins one; without "
                "--address one is begun on this machine, and ends with the command"
            ) from None
        try:
            yield
        finally:
            ray.shutdown()


class _Run:
    def __init__(self, ray: Any, step: Step) -> None:
        self._ray = ray
        self._step = step
        # Ray would try again by itself, and not say how often
        self._derive = ray.remote(num_cpus=1, max_retries=0)(_derive)
        self._programs = fingerprint(programs())
        self._running: dict[Any, Job] = {}
        self._tries: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()

    def outcomes(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        coming, again = iter(jobs), deque[Job]()
        try:
            while True:
                most = max(2, _AHEAD * int(self._ray.cluster_resources().get("CPU", 1)))
                while len(self._running) < most and (job := again.popleft() if again else next(coming, None)):
                    self._running[self._derive.remote(job, self._programs)] = job
                if not self._running:
                    return
                for done in self._ray.wait(list(self._running), timeout=10)[0]:
                    job = self._running.pop(done)
                    outcome = self._outcome(done, job)
                    if outcome is None:
                        again.append(job)
                    else:
                        yield outcome
        finally:
            for left in self._running:
                self._ray.cancel(left, force=True)

    def _outcome(self, done: Any, job: Job) -> Outcome | None:
        """What came of a job, None where it is to be begun again."""
        errors = self._ray.exceptions
        try:
            found: Outcome = self._ray.get(done)
            self._step(found.counts.records)
            return found
        except errors.RayTaskError as problem:
            if isinstance(problem.cause, CollectionError):
                raise problem.cause from None  # it would be the same for all
            reason = f"{type(problem.cause).__name__}: {problem.cause}"
        except (errors.NodeDiedError, errors.LocalRayletDiedError, errors.ObjectLostError) as problem:
            self._lost[job.name] += 1
            if self._lost[job.name] < _LOST_NODES:
                return None
            reason = f"{self._lost[job.name]} machines were lost under it: {_line(problem)}"
        except errors.RayError as problem:
            reason = f"its process ended: {_line(problem)}"
        self._tries[job.name] += 1
        return None if self._tries[job.name] < TRIES else set_aside(job, reason)


def _derive(job: Job, expected: str) -> Outcome:
    """Runs in a process of Ray's."""
    if fingerprint(programs()) != expected:
        raise CollectionError(
            "a node of the cluster has other versions installed than this machine, and would derive otherwise: "
            "install there with the same constraints.txt"
        )
    return derive_warc(job, _held.get(job), lambda _: None)


def _knock(address: str | None) -> None:
    """Raises OSError where nobody answers at HOST:PORT: Ray itself would wait for ten minutes."""
    host, colon, port = (address or "").rpartition("://")[2].rpartition(":")
    if colon and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE).close()


def _line(problem: Exception) -> str:
    return f"{type(problem).__name__}: {(str(problem).strip().splitlines() or [''])[0]}"


def _ray() -> Any:
    try:
        import ray
        import ray.exceptions
    except ModuleNotFoundError as error:
        if error.name != "ray":
            raise
        raise CollectionError(
            "--engine ray needs Ray, which is not installed: pip install 'policy-archive[ray]', or '.[ray]' in a "
            "checkout"
        ) from None
    return ray
