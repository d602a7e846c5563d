"""The table of what is to be fetched: states, duplicates, order, and what is left after a crash."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.institutes.urls import canonical
from archive.store.exchange import Location, Stored
from crawler.errors import CrawlError
from crawler.fleet.local import Server
from crawler.frontier import TOO_DEEP, Added, End, Found, Frontier, Role, spelling
from crawler.frontier.place import Place
from crawler.frontier.postgres import Postgres, schema_of

ARABIC = "https://timep.org/2024/12/05/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/"


@pytest.fixture
def frontier(place: Callable[[], Place]) -> Iterator[Frontier]:
    made = Frontier(place())
    yield made
    made.close()


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


def test_after_a_crash_in_flight_is_queued_and_captured_is_unread(place: Callable[[], Place]) -> None:
    frontier = Frontier(place())
    frontier.add([page(f"https://timep.org/{number}") for number in range(3)])
    first, second, third = frontier.claim(3, 0.0)
    frontier.captured(first.id, Stored(Location("a.warc.gz", 10, 20), False))
    frontier.finish(second, End.ARCHIVED, None, "analysis", [page("https://timep.org/new")])
    frontier.commit()
    frontier.claim(1, 0.0)  # not committed: as if the process had died here
    frontier.close()

    again = Frontier(place())
    again.release()
    assert [(one.row.id, one.location) for one in again.unread()] == [(first.id, Location("a.warc.gz", 10, 20))]
    assert {row.url for row in again.claim(9, 0.0)} == {third.url, "https://timep.org/new"}
    again.close()


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


def test_what_a_site_sent_breaks_no_table(frontier: Frontier) -> None:
    frontier.add([page(ARABIC)])
    row = frontier.claim(1, 0.0)[0]
    frontier.captured(row.id, Stored(Location("a.warc.gz", 1 << 40, 20), False, media_type="نص\0/html"))
    frontier.commit()
    assert [(row.media_type, row.offset) for row, _ in frontier.all()] == [("نص?/html", 1 << 40)]


def test_a_requisite_that_was_too_deep_and_out_of_scope_counts_once_in_one_batch(frontier: Frontier) -> None:
    """What a batch says of one address twice is heard in its order."""
    deep, scope = page(ARABIC, end=End.LIMIT, reason=TOO_DEEP + "31"), page(ARABIC + "b", end=End.OUT_OF_SCOPE)
    assert frontier.add([deep, deep, scope]) == Added(0, 2)
    assert frontier.add([page(ARABIC), page(ARABIC), deep]) == Added(1, 0)
    frontier.name("sitemap:/", [ARABIC.rstrip("/"), ARABIC.rstrip("/"), "unknown"])
    frontier.commit()
    assert [(row.end, named) for row, named in frontier.all()] == [
        (None, ("sitemap:/",)), (End.OUT_OF_SCOPE, ()),
    ]  # fmt: skip


def test_thousands_at_once_keep_their_order(frontier: Frontier) -> None:
    assert frontier.add(page(f"https://timep.org/ص/{number}") for number in range(5000)) == Added(5000, 0)
    assert [row.url for row in frontier.claim(3, 0.0)] == [f"https://timep.org/ص/{number}" for number in range(3)]
    assert frontier.counts() == {(Role.PAGE, "queued"): 5000}
    assert frontier.tally() == [(Role.PAGE, "queued", None, 5000)] or not frontier.commit()
    assert frontier.tally() == [(Role.PAGE, "queued", None, 5000)]


def test_what_lies_in_a_file_that_is_not_there_is_fetched_again(frontier: Frontier) -> None:
    """A machine died with the file: what the pages led to stays."""
    frontier.add([page(f"https://timep.org/{number}") for number in range(4)])
    rows = frontier.claim(4, 0.0)
    for row, warc in zip(rows, ("kept.warc.gz", "lost.warc.gz", "lost.warc.gz"), strict=False):
        frontier.captured(row.id, Stored(Location(warc, 10, 20), False))
    for row in rows[:2]:
        frontier.finish(row, End.ARCHIVED, None, "analysis", [page(f"{row.url}/ب")])
    frontier.commit()
    assert frontier.undo({"kept.warc.gz"}) == 1
    assert [one.row.id for one in frontier.unread()] == []
    assert {row.url for row in frontier.claim(9, 0.0)} == {
        rows[1].url, rows[2].url, f"{rows[0].url}/ب", f"{rows[1].url}/ب",
    }  # fmt: skip
    assert frontier.undo({"kept.warc.gz"}) == 0


def test_a_new_crawl_begins_with_no_row(frontier: Frontier) -> None:
    frontier.add([page(ARABIC)])
    frontier.set_fact("crawl", "20261123000000")
    frontier.commit()
    again = frontier.anew()
    assert (again.counts(), again.fact("crawl")) == ({}, None)
    again.close()


def test_a_schema_of_another_version_is_refused_in_one_line(postgres: Server) -> None:
    Frontier(Postgres(postgres.address, "قديم")).close()
    with postgres.address.engine("test").begin() as connection:
        connection.exec_driver_sql(f"COMMENT ON SCHEMA \"{schema_of('قديم')}\" IS '999'")
    with pytest.raises(CrawlError, match=r"of version '999'.*drop the schema") as refused:
        Frontier(Postgres(postgres.address, "قديم"))
    assert "\n" not in str(refused.value)


def test_a_schema_has_a_name_of_its_own_whatever_the_collection_is_called() -> None:
    names = ["timep", "معهد", "timep'; DROP SCHEMA public; --", "a" * 300, "A", "a", "a" * 299 + "b", 'x"y']
    schemas = [schema_of(name) for name in names]
    assert len(set(schemas)) == len(names)
    assert all(len(schema.encode()) <= 63 for schema in schemas)


def test_what_is_remembered_of_known_addresses_changes_nothing(frontier: Frontier) -> None:
    """A link that was seen before, whatever became of it: as if the table had been asked each time."""
    scope = page(ARABIC, end=End.OUT_OF_SCOPE)
    needed = Found(ARABIC, ARABIC.rstrip("/"), Role.REQUISITE, "requisites")
    for _ in range(3):
        frontier.add([page("https://timep.org/a"), scope])
        assert frontier.add([page("https://timep.org/a"), scope, page(ARABIC)]) == Added(0, 0)
    assert frontier.add([needed]) == Added(1, 0)
    assert frontier.add([needed, scope, page(ARABIC)]) == Added(0, 0)
    for row in frontier.claim(9, 0.0):
        frontier.finish(row, End.OUT_OF_SCOPE, "not of the kinds that were asked for", None, [])
    assert (
        frontier.add([Found("https://timep.org/a", "https://timep.org/a", Role.REQUISITE, "requisites")]).waiting == 1
    )
    frontier.commit()
    frontier.add([page("https://timep.org/b")])
    frontier.rollback()
    assert frontier.add([page("https://timep.org/b")]) == Added(1, 0)
