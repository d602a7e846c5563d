"""The index of addresses: its columns are Common Crawl's, it is sorted, and DuckDB finds things here and in S3."""

import datetime
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import pyarrow.parquet
import pytest
from typer.testing import CliRunner

import archive.cli
from archive.dataset.batch import loose
from archive.dataset.batch.files import Target
from archive.dataset.batch.local import Local
from archive.dataset.derive import derive
from archive.dataset.worker import Workers
from archive.errors import CollectionError
from archive.store import access, cdxj
from archive.store.cdxj import IndexLine
from archive.store.collection import Collection
from archive.store.exchange import Exchange, Location, Truncation
from archive.urls import build
from archive.urls.find import Finder, Wanted
from archive.urls.table import SCHEMA, row
from tests.archive.dataset.batch import warcs
from tests.archive.dataset.batch.test_loose import shards
from tests.archive.dataset.making import at
from tests.archive.dataset.test_derive import CASE, HOME, collection, exchange, workers, write
from tests.archive.store.remote import azurite, moto

__all__ = ["collection", "workers"]

# cc-index-table, src/main/resources/schema/cc-index-schema-flat.json
COMMON_CRAWL = [
    "url_surtkey",
    "url",
    "url_host_name",
    "url_host_tld",
    "url_host_2nd_last_part",
    "url_host_3rd_last_part",
    "url_host_4th_last_part",
    "url_host_5th_last_part",
    "url_host_registry_suffix",
    "url_host_registered_domain",
    "url_host_private_suffix",
    "url_host_private_domain",
    "url_host_name_reversed",
    "url_protocol",
    "url_port",
    "url_path",
    "url_query",
    "fetch_time",
    "fetch_status",
    "fetch_redirect",
    "content_digest",
    "content_mime_type",
    "content_mime_detected",
    "content_charset",
    "content_languages",
    "content_truncated",
    "warc_record_id",
    "warc_filename",
    "warc_record_offset",
    "warc_record_length",
    "warc_segment",
    "crawl",
    "subset",
]


def rows(folder: Path) -> list[dict[str, Any]]:
    return [one for path in sorted(folder.glob("*.parquet")) for one in pyarrow.parquet.read_table(path).to_pylist()]


def line(url: str, **more: Any) -> IndexLine:
    told = {"mime": "text/html", "status": 200, "digest": "sha256:0", "length": 9, "offset": 5_000_000_000}
    return IndexLine(cdxj.key(url), "20260203040506", url, filename="a-1-00000.warc.gz", **(told | more))


def test_the_columns_are_common_crawls() -> None:
    assert SCHEMA.names == COMMON_CRAWL
    types = {
        name: str(SCHEMA.field(name).type) for name in ("warc_record_offset", "warc_record_length", "fetch_status")
    }
    assert types == {"warc_record_offset": "int64", "warc_record_length": "int64", "fetch_status": "int16"}


def test_an_address_is_taken_apart() -> None:
    told = row(line("https://host1.sub.bbc.co.uk:8443/a/%D8%A3?q=1&b"), "crawl-1")
    wanted = {
        "url_surtkey": "uk,co,bbc,sub,host1:8443)/a/%d8%a3?b&q=1",
        "url_host_name": "host1.sub.bbc.co.uk", "url_host_name_reversed": "uk.co.bbc.sub.host1",
        "url_host_tld": "uk", "url_host_2nd_last_part": "co", "url_host_3rd_last_part": "bbc",
        "url_host_4th_last_part": "sub", "url_host_5th_last_part": "host1",
        "url_host_registry_suffix": "co.uk", "url_host_registered_domain": "bbc.co.uk",
        "url_host_private_suffix": "co.uk", "url_host_private_domain": "bbc.co.uk",
        "url_protocol": "https", "url_port": 8443, "url_path": "/a/%D8%A3", "url_query": "q=1&b",
        "fetch_time": datetime.datetime(2026, 2, 3, 4, 5, 6), "fetch_status": 200, "subset": "warc",
        "warc_record_offset": 5_000_000_000, "crawl": "crawl-1",
    }  # fmt: skip
    assert {name: told[name] for name in wanted} == wanted
    bucket = row(line("https://mine.s3.amazonaws.com/x"), "c")
    assert (bucket["url_host_registered_domain"], bucket["url_host_private_domain"]) == (
        "amazonaws.com", "mine.s3.amazonaws.com",
    )  # fmt: skip
    arabic = row(line("https://xn--mgbh0fb.xn--ngbc5azd/"), "c")  # مثال.شبكة
    assert arabic["url_host_registered_domain"] == "xn--mgbh0fb.xn--ngbc5azd"
    number = row(line("http://127.0.0.1:8765/"), "c")
    assert (number["url_host_name"], number["url_host_registered_domain"], number["url_host_name_reversed"]) == (
        "127.0.0.1", None, None,
    )  # fmt: skip
    assert row(line("https://a.example/robots.txt"), "c")["subset"] == "robotstxt"
    assert row(line("https://a.example/", status=404), "c")["subset"] == "crawldiagnostics"
    again = row(line("https://a.example/", status=None, mime=cdxj.REVISIT), "c")
    assert (again["fetch_status"], again["subset"]) == (304, "crawldiagnostics")


