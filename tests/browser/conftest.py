"""One browser for all tests of a run, and what looks for barriers in its pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import npm
from tests.browser.looking import CHROMIUM, chromium


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM}: apt-get install chromium")
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def axe(pytestconfig: pytest.Config) -> str:
    """The script of axe-core, for `serious`."""
    folder = npm.fetched(Path(pytestconfig.cache.mkdir("axe-core")), "axe-core", "4.14.1", ("axe.min.js",))
    return (folder / "axe.min.js").read_text(encoding="utf-8")
