"""Opens replayed pages in a headless Chromium and writes down what the browser asked for, and what it got."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Frame, Page, Request, Response, expect, sync_playwright

from archive.replay.server import Wayback

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


ROOT = Path(__file__).parents[2]
PATIENCE = 120_000  # milliseconds; Playwright's own 30 seconds, and 5 for what is expected, are for an idle machine


@contextmanager
def browsing(home: Path, port: int = 0) -> Iterator[str]:
    """`policy-archive browse` over a home; yields the address of its pages."""
    command = [sys.executable, "-m", "crawler.cli", "--home", str(home), "browse", "--port", str(port)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as run:
        assert run.stdout is not None
        try:
            yield run.stdout.readline().strip().rstrip("/")
        finally:
            run.terminate()


def patient(browser: Browser) -> None:
    """Whatever a page of this browser is waited for may take as long as a busy machine needs."""
    browser.on("context", lambda context: context.set_default_timeout(PATIENCE))
    expect.set_options(timeout=PATIENCE)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        patient(running)
        yield running
        running.close()


@dataclass
class Seen:
    """One page as it is seen in the replay's frame."""

    frame: Frame
    answers: dict[str, int] = field(default_factory=dict)  # status by address
    failed: list[str] = field(default_factory=list)  # requests that got no answer, a policy's refusals among them

    def archived(self, suffix: str) -> list[str]:
        """What came whole from the archive and whose path ends so."""
        paths = [urlsplit(address).path for address, status in self.answers.items() if status == 200]
        return [path for path in paths if "_/http" in path and path.endswith(suffix)]

    def style(self, selector: str, name: str) -> str:
        """A computed style of the first element that the selector finds."""
        read = "(element, name) => getComputedStyle(element)[name]"
        return str(self.frame.locator(selector).first.evaluate(read, name))

    def undress(self) -> None:
        """Takes away all stylesheets that are files of their own: what changes now was theirs."""
        self.frame.evaluate("for (const sheet of document.styleSheets) if (sheet.href) sheet.disabled = true")

    def widths(self) -> dict[str, int]:
        """The real width of each image of the page, by its address on the site; 0 where there is none."""
        found: dict[str, int] = self.frame.evaluate(
            "Object.fromEntries([...document.images].map(image => [image.currentSrc || image.src, image.naturalWidth]))"
        )
        return {address.partition("_/")[2] or address: width for address, width in found.items()}


@contextmanager
def opened(browser: Browser, wayback: Wayback, url: str) -> Iterator[Seen]:
    """The archived page in its frame, when all of it has loaded."""
    page = browser.new_page(viewport={"width": 1200, "height": 1600})
    answers: dict[str, int] = {}
    failed: list[str] = []

    def answered(response: Response) -> None:
        answers[response.url] = response.status

    def refused(request: Request) -> None:
        failed.append(f"{request.url}: {request.failure}")

    page.on("response", answered)
    page.on("requestfailed", refused)
    page.goto(wayback.page(url), wait_until="networkidle")
    frame = page.locator("iframe").element_handle().content_frame()
    assert frame is not None
    # The network is quiet as well where a busy machine has not yet come to ask: styles are there with `load`, and what
    # they name with the fonts. An image that waits until it is scrolled to is part of the page, too.
    frame.wait_for_load_state("load")
    frame.evaluate("document.fonts.ready.then(() => true)")
    frame.evaluate("for (const image of document.images) image.loading = 'eager'")
    frame.wait_for_function("[...document.images].every(image => image.complete)")
    frame.wait_for_load_state("networkidle")
    yield Seen(frame, answers, failed)
    page.close()


def lost(seen: Seen, wayback: Wayback, unless: tuple[str, ...] = ()) -> list[str]:
    """What is wrong with a page whatever it says: requests beyond the replay, without an answer, or with a bad one.

    `unless` names, by a part of their address, what cannot be there.
    """
    origin = f"http://{urlsplit(wayback.base).netloc}/"
    beyond = [f"{address}: beyond the replay" for address in seen.answers if not address.startswith((origin, "data:"))]
    bad = [f"{address}: status {status}" for address, status in seen.answers.items() if status >= 400]
    return beyond + [line for line in bad + seen.failed if not any(part in line for part in unless)]


def serious(page: Page, axe: str) -> dict[str, str]:
    """What axe finds serious or critical in a page: the rule, and where. The page's policy must be bypassed."""
    page.evaluate(axe)
    results = page.evaluate("axe.run(document, {iframes: false})")
    bad = [one for one in results["violations"] if one["impact"] in ("serious", "critical")]
    return {one["id"]: one["nodes"][0]["html"][:200] for one in bad}
