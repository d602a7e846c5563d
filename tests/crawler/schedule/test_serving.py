"""`schedule run` as a process: two institutes at once, killed and begun again; no run is missed, none is done twice."""

import json
import os
import signal
import subprocess
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from archive.store.collection import Collection
from crawler.demo.server import DemoServer
from crawler.schedule.plan import load
from crawler.schedule.runs import Run, Runs
from tests.crawler.command import policy_archive, started
from tests.crawler.schedule.plans import entry, written

NAMES = ("one", "two")


def prepared(home: Path, servers: dict[str, str]) -> None:
    """A schedule whose entries were each due some hours ago, and seen before that."""
    home.mkdir()
    for name, url in servers.items():
        lines = ['extends = "demo"', f'id = "{name}"', f'name = "معهد {name}"', f'home = "{url}"']
        (home / f"{name}.toml").write_text("\n".join(lines), encoding="utf-8")
    now = datetime.now(UTC)
    due = (now - timedelta(hours=6)).strftime("%H:%M")
    text = "".join(
        entry(institute=f"./{name}.toml", when=f"every day at {due}", allow_private=True) for name in servers
    )
    plan = written(home, text)
    runs = Runs(home / "state" / "schedule.sqlite")
    for one in plan.entry:
        runs.seen(one.name, one.mark, now - timedelta(hours=12))
    runs.close()


def found(home: Path) -> list[Run]:
    runs = Runs(home / "state" / "schedule.sqlite")
    every = [run for one in load(home).entry for run in runs.of(one.name)]
    runs.close()
    return every


def until(process: "subprocess.Popen[str]", condition: Callable[[], bool]) -> None:
    """Looks until the condition holds; fails where the process ends first."""
    for _ in range(1200):
        if condition():
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
            assert condition(), f"ended with {process.returncode}"
    raise AssertionError("it took longer than two minutes")


def begun(home: Path) -> bool:
    """Whether both crawls write, or have written."""
    folders = [home / "collections" / name / "archive" for name in NAMES]
    return all(folder.is_dir() and any(folder.iterdir()) for folder in folders)


def ended(home: Path) -> bool:
    return all(run.ended is not None for run in found(home))


def stopped(process: "subprocess.Popen[str]") -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(120)


@pytest.mark.slow
def test_killed_and_begun_again_no_run_is_missed_or_doubled(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with DemoServer(pages=20) as first, DemoServer(pages=20, seed=2) as second:
        prepared(home, {"one": first.url, "two": second.url})
        words = ["schedule", "run"]
        process = started(tmp_path, words, subprocess.DEVNULL)
        until(process, lambda: begun(home))
        crawls = psutil.Process(process.pid).children()
        process.kill()  # the crawls outlive it: one is killed too, the other goes on by itself
        process.wait()
        for crawl in crawls[:1]:
            with suppress(ProcessLookupError):
                os.killpg(crawl.pid, signal.SIGKILL)
        process = started(tmp_path, words, subprocess.DEVNULL)
        until(process, lambda: any(run.attempts > 1 or run.ended for run in found(home)))
        assert stopped(process) == 0  # what runs is drained
        process = started(tmp_path, words, subprocess.DEVNULL)
        until(process, lambda: ended(home))
        assert stopped(process) == 0
    runs = found(home)
    assert sorted((run.entry, run.exit_code) for run in runs) == [("one", 0), ("two", 0)]
    for name in NAMES:
        collection = Collection.open(home / "collections" / name)
        assert len(list(collection.crawls_dir.iterdir())) == 1, name
        report = json.loads(next(collection.crawls_dir.glob("*/report.json")).read_text(encoding="utf-8"))
        assert report["exit_code"] == 0


@pytest.mark.slow
def test_once_with_metrics_and_json_lines(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with DemoServer(pages=10) as server:
        prepared(home, {"one": server.url})
        done = policy_archive(tmp_path, "schedule", "run", "--once", "one", "--log-json", "--metrics", "0")
        assert done.returncode == 0, done.stderr
        events = [json.loads(line) for line in done.stderr.splitlines()]
        assert {"begun", "ended", "metrics"} <= {event["message"] for event in events}
        again = policy_archive(tmp_path, "schedule", "run", "--once", "one")
        assert "nothing to do" in again.stdout
        listed = json.loads(policy_archive(tmp_path, "schedule", "list", "--json").stdout)
        assert listed[0]["last"]["outcome"] == "complete"
        process = started(tmp_path, ["schedule", "run", "--log-json", "--metrics", "0"])
        assert process.stderr is not None
        port = next(event["port"] for event in map(json.loads, process.stderr) if "port" in event)
        told = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20).read().decode()
        other = policy_archive(tmp_path, "schedule", "run")
        assert other.returncode == 2
        assert str(process.pid) in other.stderr
        assert stopped(process) == 0
        process.communicate()
    assert 'policy_archive_schedule_runs_total{entry="one",outcome="complete"} 1.0' in told
    assert 'policy_archive_crawl_exit_code{collection="one",institute="one"} 0.0' in told


def test_what_check_says_of_the_week(tmp_path: Path) -> None:
    written(tmp_path / "home", 'timezone = "Africa/Cairo"\n' + entry(window="22:00-02:00", name="تيمب"))
    done = policy_archive(tmp_path, "schedule", "check")
    assert done.returncode == 0, done.stderr
    assert "تيمب: 7 runs in the next 7 days" in done.stdout
    assert "when its window opens" in done.stdout
    assert "Africa/Cairo" in done.stdout
    assert "nobody is told" in done.stdout
    written(tmp_path / "home", entry())
    (tmp_path / "home" / "schedule.toml").write_text(entry(when="never"), encoding="utf-8")
    wrong = policy_archive(tmp_path, "schedule", "check")
    assert wrong.returncode == 2
    assert "entry 1 (timep): when: 'never'" in wrong.stderr
    assert "Traceback" not in wrong.stderr
