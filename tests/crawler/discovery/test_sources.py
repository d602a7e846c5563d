"""The union of all ways of finding: seeds, counts, and how far a source is followed."""

import asyncio
import json

import pytest

from archive.institutes import registry
from archive.institutes.profile import Discovery, Etiquette, Profile
from crawler.discovery.sources import Tally, named_by_robots, read, seeds
from crawler.frontier import End, Found, Role, Row

HOME = "https://institute.example"
ARABIC = f"{HOME}/2024/12/05/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/"  # سوريا
FEED = "feed:/feed/?paged={page}"
REST = "wordpress:/wp-json/wp/v2/posts?page={page}"


def profile(**changed: object) -> Profile:
    return registry.load("timep").model_copy(update={"id": "test", "home": HOME + "/", "hosts": (), **changed})


def answer(
    row: Row, body: str | bytes, tally: Tally | None = None, site: Profile | None = None, **headers: str
) -> tuple[list[Found], str | None]:
    data = body.encode() if isinstance(body, str) else body
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return asyncio.run(read(row, data, pairs, site or profile(), tally if tally is not None else Tally()))


def row(source: str, path: str = "/feed/?paged=1", hops: int = 0) -> Row:
    return Row(1, HOME + path, Role.SOURCE, source, 0, hops)


def feed(*urls: str) -> str:
    items = "".join(f"<item><title>سوريا</title><link>{url}</link></item>" for url in urls)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>معهد</title>{items}</channel></rss>'


def sitemap(*urls: str) -> str:
    listed = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</urlset>'


def index(*urls: str) -> str:
    listed = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</sitemapindex>'


def test_a_crawl_starts_at_every_source_and_at_home() -> None:
    site = profile(
        discovery=Discovery(
            sitemaps=("/sitemap.xml",), feeds=("/feed/?paged={page}",), wordpress=("/wp-json/wp/v2/posts?page={page}",),
            listings=("/تحليلات/",),
        )
    )  # fmt: skip
    assert [(one.source, one.url, one.role) for one in seeds(site)] == [
        ("sitemap:/sitemap.xml", f"{HOME}/sitemap.xml", Role.SOURCE),
        (FEED, f"{HOME}/feed/?paged=1", Role.SOURCE),
        (REST, f"{HOME}/wp-json/wp/v2/posts?page=1", Role.SOURCE),
        ("listing:/", f"{HOME}/", Role.LISTING),
        ("listing:/تحليلات/", f"{HOME}/%D8%AA%D8%AD%D9%84%D9%8A%D9%84%D8%A7%D8%AA/", Role.LISTING),
    ]


def test_robots_names_sitemaps_of_the_institutes_own_hosts_alone() -> None:
    named = named_by_robots(profile(), [f"{HOME}/news.xml", "https://other.example/sitemap.xml", "ftp://x", ""])
    assert [(one.url, one.source, one.role) for one in named] == [
        (f"{HOME}/news.xml", f"sitemap:{HOME}/news.xml", Role.SOURCE)
    ]


def test_what_a_feed_names_is_found_and_counted() -> None:
    tally = Tally()
    found, problem = answer(row(FEED), feed(ARABIC, "https://other.example/x/"), tally)
    assert problem is None
    assert [(one.role, one.end) for one in found[:2]] == [(Role.PAGE, None), (Role.PAGE, End.OUT_OF_SCOPE)]
    assert [(one.url, one.role, one.deeper) for one in found[2:]] == [(f"{HOME}/feed/?paged=2", Role.SOURCE, True)]
    assert tally.lines() == [
        {"name": FEED, "state": "works", "stated": None, "pages": 1, "stated_pages": None, "problem": None}
    ]


def test_paging_ends_where_a_site_answers_the_same_again() -> None:
    tally = Tally()
    first, _ = answer(row(FEED), feed(ARABIC), tally)
    again, _ = answer(row(FEED, "/feed/?paged=2", 1), feed(ARABIC), tally)
    assert any(one.role is Role.SOURCE for one in first)
    assert not any(one.role is Role.SOURCE for one in again)


def test_paging_ends_after_as_many_pages_as_the_profile_says() -> None:
    site = profile(etiquette=Etiquette(max_pages_per_listing=5))
    found, _ = answer(row(FEED, "/feed/?paged=6", 5), feed(ARABIC), site=site)
    assert [one.end for one in found if one.role is Role.SOURCE] == [End.TRAP]


def test_what_a_source_states_is_kept() -> None:
    tally = Tally()
    posts = json.dumps([{"id": 7, "link": ARABIC, "title": {"rendered": "سوريا"}}])
    answer(row(REST, "/wp-json/wp/v2/posts?page=1"), posts, tally, X_WP_Total="121", Content_Type="application/json")
    assert tally.lines()[0]["stated"] == 121


def test_sitemaps_of_sitemaps_are_followed_three_deep() -> None:
    source = "sitemap:/sitemap.xml"
    child = f"{HOME}/child.xml"
    for hops, end in ((0, None), (2, None), (3, End.TRAP)):
        found, _ = answer(row(source, f"/{hops}.xml", hops), index(child))
        assert [(one.url, one.role, one.end) for one in found] == [(child, Role.SOURCE, end)]
    pages, _ = answer(row(source, "/last.xml", 3), sitemap(ARABIC))
    assert [(one.url, one.end) for one in pages] == [(ARABIC, None)]


@pytest.mark.parametrize("source", [FEED, REST, "sitemap:/sitemap.xml"])
@pytest.mark.parametrize("body", ["<!doctype html><title>لحظة</title><p>x</p>", "", "\ufeff", "]"])
def test_what_is_not_what_it_should_be_is_a_failure_and_never_nothing_new(source: str, body: str) -> None:
    tally = Tally()
    found, problem = answer(row(source), body, tally)
    assert found == []
    assert problem
    assert tally.lines()[0]["state"] == "failed"


def test_damaged_coding_is_a_failure() -> None:
    tally = Tally()
    _, problem = answer(row(FEED), b"\x1f\x8b\x08\x00broken", tally, Content_Encoding="gzip")
    assert problem
    assert tally.lines()[0]["state"] == "failed"


def test_a_failure_is_not_forgotten_by_a_later_success_nor_an_absence_made_of_it() -> None:
    tally = Tally()
    tally.failed("feed", "status 403")
    tally.works("feed")
    tally.absent("feed")
    tally.absent("sitemap")
    tally.works("rest", 5)
    assert [(one["name"], one["state"], one["stated"]) for one in tally.lines()] == [
        ("feed", "failed", None),
        ("rest", "works", 5),
        ("sitemap", "absent", None),
    ]
    assert Tally.loads(tally.dumps()).lines() == tally.lines()
    assert Tally.loads(None).lines() == []


@pytest.mark.parametrize("source", ["listing:/تحليلات/", "listing:/تحليلات/?page={page}"])
def test_a_listing_says_how_many_pages_it_has(source: str) -> None:
    tally = Tally()
    own = [f"institute.example/تحليلات/page/{number}/" for number in (2, 41, 7)]
    tally.paged(source, [*own, "institute.example/مدونة/page/99/", "institute.example/2024/", ARABIC])
    assert tally.lines()[0]["stated_pages"] == 41
