"""Feeds: RSS and Atom, their pages, and what is none."""

import pytest

from crawler.discovery import feed
from crawler.discovery.found import SourceError, next_page

URL = "https://example.org/feed/?paged=1"
ARABIC = "https://example.org/%D8%B9%D8%B1%D8%A8%D9%89/"

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>معهد</title>
<atom:link href="https://example.org/feed/" rel="self"/><link>https://example.org</link>
<item><title>ملف قضية: أ وآخرون ضد ب</title><link>https://example.org/عربى/</link><dc:creator><![CDATA[مي]]></dc:creator>
<pubDate>Thu, 05 Dec 2024 14:00:00 +0000</pubDate>
<content:encoded><![CDATA[<html><a href="/x">x</a>]]></content:encoded></item>
<item><title>No link</title><guid isPermaLink="false">tag:1</guid></item>
<item><guid>https://example.org/b/</guid></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom">
<link rel="self" href="/feed/"/><link rel="next" href="/feed/older/"/>
<entry><title type="html">عنوان</title><link rel="edit" href="/edit"/><link href="/عربى/"/>
<published>2024-12-05T14:00:00+02:00</published><updated>2025-01-01T00:00:00Z</updated></entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel><link>https://example.org/</link></channel>
<item><title>x</title><link>https://example.org/عربى/</link></item></rdf:RDF>"""


def test_rss() -> None:
    found = feed.read(RSS.encode(), URL)
    assert [entry.url for entry in found.entries] == [ARABIC, "https://example.org/b/"]
    assert found.entries[0].hints == {
        "title": "ملف قضية: أ وآخرون ضد ب",
        "author": "مي",
        "published": "Thu, 05 Dec 2024 14:00:00 +0000",
    }
    assert found.more == ["https://example.org/feed/?paged=2"]
    assert found.problem is not None
    assert "1 items without" in found.problem


def test_atom_names_its_next_page() -> None:
    found = feed.read(ATOM.encode(), "https://example.org/feed/")
    assert [entry.url for entry in found.entries] == [ARABIC]
    assert found.entries[0].hints["published"] == "2024-12-05T14:00:00+02:00"
    assert found.entries[0].hints["lastmod"] == "2025-01-01T00:00:00Z"
    assert found.more == ["https://example.org/feed/older/"]
    assert found.problem is None


def test_rss_1_0() -> None:
    found = feed.read(RDF.encode(), "https://example.org/feed/")
    assert [entry.url for entry in found.entries] == [ARABIC]
    assert found.more == []


def test_a_feed_without_items_is_the_end() -> None:
    found = feed.read(b"<rss><channel><title>x</title></channel></rss>", "https://example.org/feed/?paged=14")
    assert (found.entries, found.more, found.problem) == ([], [], None)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<!DOCTYPE html><title>تحقّق</title>", "answered HTML ('تحقّق') where a feed was expected"),
        ("", "answered nothing"),
        ("<urlset/>", "is no feed: its outermost element is <urlset>"),
        ('{"json": true}', "is no"),
    ],
)
def test_what_is_no_feed_is_a_failure(body: str, words: str) -> None:
    with pytest.raises(SourceError) as caught:
        feed.read(body.encode(), URL)
    assert words in str(caught.value)


def test_a_bare_ampersand_does_not_lose_the_rest() -> None:
    found = feed.read(RSS.replace("No link", "A & B").encode(), URL)
    assert len(found.entries) == 2
    assert found.problem is not None
    assert "damaged XML" in found.problem


@pytest.mark.parametrize(
    ("url", "following"),
    [
        ("https://example.org/feed/?paged=1", "https://example.org/feed/?paged=2"),
        (
            "https://example.org/x?per_page=100&page=9&_fields=id",
            "https://example.org/x?per_page=100&page=10&_fields=id",
        ),
        ("https://example.org/%D8%B9/page/3/", "https://example.org/%D8%B9/page/4/"),
        ("https://example.org/feed/", None),
        ("https://example.org/feed/?page=x", None),
    ],
)
def test_next_page(url: str, following: str | None) -> None:
    assert next_page(url) == following


def test_a_feed_of_too_many_tags_is_not_parsed() -> None:
    with pytest.raises(SourceError, match="more than 300,000 tags"):
        feed.read(b"<rss>" + b"<a/>" * feed.MOST_TAGS + b"</rss>", URL)