@pytest.fixture
def index(tmp_path: Path, collection: Collection) -> Path:
    """Of a collection and of WARCs as Common Crawl and wget have them."""
    warcs.common_crawl(tmp_path / "CC-MAIN-1-00000.warc.gz")
    plain = warcs.record("response", HOME + "a/", warcs.response("x"), "WARC-Truncated: time")
    (tmp_path / "plain.warc").write_bytes(plain)
    places = [str(tmp_path / "CC-MAIN-1-00000.warc.gz"), str(tmp_path / "plain.warc")]
    made = build.build([collection], places, str(tmp_path / "index"))
    assert (made.rows, made.files, made.failures) == (6 + 5 + 1, ["urls-00000.parquet"], [])
    return tmp_path / "index"


def test_it_is_sorted_and_leads_to_the_records(index: Path, tmp_path: Path, collection: Collection) -> None:
    found = rows(index)
    order = [(one["url_surtkey"].encode(), one["fetch_time"]) for one in found]
    assert order == sorted(order)
    [group] = [pyarrow.parquet.ParquetFile(path).metadata.row_group(0) for path in index.iterdir()]
    assert [(one.column_index, one.descending) for one in group.sorting_columns] == [(0, False), (17, False)]
    for one in found:
        folder, _, name = one["warc_filename"].rpartition("/")
        path = collection.archive_dir / name if folder else tmp_path / name
        assert (folder == "nile/archive") == name.startswith("nile")
        at = one["warc_record_offset"]
        assert len(path.read_bytes()[at : at + one["warc_record_length"]]) == one["warc_record_length"]
    moved = next(one for one in found if one["fetch_status"] == 302)
    assert (moved["fetch_redirect"], moved["subset"]) == ("http://two.example/new", "crawldiagnostics")
    assert moved["crawl"] == "CC-MAIN-1"
    assert {one["content_truncated"] for one in found} == {None, "length", "time"}
    assert next(one for one in found if one["url"] == warcs.ARABIC)["content_charset"] == "UTF-8"


def test_a_collections_rows_say_what_its_records_say(tmp_path: Path, collection: Collection, workers: Workers) -> None:
    derive(collection, workers=workers)
    head = "HTTP/1.1 301 Moved\r\nLocation: /2026/مقال/\r\nContent-Length: 0\r\n\r\n".encode()
    cut = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; Charset='windows-1256'\r\nContent-Length: 9\r\n\r\nhalf"
    moved = Exchange(HOME + "old/", "GET", at(3), b"GET /old/ HTTP/1.1\r\n\r\n", head)
    torn = Exchange(HOME + "cut/", "GET", at(3), b"GET /cut/ HTTP/1.1\r\n\r\n", cut, Truncation.DISCONNECT)
    again = exchange(HOME + "a/", {"title": "One", "text": "First\u2028words."}, 1, second=9)
    write(collection, 3, [moved, torn, again])
    made = build.build([collection], [], str(tmp_path / "index"))
    assert (made.rows, made.failures) == (9, [])
    found = {(one["url"], one["fetch_time"], one["fetch_status"]): one for one in rows(tmp_path / "index")}
    told = {
        (url.removeprefix(HOME), status): (one["content_charset"], one["content_languages"], one["content_truncated"])
        for (url, _, status), one in found.items()
        if one["content_mime_type"] != cdxj.REVISIT
    }
    assert told[CASE.removeprefix(HOME), 200] == ("UTF-8", "ara", None)
    assert told["a/", 200] == ("UTF-8", "eng", None)
    assert told["cut/", 200] == ("WINDOWS-1256", None, "disconnect")
    redirect = next(one for one in found.values() if one["fetch_status"] == 301)
    assert redirect["fetch_redirect"] == HOME + "2026/%D9%85%D9%82%D8%A7%D9%84/"
    assert {one["crawl"] for one in found.values()} == {"crawl-1", "crawl-2", "crawl-3"}
    for one in found.values():
        name = one["warc_filename"].rpartition("/")[2]
        record = collection.record(Location(name, one["warc_record_offset"], one["warc_record_length"]))
        assert UUID(record.record_id).bytes == one["warc_record_id"]
    revisits = [one for one in found.values() if one["content_mime_type"] == cdxj.REVISIT]
    [revisit] = [one for one in revisits if one["crawl"] == "crawl-3"]
    first = next(one for one in found.values() if one["content_digest"] == revisit["content_digest"])
    assert (revisit["subset"], first["url"], revisit["url"]) == ("crawldiagnostics", HOME + "a/", HOME + "a/")


