"""How fast publications become Parquet, and how much memory that takes, at two sizes.

    python -m tests.benchmarks.export               4,000 and 16,000 publications of about 20 KB
    python -m tests.benchmarks.export 4000 100000

Prints a line a size: publications, megabytes of JSON, publications a second by the clock and by the processor, and the
most memory (MB) of the process that exports; then how many times the first size's memory the last one takes. Below
some 3,000 publications not all of what an export may hold at a time is filled.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import shelf

PROGRAM = """
import json, sys, time
from pathlib import Path
import archive.export.parquet
from archive.export.export import export
from archive.export.selection import Selection, Source
from archive.store.collection import Collection

sources = [Source(Collection.open(sys.argv[1]))]
clock, worked = time.monotonic(), time.process_time()
coverage = export(sources, Path(sys.argv[2]), "parquet", Selection())
print(json.dumps([coverage.lines, time.monotonic() - clock, time.process_time() - worked]))
"""


def measured(collection: Path, to: Path) -> tuple[int, float, float, float]:
    """Publications, seconds by the clock and of the processor, and megabytes of the process."""
    program = [sys.executable, "-c", PROGRAM, str(collection), str(to)]
    with subprocess.Popen(program, stdout=subprocess.PIPE) as process:
        assert process.stdout
        told = json.loads(process.stdout.read())
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the export ended with {process.returncode}")
    return *told, usage.ru_maxrss * (1024 if sys.platform == "linux" else 1) / 1e6


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [4000, 16_000]
    found = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            collection = shelf.fill(Path(folder) / "home", size)
            megabytes = (collection.dataset_dir / "publications.jsonl").stat().st_size / 1e6
            count, clock, worked, memory = measured(collection.path, Path(folder) / "out")
        found.append((count, memory))
        print(f"{count:,} publications, {megabytes:,.0f} MB: {count / clock:,.0f}/s by the clock, "
              f"{count / worked:,.0f}/s of processor, {memory:,.0f} MB of memory")  # fmt: skip
    (few, first), (many, last) = found[0], found[-1]
    if many > few:
        print(f"{many / few:,.1f} times as many publications take {last / first:.2f} times the memory")


if __name__ == "__main__":
    main()
