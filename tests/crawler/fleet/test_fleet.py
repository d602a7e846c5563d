"""Two workers over demo institutes, as processes, while one of them dies, freezes, or the database does."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.fleet import standing
from crawler.fleet.local import Server
from crawler.frontier import lease
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
def test_a_thousand_institutes_at_a_page_a_second(server: Server) -> None:
    from crawler.fleet import queue

    queue.init(server.address)
    told = Load().run(server.address)
    print(told)
    assert told["pages a second"] >= 950
    assert told["p95 ms"] <= 50


@pytest.mark.slow
def test_the_load_of_many_crawls_is_made_by_the_crawls_own_code(postgres: Server) -> None:
    address = database(postgres, "load")
    from crawler.fleet import queue

    queue.init(address)
    told = Load(institutes=6, seconds=2, processes=1, threads=2).run(address)
    assert told["transactions"] >= 6 * 2
    assert os.environ.get(lease.SECONDS) is None
