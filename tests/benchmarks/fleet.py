"""A fleet under faults, and the load that its database takes. `python -m tests.benchmarks.fleet kills|database|frozen|
load` prints one line; tests/crawler/fleet runs quick slices of the same.
"""

import argparse
import json
import multiprocessing
import os
import random
import signal
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import sqlalchemy as sa

from archive.audit.finding import Level
from archive.audit.verify import Audit
from archive.database import Address
from archive.errors import ArchiveError
from archive.fleet import standing
from archive.store.collection import Collection
from archive.store.exchange import Location, Stored
from crawler.fleet import queue
from crawler.fleet.demo import sites, worker
from crawler.fleet.local import Server
from crawler.fleet.orders import Order, Task
from crawler.frontier import End, Found, Frontier, Role
from crawler.frontier.lease import Lease
from crawler.frontier.postgres import Postgres

WORKERS = ("east", "west")
_GAP = 5.0  # seconds
_LOOK = 0.5  # seconds between two looks whether all is done


@dataclass
class Told:
    """What a run came to."""

    publications: int = 0
    lost: list[str] = field(default_factory=list)  # what is missing, and where
    requests: int = 0
    twice: int = 0
    two_at_once: list[str] = field(default_factory=list)
    faults: int = 0
    seconds: float = 0.0
    fences: dict[str, int] = field(default_factory=dict)  # institute → owners that it had

    def __str__(self) -> str:
        share = self.twice / max(1, self.requests)
        return (
            f"{self.publications} publications, {self.requests} requests, {self.faults} faults "
            f"in {self.seconds:.0f} s: {len(self.lost)} lost, {self.twice} fetched twice ({share:.1%}), "
            f"{len(self.two_at_once)} institutes crawled by two at once, {sum(self.fences.values())} owners"
        )


class Fleet:
    """Two workers over demo institutes, for whoever disturbs them."""

    def __init__(self, home: Path, server: Server, institutes: int, pages: int, delay: float = 0.0) -> None:
        self.home, self.server, self.pages = home, server, pages
        self.institutes, self.delay = institutes, delay
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.faults = 0

    def run(self, disturb: Callable[["Fleet"], None]) -> Told:
        """Until all is done; `disturb` is called again and again meanwhile."""
        queue.init(self.server.address)
        began = time.monotonic()
        with sites(self.home, self.institutes, self.pages, self.delay) as logs:
            orders = [(Task.CRAWL, Order(institute=name, collection=name)) for name in logs]
            queue.enqueue(self.server.address, orders)
            for name in WORKERS:
                self.begin(name)
            try:
                while not self.done():
                    disturb(self)
                    self._see_to_workers()
            finally:
                for process in self.processes.values():
                    process.terminate()
                for process in self.processes.values():
                    process.wait(60)
            told = self._told(logs)
        told.seconds, told.faults = time.monotonic() - began, self.faults
        return told

    def begin(self, name: str) -> None:
        self.processes[name] = worker(self.server.address, self.home, name)

    def _see_to_workers(self) -> None:
        """As systemd does: one that ended is begun again, such as at its start, for want of a database."""
        for name, process in list(self.processes.items()):
            if process.poll() is not None:
                self.begin(name)

    def done(self) -> bool:
        with suppress(ArchiveError, sa.exc.DBAPIError):  # the database may be away
            found = standing.of(self.server.address)
            return found.queue["waiting"] + found.queue["later"] + found.queue["running"] == 0
        return False

    def tree(self, name: str) -> list[psutil.Process]:
        """A worker and all that it began: what a machine is."""
        with suppress(psutil.NoSuchProcess):
            one = psutil.Process(self.processes[name].pid)
            return [one, *one.children(recursive=True)]
        return []

    def kill(self, name: str) -> None:
        """As if the machine had lost its power; another takes its place."""
        for process in self.tree(name):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.processes[name].wait()
        self.faults += 1
        self.begin(name)

    def crash(self) -> None:
        """The database's machine loses its power, and is switched on again."""
        self.server.crash()
        self.faults += 1

    def freeze(self, name: str, stopped: bool) -> None:
        for process in self.tree(name):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGSTOP if stopped else signal.SIGCONT)
        self.faults += stopped

    def _told(self, logs: dict[str, Path]) -> Told:
        told = Told()
        for name, log in logs.items():
            requests = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
            paths = Counter(one["path"] for one in requests if one["path"] != "/robots.txt")
            told.requests += sum(paths.values())
            told.twice += sum(paths.values()) - len(paths)
            if _met(requests):
                told.two_at_once.append(name)
            self._look_at(name, told)
        return told

    def _look_at(self, name: str, told: Told) -> None:
        folder = self.home / "collections" / name
        reports = sorted(folder.glob("crawls/*/report.json"))
        if not reports:
            told.lost.append(f"{name}: no report")
            return
        report = json.loads(reports[-1].read_text(encoding="utf-8"))
        publications = sum(report["publications"].values())
        told.publications += publications
        if report["exit_code"] or publications < self.pages or report["urls"].get("queued"):
            told.lost.append(f"{name}: {publications} publications, exit code {report['exit_code']}: {report['why']}")
        ledger = [json.loads(line) for line in (folder / "ledger.jsonl").read_text(encoding="utf-8").splitlines()]
        fences = [line["fence"] for line in ledger if "fence" in line]
        told.fences[name] = fences[-1]
        if fences != sorted(fences):
            told.lost.append(f"{name}: numbers of owners fall: {fences}")
        audit = Audit(Collection.open(folder), only_bytes=True)
        told.lost += [f"{name}: {one.where}: {one.detail}" for one in audit.findings() if one.level is Level.ERROR]


