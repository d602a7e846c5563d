"""The demo institute after a few of its publications were edited, added, moved and removed."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from crawler.demo.editing import Editing
from crawler.demo.institute import Institute
from crawler.demo.site import Site

HOME = "http://demo.example/"
AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
EDITING = Editing.of(1, 60, AT, edited=3, moved=2, removed=3, added=4)
BEFORE, AFTER = Site(Institute(HOME, 60)), Site(Institute(HOME, 60, editing=EDITING))


def path(site: Site, number: int) -> str:
    return site.institute.outline(number).path


def test_each_publication_is_touched_once_and_says_what_was_done_to_it() -> None:
    assert len(EDITING.edited | EDITING.moved | EDITING.removed) == 8
    for number in range(60):
        was, now = BEFORE.answer(path(BEFORE, number)), AFTER.answer(path(BEFORE, number))
        if number in EDITING.edited:
            assert (now.status, now.modified) == (200, AT) or number % 3 == 0 or number % 7 == 0
            assert now.etag != was.etag
            assert now.body != was.body
        elif number in EDITING.moved:
            assert (now.status, now.headers["Location"]) == (301, HOME.rstrip("/") + path(AFTER, number))
            assert AFTER.answer(path(AFTER, number)).status == 200
        elif number in EDITING.removed:
            assert now.status in (301, 404, 410)
            assert now.status != 301 or now.headers["Location"] == HOME
        else:
            assert now.status == 200
            assert now.etag != was.etag or now.body == was.body, "the same tag, the same bytes"


def test_sources_name_what_is_there_and_when_it_changed() -> None:
    assert len(AFTER.institute.everything) == 60 + 4 - 3
    sitemaps = "".join(AFTER.sources.sitemap(name.lstrip("/")) or "" for name in AFTER.sources.sitemap_children())
    for number in range(60):
        assert (HOME.rstrip("/") + path(AFTER, number) in sitemaps) is (number not in EDITING.removed)
        if number in EDITING.moved:
            assert path(BEFORE, number) not in sitemaps
    stamp = (AT - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S")
    answer = AFTER.answer(f"/wp-json/wp/v2/posts?per_page=5&page=1&modified_after={stamp}&orderby=modified&order=desc")
    assert (answer.headers["X-WP-Total"], answer.headers["X-WP-TotalPages"]) == ("9", "2")
    assert len(json.loads(answer.body)) == 5
    assert len(BEFORE.institute.modified_after(AT - timedelta(days=1))) == 0


def test_more_than_there_is_cannot_be_done() -> None:
    with pytest.raises(ValueError, match="too few"):
        Editing.of(1, 10, AT, edited=9)
