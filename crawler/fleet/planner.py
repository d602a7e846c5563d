"""schedule.toml in a fleet: what is due is put into the queue, once, whichever worker looks first. What is due is
reckoned by the code that `schedule run` uses.
"""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import procrastinate
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from archive.fleet.tables import PLANNED
from archive.institutes import registry
from crawler.fleet.orders import Order, Task
from crawler.fleet.queue import job, put_in
from crawler.schedule import plan as schedule
from crawler.schedule.due import Due, due
from crawler.schedule.plan import Entry
from crawler.schedule.runs import State


async def plan(app: procrastinate.App, engine: sa.Engine, home: Path) -> None:
    """Looks once at all entries. Nothing where there is no schedule.toml. Raises CrawlError where it is wrong."""
    if not (home / schedule.NAME).exists():
        return
    entries = await asyncio.to_thread(lambda: schedule.load(home).entry)
    for entry in entries:
        with engine.begin() as connection:
            found = _claimed(connection, entry, datetime.now(UTC))
            for run in found.runs if found else ():
                if run.state is State.WAITING:
                    await put_in(app, job(Task.CRAWL, order_of(entry, home), at=run.begins))


def order_of(entry: Entry, home: Path) -> Order:
    """What an entry's job asks for: the entry itself, whose profile may be a file beside schedule.toml."""
    institute = registry.load(entry.institute, home).id
    return Order(institute=institute, collection=str(entry.collection), entry=entry.name)


def _claimed(connection: sa.Connection, entry: Entry, now: datetime) -> Due | None:
    """What is due of an entry, and from here on accounted for once the transaction ends; None where another worker is
    at it.
    """
    new: Any = postgresql.insert(PLANNED).values(entry=entry.name, mark=entry.mark, seen=now)
    connection.execute(new.on_conflict_do_nothing())
    mine = PLANNED.c.entry == entry.name
    row = connection.execute(sa.select(PLANNED).where(mine).with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    seen = row.seen if row.mark == entry.mark else now
    found = due(entry, seen, now)
    connection.execute(sa.update(PLANNED).where(mine).values(mark=entry.mark, seen=found.seen))
    return found
