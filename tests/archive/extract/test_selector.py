"""Our selectors say what soupsieve says."""

import pytest
from bs4 import BeautifulSoup

from archive.extract.html import Document
from archive.extract.selector import compiled

PAGE = """<html><body><main class="wrap"><p class="date" id="1"><time id="2">a</time></p>
<div class="query"><p class="date" id="3"><time id="4">b</time></p></div>
<h2 id="5">Read next</h2><p id="6"><a href="/x" id="7">one</a></p>
<h3 id="8">اقرأ التالي</h3><ul id="9"><li id="10"><a href="/y" id="11">two</a></li></ul>
<div id="12">a label <b id="13">of the template</b></div></main></body></html>"""


@pytest.mark.parametrize(
    "css",
    [
        "main .date time",
        ".date:not(.query *)",
        ".date:not(.other, .query *, .more *) time",
        ":is(h2, h3):-soup-contains-own('Read next', 'اقرأ التالي') ~ *",
        ':is(h2, h3):-soup-contains-own("اقرأ التالي") ~ ul a[href]',
        'div:-soup-contains("of the template")',
        'div:-soup-contains-own("of the template")',
        "p:first-child, li > a",
        ".wrap > .date, .query .date, h3, .date",
        "h2 + p a, .absent a",
        ".query ~ p, main p.date:not(.query *) > time",
        'p[class~="date"]',
        ".wrap div b, .query time, .wrap .query time",
    ],
)
def test_as_soupsieve(css: str) -> None:
    assert compiled(css) is not None
    document = Document.from_bytes(PAGE.encode(), "https://example.org/")
    expected = [tag["id"] for tag in BeautifulSoup(PAGE, "lxml").select(css) if tag.get("id")]
    assert [element.get("id") for element in document.select(css) if element.get("id")] == expected


def test_what_is_no_selector() -> None:
    assert compiled("p:nonsense(") is None


def test_within_a_part_of_the_page() -> None:
    document = Document.from_bytes(PAGE.encode(), "https://example.org/")
    [part] = document.select(".query")
    assert [element.get("id") for element in document.select(".wrap .date time", part)] == ["4"]
    assert document.select("h2, h3", part) == []
