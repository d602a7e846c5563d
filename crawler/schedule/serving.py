"""The process of `schedule run`: one a home folder, its signals, its log, its metrics, and whom it tells of what was
missed.
"""

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from archive.errors import CollectionBusy
from archive.store.lock import Lock
from crawler import log
from crawler.alerts import rules, send
from crawler.errors import CrawlError
from crawler.exits import COMPLETE, INTERRUPTED
from crawler.schedule import plan
from crawler.schedule.metrics import Schedule
from crawler.schedule.plan import CatchUp, Entry, Plan
from crawler.schedule.runner import STATE, Runner
from crawler.schedule.runs import Runs, State

logger = logging.getLogger(__name__)

_THEN = {
    CatchUp.ONCE: "One of them is made up for now.",
    CatchUp.ALL: "Each is made up for now.",
    CatchUp.NONE: "None is made up for (catch_up).",
}


def run(home: Path, table: Path, once: str | None, now: str | None, metrics: int | None, log_json: bool) -> int:
    """Until a signal, or until the one entry's run has ended. The exit code: that of the one run."""
    found = plan.load(home)
    one = once or now
    entry = found.named(one) if one else None
    handler = log.to_stderr() if log_json else log.for_people()
    runs = Runs(table)
    runner = Runner(home, found, runs, missed=_missed(home), failed=_failed(home))
    try:
        with _signals(runner), _endpoint(home, found, table, metrics):
            if entry is None:
                with _alone(home):
                    runner.serve()
                return COMPLETE
            return _once(runner, entry, now is not None)
    finally:
        runs.close()
        logging.getLogger().removeHandler(handler)


def _once(runner: Runner, entry: Entry, by_hand: bool) -> int:
    ran = runner.once(entry, by_hand)
    if not ran:
        print(f"{entry.name}: nothing to do: what was planned last has been run already (--now runs it all the same)")
        return COMPLETE
    last = ran[-1]
    if last.state is not State.ENDED:
        print(f"{entry.name}: {last.state}: {last.why or 'interrupted; the next run goes on with it'}")
        return COMPLETE if last.state is State.SKIPPED else INTERRUPTED
    print(f"{entry.name}: exit code {last.exit_code}{f': {last.why}' if last.why else ''}")
    return last.exit_code or COMPLETE


def _missed(home: Path) -> Callable[[Entry, int], None]:
    def tell(entry: Entry, count: int) -> None:
        send.tell(home, rules.missed(entry.name, str(entry.collection), count, _THEN[entry.catch_up]))

    return tell


def _failed(home: Path) -> Callable[[Entry, int, str], None]:
    def tell(entry: Entry, code: int, why: str) -> None:
        send.tell(home, rules.failed_to_run(entry.name, str(entry.collection), code, why))

    return tell


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One scheduler a home folder. Raises CrawlError where another one runs."""
    lock = Lock(home / STATE / "lock")
    lock.path.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock.take()
    except CollectionBusy:
        holder = lock.path.read_text(encoding="ascii", errors="replace").strip()
        raise CrawlError(
            f"the schedule of {home} is run by process {holder} already: stop that one, or let it be"
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _signals(runner: Runner) -> Iterator[None]:
    def stop(number: int, frame: Any) -> None:
        runner.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _endpoint(home: Path, found: Plan, table: Path, port: int | None) -> Iterator[None]:
    if port is None:
        yield
        return
    from crawler.metrics.collectors import Collections, serve

    names = dict.fromkeys(str(entry.collection) for entry in found.entry)
    port, stop = serve(port, Schedule(found, table), Collections(home, names))
    logger.info("metrics", extra={"why": f"http://127.0.0.1:{port}/metrics", "port": port})
    try:
        yield
    finally:
        stop()
