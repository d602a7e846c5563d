"""Retry-After in seconds, as a date, and as nonsense; hosts that are left alone."""

import pytest

from crawler.etiquette.pace import Pace, read_retry_after

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("Tue, 14 Nov 2023 22:15:20 GMT", 120.0),
        ("Tue, 14 Nov 2023 22:00:00 GMT", 0.0),
        ("9999999", 3600.0),
        ("1000000000000", 3600.0),
        ("-1", None),
        ("soon", None),
        ("١٢٠", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert read_retry_after(value, NOW) == seconds


def test_a_host_is_left_alone_for_as_long_as_it_says() -> None:
    pace = Pace()
    assert pace.held("example.org") == 0
    assert pace.slow_down("example.org", "60") == 60
    assert 59 < pace.held("example.org") <= 60
    assert pace.held("other.example") == 0


def test_waits_grow_until_the_host_answers() -> None:
    pace = Pace()
    waits = [pace.slow_down("example.org", None) for _ in range(3)]
    assert waits[0] < waits[1] < waits[2]
    pace.answered("example.org")
    assert pace.slow_down("example.org", None) < waits[1]
