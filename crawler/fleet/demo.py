"""`fleet demo`: a whole fleet on one machine, with nothing but this package and its extra."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console

from archive.database import DATABASE, Address
from archive.fleet import standing
from archive.lines import harmless, many
from archive.store.collection import Collection
from crawler.demo.server import DemoServer
from crawler.fleet import queue
from crawler.fleet.local import Server
from crawler.fleet.orders import Order, Task
from crawler.fleet.runner import OUTPUT

_LOOK = 1.0  # seconds between two looks at the queue
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
            called = f"معهد العرض {number}" if number % 2 else f"Demo Institute {number}"
            profile = f'extends = "demo"\nname = "{called}"\nhome = "{site.url}"\n'
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
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # all that was begun is ended too
    console = Console(highlight=False, soft_wrap=True, markup=False)
    home.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with ExitStack() as stack:
        server = stack.enter_context(Server(keep))
        queue.init(server.address)
        console.print("1. A PostgreSQL of its own holds the queue and what is still to fetch. From another terminal:")
        console.print(f"     export {DATABASE}='{server.address.text.replace('%2F', '/')}'")
        console.print("     policy-archive fleet status")
        names = list(stack.enter_context(sites(home, institutes, pages)))
        last = f"127.0.0.{_FIRST + institutes - 1}"
        console.print(f"2. {many(institutes, 'made-up institute')} of {pages} publications, 127.0.0.{_FIRST} to {last}")
        queue.enqueue(server.address, [(Task.CRAWL, Order(institute=name, collection=name)) for name in names])
        console.print(f"3. {many(workers, 'worker')} crawl them, each two at a time")
        running = [worker(server.address, home, f"worker-{one + 1}", "--until-empty") for one in range(workers)]
        try:
            _watch(console, server.address, running)
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait()
        failing = standing.of(server.address).failing
    for one in failing:
        console.print(harmless(f"   {one.collection}: exit code {one.exit_code}: {one.why}"))
    console.print("4. Every record, index line and ledger line is verified")
    good = _verified(console, home, names)
    console.print(f"{good} of {institutes} institutes are crawled and verified, in {time.monotonic() - began:.0f} s")
    console.print(f"Everything is in {home}; the database is {'kept in ' + str(keep) if keep else 'gone'}\nNext:")
    console.print(f"  policy-archive --home {shlex.quote(str(home))} report {names[0]}")
    console.print(f"  policy-archive --home {shlex.quote(str(home))} browse")
    return int(good < institutes or bool(failing))


def _watch(console: Console, address: Address, running: "list[subprocess.Popen[bytes]]") -> None:
    """A line whenever something has changed, until all workers have ended."""
    before = ""
    while any(process.poll() is None for process in running):
        found = standing.of(address)
        line = (
            f"{found.queue['done']} done · {found.queue['waiting']} wait · now {', '.join(found.running) or 'nothing'}"
        )
        if line != before:
            console.print(f"   {line}")
            before = line
        time.sleep(_LOOK)


def _verified(console: Console, home: Path, names: list[str]) -> int:
    from archive.audit.verify import Audit

    good = 0
    for name in names:
        if not (home / "collections" / name).is_dir():
            console.print(f"   {name}: was not crawled; {home / OUTPUT / name}.out says why")
            continue
        audit = Audit(Collection.open(home / "collections" / name), only_bytes=True)
        for finding in audit.findings():
            console.print(harmless(f"   {name}: {finding.where}: {finding.detail}"))
        good += not audit.errors
    return good
