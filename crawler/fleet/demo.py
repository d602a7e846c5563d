"""`fleet demo`: a whole fleet on one machine, with nothing but this package and its extra."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console

from archive.database import DATABASE, Address
from archive.fleet import standing
from archive.fleet.standing import Standing
from archive.store.collection import Collection
from crawler.demo.server import DemoServer
from crawler.fleet import queue, telling
from crawler.fleet.local import Server
from crawler.fleet.orders import Order, Task

_LOOK = 2.0  # seconds between two lines of progress
_FIRST = 2  # the last part of the first institute's address: 127.0.0.2


@contextmanager
def sites(home: Path, count: int, pages: int, delay: float = 0.0) -> Iterator[dict[str, Path]]:
    """Demo institutes, each on an address of its own, with their profiles in a home folder: name → the site's log."""
    logs = {}
    (home / "institutes").mkdir(parents=True, exist_ok=True)
    (home / "logs").mkdir(exist_ok=True)
    with ExitStack() as stack:
        for number in range(_FIRST, _FIRST + count):
            name = f"demo-{number}"
            logs[name] = home / "logs" / f"{name}.jsonl"
            site = DemoServer(host=f"127.0.0.{number}", pages=pages, seed=number, log=logs[name])
            stack.callback(site.stop)
            profile = f'extends = "demo"\nname = "Demo Institute {number}"\nhome = "{site.url}"\n'
            profile += f"[etiquette]\ndelay = {delay}\n" if delay else ""
            (home / "institutes" / f"{name}.toml").write_text(profile, encoding="utf-8")
        yield logs


def worker(address: Address, home: Path, name: str, *options: str) -> "subprocess.Popen[bytes]":
    """A worker's process, in a group of its own; what it says is in `home`."""
    with (home / f"{name}.log").open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "crawler.cli", "--home", str(home), "fleet", "worker", "--name", name,
             "--allow-private", "--keep-free", "100", *options],
            stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True,
            env={**os.environ, DATABASE: address.text},
        )  # fmt: skip


def run(home: Path, institutes: int, workers: int, pages: int, keep: Path | None) -> int:
    """Prints what happens; the exit code is 0 where all institutes were crawled and verified."""
    console = Console(highlight=False, soft_wrap=True)
    home.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with ExitStack() as stack:
        server = stack.enter_context(Server(keep))
        queue.init(server.address)
        console.print(f"1. PostgreSQL runs in {server.folder}; its address is for $POLICY_ARCHIVE_DATABASE")
        names = list(stack.enter_context(sites(home, institutes, pages)))
        last = f"127.0.0.{_FIRST + institutes - 1}"
        console.print(f"2. {institutes} made-up institutes of {pages} publications, at 127.0.0.{_FIRST} to {last}")
        orders = [(Task.CRAWL, Order(institute=name, collection=name)) for name in names]
        queue.enqueue(server.address, orders)
        console.print(f"3. {workers} workers take their crawls from the queue, two at a time each")
        running = [worker(server.address, home, f"worker-{one + 1}", "--until-empty") for one in range(workers)]
        try:
            _watch(console, server.address, running)
        finally:
            for process in running:
                process.terminate()
                process.wait()
        found = standing.of(server.address)
        for line in telling.lines(found):
            console.print(f"   {line}", markup=False)
    good = _verified(console, home, names)
    took = time.monotonic() - began
    console.print(f"{good} of {len(names)} institutes are crawled and verified, in {took:.0f} s: {home}")
    return int(good < len(names) or bool(found.failing))


def _watch(console: Console, address: Address, running: "list[subprocess.Popen[bytes]]") -> None:
    """A line whenever something has changed, until all workers have ended."""
    before = ""
    while any(process.poll() is None for process in running):
        found = standing.of(address)
        if (line := _progress(found)) != before:
            console.print(f"   {line}", markup=False)
            before = line
        time.sleep(_LOOK)


def _progress(found: Standing) -> str:
    now = ", ".join(one.collection for one in found.crawled) or "nothing"
    return f"{found.queue['done']} done · {found.queue['waiting']} wait · crawling {now}"


def _verified(console: Console, home: Path, names: list[str]) -> int:
    from archive.audit.verify import Audit

    good = 0
    for name in names:
        if not (home / "collections" / name).is_dir():
            console.print(f"   {name}: was not crawled; {home / 'state/fleet' / name}.out says why")
            continue
        audit = Audit(Collection.open(home / "collections" / name), only_bytes=True)
        for finding in audit.findings():
            console.print(f"   {name}: {finding.where}: {finding.detail}", markup=False)
        good += not audit.errors
    return good
