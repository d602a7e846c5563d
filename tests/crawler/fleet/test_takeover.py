"""A crawl that is frozen past its lease, while another machine goes on with it, and is woken again."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa

from archive.fleet.tables import LEASES
from archive.store.collection import Collection
from archive.store.running import Life
from crawler.demo.server import DemoServer
from crawler.fleet.local import Server
from crawler.frontier.lease import Lease, Owner
from crawler.tenure import Tenure
from tests.crawler.command import environment, lines, lines_so_far, policy_archive, profile

IN_FLIGHT = 16 + 32  # of a crawl that is stopped: in the downloader, and claimed ahead of it (crawler/scheduler.py)
CONNECTIONS = 8  # of the demo's profile: what had left the line as it was stopped, and was not sent yet


HALF_DEAD = """
import ctypes, sys, threading, time
from pathlib import Path
from archive.store.lock import Lock
Lock(Path(sys.argv[1])).take()
threading.Thread(target=time.sleep, args=(60,)).start()
print("has it", flush=True)
ctypes.CDLL(None).pthread_exit(None)
"""  # a zombie, whose second thread has its files: as any process is for a moment while it is killed


def crawling(folder: Path, words: list[str], machine: str, server: Server) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", "--home", str(folder / "home"), *words],
        env=environment() | around(server, machine), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


def around(server: Server, machine: str) -> dict[str, str]:
    return {
        "POLICY_ARCHIVE_FRONTIER": server.address.text,
        "POLICY_ARCHIVE_LEASE": "3",
        "POLICY_ARCHIVE_MACHINE": machine,
    }


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.parametrize(
    "machine", ["two", pytest.param("one", marks=pytest.mark.soak)], ids=["on another machine", "on the same machine"]
)
def test_a_frozen_owner_writes_nothing_that_counts(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch, machine: str
) -> None:
    log = tmp_path / "log.jsonl"
    with DemoServer(pages=12, log=log) as site:
        name = f"frozen-{machine}"
        words = ["crawl", str(profile(tmp_path, site.url, extends="demo")), "--collection", name]
        words += ["--allow-private", "--delay", "0.01"]
        first = crawling(tmp_path, words, "one", postgres)
        while len(lines_so_far(log)) < 30:
            assert first.poll() is None, first.communicate()
        frozen = [psutil.Process(first.pid), *psutil.Process(first.pid).children(recursive=True)]
        os.killpg(first.pid, signal.SIGSTOP)
        for name_, value in around(postgres, machine).items():
            monkeypatch.setenv(name_, value)
        while "is crawled by" in (refused := policy_archive(tmp_path, *words)).stderr:
            assert refused.returncode == 6  # its lease lasts
        assert refused.returncode == 0, refused.stderr
        asked = len(lines(log))
        os.killpg(first.pid, signal.SIGCONT)
        _, said = first.communicate(timeout=60)
        assert len(lines(log)) - asked <= CONNECTIONS, "it asked for more after it had lost the collection"
    if machine == "one":
        assert first.returncode == -signal.SIGKILL
    else:
        assert first.returncode == 6, said
        assert f"collection {name} was taken over" in said or "ran out before it was renewed" in said
        assert len([line for line in said.splitlines() if line.startswith("policy-archive: ")]) == 1
    psutil.wait_procs(frozen, timeout=30)
    collection = Collection.open(tmp_path / "home/collections" / name)
    assert not collection.open_warcs()
    fences = [entry["fence"] for entry in collection.ledger]
    assert fences == sorted(fences)
    assert set(fences) == {2}, "the first one's file was sealed by the second"
    verified = policy_archive(tmp_path, "verify", name)
    assert verified.returncode == 0, verified.stdout
    ends = [line["end"] for line in lines(next((tmp_path / "home").rglob("urls.jsonl")))]
    assert "queued" not in ends
    paths = [line["path"] for line in lines(log) if line["path"] != "/robots.txt"]
    again = len(paths) - len(set(paths))
    assert again <= IN_FLIGHT, f"{again} of {len(paths)} were fetched twice"
    assert json.loads((collection.path / "state/crawl.json").read_text(encoding="utf-8"))["state"] == "ended"


def test_an_owner_whose_first_thread_has_ended_is_ended_before_the_lock_is_taken(
    tmp_path: Path, postgres: Server
) -> None:
    name = "half-dead"
    collection = Collection.open(tmp_path / "معهد" / name, create=True)
    before = Lease.take(postgres.address, name, 0.0)
    command = [sys.executable, "-c", HALF_DEAD, str(collection.state_dir / "lock")]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "has it\n"
        process = psutil.Process(owner.pid)
        while process.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
        with postgres.address.engine("test").begin() as connection:
            life = replace(Owner.this(), life=Life.of(owner.pid)).dumps()
            connection.execute(sa.update(LEASES).where(LEASES.c.collection == name).values(life=life))
        Tenure.take(collection, postgres.address, 0.0).release()
        assert owner.wait(timeout=30) == -signal.SIGKILL
    before.release()
