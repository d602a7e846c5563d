"""schedule.toml: a mistake is one line that names file, entry, key, value and the nearest valid one."""

from datetime import timedelta
from pathlib import Path

import pytest

from crawler.errors import CrawlError
from crawler.schedule.plan import EXAMPLE, Entry, load
from tests.crawler.command import profile
from tests.crawler.schedule.plans import entry, utc, written


def test_the_example_of_the_error_is_a_good_schedule(tmp_path: Path) -> None:
    with pytest.raises(CrawlError, match="schedule example"):
        load(tmp_path)
    found = written(tmp_path, EXAMPLE)
    assert [(one.name, one.collection, one.timezone) for one in found.entry] == [("timep", "timep", "Africa/Cairo")]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (entry(jiter="5 minutes"), ["entry 1 (timep)", "jiter", "did you mean 'jitter'?"]),
        (entry(when="every dai at 03:00"), ["entry 1", "when", "'dai'", "did you mean 'day'?"]),
        (entry(mode="incrementel"), ["mode", "'incrementel'", "did you mean 'incremental'?"]),
        (entry(overlap="wait"), ["overlap", "'wait'", "skip, queue"]),
        (entry(catch_up="always"), ["catch_up", "'always'", "once, all, none"]),
        (entry(max_pages=-1), ["max_pages", "greater than or equal to 0", "-1"]),
        (entry(max_minutes="10"), ["max_minutes", "'10'"]),
        (entry(allow_private="yes"), ["allow_private", "true or false", "'yes'"]),
        (entry(window="22-6"), ["window", "'22'", "23:59"]),
        (entry(timezone="Africa/Kairo"), ["timezone", "'Africa/Kairo'", "IANA"]),
        (entry(institute="timp"), ["entry 1 (timp)", "institute", "did you mean 'timep'?"]),
        (entry(institute="معهد"), ["entry 1 (معهد)", "institute"]),
        (entry(collection="../x"), ["collection", "../x"]),
        (entry() + entry(), ["entries 1 and 2", "'timep'", "name ="]),
        ("at_once = 0\n" + entry(), ["at_once", "0"]),
        ("at_onse = 3\n" + entry(), ["at_onse", "did you mean 'at_once'?"]),
        ("entry = 3\n", ["entry", "a list", "3"]),
        ("", ["entry", "missing"]),
        ("[[entry]\n", ["not TOML"]),
    ],
)
def test_a_mistake_is_told_in_one_line(tmp_path: Path, text: str, wanted: list[str]) -> None:
    with pytest.raises(CrawlError) as told:
        written(tmp_path, text)
    message = str(told.value)
    assert "\n" not in message
    assert "schedule.toml" in message
    assert [word for word in wanted if word not in message] == [], message


def test_an_institute_of_the_home_folder_is_known_by_name(tmp_path: Path) -> None:
    (tmp_path / "institutes").mkdir()
    profile(tmp_path / "institutes", "https://example.org/").rename(tmp_path / "institutes" / "mine.toml")
    (one,) = written(tmp_path, entry(institute="mine")).entry
    assert (one.name, one.institute) == ("mine", "mine")


def test_what_an_entry_leaves_out(tmp_path: Path) -> None:
    profile(tmp_path, "https://example.org/")
    text = (
        'timezone = "Asia/Beirut"\n'
        + entry(institute="./institute.toml")
        + entry(name="أسبوعي", collection="syria", timezone="UTC", mode="full")
    )
    first, second = written(tmp_path, text).entry
    assert (first.name, first.collection, first.timezone) == ("institute", "institute", "Asia/Beirut")
    assert first.institute == str(tmp_path / "institute.toml")
    assert (second.name, second.collection, second.timezone) == ("أسبوعي", "syria", "UTC")


def test_the_command_of_an_entry(tmp_path: Path) -> None:
    text = entry(
        window="22:00-06:00", max_pages=50, max_minutes=600, max_megabytes=2.5, allow_private=True, mode="full"
    )
    (one,) = written(tmp_path, text).entry
    words = one.command(tmp_path, timedelta(hours=2))
    assert words == [
        "--home", str(tmp_path), "crawl", "timep", "--collection", "timep", "--max-pages", "50", "--max-minutes", "120",
        "--max-megabytes", "2.5", "--allow-private", "--full",
    ]  # fmt: skip
    assert "600" in one.command(tmp_path)
    assert "--full" not in Entry(institute="timep", name="timep", when="every hour").command(tmp_path)


def test_jitter_is_the_same_after_a_restart_and_no_longer_than_it_may_be(tmp_path: Path) -> None:
    (one,) = written(tmp_path, entry(jitter="10 minutes")).entry
    planned = list(one.times.between(utc("2026-01-01"), utc("2026-06-01")))
    waits = [one.begins(moment) - moment for moment in planned]
    (again,) = load(tmp_path).entry
    assert waits == [again.begins(moment) - moment for moment in planned]
    assert timedelta(0) <= min(waits) < max(waits) <= timedelta(minutes=10)
    assert len(set(waits)) > len(waits) / 2


def test_a_window_puts_off_and_ends(tmp_path: Path) -> None:
    (one,) = written(tmp_path, entry(window="22:00-06:00", timezone="Africa/Cairo")).entry
    assert one.open(utc("2026-11-23T12:00")) == (utc("2026-11-23T20:00"), utc("2026-11-24T04:00"))
    assert one.open(utc("2026-11-23T02:00")) == (utc("2026-11-23T02:00"), utc("2026-11-23T04:00"))
