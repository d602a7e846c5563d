"""The right to write to a collection: its lock, and where its frontier is in a database, its lease."""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Self

from archive.database import Address
from archive.errors import CollectionBusy, LostLock
from archive.store import running
from archive.store.apart import set_apart
from archive.store.collection import Collection
from archive.store.running import Life
from crawler.frontier.lease import Lease, Owner
from crawler.frontier.place import File, Place
from crawler.frontier.postgres import Postgres

logger = logging.getLogger(__name__)

_PATIENCE = 10.0  # seconds for a process that was killed to be gone


class Tenure:
    """Taken by `take`, and let go of by `release`. `place` is where the frontier lies."""

    def __init__(self, place: Place, lock: AbstractContextManager[None], lease: Lease | None) -> None:
        self.place = place
        self.lease = lease
        self._lock = lock

    @classmethod
    def take(cls, collection: Collection, address: Address | None, delay: float) -> Self:
        """Raises CollectionBusy or LostLock where it is another's."""
        if address is None:
            lock = collection.lock()
            lock.__enter__()
            return cls(File(collection.state_dir / "frontier.sqlite"), lock, None)
        lease = Lease.take(address, collection.name, delay, above=collection.ledger.fence())
        try:
            if lease.before is not None:
                _cut_off(lease.before, collection)
            lock = collection.lock()
            lock.__enter__()
        except BaseException:
            lease.release()
            raise
        collection.fence = lease
        place = Postgres(address, collection.name)
        lease.turn = place.turn
        return cls(place, lock, lease)

    def release(self) -> None:
        self._lock.__exit__(None, None, None)
        if self.lease is not None:
            self.lease.release()

    @property
    def fresh(self) -> bool:
        """Whether something may be asked of a site."""
        return self.lease is None or self.lease.fresh

    @property
    def waits(self) -> bool:
        """Whether its database is away, and waited for."""
        return self.lease is not None and self.lease.waits

    @property
    def lasts(self) -> bool:
        """Whether the collection is still this process's."""
        return self.lease is None or self.lease.lasts

    def keep(self, loop: asyncio.AbstractEventLoop, lost: Callable[[LostLock], None]) -> None:
        """From here on `lost` is called in the loop where the lease cannot be renewed; a write finds out by itself."""
        if self.lease is not None:
            self.lease.lost = lambda error: _tell(loop, lost, error)

    def lengthen(self, delay: float) -> None:
        if self.lease is not None:
            self.lease.lengthen(delay)

    def tell(self, told: str) -> None:
        """What the crawl says of itself, for `fleet status`."""
        if self.lease is not None:
            self.lease.told = told


def _tell(loop: asyncio.AbstractEventLoop, lost: Callable[[LostLock], None], error: LostLock) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(lost, error)


def _cut_off(before: Owner, collection: Collection) -> None:
    """The database says that the owner before is none any more. What it may still do is made to count for nothing: on
    this machine it is killed (its lock would else be held for ever); on another its files are no longer these.
    """
    if not before.near:
        set_apart(collection)
        return
    if not _has(before, collection):
        return
    logger.warning("the owner before is stopped, and ended", extra={"why": str(before)})
    try:
        with suppress(ProcessLookupError):  # gone since it was looked at
            os.kill(before.life.pid, signal.SIGKILL)
    except PermissionError:
        raise CollectionBusy(
            f"collection {collection.name} is held by {before}, which does not answer and is another user's: end it"
        ) from None
    until = time.monotonic() + _PATIENCE
    while _has(before, collection) and time.monotonic() < until:
        time.sleep(0.01)


def _has(before: Owner, collection: Collection) -> bool:
    """Whether that very process has the collection's lock: a row of a table tells of no process that might be any. Its
    state would not tell: a process is a zombie as soon as its first thread is, while others of its have the lock still.
    """
    return running.writer(collection) == before.life.pid and Life.of(before.life.pid) == before.life
