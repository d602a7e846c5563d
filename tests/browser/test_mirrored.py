"""An Arabic page is the mirror image of its English twin: by the boxes of what is drawn, whatever the fonts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from archive.dataset.jsonl import DatasetWriter
from archive.extract.page import Block, ListItem
from archive.replay.server import Wayback
from archive.store.collection import Collection
from tests import shelf
from tests.browser import edited
from tests.browser.looking import browsing, serious

pytestmark = [pytest.mark.browser]
WORDS = {
    "en": {
        "sentence": "The court heard the case of the port for years. ",
        "mixed": "Heard by the bench of القاهرة in 2014.",
        "cells": ("Year", "Court"), "items": ("First", "Second"), "speaker": "Nour", "direction": "ltr",
    },
    "ar": {
        "sentence": "نظرت المحكمة في قضية الميناء سنوات طويلة. ", "mixed": "أعلنت عنها شركة Google LLC.",
        "cells": ("السنة", "المحكمة"), "items": ("أولاً", "ثانياً"), "speaker": "نور", "direction": "rtl",
    },
}  # fmt: skip
# What stands at the start edge of its text, and what is as wide as it.
STARTING = ("h1", ".reading header + p", ".case", ".text > p", ".text > h3", "blockquote", "p.question", ".text ul",
            ".wide table", "p.mixed")  # fmt: skip
BOX = """(selector) => { const found = document.querySelector(selector), main = document.querySelector('main');
  const box = found.getBoundingClientRect(), around = main.getBoundingClientRect(), style = getComputedStyle(found);
  return {left: box.left - around.left, right: around.right - box.right, width: box.width, start: style.textAlign} }"""
# Where letters of a text are drawn: the left edge of the first place of each.
PLACES = """([selector, letters]) => { const node = document.querySelector(selector);
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT), found = {};
  for (let text; (text = walker.nextNode());) for (const letter of letters) {
    const at = text.data.lastIndexOf(letter); if (at < 0 || letter in found) continue;
    const range = document.createRange(); range.setStart(text, at); range.setEnd(text, at + letter.length);
    found[letter] = range.getBoundingClientRect().left }
  return found }"""


def blocks(language: str) -> tuple[Block, ...]:
    words: dict[str, Any] = WORDS[language]
    text = words["sentence"] * 6
    return (
        Block(type="paragraph", text=text),
        Block(type="heading", level=2, text=words["cells"][1]),
        Block(type="list", text="\n".join(words["items"]),
              items=tuple(ListItem(text=one, depth=0, ordered=False) for one in words["items"])),
        Block(type="quote", text=text), Block(type="question", text=words["sentence"], speaker=words["speaker"]),
        Block(type="table", text="", header_rows=1,
              rows=(words["cells"], ("2014", words["cells"][1]), ("2015", words["cells"][1]))),
        Block(type="paragraph", text=words["mixed"]),
    )  # fmt: skip


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The address of each twin's page: two case files of one shape."""
    home = Path(tmp_path_factory.mktemp("home"))
    collection = Collection.open(home / "collections" / "demo", create=True)
    told = list(shelf.publications(60))
    chosen = [next(one for one in told if one["case"] and one["language"] == name) for name in WORDS]
    with DatasetWriter(collection.dataset_dir, "demo") as writer:
        for one in sorted(chosen, key=lambda one: str(one["id"])):
            made = shelf.publication(one)
            writer.add(
                [made.model_copy(update={"blocks": blocks(one["language"]), "documents": (), "standfirst": None})]
            )
    with browsing(home) as base:
        yield {one["language"]: f"{base}/publication/demo/{quote(one['id'], safe='')}" for one in chosen}


@pytest.fixture(scope="module", params=[1200, 360])
def pages(request: pytest.FixtureRequest, browser: Browser, twins: dict[str, str]) -> Iterator[dict[str, Page]]:
    opened = {}
    for language, url in twins.items():
        opened[language] = browser.new_page(viewport={"width": request.param, "height": 900})
        opened[language].goto(url)
        opened[language].evaluate(
            "[...document.querySelectorAll('.text > p')].at(-1).classList.add('mixed')"
        )  # the last paragraph, which has words of the other script
    yield opened
    for page in opened.values():
        page.close()


