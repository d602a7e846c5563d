"""`kill -9` at any moment, the same command again: the same set of captures as an undisturbed crawl, and no URL
lost.
"""

import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from archive.audit.finding import Finding, Level
from archive.audit.verify import Audit
from archive.store.collection import Collection
from crawler.demo.server import DemoServer
from tests.crawler.command import lines, policy_archive, profile, started

IN_FLIGHT = 16 + 32  # in the downloader, and claimed ahead of it (crawler/scheduler.py)


def captures(home: Path) -> Counter[tuple[str, int | None]]:
    """How often each URL was captured, with which status. What was kept a moment before the kill, and not noted, is
    asked for again with validators: "not modified" stands for the capture that it repeats.
    """
    collection = Collection.open(home / "home" / "collections" / "crash")
    lines = list(collection.captures())
    statuses = {line.url: line.status for line in lines if line.status is not None}
    return Counter((line.url, statuses.get(line.url) if line.status is None else line.status) for line in lines)


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


def errors(folder: Path) -> list[Finding]:
    """What is wrong with the bytes as the kill left them: a torn tail is none, it is told as a warning."""
    collection = Collection.open(folder / "home" / "collections" / "crash")
    return [finding for finding in Audit(collection, only_bytes=True).findings() if finding.level is Level.ERROR]


def check(tmp_path: Path, publications: int, kills: int, seed: int, lives: int) -> None:
    """So many kills, each at a random moment; `lives` is how often a crawl dies before it may end."""
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
        in_time = crawls = refetched = 0
        while in_time < kills:
            crawls += 1
            folder = tmp_path / f"crawl-{crawls}"
            folder.mkdir()
            moments = []
            for _ in range(min(lives, kills - in_time)):
                moments.append(rng.uniform(0.3, took / (lives + 1) * 2 if lives > 1 else took))
                if not killed_after(folder, crawl(folder, site), moments[-1]):
                    moments.pop()
                    break
                if (folder / "home/collections/crash/collection.toml").exists():
                    assert errors(folder) == [], moments
            in_time += len(moments)
            resumed = policy_archive(folder, *crawl(folder, site), timeout=600)
            told = f"killed after {moments} s of {took:.2f} s\n{resumed.stdout}{resumed.stderr}"
            assert resumed.returncode == 0, told
            found = captures(folder)
            if len(list((folder / "home/collections/crash/crawls").iterdir())) > 1:
                continue  # it was killed after its end was written down: the last run was a new crawl
            assert set(found) == set(wanted), told
            again = sum(found.values()) - len(found)
            assert again <= IN_FLIGHT * len(moments), told
            refetched += again
            ends = [line["end"] for path in (folder / "home").rglob("urls.jsonl") for line in lines(path)]
            assert "queued" not in ends, told
            assert policy_archive(folder, "verify", "crash", timeout=600).returncode == 0, told
            shutil.rmtree(folder)
            print(f"{in_time} kills of {crawls} crawls, {refetched} answers fetched twice, none lost", flush=True)


@pytest.mark.slow
@pytest.mark.faults
def test_two_kills(tmp_path: Path) -> None:
    check(tmp_path, publications=40, kills=2, seed=1, lives=1)


@pytest.mark.faults
@pytest.mark.soak
def test_three_hundred_kills(tmp_path: Path) -> None:
    """A crawl dies up to 15 times before it may end: about a kill in three seconds."""
    check(tmp_path, publications=300, kills=300, seed=2, lives=15)
