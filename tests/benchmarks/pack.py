"""How much memory it takes to pack, verify and unpack collections of growing size, and how long.

    python -m tests.benchmarks.pack                 100, 200 and 400 MB, in records of 16 KB
    python -m tests.benchmarks.pack 5000 --record 200

Prints a line a size: megabytes, records, and for `pack`, `verify` and `unpack` seconds and the most memory (MB) that a
process of theirs took; then how many megabytes of memory a further gigabyte of package takes: the slope.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.store.collection import Collection
from archive.store.exchange import Exchange
from archive.store.writer import Writer

BEGAN = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
BATCH = 64
HOME = "https://institute.example/%D8%AA%D9%82%D8%B1%D9%8A%D8%B1"


def make(path: Path, megabytes: int, record: int) -> int:
    """A collection of so many megabytes, in responses of `record` KB that do not compress. Returns their number."""
    source = random.Random(11)
    body = source.randbytes(record * 1000)
    count = megabytes * 1000 // record
    collection = Collection.open(path, create=True)
    with collection.lock():
        writer = Writer(collection, "20261101120000", "policy-archive benchmark", {}, revisits=False)
        for start in range(0, count, BATCH):
            writer.write([_exchange(number, body) for number in range(start, min(start + BATCH, count))])
        writer.close_crawl({"found": count})
    return count


def _exchange(number: int, body: bytes) -> Exchange:
    own = b"%016d" % number + body[16:]
    head = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n" % len(own)
    request = b"GET /%d HTTP/1.1\r\nHost: institute.example\r\n\r\n" % number
    return Exchange(f"{HOME}/{number}", "GET", BEGAN + timedelta(seconds=number), request, head + own)


def measured(folder: Path, *words: str) -> tuple[float, float]:
    """Seconds, and megabytes of the largest process, of `policy-archive WORDS…`."""
    began = time.monotonic()
    program = [sys.executable, "-m", "crawler.cli", "--home", str(folder), *words]
    process = subprocess.Popen(program, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"policy-archive {' '.join(words)} ended with {process.returncode}")
    return time.monotonic() - began, usage.ru_maxrss * (1024 if sys.platform == "linux" else 1) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description="Memory and time of packages.")
    parser.add_argument("megabytes", nargs="*", type=int, default=[100, 200, 400])
    parser.add_argument("--record", type=int, default=16, help="KB of a record")
    chosen = parser.parse_args()
    print("     MB  records     pack  s   MB   verify  s   MB   unpack  s   MB")
    seen: list[tuple[int, list[float]]] = []
    for megabytes in chosen.megabytes:
        with tempfile.TemporaryDirectory(prefix="policy-archive-benchmark-") as name:
            home = Path(name)
            records = make(home / "collections" / "big", megabytes, chosen.record)
            package = str(home / "big.wacz")
            told = [measured(home, "pack", "big", "--to", package)]
            shutil.rmtree(home / "collections" / "big")
            told.append(measured(home, "verify", package))
            told.append(measured(home, "unpack", package, "--into", "copy"))
        columns = "".join(f" {seconds:10.1f} {memory:5.0f} " for seconds, memory in told)
        print(f"{megabytes:7,} {records:8,} {columns}", flush=True)
        seen.append((megabytes, [memory for _, memory in told]))
    if len(seen) > 1:
        (small, first), (large, last) = seen[0], seen[-1]
        slopes = [(b - a) / (large - small) * 1000 for a, b in zip(first, last, strict=True)]
        print("MB of memory a further GB:", " ".join(f"{slope:.1f}" for slope in slopes))


if __name__ == "__main__":
    main()
