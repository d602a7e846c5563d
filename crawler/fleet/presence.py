"""A worker's line in the fleet's database: that it is there, why it takes nothing, and whether it is told to drain."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from archive.database import Address
from archive.errors import CollectionError
from archive.fleet.standing import SILENT
from archive.fleet.tables import WORKERS
from crawler.errors import CrawlError
from crawler.fleet.queue import needs_init
from crawler.frontier.lease import Owner

logger = logging.getLogger(__name__)

_LOOK = 0.5  # seconds between two looks at another worker's line
_FORGOTTEN = timedelta(days=1)  # after which a worker of another machine that says nothing is told of no more


class Presence:
    """Of one process: `claim` its name, `tell` now and then, `leave` in the end."""

    def __init__(self, address: Address, name: str, at_once: int) -> None:
        self._address, self.name, self._at_once = address, name, at_once
        self._engine = address.engine(f"policy-archive worker {name}")
        self._life = Owner.this().dumps()
        self._began = datetime.now(UTC)
        # A name may be two processes' for a while, where one of them was frozen and the other has taken its place.
        self._mine = WORKERS.c.name == name, WORKERS.c.life == self._life

    def claim(self) -> None:
        """Raises CrawlError where another worker that lives has the name. Whether one on another machine does shows in
        some seconds; that one does not, after half a minute.
        """
        others = sa.select(WORKERS.c.life, WORKERS.c.seen, _AGO).where(WORKERS.c.name == self.name, ~self._mine[1])
        first: dict[str, datetime] = {}
        told = False
        while True:
            with self._address.asked(), self._engine.begin() as connection:
                _bury(connection)
                rows = connection.execute(others).all()
                if all(row.ago > SILENT for row in rows):
                    connection.execute(sa.delete(WORKERS).where(WORKERS.c.name == self.name))
                    return
            for row in rows:
                owner = Owner.parse(row.life)
                if owner.near or row.seen > first.setdefault(row.life, row.seen):
                    raise CrawlError(
                        f"a worker called {self.name} runs already ({owner}): give this one another --name"
                    )
            if not told:
                logger.info("looks whether a worker of its name lives", extra={"entry": self.name, "why": str(owner)})
                told = True
            time.sleep(_LOOK)

    def tell(self, number: int, held: str | None, ends: bool) -> bool:
        """That it is there, as Procrastinate's worker `number`; `held`: why it takes nothing; whether it `ends`, by
        itself or by a signal. Returns whether it is told to drain.
        """
        told = {"id": number, "seen": sa.func.clock_timestamp(), "held": held}
        with self._engine.begin() as connection:
            draining = sa.or_(WORKERS.c.draining, sa.literal(ends))
            changed = sa.update(WORKERS).where(*self._mine).values(**told, draining=draining)
            row = connection.execute(changed.returning(WORKERS.c.draining)).first()
            if row is not None:
                return bool(row.draining)
            mine = {"name": self.name, "life": self._life, "began": self._began, "at_once": self._at_once}
            connection.execute(sa.insert(WORKERS).values(**told, **mine, draining=ends))
            return ends

    def bury(self) -> None:
        """Workers that were on this machine and are dead, and others that have long said nothing, are no more."""
        with self._engine.begin() as connection:
            _bury(connection)

    def leave(self) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.delete(WORKERS).where(*self._mine))


def _bury(connection: sa.Connection) -> None:
    for row in connection.execute(sa.select(WORKERS, _AGO)).all():
        owner = Owner.parse(row.life)
        if (owner.near and not owner.lives) or row.ago > _FORGOTTEN.total_seconds():
            connection.execute(sa.delete(WORKERS).where(WORKERS.c.id == row.id))
            gone = sa.text("DELETE FROM procrastinate_workers WHERE id = :id")  # its jobs are nobody's
            connection.execute(gone, {"id": row.id})


@dataclass(frozen=True, slots=True)
class Drained:
    """A worker that was told to drain, or to take jobs again."""

    name: str
    before: bool  # whether it was told so already
    silent: float | None  # seconds for which it has said nothing, where it should have
    running: Sequence[str]  # collections whose jobs it has yet to finish


def drain(address: Address, names: Sequence[str] | None, undo: bool = False) -> list[Drained]:
    """Tells these workers, or all. Raises CollectionError, with none told, where there is none of a name."""
    needs_init(address)
    with address.asked(), address.engine("policy-archive fleet drain").begin() as connection:
        rows = connection.execute(sa.select(WORKERS, _AGO).order_by(WORKERS.c.name).with_for_update()).all()
        there = {row.name for row in rows}
        if missing := sorted(set(names or ()) - there):
            raise CollectionError(
                f"no worker is called {', '.join(missing)}; there are: {', '.join(sorted(there)) or 'none'}"
            )
        asked = [row for row in rows if names is None or row.name in names]
        changed = sa.update(WORKERS).where(WORKERS.c.id.in_([row.id for row in asked]))
        connection.execute(changed.values(draining=not undo))
        jobs = connection.execute(_RUNNING, {"ids": [row.id for row in asked]}).all()
    return [
        Drained(
            row.name, row.draining != undo, row.ago if row.ago > SILENT else None,
            [job.lock for job in jobs if job.worker_id == row.id],
        )
        for row in asked
    ]  # fmt: skip


_AGO = sa.extract("epoch", sa.func.clock_timestamp() - WORKERS.c.seen).label("ago")
_RUNNING = sa.text(
    "SELECT worker_id, lock FROM procrastinate_jobs WHERE status = 'doing' AND worker_id = ANY(:ids) ORDER BY lock"
)
