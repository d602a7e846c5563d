"""How polite the crawl is, as the sites see it: `python -m tests.benchmarks.politeness [--institutes 4] [--delay 0.25]
[--pages 40]`.

Institutes on addresses of their own are crawled at once, a process each; every site notes when each request came and
over which connection. Prints, for each and for all: requests, the shortest gap between two, how many gaps are at least
the delay, and how many connections were open at a time. Exits with 1 where one gap is too short.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from crawler.demo.server import DemoServer
from tests.crawler.command import profile, started


@dataclass(frozen=True)
class Seen:
    """What one site saw."""

    host: str
    gaps: tuple[float, ...]
    requests: int
    connections: int  # ports that the crawl came from, for as long as each was kept alive
    delay: float

    @property
    def kept(self) -> int:
        return sum(gap >= self.delay for gap in self.gaps)

    def __str__(self) -> str:
        shortest = min(self.gaps, default=0.0)
        return (
            f"{self.host}: {self.requests} requests, shortest gap {shortest:.3f} s, "
            f"{self.kept} of {len(self.gaps)} gaps ≥ {self.delay} s, {self.connections} connections"
        )


def measured(institutes: int, delay: float, pages: int, folder: Path) -> list[Seen]:
    """Crawls so many institutes at once, `pages` pages of each."""
    logs = [folder / f"{number}.jsonl" for number in range(institutes)]
    with contextlib.ExitStack() as stack:
        crawls: list[subprocess.Popen[str]] = []
        for number, log in enumerate(logs):
            server = stack.enter_context(DemoServer(host=f"127.0.0.{number + 1}", pages=max(10, pages // 4), log=log))
            own = folder / str(number)
            own.mkdir()
            site = profile(own, server.url, extends="demo", etiquette={"delay": delay, "concurrency": 1})
            words = ["crawl", str(site), "--collection", "polite", "--allow-private"]
            crawls.append(started(own, [*words, "--max-pages", str(pages)], output=subprocess.DEVNULL))
        for one in crawls:
            one.wait(1800)
    return [_seen(f"127.0.0.{number + 1}", log, delay) for number, log in enumerate(logs)]


def _seen(host: str, log: Path, delay: float) -> Seen:
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    times = sorted(line["time"] for line in lines)
    gaps = tuple(later - earlier for earlier, later in pairwise(times))
    return Seen(host, gaps, len(lines), len({line["port"] for line in lines}), delay)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.politeness", description=__doc__)
    parser.add_argument("--institutes", type=int, default=4)
    parser.add_argument("--delay", type=float, default=0.25, help="seconds")
    parser.add_argument("--pages", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seen = measured(options.institutes, options.delay, options.pages, Path(folder))
    for one in seen:
        print(one)
    kept, gaps = sum(one.kept for one in seen), sum(len(one.gaps) for one in seen)
    print(f"all: {kept} of {gaps} gaps are at least the delay ({kept / max(1, gaps):.1%})")
    return 0 if gaps and kept == gaps else 1


if __name__ == "__main__":
    sys.exit(main())
