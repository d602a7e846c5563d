"""One writer a collection: a lock that the operating system takes back when its holder dies.

POSIX record locks (`lockf`), and not `flock`: a worker process that outlives a killed crawl does not inherit them.
They do not keep apart two holders within one process, so this module does.
"""

import fcntl
import os
import struct
from dataclasses import dataclass, field
from pathlib import Path

from archive.errors import CollectionBusy

_FLOCK = "hhqqi4x"  # struct flock of Linux: type, whence, start, length, pid
_held: dict[Path, int] = {}  # lock files that this process holds, and its pid (a forked child has a copy, but no lock)


@dataclass(slots=True)
class Lock:
    """May be taken more than once by its one owner, and is let go as often."""

    path: Path
    _depth: int = field(default=0, init=False)
    _descriptor: int = field(default=-1, init=False)

    @property
    def held(self) -> bool:
        """Whether this very Lock is taken."""
        return self._depth > 0

    @property
    def last(self) -> bool:
        """Whether it is taken once: the next release lets go of it."""
        return self._depth == 1

    def take(self) -> None:
        """Take it now; raises CollectionBusy, naming the process that has it."""
        if self._depth == 0:
            if _held.get(self.path) == os.getpid():  # looking into the file would let go of this process's lock
                raise self._busy(str(os.getpid()))
            self._descriptor = self._open()
            _held[self.path] = os.getpid()
        self._depth += 1

    def release(self) -> None:
        """Let go of it, as often as it was taken."""
        self._depth -= 1
        if self._depth == 0:
            _held.pop(self.path, None)
            os.close(self._descriptor)

    def holder(self) -> int | None:
        """The process that has it; None where none has, 0 where it is not one of this system's. Takes nothing, and
        keeps nobody from taking it.
        """
        if _held.get(self.path) == os.getpid():  # opening and closing the file would let go of it
            return os.getpid()
        try:
            descriptor = os.open(self.path, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            kind, _, _, _, pid = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, asked))
        finally:
            os.close(descriptor)
        return None if kind == fcntl.F_UNLCK else max(0, pid)

    def _open(self) -> int:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(descriptor, 20).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise self._busy(holder or "unknown") from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
        return descriptor

    def _busy(self, holder: str) -> CollectionBusy:
        collection = self.path.parent.parent
        return CollectionBusy(
            f"collection {collection.name} is in use by process {holder}: wait for it, or name another collection"
        )
