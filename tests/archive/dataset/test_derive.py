"""From WARCs to dataset, on a collection that the store wrote."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.dataset.batch.local import Local
from archive.dataset.compare import rederive
from archive.dataset.derive import PAGES, PROFILE_URI, SHARDS, derive, stored_profile
from archive.dataset.pages import PageStore
from archive.dataset.publication import stamp
from archive.dataset.worker import Workers
from archive.errors import CollectionError
from archive.institutes import registry
from archive.store.collection import Collection
from archive.store.exchange import Exchange, Resource
from archive.store.writer import Writer
from tests.archive.dataset.inside import HERE
from tests.archive.dataset.making import PROFILE, at

HOME = "https://nile.example/"
CASE = HOME + "2025/07/28/%D9%85%D9%84%D9%81-%D9%82%D8%B6%D9%8A%D8%A9/"  # ملف-قضية
FILES = ("publications.jsonl", "legal_cases.jsonl", "history.jsonl", "datapackage.json", "schema/publication.json")


def exchange(url: str, says: dict[str, Any], crawl: int, *, status: int = 200, second: int = 0) -> Exchange:
    body = json.dumps(says, ensure_ascii=False).encode() + f"<!-- nonce {crawl} -->".encode()
    head = f"HTTP/1.1 {status} OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    began = at(crawl) + timedelta(seconds=second)
    return Exchange(url, "GET", began, b"GET / HTTP/1.1\r\n\r\n", head.encode() + body)


def write(collection: Collection, crawl: int, exchanges: list[Exchange]) -> None:
    with collection.lock():
        writer = Writer(collection, f"crawl-{crawl}", "tests", {}, clock=lambda: at(crawl), roll_at=1)
        body = registry.dumps(PROFILE)
        writer.write([Resource(PROFILE_URI + registry.digest(PROFILE), "application/json", body, at(crawl))])
        for one in exchanges:  # each into a file of its own: roll_at
            writer.write([one])
        writer.seal()


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    collection = Collection.open(tmp_path / "nile", create=True)
    case = {"title": "ملف قضية: سارة وآخرون ضد شركة", "kind": "legal_case", "language": "ar", "direction": "rtl"}
    image = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 3\r\n\r\nPNG"
    write(
        collection,
        1,
        [
            exchange(HOME + "a/", {"title": "One", "text": "First\u2028words."}, 1),
            exchange(CASE, case | {"text": "نصّ كما نُشر."}, 1, second=1),
            Exchange(HOME + "a.png", "GET", at(1), b"GET /a.png HTTP/1.1\r\n\r\n", image),
        ],
    )
    write(
        collection,
        2,
        [
            exchange(HOME + "a/", {}, 2, status=404),
            exchange(HOME + "a/", {}, 2, status=404, second=1),  # in another file of the same crawl
            exchange(CASE, case | {"text": "نصّ كما عُدّل."}, 2, second=2),
        ],
    )
    return collection


@pytest.fixture
def workers(collection: Collection) -> Iterator[Workers]:
    with Workers(
        collection.path, PROFILE, 2, functions={"extract": f"{HERE}:told", "links_only": f"{HERE}:told"}
    ) as pool:
        yield pool


def files(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_derive_writes_publications_cases_and_history(collection: Collection, workers: Workers) -> None:
    seen: list[tuple[int, int]] = []
    summary = derive(collection, workers=workers, progress=lambda done, of: seen.append((done, of)))
    assert (summary.captures, summary.derived, summary.reused, summary.underived) == (5, 5, 0, {})
    assert seen[-1] == (5, 5)
    assert (summary.publications, summary.versions) == (2, 3)
    assert (summary.kinds, summary.languages) == ({"analysis": 1, "legal_case": 1}, {"en": 1, "ar": 1})
    assert summary.states == {"live": 1, "missing": 1}
    [case] = lines(collection.dataset_dir / "legal_cases.jsonl")
    assert case["title"] == "ملف قضية: سارة وآخرون ضد شركة"
    assert (case["url"], case["text"], case["version"]) == (CASE, "نصّ كما عُدّل.", stamp(at(2, 2)))
    assert case in lines(collection.dataset_dir / "publications.jsonl")
    history = lines(collection.dataset_dir / "history.jsonl")
    assert [line["id"] for line in history] == sorted(line["id"] for line in history)
    assert [line["text"] for line in history if line["id"] == case["id"]] == ["نصّ كما نُشر.", "نصّ كما عُدّل."]


def test_the_proof_leads_to_the_record(collection: Collection, workers: Workers) -> None:
    derive(collection, workers=workers)
    for line in lines(collection.dataset_dir / "history.jsonl"):
        source = line["source"]
        [found] = [
            index
            for index in collection.captures()
            if (index.filename, index.offset, index.length) == (source["warc"], source["offset"], source["length"])
        ]
        assert (found.digest, found.status) == (source["payload_digest"], source["http_status"])
        assert collection.record(found.location).record_id == source["record_id"]
        assert source["captured_at"] == line["version"]


def test_again_nothing_is_read_and_the_same_is_written(collection: Collection, workers: Workers) -> None:
    derive(collection, workers=workers)
    before = files(collection.dataset_dir)
    again = derive(collection, workers=workers)
    assert (again.derived, again.reused) == (0, 5)
    assert files(collection.dataset_dir) == before


def test_rebuilt_from_the_warcs_alone_it_is_the_same(collection: Collection, workers: Workers) -> None:
    derive(collection, workers=workers)
    before = files(collection.dataset_dir)
    index = collection.indexes_dir / "index.cdxj"
    index.write_bytes(index.read_bytes()[:50])
    (collection.state_dir / PAGES).write_bytes(b"no database")
    summary = derive(collection, workers=workers, rebuild=True)
    assert (summary.derived, files(collection.dataset_dir)) == (5, before)


def test_a_page_store_that_is_damaged_inside_is_made_anew(collection: Collection, workers: Workers) -> None:
    derive(collection, workers=workers)
    before = files(collection.dataset_dir)
    path = collection.state_dir / PAGES
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    summary = derive(collection, workers=workers)
    assert (summary.derived, files(collection.dataset_dir)) == (5, before)


def test_lines_can_be_split_by_any_reader(collection: Collection, workers: Workers) -> None:
    derive(collection, workers=workers)
    text = (collection.dataset_dir / "publications.jsonl").read_text(encoding="utf-8")
    assert len(text.splitlines()) == 2
    assert "First\u2028words." in [json.loads(line)["text"] for line in text.splitlines()]


def test_a_page_that_cannot_be_read_is_reported_and_tried_again(collection: Collection, workers: Workers) -> None:
    write(collection, 3, [exchange(HOME + "unreadable/", {"title": "Late"}, 3)])
    with Workers(
        collection.path, PROFILE, 2, functions={"extract": f"{HERE}:unreadable", "links_only": f"{HERE}:told"}
    ) as bad:
        summary = derive(collection, workers=bad)
    [(where, why)] = summary.underived.items()
    assert re.fullmatch(r"nile-\d{14}-\d+\.warc\.gz:\d+", where)
    assert "ValueError: لا يُقرأ" in why
    assert summary.publications == 2
    summary = derive(collection, workers=workers)
    assert (summary.derived, summary.underived, summary.publications) == (1, {}, 3)


def test_an_archive_without_publications_has_empty_files(tmp_path: Path) -> None:
    collection = Collection.open(tmp_path / "empty", create=True)
    summary = derive(collection, PROFILE)
    assert (summary.publications, summary.captures) == (0, 0)
    written = files(collection.dataset_dir)
    assert [written[name] for name in FILES[:3]] == [b"", b"", b""]
    assert [one["bytes"] for one in json.loads(written["datapackage.json"])["resources"]] == [0, 0, 0]


def test_without_a_profile_it_says_what_to_do(tmp_path: Path) -> None:
    collection = Collection.open(tmp_path / "empty", create=True)
    with pytest.raises(CollectionError, match="holds no institute's profile"):
        derive(collection)


def test_the_stored_profile_is_read_back(collection: Collection) -> None:
    assert stored_profile(collection) == PROFILE


def test_a_failure_leaves_the_old_dataset(
    collection: Collection, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    derive(collection, workers=workers)
    before = files(collection.dataset_dir)

    def broken(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", broken)
    write_again = pytest.raises(OSError, match="no space left")
    with write_again:
        derive(collection, workers=workers)
    assert files(collection.dataset_dir) == before
    assert not list(collection.dataset_dir.glob("**/*.new"))


def test_every_engine_writes_the_same_dataset_and_what_was_read_before_a_kill_is_not_read_again(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.dataset.derive.STRETCH", 1)
    derive(collection)
    before = files(collection.dataset_dir)
    assert derive(collection, workers=Local(2), rebuild=True).derived == 5
    assert files(collection.dataset_dir) == before
    shards = collection.state_dir / SHARDS
    assert not shards.exists()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(PageStore, "add", killed)
        with pytest.raises(KeyboardInterrupt):
            derive(collection, rebuild=True)
    [left] = shards.glob("*.jsonl")
    stamp = left.stat().st_mtime_ns
    monkeypatch.setattr("shutil.rmtree", lambda *_, **__: None)
    assert derive(collection, rebuild=True).derived == 5
    assert (left.stat().st_mtime_ns, files(collection.dataset_dir)) == (stamp, before)


def test_derived_again_there_is_no_difference(collection: Collection, workers: Workers, tmp_path: Path) -> None:
    derive(collection, workers=workers)
    summary, differences = rederive(collection, PROFILE, tmp_path / "again", workers)
    assert (list(differences), summary.derived) == ([], 5)


def test_what_was_changed_in_the_dataset_is_named(collection: Collection, workers: Workers, tmp_path: Path) -> None:
    derive(collection, workers=workers)
    path = collection.dataset_dir / "history.jsonl"
    told = lines(path)
    place = next(number for number, line in enumerate(told) if line["text"] == "نصّ كما نُشر.")
    told[place]["text"] = "نصّ آخر"
    path.write_text("".join(json.dumps(line) + "\n" for line in told))
    [one] = rederive(collection, PROFILE, tmp_path / "again", workers)[1]
    assert (one.file, one.line, one.id, one.field) == ("history.jsonl", place + 1, told[place]["id"], "text")
    assert (one.expected, one.got, one.same_tools) == ("نصّ كما نُشر.", "نصّ آخر", True)


def test_missing_added_and_unreadable_lines_are_named(collection: Collection, workers: Workers, tmp_path: Path) -> None:
    derive(collection, workers=workers)
    path = collection.dataset_dir / "publications.jsonl"
    first, second = lines(path)
    path.write_text(json.dumps(first | {"id": "nile:forged"}) + "\n{half\n" + json.dumps(second) + "\n")
    found = {(one.line, one.id, one.field) for one in rederive(collection, PROFILE, tmp_path / "again", workers)[1]}
    assert found == {(1, "nile:forged", None), (2, None, None), (None, first["id"], None)}


def test_other_tools_are_told_apart_from_tampering(collection: Collection, workers: Workers, tmp_path: Path) -> None:
    derive(collection, workers=workers)
    path = collection.dataset_dir / "publications.jsonl"
    told = lines(path)
    told[0] |= {"derived_by": {"python": "2.7"}, "title": "Read otherwise"}
    path.write_text("".join(json.dumps(line) + "\n" for line in told))
    [one] = rederive(collection, PROFILE, tmp_path / "again", workers)[1]
    assert (one.field, one.same_tools) == ("title", False)


def test_one_publication_alone(collection: Collection, workers: Workers, tmp_path: Path) -> None:
    derive(collection, workers=workers)
    [case] = lines(collection.dataset_dir / "legal_cases.jsonl")
    summary, differences = rederive(collection, PROFILE, tmp_path / "again", workers, only=case["id"])
    assert (summary.captures, list(differences)) == (2, [])
    with pytest.raises(CollectionError, match="has no publication nile:p1"):
        rederive(collection, PROFILE, tmp_path / "more", workers, only="nile:p1")
