"""What a page links to, and what it needs to be seen again."""

import pytest

from archive.extract import links
from archive.extract.extract import extract
from tests.archive.extract.pages import PROFILE, capture, document


def found(markup: str) -> list[tuple[str, str | None, bool]]:
    return [(link.url, link.text, link.nofollow) for link in links.links(document(markup))]


def test_links_are_absolute_once_each_with_their_first_text() -> None:
    assert found(
        '<a href="/one#a"><img src="i.png"></a><a href="/one">واحد</a><a href="//other.example/x" rel="nofollow">o</a>'
        '<a href="#top">t</a><a href="mailto:a@b.example">m</a><a href="javascript:void(0)">j</a>'
    ) == [
        ("https://institute.example/one", "واحد", False),
        ("https://other.example/x", "o", True),
    ]


def test_arabic_addresses_are_spelled_one_way() -> None:
    [(url, _, _)] = found('<a href="/عربى/">x</a><a href="/%d8%b9%d8%b1%d8%a8%d9%89/">y</a>')
    assert url == "https://institute.example/%D8%B9%D8%B1%D8%A8%D9%89/"


def test_the_next_page_and_other_languages_are_links() -> None:
    assert [url for url, _, _ in found(
        '<link rel="next" href="/page/2/"><link rel="alternate" hreflang="ar" href="/ar/">'
        '<link rel="alternate" type="application/rss+xml" href="/feed/"><link rel="stylesheet" href="/s.css">'
    )] == ["https://institute.example/page/2/", "https://institute.example/ar/"]  # fmt: skip


def test_requisites_are_all_that_a_browser_loads() -> None:
    page = document(
        '<link rel="stylesheet" href="/s.css"><link rel="icon" href="/i.ico">'
        '<link rel="preload" as="font" href="/f.woff2">'
        '<link rel="alternate" href="/feed/"><script src="/j.js"></script>'
        '<style>@import "/k.css"; a{background:url(/b.png)}</style>'
        '<img src="/صورة.jpg" srcset="/w,1.jpg 300w, /w2.jpg 2x"><picture><source srcset="/p.webp"></picture>'
        '<iframe src="https://video.example/v"></iframe><div style="background: url(\'/d.png\')"></div>'
        '<img src="data:image/gif;base64,R0">'
    )
    assert [url.removeprefix("https://institute.example") for url in links.requisites(page)] == [
        "/s.css", "/i.ico", "/f.woff2", "/j.js", "/k.css", "/b.png", "/%D8%B5%D9%88%D8%B1%D8%A9.jpg",
        "/w,1.jpg", "/w2.jpg", "/p.webp",
        "https://video.example/v", "/d.png",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "addresses"),
    [
        ("a.jpg", ["a.jpg"]),
        ("a.jpg 1x, b.jpg 2x", ["a.jpg", "b.jpg"]),
        ("a,b.jpg 300w,c.jpg 600w", ["a,b.jpg", "c.jpg"]),
        (" a.jpg ,\n b.jpg", ["a.jpg", "b.jpg"]),
        ("", []),
    ],
)
def test_srcset(value: str, addresses: list[str]) -> None:
    assert links.srcset(value) == addresses


def test_a_stylesheets_imports_and_fonts_are_its_requisites() -> None:
    css = (
        "@charset \"utf-8\"; /* url(no.png) */ @import 'خط.css'; @import url(two.css);"
        "@font-face{src:url( \"../f.woff2\" ) format('woff2'), url(data:x)}"
    )
    page = extract(
        capture(css, url="https://institute.example/t/style.css", headers=(("Content-Type", "text/css"),)), PROFILE
    )
    assert page.requisites == (
        "https://institute.example/t/%D8%AE%D8%B7.css",
        "https://institute.example/t/two.css",
        "https://institute.example/f.woff2",
    )
