"""The engine of one machine: killed processes, poison, and the same bytes from any number of processes."""

import contextlib
import json
import random
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest

from archive.dataset.batch import loose
from archive.dataset.batch.local import Local
from tests.archive.dataset.batch import warcs
from tests.archive.dataset.batch.test_loose import contents, failures, shards


def test_a_page_costs_itself_alone_and_what_was_killed_is_tried_again(tmp_path: Path) -> None:
    """Out of time, out of memory, ended by itself, killed from outside, an error: the rest of the WARC is there."""
    once = str(tmp_path / "once")
    path = warcs.told(
        tmp_path / "a.warc.gz",
        {"title": "أول"}, {"does": "raise"}, {"does": "end"}, {"does": "end", "once": once, "title": "Again"},
        {"does": "eat"}, {"does": "hang"}, {"title": "آخر"},
    )  # fmt: skip
    engine = warcs.Faulty(Local(1), time_limit=4)
    told = loose.derive([str(path)], str(tmp_path / "to"), engine)
    assert [one["title"] for one in shards(tmp_path / "to")] == ["أول", "Again", "آخر"]
    assert (told.counts.records, told.counts.derived, told.counts.failed) == (7, 3, 4)
    reasons = [one["reason"] for one in failures(tmp_path / "to")]
    assert reasons == [
        "ValueError: لا يُقرأ here", "ended its worker with code 9", "took too much memory", "took longer than 4 s",
    ]  # fmt: skip
    assert (told.warcs, told.aside, told.reused) == (1, 0, 0)


def test_a_killed_process_is_replaced_and_a_poison_warc_is_set_aside(tmp_path: Path) -> None:
    folder = tmp_path / "warcs"
    folder.mkdir()
    for name in "abcd":
        warcs.told(folder / f"{name}.warc.gz", {"title": name}, {"title": "ثان"})
    once = str(tmp_path / "once")
    warcs.told(folder / "killed.warc.gz", {"title": "one"}, {"does": "kill", "once": once, "title": "two"})
    warcs.told(folder / "poison.warc.gz", {"title": "one"}, {"does": "kill"})
    told = loose.derive([str(folder)], str(tmp_path / "to"), warcs.Faulty(Local(2)))
    urls = [(one["warc"], one["url"]) for one in shards(tmp_path / "to")]
    assert len(urls) == len(set(urls)) == 10
    assert Path(once).exists()
    assert (told.warcs, told.aside, told.counts.derived, told.counts.failed) == (6, 1, 10, 1)
    [poison] = failures(tmp_path / "to")
    assert (poison["warc"], poison["offset"]) == ("poison.warc.gz", None)
    assert poison["reason"] == "set aside after 3 tries: its process ended with code -9"
    manifest = json.loads((tmp_path / "to" / "manifest.json").read_text())
    assert [one["warc"] for one in manifest["shards"] if one.get("aside")] == ["poison.warc.gz"]
    assert not list((tmp_path / "to" / "shards").glob(".new-*"))
    # the next time it is tried again, and nothing else is
    warcs.told(folder / "poison.warc.gz", {"title": "one"}, {"does": "ende"})
    told = loose.derive([str(folder)], str(tmp_path / "to"), warcs.Faulty(Local(1)))
    assert (told.reused, told.counts.derived, told.failures) == (5, 12, [])


def test_any_number_of_processes_gives_the_same_bytes_and_none_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "warcs"
    folder.mkdir()
    warcs.common_crawl(folder / "cc.warc.gz")
    for number in range(3):
        warcs.demo(folder / f"demo-{number}.warc.gz", range(4 * number, 4 * number + 4))
    seen = []
    for processes in (1, 3):
        counted: list[int] = []
        loose.derive([str(folder)], str(tmp_path / str(processes)), Local(processes), step=counted.append)
        assert sum(counted) == 8 + 12
        seen.append(contents(tmp_path / str(processes)))
    # one file, read by several processes: its lines stand in the order of the file all the same
    loose.derive([str(folder / "demo-1.warc.gz")], str(tmp_path / "one"), Local(3))
    seen.append(contents(tmp_path / "one"))
    assert seen[0] == seen[1]
    assert {name for name in seen[2] if "shards" in name and seen[2][name] == seen[0][name]} == {
        name for name in seen[0] if "demo-1" in name
    }
    assert not [one for one in psutil.Process().children() if "derive" in " ".join(_words(one))]


def test_a_process_that_says_nothing_is_ended(tmp_path: Path) -> None:
    path = warcs.told(tmp_path / "a.warc.gz", {"does": "hang"})
    engine = warcs.Faulty(Local(1, stall=0.5), time_limit=3600)
    told = loose.derive([str(path)], str(tmp_path / "to"), engine)
    assert [one.reason for one in told.failures] == ["set aside after 3 tries: no word of it for 0.5 s"]


@pytest.mark.soak
def test_two_thousand_pages_are_all_there_and_none_twice_whatever_is_killed(tmp_path: Path) -> None:
    """Processes that read pages and those that do jobs are killed at random, one for every four shards."""
    folder = tmp_path / "warcs"
    folder.mkdir()
    for number in range(50):
        warcs.demo(folder / f"demo-{number:02}.warc.gz", range(40 * number, 40 * number + 40))
    ended, rng, kills = threading.Event(), random.Random(7), 0

    def kill() -> None:
        nonlocal kills
        while not ended.wait(0.1):
            if len(list((tmp_path / "to" / "shards").glob("*.json"))) < 4 * kills:
                continue  # on a slow machine, too, they get on between two kills
            slots = [one for one in psutil.Process().children() if "spawn_main" in " ".join(_words(one))]
            every = slots + [one for slot in slots for one in slot.children(recursive=True)]
            if every:
                with contextlib.suppress(psutil.NoSuchProcess):
                    rng.choice(every).kill()
                    kills += 1

    killing = threading.Thread(target=kill)
    killing.start()
    try:
        told = loose.derive([str(folder)], str(tmp_path / "to"), Local(2))
    finally:
        ended.set()
        killing.join()
    assert kills > 10
    assert (told.counts.told(), told.aside) == ({"records": 2000, "derived": 2000, "skipped": {}, "failed": 0}, 0)
    places = [(one["warc"], one["offset"]) for one in shards(tmp_path / "to")]
    assert len(places) == len(set(places)) == 2000
    loose.derive([str(folder)], str(tmp_path / "quiet"), Local(2))
    assert contents(tmp_path / "to") == contents(tmp_path / "quiet")


@pytest.mark.parametrize("code", [28, 122])
def test_a_full_disk_ends_it_all(tmp_path: Path, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from archive.errors import OutOfSpace

    path = warcs.told(tmp_path / "a.warc.gz", {"title": "x"})
    engine = Local(1)
    monkeypatch.setattr(engine, "_begin", _full(engine, code))
    with pytest.raises(OutOfSpace, match=r"no space left for .*(No space left|quota).*make room"):
        loose.derive([str(path)], str(tmp_path / "to"), engine)


def _full(engine: Any, code: int) -> Any:
    """A process that answers as one does whose disk is full."""
    import multiprocessing
    import os

    from archive.dataset.batch.local import _Slot

    def begin(job: Any) -> None:
        ours, theirs = multiprocessing.Pipe()
        theirs.send(OSError(code, os.strerror(code)))
        process = multiprocessing.get_context("spawn").Process(target=print)
        process.start()
        engine._slots.append(_Slot(process, ours, job))

    return begin


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
