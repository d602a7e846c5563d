"""How fast `verify --bytes` is, beside `warcio check` on the same files in the same run, and what memory it takes:
`python -m tests.benchmarks.verify [--megabytes 300] [--rounds 3] [--memory]`.

A made-up collection: pages of 1 to 60 KB, a third of them chunked and gzipped, images of up to 120 KB, two files.
`warcio check` holds block and payload digests against their bytes; `verify` does that too, and all the rest. Both run
as commands, so that starting counts. `--memory` verifies growing collections and says how memory grows with them.
"""

import argparse
import gzip
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import psutil

from archive.store import journal
from archive.store.collection import Collection
from archive.store.exchange import Exchange
from archive.store.writer import Writer

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
_HEAD = "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Sun, 01 Nov 2026 12:00:00 GMT\r\n"


def collection(home: Path, megabytes: int) -> Collection:
    """A collection of about that size, in files of 60 MB."""
    made = Collection.open(home / "collections" / "bench", create=True)
    journal.os.fdatasync = lambda descriptor: None  # type: ignore[attr-defined]  # what is measured is not durability
    with made.lock():
        writer = Writer(made, "1", "benchmark", {}, roll_at=60_000_000, clock=lambda: BEGAN)
        written = 0
        for exchanges in _batches():
            for stored in writer.store(exchanges):
                written += stored.location.length
            if written > megabytes * 1_000_000:
                break
        writer.close_crawl({})
    return made


def _batches() -> Iterator[list[Exchange]]:
    rng = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(rng.choices(letters, k=rng.randint(2, 11))) for _ in range(20_000)]
    words += ["المحاكم", "والمراسيم", "القضاة", "تقرير"] * 1_000
    number = 0
    while True:
        batch = []
        for _ in range(20):
            number += 1
            batch.append(_exchange(rng, words, number))
        yield batch


def _exchange(rng: random.Random, words: list[str], number: int) -> Exchange:
    url = f"https://institute.example/2025/{number % 12 + 1:02}/page-{number}/"
    request = f"GET /2025/page-{number}/ HTTP/1.1\r\nHost: institute.example\r\nAccept: */*\r\n\r\n".encode()
    kind = rng.random()
    if kind < 0.85:
        paragraphs = (" ".join(rng.choices(words, k=60)) for _ in range(rng.randint(3, 60)))
        body = "".join(f"<p>{text}</p>\n" for text in paragraphs).encode()
        head = "Content-Type: text/html; charset=utf-8\r\n"
    else:
        body, head = rng.randbytes(rng.randint(5_000, 120_000)), "Content-Type: image/jpeg\r\n"
    if kind < 0.3:
        coded = gzip.compress(body, 6, mtime=0)
        chunks = (coded[at : at + 8000] for at in range(0, len(coded), 8000))
        body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
        head += "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"
    else:
        head += f"Content-Length: {len(body)}\r\n"
    answer = f"{_HEAD}{head}\r\n".encode() + body
    began = BEGAN + timedelta(seconds=number)
    return Exchange(url, "GET", began, request, answer, ip="127.0.0.1", protocols=("http/1.1",))


def seconds(command: list[str]) -> tuple[float, float]:
    """How long a command takes that must succeed, and the processors' time that it and its children took."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peak(command: list[str]) -> float:
    """The most memory of a command and its children, in MB; what they share counts once a process."""
    process = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most = 0
    while process.poll() is None:
        total = 0
        for one in (process, *_children(process)):
            try:
                total += one.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        most = max(most, total)
        time.sleep(0.02)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    return most / 1e6


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def commands(made: Collection) -> tuple[list[str], list[str]]:
    """`warcio check` and `verify --bytes` of a collection."""
    warcs = [str(made.archive_dir / name) for name in made.sealed_warcs()]
    home = str(made.path.parents[1])
    return (
        [sys.executable, "-m", "warcio.cli", "check", *warcs],
        [sys.executable, "-m", "crawler.cli", "--home", home, "verify", "bench", "--bytes"],
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--megabytes", type=int, default=300)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--memory", action="store_true")
    given = options.parse_args()
    sizes = [given.megabytes * times for times in ((1, 2, 4) if given.memory else (1,))]
    for megabytes in sizes:
        with tempfile.TemporaryDirectory() as folder:
            made = collection(Path(folder), megabytes)
            size = sum((made.archive_dir / name).stat().st_size for name in made.sealed_warcs()) / 1e6
            warcio, verify = commands(made)
            if given.memory:
                print(f"{size:7.0f} MB: {peak(verify):.0f} MB of memory, all processes together")
                continue
            seconds(verify)  # the files are in the page cache for both alike
            pairs = [(seconds(warcio), seconds(verify)) for _ in range(given.rounds)]
            for (theirs, their_cpu), (ours, our_cpu) in pairs:
                print(
                    f"warcio check {theirs:.2f} s (processors {their_cpu:.2f} s, {size / theirs:.0f} MB/s)   "
                    f"verify {ours:.2f} s (processors {our_cpu:.2f} s, {size / ours:.0f} MB/s)   {theirs / ours:.2f}"
                )
            print(
                f"verify is {median(one[0] / other[0] for one, other in pairs):.2f} times as fast, on {os.cpu_count()} "
                f"processors with a load of {os.getloadavg()[0]:.1f}, {size:.0f} MB"
            )


if __name__ == "__main__":
    main()
