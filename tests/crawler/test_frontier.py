"""The table of what is to be fetched: states, duplicates, order, and what is left after a crash."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from archive.institutes.urls import canonical
from archive.store.exchange import Location, Stored
from crawler.errors import CrawlError
from crawler.frontier import TOO_DEEP, Added, End, Found, Frontier, Role, spelling

ARABIC = "https://timep.org/2024/12/05/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/"


@pytest.fixture
def frontier(tmp_path: Path) -> Frontier:
    return Frontier(tmp_path / "frontier.sqlite")


def page(url: str, **more: object) -> Found:
    return Found(url, url.rstrip("/"), Role.PAGE, "test", **more)  # type: ignore[arg-type]


def test_one_address_is_one_row_in_all_its_spellings(frontier: Frontier) -> None:
    assert frontier.add([page(ARABIC), page(ARABIC.rstrip("/"))]) == Added(1, 0)
    assert frontier.add([page(ARABIC)]) == Added(0, 0)


def test_a_redirect_may_lead_to_another_spelling(frontier: Frontier) -> None:
    frontier.add([page("https://timep.org/a")])
    row = frontier.claim(1, 0.0)[0]
    found = Found("https://timep.org/a/", "https://timep.org/a", Role.PAGE, "test", exact=True, deeper=True)
    assert frontier.finish(row, End.REDIRECTED, None, None, [found]) == Added(1, 0)
    assert frontier.claim(1, 0.0)[0].hops == 1


def led(url: str, role: Role = Role.PAGE) -> Found:
    """A redirect's target, with the identity that all its spellings have."""
    return Found(url, canonical(url), role, "test", exact=True, deeper=True)


def redirected(frontier: Frontier, url: str, to: str) -> Added:
    """What comes of a row that leads to another address."""
    (row,) = [row for row in frontier.claim(9, 0.0) if row.url == url]
    return frontier.finish(row, End.REDIRECTED, to, None, [led(to)])


@pytest.mark.parametrize(
    ("url", "to"), [(ARABIC, ARABIC.rstrip("/")), (ARABIC.rstrip("/"), ARABIC), (ARABIC.replace("s:", ":", 1), ARABIC)]
)
def test_a_redirect_between_two_spellings_is_followed_whichever_was_found(
    frontier: Frontier, url: str, to: str
) -> None:
    frontier.add([Found(url, canonical(url), Role.PAGE, "test")])
    assert redirected(frontier, url, to) == Added(1, 0)
    assert [row.url for row in frontier.claim(9, 0.0)] == [to]
    assert frontier.of(spelling(to)).url == to


@pytest.mark.parametrize("first", [True, False])
def test_an_address_that_is_found_and_led_to_is_fetched_once(frontier: Frontier, first: bool) -> None:
    old = "https://timep.org/?p=3105"
    linked = [Found(ARABIC, canonical(ARABIC), Role.PAGE, "pages")]
    frontier.add([Found(old, canonical(old), Role.PAGE, "test"), *(linked if first else ())])
    assert redirected(frontier, old, ARABIC) == Added(0 if first else 1, 0)
    assert frontier.add(linked) == Added(0, 0)
    assert sum(frontier.counts().values()) == 2


def test_addresses_that_lead_to_each_other_end(frontier: Frontier) -> None:
    old = "https://timep.org/?p=3105"
    frontier.add([Found(old, canonical(old), Role.PAGE, "test")])
    assert redirected(frontier, old, ARABIC) == Added(1, 0)
    assert redirected(frontier, ARABIC, old) == Added(0, 0)


def test_what_was_left_out_is_fetched_where_a_redirect_leads_to_it(frontier: Frontier) -> None:
    old = "https://timep.org/?p=3105"
    frontier.add([Found(ARABIC, canonical(ARABIC), Role.PAGE, "pages", End.OUT_OF_SCOPE, "kind event, by its address")])
    frontier.add([Found(old, canonical(old), Role.PAGE, "test")])
    redirected(frontier, old, ARABIC)
    assert [(row.url, row.hops) for row in frontier.claim(9, 0.0)] == [(ARABIC, 1)]
    assert sum(frontier.counts().values()) == 2


def test_a_source_is_read_as_one_though_its_address_was_found_as_a_page(frontier: Frontier) -> None:
    feed = "https://timep.org/feed"
    frontier.add([Found("https://timep.org/rss", "https://timep.org/rss", Role.SOURCE, "feed:/rss")])
    frontier.add([Found(feed, feed, Role.PAGE, "pages")])
    (source, _) = frontier.claim(9, 0.0)
    assert frontier.finish(source, End.REDIRECTED, feed, None, [led(feed, Role.SOURCE)]) == Added(1, 0)


def test_rows_come_by_role_then_by_order_of_finding(frontier: Frontier) -> None:
    frontier.add(
        [
            Found("https://a.example/x.css", "x", Role.REQUISITE, "test"),
            page("https://a.example/2"),
            page("https://a.example/1"),
            Found("https://a.example/sitemap.xml", "s", Role.SOURCE, "test"),
        ]
    )
    assert [row.url.rsplit("/", 1)[1] for row in frontier.claim(9, 0.0)] == ["sitemap.xml", "2", "1", "x.css"]
    assert frontier.claim(9, 0.0) == []


