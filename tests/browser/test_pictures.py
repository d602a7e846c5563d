"""The README's pictures are there, are small, and are of the pages that there are."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import png
from tests.browser.pictures import AGAIN, FOLDER, MOST, PICTURES, make

README = (FOLDER.parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_readme_shows_each_picture() -> None:
    shown = re.findall(r"!\[[^\]]{20,}\]\(([^)]+)\)", README)  # with words for those who see none
    assert shown == [f"tests/browser/pictures/{picture.name}" for picture in PICTURES]
    for picture in PICTURES:
        assert (FOLDER / picture.name).stat().st_size <= MOST
        assert png.read(FOLDER / picture.name)[:2] == (picture.width, picture.height)


@pytest.mark.browser
@pytest.mark.slow
def test_the_pictures_made_again_are_of_the_same_pages(browser: Browser, tmp_path: Path) -> None:
    """In size and in title; dates and digests differ, and fonts."""
    make(tmp_path, browser)
    again = [png.read(tmp_path / picture.name) for picture in PICTURES]
    assert again == [png.read(FOLDER / picture.name) for picture in PICTURES], f"out of date: {AGAIN}"
    assert re.search("[\u0621-\u064a]", again[1][2])