def test_a_record_that_is_broken_is_told_and_has_the_row_of_its_index(tmp_path: Path, collection: Collection) -> None:
    line = next(one for one in collection.captures() if one.url == CASE)
    path = collection.archive_dir / line.filename
    data = bytearray(path.read_bytes())
    data[line.offset + 12 : line.offset + 40] = bytes(28)
    path.write_bytes(data)
    made = build.build([collection], [], str(tmp_path / "index"))
    [(name, offset, reason)] = made.failures
    assert (name, offset) == (f"nile/archive/{line.filename}", line.offset)
    assert "gzip member is broken" in reason
    broken = next(one for one in rows(tmp_path / "index") if one["warc_filename"] == name and one["url"] == CASE)
    assert (made.rows, broken["content_digest"], broken["warc_record_id"]) == (6, line.digest, None)


def test_revisits_of_any_tool_and_what_common_crawl_detected_are_in_it(tmp_path: Path) -> None:
    page = warcs.response("نص", "text/html")
    told = (
        b'charset-detected: windows-1256\r\nlanguages-cld2: {"languages":[{"code-iso-639-3":"ara"},'
        b'{"code-iso-639-3":"eng"}]}\r\n'
    )
    of_it = "WARC-Concurrent-To: <urn:uuid:00000000-0000-4000-8000-000000000001>"
    profile = "WARC-Profile: http://netpreserve.org/warc/1.0/revisit/"
    digest = "WARC-Payload-Digest: sha1:SAME"
    records = [
        warcs.record("warcinfo", None, b"isPartOf: CC-MAIN-2026-30\r\n"),
        warcs.record("response", warcs.ARABIC, page, number=1),
        warcs.record("metadata", warcs.ARABIC, told, of_it, number=2),
        warcs.record("revisit", warcs.ARABIC, b"", profile + "server-not-modified", digest, number=3),
        warcs.record(
            "revisit", warcs.ARABIC, page[: page.index(b"\r\n\r\n") + 4], profile + "identical-payload-digest", digest,
            media="application/http; msgtype=response", number=4,
        ),
    ]  # fmt: skip
    (tmp_path / "a.warc").write_bytes(b"".join(records))
    made = build.build([], [str(tmp_path / "a.warc")], str(tmp_path / "index"))
    assert (made.rows, made.failures) == (3, [])
    first, bare, headed = sorted(rows(tmp_path / "index"), key=lambda one: one["warc_record_offset"])
    assert (first["content_charset"], first["content_languages"], first["subset"]) == (
        "WINDOWS-1256", "ara,eng", "warc",
    )  # fmt: skip
    assert {one["crawl"] for one in (first, bare, headed)} == {"CC-MAIN-2026-30"}
    assert [one["warc_record_id"][-1] for one in (first, bare, headed)] == [1, 3, 4]
    assert [(one["fetch_status"], one["content_mime_type"]) for one in (bare, headed)] == [
        (304, cdxj.REVISIT), (200, cdxj.REVISIT),
    ]  # fmt: skip
    assert {one["subset"] for one in (bare, headed)} == {"crawldiagnostics"}
    assert {one["content_digest"] for one in (bare, headed)} == {"sha1:SAME"}


def test_duckdb_finds_addresses_prefixes_and_domains(index: Path) -> None:
    with Finder(str(index)) as finder:

        def urls(*given: Any, **more: Any) -> list[str]:
            return [one["url"] for one in finder.find(Wanted(*given, **more))]

        assert set(urls(CASE)) == {CASE}
        assert len(urls(CASE)) == 2
        assert len(urls(HOME + "2025/*")) == 2
        assert set(urls("*.example")) == {one["url"] for one in rows(index)}
        assert urls("*.one.example") == ["https://one.example/2025/court/"]
        assert urls("*.ne.example") == []
        assert len(urls(HOME + "a/", status=404)) == 2
        assert urls(mime="image/png", until=datetime.date(2026, 1, 31)) == [HOME + "a.png"]
        assert len(urls(since=datetime.date(2026, 2, 3), until=datetime.date(2026, 2, 3))) == 6
        assert len(urls(limit=3)) == 3
        assert urls("https://one.example/'; DROP VIEW urls") == []
        [counted] = finder.sql("SELECT count(*) AS n FROM urls WHERE url_host_registered_domain = 'nile.example'")
        assert counted == {"n": 7}
        with pytest.raises(CollectionError, match="DuckDB: Binder Error"):
            list(finder.sql("SELECT nothing FROM urls"))


