"""WARCs of anybody into a folder: what is in the shards, what balances, what is done again."""

import gzip
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pyarrow.parquet
import pytest

from archive.dataset.batch import loose
from archive.dataset.batch.job import Engine, Job
from archive.dataset.batch.local import Here, Local
from archive.dataset.batch.run import workers_for
from archive.errors import CollectionError
from archive.institutes import registry
from tests.archive.audit.samples import chunked
from tests.archive.audit.samples import response as answer
from tests.archive.dataset.batch import warcs
from tests.crawler.sockets import scripted


@pytest.fixture(scope="module", autouse=True)
def engine() -> Iterator[None]:
    """One process for all tests that need no other: it takes a second or two to start."""
    with workers_for(Job("", "", "", "")) as workers:
        _engines.append(Here(workers))
        yield
    _engines.clear()


_engines: list[Engine] = []


def shards(folder: Path, name: str = "*") -> list[dict[str, Any]]:
    paths = sorted(folder.glob(f"shards/{name}.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_bytes().splitlines()]


def failures(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "failures.jsonl").read_bytes().splitlines()]


def derive(folder: Path | str, *places: Path, engine: Engine | None = None, **more: Any) -> loose.Told:
    return loose.derive([str(place) for place in places], str(folder), engine or _engines[0], **more)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "lock"
    }


def test_what_common_crawl_has_is_read_without_a_profile(tmp_path: Path) -> None:
    told = derive(tmp_path / "to", warcs.common_crawl(tmp_path / "CC-MAIN.warc.gz"))
    assert told.counts.told() == {
        "records": 8, "derived": 4, "failed": 0,
        "skipped": {"metadata": 1, "no page": 1, "not HTTP": 1, "warcinfo": 1},
    }  # fmt: skip
    arabic, english, moved, cut = shards(tmp_path / "to")
    assert arabic["url"] == warcs.ARABIC
    assert (arabic["title"], arabic["language"], arabic["role"]) == ("المحاكم العسكرية في 2025", "ar", "publication")
    assert arabic["page"]["content"]["direction"] == "rtl"
    assert arabic["text"].startswith("أصدرت المحكمة حكمها بعد جلسات طويلة")
    assert (english["host"], english["language"]) == (None, "en")
    assert (moved["role"], moved["redirect_to"]) == ("redirect", "http://two.example/new")
    assert cut["truncated"] == "length"
    table = pyarrow.parquet.read_table(next((tmp_path / "to" / "shards").glob("*.parquet")))
    assert table.column("url").to_pylist() == [arabic["url"], english["url"], moved["url"], cut["url"]]
    assert table.column("text")[0].as_py() == arabic["text"]
    assert str(table.schema.field("offset").type) == "int64"
    warc = (tmp_path / "CC-MAIN.warc.gz").read_bytes()
    for one in shards(tmp_path / "to"):
        assert one["url"].encode() in gzip.decompress(warc[one["offset"] : one["offset"] + one["length"]])


@pytest.mark.skipif(shutil.which("wget") is None, reason="no wget: apt-get install wget")
@pytest.mark.parametrize("more", [[], ["--no-warc-compression"]])
def test_what_wget_writes_is_read(tmp_path: Path, more: list[str]) -> None:
    page = warcs.article("تقرير عن المحاكم", "كتب المعهد تقريرا طويلا عن المحاكم والمراسيم", "ar").encode()
    html, close = "Content-Type: text/html; charset=utf-8", "Connection: close"
    answers = {
        "/a/": answer(page, html, close, f"Content-Length: {len(page)}"),
        "/chunked": answer(chunked(page), html, close, "Transfer-Encoding: chunked"),
        "/moved": answer(b"", "Location: /a/", close, "Content-Length: 0", status="301 Moved Permanently"),
    }
    with scripted(answers) as wire:
        urls = [f"http://127.0.0.1:{wire.port}{path}" for path in answers]
        command = ["wget", "-q", "--no-proxy", "--no-hsts", "--tries=1", "-O", "page", "--warc-file=wget", *more, *urls]
        subprocess.run(command, cwd=tmp_path, timeout=60, check=True)
    told = derive(tmp_path / "to", tmp_path)
    assert (told.warcs, told.counts.derived, told.counts.failed, told.counts.balanced) == (1, 4, 0, True)
    assert [one["status"] for one in shards(tmp_path / "to")] == [200, 200, 301, 200]
    first, second, *_ = shards(tmp_path / "to")
    assert first["title"] == second["title"] == "تقرير عن المحاكم"
    assert first["text"] == second["text"]


