"""Crawls of what is known: what they ask for, and what their reports name."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.institutes.profile import Revisit
from archive.store.collection import Collection
from archive.store.exchange import Resource
from archive.store.writer import Writer
from crawler import past
from crawler.demo.editing import Editing
from crawler.demo.institute import Institute
from crawler.demo.server import DemoServer
from crawler.discovery.found import moment
from crawler.frontier import End, Found, Frontier, Role
from crawler.frontier.place import Place
from crawler.known import Known, KnownUrls, Mark
from crawler.past import Past
from crawler.recrawl import SLACK, due, place
from tests.benchmarks.recrawl import BEYOND, Site, run, wrong
from tests.crawler.command import lines, policy_archive, profile, started

ARABIC = "https://nile.example/2021/04/06/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
COUNTS = {"edited": 2, "added": 3, "moved": 2, "removed": 3}


@pytest.mark.slow
def test_changes_are_named_and_little_is_asked_for(tmp_path: Path) -> None:
    site = Site(tmp_path, 30)
    assert run(site, COUNTS, print) == []
    first, again, _, last = site.crawls
    known = {line["url"] for line in first.urls if line["warc"]}
    assert known <= {line["url"] for line in again.urls}, "every known URL is accounted for"
    assert {line["end"] for line in again.urls if not line["warc"]} <= {"unchanged", "out-of-scope", "trap"}
    asked = [line for line in again.urls if line["end"] == "unchanged" and not line["warc"]]
    assert asked
    assert all("not due until" in line["reason"] or "says something new" in line["reason"] for line in asked)
    assert sum(again.report["urls"].values()) == again.report["found"] == len(again.urls)
    assert last.report["publications"] == site.crawls[2].report["publications"], "nothing is ever deleted"
    publications = lines(site.collection.dataset_dir / "publications.jsonl")
    assert sum(one["state"] == "gone" for one in publications) == 3
    aliases = [one["aliases"] for one in publications if one["url"].endswith("-moved/")]
    assert len(aliases) == 2
    assert all(any(alias.endswith("/") and "-moved" not in alias for alias in one) for one in aliases)
    derived = {path: path.read_bytes() for path in site.collection.dataset_dir.glob("*.jsonl")}
    assert policy_archive(tmp_path, "derive", "again").returncode == 0
    assert {path: path.read_bytes() for path in site.collection.dataset_dir.glob("*.jsonl")} == derived


@pytest.mark.soak
def test_nonces_make_no_version_also_where_all_is_due_and_full_asks_without_validators(tmp_path: Path) -> None:
    site = Site(tmp_path, 10, due="all", nonces=True)
    site.crawl()
    again = site.crawl()
    institute = Editing.of(1, 10, NOW)
    assert wrong(again, _institute(site, institute)) == []
    assert again.beyond <= BEYOND
    assert again.due >= 10
    history = lines(site.collection.dataset_dir / "history.jsonl")
    assert len(history) == len({line["id"] for line in history})
    full = site.crawl(None, "--full")
    assert not any(request["conditional"] for request in full.requests)
    assert wrong(full, _institute(site, institute)) == []
    assert {line["url"] for line in again.urls if line["warc"]} - {
        line["url"] for line in again.urls if line["role"] == "source"
    } <= {line["url"] for line in full.urls if line["warc"]}
    site.verified()


@pytest.mark.soak
def test_a_killed_recrawl_goes_on_and_given_pages_are_asked_for_with_validators(tmp_path: Path) -> None:
    site = Site(tmp_path, 20, due="all")
    site.crawl()
    log = tmp_path / "more.jsonl"
    with DemoServer(port=site.port, pages=20, log=log) as server:
        path = profile(tmp_path, server.url, extends="demo", revisit={"share": 0, "least": 0, "most": 0})
        words = ("crawl", str(path), "--collection", "again", "--allow-private", "--json")
        process = started(tmp_path, words)
        while process.poll() is None and len(log.read_text().splitlines() if log.exists() else ()) < 15:
            pass
        process.kill()
        process.communicate()
        done = policy_archive(tmp_path, *words)
        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout)
        assert not any(one["count"] for one in report["changes"].values() if isinstance(one, dict))
        log.write_text("", encoding="utf-8")
        page = next(line["url"] for line in site.crawls[0].urls if line["what"] == "legal_case")
        (tmp_path / "urls.txt").write_text(page + "\n", encoding="utf-8")
        assert policy_archive(tmp_path, *words, "--urls", str(tmp_path / "urls.txt")).returncode == 0
    asked = [line for line in lines(log) if page.endswith(line["path"])]
    assert [(line["status"], line["conditional"]) for line in asked] == [(304, True)]
    site.verified()


@pytest.mark.soak
@pytest.mark.parametrize("due", ["all", "policy"])
def test_five_thousand_publications(tmp_path: Path, due: str) -> None:
    assert run(Site(tmp_path, 5000, due), {"edited": 25, "added": 10, "moved": 5, "removed": 3}, print) == []


def _institute(site: Site, editing: Editing) -> Institute:
    return Institute("http://demo.example/", site.publications, editing=editing)


@pytest.mark.parametrize(
    ("stood", "days"), [(0.0, 1.0), (2.0, 1.0), (40.0, 10.0), (3000.0, 120.0)], ids=["new", "young", "older", "old"]
)
def test_young_pages_are_due_often_and_old_ones_rarely(stood: float, days: float) -> None:
    told = Past(ARABIC, Role.PAGE, "pages", seen=NOW, since=NOW - timedelta(days=stood), status=200)
    assert due(told, Revisit()) == NOW + timedelta(days=days)


@pytest.mark.parametrize("changes", [{"end": "failed"}, {"status": 503}, {"whole": False}, {"seen": None}])
def test_what_was_not_had_whole_is_due_at_once(changes: dict[str, object]) -> None:
    told = Past(ARABIC, Role.PAGE, "pages", **{"seen": NOW, "since": NOW, "status": 200, **changes})  # type: ignore[arg-type]
    assert due(told, Revisit()) is None


def test_files_and_listings_have_intervals_of_their_own() -> None:
    policy = Revisit(listings=3, documents=50, requisites=70)
    for role, days in ((Role.LISTING, 3), (Role.DOCUMENT, 50), (Role.REQUISITE, 70)):
        assert due(Past(ARABIC, role, "pages", seen=NOW, since=NOW, status=200), policy) == NOW + timedelta(days=days)


@pytest.mark.parametrize(
    ("url", "series", "number"),
    [
        ("https://nile.example/", "https://nile.example/", 1),
        ("https://nile.example/page/2/", "https://nile.example/", 2),
        ("https://nile.example/%D9%85/page/12", "https://nile.example/%D9%85/", 12),
        ("https://nile.example/list?lang=ar&paged=3", "https://nile.example/list?lang=ar", 3),
        ("https://nile.example/2014/03/", "https://nile.example/2014/03/", 1),
    ],
)
def test_the_place_of_a_listing_page(url: str, series: str, number: int) -> None:
    assert place(url) == (series, number)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-11-23T13:00:00+03:00", "2026-11-23T10:00:00Z"),
        ("2026-11-23", "2026-11-23T23:59:59Z"),
        ("Mon, 23 Nov 2026 10:00:00 GMT", "2026-11-23T10:00:00Z"),
        ("2026-11-23T10:00:00", "2026-11-23T10:00:00Z"),
        ("أمس", None),
        ("0000-00-00T00:00:00+00:00", None),
        ("", None),
        (None, None),
    ],
)
def test_when_a_source_says_that_a_page_changed(text: str | None, read: str | None) -> None:
    assert moment(text) == read


@pytest.fixture
def frontier(place: Callable[[], Place]) -> Iterator[Frontier]:
    made = Frontier(place())
    yield made
    made.close()


def idle(url: str = ARABIC, **more: object) -> Known:
    values = {"seen": "2026-11-20T10:00:00Z", "end": End.UNCHANGED, "reason": "not due until 2026-12-01"} | more
    return Known(url, url, Role.PAGE, "pages", **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "says", "woken"),
    [
        (None, "2026-11-21T10:00:00Z", 1),
        (None, "2026-11-20T09:59:00Z", 1),  # its clock may be behind
        (None, "2026-11-19T10:00:00Z", 0),
        ("2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z", 1),  # its clock is wrong, and it says otherwise than before
        ("2099-01-01T00:00:00Z", "2099-01-01T00:00:00Z", 0),
    ],
)
def test_a_source_wakes_what_changed(frontier: Frontier, before: str | None, says: str, woken: int) -> None:
    known = KnownUrls(frontier)
    known.know([idle(modified=before)])
    found = Found(ARABIC, ARABIC, Role.PAGE, "sitemap:/", modified=says)
    assert known.changed([found], SLACK, "2026-11-25T00:00:00Z") == woken
    assert len(frontier.claim(5, 0.0)) == woken
    assert known.changed([found], SLACK, "2026-11-25T00:00:00Z") == 0


def test_what_is_named_no_more_is_asked_for_and_what_is_absent_when_it_is_named_again(frontier: Frontier) -> None:
    known = KnownUrls(frontier)
    known.know([idle(marks=Mark.NAMED_BEFORE), idle(ARABIC + "b", marks=Mark.NAMED_BEFORE), idle(ARABIC + "c")])
    known.know([idle(ARABIC + "gone", marks=Mark.ABSENT)])
    frontier.name("sitemap:/", [ARABIC])
    frontier.name("feed:/", [ARABIC + "b"])
    assert known.wake_unnamed("no sitemap names it any more") == 1
    assert known.wake([ARABIC, ARABIC + "gone"], "a source names it", absent=True) == 1
    assert {row.url for row in frontier.claim(5, 0.0)} == {ARABIC + "b", ARABIC + "gone"}
    assert known.idle() == {Role.PAGE: 2}


def test_two_spellings_of_one_address_are_both_known(frontier: Frontier) -> None:
    known = KnownUrls(frontier)
    known.know([Known(url, ARABIC, Role.PAGE, "pages", None) for url in (ARABIC, ARABIC.rstrip("/"))])
    assert len(frontier.claim(5, 0.0)) == 2
    assert known.url_of(ARABIC) == ARABIC


def test_an_address_with_two_rows_is_named_whichever_says_so(tmp_path: Path) -> None:
    """A redirect's target is a row beside the one that a sitemap named: removed later, it is missed all the same."""
    collection = Collection.open(tmp_path / "collections" / "twice", create=True)
    url = "https://institute.example/%D9%85%D9%82%D8%A7%D9%84/"
    row = {"url": url, "end": "archived", "role": "page", "source": "pages", "what": "analysis"}
    rows = [row | {"named": ["sitemap:/sitemap.xml"]}, row | {"named": []}]
    begun = datetime(2026, 11, 1, 12, tzinfo=UTC)
    papers = {
        "settings": json.dumps({"options": {}}),
        "urls.jsonl": "".join(json.dumps(one) + "\n" for one in rows),
    }
    with collection.lock():
        writer = Writer(collection, "20261101120000", "policy-archive test", {}, clock=lambda: begun)
        uri = "urn:policy-archive:crawl:20261101120000"
        writer.write([Resource(f"{uri}:{name}", "text/plain", text.encode(), begun) for name, text in papers.items()])
        writer.close_crawl({"found": 2})
    with closing(past._Last(collection)) as last:
        told = last.of(url)
    assert told is not None
    assert told.named
    assert told.what == "analysis"
