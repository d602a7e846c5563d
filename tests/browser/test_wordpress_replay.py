"""The real WordPress site, crawled with a profile of three lines, edited, crawled again, then seen in a browser when it
is gone: as it was and as it became.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from archive.replay.server import Wayback
from archive.store.collection import Collection
from tests.browser.looking import browsing, lost, opened
from tests.crawler.command import lines, policy_archive, profile
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


EDITING = """
foreach ({paths} as $at => $path) {{
    $post = get_post(url_to_postid(home_url($path)));
    $content = $post->post_content . '<p>' . {words}[$at] . '</p>';
    if (is_wp_error(wp_update_post(['ID' => $post->ID, 'post_content' => $content], true))) exit(1);
}}
"""
ADDED = {
    "en": "Correction: the vote was held a week later than we had said.",
    "ar": "تصحيح: عُقدت الجلسة بعد أسبوع مما ذكرناه.",
}


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


@dataclass(frozen=True)
class Site:
    """`url` is where it was; nothing answers there any more."""

    url: str
    home: Path
    collection: Collection
    wayback: Wayback


@pytest.fixture(scope="module")
def site(shape: Shape, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Its two pages, captured before and after an edit."""
    folder: Path = tmp_path_factory.mktemp("site")
    with running(*shape.options) as url:
        (folder / "pages.txt").write_text(f"{url}{ENGLISH[0]}\n{url}{ARABIC[0]}\n", encoding="utf-8")
        words = (
            "crawl", str(profile(folder, url)), "--collection", "site", "--urls", str(folder / "pages.txt"),
            "--allow-private", "--delay", "0", "--full",
        )  # fmt: skip
        first = policy_archive(folder, *words)
        url.run(EDITING.format(paths=_php([ENGLISH[0], ARABIC[0]]), words=_php([ADDED["en"], ADDED["ar"]])))
        second = policy_archive(folder, *words)
    for done in (first, second):
        assert done.returncode == 0, done.stdout + done.stderr
    collection = Collection.open(folder / "home" / "collections" / "site")
    with Wayback(collection) as wayback:
        yield Site(url, folder / "home", collection, wayback)


def _php(texts: list[str]) -> str:
    return "[" + ", ".join(f"'{text}'" for text in texts) + "]"


@pytest.mark.parametrize("publication", [ENGLISH, ARABIC], ids=["english", "arabic"])
def test_a_publication_is_seen_whole(
    browser: Browser, shape: Shape, site: Site, publication: tuple[str, str, str]
) -> None:
    path, title, photo = publication
    with opened(browser, site.wayback, site.url + path) as seen:
        assert lost(seen, site.wayback, unless=ELSEWHERE) == []
        assert title in seen.frame.locator("h1").all_inner_texts()
        widths = {address: width for address, width in seen.widths().items() if ELSEWHERE[1] not in address}
        assert [address for address in widths if address.endswith(photo)]
        assert all(widths.values()), widths
        assert seen.style("body", "direction") == shape.direction
        assert seen.frame.locator("html").get_attribute("dir") == ("rtl" if shape.direction == "rtl" else None)
        assert seen.style(shape.selector, shape.style) == shape.value
        seen.undress()
        assert seen.style(shape.selector, shape.style) != shape.value


@pytest.mark.parametrize(("publication", "language"), [(ENGLISH, "en"), (ARABIC, "ar")], ids=["english", "arabic"])
def test_an_edit_is_seen_in_both_versions_their_difference_and_their_replay(
    browser: Browser, site: Site, publication: tuple[str, str, str], language: str
) -> None:
    path, title, _ = publication
    [told] = [one for one in lines(site.collection.dataset_dir / "publications.jsonl") if one["url"] == site.url + path]
    page = browser.new_page()
    with browsing(site.home) as base:
        page.goto(f"{base}/publication/site/{quote(told['id'], safe='')}")
        assert title in page.locator("h1").inner_text()
        expect(page.locator(".text")).to_contain_text(ADDED[language])
        page.locator("aside ol a", has_text="1: ").first.click()
        expect(page.locator(".text")).not_to_contain_text(ADDED[language])
        page.go_back()
        page.get_by_role("link", name="what changed").click()
        expect(page.locator("ins").last).to_have_text(ADDED[language])
        page.go_back()
        page.get_by_role("button", name="Verify it now").click()
        expect(page.locator(".good")).to_contain_text("All good")
        page.go_back()
        page.get_by_role("link", name="Replay of").click()
        shown = page.frame_locator("iframe").locator("body")
        expect(shown).to_contain_text(ADDED[language])
        page.locator("a[rel=prev]").click()
        expect(page.locator("a[rel=next]")).to_be_visible()
        expect(shown).to_contain_text(title)
        expect(shown).not_to_contain_text(ADDED[language])
    page.close()
