"""The quality gate: no figure of extraction falls below what was once reached (extraction.json)."""

import pytest

from tests.benchmarks import extraction


def test_the_demo_institutes_fields_stay_right() -> None:
    assert extraction.fallen(extraction.demo(), extraction.floors()) == []


@pytest.mark.slow
@pytest.mark.skipif(
    not extraction.PAGES.is_dir(), reason="real pages with truth are kept beside the checkout, not in it"
)
def test_real_pages_stay_as_well_read() -> None:
    predictions = [extraction.prediction(*page) for page in extraction.pages(extraction.PAGES)]
    assert extraction.fallen(extraction.score(extraction.PAGES, predictions), extraction.floors()) == []


def test_a_drop_is_told_by_subject_and_figure() -> None:
    low = {"pages": {"f1": 0.9, "leaked": 0.05}}
    assert extraction.fallen({"pages": {"f1": 0.9, "leaked": 0.05, "pages": 3}}, low) == []
    assert extraction.fallen({"pages": {"f1": 0.8999, "leaked": 0.0501}}, low) == [
        "pages: f1 is 0.8999, its floor is 0.9000",
        "pages: leaked is 0.0501, its floor is 0.0500",
    ]
    assert extraction.fallen({"pages": {"title": 1.0}}, low) == [
        "pages: title is 1.0000 and has no floor; --pin sets it"
    ]


def test_floors_rise_by_themselves_and_sink_only_when_asked() -> None:
    low = {"pages": {"f1": 0.9, "leaked": 0.05}, "unmeasured": {"f1": 0.5}}
    better = {"pages": {"f1": 0.95239, "leaked": 0.03001, "pages": 3}}
    assert extraction.pinned(better, low, lower=False) == {
        "pages": {"f1": 0.9523, "leaked": 0.0301},
        "unmeasured": {"f1": 0.5},
    }
    worse = {"pages": {"f1": 0.8, "leaked": 0.06}}
    assert extraction.pinned(worse, low, lower=False) == low
    assert extraction.pinned(worse, low, lower=True)["pages"] == {"f1": 0.8, "leaked": 0.06}
