"""The catalogue's pages as people use them: in a browser without scripts, by keyboard, on a phone, in the dark."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests import shelf
from tests.browser.looking import browsing, serious

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COUNT = 60
ARABIC = "demo:p1216"
HOSTILE = "<img src=https://elsewhere.example/x onerror=alert(1)> زلازل في القاهرة"
PAGES = ("/", "/search?q=القاهرة", "/cases", "/authors", "/links", "/crawls", "/publication/demo/demo%3Ap1216",
         "/publication/demo/demo%3Ap1216/changes", "/publication/demo/demo%3Ap1207", "/nothing")  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("home")
    shelf.fill(home, COUNT, edited={ARABIC: HOSTILE})
    with browsing(home) as address:
        yield address


@pytest.fixture
def page(browser: Browser, base: str) -> Iterator[Page]:
    """A page without scripts that fails the test when it asks for anything elsewhere."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1200, "height": 900})
    asked: list[str] = []
    opened = context.new_page()
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    context.close()
    assert [url for url in asked if not url.startswith((base, "data:"))] == []


@pytest.mark.parametrize(("typed", "direction"), [("القاهره", "rtl"), ("tribunal", "ltr")])
def test_search_opens_a_publication(page: Page, base: str, typed: str, direction: str) -> None:
    page.goto(base)
    page.get_by_label("Search titles and texts, in any spelling").fill(typed)
    page.keyboard.press("Enter")
    first = page.locator(".hits h2 a").first
    title = first.inner_text()
    first.click()
    assert page.locator("h1").inner_text() == title
    assert page.locator(".text").get_attribute("dir") == direction
    shown = page.locator(".text").bounding_box()
    words = page.locator(".text p").first.bounding_box()
    assert shown
    assert words
    assert words["x"] >= shown["x"] - 1


def test_two_versions_stand_side_by_side(page: Page, base: str) -> None:
    page.goto(f"{base}/publication/demo/demo%3Ap1216")
    page.get_by_role("link", name="what changed").click()
    assert "زلازل" in page.locator("ins").last.inner_text()
    assert page.locator("del").count() > 0
    before, after = (page.locator("table.sides").last.locator("thead th").nth(n).bounding_box() for n in (0, 1))
    assert before
    assert after
    assert before["x"] > after["x"], "an Arabic text's older side is on the right"


def test_the_keyboard_reaches_the_content(page: Page, base: str) -> None:
    page.goto(base)
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.is_visible()
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_needs_no_sideways_scrolling(browser: Browser, base: str, path: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 700}, color_scheme="dark")
    shown = context.new_page()
    shown.goto(base + path)
    wide = shown.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    assert wide <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, base: str, axe: str, scheme: Any) -> None:
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    shown = context.new_page()
    found = {}
    for path in PAGES:
        shown.goto(base + path)
        found |= {f"{path} {rule}": where for rule, where in serious(shown, axe).items()}
    context.close()
    assert found == {}
