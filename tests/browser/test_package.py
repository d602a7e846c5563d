"""A signed package in ReplayWeb.page, in a headless Chromium: nothing but the file, and the reader's check of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page

from archive.pack.wacz import pack
from archive.proof.key import Key
from archive.store.collection import Collection
from tests.archive.audit import samples
from tests.archive.pack import making
from tests.browser import replaywebpage
from tests.browser.replaywebpage import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AT = datetime(2026, 11, 22, 20, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return making.collection(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def scripts(pytestconfig: pytest.Config) -> Path:
    return replaywebpage.scripts(Path(pytestconfig.cache.mkdir("replaywebpage")))


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    return Key.new(tmp_path_factory.mktemp("keys") / "مفتاح.key")


def replayed(page: Page) -> Frame:
    """The frame with the archived page: it is two frames deep, and comes when the worker has read the package."""
    page.wait_for_function("document.querySelector('replay-web-page')?.shadowRoot?.querySelector('iframe')")
    frame = _inner(page)
    if frame is None:  # and where it is there already, nothing will tell of it
        with page.expect_event("frameattached", lambda _: _inner(page) is not None):
            pass
        frame = _inner(page)
    assert frame is not None
    frame.wait_for_selector("h1")
    frame.wait_for_load_state()
    return frame


def _inner(page: Page) -> Frame | None:
    return next((one for one in page.frames if one.parent_frame not in (None, page.main_frame)), None)


SIGNATURE = """async () => {
    const asked = request => new Promise(done => { request.onsuccess = () => done(request.result) });
    for (const {name} of await indexedDB.databases()) {
        const database = await asked(indexedDB.open(name));
        if (database.objectStoreNames.contains("verification"))
            return await asked(database.transaction("verification").objectStore("verification").get("signature"));
    }
}"""


@pytest.mark.parametrize(
    ("part", "url", "title", "direction", "color"),
    [
        ("publication", making.STORY, making.TITLE, "rtl", "rgb(4, 5, 6)"),
        ("collection", making.RULING, making.RULING_TITLE, "ltr", "rgb(1, 2, 3)"),
        ("collection", samples.ARABIC, "المحاكم والمراسيم", "rtl", "rgb(1, 2, 3)"),
    ],
)
def test_a_page_is_seen_styled_from_the_package_alone(
    browser: Browser,
    collection: Collection,
    scripts: Path,
    key: Key,
    tmp_path: Path,
    part: str,
    url: str,
    title: str,
    direction: str,
    color: str,
) -> None:
    chosen = [making.ident(collection, making.TITLE)] if part == "publication" else []
    made = pack(collection, tmp_path / "a.wacz", publications=chosen, key=key, at=AT)
    asked: list[str] = []
    with served(scripts, made.path, url) as address:
        page = browser.new_page(viewport={"width": 1200, "height": 1200})
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        frame = replayed(page)
        assert frame.locator("h1").inner_text() == title
        assert frame.evaluate("getComputedStyle(document.body).color") == color
        assert frame.evaluate("getComputedStyle(document.body).direction") == direction
        if part == "publication":  # from the stylesheet that the page's stylesheet imports
            assert frame.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(7, 8, 9)"
        # its verdict on files and records cannot be asked for: version 2.5.3 compares with hashes that it left empty
        assert page.evaluate(SIGNATURE)["matched"] is True
        page.close()
    assert [one for one in asked if not one.startswith((address, "data:", "blob:"))] == []
