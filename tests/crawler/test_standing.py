"""A crawl seen and held from outside: `status`, `pause`, `resume`, while it runs and when it is gone."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.crawler.command import policy_archive, started
from tests.crawler.sockets import Wire
from tests.crawler.test_stopping import PATHS, Gate, goes_on, site

ARABIC = "معهد الشرق للسياسات"


def named(folder: Path) -> None:
    """The institute's name is Arabic."""
    path = folder / "institute.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("Test Institute", ARABIC), encoding="utf-8")


def status(folder: Path) -> dict[str, Any]:
    done = policy_archive(folder, "status", "stop", "--json")
    assert done.returncode == 0, done.stderr
    (told,) = json.loads(done.stdout)
    assert told["collection"] == "stop"
    return dict(told)


def asked(wire: Wire) -> list[str]:
    return [request.split(b" ")[1].decode() for request in wire.requests if b"robots" not in request.split(b"\r")[0]]


def test_a_crawl_is_paused_and_goes_on_and_can_be_looked_at(tmp_path: Path) -> None:
    gate = Gate()
    with site(tmp_path, gate) as (wire, words):
        named(tmp_path)
        process = started(tmp_path, words)
        assert gate.asked.wait(30)
        seen = status(tmp_path)
        assert (seen["state"], seen["pid"], seen["institute"]) == ("running", process.pid, ARABIC)
        assert seen["told"]["found"] == len(PATHS)
        paused = policy_archive(tmp_path, "pause", "stop")
        assert paused.returncode == 0, paused.stderr
        assert "stop is paused" in paused.stdout
        gate.open.set()
        while status(tmp_path)["told"]["ends"].get("archived", 0) < 3:  # what was on its way is taken
            time.sleep(0.1)
        assert len(asked(wire)) == 3
        shown = policy_archive(tmp_path, "status").stdout
        assert shown.startswith("stop · paused · crawl 20")
        assert "policy-archive resume stop" in shown
        assert len(asked(wire)) == 3
        resumed = policy_archive(tmp_path, "resume", "stop")
        assert resumed.returncode == 0, resumed.stderr
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said
        assert sorted(asked(wire)) == sorted(PATHS)
    seen = status(tmp_path)
    assert (seen["state"], seen["pid"], seen["exit_code"], seen["left"]) == ("complete", None, 0, 0)
    assert seen["publications"] == len(PATHS)
    assert seen["bytes"] > 1000
    for verb in ("pause", "resume"):
        done = policy_archive(tmp_path, verb, "stop")
        assert done.returncode == 2
        assert "no crawl of stop is running" in done.stderr


def test_a_crawl_that_broke_off_is_told_and_its_pause_is_forgotten(tmp_path: Path) -> None:
    gate = Gate()
    with site(tmp_path, gate) as (wire, words):
        named(tmp_path)
        process = started(tmp_path, words)
        assert gate.asked.wait(30)
        assert policy_archive(tmp_path, "pause", "stop").returncode == 0
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert status(tmp_path)["state"] == "stale"
        shown = policy_archive(tmp_path, "status", "stop").stdout
        assert "broken off" in shown
        assert "the same command again" in shown
        done = policy_archive(tmp_path, "resume", "stop")
        assert done.returncode == 2
        assert "no crawl of stop is running" in done.stderr
        (tmp_path / "home/collections/stop/state/pause").touch()  # as the kill would have left it
        gate.open.set()
        goes_on(tmp_path, wire, words, in_flight=2)
    assert status(tmp_path)["state"] == "complete"


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_an_empty_home(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = policy_archive(tmp_path, "status", *words)
    assert done.returncode == 0
    assert json.loads(done.stdout) == [] if words else "policy-archive demo" in done.stdout
    assert policy_archive(tmp_path, "status", "nothing").returncode == 2
