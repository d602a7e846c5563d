"""The page of a crawl in a browser: it asks for nothing, fits a phone, and can be read in light and dark."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from archive.reports import page as reports
from tests.archive.reports.making import ARABIC, made

pytestmark = pytest.mark.browser

# The contrast of each text with what it stands on (WCAG 2.2, 1.4.3): 4.5 at least, 3 where it is large.
_CONTRAST = """() => {
  const part = v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 };
  const rgb = c => c.match(/[\\d.]+/g).map(Number);
  const light = c => 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
  const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c } return [255, 255, 255] };
  const bad = [];
  for (const e of document.querySelectorAll("body *:not(svg *)")) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const style = getComputedStyle(e), a = light(rgb(style.color)), b = light(ground(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < (parseFloat(style.fontSize) >= 24 ? 3 : 4.5)) bad.push([e.tagName, e.textContent.slice(0, 40), ratio]);
  }
  return bad;
}"""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return reports.write(made(tmp_path_factory.mktemp("home") / "test"))


@pytest.fixture(params=[("light", 1200), ("dark", 1200), ("light", 360), ("dark", 360)], ids=str)
def shown(request: Any, browser: Browser, path: Path) -> Iterator[tuple[Page, list[str]]]:
    scheme, width = request.param
    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.on("console", lambda one: asked.append(one.text))
    page.goto(path.as_uri(), wait_until="networkidle")
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    yield page, asked
    page.close()


def test_it_asks_for_nothing_and_fits_and_can_be_read(shown: tuple[Page, list[str]], path: Path) -> None:
    page, asked = shown
    assert asked == [path.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(_CONTRAST) == []
    assert page.locator("svg").count() == 3


def test_arabic_runs_from_the_right_and_leaves_the_rest_alone(shown: tuple[Page, list[str]]) -> None:
    page, _ = shown
    title = page.locator("bdi", has_text=ARABIC).first
    assert title.evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert title.evaluate("e => getComputedStyle(e).unicodeBidi") == "isolate"
    assert page.locator("p.diff").first.evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert page.locator("h1").evaluate("e => getComputedStyle(e).direction") == "ltr"


def test_it_prints_without_cutting_anything_off(browser: Browser, path: Path) -> None:
    page = browser.new_page()
    page.goto(path.as_uri())
    assert page.pdf(format="A4").startswith(b"%PDF-")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 1000})  # an A4 sheet within its margins
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("nav").evaluate("e => getComputedStyle(e).display") == "none"
    page.close()
