"""Processes that read the parts of WARCs, one a processor; a small source is read in this process."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from typing import Self, TypeVar

from archive.audit.integrity import Seen, joined, look, parts, whole
from archive.audit.source import WarcFile
from archive.processes import Processes, Task
from archive.store.remote.ranges import Stored

SMALL = 16 * 1024 * 1024  # bytes that are read before two processes have started (0.2 s)
_BUFFER = 1024 * 1024  # of a file that is hashed

Result = TypeVar("Result")


class Readers:
    """Reads WARCs in as many processes as there are processors. Use as a context manager."""

    def __init__(self, total: int, processes: int | None = None) -> None:
        """`total` is what there is to read in bytes; `processes` is for tests."""
        self.processes = processes or ((os.cpu_count() or 1) if total > SMALL else 1)
        self._processes = Processes(self.processes) if self.processes > 1 else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *told: object) -> None:
        if self._processes is not None:
            self._processes.__exit__(*told)

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
        if self._processes is None:
            for warc in warcs:
                for seen in whole(warc, lambda at, warc=warc: progress(warc, at)):  # type: ignore[misc]
                    yield warc, seen
                if hashed and not warc.still_open:
                    yield warc, sha256(warc.path)
        else:
            wanted = list(warcs)
            results = self._processes.map(_tasks(wanted, hashed), meanwhile)
            for warc in wanted:
                own = _first(results, sum(1 for _ in parts(warc)))
                for seen in joined(warc, own, lambda at, warc=warc: progress(warc, at)):  # type: ignore[misc]
                    yield warc, seen
                if hashed and not warc.still_open:
                    yield warc, next(results)[1]


def sha256(path: Stored) -> str:
    """Of a file, lower-case hex."""
    with path.open("rb", buffering=0) as file:
        digest = hashlib.sha256()
        while piece := file.read(_BUFFER):
            digest.update(piece)
        return digest.hexdigest()


def _tasks(warcs: Iterable[WarcFile], hashed: bool) -> Iterator[Task]:
    for warc in warcs:
        for part in parts(warc):
            yield look, part
        if hashed and not warc.still_open:
            yield sha256, warc.path


def _first(items: Iterator[Result], count: int) -> Iterator[Result]:
    for _ in range(count):
        yield next(items)
