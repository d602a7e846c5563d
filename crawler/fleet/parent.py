"""A crawl that a worker began ends with it: asked to seal where the worker is killed, so that another one may go on."""

import ctypes
import os
import signal
import sys
from typing import Any

from crawler.exits import INTERRUPTED

VARIABLE = "_POLICY_ARCHIVE_WORKER"  # the process that began this one
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def follow() -> None:
    """Called first thing by the command. Nothing where no worker began it."""
    worker = os.environ.pop(VARIABLE, "")
    if not worker.isdigit() or not sys.platform.startswith("linux"):
        return
    signal.signal(signal.SIGHUP, _once)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGHUP)
    if os.getppid() != int(worker):  # it died before it could be followed
        sys.exit(INTERRUPTED)


def _once(number: int, frame: Any) -> None:
    """Linux says so for each thread of the worker that ends after the one before (prctl(2)), and a second interrupt
    would end a crawl at once.
    """
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.kill(os.getpid(), signal.SIGINT)
