"""The scheduler: begins what is due, a process each, and notes what became of it. APScheduler wakes it; what is due is
reckoned anew each time from the table of runs, so that a restart or a clock that is set loses and doubles nothing.
"""

import json
import logging
import queue
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from archive.errors import CollectionBusy
from archive.store.lock import Lock
from crawler.errors import CrawlError
from crawler.exits import INTERRUPTED, WRONG_USE
from crawler.schedule.due import due
from crawler.schedule.plan import Entry, Plan
from crawler.schedule.runs import Run, Runs, State
from crawler.schedule.worker import Held, Process, Worker

logger = logging.getLogger(__name__)

STATE = Path("state") / "schedule"  # in the home folder
HEARTBEAT = 5.0  # seconds after which all is looked at again, whatever the clock says
_JUMP = 2.0  # seconds that the clock may gain or lose between two looks
_ATTEMPTS = 3  # at a run whose process was killed
_PATIENCE = timedelta(minutes=1)  # before a run whose process was killed is gone on with

Launch = Callable[[list[str], Path, Held, Callable[[int], None]], Worker]


class _Planned(BaseTrigger):
    """An entry's times, for APScheduler."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        return self._entry.times.after(max(previous_fire_time or now, now).astimezone(UTC))


class Runner:
    """Runs a plan in one home folder. Its methods are called in one thread; workers report through `events`."""

    def __init__(
        self,
        home: Path,
        plan: Plan,
        runs: Runs,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        launch: Launch = Process,
        missed: Callable[[Entry, int], None] = lambda entry, count: None,
        failed: Callable[[Entry, int, str], None] = lambda entry, code, why: None,
    ) -> None:
        self.home, self.plan, self.runs = home, plan, runs
        self._now, self._launch, self._missed, self._failed = now, launch, missed, failed
        self.events: queue.SimpleQueue[tuple[str, Run | None, int]] = queue.SimpleQueue()  # its put may be interrupted
        self._entries = {entry.name: entry for entry in plan.entry}
        self._running: dict[str, tuple[Run, Worker, Held]] = {}  # by collection
        self.draining = False

    # what drives it

    def serve(self) -> None:
        """Until `stop`: begins what is due, and waits for what runs."""
        make: Any = BackgroundScheduler
        scheduler = make(timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True})
        for entry in self.plan.entry:
            scheduler.add_job(self.wake, _Planned(entry), id=entry.name, name=entry.name)
        scheduler.start()
        try:
            skew = time.time() - time.monotonic()
            while not (self.draining and not self._running):
                self.step()
                self._take(HEARTBEAT)
                moved = time.time() - time.monotonic() - skew
                if abs(moved) > _JUMP:
                    logger.warning("the clock was set", extra={"seconds": round(moved, 1)})
                    skew += moved
                    for entry in self.plan.entry:  # its timers wait for the clock as it was
                        scheduler.reschedule_job(entry.name, trigger=_Planned(entry))
        finally:
            scheduler.shutdown(wait=False)

    def once(self, entry: Entry, by_hand: bool = False) -> list[Run]:
        """The entry's run that is due now, and those that were begun before; the runs as they ended.

        For a timer of the system. `by_hand`: now, whatever is planned.
        """
        now = self._now()
        planned = now if by_hand else self._newest(entry, now)
        seen = self.runs.seen(entry.name, entry.mark, now)
        run = Run(entry.name, planned, State.WAITING, now, patient=bool(entry.overlap == "queue"))
        self.runs.claim(entry.name, [run], max(seen, now))
        mine = [one for one in self.runs.unfinished() if one.entry == entry.name]
        while not (self.draining and not self._running):
            left = [one for one in self.runs.unfinished() if one.entry == entry.name]
            if not left:
                break
            self._begin(left)
            self._take(HEARTBEAT)
        return [found for one in mine if (found := self.runs.found(one))]

    def _newest(self, entry: Entry, now: datetime) -> datetime:
        """The last planned time that has passed."""
        found = None
        back = timedelta(hours=1)
        while found is None:
            found = max(entry.times.between(now - back, now), default=None)
            back *= 4
        return found

    def wake(self) -> None:
        """Look again now. May be called in any thread, and in a handler of signals."""
        self.events.put(("look", None, 0))

    def stop(self) -> None:
        """Drain what runs, and begin nothing more. May be called in a handler of signals."""
        self.events.put(("stop", None, 0))

    def _take(self, seconds: float) -> None:
        """Waits for the next event, and takes all that have come."""
        try:
            event = self.events.get(timeout=seconds)
            while True:
                self._handle(*event)
                event = self.events.get_nowait()
        except queue.Empty:
            return

    def _handle(self, what: str, run: Run | None, code: int) -> None:
        if what == "stop":  # a second one ends the crawls at once, as it does where one runs by itself
            self.draining = True
            logger.info("draining", extra={"running": len(self._running)})
            for _, worker, _ in self._running.values():
                worker.drain()
        elif what == "ended" and run is not None:
            self._ended(run, code)

    # what it does

    def step(self) -> None:
        """Accounts for all planned times up to now, and begins what may begin."""
        if self.draining:
            return
        now = self._now()
        unfinished = self.runs.unfinished()
        for entry in self.plan.entry:
            seen = self.runs.seen(entry.name, entry.mark, now)
            waiting = any(run.entry == entry.name and run.state is State.WAITING for run in unfinished)
            found = due(entry, seen, now, waiting)
            if found.runs or found.seen < seen:
                taken = self.runs.claim(entry.name, found.runs, found.seen)
                if found.missed and taken:
                    logger.warning("missed", extra={"entry": entry.name, "times": found.missed})
                    self._missed(entry, found.missed)
        self._begin(self.runs.unfinished())

    def _begin(self, unfinished: list[Run]) -> None:
        for run in unfinished:
            entry = self._entries.get(run.entry)
            if entry is None:
                self.runs.end(run, State.SKIPPED, self._now(), why="its entry is no longer in the schedule")
            elif not self.draining and not any(run == own for own, _, _ in self._running.values()):
                self._try(entry, run)

    def _try(self, entry: Entry, run: Run) -> None:
        """Begins the run, or goes on with it, if it may be."""
        now, collection = self._now(), str(entry.collection)
        if run.begins > now + timedelta(days=1):  # put off by a clock that has been set back since
            self.runs.put_off(run, now)
        opens, closes = entry.open(now)
        if run.begins > now or opens > now:
            return
        if collection in self._running or self._held_elsewhere(collection):
            self._overlaps(entry, run)
            return
        if len(self._running) >= self.plan.at_once:
            return
        held = Held.take(self.home / STATE / f"{entry.name}.lock")
        if held is None:  # a scheduler that was killed left it running, or another one runs it
            return
        try:
            self._launched(entry, run, held, now, closes)
        except BaseException:
            held.release()
            raise

    def _launched(self, entry: Entry, run: Run, held: Held, now: datetime, closes: datetime | None) -> None:
        report = newest_report(self.home, str(entry.collection), run.began) if run.began else None
        if report is not None and report.get("exit_code") != INTERRUPTED:  # it ended while nobody looked
            self._note(entry, run, int(report.get("exit_code", 1)), report.get("why"))
            held.release()
            return
        if not self.runs.begin(run, now):
            held.release()
            return
        begun = self.runs.found(run)
        if begun is None:
            raise CrawlError(f"the run of {run.entry} at {run.planned} is no longer in the table of runs")
        words = entry.command(self.home, closes - now if closes else None)
        worker = self._launch(
            words,
            self.home / STATE / f"{entry.name}.out",
            held,
            lambda code: self.events.put(("ended", begun, code)),
        )
        self._running[str(entry.collection)] = begun, worker, held
        logger.info("begun", extra=_told(entry, begun) | {"pid": worker.pid, "attempt": begun.attempts})

    def _overlaps(self, entry: Entry, run: Run) -> None:
        if run.patient or run.attempts:
            return
        why = f"collection {entry.collection} was still being crawled"
        self.runs.end(run, State.SKIPPED, self._now(), why=why)
        logger.warning("skipped", extra=_told(entry, run) | {"why": why})

    def _ended(self, run: Run, code: int) -> None:
        entry = self._entries[run.entry]
        _, worker, held = self._running.pop(str(entry.collection))
        held.release()
        now = self._now()
        if self.draining and (code == INTERRUPTED or code < 0):
            logger.info("drained", extra=_told(entry, run))
            return  # unfinished: the next scheduler goes on with it
        if code < 0 and run.attempts < _ATTEMPTS:
            logger.warning("killed", extra=_told(entry, run) | {"signal": -code})
            self.runs.put_off(run, now + _PATIENCE)
            return
        if code == WRONG_USE and self._held_elsewhere(str(entry.collection)):  # somebody was a moment faster
            if run.patient or run.attempts > 1:
                self.runs.put_off(run, now + _PATIENCE)
            else:
                self._overlaps(entry, run)
            return
        report = newest_report(self.home, str(entry.collection), run.began) if code >= 0 else None
        why = f"its process was killed by signal {-code}" if code < 0 else report.get("why") if report else worker.why()
        self._note(entry, run, code, why)
        if report is None and code:  # a crawl that reports tells of itself
            self._failed(entry, code, why or f"exit code {code}")

    def _note(self, entry: Entry, run: Run, code: int, why: Any) -> None:
        said = str(why) if why else None
        self.runs.end(run, State.ENDED, self._now(), code, said)
        level = logging.WARNING if code else logging.INFO
        logger.log(level, "ended", extra=_told(entry, run) | {"exit_code": code, "why": said})

    def _held_elsewhere(self, collection: str) -> bool:
        """Whether a crawl that somebody else began has the collection."""
        path = self.home / "collections" / collection / "state" / "lock"
        if not path.exists():
            return False
        lock = Lock(path)
        try:
            lock.take()
        except CollectionBusy:
            return True
        lock.release()
        return False


def newest_report(home: Path, collection: str, since: datetime | None = None) -> dict[str, Any] | None:
    """The report of a collection's last crawl; None where none has ended since."""
    for path in sorted((home / "collections" / collection / "crawls").glob("*/report.json"), reverse=True):
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        ended = str(report.get("ended", ""))
        return report if since is None or ended >= since.astimezone(UTC).strftime("%Y%m%d%H%M%S") else None
    return None


def _told(entry: Entry, run: Run) -> dict[str, Any]:
    return {"entry": entry.name, "collection": entry.collection, "planned": run.planned.isoformat()}
