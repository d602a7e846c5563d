"""Pages that are meant to cost much are read within counts, or a code says what was left out. English and Arabic.

Workers read them, so that what one takes is limited as it is in a crawl.
"""

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from archive.dataset.derived import Derived
from archive.dataset.worker import TIME_LIMIT, Workers
from archive.extract.page import Page
from archive.store.exchange import Location
from tests.archive.extract.hostile import EVERY, PAGES, SAID
from tests.archive.extract.pages import PLAIN

SLOW_MACHINE = 4  # times as long as a page may take: other tests may run beside these


@pytest.fixture(scope="module")
def readings() -> Iterator[list[Future[Derived]]]:
    functions = {"opener": "tests.archive.extract.hostile:opener"}
    with Workers(Path("nowhere"), PLAIN, 2, time_limit=SLOW_MACHINE * TIME_LIMIT, functions=functions) as workers:
        yield [workers.submit(Location("w", number, 1)) for number in range(len(EVERY))]


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_right_text_or_a_named_doubt(readings: list[Future[Derived]], name: str, language: str) -> None:
    hostile, said = PAGES[name], SAID[language]
    page = Page.model_validate_json(readings[EVERY.index((name, language))].result(300).page_json)
    is_told_by_no_byte = language == "en" and "called" in name  # the label is wrong, and all characters are ASCII
    if hostile.code and not is_told_by_no_byte:
        assert hostile.code in page.warnings
    assert page.content is not None
    text = "\n".join(block.text for block in page.content.blocks)
    if hostile.told:
        assert said in text
    if hostile.whole:
        assert text.count(said) * len(said.encode()) > 0.99 * len(hostile.make(said).encode())  # type: ignore[union-attr]
