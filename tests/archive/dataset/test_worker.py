"""Workers may hang, eat memory and die; the caller learns of it, and the next page is read."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from archive.dataset.worker import NoWorkers, Underived, Workers
from archive.store.exchange import Location
from tests.archive.dataset.inside import EATS_MEMORY, ENDS, FINE, HANGS, HERE, RAISES
from tests.archive.dataset.making import PROFILE

FUNCTIONS = {"opener": f"{HERE}:opener", "extract": f"{HERE}:extract", "links_only": f"{HERE}:links_only"}


def place(offset: int) -> Location:
    return Location("nile-20260101120000-00000.warc.gz", offset, 1)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(Path("nowhere"), PROFILE, 2, time_limit=60, memory_limit=400 << 20, functions=FUNCTIONS) as pool:
        yield pool


@pytest.fixture(scope="module")
def hurried() -> Iterator[Workers]:
    with Workers(Path("nowhere"), PROFILE, 2, time_limit=3, memory_limit=400 << 20, functions=FUNCTIONS) as pool:
        yield pool


def test_a_capture_is_read(workers: Workers) -> None:
    derived = workers.submit(place(FINE)).result(60)
    assert derived.location == place(FINE)
    assert derived.title
    assert derived.title.startswith("عنوان")
    assert derived.title != f"عنوان {os.getpid()}"
    assert [one.key for one in derived.links] == ["https://nile.example/a"]
    assert derived.cut == {"outside": 1}


def test_links_only_has_no_fields(workers: Workers) -> None:
    derived = workers.submit(place(FINE), links_only=True).result(60)
    assert (derived.title, derived.page_json, len(derived.links)) == (None, b"", 1)


@pytest.mark.parametrize(
    ("offset", "why"),
    [
        (EATS_MEMORY, "took too much memory"),
        (RAISES, "ValueError: نصّ that cannot be read"),
        (ENDS, "ended its worker with code 9"),
    ],
)
def test_what_cannot_be_read_is_underived_and_the_others_are_read(workers: Workers, offset: int, why: str) -> None:
    check_others(workers, offset, why)


def test_what_hangs_is_underived_and_the_others_are_read(hurried: Workers) -> None:
    check_others(hurried, HANGS, "took longer than 3 s")


def check_others(workers: Workers, offset: int, why: str) -> None:
    """One capture fails for this reason; those that were handed in with it are read."""
    bad = workers.submit(place(offset))
    good = [workers.submit(place(10 * number)) for number in range(1, 20)]
    with pytest.raises(Underived, match=why) as caught:
        bad.result(60)
    assert f"at byte {offset}" in str(caught.value)
    assert [future.result(60).location.offset for future in good] == [10 * number for number in range(1, 20)]


def test_a_collection_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with Workers(tmp_path, PROFILE, 1, functions=FUNCTIONS | {"opener": f"{HERE}:broken_opener"}) as pool:
        for _ in range(2):
            with pytest.raises(Underived, match="cannot be opened"):
                pool.submit(place(FINE)).result(60)


def test_what_cannot_be_imported_is_said_in_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    with Workers(Path("nowhere"), PROFILE, 1, functions=FUNCTIONS | {"extract": "tests.nowhere:extract"}) as pool:
        for links_only in (False, True):
            with pytest.raises(Underived, match=r"ModuleNotFoundError: No module named 'tests.nowhere'"):
                pool.submit(place(FINE), links_only).result(60)
    assert capfd.readouterr().err == ""


def test_workers_that_cannot_be_started_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Workers(Path("nowhere"), PROFILE, 1, functions=FUNCTIONS)

    def no_process(*_: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr("pebble.pool.process.launch_process", no_process)
    with pytest.raises(NoWorkers, match="cannot be started"):
        pool.submit(place(FINE))
    pool.stop()


def test_workers_that_were_killed_while_idle_are_replaced() -> None:
    with Workers(Path("nowhere"), PROFILE, 2, functions=FUNCTIONS) as pool:
        pids = {int(str(pool.submit(place(FINE)).result(60).title).split()[1]) for _ in range(20)}
        workers = [psutil.Process(pid) for pid in pids]  # asked for while they are there
        for worker in workers:
            worker.kill()
        psutil.wait_procs(workers, timeout=120)
        results = []
        for number in range(20):  # the first may still meet the broken pool
            try:
                results.append(pool.submit(place(10 * number)).result(60))
            except Underived:
                continue
        assert results


def test_stop_leaves_nothing_running() -> None:
    pool = Workers(Path("nowhere"), PROFILE, 1, functions=FUNCTIONS)
    future = pool.submit(place(HANGS))
    pool.stop()
    with pytest.raises(Underived):
        future.result(60)


PARENT = f"""
import sys, threading
from pathlib import Path
from archive.dataset.worker import Workers
from tests.archive.dataset.making import PROFILE
from tests.archive.dataset.test_worker import FUNCTIONS, place
if __name__ == "__main__":
    workers = Workers(Path("nowhere"), PROFILE, 1, functions=FUNCTIONS)
    print(workers.submit(place({FINE})).result(60).title.split()[1], flush=True)
    workers.submit(place({HANGS}))
    threading.Event().wait()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl")
def test_workers_die_with_a_killed_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(root)}, text=True
    ) as parent:
        assert parent.stdout
        worker = psutil.Process(int(parent.stdout.readline()))
        family = psutil.Process(parent.pid).children(recursive=True)
        assert worker in family
        parent.kill()
    _, alive = psutil.wait_procs(family, timeout=120)
    assert not alive
