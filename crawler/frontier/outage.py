"""A crawl's database that is away for a while is waited for, as long as the crawl may still be this process's."""

import logging
import time
from typing import Protocol

import sqlalchemy as sa

logger = logging.getLogger(__name__)

AWAY = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.InternalError)  # what a database that goes away raises
_WAITS = (0.1, 5.0)  # seconds before it is asked again, doubled each time


class Kept(Protocol):
    """What the crawl is held by: a lease (lease.py)."""

    waits: bool  # for its database, now

    def regain(self) -> None:
        """Renews it where it has run out, if the database answers. Raises LostLock once nothing is to be waited for:
        another owner has it, or the database was away for too long.
        """
        ...


class Outage:
    """One of them, from the first error on."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._wait = _WAITS[0]
        self._began: float | None = None

    def wait(self, error: BaseException) -> None:
        """Before what has failed with this error is tried again. Raises LostLock where it need not be."""
        if self._began is None:
            self._began = time.monotonic()
            told = " ".join(str(getattr(error, "orig", None) or error).split())[:200]
            logger.warning("the crawl waits for its database", extra={"why": told})
        self._kept.waits = True
        time.sleep(self._wait)
        self._wait = min(self._wait * 2, _WAITS[1])
        self._kept.regain()

    def over(self) -> None:
        """What had failed has been done."""
        self._kept.waits = False
        if self._began is not None:
            took = time.monotonic() - self._began
            logger.warning("the crawl has its database again", extra={"seconds": round(took, 1)})