def _met(requests: list[dict[str, Any]]) -> bool:
    """Whether two crawls asked at once: each begins with robots.txt, on connections of its own. One that is used just
    before and just after another's beginning belongs to a crawl that went on beside it; the system gives a connection's
    number out again, but not within seconds.
    """
    begins = [one for one in requests if one["path"] == "/robots.txt"]
    for begin in begins:
        before = {one["port"]: one["time"] for one in requests if one["time"] < begin["time"]}
        after = {one["port"]: one["time"] for one in reversed(requests) if one["time"] > begin["time"]}
        if any(after[port] - before[port] < _GAP for port in (before.keys() & after.keys()) - {begin["port"]}):
            return True
    return False


# the faults


Fault = Callable[[Fleet], None]


def kills(count: int, least: float, most: float, seed: int = 1) -> Fault:
    """`kill -9` of one of the workers with all that it began, at random moments."""
    rng = random.Random(seed)
    return _now_and_then(count, lambda: rng.uniform(least, most), lambda fleet: fleet.kill(rng.choice(WORKERS)))


def crashes(count: int, least: float, most: float, seed: int = 1) -> Fault:
    """`pg_ctl stop -m immediate`, and started again."""
    rng = random.Random(seed)
    return _now_and_then(count, lambda: rng.uniform(least, most), Fleet.crash)


def freezes(after: float, seconds: float) -> Fault:
    """A worker and its crawls are stopped past their leases and the queue's patience, and woken."""

    def freeze(fleet: Fleet) -> None:
        fleet.freeze("west", True)
        time.sleep(seconds)
        fleet.freeze("west", False)

    return _now_and_then(1, lambda: after, freeze)


def _now_and_then(count: int, wait: Callable[[], float], fault: Fault) -> Fault:
    """The fault so many times, each after a wait in seconds; then nothing."""
    left = [count]

    def disturb(fleet: Fleet) -> None:
        if not left[0]:
            time.sleep(_LOOK)
            return
        time.sleep(wait())
        left[0] -= 1
        fault(fleet)

    return disturb


# the load of many crawls


