"""The same institute crawled again in full: what is unchanged is a revisit, what changed a version, nothing else is."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from archive.store.collection import Collection
from crawler.demo.institute import Institute
from crawler.demo.server import DemoServer
from crawler.demo.truth import truth
from tests.crawler.command import lines, policy_archive, profile

PAGES = 30


def crawled(folder: Path, site: Path) -> dict[str, Any]:
    done = policy_archive(folder, "crawl", str(site), "--collection", "again", "--allow-private", "--json", "--full")
    assert done.returncode == 0, done.stdout + done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def versions(folder: Path) -> Counter[str]:
    """Versions of each publication, by its post id."""
    history = lines(folder / "home/collections/again/dataset/history.jsonl")
    return Counter(line["id"].rpartition(":")[2] for line in history if line["kind"] != "page")


def said(institute: Institute, number: int) -> dict[str, Any]:
    """What a publication says: all but the cards of others at its end."""
    return {name: value for name, value in truth(institute, number).items() if name != "related"}


@pytest.mark.slow
def test_again_and_again_after_a_revision(tmp_path: Path) -> None:
    with DemoServer(pages=PAGES) as server:
        site = profile(tmp_path, server.url, extends="demo")
        port = int(server.url.rstrip("/").rpartition(":")[2])
        before = server.institute()
        first = crawled(tmp_path, site)
        once = versions(tmp_path)
        assert set(once.values()) == {1}
        second = crawled(tmp_path, site)
    assert versions(tmp_path) == once
    assert second["found"] >= first["found"]
    assert second["publications"] == first["publications"]
    assert second["urls"]["unchanged"] > 0.9 * first["urls"]["archived"]
    collection = Collection.open(tmp_path / "home/collections/again")
    revisits = [line for line in collection.captures() if line.mime == "warc/revisit"]
    assert len(revisits) >= second["urls"]["unchanged"]

    with DemoServer(pages=PAGES, port=port, revision=1) as server:
        after = server.institute()
        crawled(tmp_path, site)
    old = {before.everything[at] for at in range(len(before.everything))}
    new = {after.everything[at] for at in range(len(after.everything))}
    changed = {number for number in old & new if said(before, number) != said(after, number)}
    assert changed
    assert new - old
    assert old - new
    found = versions(tmp_path)
    ids = {number: f"p{truth(after, number)['post_id']}" for number in old | new}
    assert {number for number, post in ids.items() if found[post] > 1} == changed
    assert {number for number, post in ids.items() if found[post]} == old | new
    latest = {line["id"].rpartition(":")[2]: line for line in lines(collection.dataset_dir / "publications.jsonl")}
    assert {number for number, post in ids.items() if latest[post]["state"] == "missing"} == old - new
    assert any(latest[ids[number]]["language"] == "ar" for number in old)
    assert policy_archive(tmp_path, "verify", "again").returncode == 0
