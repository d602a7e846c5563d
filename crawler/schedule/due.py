"""Which of an entry's planned times are to be run: pure, so that restarts and clocks that are set can be tried."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.schedule.plan import CatchUp, Entry, Overlap
from crawler.schedule.runs import Run, State

PUNCTUAL = timedelta(minutes=5)  # a planned time that is noticed later was missed: nothing ran the schedule then
SET_BACK = timedelta(minutes=1)  # a clock that is behind what was seen by more has been set back
_MOST = 400  # runs that are made up for at the most, where each is: the newest ones


@dataclass(frozen=True, slots=True)
class Due:
    """The runs to claim, oldest first, how many planned times were missed, and up to when all is accounted for."""

    runs: list[Run]
    missed: int
    seen: datetime


def due(entry: Entry, seen: datetime, now: datetime, waiting: bool = False) -> Due:
    """What was planned later than `seen` and up to `now`. `waiting`: a run of the entry waits to begin already.

    Where the clock has been set back, looking goes on from now: what was claimed is not claimed again (runs.py).
    """
    if seen > now:
        return Due([], 0, now if seen - now > SET_BACK else seen)
    late: deque[datetime] = deque(maxlen=_MOST)
    missed, punctual = 0, []
    for planned in entry.times.between(seen, now):
        if now - planned > PUNCTUAL:
            late.append(planned)
            missed += 1
        else:
            punctual.append(planned)
    runs = _made_up(entry, list(late), missed, now)
    for planned in punctual:
        queued = entry.overlap is Overlap.QUEUE
        if queued and waiting:
            why = "a run of this entry waits already"
            runs.append(Run(entry.name, planned, State.SKIPPED, planned, why=why))
        else:
            runs.append(Run(entry.name, planned, State.WAITING, entry.begins(planned), patient=queued))
            waiting = True
    return Due(runs, missed, now)


def _made_up(entry: Entry, late: list[datetime], missed: int, now: datetime) -> list[Run]:
    if not late:
        return []
    told = f"{missed} planned time{'' if missed == 1 else 's'} passed while nothing ran the schedule"
    if entry.catch_up is CatchUp.NONE:
        return [Run(entry.name, late[-1], State.MISSED, late[-1], stands_for=missed, why=told)]
    if entry.catch_up is CatchUp.ONCE:
        return [Run(entry.name, late[-1], State.WAITING, now, patient=True, stands_for=missed, why=told)]
    return [Run(entry.name, planned, State.WAITING, now, patient=True, why=told) for planned in late]
