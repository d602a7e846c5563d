"""The replayed pages in a headless Chromium: styled, right to left, and on another origin than their frame. What a
hostile one tries is in tests/browser/test_hostile.py.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page, sync_playwright

from archive.replay.server import Wayback
from tests.archive.audit import samples
from tests.browser.looking import CHROMIUM, patient

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium in /usr/bin: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        patient(running)
        yield running
        running.close()


def replayed(page: Page, wayback: Wayback, url: str) -> Frame:
    """The frame that shows an archived page, when it has loaded."""
    page.goto(wayback.page(url))
    page.wait_for_function("document.querySelector('iframe') !== null")
    frame = page.wait_for_selector("iframe").content_frame()
    assert frame is not None
    frame.wait_for_selector("h1")
    frame.wait_for_load_state()
    return frame


@pytest.mark.parametrize(
    ("url", "title", "direction"),
    [(samples.ENGLISH, "Courts & decrees", "ltr"), (samples.ARABIC, "المحاكم والمراسيم", "rtl")],
)
def test_a_page_is_seen_styled_from_the_archive_alone(
    browser: Browser, tmp_path: Path, url: str, title: str, direction: str
) -> None:
    asked: list[str] = []
    with Wayback(samples.collection(tmp_path)) as wayback:
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        frame = replayed(page, wayback, url)
        assert frame.locator("h1").inner_text() == title
        assert frame.evaluate("getComputedStyle(document.body).color") == "rgb(1, 2, 3)"
        assert frame.evaluate("getComputedStyle(document.body).direction") == direction
        page.close()
    assert all(address.startswith(wayback.base.removesuffix("sample/")) for address in asked)


def test_what_a_script_loads_comes_from_the_archive(browser: Browser, tmp_path: Path) -> None:
    script = (
        "<title>نص</title><h1>نص</h1><script>const link = document.createElement('link'); link.rel = 'stylesheet';"
        f"link.href = '{samples.STYLE}'; document.head.appendChild(link);</script>"
    )
    answer = samples.response(script.encode(), "Content-Type: text/html; charset=utf-8")
    more = [samples.exchange(f"{samples.HOME}/script/", answer, 20)]
    with Wayback(samples.collection(tmp_path, 1, more)) as wayback:
        page = browser.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda problem: problems.append(str(problem)))
        frame = replayed(page, wayback, f"{samples.HOME}/script/")
        frame.wait_for_function("getComputedStyle(document.body).color === 'rgb(1, 2, 3)'")
        assert problems == []
        page.close()


def test_a_page_and_its_frame_do_not_share_an_origin(browser: Browser, tmp_path: Path) -> None:
    with Wayback(samples.collection(tmp_path, 1)) as wayback:
        page = browser.new_page()
        replayed(page, wayback, samples.ARABIC)
        assert page.evaluate("document.querySelector('iframe').contentDocument") is None
        page.close()
