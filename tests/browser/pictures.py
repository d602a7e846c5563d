"""The README's pictures, of `browse` over the demo institute: `python -m tests.browser.pictures` makes them again."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser import png
from tests.browser.looking import chromium
from tests.crawler.command import environment, policy_archive

FOLDER = Path(__file__).with_name("pictures")
AGAIN = "python -m tests.browser.pictures"
MOST = 150_000  # bytes of one


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as it is seen from its top. `opens` is a link on it to the page that is meant."""

    name: str
    path: str
    height: int
    opens: str | None = None
    width: int = 1200


PICTURES = (
    Picture("home.png", "/", 900),
    Picture("publication.png", "/search?language=ar&kind=legal_case", 1000, opens=".hits h2 a"),
)


def make(folder: Path, browser: Browser) -> None:
    """Crawls the demo institute into a place that is thrown away, and takes the pictures."""
    with tempfile.TemporaryDirectory(prefix="policy-archive-pictures-") as place:
        done = policy_archive(Path(place), "crawl", "demo")
        assert done.returncode == 0, done.stderr
        with _browsed(Path(place)) as base:
            for picture in PICTURES:
                page = browser.new_page(viewport={"width": picture.width, "height": picture.height})
                _open(page, base, picture)
                png.save(folder / picture.name, page.screenshot(), page.title(), browser)
                page.close()


def _open(page: Page, base: str, picture: Picture) -> None:
    page.goto(base + picture.path)
    if picture.opens:
        page.locator(picture.opens).first.click()
        page.wait_for_load_state()


@contextmanager
def _browsed(place: Path) -> Iterator[str]:
    """`browse`, and its address."""
    command = [sys.executable, "-m", "crawler.cli", "--home", str(place / "home"), "browse", "--port", "0"]
    with subprocess.Popen(
        command, cwd=place, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as run:
        assert run.stdout is not None
        yield run.stdout.readline().strip().rstrip("/")
        run.terminate()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    with chromium() as running:
        make(FOLDER, running)
    for one in PICTURES:
        print(FOLDER / one.name, (FOLDER / one.name).stat().st_size, png.read(FOLDER / one.name))
