"""How a fleet stands, by its database: queue, workers, what is crawled now and how fast, what is late or fails."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from archive.database import Address
from archive.errors import DatabaseError
from archive.fleet.tables import LEASES, RUNS, WORKERS, problem

LATE = 900  # seconds after which a job that could have begun is late
SILENT = 30  # seconds after which a worker that says nothing is lost
_FEW = 200  # institutes that are told one by one


@dataclass(frozen=True, slots=True)
class Working:
    """A worker. `state` is `working`, `idle`, `draining`, `full` (see `held`) or `silent`."""

    name: str
    state: str
    began: datetime
    seen: float  # seconds since it said something
    running: int
    at_once: int
    held: str | None  # why it takes nothing


@dataclass(frozen=True, slots=True)
class Crawled:
    """An institute that is crawled now. `state` is what its crawl says, or `stalled` where its lease ran out."""

    collection: str
    owner: str
    fence: int
    state: str
    began: datetime
    left: float  # seconds of its lease
    pages: int = 0
    pages_per_second: float = 0.0
    queued: int = 0
    done: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Failed:
    """A collection whose newest job ended badly."""

    collection: str
    task: str
    ended: datetime
    exit_code: int
    why: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """All of it, at `at`."""

    at: datetime
    queue: dict[str, int] = field(default_factory=dict)  # `waiting`, `later`, `late`, `running`, `done`, `failed`
    running: Sequence[str] = ()  # collections of which a job is done now, of whatever kind
    workers: Sequence[Working] = ()
    crawled: Sequence[Crawled] = ()
    failing: Sequence[Failed] = ()
    late: Sequence[str] = ()  # collections
    database: dict[str, Any] = field(default_factory=dict)  # `bytes`, `connections`, `most_connections`

    @property
    def pages_per_second(self) -> float:
        return sum(one.pages_per_second for one in self.crawled)


def of(address: Address) -> Standing:
    """Looks, and touches nothing. Raises DatabaseError where there is no fleet, or nothing answers."""
    engine = address.engine("policy-archive fleet status")
    try:
        with address.asked(), engine.connect() as connection:
            if why := problem(connection):
                raise DatabaseError(f"{address} {why}")
            return Standing(
                at=connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one(),
                queue=_queue(connection),
                running=_running(connection),
                workers=_workers(connection),
                crawled=_crawled(connection),
                failing=_failing(connection),
                late=_late(connection),
                database=_database(connection),
            )
    finally:
        engine.dispose()


_DUE = "status = 'todo' AND coalesce(scheduled_at, now()) <= now()"
# When a job could have begun: when it was planned for, else when it was put in.
_SINCE = """coalesce(scheduled_at,
    (SELECT max(at) FROM procrastinate_events WHERE job_id = job.id AND type IN ('deferred', 'deferred_for_retry')))"""


def _queue(connection: sa.Connection) -> dict[str, int]:
    row = connection.execute(
        sa.text(
            f"SELECT count(*) FILTER (WHERE {_DUE}) AS waiting, "
            "count(*) FILTER (WHERE status = 'todo' AND scheduled_at > now()) AS later, "
            "count(*) FILTER (WHERE status = 'doing') AS running, "
            "count(*) FILTER (WHERE status = 'succeeded') AS done, "
            "count(*) FILTER (WHERE status = 'failed') AS failed FROM procrastinate_jobs"
        )
    ).one()
    return {name: int(count) for name, count in row._mapping.items()}


def _running(connection: sa.Connection) -> list[str]:
    rows = connection.execute(
        sa.text("SELECT lock FROM procrastinate_jobs WHERE status = 'doing' ORDER BY lock LIMIT :few"), {"few": _FEW}
    )
    return sorted((str(lock) for (lock,) in rows), key=_by_number)


def _by_number(name: str) -> list[tuple[int, str]]:
    """So that demo-10 comes after demo-9."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"([0-9]+)", name)]


def _late(connection: sa.Connection) -> list[str]:
    """What waits for longer than LATE, and nothing of its collection runs."""
    rows = connection.execute(
        sa.text(
            f"SELECT DISTINCT lock FROM procrastinate_jobs job WHERE {_DUE} "
            f"AND {_SINCE} < now() - make_interval(secs => :late) AND NOT EXISTS "
            "(SELECT 1 FROM procrastinate_jobs other WHERE other.lock = job.lock AND other.status = 'doing') ORDER BY 1"
        ),
        {"late": LATE},
    )
    return [str(lock) for (lock,) in rows]


def _workers(connection: sa.Connection) -> list[Working]:
    running = sa.text("SELECT worker_id, count(*) FROM procrastinate_jobs WHERE status = 'doing' GROUP BY 1")
    busy = {row[0]: int(row[1]) for row in connection.execute(running)}
    seen = sa.extract("epoch", sa.func.clock_timestamp() - WORKERS.c.seen).label("ago")
    found = []
    for row in connection.execute(sa.select(WORKERS, seen).order_by(WORKERS.c.name)):
        count = busy.get(row.id, 0)
        state = "full" if row.held else "working" if count else "idle"
        state = "silent" if row.ago > SILENT else "draining" if row.draining else state
        found.append(Working(row.name, state, row.began, float(row.ago), count, row.at_once, row.held))
    return found


def _crawled(connection: sa.Connection) -> list[Crawled]:
    left = sa.extract("epoch", LEASES.c.until - sa.func.clock_timestamp()).label("left")
    held = sa.select(LEASES, left).where(LEASES.c.released.is_(False)).order_by(LEASES.c.collection)
    return [_told(row) for row in connection.execute(held)]


def _told(row: Any) -> Crawled:
    """What a crawl says of itself is another process's word: what is no number is none."""
    try:
        said = json.loads(row.told or "{}")
    except ValueError:
        said = {}
    said = said if isinstance(said, dict) else {}
    state = str(said.get("state", "beginning"))[:20] if row.left > 0 else "stalled"
    rate = _number(said.get("pages_per_second")) if state == "running" else 0.0
    counts = {name: int(_number(said.get(name))) for name in ("pages", "queued", "done", "bytes")}
    return Crawled(
        row.collection, row.owner, row.fence, state, row.taken, float(row.left), pages_per_second=rate, **counts
    )


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _failing(connection: sa.Connection) -> list[Failed]:
    newest = (
        sa.select(RUNS)
        .where(RUNS.c.ended.is_not(None))
        .ext(distinct_on(RUNS.c.collection, RUNS.c.task))
        .order_by(RUNS.c.collection, RUNS.c.task, RUNS.c.ended.desc())
        .subquery()
    )
    bad = sa.select(newest).where(newest.c.exit_code.not_in((0, 4, 130))).order_by(newest.c.ended.desc()).limit(_FEW)
    return [Failed(row.collection, row.task, row.ended, row.exit_code, row.why) for row in connection.execute(bad)]


def _database(connection: sa.Connection) -> dict[str, Any]:
    row = connection.execute(
        sa.text(
            "SELECT pg_database_size(current_database()) AS bytes, "
            "(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) AS connections, "
            "current_setting('max_connections')::int AS most_connections"
        )
    ).one()
    return {name: int(value) for name, value in row._mapping.items()}
