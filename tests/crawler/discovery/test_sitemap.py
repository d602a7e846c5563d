"""Sitemaps: bytes in, addresses out."""

import gzip
import time
from pathlib import Path

import pytest

from crawler.discovery import sitemap
from crawler.discovery.found import SourceError

URL = "https://example.org/sitemap.xml"
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def urlset(inner: str, namespace: str = NAMESPACE) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {namespace}>{inner}</urlset>'.encode()


def urls(body: bytes) -> list[str]:
    return [entry.url for entry in sitemap.read(body, URL).entries]


def test_pages_with_their_hints() -> None:
    body = urlset(
        """<url><loc> https://example.org/a/ </loc><lastmod>2024-12-05T14:00:00+00:00</lastmod>
        <image:image xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><image:loc>https://example.org/a.png</image:loc>
        <image:title>Photo</image:title></image:image></url>
        <url><loc>https://example.org/%d8%b9%d8%b1%d8%a8%d9%89/</loc>
        <news:news xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><news:title>مقال</news:title>
        <news:publication_date>2024-12-05</news:publication_date></news:news></url>"""
    )
    found = sitemap.read(body, URL)
    assert [entry.url for entry in found.entries] == [
        "https://example.org/a/",
        "https://example.org/%D8%B9%D8%B1%D8%A8%D9%89/",
    ]
    assert found.entries[0].hints["lastmod"] == "2024-12-05T14:00:00+00:00"
    assert found.entries[1].hints == {"title": "مقال", "published": "2024-12-05"}
    assert (found.more, found.problem) == ([], None)


def test_an_index_leads_to_its_children() -> None:
    body = (
        f"<sitemapindex {NAMESPACE}><sitemap><loc>https://example.org/s-1.xml</loc><lastmod>2024-01-01</lastmod></sitemap>"
        "<sitemap><loc>/عربى.xml</loc></sitemap><sitemap><loc>https://example.org/s-1.xml</loc></sitemap></sitemapindex>"
    ).encode()
    found = sitemap.read(body, URL)
    assert found.entries == []
    assert found.more == ["https://example.org/s-1.xml", "https://example.org/%D8%B9%D8%B1%D8%A8%D9%89.xml"]


def test_without_a_namespace_with_another_and_in_utf_16() -> None:
    one = "<url><loc>https://example.org/عربى/</loc></url>"
    expected = ["https://example.org/%D8%B9%D8%B1%D8%A8%D9%89/"]
    assert urls(urlset(one, "")) == expected
    assert urls(urlset(one, 'xmlns="http://www.google.com/schemas/sitemap/0.84"')) == expected
    assert urls(f'<?xml version="1.0" encoding="UTF-16"?><urlset>{one}</urlset>'.encode("utf-16")) == expected


def test_one_address_a_line() -> None:
    assert urls("https://example.org/a/\r\nhttps://example.org/عربى/\n".encode()) == [
        "https://example.org/a/",
        "https://example.org/%D8%B9%D8%B1%D8%A8%D9%89/",
    ]


def test_gzip_of_several_members() -> None:
    body = urlset("<url><loc>https://example.org/a/</loc></url>")
    assert urls(gzip.compress(body[:40]) + gzip.compress(body[40:])) == ["https://example.org/a/"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (gzip.compress(b"<urlset>" + b" " * sitemap.LARGEST), "over 52428800 bytes"),
        (gzip.compress(b"<urlset/>", mtime=0)[:-6], "without its end"),
        (gzip.compress(b"<urlset/>", mtime=0)[:10] + b"\xff" * 30, "damaged gzip"),
        (b"", "answered nothing"),
        (b" \n", "answered nothing"),
        (
            b"<!DOCTYPE html><html><head><title>Just a moment&hellip;</title></head></html>",
            "answered HTML ('Just a moment…')",
        ),
        ("\ufeff<!-- x --><HTML lang='ar'><title>خطأ</title>".encode(), "answered HTML ('خطأ')"),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x" "y"><html></html>', "answered HTML"),
        (b"<rss><channel/></rss>", "<rss>"),
        (b"not xml at all", "is no"),
    ],
)
def test_what_is_no_sitemap_is_a_failure(body: bytes, words: str) -> None:
    with pytest.raises(SourceError) as caught:
        sitemap.read(body, URL)
    assert words in str(caught.value)
    assert str(caught.value).startswith(URL)
    assert caught.value.mend


def test_entities_are_not_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("https://example.org/secret/")
    external = f'<!DOCTYPE urlset [<!ENTITY e SYSTEM "{secret.as_uri()}">]><urlset><url><loc>&e;</loc></url></urlset>'
    assert urls(external.encode()) == []
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = (
        f'<!DOCTYPE urlset [<!ENTITY l0 "ha">{levels}]><urlset><url><loc>https://example.org/&l11;</loc></url></urlset>'
    )
    begun = time.monotonic()
    assert len(urls(bomb.encode())) <= 1
    assert time.monotonic() - begun < 1


def test_what_is_no_web_address_is_left_out_and_told() -> None:
    body = urlset(
        "<url><loc>file:///etc/passwd</loc></url><url><loc/></url><url><loc>https://example.org/a/</loc></url>"
    )
    found = sitemap.read(body, URL)
    assert [entry.url for entry in found.entries] == ["https://example.org/a/"]
    assert found.problem is not None
    assert "2 entries" in found.problem


def test_damaged_xml_gives_what_it_has_and_says_so() -> None:
    body = urlset("<url><loc>https://example.org/a/?x=1&y=2</loc></url><url><loc>https://example.org/عربى/</loc></url>")
    found = sitemap.read(body, URL)
    assert found.entries[-1].url == "https://example.org/%D8%B9%D8%B1%D8%A8%D9%89/"
    assert found.problem is not None
    assert "damaged XML at line 1" in found.problem


def test_sixty_thousand_addresses() -> None:
    body = urlset("".join(f"<url><loc>https://example.org/عربى/{n}/</loc></url>" for n in range(60_000)))
    assert len(set(urls(body))) == 60_000


@pytest.mark.parametrize(
    ("inner", "kept", "words"),
    [
        ("<url><loc>/عربى/</loc></url>" * (sitemap.MOST_ENTRIES + 5), sitemap.MOST_ENTRIES + 1, "60,000 entries"),
        ("<url/>" * (sitemap.MOST_ENTRIES + 5), 0, "60,000 entries"),
        ("<url><loc>/عربى/</loc></url>" + "<a/>" * 20_000, 1, "10,000 elements in one entry"),
    ],
)
def test_what_has_no_end_is_read_so_far(inner: str, kept: int, words: str) -> None:
    found = sitemap.read(gzip.compress(urlset(inner), 1), URL)
    assert len(found.entries) == kept
    assert words in str(found.problem)


def test_lines_without_end_are_read_so_far() -> None:
    found = sitemap.read(b"https://example.org/a/\n" * (sitemap.MOST_ENTRIES + 5), URL)
    assert len(found.entries) == sitemap.MOST_ENTRIES
    assert "60,000 lines" in str(found.problem)
