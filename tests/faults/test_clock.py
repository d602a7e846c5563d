"""A clock that is set while a crawl runs: waits are as long as they were, and dates are the world's."""

import time
from pathlib import Path

import pytest

from archive.store import warc
from crawler import clock
from crawler.capture.tap import Tap
from crawler.etiquette.pace import Pace
from crawler.frontier import Found, Frontier, Role

DAY, YEAR = 86_400.0, 365 * 86_400.0
ARABIC = "https://timep.org/2024/12/05/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/"


@pytest.mark.faults
@pytest.mark.parametrize("jump", [-DAY, YEAR, 3600.0], ids=["a day back", "a year on", "daylight saving"])
def test_a_jump_of_the_clock_moves_no_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump: float) -> None:
    world, passed = time.time(), [time.monotonic()]
    monkeypatch.setattr(time, "monotonic", lambda: passed[0])
    pace = Pace(time.monotonic)
    pace.slow_down("timep.org", "30")
    frontier = Frontier(tmp_path / "frontier.sqlite")
    frontier.add([Found(ARABIC, ARABIC, Role.PAGE, "test")])
    (row,) = frontier.claim(1, clock.steady())
    frontier.retry(row, clock.steady() + 30, "status 429")
    monkeypatch.setattr(time, "time", lambda: world + jump)
    assert pace.held("timep.org") == pytest.approx(30)
    assert not frontier.claim(1, clock.steady())
    passed[0] += 31
    assert pace.held("timep.org") == 0
    assert [one.url for one in frontier.claim(1, clock.steady())] == [ARABIC]


@pytest.mark.faults
def test_what_a_clock_that_was_set_back_put_off_is_due(tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "frontier.sqlite")
    frontier.add([Found(ARABIC, ARABIC, Role.PAGE, "test")])
    (row,) = frontier.claim(1, clock.steady())
    frontier.retry(row, clock.steady() + DAY, "status 503")
    frontier.release(clock.steady() + clock.LONGEST_WAIT)
    assert frontier.claim(1, clock.steady())


@pytest.mark.faults
def test_dates_of_records_are_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Africa/Cairo")
    time.tzset()
    try:
        began = Tap(ARABIC, "GET").began
        assert began.utcoffset() is not None
        assert abs(began.timestamp() - time.time()) < 60
        said = warc.format_date(began)
        assert said.endswith("Z")
        assert said.startswith(time.strftime("%Y-%m-%dT%H:", time.gmtime(began.timestamp())))
    finally:
        monkeypatch.undo()
        time.tzset()
