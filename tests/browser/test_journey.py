"""From a word to its proof: search, open, compare, verify, and replay at two moments."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import edited
from tests.browser.looking import browsing

pytestmark = [pytest.mark.browser]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = Path(tmp_path_factory.mktemp("home"))
    edited.collection(home)
    with browsing(home) as address:
        yield address


@pytest.fixture
def page(browser: Browser, base: str) -> Iterator[Page]:
    """A page that fails the test when it asks for anything but this machine."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    asked: list[str] = []
    opened = context.new_page()
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    context.close()
    assert [url for url in asked if urlsplit(url).hostname != "127.0.0.1" and not url.startswith("data:")] == []


@pytest.mark.parametrize(("language", "typed"), [("ar", "القضاه"), ("en", "judges")])
def test_a_word_leads_to_both_versions_their_proof_and_their_replay(
    page: Page, base: str, language: str, typed: str
) -> None:
    before, after, title = edited.BEFORE[language], edited.AFTER[language], edited.TITLES[language]
    page.goto(base)
    page.get_by_label("Search titles and texts, in any spelling").fill(typed)
    page.keyboard.press("Enter")
    page.locator(".hits h2 a", has_text=title).click()
    expect(page.locator("h1")).to_have_text(title)
    publication = page.url

    page.get_by_role("link", name="what changed").click()
    removed, added = (" ".join(page.locator(mark).all_inner_texts()) for mark in ("del", "ins"))
    assert {word for word in before.split() if word not in after} & set(removed.split())
    assert {word for word in after.split() if word not in before} & set(added.split())

    page.goto(publication)
    page.get_by_role("button", name="Verify it now").click()
    expect(page.locator(".good")).to_contain_text("All good")

    page.goto(publication)
    page.get_by_role("link", name="Replay of").click()
    shown = page.frame_locator("iframe")
    expect(shown.locator("body")).to_contain_text(after)
    expect(page.locator("strong time")).to_have_text("2026-11-05 12:00:00 UTC")
    page.locator("a[rel=prev]").click()
    expect(shown.locator("body")).to_contain_text(before)
    expect(page.locator("strong time")).to_have_text("2026-11-01 12:00:00 UTC")
    page.locator("summary").click()
    page.locator(".drop a").click()
    expect(shown.locator("body")).to_contain_text(after)


def test_the_banner_goes_where_a_link_goes(page: Page, base: str) -> None:
    page.goto(f"{base}/replay?collection=sample&at=20261101120000&url={edited.URLS['ar']}")
    shown = page.frame_locator("iframe")
    shown.get_by_role("link", name="next").click()
    expect(shown.locator("h1")).to_have_text(edited.TITLES["en"])
    expect(page.locator("header .url")).to_contain_text("courts-and-decrees")
    expect(page.locator("strong time")).to_have_text("2026-11-01 12:00:00 UTC")
    page.go_back()
    expect(shown.locator("h1")).to_have_text(edited.TITLES["ar"])
    expect(page.locator("header .url")).to_contain_text("المحاكم-والمراسيم")
