"""The demo institute, crawled, then seen in a browser from the archive alone: srcset, @import, font, script."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from archive.replay.server import Wayback
from archive.store.collection import Collection
from tests.browser.looking import Seen, lost, opened
from tests.crawler.command import lines, policy_archive

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    folder = tmp_path_factory.mktemp("demo")
    done = policy_archive(folder, "crawl", "demo", "--max-pages", "40")
    assert done.returncode in (0, 4), done.stdout + done.stderr
    return Collection.open(folder / "home" / "collections" / "demo")


@pytest.fixture(scope="module")
def wayback(collection: Collection) -> Iterator[Wayback]:
    with Wayback(collection) as running:
        yield running


def illustrated(collection: Collection, language: str) -> dict[str, Any]:
    """The first publication of that language that shows a figure."""
    path: Path = collection.dataset_dir / "publications.jsonl"
    return next(one for one in lines(path) if one["language"] == language and one["images"])


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_a_publication_is_seen_whole(
    browser: Browser, collection: Collection, wayback: Wayback, language: str, direction: str
) -> None:
    publication = illustrated(collection, language)
    with opened(browser, wayback, publication["url"]) as seen:
        assert lost(seen, wayback) == []
        assert seen.frame.locator("h1").first.inner_text() == publication["title"]
        assert seen.style("article", "direction") == direction
        widths = seen.widths()
        assert publication["images"][0]["url"] in widths
        assert all(widths.values()), widths
        for requisite in ("/style.css", "/base.css", "/demo-serif.woff2", "/paper.png", "/site.js"):
            assert seen.archived(requisite), requisite  # base.css is imported by style.css, which names font and paper
        loaded = "document.fonts.ready.then(fonts => [...fonts].map(font => `${font.family} ${font.status}`))"
        assert seen.frame.evaluate(loaded) == ["Demo Serif loaded"]
        assert styled(seen) == ("rgb(18, 58, 90)", "1180px")
        seen.undress()
        assert styled(seen) == ("rgb(0, 0, 0)", "none")


def styled(seen: Seen) -> tuple[str, str]:
    """What style.css, and base.css, which it imports, say of the title and of the page."""
    return seen.style("h1.single-title", "color"), seen.style(".wp-site-blocks", "maxWidth")


def test_every_size_of_an_image_is_archived(collection: Collection, wayback: Wayback, browser: Browser) -> None:
    """A browser shows one address of a srcset; which one depends on its screen, so all of them are needed."""
    with opened(browser, wayback, illustrated(collection, "ar")["url"]) as seen:
        sets = seen.frame.locator("img[srcset]").evaluate_all("images => images.map(image => image.srcset)")
    named = {one.split()[0].rpartition("_/")[2] for each in sets for one in each.split(",")}
    assert len(named) >= 2
    held = {line.url for line in collection.captures() if line.status == 200}
    assert named - held == set()
