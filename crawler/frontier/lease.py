"""The lease of a collection: one owner at a time, and a number that grows with each, checked at every commit.

An owner renews it six times in its length, and asks nothing of a site in its last third: the delay fits into that
third, so that the next owner's first request keeps it too. Where it runs out by the clock, which goes on while a
process is stopped and while a machine sleeps, nothing is written any more. It is renewed then too, once the database
answers, if nobody has taken the collection meanwhile; after ten times its length more it is lost.
"""

import json
import logging
import os
import platform
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from archive.database import Address
from archive.errors import LostLock
from archive.fleet.tables import LEASES, METADATA, SCHEMA, VERSION
from archive.store.running import Life
from crawler.errors import CrawlError, OutOfReach
from crawler.frontier.outage import AWAY, Outage
from crawler.frontier.postgres import execute, session_of
from crawler.frontier.turn import Turn

logger = logging.getLogger(__name__)

SECONDS = "POLICY_ARCHIVE_LEASE"  # how long a lease lasts
MACHINE = "POLICY_ARCHIVE_MACHINE"  # the machine's name, where its host name does not tell it from others
USUAL = 60.0  # seconds of a lease
_PARTS = 3  # of a lease; in the last one nothing is asked of a site
_RENEWALS = 6  # in a lease
_TURN = 1.0  # seconds for which a renewal waits for the frontier's connection before it makes one of its own
_PATIENCE = 10  # lengths of a lease for which a database that is away is waited for
_IDLE = 15_000  # milliseconds for which an open transaction may hold the lease while its process says nothing
_making = sa.select(sa.func.pg_advisory_xact_lock(0x6C65617365))


@dataclass(frozen=True, slots=True)
class Owner:
    """One process of one machine. Containers have numbers of processes of their own."""

    machine: str
    life: Life
    numbers: str | None  # which numbering of processes its own is of

    @classmethod
    def this(cls) -> Self:
        return cls(os.environ.get(MACHINE) or platform.node(), Life.of(os.getpid()), _numbers())

    @classmethod
    def parse(cls, text: str) -> Self:
        """One that cannot be read is of no machine that is near."""
        try:
            said: dict[str, Any] = json.loads(text)
            return cls(said["machine"], Life(**said["life"]), said["numbers"])
        except (ValueError, KeyError, TypeError):
            return cls("an unknown machine", Life(0, "", None, None), None)

    def dumps(self) -> str:
        return json.dumps(asdict(self))

    @property
    def near(self) -> bool:
        """Whether it is, or was, a process that can be looked at from here."""
        here = Owner.this()
        return (self.machine, self.life.boot, self.numbers) == (here.machine, here.life.boot, here.numbers)

    @property
    def lives(self) -> bool:
        """Of one that is near: whether it is there still, be it stopped."""
        return Life.of(self.life.pid) == self.life and _state(self.life.pid) not in ("Z", "X", None)

    def __str__(self) -> str:
        return f"process {self.life.pid} of {self.machine}"


