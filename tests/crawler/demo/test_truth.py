"""The truth and the pages tell the same: whatever the truth names can be read on the page, in the right markup."""

import statistics
from typing import Any
from unicodedata import is_normalized
from urllib.parse import unquote

import lxml.html
import pytest

from crawler.demo.case_layouts import FACTS
from crawler.demo.institute import Institute
from crawler.demo.render import Renderer
from crawler.demo.truth import truth

HOME = "http://127.0.0.1:8765/"
INSTITUTE = Institute(HOME, 160, seed=2, revision=2)
RENDERER = Renderer(INSTITUTE)


def tidy(text: str) -> str:
    return " ".join(text.split())


def page(number: int) -> tuple[str, Any, dict[str, Any]]:
    html = RENDERER.publication(number)
    return html, lxml.html.fromstring(html), truth(INSTITUTE, number)


@pytest.mark.parametrize("number", range(0, 160))
def test_page_says_what_the_truth_says(number: int) -> None:
    _, tree, true = page(number)
    trees = [tree, *(lxml.html.fromstring(RENDERER.publication(number, at + 2)) for at in range(len(true["parts"])))]
    text = " ".join(tidy(one.xpath("string(//main)")) for one in trees)
    said = [
        true["title"], true["published_raw"], *true["sections"], *true["tags"], *true["paragraphs"], *true["headings"],
        *true["list_items"], *true["details"], *true["author_notes"],
        *(part["text"] for name in ("questions", "quotes", "footnotes") for part in true[name]),
        *(document["title"] for document in true["documents"]),
    ]  # fmt: skip
    if true["byline"]:
        said.append(true["byline"])
    if true["standfirst"]:
        said.append(true["standfirst"])
    if true["case"]:
        case = true["case"]
        said += [
            *case["claimants"],
            *case["defendants"],
            case["court"],
            case["number"],
            case["filed_raw"],
            case["status"],
        ]
        said += [part for event in case["timeline"] for part in (event["date_raw"], event["event"])]
    assert [part for part in said if tidy(part) not in text] == []
    assert all(is_normalized("NFC", part) for part in said)
    hrefs = {(tidy(a.text_content()), a.get("href")) for one in trees for a in one.iter("a")}
    assert [link for link in true["links"] if (link["text"], link["url"]) not in hrefs] == []
    assert {document["url"] for document in true["documents"]} <= {href for _, href in hrefs}
    assert {image["url"] for image in true["images"]} <= {image.get("src") for image in tree.iter("img")}
    assert tree.xpath("string(//h1)") == true["title"]
    assert tree.xpath("//link[@rel='canonical']/@href") == [true["url"]]


def test_pages_are_as_heavy_as_real_ones() -> None:
    pages = [page(number) for number in range(160)]
    assert statistics.median(len(html.encode()) for html, _, _ in pages) >= 60_000
    links = sorted(len(tree.xpath("//a[not(starts-with(@href, '#'))]")) for _, tree, _ in pages)
    assert links[8] >= 50
    assert links[-8] <= 90


def test_case_files_come_in_every_layout_in_both_languages() -> None:
    seen = set()
    for number in range(80):
        _, tree, true = page(number)
        if true["kind"] == "legal_case":
            seen.add((true["language"], true["shape"]))
            found = {
                "table": tree.xpath("//table//th"),
                "definitions": tree.xpath("//dl/dt"),
                "bold": tree.xpath("//article//p/strong[contains(., ':')]"),
                "divs": tree.xpath("//section[@class='case-meta']//div/span"),
                "items": tree.xpath("//ul[contains(@class, 'case-facts')]/li"),
                "prose": tree.xpath("//article//p[contains(., ': ')]") * 6,
                "headings": tree.xpath("//article//h3"),
                "columns": tree.xpath("//table/thead//th"),
            }[true["shape"]]
            assert len(found) >= 6
            assert true["title"].startswith(("Case File: ", "ملف قضية: "))
    assert seen == {(language, layout) for language in ("en", "ar") for layout in FACTS}


def test_standfirst_stands_again_as_first_paragraph_on_some() -> None:
    again = [page(n)[2] for n in range(160)]
    repeated = [true for true in again if true["standfirst"] and true["standfirst"] in true["paragraphs"]]
    other = [true for true in again if true["standfirst"] and true["standfirst"] not in true["paragraphs"]]
    assert repeated
    assert other


def test_furniture_of_real_pages_is_there() -> None:
    everything = "".join(RENDERER.publication(number) for number in range(60))
    for furniture in (
        "demo single page", "اقرأ التالي :", "Read next", "اقرأ أيضاً", "data-cfemail", "newsletter__form", "share-bar",
        "hreflang=", "application/ld+json", "og:title", "srcset=", "image-credit", "_ftnref1", "?replytocom=",
        "تم ترجمة هذا المقال", "بقلم: ", "UPDATE:", "postid-", 'rel="shortlink"',
    ):  # fmt: skip
        assert furniture in everything, furniture


def test_months_of_all_naming_systems_are_met() -> None:
    shown = " ".join(truth(INSTITUTE, number)["published_raw"] for number in range(160))
    cases = [truth(INSTITUTE, number)["case"] for number in range(160)]
    shown += " ".join(event["date_raw"] for case in cases if case for event in case["timeline"])
    for months in (
        "تشرين|شباط|كانون",
        "جانفي|فيفري|أفريل|جويلية|أوت",
        "يناير|فبراير|أبريل",
        "حزيران/يونيو|أيار/مايو",
        "٢٠١",
        "11/",
    ):
        assert any(month in shown for month in months.split("|")), months


def test_what_some_pages_lack() -> None:
    pages = [RENDERER.publication(number) for number in range(160)]
    for part in ('rel="shortlink"', "postid-", "og:title", "ld+json", "<time "):
        assert 0 < sum(part in html for html in pages) < 160, part
    assert any(not true["post_id_shown"] for true in (truth(INSTITUTE, number) for number in range(160)))


def test_arabic_pages_do_not_all_admit_it() -> None:
    said = {
        lxml.html.fromstring(RENDERER.publication(n)).get("lang")
        for n in range(160)
        if truth(INSTITUTE, n)["language"] == "ar"
    }
    assert said == {"ar", "en-US"}


def test_old_addresses_are_linked_to() -> None:
    links = [unquote(link["url"]) for n in range(160) for link in truth(INSTITUTE, n)["links"]]
    assert any("/commentary/analysis/" in link for link in links)
    assert any("/عربى/" in link for link in links)
