"""Replay of what is withheld: pywb answers 451 for the page, at every visit and in every spelling, and for what it
alone needs; all else is shown.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from archive.dataset import withholding
from archive.replay.check import newest
from archive.replay.server import Wayback
from archive.store.collection import Collection
from tests.archive.pack import making
from tests.archive.pack.making import OLD, PICTURE, REPORT, RULING, SHEET, STORY
from tests.archive.replay.test_replay import get

END = date(2026, 12, 24)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    made = making.collection(tmp_path_factory.mktemp("home"))
    withholding.withhold(made, STORY, "طلب الكاتب", "Nour", END, datetime(2026, 11, 22, tzinfo=UTC))
    return made


@pytest.fixture(scope="module")
def wayback(collection: Collection) -> Iterator[Wayback]:
    with Wayback(collection, day=date(2026, 12, 23)) as running:
        yield running


@pytest.mark.parametrize("timestamp", ["", "20261101121000", "20261102121000"])
@pytest.mark.parametrize("url", [STORY, STORY.lower(), STORY.replace("https:", "http:"), OLD, PICTURE, REPORT])
def test_the_page_and_its_revisits_answer_451(wayback: Wayback, url: str, timestamp: str) -> None:
    status, _, body = get(wayback.content(url, timestamp))
    assert status == 451
    assert "قالت المحكمة" not in body.decode()


@pytest.mark.parametrize("url", [RULING, SHEET, making.samples.ARABIC])
def test_all_else_is_shown(wayback: Wayback, url: str) -> None:
    assert get(wayback.content(url))[0] == 200


def test_the_list_of_pages_does_not_name_it(collection: Collection) -> None:
    assert STORY not in [url for url, _ in newest(collection)]


def test_it_is_shown_again_when_its_day_has_come(collection: Collection, tmp_path: Path) -> None:
    with Wayback(collection, day=END) as running:
        status, _, body = get(running.content(STORY))
    assert status == 200
    assert making.TITLE in body.decode()
