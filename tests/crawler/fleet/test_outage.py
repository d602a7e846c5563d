"""A database that goes away in mid-crawl is waited for: the crawl goes on, and nothing is lost or doubled."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from archive.database import Address
from archive.errors import LostLock
from archive.fleet.tables import LEASES
from archive.institutes.profile import Profile
from archive.store.exchange import Exchange, Location, Resource, Stored
from crawler.crawl import Crawl
from crawler.errors import OutOfReach
from crawler.exits import LOST
from crawler.fleet import queue
from crawler.fleet.local import Server
from crawler.frontier import Added, End, Found, Frontier, Role, lease
from crawler.frontier.lease import Lease, Owner
from crawler.frontier.postgres import Postgres, session_of
from crawler.options import Options
from crawler.recorder import Recorder
from tests.archive.store.samples import exchange
from tests.crawler.command import lines_so_far, policy_archive
from tests.crawler.fleet.gated import institute
from tests.crawler.fleet.samples import database
from tests.crawler.fleet.test_ends import asked_once, crawls, fences, jobs, said, until, working
from tests.crawler.fleet.test_takeover import crawling

NAME = "outage"
URLS = [f"https://مثال.example/ورقة-{number}" for number in range(6)]
_PATIENCE = 300  # seconds


@pytest.fixture
def taken(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lease]:
    monkeypatch.setenv(lease.SECONDS, "600")  # no test takes so long that it would be renewed
    made = Lease.take(postgres.address, NAME, 0.0)
    yield made
    made.release()


@pytest.fixture
def frontier(postgres: Server, taken: Lease) -> Iterator[Frontier]:
    place = Postgres(postgres.address, NAME)
    place.clear()
    made = Frontier(place, taken)
    made.add([found(url) for url in URLS])
    made.commit()
    yield made
    made.close()


def found(url: str) -> Found:
    return Found(url, url, Role.PAGE, "test")


class Writer:
    """Stands for the archive's."""

    def store(self, batch: Sequence[Exchange | Resource]) -> list[Stored]:
        return [Stored(Location("a.warc.gz", number, 10), False, 10) for number in range(len(batch))]


def fails_once(address: Address, frontier: Frontier, monkeypatch: pytest.MonkeyPatch, committed: bool) -> None:
    """The connection is lost as the next transaction is committed: just before that is done, or just after."""

    def commit() -> None:
        monkeypatch.undo()
        if committed:
            frontier.commit()
            raise sa.exc.OperationalError("COMMIT", {}, psycopg.OperationalError("server closed the connection"))
        end = sa.text("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE application_name = :name")
        with address.engine("test").begin() as connection:
            connection.execute(end, {"name": session_of(NAME)})
        frontier.commit()

    monkeypatch.setattr(frontier, "commit", commit)