def test_a_row_that_failed_waits_until_it_is_due(frontier: Frontier) -> None:
    frontier.add([page(ARABIC)])
    row = frontier.claim(1, 0.0)[0]
    frontier.retry(row, due=100.0, reason="status 503")
    assert frontier.claim(1, 99.0) == []
    assert frontier.next_due() == 100.0
    assert frontier.claim(1, 100.0)[0].tries == 1


def test_out_of_scope_as_a_link_is_fetched_where_a_page_embeds_it(frontier: Frontier) -> None:
    url = "https://cdn.example/picture.png"
    assert frontier.add([page(url, end=End.OUT_OF_SCOPE, reason="outside")]) == Added(0, 1)
    assert frontier.claim(1, 0.0) == []
    assert frontier.add([Found(url, url, Role.REQUISITE, "requisites")]) == Added(1, 0)
    assert frontier.claim(1, 0.0)[0].role is Role.REQUISITE


def test_after_a_crash_in_flight_is_queued_and_captured_is_unread(tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "frontier.sqlite")
    frontier.add([page(f"https://timep.org/{number}") for number in range(3)])
    first, second, third = frontier.claim(3, 0.0)
    frontier.captured(first.id, Stored(Location("a.warc.gz", 10, 20), False))
    frontier.finish(second, End.ARCHIVED, None, "analysis", [page("https://timep.org/new")])
    frontier.commit()
    frontier.claim(1, 0.0)  # not committed: as if the process had died here
    frontier.close()

    again = Frontier(tmp_path / "frontier.sqlite")
    again.release()
    assert [(one.row.id, one.location) for one in again.unread()] == [(first.id, Location("a.warc.gz", 10, 20))]
    assert {row.url for row in again.claim(9, 0.0)} == {third.url, "https://timep.org/new"}


def test_every_url_has_one_end_and_the_sum_is_what_was_found(frontier: Frontier) -> None:
    frontier.add([page("https://timep.org/a"), page("https://x.example/", end=End.OUT_OF_SCOPE)])
    row = frontier.claim(1, 0.0)[0]
    frontier.finish(row, End.ARCHIVED, None, None, [page("https://timep.org/b")])
    frontier.commit()
    counts = frontier.counts()
    assert counts == {(Role.PAGE, "archived"): 1, (Role.PAGE, "out-of-scope"): 1, (Role.PAGE, "queued"): 1}
    assert len(list(frontier.all())) == sum(counts.values())


@pytest.mark.parametrize(
    ("damage", "said"), [("another version", "is of version 999"), ("ليس قاعدة بيانات", "is damaged")]
)
def test_a_table_that_cannot_be_read_is_refused_in_one_line(tmp_path: Path, damage: str, said: str) -> None:
    path = tmp_path / "frontier.sqlite"
    Frontier(path).close()
    if damage == "another version":
        with contextlib.closing(sqlite3.connect(path)) as other:
            other.execute("PRAGMA user_version = 999")
    else:
        path.write_text(damage * 100, encoding="utf-8")
    with pytest.raises(CrawlError, match=said) as refused:
        Frontier(path)
    assert str(path) in str(refused.value)
    assert "begin" in str(refused.value)


def test_links_from_page_to_page_are_counted_and_those_of_listings_and_redirects_are_not(frontier: Frontier) -> None:
    frontier.add([Found(ARABIC, "listing", Role.LISTING, "test")])
    depths = []
    for number, more in enumerate(({}, {}, {"deeper": True}, {})):
        (row,) = frontier.claim(1, 0.0)
        depths.append(row.depth)
        frontier.finish(row, End.ARCHIVED, None, None, [page(f"https://a.example/{number}", **more)])
    assert [*depths, frontier.claim(1, 0.0)[0].depth] == [0, 0, 1, 1, 2]


def test_what_was_too_deep_is_fetched_where_a_shorter_way_leads_to_it(frontier: Frontier) -> None:
    deep = page(ARABIC, end=End.LIMIT, reason=TOO_DEEP + "31 links")
    assert frontier.add([deep]) == Added(0, 1)
    assert frontier.add([deep]) == Added(0, 0)
    assert frontier.claim(1, 0.0) == []
    assert frontier.add([page(ARABIC)]) == Added(1, 0)
    assert [row.url for row in frontier.claim(1, 0.0)] == [ARABIC]
    assert frontier.add([deep, page(ARABIC)]) == Added(0, 0)


def test_half_a_character_breaks_no_table(frontier: Frontier) -> None:
    frontier.add([page(ARABIC)])
    frontier.finish(frontier.claim(1, 0.0)[0], End.FAILED, "قال \ud83d", None, [])
    frontier.commit()
    assert [row.reason for row, _ in frontier.all()] == ["قال ?"]