@dataclass
class Load:
    """A page a second for each institute: claim, captured, done with its links; as a crawl's recorder does it."""

    institutes: int = 1000
    seconds: float = 10.0
    links: int = 30  # on a page, of which few are new
    new: int = 2
    processes: int = 8  # a crawl is a process of its own; here, many share one, and few at a time may run in it
    threads: int = 8
    before: int = (
        3  # pages of each crawl that are not measured: it lasts for hours, and its statements are planned once
    )

    def run(self, address: Address) -> dict[str, float]:
        share = -(-self.institutes // self.processes)
        numbers = [range(n, min(n + share, self.institutes)) for n in range(0, self.institutes, share)]
        context = multiprocessing.get_context("spawn")
        results: Any = context.Queue()
        made = context.Barrier(len(numbers) + 1)
        started = [
            context.Process(target=_loaded, args=(self, address.text, list(part), results, made)) for part in numbers
        ]
        for process in started:
            process.start()
        made.wait(600)
        before, all_before = _processor(address), psutil.cpu_times()
        waits: list[float] = []
        pages, generated, began = 0, 0.0, time.monotonic()
        for _ in started:
            some, count, used = results.get(timeout=600)
            waits += some
            pages += count
            generated += used
        took, database = time.monotonic() - began, _processor(address) - before
        idle = psutil.cpu_times().idle - all_before.idle
        made.wait(600)
        for process in started:
            process.join()
        waits.sort()
        others = took * (psutil.cpu_count() or 1) - idle - database - generated
        return {
            "institutes": self.institutes, "pages a second": round(pages / self.seconds, 1),
            "transactions": len(waits), "p50 ms": round(waits[len(waits) // 2] * 1000, 1),
            "p95 ms": round(waits[int(len(waits) * 0.95)] * 1000, 1),
            "p99 ms": round(waits[int(len(waits) * 0.99)] * 1000, 1),
            "processors of the database": round(database / took, 2),
            "of the generator": round(generated / took, 2), "of all else": round(others / took, 2),
            "database's ms a page": round(database / pages * 1000, 2),
        }  # fmt: skip


def _processor(address: Address) -> float:
    """Seconds of processor that the server's processes have had, those that have ended too."""
    data = Path(str(address.url.query["host"])) / "data"
    with (data / "postmaster.pid").open(encoding="ascii") as file:
        server = psutil.Process(int(file.readline()))
    total = 0.0
    for process in (server, *server.children()):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    ended = server.cpu_times()
    return total + ended.children_user + ended.children_system


def _loaded(load: Load, text: str, numbers: list[int], results: Any, made: Any) -> None:
    address = Address.parse(text, "test")
    crawls = [_Crawl(address, number, load) for number in numbers]
    waits: list[float] = []
    pages = [0]
    lock = threading.Lock()
    made.wait(600)
    until, used = time.monotonic() + load.seconds, time.process_time()
    for crawl in crawls:
        crawl.due = time.monotonic() + random.random()

    def drive(some: list[_Crawl]) -> None:
        mine: list[float] = []
        count = 0
        while (now := time.monotonic()) < until:
            due = min(some, key=lambda one: one.due)
            if due.due > now:
                time.sleep(min(due.due, until) - now)
                continue
            mine += due.page()
            count += 1
        with lock:
            waits.extend(mine)
            pages[0] += count

    parts = [part for n in range(load.threads) if (part := crawls[n :: load.threads])]
    threads = [threading.Thread(target=drive, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put((waits, pages[0], time.process_time() - used))
    made.wait(600)
    for crawl in crawls:
        crawl.lease.release()
        crawl.frontier.close()


class _Crawl:
    def __init__(self, address: Address, number: int, load: Load) -> None:
        name = f"load-{number}"
        self.lease = Lease.take(address, name, 0.0)
        place = Postgres(address, name)
        self.lease.turn = place.turn
        self.frontier = Frontier(place, self.lease)
        self.number, self.load, self.count = number, load, 0
        self.due = 0.0
        self.rows: list[Any] = []
        self.frontier.add([self._found(n) for n in range(64)])
        self.frontier.commit()
        for _ in range(load.before):
            self.page()

    def _found(self, n: int) -> Found:
        url = f"https://institute-{self.number}.example/2024/12/05/تحليل-{n}/"
        return Found(url, url.rstrip("/"), Role.PAGE, "pages")

    def page(self) -> list[float]:
        """One page's transactions, each timed."""
        self.due += 1.0
        waits = []
        if not self.rows:
            waits.append(self._timed(lambda: self.rows.extend(self.frontier.claim(16, time.time()))))
        row = self.rows.pop()
        self.count += 1
        stored = Stored(Location(f"load-{self.number}.warc.gz", self.count * 9000, 9000), False, 9000, 200, "text/html")
        self.frontier.captured(row.id, stored)  # committed with what follows, as the recorder does it
        known = [self._found(n) for n in range(self.load.links - self.load.new)]
        new = [self._found(1000 + self.count * self.load.new + n) for n in range(self.load.new)]
        waits.append(self._timed(lambda: self.frontier.finish(row, End.ARCHIVED, None, "analysis", known + new)))
        return waits

    def _timed(self, change: Callable[[], Any]) -> float:
        began = time.perf_counter()
        change()
        self.frontier.commit()
        return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["kills", "database", "frozen", "load"])
    parser.add_argument("--institutes", type=int, default=10)
    parser.add_argument("--pages", type=int, default=200)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="pa-fleet-"))
    # As a server of many crawls is set up: one sync for all that commit within 2 ms, by what PostgreSQL has for it.
    with Server(max_connections="1200", shared_buffers="1GB", commit_delay="2000") as server:
        if given.what == "load":
            queue.init(server.address)
            print(Load(institutes=given.institutes if given.institutes > 10 else 1000).run(server.address))
            return
        os.environ.setdefault("POLICY_ARCHIVE_LEASE", "10")
        disturb = {"kills": kills(10, 5, 15), "database": crashes(5, 10, 25), "frozen": freezes(20, 45)}[given.what]
        told = Fleet(folder / "home", server, given.institutes, given.pages).run(disturb)
        print(told)
        for one in (*told.lost, *told.two_at_once):
            print(" ", one)


if __name__ == "__main__":
    main()
