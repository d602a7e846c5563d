"""A report or a list that was being written when the process was killed: none, or a whole one."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from archive.store.collection import Collection
from crawler import report
from crawler.census import take
from crawler.frontier import End, Found, Frontier, Role
from tests.crawler.command import policy_archive, profile


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.fixture
def outcome() -> report.Outcome:
    return report.Outcome(
        crawl="20241205000000", institute="معهد", collection="معهد", resumed=False, began="20241205000000",
        ended="20241205000100", reason="finished", exit_code=0, why=None, found=1, urls={"archived": 1}, by_role={},
        sources=[], bytes=1,
    )  # fmt: skip


@pytest.mark.faults
@pytest.mark.parametrize("step", ["write", "replace"])
@pytest.mark.parametrize("before", [None, '{"whole": "نعم"}'])
def test_none_or_a_whole_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcome: report.Outcome, step: str, before: str | None
) -> None:
    path = tmp_path / "report.json"
    if before:
        path.write_text(before, encoding="utf-8")

    def killed(*given: Any, **more: Any) -> None:
        raise Killed

    monkeypatch.setattr(*((Path, "replace") if step == "replace" else (os, "fsync")), killed)
    with pytest.raises(Killed):
        report.write(path, outcome)
    monkeypatch.undo()
    assert (path.read_text(encoding="utf-8") if path.exists() else None) == before
    report.write(path, outcome)
    assert json.loads(path.read_text(encoding="utf-8"))["institute"] == "معهد"


@pytest.mark.faults
def test_none_or_a_whole_list_of_urls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frontier = Frontier(tmp_path / "frontier.sqlite")
    frontier.add([Found(f"https://timep.org/خبر/{n}", f"{n}", Role.PAGE, "test") for n in range(100)])
    frontier.commit()
    path = tmp_path / "urls.jsonl"

    def killed(descriptor: int) -> None:
        raise Killed

    monkeypatch.setattr(os, "fsync", killed)
    with pytest.raises(Killed):
        take(path, frontier, End.QUEUED)
    monkeypatch.undo()
    assert not path.exists()
    take(path, frontier, End.QUEUED)
    assert len(path.read_text(encoding="utf-8").splitlines()) == 100


@pytest.mark.faults
def test_a_second_crawl_of_a_collection_is_refused(tmp_path: Path) -> None:
    """With the id of the process that has it, before anything is asked of the site."""
    site = profile(tmp_path, "http://127.0.0.1:9/")
    collection = Collection.open(tmp_path / "home/collections/second", create=True)
    with collection.lock():
        done = policy_archive(tmp_path, "crawl", str(site), "--allow-private", "--collection", "second")
    assert done.returncode != 0
    assert f"collection second is in use by process {os.getpid()}: wait for it" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "home").rglob("*.warc.gz*"))
    assert not list(collection.crawls_dir.glob("*"))


@pytest.mark.faults
def test_a_frontier_of_another_version_is_refused_in_one_line(tmp_path: Path) -> None:
    site = profile(tmp_path, "http://127.0.0.1:9/")
    collection = Collection.open(tmp_path / "home/collections/second", create=True)
    (collection.state_dir / "frontier.sqlite").parent.mkdir(parents=True, exist_ok=True)
    (collection.state_dir / "frontier.sqlite").write_bytes("ليس جدولا".encode() * 1000)
    done = policy_archive(tmp_path, "crawl", str(site), "--allow-private", "--collection", "second")
    assert done.returncode == 2
    assert "frontier.sqlite is damaged" in done.stderr
    assert "Traceback" not in done.stderr
    with Collection.open(collection.path).lock():
        pass  # it was let go