@pytest.mark.parametrize("selector", STARTING)
def test_start_edges_are_mirrored(pages: dict[str, Page], selector: str) -> None:
    english, arabic = (pages[name].evaluate(BOX, selector) for name in ("en", "ar"))
    assert arabic["right"] == pytest.approx(english["left"], abs=1)
    if selector != ".wide table":  # as wide as its words
        assert arabic["width"] == pytest.approx(english["width"], abs=1)
    assert arabic["start"] == english["start"] == "start"


def test_the_side_that_is_english_is_on_the_other_side_and_not_mirrored(pages: dict[str, Page]) -> None:
    english, arabic = (pages[name].evaluate(BOX, "article aside") for name in ("en", "ar"))
    assert arabic["left"] == pytest.approx(english["right"], abs=1)
    for page in pages.values():
        assert page.locator("article aside").evaluate("one => getComputedStyle(one).direction") == "ltr"
        term, value = (page.locator(f"dl.proof {name}").first.bounding_box() for name in ("dt", "dd"))
        assert term
        assert value
        assert term["x"] < value["x"]


def test_columns_and_facts_run_from_the_start(pages: dict[str, Page]) -> None:
    for language, page in pages.items():
        for selector in (".wide th", ".wide td", ".case dl > *"):
            first, second = (page.locator(selector).nth(place).bounding_box() for place in (0, 1))
            assert first
            assert second
            assert (first["x"] < second["x"]) == (language == "en"), selector


def test_punctuation_and_numbers_keep_their_side(pages: dict[str, Page]) -> None:
    """The stop after a Latin name ends an Arabic sentence on its left; a number reads from the left in both."""
    arabic = pages["ar"].evaluate(PLACES, ["p.mixed", ["L", "C", "."]])
    assert arabic["."] < arabic["L"] < arabic["C"]
    english = pages["en"].evaluate(PLACES, ["p.mixed", ["ق", "ة", "2014", "."]])
    assert english["ة"] < english["ق"] < english["2014"] < english["."]
    for page in pages.values():
        facts = page.locator(".case dd bdi").all_inner_texts()
        number = next(one for one in facts if "/" in one)
        page.locator(".case dd", has_text=number).first.evaluate("one => one.classList.add('number')")
        places = page.evaluate(PLACES, [".case dd.number bdi", [number.split("/")[0], "/"]])
        assert places[number.split("/")[0]] < places["/"]
        assert page.locator(".number bdi").evaluate("one => getComputedStyle(one).unicodeBidi") == "isolate"


def test_the_replays_banner_is_mirrored_for_whoever_reads_arabic(browser: Browser, tmp_path: Path, axe: str) -> None:
    edges = {}
    with Wayback(edited.collection(tmp_path)) as wayback:
        for language in ("en", "ar"):
            context = browser.new_context(locale=language, viewport={"width": 1200, "height": 800}, bypass_csp=True)
            page = context.new_page()
            page.goto(wayback.page(edited.URLS["ar"], "20261105120000"))
            assert page.locator("html").get_attribute("dir") == WORDS[language]["direction"]
            boxes = {name: page.locator(name).bounding_box() for name in ("header .name", "a[rel=prev]", "strong.now")}
            names = sorted(boxes, key=lambda name: boxes[name]["x"])  # type: ignore[index]
            edges[language] = names
            first = page.locator("header .name").bounding_box()
            assert first
            edge = first["x"] if language == "en" else 1200 - first["x"] - first["width"]
            assert edge == pytest.approx(14.4, abs=2)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert serious(page, axe) == {}
            page.set_viewport_size({"width": 320, "height": 600})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            context.close()
    assert edges["ar"] == edges["en"][::-1]
