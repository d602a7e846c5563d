"""Pictures of replayed pages, taken by a headless Chromium where there is one."""

import hashlib
import importlib.util
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from archive.replay.server import ReplayError, Wayback
from archive.replay.survey import Replayed
from archive.store.collection import Collection

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PATIENCE = 30_000  # milliseconds for a page


class Camera:
    """Writes `<id>-<14 digits>.png` into a folder. Raises ReplayError where there is no browser to drive."""

    def __init__(self, collection: Collection, folder: Path) -> None:
        browser = next((path for path in map(shutil.which, _NAMES) if path), None)
        if browser is None or importlib.util.find_spec("playwright") is None:
            raise ReplayError(
                "screenshots need Chromium and Playwright: install Debian's chromium, and pip install playwright; "
                "or leave --screenshots out"
            )
        from playwright.sync_api import sync_playwright

        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        with ExitStack() as running:
            self._wayback = running.enter_context(Wayback(collection))
            playwright: Any = running.enter_context(sync_playwright())
            browsing = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
            running.callback(browsing.close)
            self._page = browsing.new_page(viewport={"width": 1200, "height": 1600})
            self._running = running.pop_all()  # all of it began: `close` ends it

    def take(self, one: Replayed) -> Path:
        """The page as a reader sees it, its first screen, below the banner that tells its moment. Raises ReplayError
        where the browser shows none.
        """
        from playwright.sync_api import Error

        path = self._folder / f"{_file_name(one.id)}-{one.at}.png"
        try:
            self._page.goto(self._wayback.page(one.url, one.at), timeout=_PATIENCE, wait_until="load")
            self._page.screenshot(path=path)
        except Error as problem:
            raise ReplayError(f"no picture of {one.id}: {str(problem).splitlines()[0]}") from None
        return path

    def close(self) -> None:
        self._running.close()


def _file_name(ident: str) -> str:
    """An id as a file's name: letters, digits, `-`; a digest where it has anything else."""
    plain = ident.replace(":", "-")
    return plain if plain.replace("-", "").isalnum() and plain.isascii() else hashlib.sha256(ident.encode()).hexdigest()
