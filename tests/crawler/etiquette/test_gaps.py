"""Gaps between requests, as they were written to the wire."""

import pytest

from crawler.etiquette.gaps import Gaps

ARABIC = "https://institute.example/2024/12/05/سوريا/"


class Clock:
    """A time that the test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def asked(gaps: Gaps, clock: Clock, *waits: float, url: str = ARABIC) -> None:
    for wait in waits:
        clock.now += wait
        gaps.asked(url)


def test_least_median_and_most_of_a_host() -> None:
    clock = Clock()
    gaps = Gaps(clock)
    asked(gaps, clock, 0.0, *[1.0] * 90, *[4.0] * 10)
    (line,) = gaps.lines()
    assert line == {
        "host": "institute.example",
        "requests": 101,
        "min": 1.0,
        "median": 1.0,
        "p95": pytest.approx(4, rel=0.02),
    }


def test_each_host_for_itself_and_one_request_has_no_gap() -> None:
    clock = Clock()
    gaps = Gaps(clock)
    asked(gaps, clock, 1.0)
    asked(gaps, clock, 1.0, url="http://other.example:8080/")
    asked(gaps, clock, 1.0)
    assert [(line["host"], line["requests"], line["min"]) for line in gaps.lines()] == [
        ("institute.example", 2, 2.0),
        ("other.example", 1, None),
    ]


def test_a_pause_between_two_runs_is_no_gap() -> None:
    clock = Clock()
    gaps = Gaps(clock)
    asked(gaps, clock, 0.0, 1.0)
    again = Gaps(clock)
    again.loads(gaps.dumps())
    asked(again, clock, 3600.0, 2.0)
    assert again.lines() == [
        {"host": "institute.example", "requests": 4, "min": 1.0, "median": 1.0, "p95": pytest.approx(2, rel=0.02)}
    ]


def test_memory_does_not_follow_requests_or_hosts() -> None:
    clock = Clock()
    gaps = Gaps(clock)
    for number in range(3_000):
        asked(gaps, clock, number / 1000, url=f"https://{number}.example/")
    assert len(gaps.lines()) == 1_000
    asked(gaps, clock, *(number / 1e4 for number in range(50_000)), url="https://1.example/")
    assert len(gaps.dumps()) < 200_000
