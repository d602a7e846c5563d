"""Which planned times are run: none is missed and none comes twice, however the looks at the clock fall."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.schedule.due import PUNCTUAL, due
from crawler.schedule.plan import CatchUp, Entry, Overlap
from crawler.schedule.runs import Run, Runs, State
from tests.crawler.schedule.plans import utc

START = utc("2026-11-23T00:30")
DAY = timedelta(days=1)
IN_MEMORY = Path(":memory:")  # SQLite's name for a table that is on no disk


def daily(**keys: object) -> Entry:
    return Entry.model_validate({"institute": "timep", "name": "معهد", "when": "every day at 03:00", **keys})


def planned(runs: list[Run], state: State = State.WAITING) -> list[str]:
    return [run.planned.strftime("%d") for run in runs if run.state is state]


def test_a_time_that_has_come_is_due_once() -> None:
    found = due(daily(), START, utc("2026-11-23T03:00"))
    assert planned(found.runs) == ["23"]
    assert found.missed == 0
    assert due(daily(), found.seen, utc("2026-11-23T03:01")).runs == []


@pytest.mark.parametrize(
    ("catch_up", "run", "missed"),
    [(CatchUp.ONCE, ["26"], []), (CatchUp.ALL, ["23", "24", "25", "26"], []), (CatchUp.NONE, [], ["26"])],
)
def test_after_downtime(catch_up: CatchUp, run: list[str], missed: list[str]) -> None:
    found = due(daily(catch_up=catch_up), START, utc("2026-11-26T12:00"))
    assert planned(found.runs) == run
    assert planned(found.runs, State.MISSED) == missed
    assert found.missed == 4
    assert all(one.patient for one in found.runs if one.state is State.WAITING)


def test_a_clock_that_is_set_back_is_looked_at_anew_from_where_it_is() -> None:
    assert due(daily(), START + DAY, START).seen == START
    assert due(daily(), START + timedelta(seconds=2), START).seen == START + timedelta(seconds=2)


def test_one_run_waits_where_runs_queue() -> None:
    entry = daily(when="every 5 minutes", overlap=Overlap.QUEUE)
    found = due(entry, START, START + timedelta(minutes=5), waiting=True)
    assert [run.state for run in found.runs] == [State.SKIPPED]
    assert "waits already" in str(found.runs[0].why)


STEPS = st.lists(
    st.one_of(
        st.integers(1, 200).map(lambda seconds: timedelta(seconds=seconds)),  # a look
        st.sampled_from([-DAY, timedelta(hours=-1), timedelta(seconds=-30), DAY, timedelta(days=365)]),  # the clock set
    ),
    max_size=40,
)


def looked(runs: Runs, entry: Entry, now: datetime) -> list[Run]:
    """A look at the clock, as the scheduler does it: what was claimed."""
    seen = runs.seen(entry.name, entry.mark, now)
    found = due(entry, seen, now)
    return runs.claim(entry.name, found.runs, found.seen)


@given(STEPS, st.sampled_from(list(CatchUp)))
@pytest.mark.faults
def test_no_planned_time_is_run_twice_whatever_the_clock_does(steps: list[timedelta], catch_up: CatchUp) -> None:
    runs = Runs(IN_MEMORY)
    entry, now, began = daily(when="every 12 hours", catch_up=catch_up), START, []
    looked(runs, entry, now)
    for step in steps:
        now += step
        began += [run.planned for run in looked(runs, entry, now) if run.state is State.WAITING]
    runs.close()
    assert len(set(began)) == len(began)


@given(st.lists(st.integers(1, int(PUNCTUAL.total_seconds())), max_size=60))
def test_no_planned_time_is_missed_while_somebody_looks(seconds: list[int]) -> None:
    runs, entry, now, began = Runs(IN_MEMORY), daily(when="every 15 minutes"), START, []
    looked(runs, entry, now)
    for step in seconds:
        now += timedelta(seconds=step)
        began += [run.planned for run in looked(runs, entry, now)]
    runs.close()
    assert began == list(entry.times.between(START, now))


@pytest.mark.faults
@pytest.mark.parametrize("jump", [-DAY, 365 * DAY, timedelta(hours=1)], ids=["a day back", "a year on", "an hour on"])
def test_a_jump_of_the_clock_and_back_loses_no_day(jump: timedelta) -> None:
    """What was wrong for a while is right again: each day has its run, once."""
    runs, entry, began = Runs(IN_MEMORY), daily(), []
    now = START
    for _ in range(5 * 24 * 60):
        now += timedelta(minutes=1)
        if now == utc("2026-11-24T12:00"):
            began += looked(runs, entry, now + jump)
        began += looked(runs, entry, now)
    runs.close()
    days = [run.planned.strftime("%m-%d") for run in began if run.planned < utc("2026-12-01")]
    assert sorted(days) == ["11-23", "11-24", "11-25", "11-26", "11-27"]
