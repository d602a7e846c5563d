"""Jobs that nobody does any more are done by another worker: their own has said nothing for long, or never knew."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from procrastinate import exceptions, jobs, manager

from archive.database import Address
from crawler.exits import COMPLETE
from crawler.fleet import queue
from crawler.fleet import worker as module
from crawler.fleet.local import Server
from crawler.fleet.machine import Limits
from crawler.fleet.orders import Order, Task
from crawler.fleet.runner import Settings
from crawler.fleet.worker import FleetWorker
from tests.crawler.fleet.samples import database


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BEAT", 0.05)
    monkeypatch.setattr(module, "_POLL", 0.05)


def waiting(postgres: Server, name: str) -> Address:
    """A queue in which one job waits. It fails as soon as it is begun: there is no such institute."""
    address = database(postgres, name)
    queue.init(address)
    queue.enqueue(address, [(Task.CRAWL, Order(institute="nobody", collection="nobody"))])
    return address


def works(address: Address, home: Path) -> None:
    limits = Limits(keep_memory=0, keep_free=0)
    assert FleetWorker(address, Settings(home, "عامل", limits, stalled=0.2, until_empty=True)).run() == COMPLETE


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [vars(record)["why"] for record in caplog.records if record.message == "taken over"]


def state(address: Address) -> str:
    with address.engine("test").connect() as connection:
        return str(connection.execute(sa.text("SELECT status::text FROM procrastinate_jobs")).scalar_one())


def test_the_job_of_a_worker_that_says_nothing_is_another_s(
    postgres: Server, tmp_path: Path, quick: None, caplog: pytest.LogCaptureFixture
) -> None:
    address = waiting(postgres, "silent")
    with address.engine("test").begin() as connection:
        run = connection.exec_driver_sql
        run("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')")
        run("UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)")
    works(address, tmp_path / "home")
    assert told(caplog) == ["crawl, whose worker is gone"]
    assert state(address) == "failed"


def test_a_job_that_was_given_out_as_the_database_went_away_is_given_out_again(
    postgres: Server, tmp_path: Path, quick: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = waiting(postgres, "unheard")
    fetch = manager.JobManager.fetch_job
    lost = []

    async def unheard(self: manager.JobManager, queues: Any, worker_id: int) -> jobs.Job | None:
        job = await fetch(self, queues, worker_id)
        if job is None or lost:
            return job
        lost.append(job)
        raise exceptions.ConnectorException from psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(manager.JobManager, "fetch_job", unheard)
    works(address, tmp_path / "home")
    assert told(caplog) == ["crawl, which this worker was given, and never heard of"]
    assert "the database is out of reach" in [record.message for record in caplog.records]
    assert state(address) == "failed"