def test_with_a_profile_its_pages_are_the_institutes(tmp_path: Path) -> None:
    path = warcs.demo(tmp_path / "demo.warc.gz", range(4))
    profile = registry.load("demo").model_copy(update={"home": warcs.HOME})
    derive(tmp_path / "with", path, profile=profile, engine=Local(1))
    derive(tmp_path / "without", path)
    with_it, without = shards(tmp_path / "with"), shards(tmp_path / "without")
    assert [one["key"] for one in with_it] == [one["key"] for one in without]
    assert [one["post_id"] for one in with_it] == [one["post_id"] for one in without]
    assert all(one["title"] and one["text"] for one in (*with_it, *without))
    manifest = json.loads((tmp_path / "with" / "manifest.json").read_text())
    assert manifest["derived_by"]["profile"] == registry.digest(profile)


def test_what_cannot_be_read_is_told_with_its_place(tmp_path: Path) -> None:
    path = warcs.pages(tmp_path / "nile.warc.gz", "One", "Two", "Three", "Four")
    sound = path.read_bytes()
    data = bytearray(sound)
    second = data.index(b"\x1f\x8b\x08", 1)
    data[second + 40] ^= 0xFF
    path.write_bytes(data[:-7])
    told = derive(tmp_path / "to", path)
    assert [one["title"] for one in shards(tmp_path / "to")] == ["One", "Three"]
    assert (told.counts.records, told.counts.derived, told.counts.failed) == (4, 2, 2)
    broken, cut = failures(tmp_path / "to")
    assert (broken["warc"], broken["offset"]) == ("nile.warc.gz", second)
    assert "gzip member is broken" in broken["reason"]
    assert "cut off" in cut["reason"]
    # mended, and of the same size: it is read again
    path.write_bytes(sound[:-7])
    derive(tmp_path / "to", path)
    assert [one["title"] for one in shards(tmp_path / "to")] == ["One", "Two", "Three"]


def test_a_file_that_is_one_gzip_member_says_how_to_mend_it(tmp_path: Path) -> None:
    two = warcs.record("response", "https://nile.example/", warcs.response("{}")) * 2
    (tmp_path / "whole.warc.gz").write_bytes(gzip.compress(two))
    told = derive(tmp_path / "to", tmp_path)
    assert told.counts.told() == {"records": 1, "derived": 0, "skipped": {}, "failed": 1}
    assert "warcio recompress" in failures(tmp_path / "to")[0]["reason"]


def test_a_shard_that_is_there_is_left_and_the_rest_is_made(tmp_path: Path) -> None:
    first = warcs.common_crawl(tmp_path / "a.warc.gz")
    derive(tmp_path / "to", first)
    before = {
        name: (tmp_path / "to" / name).stat().st_mtime_ns for name in contents(tmp_path / "to") if "shards" in name
    }
    warcs.common_crawl(tmp_path / "b.warc.gz")
    told = derive(tmp_path / "to", first, tmp_path / "b.warc.gz")
    assert (told.warcs, told.reused) == (2, 1)
    assert all((tmp_path / "to" / name).stat().st_mtime_ns == stamp for name, stamp in before.items())
    with pytest.raises(CollectionError, match=r"shards of 1 other WARCs \(b\.warc\.gz\)"):
        derive(tmp_path / "to", first)
    with pytest.raises(CollectionError, match="another profile: name another folder"):
        derive(tmp_path / "to", tmp_path, profile=registry.load("demo"))


def test_a_warc_that_has_changed_takes_the_place_of_its_shard(tmp_path: Path) -> None:
    path = warcs.common_crawl(tmp_path / "a.warc.gz")
    derive(tmp_path / "to", path)
    path.write_bytes(path.read_bytes() + gzip.compress(warcs.record("metadata", "https://a.example/", b"")))
    assert derive(tmp_path / "to", path).counts.records == 9
    assert len(list((tmp_path / "to" / "shards").glob("*.jsonl"))) == 1


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for folder in ("x/one", "x/two"):
        (tmp_path / folder).mkdir(parents=True)
        warcs.common_crawl(tmp_path / folder / "a.warc.gz")
    derive(tmp_path / "to", tmp_path / "x")
    manifest = json.loads((tmp_path / "to" / "manifest.json").read_text())
    assert [one["warc"] for one in manifest["shards"]] == ["one/a.warc.gz", "two/a.warc.gz"]


def test_a_folder_of_other_things_is_not_written_to(tmp_path: Path) -> None:
    warcs.common_crawl(tmp_path / "a.warc.gz")
    with pytest.raises(CollectionError, match="holds other things"):
        derive(tmp_path, tmp_path / "a.warc.gz")
    with pytest.raises(CollectionError, match="no folder with one whose name ends in"):
        derive(tmp_path / "to", tmp_path / "nothing")


def test_shards_lie_in_an_object_store_as_on_disk(tmp_path: Path) -> None:
    """Any store that fsspec knows; this one is in memory, and in this process alone."""
    path = warcs.common_crawl(tmp_path / "a.warc.gz")
    derive(tmp_path / "to", path)
    assert [derive("memory://made", path).reused for _ in range(2)] == [0, 1]
    store = fsspec.filesystem("memory")
    put = {name.removeprefix("/made/"): store.cat_file(name) for name in store.find("/made")}
    assert put == contents(tmp_path / "to")
