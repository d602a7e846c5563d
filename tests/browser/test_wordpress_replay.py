"""The real WordPress site, crawled with a profile of three lines, then seen in a browser when it is gone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from archive.replay.server import Wayback
from archive.store.collection import Collection
from tests.browser.looking import lost, opened
from tests.crawler.command import policy_archive, profile
from tests.wordpress.site import SHARED, running

pytestmark = [
    pytest.mark.browser,
    pytest.mark.wordpress,
    pytest.mark.slow,
    pytest.mark.skipif(
        not SHARED.is_dir(), reason="the WordPress site is not part of the repository: ../shared/wordpress"
    ),
]
ENGLISH = ("2020/05/11/libya-60/", "Letters from a Waiting Room: Libya and the Vote (60)", "photo-60.png")
ARABIC = (
    quote("2020/07/25/لماذا-تهمّ-معركة-الموازنة-في-العراق-62/"),
    "لماذا تهمّ معركة الموازنة في العراق (62)",
    "photo-62.png",
)
# WordPress fetches its emoji by a script, where a browser lacks them, and its authors' faces from a host that no test
# can reach. A crawl runs no script.
ELSEWHERE = ("/wp-emoji-release.min.js", "gravatar.com/avatar/")


@dataclass(frozen=True)
class Shape:
    """A way to install the site, and what its stylesheets alone do."""

    options: tuple[str, ...]
    direction: str  # of every page: the site's language decides, not the publication's
    selector: str
    style: str
    value: str


PLAIN = Shape((), "ltr", ".wp-block-navigation", "position", "relative")
RIGHT_TO_LEFT = Shape(
    ("--language", "ar", "--theme", "twentytwentyone"), "rtl", "body", "backgroundColor", "rgb(209, 228, 221)"
)


SHAPES = [pytest.param(PLAIN, id="plain", marks=pytest.mark.soak), pytest.param(RIGHT_TO_LEFT, id="right-to-left")]


@pytest.fixture(scope="module", params=SHAPES)
def shape(request: pytest.FixtureRequest) -> Shape:
    chosen: Shape = request.param
    return chosen


@pytest.fixture(scope="module")
def site(shape: Shape, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Wayback]]:
    """The address that the site had, and the replay of its two pages; nothing answers there any more."""
    folder: Path = tmp_path_factory.mktemp("site")
    with running(*shape.options) as url:
        (folder / "pages.txt").write_text(f"{url}{ENGLISH[0]}\n{url}{ARABIC[0]}\n", encoding="utf-8")
        done = policy_archive(
            folder, "crawl", str(profile(folder, url)), "--collection", "site", "--urls", str(folder / "pages.txt"),
            "--allow-private", "--delay", "0",
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    with Wayback(Collection.open(folder / "home" / "collections" / "site")) as wayback:
        yield url, wayback


@pytest.mark.parametrize("publication", [ENGLISH, ARABIC], ids=["english", "arabic"])
def test_a_publication_is_seen_whole(
    browser: Browser, shape: Shape, site: tuple[str, Wayback], publication: tuple[str, str, str]
) -> None:
    (url, wayback), (path, title, photo) = site, publication
    with opened(browser, wayback, url + path) as seen:
        assert lost(seen, wayback, unless=ELSEWHERE) == []
        assert title in seen.frame.locator("h1").all_inner_texts()
        widths = {address: width for address, width in seen.widths().items() if ELSEWHERE[1] not in address}
        assert [address for address in widths if address.endswith(photo)]
        assert all(widths.values()), widths
        assert seen.style("body", "direction") == shape.direction
        assert seen.frame.locator("html").get_attribute("dir") == ("rtl" if shape.direction == "rtl" else None)
        assert seen.style(shape.selector, shape.style) == shape.value
        seen.undress()
        assert seen.style(shape.selector, shape.style) != shape.value
