"""The schedule as metrics: what was run, what waits, and when each entry is next."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from crawler.exits import COMPLETE, INTERRUPTED, LIMITED
from crawler.schedule.plan import Plan
from crawler.schedule.runs import Run, Runs, State

_WORDS = {COMPLETE: "complete", LIMITED: "limit", INTERRUPTED: "interrupted"}


class Schedule(Collector):
    """Read anew from the table of runs each time, in the thread of whoever asks."""

    def __init__(self, plan: Plan, table: Path) -> None:
        self._plan, self._table = plan, table

    def collect(self) -> Iterator[Metric]:
        runs = Runs(self._table)
        try:
            yield from self._families(runs)
        finally:
            runs.close()

    def _families(self, runs: Runs) -> Iterator[Metric]:
        total = CounterMetricFamily(
            "policy_archive_schedule_runs", "Planned runs by what became of them.", labels=("entry", "outcome")
        )
        now_ = GaugeMetricFamily(
            "policy_archive_schedule_unfinished_runs", "Runs that wait or run.", labels=("entry", "state")
        )
        next_ = GaugeMetricFamily(
            "policy_archive_schedule_next_run_timestamp_seconds", "When an entry is next planned.", labels=("entry",)
        )
        last = GaugeMetricFamily(
            "policy_archive_schedule_last_success_timestamp_seconds", "When a run last ended well.", labels=("entry",)
        )
        known = {entry.name for entry in self._plan.entry}
        outcomes: Counter[tuple[str, str]] = Counter()
        for (name, state, code), count in runs.counts().items():
            if name in known and state not in (State.WAITING, State.RUNNING):
                outcomes[name, outcome_of(State(state), code)] += count
        for labels, count in sorted(outcomes.items()):
            total.add_metric(labels, count)
        unfinished = Counter((run.entry, str(run.state)) for run in runs.unfinished())
        for entry in self._plan.entry:
            for state in (State.WAITING, State.RUNNING):
                now_.add_metric((entry.name, str(state)), unfinished[entry.name, str(state)])
            next_.add_metric((entry.name,), entry.times.after(datetime.now(UTC)).timestamp())
            good = _last_success(runs.of(entry.name, 50))
            if good is not None:
                last.add_metric((entry.name,), good.timestamp())
        yield from (total, now_, next_, last)


def outcome_of(state: State, code: int | None) -> str:
    """One word for what became of a run."""
    return _WORDS.get(code if code is not None else COMPLETE, "failed") if state is State.ENDED else str(state)


def _last_success(runs: list[Run]) -> datetime | None:
    return next((run.ended for run in runs if run.state is State.ENDED and run.exit_code == COMPLETE), None)
