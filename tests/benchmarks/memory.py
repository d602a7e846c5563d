"""What a command takes, the processes that it starts included."""

import resource
import subprocess
import time
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock, seconds of all processors together, and the most memory at one time in MB; what processes
    share counts once for each of them.
    """

    clock: float
    processor: float
    memory: float


def spent(command: list[str]) -> Spent:
    """Runs a command that must succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began, most = time.perf_counter(), 0
    with psutil.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            most = max(most, _memory(process))
            time.sleep(0.05)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    clock, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(clock, processor, most / 1e6)


def _memory(process: psutil.Process) -> int:
    try:
        return sum(one.memory_info().rss for one in (process, *process.children(recursive=True)))
    except psutil.NoSuchProcess:  # one has ended while the others were asked
        return 0
