"""Reports in, alerts out."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.alerts.rules import Bounds, alerts, completeness, doubts, failed_to_run, missed, plain

BOUNDS = Bounds.model_validate({})
GOOD: dict[str, Any] = {
    "institute": "معهد", "collection": "معهد", "crawl": "20261123030000", "exit_code": 0, "why": None,
    "urls": {"archived": 100}, "publications": {"analysis": 80, "legal_case": 20}, "warnings": {"no_author": 4},
    "sources": [{"name": "wordpress", "stated": 100, "found": 100}],
}  # fmt: skip


def topics(last: dict[str, Any], *before: dict[str, Any], free: float = 1e12) -> list[str]:
    return [str(alert.topic) for alert in alerts([*before, last], free, BOUNDS)]


@pytest.mark.parametrize(
    ("last", "wanted"),
    [
        ({}, []),
        ({"exit_code": 4}, []),
        ({"exit_code": 130}, []),
        ({"exit_code": 1, "why": "مصدر فشل"}, ["failure"]),
        ({"exit_code": 5, "urls": {"botwall": 7}}, ["failure", "botwall"]),
        ({"urls": {"botwall": 1, "archived": 9}}, ["botwall"]),
        ({"sources": [{"stated": 100, "found": 97}]}, ["completeness"]),
        ({"sources": [{"stated": 100, "found": 99}]}, []),
        ({"completeness": {"named": 100, "held": 90, "share": 0.9}}, ["completeness"]),
        ({"completeness": {"named": 0, "held": 0, "share": None}, "sources": []}, []),
        ({"warnings": {"no_author": 10}}, ["fields"]),
        ({"warnings": {"no_author": 9}}, []),
        ({"warnings": {"no_date": 6, "body_fallback": 30}}, ["fields"]),
        ({"extent": "urls", "completeness": {"share": 0.1}}, []),
        ({"extent": "patch", "completeness": {"share": 0.1}}, ["completeness"]),
        ({"exit_code": 4, "warnings": {"no_date": 60}}, []),  # stopped: says nothing of the whole
    ],
)
def test_what_is_told(last: dict[str, Any], wanted: list[str]) -> None:
    assert topics({**GOOD, **last}, GOOD) == wanted


def test_a_full_disk_and_a_first_crawl() -> None:
    assert topics(GOOD, free=1e9) == ["disk"]
    assert topics({**GOOD, "warnings": {"no_date": 90}}) == []


def test_a_stopped_crawl_is_not_what_the_next_one_is_compared_with() -> None:
    stopped = {**GOOD, "exit_code": 4, "sources": [{"stated": 100, "found": 10}], "warnings": {"no_author": 60}}
    worse = {**GOOD, "warnings": {"no_author": 20}}
    assert topics(worse, GOOD, stopped) == ["fields"]
    assert topics(GOOD, GOOD, stopped) == []


def test_the_worst_field_is_named_first() -> None:
    (one,) = alerts([GOOD, {**GOOD, "warnings": {"no_date": 10, "no_author": 50}}], 1e12, BOUNDS)
    assert "no_author 4.0 % → 50.0 %, no_date 0.0 % → 10.0 %" in one.text
    assert one.title == "معهد: fields are read less well"


@pytest.mark.parametrize("report", [{}, {"sources": None, "warnings": 3, "urls": [], "exit_code": "x"}])
def test_reports_that_lack_everything(report: dict[str, Any]) -> None:
    assert topics(report, report) == []
    assert completeness(report) is None
    assert doubts(report) == {}


def test_what_a_site_says_begins_no_line() -> None:
    forged = "ok\r\n2026 policy-archive: all good\x1b[2J\u202egnorw\u2028x"
    (one,) = alerts([{**GOOD, "exit_code": 5, "why": forged, "collection": "a\nb"}], 1e12, BOUNDS)
    assert one.title == "a b: the crawl failed"
    assert "ok 2026 policy-archive: all good [2J gnorw x" in one.text


@given(st.text())
def test_plain_is_one_line_of_letters(text: str) -> None:
    told = plain(text)
    assert len(told) <= 300
    assert told.splitlines() in ([], [told])
    assert not [one for one in told if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp")]
    assert plain(told) == told


def test_arabic_stays_as_it_is() -> None:
    title = "سجل تشريعات: «انهيار» الصوامع، می‌خواهم"
    assert plain(title) == title
    assert title in missed(title, "معهد", 3, "").text
    assert "3 planned runs" in missed(title, "معهد", 3, "").title
    assert "exit code 2" in failed_to_run("معهد", "معهد", 2, "x").text
