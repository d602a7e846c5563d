"""Two workers over demo institutes, as processes, while one of them dies, freezes, or the database does."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.fleet import standing
from crawler.fleet import queue
from crawler.fleet.local import Server
from crawler.frontier import lease
from tests.benchmarks.database import Replayed
from tests.benchmarks.fleet import Fleet, Load, Told, crashes, freezes, kills
from tests.crawler.fleet.samples import database
from tests.crawler.fleet.test_takeover import IN_FLIGHT


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """One of its own: it is killed too."""
    monkeypatch.setenv(lease.SECONDS, "10")
    with Server(max_connections="1200", commit_delay="2000") as made:
        yield made


def good(told: Told, publications: int) -> bool:
    print(told)
    assert told.lost == []
    assert told.two_at_once == []
    return told.publications >= publications


@pytest.mark.slow
@pytest.mark.faults
def test_a_worker_is_killed_and_the_other_goes_on(tmp_path: Path, server: Server) -> None:
    told = Fleet(tmp_path / "home", server, institutes=2, pages=10).run(kills(1, 4, 6))
    assert good(told, 20)
    assert told.twice <= 2 * IN_FLIGHT
    found = standing.of(server.address)
    assert (found.queue["done"], found.queue["failed"], found.crawled) == (2, 0, [])


@pytest.mark.soak
@pytest.mark.faults
@pytest.mark.parametrize(
    "disturb", [kills(10, 5, 15), crashes(5, 10, 25), freezes(20, 45)], ids=["ten kills", "five crashes", "a freeze"]
)
def test_two_thousand_publications(tmp_path: Path, server: Server, disturb: Callable[[Fleet], None]) -> None:
    told = Fleet(tmp_path / "home", server, institutes=10, pages=200).run(disturb)
    assert good(told, 2000)
    assert told.twice <= 0.05 * told.requests


@pytest.mark.soak
def test_a_database_takes_a_thousand_institutes_at_a_page_a_second(server: Server) -> None:
    queue.init(server.address)
    told = Replayed().run(server.address)
    print(told)
    assert told["pages a second"] >= 950
    assert told["p95 ms"] <= 50


@pytest.mark.slow
def test_what_a_crawl_says_is_said_again(postgres: Server) -> None:
    address = database(postgres, "replayed")
    queue.init(address)
    told = Replayed(institutes=4, seconds=4, warm=1).run(address)
    assert told["pages a second"] > 1
    with address.engine("test").connect() as connection:
        done = connection.exec_driver_sql(
            """SELECT (SELECT count(*) FROM "crawl load-0".urls WHERE state = 'done'),"""
            """ (SELECT count(*) FROM "crawl load-0".urls WHERE id > 70)"""
        ).one()
    before = Load.before
    assert done[0] > before, "pages ended"
    assert done[1] == 2 * done[0] - 6, "each led to two that were new"  # 64 and the first six have numbers up to 70


@pytest.mark.slow
def test_the_load_of_many_crawls_is_made_by_the_crawls_own_code(postgres: Server) -> None:
    address = database(postgres, "load")
    queue.init(address)
    told = Load(institutes=6, seconds=2, processes=1, threads=2).run(address)
    assert told["transactions"] >= 6 * 2
    assert os.environ.get(lease.SECONDS) is None
