"""How fast records are written and found: `python -m tests.benchmarks.store`.

Writes records of 16 KB with a sync a record and in groups, and the same bytes with a bare write and sync; then looks
up captures in an index of `--lines` lines, and merges the lines of another file into it.
"""

import argparse
import os
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.store.cdxj import Index, IndexLine, key
from archive.store.collection import Collection
from archive.store.exchange import Exchange
from archive.store.writer import Writer

BEGAN = datetime(2026, 11, 22, tzinfo=UTC)
BODY = 16 * 1024


def exchanges(count: int) -> list[Exchange]:
    """Answers of 16 KB that compress about as well as pages do, each with its request."""
    words = ["قضية", "report", "court", "<p>", "المحكمة", "</p>", "parliament", "2026"]
    chance = random.Random(1)
    found = []
    for number in range(count):
        body = " ".join(f"{chance.choice(words)}{chance.getrandbits(16):x}" for _ in range(3000)).encode()[:BODY]
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body)
        request = b"GET / HTTP/1.1\r\nHost: institute.example\r\n\r\n"
        url = f"https://institute.example/{number}/"
        found.append(Exchange(url, "GET", BEGAN + timedelta(seconds=number), request, head + body, ip="192.0.2.7"))
    return found


def written(folder: Path, batches: list[list[Exchange]]) -> float:
    """Seconds that writing took."""
    collection = Collection.open(folder, create=True)
    with collection.lock():
        hand = Writer(collection, "crawl", "benchmark", {}, roll_at=10**12)
        began = time.perf_counter()
        for batch in batches:
            hand.write(batch)
        seconds = time.perf_counter() - began
        hand.seal()
    return seconds


def bare(path: Path, count: int, size: int) -> float:
    """Seconds that as many writes and syncs of as many bytes take."""
    data = os.urandom(size)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    began = time.perf_counter()
    for _ in range(count):
        os.write(descriptor, data)
        os.fdatasync(descriptor)
    seconds = time.perf_counter() - began
    os.close(descriptor)
    return seconds


def lines(count: int, salt: str) -> Iterator[bytes]:
    """Sorted index lines of as many pages, Arabic ones among them."""
    for number in range(count):
        url = f"https://institute.example/2026/{number:09}{salt}/%D9%82%D8%B6%D9%8A%D8%A9"
        line = IndexLine(
            key(url), "20261122180000", url, "text/html", 200, "sha256:" + "0" * 64, 9_999, number, "a.warc.gz"
        )
        yield f"{line}\n".encode()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, default=2_000)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--in", dest="folder", type=Path, help="a folder on the disk that is to be measured")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as scratch:
        folder = Path(scratch)
        items = exchanges(options.records)
        records = 2 * len(items)  # response and request
        single = written(folder / "single", [[item] for item in items])
        size = sum(path.stat().st_size for path in (folder / "single" / "archive").iterdir())
        disk = bare(folder / "bare", len(items), size // len(items))
        grouped = written(folder / "grouped", [items[start : start + 16] for start in range(0, len(items), 16)])
        print(f"a sync an exchange: {len(items) / single:,.0f} exchanges, {records / single:,.0f} records a second")
        print(f"  the disk alone:   {len(items) / disk:,.0f} writes of {size // len(items):,} bytes and syncs a second")
        print(f"groups of 16:       {len(items) / grouped:,.0f} exchanges, {records / grouped:,.0f} records a second")
        index = Index(folder / "index.cdxj")
        index.path.write_bytes(b"".join(lines(options.lines, "")))
        chance = random.Random(1)
        urls = [f"https://institute.example/2026/{chance.randrange(options.lines):09}/قضية" for _ in range(1_000)]
        began = time.perf_counter()
        found = sum(index.closest(url, "2026") is not None for url in urls)
        looked_up = time.perf_counter() - began
        assert found == len(urls)
        began = time.perf_counter()
        index.merge(lines(options.lines // 10, "b"))
        merged = time.perf_counter() - began
        per_url = looked_up / len(urls) * 1000
        print(f"{options.lines:,} index lines: look-up {per_url:.2f} ms, merge of a tenth {merged:.1f} s")


if __name__ == "__main__":
    main()
