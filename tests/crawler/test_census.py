"""Every URL has one end and counts for each source that names it; completeness is what of it is archived."""

from pathlib import Path
from typing import Any

import pytest

from archive.institutes.urls import canonical
from archive.store.exchange import Location, Stored
from crawler.census import MOST, Census, take
from crawler.frontier import End, Found, Frontier, Role
from tests.crawler.command import lines

HOME = "https://institute.example"
ARABIC = f"{HOME}/2024/12/05/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/"  # سوريا
SITEMAP, FEED = "sitemap:/sitemap.xml", "feed:/feed/"


class Site:
    """A frontier, filled a URL at a time."""

    def __init__(self, folder: Path) -> None:
        self.frontier = Frontier(folder / "frontier.sqlite")
        self.path = folder / "urls.jsonl"

    def page(self, url: str, end: End | None, *named: str, reason: str | None = None, **more: Any) -> None:
        cut = end if end in (End.OUT_OF_SCOPE, End.TRAP) else None
        found = Found(url, canonical(url), more.pop("role", Role.PAGE), "pages", cut, reason if cut else None)
        self.frontier.add([found])
        if cut is None and end is not None:
            (row,) = self.frontier.claim(1, 0.0)
            assert row.url == url
            if end in (End.ARCHIVED, End.UNCHANGED):
                stored = Stored(Location("a.warc.gz", 1, 100), end is End.UNCHANGED, 100, 200, "text/html", 7)
                self.frontier.captured(row.id, stored)
            self.frontier.finish(row, end, reason, more.pop("what", "analysis"), [])
        for source in named:
            self.frontier.name(source, [canonical(url)])
        self.frontier.commit()

    def census(self, *earlier: str) -> Census:
        return take(self.path, self.frontier, End.QUEUED, lambda url: url in earlier)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_url_counts_for_every_source_that_names_it(site: Site) -> None:
    site.page(ARABIC, End.ARCHIVED, SITEMAP, FEED)
    site.page(f"{HOME}/1/", End.UNCHANGED, SITEMAP)
    site.page(f"{HOME}/2/", End.FAILED, FEED, reason="status 500")
    site.page(f"{HOME}/3/", End.ARCHIVED)  # a link's, which no source names
    census = site.census()
    assert census.completeness == {"named": 3, "held": 2, "share": 2 / 3}
    assert vars(census.sources[SITEMAP]) == {"found": 2, "held": 2, "only": 1, "left_out": 0}
    assert vars(census.sources[FEED]) == {"found": 2, "held": 1, "only": 1, "left_out": 0}
    assert [(one["url"], one["reason"], one["named"]) for one in census.missing.urls] == [
        (f"{HOME}/2/", "status 500", [FEED])
    ]
    assert [line["missing"] for line in lines(site.path)] == [False, False, True, False]
    assert lines(site.path)[0]["named"] == [FEED, SITEMAP]


def test_what_the_profile_leaves_out_and_what_is_no_page_is_not_missing(site: Site) -> None:
    site.page(f"{HOME}/tag/x/", End.OUT_OF_SCOPE, SITEMAP, reason="denied")
    site.page(f"{HOME}/archive/", End.FAILED, SITEMAP, role=Role.LISTING)
    assert site.census().completeness == {"named": 0, "held": 0, "share": None}
    assert site.census().sources[SITEMAP].left_out == 1


@pytest.mark.parametrize("end", [End.FAILED, End.GONE, End.ROBOTS, End.BOTWALL, End.PRIVATE, End.LIMIT, None])
def test_what_is_not_archived_is_missing_unless_it_was_before(site: Site, end: End | None) -> None:
    site.page(ARABIC, end, SITEMAP, reason="سبب" if end else None)
    assert site.census().missing.count == 1
    assert site.census(ARABIC).missing.count == 0
    assert site.census(ARABIC).completeness["share"] == 1.0


@pytest.mark.parametrize(
    ("role", "end", "missing"),
    [(Role.PAGE, End.ARCHIVED, 0), (Role.PAGE, End.GONE, 1), (Role.LISTING, End.ARCHIVED, 1)],
)
def test_a_redirect_is_worth_what_it_leads_to(site: Site, role: Role, end: End, missing: int) -> None:
    site.page(f"{HOME}/old/", End.REDIRECTED, SITEMAP, reason=f"{HOME}/older/", what="redirect")
    site.page(f"{HOME}/older/", End.REDIRECTED, reason=ARABIC, what="redirect")
    site.page(ARABIC, end, role=role)
    census = site.census()
    assert census.missing.count == missing
    assert not missing or "it leads to" in census.missing.urls[0]["reason"]


def test_a_circle_of_redirects_is_missing(site: Site) -> None:
    site.page(f"{HOME}/a/", End.REDIRECTED, SITEMAP, reason=f"{HOME}/b/")
    site.page(f"{HOME}/b/", End.REDIRECTED, reason=f"{HOME}/a/")
    assert site.census().missing.count == 1


def test_all_sums_are_the_number_of_urls(site: Site) -> None:
    for number, end in enumerate([End.ARCHIVED, End.ARCHIVED, End.ARCHIVED, End.GONE, End.GONE, None, None]):
        site.page(f"https://{number}.example/", end, SITEMAP)
    census = site.census()
    assert census.ends == {"archived": 3, "gone": 2, "queued": 2}
    for counts in (census.roles, census.hosts):
        assert sum(sum(ends.values()) for ends in counts.values()) == 7
    assert census.statuses == {"200": 3}
    assert census.types == {"text/html": {"urls": 3, "bytes": 300}}
    assert (census.bytes, census.spared) == (300, 21)
    assert len(lines(site.path)) == 7


def test_lists_and_tables_do_not_follow_the_number_of_urls(site: Site) -> None:
    site.frontier.add(
        Found(f"https://{n}.example/خبر", f"{n}", Role.PAGE, "pages", End.OUT_OF_SCOPE, f"{n}") for n in range(700)
    )
    site.frontier.commit()
    census = site.census()
    assert census.lists["out-of-scope"].count == 700
    assert len(census.lists["out-of-scope"].urls) == MOST
    assert len(census.hosts) == len(census.reasons["out-of-scope"]) == 201
    assert census.hosts["others"].total() == census.reasons["out-of-scope"]["others"] == 500


def test_a_line_is_one_line_for_every_reader(site: Site) -> None:
    said = "\u2028forged\u2029\x85\x0b\x0c\x1c\r\n{} عنوان" + "ع" * 1_000_000
    site.page(ARABIC, End.FAILED, reason=said)
    site.census()
    assert len(site.path.read_text(encoding="utf-8").splitlines()) == 1
    assert lines(site.path)[0]["reason"] == said
