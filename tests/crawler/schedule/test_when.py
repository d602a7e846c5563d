"""Words become times; each planned time comes once, whatever the clocks of a country do."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.schedule.cron import Cron
from crawler.schedule.when import Times, Window, duration, instant

ZONES = ("UTC", "Africa/Cairo", "Asia/Beirut", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Asia/Gaza")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "zone", "now", "wanted"),
    [
        ("every day at 03:00", "UTC", "2026-11-23T01:00", ["2026-11-23T03:00", "2026-11-24T03:00"]),
        ("Every Day at 3:00", "Africa/Cairo", "2026-11-23T00:59", ["2026-11-23T01:00", "2026-11-24T01:00"]),
        ("every monday at 04:30", "UTC", "2026-11-23T04:30", ["2026-11-30T04:30", "2026-12-07T04:30"]),
        ("every friday and sunday at 12:00", "UTC", "2026-11-23T00:00", ["2026-11-27T12:00", "2026-11-29T12:00"]),
        ("every month on 1 at 02:00", "UTC", "2026-12-01T02:00", ["2027-01-01T02:00", "2027-02-01T02:00"]),
        ("every 6 hours", "Africa/Cairo", "2026-11-23T01:00", ["2026-11-23T06:00", "2026-11-23T12:00"]),
        ("every 15 minutes", "UTC", "2026-11-23T23:44", ["2026-11-23T23:45", "2026-11-24T00:00"]),
        ("every hour", "Asia/Kathmandu", "2026-11-23T23:44", ["2026-11-24T00:00", "2026-11-24T01:00"]),
        ("cron: 0 3 * * *", "Asia/Beirut", "2026-11-23T00:00", ["2026-11-23T01:00", "2026-11-24T01:00"]),
        ("cron: 0 9-17/4 * * mon-fri", "UTC", "2026-11-27T13:00", ["2026-11-27T17:00", "2026-11-30T09:00"]),
        ("cron: 0 0 13 * fri", "UTC", "2026-11-10T00:00", ["2026-11-13T00:00", "2026-11-20T00:00"]),  # either
        ("cron: 5 4 * * 7", "UTC", "2026-11-23T00:00", ["2026-11-29T04:05", "2026-12-06T04:05"]),
        ("cron: 0 0 29 feb *", "UTC", "2026-11-23T00:00", ["2028-02-29T00:00", "2032-02-29T00:00"]),
    ],
)
def test_words_become_times(when: str, zone: str, now: str, wanted: list[str]) -> None:
    times = Times.parse(when, zone)
    first = times.after(utc(now))
    assert [first, times.after(first)] == [utc(one) for one in wanted]


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("every dai at 03:00", "day"),
        ("every mondey at 03:00", "monday"),
        ("every day at 25:00", "23:59"),
        ("every day at ٠٣:٠٠", "03:00"),
        ("every month on 31 at 02:00", "1 to 28"),
        ("every 5 hours", "every 4 hours"),
        ("every 0 hours", "every 1 hours"),
        ("كل يوم", "every day at"),
        ("", "every day at"),
        ("cron: 0 3 * *", "five"),
        ("cron: 60 3 * * *", "0 to 59"),
        ("cron: 0 3 * * mondy", "mon"),
        ("cron: 0 3 30 feb *", "no year"),
        ("cron: 0 5-3 * * *", "smaller"),
        ("cron: */0 * * * *", "from 1"),
    ],
)
def test_nonsense_is_told_with_what_would_be_right(when: str, told: str) -> None:
    with pytest.raises(ValueError, match="(?s)" + told):
        Times.parse(when)


def test_a_time_that_occurs_twice_comes_once() -> None:
    """In New York 01:30 of 1 November 2026 is at 05:30 and at 06:30 UTC."""
    times = Times.parse("every day at 01:30", "America/New_York")
    found = list(times.between(utc("2026-11-01T00:00"), utc("2026-11-02T12:00")))
    assert found == [utc("2026-11-01T05:30"), utc("2026-11-02T06:30")]


def test_a_time_that_never_occurs_comes_when_clocks_go_forward() -> None:
    """In Cairo there is no 00:30 on 24 April 2026: midnight is followed by 01:00, at 22:00 UTC."""
    times = Times.parse("every day at 00:30", "Africa/Cairo")
    found = list(times.between(utc("2026-04-22T12:00"), utc("2026-04-25T12:00")))
    assert found == [utc("2026-04-22T22:30"), utc("2026-04-23T22:00"), utc("2026-04-24T21:30")]


def test_a_day_that_a_country_left_out() -> None:
    """Samoa had no 30 December 2011."""
    found = instant(datetime(2011, 12, 30, 3, 0), ZoneInfo("Pacific/Apia"))
    assert found == utc("2011-12-30T10:00")


MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))


@given(MOMENTS, st.integers(0, 23), st.integers(0, 59), st.sampled_from(ZONES))
def test_a_daily_run_comes_once_each_local_day(now: datetime, hour: int, minute: int, zone: str) -> None:
    times = Times.parse(f"every day at {hour:02}:{minute:02}", zone)
    found = list(times.between(now, now + timedelta(days=370)))
    days = [one.astimezone(ZoneInfo(zone)).date() for one in found]
    assert len(set(days)) == len(days)
    assert all(later - earlier == timedelta(1) for earlier, later in itertools.pairwise(days))
    assert all(later > earlier for earlier, later in itertools.pairwise(found))


CRONS = st.builds(
    lambda minute, hour, day, weekday: f"cron: {minute} {hour} {day} * {weekday}",
    st.sampled_from(["0", "*/30", "5,35", "59"]),
    st.sampled_from(["*", "0", "2", "1-3", "*/6"]),
    st.sampled_from(["*", "1", "15,28"]),
    st.sampled_from(["*", "sun", "1-5"]),
)


@given(CRONS, MOMENTS, st.sampled_from(ZONES), st.data())
def test_the_same_times_wherever_one_begins_to_look(when: str, now: datetime, zone: str, data: st.DataObject) -> None:
    """So a restart, at whatever moment, plans what would have been planned without it."""
    times = Times.parse(when, zone)
    whole = list(times.between(now, now + timedelta(days=40)))
    seconds = data.draw(st.integers(0, 40 * 86_400))
    middle = now + timedelta(seconds=seconds)
    parted = [*times.between(now, middle), *times.between(middle, now + timedelta(days=40))]
    assert parted == whole == sorted(set(whole))


@given(MOMENTS, st.sampled_from(ZONES), st.integers(0, 1439), st.integers(0, 1439))
def test_a_window_that_is_found_holds_the_moment_or_is_yet_to_come(
    now: datetime, zone: str, begin: int, end: int
) -> None:
    if begin == end:
        return
    window = Window.parse(f"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}", zone)
    begins, ends = window.next(now)
    assert begins < ends
    assert now < ends
    assert begins - now < timedelta(hours=49)
    assert ends - begins <= timedelta(hours=25)


def test_windows_over_midnight() -> None:
    window = Window.parse("22:00-06:00", "Africa/Cairo")
    assert window.next(utc("2026-11-23T01:00")) == (utc("2026-11-22T20:00"), utc("2026-11-23T04:00"))
    assert window.next(utc("2026-11-23T04:00")) == (utc("2026-11-23T20:00"), utc("2026-11-24T04:00"))


@pytest.mark.parametrize("text", ["", "22:00", "22:00-22:00", "22-6", "25:00-06:00", "من ٢٢ إلى ٦"])
def test_what_is_no_window(text: str) -> None:
    with pytest.raises(ValueError, match=r"22:00|00:00|at any hour"):
        Window.parse(text)


def test_lengths() -> None:
    assert duration("10 minutes") == timedelta(minutes=10)
    assert duration("1 Hour") == timedelta(hours=1)
    with pytest.raises(ValueError, match="10 minutes"):
        duration("ten minutes")


def test_cron_remembers_its_words() -> None:
    assert Cron.parse("0  3 * *  *").text == "0 3 * * *"