class Lease:
    """Taken by `take`, and renewed by a thread until `release`. `lost` is called in that thread where it cannot be."""

    def __init__(self, engine: sa.Engine, collection: str, seconds: float, fence: int, before: Owner | None) -> None:
        self._engine, self._collection = engine, collection
        self.turn = Turn()  # on the frontier's connection, once it is open (tenure.py)
        self.seconds = seconds
        self.fence = fence
        self.owner = str(Owner.this())
        self.before = before  # who did not let go of it
        self.told: str | None = None  # what the crawl says of itself, for whoever looks on
        self.waits = False  # for its database (outage.py)
        self._renewed = clock()
        self._lost: LostLock | None = None  # for good
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)
        self.lost: Callable[[LostLock], None] = lambda error: None

    @classmethod
    def take(cls, address: Address, collection: str, delay: float, above: int = 0) -> Self:
        """Its number is higher than any before it and than `above`: a database may have been made anew since. Raises
        LostLock where another owner has it, CrawlError where it would be too short for the delay, DatabaseError where
        it may not be taken.
        """
        seconds = length(delay)
        name = f"policy-archive lease {collection}"
        engine = address.engine(name)
        began = clock()
        with address.asked():
            try:
                with engine.begin() as connection:
                    fence, before = _taken(connection, collection, seconds, above)
            except sa.exc.OperationalError as error:
                raise OutOfReach(str(address.unreachable(error))) from None
        made = cls(address.engine(name, patience=seconds / _PARTS), collection, seconds, fence, before)
        made._renewed = began
        made._thread.start()
        return made

    # asked for before each write

    def check(self) -> None:
        """Raises OutOfReach where it has run out and may be had again, LostLock where it is lost."""
        if self._lost is not None:
            raise self._lost
        if not self.lasts:
            raise OutOfReach(
                f"the lease of collection {self._collection} ({self.seconds:g} s, number {self.fence}) ran out "
                "before it was renewed: nothing more is written; the same command goes on, here or elsewhere"
            )

    def confirm(self, connection: sa.Connection) -> None:
        self.check()
        if execute(connection, _HOLD, {"name": self._collection, "number": self.fence}).first() is None:
            self._lost = self._taken_over(connection)
            raise self._lost

    def why(self) -> LostLock | None:
        if self._lost is None:
            with suppress(sa.exc.SQLAlchemyError):  # the database tells nothing now
                self._renew()
        return self._lost

    def regain(self) -> None:
        if self._lost is None and not self.lasts:
            with suppress(sa.exc.SQLAlchemyError):  # it is away still
                self._renew()
        self._give_up()
        if self._lost is not None:
            raise self._lost

    @contextmanager
    def held(self) -> Iterator[None]:
        """Waits for a database that is away. What was done within stands where nobody could take the collection
        meanwhile, be it that the database went away in the midst of it.
        """
        with ExitStack() as stack:
            connection = self._patiently(lambda: self._confirmed(stack))
            yield
            try:
                connection.commit()
            except AWAY:
                self._patiently(lambda: self._confirmed(stack)).commit()

    def _confirmed(self, stack: ExitStack) -> sa.Connection:
        connection = stack.enter_context(self._engine.connect())
        self.confirm(connection)
        return connection

    def _patiently(self, ask: Callable[[], sa.Connection]) -> sa.Connection:
        outage = Outage(self)
        while True:
            try:
                found = ask()
            except (*AWAY, OutOfReach) as error:
                outage.wait(error)
            else:
                outage.over()
                return found

    @property
    def lasts(self) -> bool:
        """Whether `check` has nothing to say."""
        return self._lost is None and clock() - self._renewed < self.seconds

    @property
    def fresh(self) -> bool:
        """Whether something may be asked of a site."""
        return self._lost is None and clock() - self._renewed < self.seconds * (_PARTS - 1) / _PARTS

    # its life

    def lengthen(self, delay: float) -> None:
        """A site asks for a longer delay than the profile: the lease is so much longer from its next renewal on."""
        self.seconds = max(self.seconds, _PARTS * delay)

    def release(self) -> None:
        """Let go of it: the next owner need not wait."""
        self._stop.set()
        self._thread.join()
        with suppress(sa.exc.SQLAlchemyError):  # else it runs out by itself
            self._change(until=sa.func.clock_timestamp(), released=True, told=self.told)
        self._engine.dispose()

    def _keep(self) -> None:
        while self._lost is None and not self._stop.wait(self.seconds / _RENEWALS):
            try:
                self._renew()
            except sa.exc.SQLAlchemyError as error:
                logger.warning("the lease could not be renewed", extra={"why": " ".join(str(error).split())[:200]})
            if self._lost is None and not self.lasts:
                logger.warning("the lease ran out: nothing is asked for or written until it is renewed")
            self._give_up()
        if self._lost is not None:
            self.lost(self._lost)

    def _give_up(self) -> None:
        """Once the database was away for too long."""
        away = clock() - self._renewed
        if self._lost is None and away > self.seconds * (1 + _PATIENCE):
            self._lost = OutOfReach(
                f"the database of collection {self._collection} was out of reach for {away / 60:.0f} minutes, and its "
                f"lease (number {self.fence}) ran out: see that it runs; the same command goes on, here or elsewhere"
            )

    def _renew(self) -> None:
        began = clock()
        if self._change(until=_later(self.seconds), told=self.told):
            self._renewed = began
        else:
            with self._transaction() as connection:
                self._lost = self._taken_over(connection)

    def _change(self, **values: Any) -> bool:
        mine = LEASES.c.collection == self._collection, LEASES.c.fence == self.fence
        with self._transaction() as connection:
            return connection.execute(sa.update(LEASES).where(*mine).values(**values)).rowcount == 1

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        """Over the frontier's connection where it is free: a thousand crawls would else make a hundred a second."""
        with self.turn.spare(_TURN) as connection:
            if connection is not None:
                yield connection
                return
        with self._engine.begin() as connection:
            yield connection

    def _taken_over(self, connection: sa.Connection) -> LostLock:
        now = connection.execute(sa.select(LEASES).where(LEASES.c.collection == self._collection)).first()
        by = f"{now.owner} (number {now.fence}) has it since {now.taken:%H:%M:%S} UTC" if now else "nobody has it"
        return LostLock(
            f"collection {self._collection} was taken over while this process (number {self.fence}) did not answer: "
            f"{by}; nothing that was written here since then counts"
        )


