"""Whether a long crawl's memory and open files stay flat: `python -m tests.benchmarks.soak [--pages 50000]`.

One crawl of the demo institute over loopback, without a delay, in a process of its own, that ends at `--max-pages`.
Once a second its memory and that of its workers (PSS: what is shared counts once), and their open files, are noted
beside the number of requests that the site has seen. Prints the medians of each tenth of the requests; after the first
tenth (warm-up) the last may have 10 % more memory than the one that followed it, and as many open files. What comes
after the last request (papers, dataset) is told apart.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

from crawler.demo.server import DemoServer
from tests.crawler.command import profile, started

_EVERY = 1.0  # seconds
MAY_GROW = 1.10  # the last tenth against the first after warm-up
MAY_OPEN = 4  # files more: a connection that was replaced while its old one closed


@dataclass(frozen=True)
class Sample:
    """What the crawl's processes held at one moment."""

    requests: int
    main: float  # MB
    workers: float  # MB, of all
    files: int  # of the crawl's own process
    worker_files: int  # of all workers


def tenths(samples: Sequence[Sample]) -> list[Sample]:
    """The median of each tenth of the requests; one that no sample fell into is left out."""
    most = samples[-1].requests + 1
    groups = [[one for one in samples if one.requests * 10 // most == tenth] for tenth in range(10)]
    return [
        Sample(
            group[-1].requests,
            *(median(getattr(one, name) for one in group) for name in ("main", "workers", "files", "worker_files")),
        )
        for group in groups
        if group
    ]


def flat(of: Sequence[Sample]) -> bool:
    """Whether the last tenth holds no more than the second, which is the first after warm-up."""
    first, last = of[1], of[-1]
    return (
        last.main <= first.main * MAY_GROW
        and last.workers <= first.workers * MAY_GROW
        and last.files <= first.files + MAY_OPEN
        and last.worker_files <= first.worker_files + MAY_OPEN
    )


def measured(pages: int, folder: Path) -> dict[str, object]:
    """Runs the crawl and samples it."""
    log = folder / "requests.jsonl"
    log.touch()
    while_it_ran: list[Sample] = []
    after: list[Sample] = []
    with DemoServer(pages=pages, log=log) as server, log.open("rb") as seen:
        site = profile(folder, server.url, extends="demo")
        words = ["crawl", str(site), "--collection", "soak", "--allow-private", "--max-pages", str(pages), "--json"]
        with (folder / "printed").open("w+") as printed:
            process = started(folder, words, printed.fileno())
            began, requests, last = time.monotonic(), 0, 0.0
            crawl = psutil.Process(process.pid)
            while process.poll() is None:
                new = seen.read().count(b"\n")
                requests, last = requests + new, time.monotonic() - began if new else last
                try:
                    (while_it_ran if new else after).append(_sample(crawl, requests))
                except psutil.Error:  # it, or a worker, has just ended
                    continue
                time.sleep(_EVERY)
            printed.seek(0)
            report = json.loads(next(line for line in printed if line.startswith("{")))
    of = tenths(while_it_ran)
    return {
        "pages": report["by_role"]["page"].get("archived", 0) + report["by_role"]["listing"].get("archived", 0),
        "requests": requests,
        "exit": report["exit_code"],
        "found": report["found"],
        "publications": sum(report["publications"].values()),
        "seconds": round(last, 1),
        "requests_per_second": round(requests / last, 1),
        "whole_seconds": round(time.monotonic() - began, 1),
        "tenths": [one.__dict__ for one in of],
        "most_while_it_ended": max((one.main + one.workers for one in after), default=0.0),
        "flat": flat(of),
    }


def _sample(crawl: psutil.Process, requests: int) -> Sample:
    workers = [
        one
        for one in crawl.children(recursive=True)
        if "multiprocessing.resource_tracker" not in " ".join(one.cmdline())
    ]
    return Sample(
        requests,
        crawl.memory_full_info().pss / 1e6,
        sum(one.memory_full_info().pss for one in workers) / 1e6,
        crawl.num_fds(),
        sum(one.num_fds() for one in workers),
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pages", type=int, default=50_000)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measured(given.pages, Path(folder))
    for one in result.pop("tenths"):  # type: ignore[attr-defined]
        print("  ".join(f"{name} {value:,.0f}" for name, value in one.items()))
    print(json.dumps(result))
    sys.exit(0 if result["flat"] else 1)


if __name__ == "__main__":
    main()
