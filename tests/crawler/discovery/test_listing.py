"""Listing pages: all their links, and where they go on."""

import pytest

from crawler.discovery import listing
from crawler.discovery.found import SourceError

URL = "https://example.org/category/x/page/2/"
PAGE = """<!DOCTYPE html><html><head><link rel="next" href="/category/x/page/3/">
<link rel="stylesheet" href="/s.css"></head>
<body><article>
<a href="/2019/03/04/old/"><img src="/a.png"></a>
<h2><a href="/2019/03/04/old/">Old, and cut …</a></h2></article>
<article><a href="/عربى/مقال-مِن/">مقال
 طويل</a></article><a href="mailto:x@y.org">mail</a><a>none</a>
<a class="next page-numbers" href="https://example.org/category/x/page/3/">Older</a><a href="https://other.net/">else</a>
</body></html>"""


def test_links_and_the_next_page() -> None:
    found = listing.read(PAGE.encode(), URL)
    assert [(entry.url, entry.hints.get("text")) for entry in found.entries] == [
        ("https://example.org/2019/03/04/old/", "Old, and cut …"),
        ("https://example.org/%D8%B9%D8%B1%D8%A8%D9%89/%D9%85%D9%82%D8%A7%D9%84-%D9%85%D9%90%D9%86/", "مقال طويل"),
        ("https://other.net/", "else"),
    ]
    assert found.more == ["https://example.org/category/x/page/3/"]


def test_the_charset_of_the_header_is_heeded() -> None:
    body = "<a href='/a'>مقال</a>".encode("windows-1256")
    found = listing.read(body, URL, [("content-type", "text/html; charset=windows-1256")])
    assert found.entries[0].hints["text"] == "مقال"
    unknown = listing.read("<a href='/a'>مقال</a>".encode(), URL, [("Content-Type", "text/html; charset=none-such")])
    assert unknown.entries[0].hints["text"] == "مقال"


def test_base_is_heeded() -> None:
    found = listing.read(b"<html><head><base href='/deep/'></head><body><a href='a'>x</a></body></html>", URL)
    assert [entry.url for entry in found.entries] == ["https://example.org/deep/a"]


@pytest.mark.parametrize("body", [b"", b" \r\n"])
def test_an_empty_answer_is_a_failure(body: bytes) -> None:
    with pytest.raises(SourceError, match="answered nothing"):
        listing.read(body, URL)


def test_hundred_thousand_links_are_cut() -> None:
    body = b"<body>" + b"".join(b'<a href="/%d/">x</a>' % number for number in range(30_000))
    assert len(listing.read(body, URL).entries) == listing.MOST_LINKS
