"""How deriving many WARCs scales, in one run: two processes beside one, and Ray beside this machine's own engine.

`python -m tests.benchmarks.derive [--warcs 50] [--pages 60] [--rounds 3] [--engines local:1,local:2,ray:2]`

The WARCs are made of the demo institute's publications, PDFs left out. Starting counts: of processes, and of Ray, whose
cluster is begun and ended for each of its turns: some six seconds, which show where a WARC has few pages (`--pages 200
--engines local:2,ray:2`). Shards of all engines are compared, byte for byte. Rounds go through the engines in turn, so
that what else the machine does weighs on all; the ratio is that of each round, and the median is told.
"""

import argparse
import logging
import os
import tempfile
import time
from pathlib import Path
from statistics import median

from archive.dataset.batch import loose
from archive.dataset.batch.cluster import OnRay
from archive.dataset.batch.job import Engine
from archive.dataset.batch.local import Local
from tests.archive.dataset.batch import warcs


def engine(name: str) -> Engine:
    """`local:2` or `ray:2`."""
    kind, _, processes = name.partition(":")
    return Local(int(processes)) if kind == "local" else OnRay(processes=int(processes))


def shards(folder: Path) -> dict[str, bytes]:
    """What was made, by name."""
    return {path.name: path.read_bytes() for path in sorted((folder / loose.SHARDS).iterdir())}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--warcs", type=int, default=50)
    options.add_argument("--pages", type=int, default=60, help="of a WARC")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--engines", default="local:1,local:2,ray:2")
    given = options.parse_args()
    logging.disable()
    names = given.engines.split(",")
    seconds: dict[str, list[float]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as work:
        source = Path(work) / "warcs"
        source.mkdir()
        for number in range(given.warcs):
            first = given.pages * number
            warcs.demo(source / f"demo-{number:03}.warc.gz", range(first, first + given.pages))
        same = None
        for turn in range(given.rounds):
            for name in names:
                into = Path(work) / f"{name}-{turn}"
                began = time.monotonic()
                told = loose.derive([str(source)], str(into), engine(name))
                seconds[name].append(time.monotonic() - began)
                assert told.counts.derived == given.warcs * given.pages, told
                same = same or shards(into)
                assert shards(into) == same, f"{name} made other bytes"
                rate = told.counts.derived / seconds[name][-1]
                print(f"{name:8} {seconds[name][-1]:6.1f} s  {rate:5.0f} pages/s", flush=True)
    for name in names[1:]:
        ratios = [first / other for first, other in zip(seconds[names[0]], seconds[name], strict=True)]
        print(f"{name} is {median(ratios):.2f} times {names[0]} ({', '.join(f'{one:.2f}' for one in ratios)})")
    local, ray = (next((name for name in reversed(names) if name.startswith(kind)), None) for kind in ("local", "ray"))
    if local and ray:
        ratios = [other / first for first, other in zip(seconds[local], seconds[ray], strict=True)]
        print(
            f"{ray} takes {median(ratios):.2f} times as long as {local} ({', '.join(f'{one:.2f}' for one in ratios)})"
        )
    print(f"the same bytes from all, {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
