"""How a worker ends: drained, by a signal, killed; and what becomes of the crawl that it runs."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from archive.database import DATABASE, Address
from archive.errors import ArchiveError, CollectionError
from archive.fleet import standing
from crawler.cli.verbs import app
from crawler.errors import CrawlError
from crawler.fleet import presence, queue, telling
from crawler.fleet.demo import worker
from crawler.fleet.local import Server
from crawler.fleet.orders import Order, Task
from tests.crawler.command import lines
from tests.crawler.fleet.gated import hold, institute
from tests.crawler.fleet.samples import database
from tests.crawler.sockets import Wire
from tests.crawler.test_stopping import PATHS

NAME = "غرب"  # west
_PATIENCE = 300  # seconds: a loaded machine takes its time


def crawls(address: Address, *names: str) -> None:
    queue.enqueue(address, [(Task.CRAWL, Order(institute=name, collection=name)) for name in names])


@contextmanager
def working(address: Address, home: Path, name: str, *options: str) -> "Iterator[subprocess.Popen[bytes]]":
    """A worker's process, which is gone afterwards, and what it runs with it."""
    process = worker(address, home, name, *options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(what: Callable[[], object], process: "subprocess.Popen[bytes]", home: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while not what():
        assert process.poll() is None, said(home)
        assert time.monotonic() < end, said(home)
        time.sleep(0.05)


def said(home: Path) -> str:
    """What the workers have logged."""
    return "".join(path.read_text(encoding="utf-8") for path in home.glob("*.log"))


def jobs(address: Address) -> dict[str, str]:
    with address.engine("test").connect() as connection:
        rows = connection.execute(sa.text("SELECT lock, status::text FROM procrastinate_jobs")).all()
    return {str(lock): str(status) for lock, status in rows}


def asked_once(wire: Wire) -> None:
    paths = [request.split(b" ")[1].decode() for request in wire.requests]
    assert sorted(path for path in paths if path in PATHS) == sorted(PATHS)


def fences(home: Path, name: str) -> list[int]:
    return [line["fence"] for line in lines(home / "collections" / name / "ledger.jsonl")]


@pytest.mark.slow
def test_a_drained_worker_finishes_what_it_runs_and_takes_nothing_new(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, home = database(postgres, "تفريغ"), tmp_path / "home"
    queue.init(address)
    monkeypatch.setenv(DATABASE, address.text)
    with institute(home, "nile") as (_, nile), institute(home, "delta") as (_, delta):
        crawls(address, "nile")
        with working(address, home, NAME) as process:
            until(nile.asked.is_set, process, home)
            held = [hold(home, "nile", nile)]
            told = CliRunner().invoke(app, ["fleet", "drain", NAME])
            assert (told.exit_code, told.output) == (
                0, f"{NAME}: takes nothing new, and ends when it has finished nile\n"
            )  # fmt: skip
            crawls(address, "delta")
            (again,) = presence.drain(address, [NAME])
            assert telling.drained(again, False) == f"{NAME}: drains already: it ends when it has finished nile"
            until(lambda: standing.of(address).workers[0].held == "finishes nile, and ends", process, home)
            assert standing.of(address).workers[0].state == "draining"
            assert jobs(address)["delta"] == "todo"

            told = CliRunner().invoke(app, ["fleet", "drain", "--undo", "--all"])
            assert (told.exit_code, told.output) == (0, f"{NAME}: takes jobs again\n")
            until(delta.asked.is_set, process, home)
            held.append(hold(home, "delta", delta))
            (again,) = presence.drain(address, [NAME])
            assert (again.before, again.running) == (False, ["delta", "nile"])
            until(lambda: "finishes delta, nile" in said(home), process, home)
            crawls(address, "timep")
            for pause in held:
                pause.unlink()
            assert process.wait(_PATIENCE) == 0, said(home)
    assert jobs(address) == {"nile": "succeeded", "delta": "succeeded", "timep": "todo"}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ([], 2, "name workers"),
        (["--all"], 0, "there is no worker"),
        (["west-3"], 2, "no worker is called west-3; there are: none"),
        (["west-3", "--all"], 2, "name workers"),
    ],
)
def test_draining_nobody(
    postgres: Server, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, says: str
) -> None:
    address = database(postgres, "nobody")
    queue.init(address)
    monkeypatch.setenv(DATABASE, address.text)
    told = CliRunner().invoke(app, ["fleet", "drain", *words])
    refused = told.exception if isinstance(told.exception, ArchiveError) else None
    assert (refused.exit_code if refused else told.exit_code) == code
    assert says in told.stdout + str(refused)


@pytest.mark.slow
@pytest.mark.faults
def test_a_crawl_whose_worker_is_killed_seals_and_another_worker_goes_on(tmp_path: Path, postgres: Server) -> None:
    address, home = database(postgres, "orphan"), tmp_path / "home"
    queue.init(address)
    with institute(home, "nile") as (wire, gate):
        crawls(address, "nile")
        with working(address, home, "east") as first:
            until(gate.asked.is_set, first, home)
            (crawl,) = psutil.Process(first.pid).children()
            first.kill()
            first.wait()
            gate.open.set()  # it has been asked to end, and waits for this page
            assert psutil.wait_procs([crawl], timeout=_PATIENCE)[1] == []
            assert not list((home / "collections/nile/archive").glob("*.open"))
            assert fences(home, "nile") == [1, 1], "sealed, and the crawl's line, interrupted"
        with working(address, home, NAME, "--until-empty") as second:
            assert second.wait(_PATIENCE) == 0, said(home)
            assert "taken over" in said(home)
            asked_once(wire)
    assert jobs(address) == {"nile": "succeeded"}
    assert set(fences(home, "nile")) == {1, 2}
    reports = sorted((home / "collections/nile").glob("crawls/*/report.json"))
    assert len(reports) == 1, "the same crawl went on"


@pytest.mark.soak
@pytest.mark.faults
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_has_a_worker_hand_on_what_it_runs(tmp_path: Path, postgres: Server, number: signal.Signals) -> None:
    address, home = database(postgres, f"signal-{number}"), tmp_path / "home"
    queue.init(address)
    with institute(home, "nile") as (wire, gate):
        crawls(address, "nile")
        with working(address, home, NAME) as process:
            until(gate.asked.is_set, process, home)
            os.kill(process.pid, number)
            until(lambda: "nile to seal and hand on" in said(home), process, home)
            gate.open.set()
            assert process.wait(_PATIENCE) == 130, said(home)
            assert jobs(address) == {"nile": "todo"}
            assert standing.of(address).workers == []
            assert "Traceback" not in said(home)
            asked_once(wire)


@pytest.mark.slow
def test_a_name_is_one_worker_s(tmp_path: Path, postgres: Server) -> None:
    address, home = database(postgres, "named"), tmp_path / "home"
    home.mkdir()
    queue.init(address)
    with working(address, home, NAME) as process:
        until(lambda: standing.of(address).workers, process, home)
        other = presence.Presence(address, NAME, 2)
        with pytest.raises(CrawlError, match=rf"called {NAME} runs already .process {process.pid} of .*another --name"):
            other.claim()
        process.kill()
        process.wait()
        other.claim()
        assert standing.of(address).workers == []


def test_who_is_not_there_is_not_drained_and_neither_are_the_others(postgres: Server) -> None:
    from tests.crawler.fleet.samples import filled

    address = filled(postgres, "others")
    with pytest.raises(CollectionError, match=r"no worker is called شرق; there are: .*west-3"):
        presence.drain(address, ["west-3", "شرق"])
    assert not any(one.state == "draining" for one in standing.of(address).workers)
