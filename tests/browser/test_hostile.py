"""Archived pages that mean harm achieve nothing: no request leaves the replay, nothing of the reader's is read, nobody
is led away, and the catalogue never runs what a page says. The same pages, served by a site of its own, show that the
listener would have heard them.
"""

import html
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request
from playwright.sync_api import Error as BrowserError

from tests import ports
from tests.archive.audit.samples import HOME
from tests.browser import edited, hostile
from tests.browser.elsewhere import Elsewhere, elsewhere, misled
from tests.browser.looking import CHROMIUM, browsing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no {CHROMIUM}: apt-get install chromium"),
]
TITLED = f"{HOME}/2025/03/12/titled/"
SECRET = "s3cret"


@dataclass
class Ground:
    web: Elsewhere
    browser: Browser
    base: str  # the catalogue
    finished: list[Request] = field(default_factory=list)


def page_at(name: str) -> str:
    return f"{HOME}/hostile/{name}/"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    home = Path(tmp_path_factory.mktemp("home"))
    port = ports.free()  # the pages name the catalogue's address, and are there before it is
    with elsewhere() as web, misled() as browser:
        given: dict[str, object] = {
            "e": web.url, "port": web.port, "c": f"http://127.0.0.1:{port}", "p": "/publication/sample/x",
            "w": f"/sample/20261101120000js_/{HOME}/worker.js",
        }  # fmt: skip
        pages = {"quiet": hostile.quiet(**given), "peer": hostile.peer(**given), "thief": hostile.stealing(**given),
                 "inner": hostile.inner_peer(**given)}  # fmt: skip
        pages |= {name: hostile.leaving(name, **given) for name in hostile.LEAVING}
        web.pages = {f"/control/{name}": text.encode() for name, text in pages.items()}
        hints = (f"Link: <{web.url}/hint>; rel=preconnect", f"Refresh: 1; url={web.url}/header", "Set-Cookie: a=b",
                 f"Reporting-Endpoints: default=\"{web.url}/report\"")  # fmt: skip
        kept = [edited.exchange(page_at(name), text.encode(), 10, *hints) for name, text in pages.items()]
        kept.append(edited.exchange(f"{HOME}/worker.js", b"onfetch = () => 0", 11))
        title = html.escape(hostile.MARKUP)
        titled = f"<title>{title}</title><body><article><h1>{title}</h1><p>{'قالت المحكمة إن القرار باطل. ' * 30}</p>"
        kept.append(edited.exchange(TITLED, f"<!doctype html>{titled}".encode(), 12))
        edited.collection(home, kept)
        with browsing(home, port) as base:
            yield Ground(web, browser, base)


@pytest.fixture
def page(ground: Ground) -> Iterator[Page]:
    """A reader's window, with a cookie of the catalogue's host."""
    context = ground.browser.new_context()
    context.add_cookies([{"name": "session", "value": SECRET, "url": ground.base}])
    ground.finished.clear()
    context.on("requestfinished", lambda request: ground.finished.append(request))
    yield context.new_page()
    context.close()
    ground.web.heard.clear()


def heard_live(ground: Ground, name: str, until: Callable[[list[str]], bool]) -> None:
    """Shows the same page as its own site serves it, in a window of its own, and waits until its site has heard it.
    What that window still has on its way (a favicon, say) ends with it.
    """
    context = ground.browser.new_context()
    context.new_page().goto(f"{ground.web.url}/control/{name}", wait_until="commit")
    assert ground.web.wait(until), ground.web.heard
    context.close()
    ground.web.forget()


def replayed(ground: Ground, page: Page, name: str) -> str:
    """Shows an archived page, until the network is quiet; returns the replay's origin."""
    page.goto("about:blank", wait_until="networkidle")  # what was told of the page before is taken in
    ground.finished.clear()
    page.goto(f"{ground.base}/replay?collection=sample&at=20261101121000&url={page_at(name)}", wait_until="networkidle")
    return origin(page.url)


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def beyond(ground: Ground, replay: str) -> list[str]:
    """What the browser asked of anybody else, and got."""
    asked = [one.url for one in ground.finished if "/replay?collection=sample&at=" not in one.url]
    return [url for url in asked if origin(url) != replay and not url.startswith(("data:", "blob:", "about:"))]


def test_nothing_is_asked_of_another_site(ground: Ground, page: Page) -> None:
    expected = set(hostile.QUIET)
    heard_live(ground, "quiet", lambda heard: expected <= {line.rpartition("/")[2] for line in heard})
    replay = replayed(ground, page, "quiet")
    assert ground.web.all_heard() == []
    assert beyond(ground, replay) == []


