"""The load of many crawls on their database alone. What a crawl says to it of a page is written down as it says it, and
said again by PostgreSQL's own pgbench, over a connection for each crawl, at a page a second for each:
`python -m tests.benchmarks.database --institutes 1000`.

`python -m tests.benchmarks.fleet load` has the crawls' own code say it, whose processors a fleet has on other machines.
"""

import argparse
import json
import multiprocessing
import re
import resource
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import sqlalchemy as sa

from archive.database import Address
from crawler.fleet import queue
from crawler.fleet.local import Server, programs
from crawler.frontier.postgres import _PLANNED, schema_of
from tests.benchmarks.fleet import Load, _Crawl, _processor

CLAIMED = 16  # URLs by one claim, as the benchmark of the fleet asks for them
RENEWED = 10  # pages, one a second, from one renewal of a lease to the next: a sixth of its 60 s
NAME = "'load-' || :client_id::text"
Said = tuple[str, dict[str, Any]]


@dataclass
class Replayed:
    institutes: int = 1000
    seconds: int = 30
    warm: int = 10  # seconds before those: statements are prepared, and a crawl lasts for hours

    def run(self, address: Address) -> dict[str, float]:
        load = Load(institutes=self.institutes)
        with multiprocessing.get_context("spawn").Pool(psutil.cpu_count() or 1) as pool:
            pool.starmap(_made, [(address.text, number, load) for number in range(self.institutes)], chunksize=20)
        folder = Path(tempfile.mkdtemp(prefix="pa-pgbench-"))
        script = folder / "page.sql"
        script.write_text(_script(_Crawl(address, self.institutes, load)), encoding="utf-8")
        before, began = _processor(address), time.time()
        replayed = self._pgbench(address, script)
        took, used = time.time() - began, _processor(address) - before
        waits = sorted(_waits(folder, began + self.warm, began + self.warm + self.seconds))
        return {
            "institutes": self.institutes, "pages a second": round(len(waits) / self.seconds, 1),
            "p50 ms": round(waits[len(waits) // 2], 1), "p95 ms": round(waits[int(len(waits) * 0.95)], 1),
            "p99 ms": round(waits[int(len(waits) * 0.99)], 1),
            "processors of the database": round(used / took, 2), "of pgbench": round(replayed / took, 2),
        }  # fmt: skip

    def _pgbench(self, address: Address, script: Path) -> float:
        """Seconds of processor that pgbench took."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, self.institutes + 100), hard), hard))
        url = address.url
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [programs() / "pgbench", "--no-vacuum", "--protocol=prepared", f"--client={self.institutes}", "--jobs=1",
             f"--time={self.warm + self.seconds + 2}", f"--rate={self.institutes}", f"--file={script}", "--define=n=0",
             "--log", f"--host={url.query['host']}", "--username=postgres", str(url.database)],
            cwd=script.parent, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _made(text: str, number: int, load: Load) -> None:
    crawl = _Crawl(Address.parse(text, "test"), number, load)
    crawl.frontier.close()
    crawl.lease.release()


def _waits(folder: Path, since: float, until: float) -> list[float]:
    """Milliseconds of each page from when it was due, of the pages that ended between."""
    waits = []
    for path in folder.glob("pgbench_log.*"):
        with path.open(encoding="ascii") as file:
            for _client, _number, micro, _script, second, *_ in map(str.split, file):
                if since <= int(second) < until:
                    waits.append(int(micro) / 1000)
    return waits


def _script(crawl: _Crawl) -> str:
    """What pgbench says of a page: its claim each sixteenth time, what it leads to, its end, and its lease."""
    said: list[Said] = []

    def listen(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        said.append((statement, dict(values)))

    sa.event.listen(crawl.frontier._place.engine, "before_cursor_execute", listen)
    while crawl.rows:
        crawl.page()
    said.clear()
    crawl.page()
    both = list(said)  # a claim, then a page
    claim = both[: next(n for n, (text, _) in enumerate(both) if "set_config" in text) + 1]
    page = both[len(claim) :]
    said.clear()
    crawl.lease._renew()
    renewal = list(said)
    crawl.lease.release()
    crawl.frontier.close()
    schema = schema_of("load-0").removesuffix("load-0")
    settings = {"search_path": f"quote_ident('{schema}' || {NAME})"}
    settings |= {name: f"'{value}'" for name, value in _PLANNED.items()}
    settled = ", ".join(f"set_config({name!r}, {value}, false)" for name, value in settings.items())
    parts = [
        "\\set n :n + 1", "\\set row :n + 16", "\\set base :n + 15",
        f"\\if :n = 1\nSELECT {settled};",
        "\\endif",
        f"\\if :n % {CLAIMED} = 1", *_transaction(claim), "\\endif",
        f"\\if :n % {RENEWED} = 5", *_transaction(renewal), "\\endif",
        *_transaction(page),
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def _transaction(said: list[Said]) -> list[str]:
    return ["BEGIN;", *(_spelled(text, values) + ";" for text, values in said), "COMMIT;"]


def _spelled(text: str, values: dict[str, Any]) -> str:
    """A statement with what differs from page to page in pgbench's words, and the rest as it was said."""

    def one(match: re.Match[str]) -> str:
        name = match[1]
        if name in ("name", "collection_1"):
            return f"({NAME})"
        if name == "some":
            return f"({_rows(json.loads(values[name]))})"
        if re.fullmatch(r"rows_\d+", name):
            return f"(:base + {name.removeprefix('rows_')})"
        if name == "row":
            return ":row"
        if name == "offset":
            return "(:n * 9000)"
        return _literal(values[name])

    return " ".join(re.sub(r"%\((\w+)\)s", one, text).replace("%%", "%").split("\n"))


def _rows(rows: list[dict[str, Any]]) -> str:
    """JSON of rows as new as those, which the server puts together: pgbench has numbers alone."""
    objects = []
    for place, row in enumerate(rows):
        new = f":client_id::text || '-' || (:n::integer * {len(rows)} + {place})::text"
        told = {name: _literal(value) for name, value in row.items()}
        told["fingerprint"] = f"md5({new})"
        told["url"] = f"{_literal(row['url'])} || {new}"
        objects.append(f"json_build_object({', '.join(f'{name!r}, {value}' for name, value in told.items())})")
    return f"json_build_array({', '.join(objects)})::text"


def _literal(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return str(value).upper().replace("NONE", "NULL")
    if isinstance(value, int | float):
        return repr(value)
    # pgbench takes a colon for a variable's, in quotes too
    return "('" + str(value).replace("'", "''").replace(":", "' || chr(58) || '") + "')"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--institutes", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=30)
    given = parser.parse_args()
    with Server(max_connections=str(given.institutes + 200), shared_buffers="1GB", commit_delay="2000") as server:
        queue.init(server.address)
        print(Replayed(given.institutes, given.seconds).run(server.address))


if __name__ == "__main__":
    main()
