"""What a crawl changed, told from the dataset before and after."""

import json
from pathlib import Path
from typing import Any

from archive.store.collection import Collection
from crawler import changes
from crawler.changes import Listed

ARABIC = "https://nile.example/2021/04/06/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/"


def line(number: int, version: str = "2026-11-01T00:00:00.000000Z", **told: Any) -> dict[str, Any]:
    url = f"{ARABIC}{number}/"
    return {"id": f"nile:p{number}", "title": f"عنوان {number}", "url": url, "version": version, "state": "live"} | told


def dataset(collection: Collection, *lines: dict[str, Any]) -> None:
    path = collection.dataset_dir / "publications.jsonl"
    beside = path.with_suffix(".new")
    beside.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines), encoding="utf-8")
    beside.replace(path)


def ids(listed: Listed) -> list[str]:
    return [one.id for one in listed.publications]


def test_each_change_is_in_its_list_and_nothing_else(tmp_path: Path) -> None:
    collection = Collection.open(tmp_path / "nile", create=True)
    later = "2026-11-23T00:00:00.000000Z"
    dataset(collection, line(1), line(2), line(3), line(4), line(5, state="missing"), line(6, state="gone"), line(8))
    changes.keep(collection)
    dataset(
        collection, line(0), line(1), line(2, later), line(3, later, url=ARABIC), line(4, state="missing"),
        line(5, state="gone"), line(6), line(7), line(8, state="restricted"),
    )  # fmt: skip
    found = changes.since(collection)
    assert found.before == 7
    assert found.counts() == {
        "new": 2, "changed": 2, "moved": 1, "missing": 1, "gone": 1, "restricted": 1, "returned": 1
    }  # fmt: skip
    assert (ids(found.new), ids(found.changed)) == (["nile:p0", "nile:p7"], ["nile:p2", "nile:p3"])
    assert (ids(found.missing), ids(found.gone)) == (["nile:p4"], ["nile:p5"])
    assert (ids(found.restricted), ids(found.returned)) == (["nile:p8"], ["nile:p6"])
    [moved] = found.moved.publications
    assert (moved.url, moved.was, moved.title) == (ARABIC, f"{ARABIC}3/", "عنوان 3")


def test_other_rules_that_make_older_versions_change_nothing(tmp_path: Path) -> None:
    collection = Collection.open(tmp_path / "nile", create=True)
    dataset(collection, line(1, "2026-11-02T00:00:00.000000Z"))
    changes.keep(collection)
    dataset(collection, line(1))
    assert not any(changes.since(collection).counts().values())


def test_a_first_crawl_has_no_before_and_its_list_is_bounded(tmp_path: Path) -> None:
    collection = Collection.open(tmp_path / "nile", create=True)
    changes.keep(collection)
    dataset(collection, *(line(number) for number in range(100_000, 100_000 + changes.MOST + 7)))
    found = changes.since(collection)
    assert found.before is None
    assert (found.new.count, len(found.new.publications)) == (changes.MOST + 7, changes.MOST)