@pytest.mark.parametrize("name", ["peer", "inner"])
def test_no_datagram_leaves(ground: Ground, page: Page, name: str) -> None:
    heard_live(ground, name, lambda heard: "UDP" in heard)
    with suppress(BrowserError):  # Chromium ends a page whose inner page asks for what was forbidden to it
        replayed(ground, page, name)
    assert ground.web.all_heard() == []


@pytest.mark.parametrize("name", hostile.LEAVING)
def test_nobody_is_led_away(ground: Ground, page: Page, name: str) -> None:
    heard_live(ground, name, lambda heard: any(line.endswith(f"/{name}") for line in heard))
    replay = replayed(ground, page, name)
    assert ground.web.all_heard() == []
    assert beyond(ground, replay) == []
    assert origin(page.url) == replay
    assert page.locator("header .name").inner_text() == "sample"
    assert len(page.context.pages) == 1


def test_a_click_leads_nobody_away(ground: Ground, page: Page) -> None:
    """With a reader's own click, which is what lets a page leave a frame elsewhere."""
    replay = replayed(ground, page, "base")
    page.frame_locator("iframe").locator("#go").click(no_wait_after=True)
    page.wait_for_load_state("networkidle")
    assert ground.web.all_heard() == []
    assert origin(page.url) == replay


def test_nothing_is_stolen_and_nothing_stays(ground: Ground, page: Page) -> None:
    page.goto(ground.base)
    page.evaluate(f"localStorage.setItem('secret', '{SECRET}')")
    replay = replayed(ground, page, "thief")
    page.evaluate(f"localStorage.setItem('secret', '{SECRET}')")
    page.reload(wait_until="networkidle")
    shown = page.locator("iframe").element_handle().content_frame()
    assert shown is not None
    assert shown.locator("h1").inner_text() == "thief"
    stolen: list[list[str]] = shown.evaluate("window.stolen")
    assert [one for one in stolen if SECRET in one[1] or "publication" in one[1] or "registered" in one[1]] == []
    assert dict(stolen).get("cookie", "") in ("", "undefined")
    assert page.context.service_workers == []
    page.goto(f"{replay}/sample/")
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0
    assert {one["name"] for one in page.context.cookies()} == {"session"}
    assert beyond(ground, replay) == []
    assert ground.web.all_heard() == []


def test_a_page_cannot_change_the_banner(ground: Ground, page: Page) -> None:
    replayed(ground, page, "thief")
    assert "lies.example" not in page.content()
    assert page.locator("strong time").inner_text() == "2026-11-01 12:10:00 UTC"
    assert "/hostile/thief/" in page.url


def test_an_archived_page_is_never_shown_without_its_frame(ground: Ground, page: Page) -> None:
    replay = replayed(ground, page, "thief")
    page.goto(f"{replay}/sample/20261101121000mp_/{page_at('thief')}")
    assert page.locator("header .name").count() == 1
    assert page.evaluate("window.stolen") is None
    page.goto(f"{replay}/sample/20261101121000id_/{page_at('thief')}")
    assert page.evaluate("window.stolen") is None


def test_no_name_that_leads_here_is_answered(ground: Ground, page: Page) -> None:
    """DNS rebinding: the attacker's own name, with this machine's address."""
    replay = replayed(ground, page, "thief")
    for address, status in ((ground.base, 403), (replay, 421)):
        answer = page.goto(f"http://rebound.example:{urlsplit(address).port}/sample/")
        assert answer is not None
        assert answer.status == status
        assert "publication" not in page.content()


def test_no_other_page_can_verify(ground: Ground, page: Page) -> None:
    """The one thing that the catalogue does when asked: a form of another site, sent by the reader's browser."""
    page.goto(ground.base)
    page.goto(page.locator("#newest ~ ul a").first.evaluate("link => link.href"))
    target = page.locator("form[method=post]").evaluate("form => form.action")
    ground.web.pages["/form"] = f"<form method=post action='{target}'><button>x</button></form>".encode()
    page.goto(f"{ground.web.url}/form")
    with page.expect_navigation() as went:
        page.locator("button").click()
    assert went.value.status == 403
    assert "Another site's page" in page.content()


def test_the_catalogue_shows_markup_as_text(ground: Ground, page: Page) -> None:
    page.goto(f"{ground.base}/search?q=المحكمة")
    hit = page.locator(".hits h2 a", has_text="window.ran")
    hit.click()
    assert "<script>window.ran" in page.locator("h1").inner_text()
    for path in ("/", "/search", page.url.removeprefix(ground.base)):
        page.goto(ground.base + path)
        assert page.evaluate("window.ran") is None
        assert page.locator("main script, main img").count() == 0
    page.goto(ground.base)
    title = page.locator("#newest ~ ul bdi", has_text="window.ran").first
    assert title.evaluate("one => getComputedStyle(one).unicodeBidi") == "isolate"  # ends what turns the line around
    assert [one.url for one in ground.finished if origin(one.url) != ground.base] == []
