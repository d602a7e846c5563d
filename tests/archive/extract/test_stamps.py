"""Stamps of machines: the day as written, the offset kept, the site's own day."""

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extract import stamps


@pytest.mark.parametrize(
    ("text", "day", "at"),
    [
        ("2024-12-05T14:00:00+02:00", date(2024, 12, 5), "2024-12-05T14:00:00+02:00"),
        ("2024-12-05T14:00:00.000Z", date(2024, 12, 5), "2024-12-05T14:00:00+00:00"),
        ("2024-12-05 14:00:00 +0200", date(2024, 12, 5), "2024-12-05T14:00:00+02:00"),
        ("2024-12-05T14:00", date(2024, 12, 5), "2024-12-05T14:00:00"),
        ("20241205T140000Z", date(2024, 12, 5), "2024-12-05T14:00:00+00:00"),
        ("2024/12/05", date(2024, 12, 5), None),
        ("20241205", date(2024, 12, 5), None),
        ("Thu, 05 Dec 2024 23:30:00 GMT", date(2024, 12, 5), "2024-12-05T23:30:00+00:00"),
        ("Thu Dec 05 2024 14:00:00 GMT+0200 (EET)", date(2024, 12, 5), "2024-12-05T14:00:00+02:00"),
        ("1733400000", date(2024, 12, 5), "2024-12-05T12:00:00+00:00"),
        ("1733400000000", date(2024, 12, 5), "2024-12-05T12:00:00+00:00"),
    ],
)
def test_a_stamp_is_read(text: str, day: date, at: str | None) -> None:
    found = stamps.read(text)
    assert found is not None
    assert (found.day, found.text()) == (day, at)


@pytest.mark.parametrize(
    "text", ["", None, "December 5, 2024", "2024-13-45T10:00:00Z", "2024-12", "1446-03-14", "٥ ديسمبر ٢٠٢٤", "123456"]
)
def test_what_is_no_stamp(text: str | None) -> None:
    assert stamps.read(text) is None


def test_the_sites_own_day() -> None:
    utc = stamps.read("2024-12-05T23:30:00Z")
    assert utc is not None
    assert utc.local(stamps.zone("Africa/Cairo")) == date(2024, 12, 6)
    assert utc.local(None) == date(2024, 12, 5)
    other = stamps.read("2024-12-05T23:30:00-0500")  # an offset of its own is the site's
    assert other is not None
    assert other.local(stamps.zone("Africa/Cairo")) == date(2024, 12, 5)


@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2099, 12, 31)),
    st.integers(min_value=-12 * 4, max_value=14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters))),
)
def test_any_stamp_keeps_its_offset(moment: datetime, zone: timezone) -> None:
    text = moment.replace(microsecond=0, tzinfo=zone).isoformat()
    found = stamps.read(text)
    assert found is not None
    assert found.text() == text
    assert found.day == moment.date()
    here = ZoneInfo("Asia/Beirut")
    wanted = moment.replace(tzinfo=zone).astimezone(here).date() if not zone.utcoffset(None) else moment.date()
    assert found.local(here) == wanted
