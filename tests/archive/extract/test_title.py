"""The title: which source wins, and what is taken off it."""

import pytest

from archive.extract import title
from tests.archive.extract.pages import LONG, PLAIN, URL, page

TEXT = f"<article><p>{LONG}</p><p>{LONG}</p></article>"


def read(body: str, head: str = "", url: str = URL) -> tuple[str | None, str | None]:
    found = page(f"<html><head>{head}</head><body><main>{body}{TEXT}</main></body></html>", PLAIN, url=url).content
    assert found is not None
    return found.title, found.title_source


def og(text: str) -> str:
    return f'<meta property="og:title" content="{text}">'


def jsonld(headline: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{headline}"}}</script>'


@pytest.mark.parametrize(
    ("body", "head", "wanted"),
    [
        # h1, when it is the only one, or the one that fits
        (
            "<h1>Courts Without Judges</h1>",
            og("Courts Without Judges - Example Institute"),
            ("Courts Without Judges", "h1"),
        ),
        ("<h1>محاكم بلا قضاة</h1>", og("محاكم بلا قضاة - Example Institute"), ("محاكم بلا قضاة", "h1")),
        (
            "<h1>Our Blog</h1><h1>Courts Without Judges</h1>",
            "<title>Courts Without Judges | Example Institute</title>",
            ("Courts Without Judges", "h1"),
        ),
        # nobody's h1: JSON-LD, then OpenGraph, then the title of the window
        ("", jsonld("Courts Without Judges") + og("Another"), ("Courts Without Judges", "json-ld")),
        ("", og("Courts Without Judges — Example Institute"), ("Courts Without Judges", "og")),
        ("", "<title>محاكم بلا قضاة » Example Institute</title>", ("محاكم بلا قضاة", "title")),
        # a headline that is cut
        (
            "",
            jsonld("Courts Without") + og("Courts Without Judges"),
            ("Courts Without Judges", "og"),
        ),
        ("", og("محاكم بلا…") + "<title>محاكم بلا قضاة</title>", ("محاكم بلا قضاة", "title")),
        # the heading knows where the site's unknown name begins
        ("<h2>Courts Without Judges</h2>", og("Courts Without Judges – Some Site"), ("Courts Without Judges", "og")),
        ("<h2>محاكم بلا قضاة</h2>", og("محاكم بلا قضاة - موقع ما"), ("محاكم بلا قضاة", "og")),
        # the site's own name is no title
        ("<h1>Example Institute</h1>", og("Courts Without Judges"), ("Courts Without Judges", "og")),
        ("<h1>Example Institute</h1>", "", (None, None)),
        # the template's and the blog's label in front
        ("<h1>Blog: Courts Without Judges</h1>", og("Courts Without Judges"), ("Courts Without Judges", "h1")),
    ],
)
def test_cascade(body: str, head: str, wanted: tuple[str | None, str | None]) -> None:
    assert read(body, head) == wanted


@pytest.mark.parametrize(
    ("shown", "told", "path", "wanted"),
    [
        ("Know More, Act Faster", "Courts Without Judges in Lebanon", "/courts-without-judges-lebanon/", "og"),
        ("اعرف أكثر", "محاكم بلا قضاة في لبنان", "/محاكم-بلا-قضاة-لبنان/", "og"),
        ("Lebanon: Courts, No Judges", "Courts Without Judges in Lebanon", "/courts-without-judges-lebanon/", "h1"),
        ("Know More About Courts", "Courts Without Judges in Lebanon", "/2024/03/05/p-123/", "h1"),
        ("Know More About Courts", "Courts Without Judges in Lebanon", "/courts/", "h1"),
    ],
)
def test_the_address_tells_a_slogan_from_a_title(shown: str, told: str, path: str, wanted: str) -> None:
    found = read(f"<h1>{shown}</h1>", og(told), f"https://institute.example{path}")
    assert found == ({"og": told, "h1": shown}[wanted], wanted)


@pytest.mark.parametrize(
    ("text", "host", "wanted"),
    [
        ("Courts Without Judges | TIME", "timep.example", "Courts Without Judges"),
        ("Courts Without Judges | Thrive Policy Group", "thrivepolicy.example", "Courts Without Judges"),
        ("محاكم بلا قضاة | TIME", "timep.example", "محاكم بلا قضاة"),
        ("Courts | Judges", "timep.example", "Courts | Judges"),
        ("Courts Without Judges | UN", "timep.example", "Courts Without Judges | UN"),
        ("Egypt – A Report", "timep.example", "Egypt – A Report"),
        ("TIMEP » Courts", "www.timep.example", "Courts"),
        ("Self-made Courts", "made.example", "Self-made Courts"),
    ],
)
def test_the_sites_name_is_taken_off(text: str, host: str, wanted: str) -> None:
    assert title.without_site(text, frozenset(), host) == wanted


@pytest.mark.parametrize(
    ("shown", "told", "doubted"),
    [
        ("Courts Without Judges", "Courts Without Judges | Example Institute", False),
        ("Courts Without Judges", "Why Lebanon's Courts Are Without Judges", False),
        ("Courts Without Judges", "What Nobody Says About the Budget of Beirut's Port", True),
        ("محاكم بلا قضاة", "ما لا يقال عن ميزانية مرفأ بيروت", True),
        ("محاكم بلا قضاة", "محاكم بلا قضاة في لبنان", False),
    ],
)
def test_a_head_that_says_something_else_is_a_doubt(shown: str, told: str, doubted: bool) -> None:
    markup = f"<html><head>{og(told)}<title>{told}</title></head><body><main><h1>{shown}</h1>{TEXT}</main>"
    assert ("title_conflict" in page(markup, PLAIN).warnings) == doubted
