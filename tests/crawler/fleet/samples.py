"""A fleet's database with something of everything, strange words among it."""

import json
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from archive.database import Address
from archive.fleet.tables import LEASES, RUNS, WORKERS
from crawler.fleet import queue
from crawler.fleet.local import Server
from crawler.fleet.orders import Order, Task
from crawler.frontier.lease import Owner

HOSTILE = "<script>alert('أمر')</script>\x1b[31m"


def database(server: Server, name: str) -> Address:
    """A new one on that server."""
    with server.address.engine("test").connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    return Address(server.address.url.set(database=name))


def filled(server: Server, name: str) -> Address:
    address = database(server, name)
    queue.init(address)
    names = ("timep", "waits", "late", "runs")
    queue.enqueue(address, [(Task.CRAWL, Order(institute=one, collection=one)) for one in names])
    now, elsewhere = sa.func.clock_timestamp(), replace(Owner.this(), machine="elsewhere").dumps()
    told = {"state": "running", "pages": 12, "pages_per_second": 1.5, "queued": 30, "done": 99, "bytes": 7_000_000}
    minute = sa.literal(timedelta(minutes=1))
    with address.engine("test").begin() as connection:
        run = connection.exec_driver_sql
        run("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()), (now())")
        run("UPDATE procrastinate_jobs SET status = 'doing', worker_id = 1 WHERE lock = 'runs'")
        run("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour' WHERE lock = 'waits'")
        run("UPDATE procrastinate_jobs SET scheduled_at = now() - interval '1 hour' WHERE lock = 'late'")
        for number, called, seen in ((1, "west-3", now), (2, HOSTILE, now - sa.literal(timedelta(minutes=10)))):
            connection.execute(
                sa.insert(WORKERS).values(
                    id=number, name=called, life=elsewhere, began=now, seen=seen, at_once=20, draining=False, held=None
                )
            )
        for collection, word, until in (
            ("runs", json.dumps(told), now + minute),
            ("معهد", '{"pages": "many"}', now + minute),
            ("gone", "[", now - minute),
        ):
            connection.execute(
                sa.insert(LEASES).values(
                    collection=collection,
                    fence=7,
                    owner="process 7 of elsewhere",
                    life=elsewhere,
                    taken=now,
                    until=until,
                    released=False,
                    told=word,
                )
            )
        for job, (collection, code) in enumerate((("timep", 0), ("late", 5), ("runs", 4))):
            connection.execute(
                sa.insert(RUNS).values(
                    job=job + 100,
                    task="crawl",
                    institute=collection,
                    collection=collection,
                    worker="west-3",
                    began=now,
                    ended=now,
                    exit_code=code,
                    why=HOSTILE if code else None,
                )
            )
    return address
