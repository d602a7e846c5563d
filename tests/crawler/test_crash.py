"""`kill -9` at any moment, the same command again: the same set of captures as an undisturbed crawl, and no URL
lost.
"""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from archive.store.collection import Collection
from crawler.demo.server import DemoServer
from tests.crawler.command import lines, policy_archive, profile, started

IN_FLIGHT = 16 + 32  # in the downloader, and claimed ahead of it (crawler/scheduler.py)


def captures(home: Path) -> Counter[tuple[str, int | None]]:
    """How often each URL was captured, with which status."""
    collection = Collection.open(home / "home" / "collections" / "crash")
    return Counter((line.url, line.status) for line in collection.captures())


def crawl(folder: Path, site: Path) -> list[str]:
    return ["crawl", str(site), "--collection", "crash", "--allow-private", "--delay", "0"]


def killed_after(folder: Path, words: list[str], seconds: float) -> bool:
    """Runs the command and kills it, with all its processes, after a time. False when it had ended by itself."""
    process = started(folder, words, subprocess.DEVNULL)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def check(tmp_path: Path, publications: int, kills: int, seed: int) -> None:
    rng = random.Random(seed)
    with DemoServer(pages=publications) as server:
        undisturbed = tmp_path / "undisturbed"
        undisturbed.mkdir()
        site = profile(undisturbed, server.url, extends="demo")
        began = time.monotonic()
        done = policy_archive(undisturbed, *crawl(undisturbed, site), timeout=600)
        took = time.monotonic() - began
        assert done.returncode == 0, done.stdout + done.stderr
        wanted = captures(undisturbed)
        assert len(wanted) > publications
        in_time = 0
        for number in range(kills):
            folder = tmp_path / f"kill-{number}"
            folder.mkdir()
            moment = rng.uniform(0.3, took)
            in_time += killed_after(folder, crawl(folder, site), moment)
            resumed = policy_archive(folder, *crawl(folder, site), timeout=600)
            told = f"killed after {moment:.2f} s of {took:.2f} s\n{resumed.stdout}{resumed.stderr}"
            assert resumed.returncode == 0, told
            found = captures(folder)
            if len(list((folder / "home/collections/crash/crawls").iterdir())) > 1:
                continue  # it was killed after its end was written down: the second run was a new crawl
            assert set(found) == set(wanted), told
            assert sum(found.values()) - len(found) <= IN_FLIGHT, told
            ends = [line["end"] for path in (folder / "home").rglob("urls.jsonl") for line in lines(path)]
            assert "queued" not in ends, told
            assert policy_archive(folder, "verify", "crash", timeout=600).returncode == 0, told
        assert in_time, "no kill came in time"


@pytest.mark.slow
def test_two_kills(tmp_path: Path) -> None:
    check(tmp_path, publications=40, kills=2, seed=1)


@pytest.mark.faults
@pytest.mark.soak
def test_fifty_kills(tmp_path: Path) -> None:
    check(tmp_path, publications=300, kills=50, seed=2)
