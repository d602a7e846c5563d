"""How a collection stands, from what lies in it."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.store import running, standing
from archive.store.collection import Collection

INSTITUTE = "معهد الشرق"
TOLD = running.Told(
    running.this_process(), "20261122180000", INSTITUTE, "2026-11-22T18:00:00Z", "2026-11-22T18:00:05Z", "running",
    found=9, done=4, queued=5,
)  # fmt: skip


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return Collection.open(tmp_path / "timep", create=True)


def ended(collection: Collection, code: int, **urls: int) -> None:
    folder = collection.crawls_dir / TOLD.crawl
    folder.mkdir()
    told = {"crawl": TOLD.crawl, "institute": "timep", "exit_code": code, "why": None, "ended": "20261122190000"}
    (folder / "report.json").write_text(json.dumps({**told, "urls": urls}))


def test_what_was_told_is_read_again(collection: Collection) -> None:
    assert running.told(collection) is None
    TOLD.write(collection)
    assert running.told(collection) == TOLD
    assert [path.name for path in collection.state_dir.iterdir()] == ["crawl.json"]
    (collection.state_dir / "crawl.json").write_text('{"state": "running"}')
    assert running.told(collection) is None


def test_a_crawl_runs_while_its_own_process_holds_the_lock(collection: Collection) -> None:
    TOLD.write(collection)
    assert standing.of(collection).state == "stale"
    with collection.lock():
        seen = standing.of(collection)
        assert (seen.state, seen.pid, seen.left, seen.institute) == ("running", os.getpid(), 5, INSTITUTE)
        another = replace(TOLD, life=replace(TOLD.life, started="1"))  # the number is another process's by now
        another.write(collection)
        assert standing.of(collection).state == "stale"
        replace(TOLD, life=replace(TOLD.life, boot="an earlier one")).write(collection)
        assert standing.of(collection).state == "stale"
        assert collection.locked
    assert standing.of(collection).pid is None


@pytest.mark.parametrize(
    ("code", "urls", "state", "left"),
    [
        (0, {"archived": 9}, "complete", 0),
        (1, {"archived": 8, "failed": 1}, "failed", 0),
        (4, {"archived": 4, "limit": 5}, "limit", 5),
        (5, {"failed": 9}, "unreachable", 0),
        (130, {"archived": 7, "queued": 2}, "interrupted", 2),
    ],
)
def test_how_the_last_crawl_ended(
    collection: Collection, code: int, urls: dict[str, int], state: str, left: int
) -> None:
    ended(collection, code, **urls)
    seen = standing.of(collection)
    assert (seen.state, seen.left, seen.exit_code) == (state, left, code)
    replace(TOLD, state="ended", exit_code=code).write(collection)
    assert standing.of(collection).state == state


def test_a_new_collection(collection: Collection) -> None:
    (collection.dataset_dir / "publications.jsonl").write_text("{}\n{}\n")
    seen = standing.of(collection)
    assert (seen.state, seen.publications, seen.exit_code) == ("new", 2, None)
    assert standing.since(TOLD.began, datetime(2026, 11, 22, 18, 1, tzinfo=UTC)).seconds == 60