@pytest.mark.parametrize("committed", [True, False], ids=["committed", "not committed"])
def test_whether_the_last_commit_was_heard_of_or_not_comes_to_the_same(
    postgres: Server, frontier: Frontier, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    async def run() -> None:
        recorder = Recorder(Writer(), frontier, asyncio.get_running_loop())
        fails_once(postgres.address, frontier, monkeypatch, committed)
        (first, second), _ = await recorder.claim(2, tuple(Role))
        assert [first.url, second.url] == URLS[:2]
        await recorder.record(exchange(), first)
        fails_once(postgres.address, frontier, monkeypatch, committed)
        new = await recorder.change(
            lambda table: table.finish(first, End.ARCHIVED, None, "analysis", [found(URLS[1]), found(URLS[0] + "/2")])
        )
        assert new == Added(1, 0)
        rest, _ = await recorder.claim(9, tuple(Role))
        assert [row.url for row in rest] == [*URLS[2:], URLS[0] + "/2"]
        await asyncio.to_thread(recorder.stop)

    asyncio.run(run())
    rows = [row for row, _ in frontier.all()]
    assert [(row.state, row.tries) for row in rows] == [("done", 1)] + [("in-flight", 1)] * 6
    assert (rows[0].warc, rows[0].end) == ("a.warc.gz", "archived")


def test_a_lease_that_ran_out_is_had_again_where_nobody_took_it(taken: Lease, monkeypatch: pytest.MonkeyPatch) -> None:
    now = lease.clock()
    monkeypatch.setattr(lease, "clock", lambda: now + 3600)
    with pytest.raises(OutOfReach, match="ran out before it was renewed"):
        taken.check()
    taken.regain()
    taken.check()
    assert taken.fresh


def test_a_lease_that_ran_out_is_lost_where_another_has_taken_it(
    postgres: Server, taken: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres.address.engine("test").begin() as connection:
        other = replace(Owner.this(), machine="القاهرة").dumps()
        ended = sa.update(LEASES).where(LEASES.c.collection == NAME)
        connection.execute(ended.values(until=sa.func.clock_timestamp(), life=other))
    second = Lease.take(postgres.address, NAME, 0.0)
    now = lease.clock()
    monkeypatch.setattr(lease, "clock", lambda: now + 3600)
    with pytest.raises(LostLock, match="was taken over"):
        taken.regain()
    second.release()


def test_a_database_that_stays_away_is_given_up(
    frontier: Frontier, taken: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise sa.exc.OperationalError("", {}, psycopg.OperationalError("connection refused"))

    now, long = lease.clock(), 11 * 600 + 1
    monkeypatch.setattr(lease, "clock", lambda: now + long)
    monkeypatch.setattr(taken, "_renew", away)
    with pytest.raises(
        OutOfReach, match=r"was out of reach for 110 minutes.*see that it runs; the same command goes on"
    ):
        frontier.through(away)
    frontier.close()


@pytest.mark.faults
def test_a_crawl_begins_though_its_database_is_restarted_just_then(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(lease.SECONDS, "600")
    profile = Profile(id="mahad", name="معهد المثال", home="https://example.org/")
    crawl = Crawl.open(profile, tmp_path, options=Options(workers=1, derive=False), database=postgres.address)
    postgres.crash()

    async def begin() -> None:
        crawl.begin(asyncio.get_running_loop())
        rows, _ = await crawl.recorder.claim(1, tuple(Role))
        assert len(rows) == 1
        crawl.heartbeat.stop()
        await asyncio.to_thread(crawl.recorder.stop)

    asyncio.run(begin())
    crawl.writer.seal()
    crawl.pages.close()
    crawl.release()


def test_a_crawl_that_cannot_be_opened_since_its_database_went_away_is_to_be_tried_again(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise sa.exc.OperationalError("", {}, psycopg.OperationalError("connection refused"))

    monkeypatch.setattr(Postgres, "_make", away)
    profile = Profile(id="mahad", name="معهد المثال", home="https://example.org/")
    with pytest.raises(OutOfReach, match=r"out of reach .connection refused.: see that it runs") as told:
        Crawl.open(profile, tmp_path, "refused", database=postgres.address)
    assert told.value.exit_code == LOST


@pytest.mark.slow
@pytest.mark.faults
def test_a_worker_and_its_crawl_go_on_when_the_database_was_restarted(tmp_path: Path, postgres: Server) -> None:
    address, home = database(postgres, "restarted"), tmp_path / "home"
    queue.init(address)
    with institute(home, "nile") as (wire, gate):
        crawls(address, "nile")
        with working(address, home, "غرب", "--until-empty") as process:
            until(gate.asked.is_set, process, home)
            postgres.crash()
            gate.open.set()
            assert process.wait(_PATIENCE) == 0, said(home)
            asked_once(wire)
    assert jobs(address) == {"nile": "succeeded"}
    assert set(fences(home, "nile")) == {1}, "it was one crawl's to the end"
    assert "Traceback" not in said(home)
    verified = policy_archive(tmp_path, "verify", "nile")
    assert verified.returncode == 0, verified.stdout


@pytest.mark.soak
@pytest.mark.faults
def test_a_crawl_outlives_its_lease_where_the_database_is_away_and_nobody_takes_it(
    tmp_path: Path, postgres: Server
) -> None:
    home = tmp_path / "home"
    with institute(home, "delta") as (wire, gate):
        process = crawling(tmp_path, ["crawl", "delta", "--allow-private"], "one", postgres)
        assert gate.asked.wait(_PATIENCE)
        (log,) = home.rglob("log.jsonl")
        postgres.stop()
        gate.open.set()
        for message in ("the crawl waits for its database", "the lease ran out"):
            while not any(line["message"].startswith(message) for line in lines_so_far(log)):
                assert process.poll() is None, process.communicate()
        postgres.start()
        _, told = process.communicate(timeout=_PATIENCE)
        assert process.returncode == 0, told
        asked_once(wire)
    assert set(fences(home, "delta")) == {1}
