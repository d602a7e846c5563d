"""What a person reads of the schedule: what is next, what was last, and what a week would bring."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from crawler.schedule.metrics import outcome_of
from crawler.schedule.plan import Entry, Plan
from crawler.schedule.runs import Run, Runs

_SHOWN = 28  # runs of a week that are listed for each entry
_FORMAT = "%a %Y-%m-%d %H:%M"


def both(moment: datetime, entry: Entry) -> str:
    """UTC, and local time where that is another."""
    local = moment.astimezone(entry.zone)
    zone = f" ({local.strftime(_FORMAT)} {entry.zone.key})" if entry.zone.key != "UTC" else ""
    return f"{moment.strftime(_FORMAT)} UTC{zone}"


def stand(plan: Plan, runs: Runs | None, now: datetime) -> list[dict[str, Any]]:
    """Each entry with its next runs and its last one, for programs."""
    found = []
    for entry in plan.entry:
        first = entry.times.after(now)
        last = runs.of(entry.name, 1) if runs else []
        found.append({
            "entry": entry.name, "institute": entry.institute, "collection": entry.collection, "when": entry.when,
            "timezone": entry.zone.key, "mode": str(entry.mode),
            "next": [_times(one, entry) for one in (first, entry.times.after(first))],
            "last": _last(last[0]) if last else None,
        })  # fmt: skip
    return found


def lines(plan: Plan, runs: Runs | None, now: datetime) -> Iterator[str]:
    for entry in plan.entry:
        yield f"{entry.name}: {entry.when}, {entry.mode}, into collection {entry.collection}"
        first = entry.times.after(now)
        yield f"  next   {both(first, entry)}"
        yield f"  then   {both(entry.times.after(first), entry)}"
        last = runs.of(entry.name, 1) if runs else []
        yield f"  last   {_told(last[0], entry)}" if last else "  last   never run"


def week(plan: Plan, now: datetime) -> Iterator[str]:
    """What would happen in the next seven days: when crawls begin, where windows put them off, which would meet."""
    begun: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for entry in plan.entry:
        planned = list(entry.times.between(now, now + timedelta(days=7)))
        yield f"{entry.name}: {len(planned)} run{'' if len(planned) == 1 else 's'} in the next 7 days"
        for one in planned[:_SHOWN]:
            begins, closes = entry.open(entry.begins(one))
            begun[str(entry.collection)].append((begins, entry.name))
            put_off = f", begins {both(begins, entry)} when its window opens" if begins > entry.begins(one) else ""
            stopped = f", is stopped by {both(closes, entry)}" if closes else ""
            yield f"  {both(one, entry)}{put_off}{stopped}"
        if len(planned) > _SHOWN:
            yield f"  … and {len(planned) - _SHOWN} more"
    for collection, times in begun.items():
        for (one, first), (other, second) in zip(sorted(times), sorted(times)[1:], strict=False):
            if one == other:
                yield f"note: {first} and {second} both begin a crawl of {collection} at {one.strftime(_FORMAT)} UTC"
                break


def _times(moment: datetime, entry: Entry) -> dict[str, str]:
    return {"utc": moment.isoformat(), "local": moment.astimezone(entry.zone).isoformat()}


def _last(run: Run) -> dict[str, Any]:
    return {
        "planned": run.planned.isoformat(), "state": str(run.state), "outcome": outcome_of(run.state, run.exit_code),
        "began": run.began.isoformat() if run.began else None, "ended": run.ended.isoformat() if run.ended else None,
        "exit_code": run.exit_code, "why": run.why, "stands_for": run.stands_for,
    }  # fmt: skip


def _told(run: Run, entry: Entry) -> str:
    took = ""
    if run.began and run.ended:
        minutes, seconds = divmod(int((run.ended - run.began).total_seconds()), 60)
        took = f" in {minutes} min {seconds} s" if minutes else f" in {seconds} s"
    why = f": {run.why}" if run.why else ""
    return f"{both(run.planned, entry)} {outcome_of(run.state, run.exit_code)}{took}{why}"
