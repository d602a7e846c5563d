"""The table of runs: claimed once, whoever asks, and gone on with after a kill."""

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.errors import CrawlError
from crawler.schedule.runs import Run, Runs, State
from tests.crawler.schedule.plans import utc

AT = utc("2026-11-23T03:00")
RUN = Run("معهد", AT, State.WAITING, AT)


def test_a_run_is_claimed_once_by_two_schedulers(tmp_path: Path) -> None:
    one, other = Runs(tmp_path / "runs.sqlite"), Runs(tmp_path / "runs.sqlite")
    assert one.claim("معهد", [RUN], AT) == [RUN]
    assert other.claim("معهد", [RUN], AT) == []
    assert other.unfinished() == [RUN]
    assert one.begin(RUN, AT)
    assert not other.begin(RUN, AT)
    one.close()
    other.close()


def test_what_was_begun_and_not_ended_is_unfinished(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "runs.sqlite")
    runs.claim("معهد", [RUN], AT)
    runs.begin(RUN, AT)
    runs.close()
    runs = Runs(tmp_path / "runs.sqlite")
    (left,) = runs.unfinished()
    assert left == replace(RUN, state=State.RUNNING, attempts=1, began=AT)
    later = AT + timedelta(hours=1)
    runs.put_off(left, later)
    assert runs.unfinished()[0].begins == later
    runs.end(left, State.ENDED, later, 5, "الموقع لا يجيب")
    assert runs.unfinished() == []
    assert not runs.begin(left, later)
    (ended,) = runs.of("معهد")
    assert (ended.exit_code, ended.why, ended.ended) == (5, "الموقع لا يجيب", later)
    assert runs.counts() == {("معهد", "ended", 5): 1}
    runs.close()


def test_an_entry_that_is_planned_anew_has_missed_nothing(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "runs.sqlite")
    assert runs.last_seen("x", "daily") is None
    assert runs.seen("x", "daily", AT) == AT
    assert runs.seen("x", "daily", AT + timedelta(days=9)) == AT
    assert runs.seen("x", "weekly", AT + timedelta(days=9)) == AT + timedelta(days=9)
    runs.close()


def test_a_claim_that_is_broken_off_leaves_nothing(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "runs.sqlite")
    runs.seen("معهد", "daily", AT)
    broken = replace(RUN, planned=AT + timedelta(days=1), why=object())  # type: ignore[arg-type]
    with pytest.raises(sqlite3.Error):
        runs.claim("معهد", [RUN, broken], AT + timedelta(days=2))
    assert runs.unfinished() == []
    assert runs.last_seen("معهد", "daily") == AT
    runs.close()


def test_a_table_that_is_damaged_or_of_another_version(tmp_path: Path) -> None:
    (tmp_path / "damaged.sqlite").write_bytes(b"nothing" * 500)
    with pytest.raises(CrawlError, match="delete it"):
        Runs(tmp_path / "damaged.sqlite")
    with sqlite3.connect(tmp_path / "later.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(CrawlError, match="version 99"):
        Runs(tmp_path / "later.sqlite")