def test_other_tools_read_it_as_it_is(index: Path) -> None:
    told = duckdb.sql(f"SELECT typeof(warc_record_offset), typeof(fetch_time) FROM '{index}/*.parquet' LIMIT 1")
    assert told.fetchall() == [("BIGINT", "TIMESTAMP")]


def test_what_is_withheld_is_in_no_row(tmp_path: Path, collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "hidden", lambda folder, day: {cdxj.key(CASE): None})
    made = build.build([collection], [], str(tmp_path / "index"))
    assert (made.withheld, made.rows) == (2, 4)
    assert CASE not in {one["url"] for one in rows(tmp_path / "index")}
    as_files = build.build([], [str(collection.archive_dir)], str(tmp_path / "of-files"))
    assert (as_files.withheld, as_files.rows) == (2, 4)
    told = loose.derive([str(collection.archive_dir)], str(tmp_path / "to"), Local(1))
    assert told.counts.skipped["withheld"] == 2
    assert CASE not in {one["url"] for one in shards(tmp_path / "to")}


def test_many_files_and_runs_are_one_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "GROUP", 4)
    monkeypatch.setattr(build, "FILE", 8)
    monkeypatch.setattr(build, "_RUNS", 2)
    for number in range(5):
        warcs.demo(tmp_path / f"d-{number}.warc.gz", range(number, 60, 12))
    made = build.build([], [str(tmp_path)], str(tmp_path / "index"))
    assert (made.rows, len(made.files)) == (25, 4)
    keys = [one["url_surtkey"] for one in rows(tmp_path / "index")]
    assert keys == sorted(keys)
    made = build.build([], [str(tmp_path / "d-0.warc.gz")], str(tmp_path / "index"))
    assert sorted(path.name for path in (tmp_path / "index").iterdir()) == made.files == ["urls-00000.parquet"]


@pytest.fixture(params=["s3", pytest.param("az", marks=pytest.mark.soak)])
def bucket(request: pytest.FixtureRequest, keys: None, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "s3":
        monkeypatch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("store"))
        return f"s3://{moto.BUCKET}/فهرس"
    for name, value in azurite.environment(request.getfixturevalue("azure")).items():
        monkeypatch.setenv(name, value)
    return f"az://{azurite.CONTAINER}/فهرس"


def test_it_lies_and_is_found_in_an_object_store(tmp_path: Path, bucket: str) -> None:
    """As do shards, and the WARCs that they are made of."""
    path = warcs.common_crawl(tmp_path / "CC-MAIN-1-00000.warc.gz")
    Target(f"{bucket}/warcs").put(path.rename(tmp_path / "moved.warc.gz"))
    made = build.build([], [f"{bucket}/warcs"], f"{bucket}/index")
    assert (made.rows, made.failures) == (5, [])
    with Finder(f"{bucket}/index") as finder:
        [found] = finder.find(Wanted(warcs.ARABIC))
        assert (found["content_mime_type"], found["warc_filename"]) == ("text/html", "moved.warc.gz")
    seen = [loose.derive([f"{bucket}/warcs"], f"{bucket}/pages", Local(1)).reused for _ in range(2)]
    assert seen == [0, 1]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name in ("nile", "delta"):
        made = Collection.open(tmp_path / "home" / "collections" / name, create=True)
        write(made, 1, [exchange(HOME + name, {"title": "مقال"}, 1)])
    return tmp_path / "home"


def run(home: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(archive.cli.app, ["--home", str(home), *words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout


def test_the_command_indexes_all_collections_and_finds(home: Path, tmp_path: Path) -> None:
    to = str(tmp_path / "index")
    assert run(home, "urls", "index", "--all", "--to", to) == (0, f"2 captures in 1 file\n{to}\n")
    code, printed = run(home, "urls", "find", to, "nile.example/*", "--json")
    assert (code, [json.loads(line)["warc_filename"].split("/")[0] for line in printed.splitlines()]) == (
        0, ["delta", "nile"],
    )  # fmt: skip
    assert run(home, "urls", "find", to, "--sql", "SELECT count(*) FROM urls") == (0, "2\n")
    assert run(home, "urls", "find", to, "https://nowhere.example/") == (1, "")
    nothing = CliRunner().invoke(archive.cli.app, ["--home", str(home), "urls", "find", to, "لا-شيء.example/*"])
    assert (nothing.exit_code, nothing.stdout) == (1, "")
    assert nothing.stderr.startswith("nothing found (a port is part of an address")
    with pytest.raises(CollectionError, match=r"makes one|no folder with one"):
        run(home, "urls", "find", str(home))
    with pytest.raises(CollectionError, match="collections, WARCs, or --all"):
        run(home, "urls", "index", "--to", to)
