"""What one machine takes on: so many institutes at a time, while it has memory and its disk has room."""

import os
from dataclasses import dataclass
from pathlib import Path

MEMORY: float = 350  # megabytes of a crawl with its two reading processes: 344 at the most of 150 publications
FREE: float = 1000  # megabytes of the disk


@dataclass(frozen=True, slots=True)
class Limits:
    at_once: int = 2
    keep_memory: float = MEMORY  # megabytes that must be free before another institute is begun
    keep_free: float = FREE  # megabytes of the disk of the home folder, the same

    def refusal(self, home: Path) -> str | None:
        """Why nothing new is begun now; None where something may be."""
        free = _memory()
        if free is not None and free < self.keep_memory:
            return f"{free:,.0f} MB of memory are free, and {self.keep_memory:,.0f} are to be (--keep-memory)"
        disk = os.statvfs(home)
        room = disk.f_bavail * disk.f_frsize / 1e6
        if room < self.keep_free:
            return f"{room:,.0f} MB are free on the disk of {home}, and {self.keep_free:,.0f} are to be (--keep-free)"
        return None


def _memory() -> float | None:
    """Megabytes that a new process may have, of the machine or of the container; None where neither is told."""
    told = []
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        told += [int(line.split()[1]) / 1024 for line in lines if line.startswith("MemAvailable:")]
        group = Path("/sys/fs/cgroup")
        limit = (group / "memory.max").read_text(encoding="ascii").strip()
        if limit.isdigit():
            used = int((group / "memory.current").read_text(encoding="ascii"))
            told.append((int(limit) - used) / 1e6)
    except OSError:  # no Linux, or no such group
        pass
    return min(told, default=None)
