"""Rows of the queue that nobody here has written are refused, and nothing of them is run."""

import asyncio
import json
import pickle
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from archive.fleet.tables import WORKERS
from crawler.exits import COMPLETE
from crawler.fleet import planner, queue
from crawler.fleet.local import Server
from crawler.fleet.machine import Limits
from crawler.fleet.orders import Order, Rejected, Task, parse
from crawler.fleet.runner import Settings
from crawler.fleet.worker import FleetWorker
from tests.crawler.fleet.samples import database

GOOD = {"institute": "timep", "collection": "timep"}
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        [],
        None,
        "timep",
        {**GOOD, "institute": "../../etc/passwd"},
        {**GOOD, "institute": "/tmp/evil.toml"},
        {**GOOD, "institute": "evil.toml"},
        {**GOOD, "institute": "--home=/tmp"},
        {**GOOD, "institute": "معهد"},
        {**GOOD, "institute": "a\nb"},
        {**GOOD, "institute": 7},
        {**GOOD, "collection": ".."},
        {**GOOD, "collection": "con"},
        {**GOOD, "collection": "a" * 200},
        {**GOOD, "max_pages": "7; rm -rf /"},
        {**GOOD, "max_pages": -1},
        {**GOOD, "max_minutes": float("nan")},
        {**GOOD, "allow_private": True},
        {**GOOD, "__class__": "os.system"},
        {**GOOD, "entry": pickle.dumps(GOOD).hex() * 9},
    ],
)
def test_hostile_arguments_are_refused(arguments: Any) -> None:
    with pytest.raises(Rejected) as refused:
        parse("crawl", arguments)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("task", ["", "os.system", "builtins.eval", "زحف", "crawl; ls", "Crawl"])
def test_an_unknown_task_is_refused(task: str) -> None:
    with pytest.raises(Rejected, match="no task is called"):
        parse(task, GOOD)


def test_what_a_job_becomes(tmp_path: Path) -> None:
    task, order = parse("crawl", {**GOOD, "full": True, "max_pages": 7})
    crawl = ["--home", str(tmp_path), "crawl", "timep", "--collection", "timep", "--max-pages", "7", "--full"]
    assert order.words(task, tmp_path, False, NOW) == crawl
    assert order.words(task, tmp_path, True, NOW) == [*crawl, "--allow-private"]
    assert order.words(Task.VERIFY, tmp_path, True, NOW) == ["--home", str(tmp_path), "verify", "timep"]
    unknown = Order(institute="nobody", collection="nobody")
    with pytest.raises(Rejected, match="nobody"):
        unknown.words(Task.CRAWL, tmp_path, False, NOW)


@pytest.mark.parametrize(
    "values",
    [
        "'fleet', 'crawl', '[1]'", "'fleet', 'crawl', '\"timep\"'", "'fleet', 'os.system', '{}'",
        f"'fleet', 'crawl', '{{\"institute\": \"{'a' * 20_000}\"}}'",
    ],
    ids=["a list", "a text", "another task", "a long one"],
)  # fmt: skip
def test_the_table_takes_no_row_that_would_trip_the_queue(postgres: Server, values: str) -> None:
    address = database(postgres, "rows")
    assert queue.init(address)
    assert not queue.init(address)
    with address.engine("test").begin() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.exec_driver_sql(f"INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ({values})")


def test_a_worker_fails_hostile_rows_and_ends_when_nothing_waits(
    postgres: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is begun for them: no process, no folder. A schedule.toml that is wrong is said, and ends nothing."""
    address = database(postgres, "hostile")
    queue.init(address)
    rows = [
        {**GOOD, "institute": "../../x"},
        {**GOOD, "collection": "../y"},
        {"institute": "nobody", "collection": "n"},
    ]
    insert = sa.text(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('fleet', 'crawl', cast(:args AS jsonb))"
    )
    with address.engine("test").begin() as connection:
        connection.execute(insert, [{"args": json.dumps(row)} for row in rows])
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "schedule.toml").write_text('[[entry]]\ninstitute = "nobody"\nwhen = "غدا"\n')
    worker = FleetWorker(address, Settings(tmp_path / "home", "عامل", Limits(2, 0, 0), until_empty=True))
    assert worker.run() == COMPLETE
    (said,) = [record for record in caplog.records if record.message == "plans nothing"]
    assert "schedule.toml" in vars(said)["why"]
    with address.engine("test").connect() as connection:
        states = connection.exec_driver_sql("SELECT status::text FROM procrastinate_jobs").scalars().all()
        assert connection.execute(sa.select(WORKERS)).all() == []
    assert states == ["failed"] * 3
    assert not (tmp_path / "home/collections").exists()


def test_the_same_job_waits_once(postgres: Server) -> None:
    address = database(postgres, "twice")
    queue.init(address)
    job = Task.CRAWL, Order(**GOOD)
    assert queue.enqueue(address, [job, job, (Task.DERIVE, Order(**GOOD))]) == [True, False, True]


def test_a_machine_that_is_full_takes_nothing(tmp_path: Path) -> None:
    assert Limits(keep_memory=0, keep_free=0).refusal(tmp_path) is None
    assert "MB of memory are free" in str(Limits(keep_memory=1e9).refusal(tmp_path))
    assert "MB are free on the disk" in str(Limits(keep_memory=0, keep_free=1e12).refusal(tmp_path))


def test_what_the_schedule_plans_is_put_in_once(postgres: Server, tmp_path: Path) -> None:
    address = database(postgres, "planned")
    queue.init(address)
    (tmp_path / "schedule.toml").write_text('[[entry]]\ninstitute = "timep"\nwhen = "cron: * * * * *"\n')
    engine = address.engine("test")

    async def look() -> int:
        app = queue.application(address)
        async with app.open_async():
            await planner.plan(app, engine, tmp_path)
            with engine.begin() as connection:  # as if a minute had passed
                connection.exec_driver_sql("UPDATE policy_archive.planned SET seen = seen - interval '2 minutes'")
            for _ in range(2):
                await planner.plan(app, engine, tmp_path)
            return len(list(await app.job_manager.list_jobs_async()))

    assert asyncio.run(look()) == 1
