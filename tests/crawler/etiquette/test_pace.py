"""Retry-After in seconds, as a date, and as nonsense; hosts that are left alone, for a while or for good."""

import pytest

from crawler.clock import LONGEST_WAIT
from crawler.etiquette.pace import Pace, read_retry_after

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT
HOST = "xn--mgbh0fb.example"  # مثال


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def wait_for(self, pace: Pace, host: str = HOST) -> float:
        held = pace.held(host)
        self.now += held
        return held


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        ("Tue, 14 Nov 2023 22:15:20 GMT", 120.0),
        ("Tuesday, 14-Nov-23 22:15:20 GMT", 120.0),  # RFC 850
        ("Tue Nov 14 22:15:20 2023", 120.0),  # asctime, in GMT wherever we are
        ("Tue, 14 Nov 2023 22:00:00 GMT", 0.0),
        ("Tue, 14 Nov 2123 22:00:00 GMT", LONGEST_WAIT),
        ("Tue, 99 Nov 2023 22:00:00 GMT", None),
        ("1000000000", LONGEST_WAIT),
        ("1" * 5000, LONGEST_WAIT),
        ("-1", None),
        ("1.5", None),
        ("1e9", None),
        ("soon", None),
        ("١٢٠", None),
        ("بعد ساعة", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert read_retry_after(value, NOW) == seconds


def test_a_host_is_left_alone_for_as_long_as_it_says() -> None:
    pace = Pace()
    assert pace.held(HOST) == 0
    assert pace.slow_down(HOST, "60") == 60
    assert 59 < pace.held(HOST) <= 60
    assert pace.held("other.example") == 0


def test_waits_grow_until_the_host_answers() -> None:
    pace = Pace(clock := Clock())
    waits = []
    for _ in range(3):
        waits.append(pace.slow_down(HOST, None))
        clock.wait_for(pace)
    assert waits[0] < waits[1] < waits[2]
    pace.answered(HOST)
    assert pace.slow_down(HOST, None) < waits[1]


def test_a_host_that_says_now_again_and_again_is_not_believed() -> None:
    pace = Pace(clock := Clock())
    waits = []
    for _ in range(5):
        waits.append(pace.slow_down(HOST, "0"))
        clock.wait_for(pace)
    assert waits == [0, 5, 10, 20, 40]


def test_answers_that_were_on_their_way_count_once() -> None:
    pace = Pace(Clock())
    for _ in range(30):
        pace.slow_down(HOST, "10")
    pace.answered(HOST)  # so does one that was sent before it refused
    assert pace.held(HOST) == 10
    assert pace.stretch(HOST) == 2
    assert pace.gave_up(HOST) is None


def test_the_delay_is_stretched_and_comes_back() -> None:
    pace = Pace(clock := Clock())
    for _ in range(3):
        pace.slow_down(HOST, "1")
        clock.wait_for(pace)
    assert pace.stretch(HOST) == 8
    before = 9.0
    for _ in range(60):
        assert 1 <= pace.stretch(HOST) < before or before == 1
        before = pace.stretch(HOST)
        pace.answered(HOST)
    assert pace.stretch(HOST) == 1
    assert pace.stretch("other.example") == 1


@pytest.mark.parametrize(
    "retry_after", ["3", "-1", "0", "1000000000", "Tue, 14 Nov 2023 22:15:20 GMT", "بعد ساعة", None]
)
def test_a_host_that_goes_on_refusing_is_given_up_after_a_bound(retry_after: str | None) -> None:
    pace = Pace(clock := Clock())
    asked = 0
    while not pace.gave_up(HOST):
        assert pace.slow_down(HOST, retry_after) <= LONGEST_WAIT
        clock.wait_for(pace)
        asked += 1
    assert asked == 10
    assert HOST in str(pace.gave_up(HOST))
    assert pace.held(HOST) == 0  # nobody waits for it any more


def test_walls_in_a_row_make_growing_pauses_and_an_end() -> None:
    pace = Pace(clock := Clock())
    pauses = []
    for _ in range(6):
        pace.walled(HOST)
        pauses.append(clock.wait_for(pace))
    assert pauses == [0, 0, 60, 120, 240, 480]
    assert pace.gave_up(HOST) is None
    pace.walled(HOST)
    assert "challenge page" in str(pace.gave_up(HOST))


def test_a_wall_between_pages_is_no_reason_to_stop() -> None:
    pace = Pace(Clock())
    for _ in range(50):
        pace.walled(HOST)
        pace.walled(HOST)
        pace.seen(HOST)
    assert pace.held(HOST) == 0
