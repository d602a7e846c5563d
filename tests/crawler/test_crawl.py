"""How a crawl begins, and goes on where it was stopped."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from archive.errors import CollectionBusy
from archive.institutes import registry
from archive.institutes.profile import Kind, Profile
from archive.store.exchange import Location, Stored
from crawler.crawl import Crawl
from crawler.errors import CrawlError
from crawler.frontier import Added, End, Found, Role
from crawler.limits import Limits
from crawler.options import Options
from crawler.papers import user_agent

ARABIC = "http://127.0.0.1:8765/2024/12/05/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/"  # سوريا
QUIET = Options(workers=1, derive=False)


@pytest.fixture(scope="module")
def demo() -> Profile:
    return registry.load("demo")


@pytest.fixture
def opened(tmp_path: Path, demo: Profile) -> Iterator[Crawl]:
    crawl = Crawl.open(demo, tmp_path, options=QUIET)
    yield crawl
    crawl.pages.close()
    crawl.release()


def stopped(crawl: Crawl) -> None:
    crawl.pages.close()
    crawl.release()


def test_a_new_crawl_has_its_seeds_and_holds_its_collection(opened: Crawl, tmp_path: Path, demo: Profile) -> None:
    assert not opened.resumed
    assert opened.id.isdigit()
    assert {row.url for row, _ in opened.frontier.all()} >= {demo.home, demo.home + "sitemap_index.xml"}
    with pytest.raises(CollectionBusy):
        Crawl.open(demo, tmp_path, options=QUIET)


def test_a_collection_is_called_as_the_institute_until_its_archivist_calls_it_otherwise(tmp_path: Path) -> None:
    """Cards, packages and citations name it so: who publishes is a name, and no id."""
    profile = Profile(id="mahad", name="معهد المثال", home="https://example.org/")
    first = Crawl.open(profile, tmp_path, options=QUIET)
    stopped(first)
    assert first.collection.meta.title == "معهد المثال"
    first.collection.toml.write_text('title = "Our copy"\n', encoding="utf-8")
    again = Crawl.open(profile, tmp_path, options=QUIET)
    stopped(again)
    assert again.collection.meta.title == "Our copy"


def test_a_crawl_goes_on_where_it_was_stopped(tmp_path: Path, demo: Profile) -> None:
    first = Crawl.open(demo, tmp_path, options=QUIET)
    first.frontier.add([Found(ARABIC, ARABIC.rstrip("/"), Role.PAGE, "test")])
    rows = first.frontier.claim(99, 0.0)
    page = next(row for row in rows if row.url == ARABIC)
    first.frontier.captured(page.id, Stored(Location("demo-1-00000.warc.gz", 10, 20), False))
    first.frontier.finish(rows[0], End.ARCHIVED, None, None, [])
    first.sources.works("feed", 7)
    first.frontier.set_fact("sources", first.sources.dumps())
    first.frontier.commit()
    first.collection.ledger.append("sealed", datetime.now(UTC), warc="demo-1-00000.warc.gz")
    stopped(first)

    again = Crawl.open(demo, tmp_path, options=QUIET)

    async def begin() -> None:
        again.begin(asyncio.get_running_loop())
        await asyncio.to_thread(again.recorder.stop)

    asyncio.run(begin())
    assert again.resumed
    assert again.id == first.id
    assert [one.row.url for one in again.unread] == [ARABIC]
    assert again.sources.lines()[0]["pages"] == 1
    assert again.progress.found == len(rows)
    assert again.progress.ends == {End.ARCHIVED: 1}
    assert {row.id for row in again.frontier.claim(99, 0.0)} == {row.id for row in rows} - {rows[0].id, page.id}
    again.writer.give_up()
    stopped(again)


def test_after_its_end_the_same_command_begins_a_new_one(tmp_path: Path, demo: Profile) -> None:
    first = Crawl.open(demo, tmp_path, options=QUIET)
    first.frontier.set_fact("ended", "finished")
    first.frontier.commit()
    stopped(first)
    second = Crawl.open(demo, tmp_path, options=QUIET)
    assert not second.resumed
    stopped(second)


@pytest.mark.parametrize("other", [replace(QUIET, urls=(ARABIC,)), replace(QUIET, only=frozenset({Kind.LEGAL_CASE}))])
def test_a_crawl_of_other_pages_does_not_go_on_with_an_unfinished_one(
    tmp_path: Path, demo: Profile, other: Options
) -> None:
    stopped(Crawl.open(demo, tmp_path, options=QUIET))
    with pytest.raises(CrawlError, match="--collection"):
        Crawl.open(demo, tmp_path, options=other)
    stopped(Crawl.open(demo, tmp_path, options=replace(QUIET, max_pages=3)))  # a limit asks for the same pages


def test_given_pages_are_all_that_is_seeded(tmp_path: Path, demo: Profile) -> None:
    crawl = Crawl.open(demo, tmp_path, options=replace(QUIET, urls=("http://127.0.0.1:8765/2024/12/05/سوريا/",)))
    assert [(row.url, row.role) for row, _ in crawl.frontier.all()] == [(ARABIC, Role.PAGE)]
    stopped(crawl)


def test_nothing_is_claimed_of_a_crawl_that_is_paused_or_at_a_limit(opened: Crawl) -> None:
    woken: list[bool] = []
    opened.changed = lambda: woken.append(True)
    opened.recorder = SimpleNamespace(bytes=0)  # type: ignore[assignment]
    assert opened.open_roles(9) == (9, tuple(Role))
    opened.pause(True)
    assert opened.open_roles(9) == (0, ())
    opened.pause(False)
    assert opened.open_roles(9) == (9, tuple(Role))
    assert woken == [True, True]
    opened.limits = Limits(replace(QUIET, max_megabytes=1), opened.profile)
    opened.recorder.bytes = 1_000_000
    assert opened.open_roles(9) == (0, ())
    assert opened.stopping == "limit"


def test_a_row_that_was_not_tried_is_not_counted_as_tried(opened: Crawl) -> None:
    row = opened.frontier.claim(1, 0.0)[0]
    opened.frontier.postpone(row, 50.0)
    assert row not in opened.frontier.claim(99, 49.0)
    assert opened.frontier.claim(1, 50.0)[0] == row
    assert opened.frontier.add([]) == Added()


def test_a_site_is_told_who_comes_and_whom_to_write_to(demo: Profile) -> None:
    assert user_agent(demo).startswith("policy-archive/")
    assert "demo@policy-archive.example" in user_agent(demo)
