"""The process of one run: `policy-archive crawl …`, which outlives the scheduler where that is killed."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from archive.interrupt import held_back

_TOLD = 8192  # bytes at the end of what a crawl said that are looked at for why it failed


class Held:
    """Whose run it is: a lock that the scheduler and the crawl share, and that is free when both have ended.

    `flock`, which goes with the open file: the crawl inherits it (its workers do not: see archive/store/lock.py).
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    @classmethod
    def take(cls, path: Path) -> "Held | None":
        """None where another process has it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return cls(descriptor)

    def release(self) -> None:
        os.close(self.descriptor)


class Worker(Protocol):
    """A crawl that runs."""

    pid: int

    def drain(self) -> None: ...

    def why(self) -> str | None: ...


class Process:
    """The crawl's process. `ended` is called in a thread, with its exit code, once it has."""

    def __init__(
        self,
        words: Sequence[str],
        output: Path,
        held: Held | None,
        ended: Callable[[int], None],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        output.parent.mkdir(parents=True, exist_ok=True)
        self._output = output
        with output.open("wb") as said, held_back():  # it may be told to drain before it has begun
            self._process = subprocess.Popen(
                [sys.executable, "-m", "crawler.cli", *words],
                stdin=subprocess.DEVNULL,
                stdout=said,  # a file, and no pipe: it outlives the scheduler
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is the scheduler's; a second signal would end the crawl at once
                pass_fds=(held.descriptor,) if held else (),
                env={**os.environ, **(environment or {})},
            )
        self.pid = self._process.pid
        threading.Thread(target=lambda: ended(self._process.wait()), name=f"crawl {self.pid}", daemon=True).start()

    def drain(self) -> None:
        """Asks it to finish what is in flight, seal and report."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGINT)

    def why(self) -> str | None:
        """The last line in which it said what was wrong."""
        with self._output.open("rb") as said:
            said.seek(max(0, said.seek(0, os.SEEK_END) - _TOLD))
            lines = said.read().decode("utf-8", "replace").splitlines()
        told = [line.removeprefix("policy-archive: ") for line in lines if line.startswith("policy-archive: ")]
        return told[-1] if told else None