def length(delay: float) -> float:
    """Seconds of a lease for a site's delay. Raises CrawlError where the one that was asked for is too short."""
    asked = os.environ.get(SECONDS)
    if asked is None:
        return max(USUAL, _PARTS * delay)
    try:
        seconds = float(asked)
    except ValueError:
        seconds = -1.0
    if not 1 <= seconds <= 3600:
        raise CrawlError(f"${SECONDS} is {asked!r}: give seconds, from 1 to 3600 ({USUAL:g} unless given)")
    if seconds < _PARTS * delay:
        raise CrawlError(
            f"a lease of {seconds:g} s (${SECONDS}) is too short for a delay of {delay:g} s between two requests: "
            f"it must last {_PARTS} × {delay:g} s = {_PARTS * delay:g} s at the least: who takes over keeps the delay"
        )
    return seconds


def clock() -> float:
    """Seconds that go on while the process is stopped, and where the system tells it, while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def make(connection: sa.Connection) -> None:
    """The fleet's tables, where there are none. Part of the caller's transaction."""
    connection.execute(_making)
    connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    METADATA.create_all(connection)
    connection.exec_driver_sql(f"COMMENT ON SCHEMA {SCHEMA} IS '{VERSION}'")


_HOLD = (
    sa.select(sa.func.set_config("idle_in_transaction_session_timeout", str(_IDLE), True))
    .where(LEASES.c.collection == sa.bindparam("name"), LEASES.c.fence == sa.bindparam("number"))
    .with_for_update(read=True)
)

_CUT_OFF = sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :session")


def _taken(connection: sa.Connection, collection: str, seconds: float, above: int) -> tuple[int, Owner | None]:
    """The new number, and the owner before that did not let go. Raises LostLock."""
    if not sa.inspect(connection).has_table(LEASES.name, schema=SCHEMA):
        make(connection)
    now = sa.func.clock_timestamp()
    mine = {"owner": str(Owner.this()), "life": Owner.this().dumps(), "taken": now, "released": False, "told": None}
    first = postgresql.insert(LEASES).values(collection=collection, fence=0, until=now, **{**mine, "released": True})
    connection.execute(first.on_conflict_do_nothing())
    left = sa.extract("epoch", LEASES.c.until - now).label("left")
    row = connection.execute(sa.select(LEASES, left).where(LEASES.c.collection == collection).with_for_update()).one()
    before = None if row.released else Owner.parse(row.life)
    if before is not None and row.left > 0 and not (before.near and not before.lives):
        raise LostLock(
            f"collection {collection} is crawled by {before}, whose lease lasts {row.left:.0f} s more "
            "unless it is renewed: wait for it"
        )
    fence = max(row.fence, above) + 1
    changed = sa.update(LEASES).where(LEASES.c.collection == collection)
    connection.execute(changed.values(fence=fence, until=_later(seconds), **mine))
    if before is not None:  # it may have been stopped within a transaction, whose rows nobody else could change
        connection.execute(_CUT_OFF, {"session": session_of(collection)})
    return fence, before


def _later(seconds: float) -> Any:
    return sa.func.clock_timestamp() + sa.func.make_interval(0, 0, 0, 0, 0, 0, seconds)


def _numbers() -> str | None:
    with suppress(OSError):
        return str(Path("/proc/self/ns/pid").readlink())
    return None


def _state(pid: int) -> str | None:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    return None
