"""What a signal does while there is nothing to tidy: at imports, which take a second, and before a crawl's reactor has
its own way with signals.

Imports nothing but what the interpreter has loaded: it comes first.
"""

import contextlib
import os
import signal
from collections.abc import Iterator
from typing import Any

INTERRUPTED = 130  # exit code: what a shell says of Ctrl-C
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """A process that is made meanwhile gets these signals only once it has called `end_at_once`.

    An interpreter that gets one as it starts ends with a traceback and exit code 1.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_at_once() -> None:
    """From here on, a signal ends the process with one line.

    Python's KeyboardInterrupt is lost where it is raised in a callback of the garbage collector, as it is at imports.
    """
    for number in _SIGNALS:
        signal.signal(number, _end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


@contextlib.contextmanager
def ended_at_once() -> Iterator[None]:
    """The same, for as long as this lasts; then a signal does what it did before."""
    before = [signal.getsignal(number) for number in _SIGNALS]
    end_at_once()
    try:
        yield
    finally:
        for number, handler in zip(_SIGNALS, before, strict=True):
            signal.signal(number, handler)


def _end(number: int, frame: Any) -> None:
    os.write(2, b"policy-archive: interrupted\n")
    os._exit(INTERRUPTED)
