"""What later crawls of a site cost and tell: `python -m tests.benchmarks.recrawl [--publications 5000] [--due all]`.

The demo institute is crawled, crawled again unchanged, crawled after some of its publications were edited, added, moved
and removed, and crawled once more. Prints the requests of each crawl as the server saw them, the bytes of bodies that
it sent again, and what the reports name beside what was done. With `--due all` every page is due at each crawl; with
`--due policy`, as the profile's `[revisit]` says. With `--nonces` each page has new bytes at each request.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.store.collection import Collection
from crawler.demo.editing import Editing
from crawler.demo.institute import Institute
from crawler.demo.server import DemoServer
from tests.crawler.command import lines, policy_archive, profile

BEYOND = 60  # requests beyond one for each page that is due
EVERY = {"share": 0, "least": 0, "most": 0}


@dataclass
class Crawled:
    """One crawl: its report, its urls.jsonl, and the requests as the server saw them."""

    report: dict[str, Any]
    urls: list[dict[str, Any]]
    requests: list[dict[str, Any]]
    seconds: float
    bodies: int  # bytes of bodies that the archive held already, and stored again

    @property
    def due(self) -> int:
        """Pages that were known, and asked for."""
        return sum(line["role"] == "page" and line["tries"] > 0 for line in self.urls)

    @property
    def beyond(self) -> int:
        return len(self.requests) - self.due

    def numbers(self, name: str, institute: Institute) -> set[int | str]:
        """The publications in a list of the report, by the demo's numbers; an address where it has no such one."""
        urls = [one["url"] for one in self.report["changes"][name]["publications"]]
        found = {url: institute.by_slug(url.rstrip("/").rpartition("/")[2]) for url in urls}
        return {url if number is None else number for url, number in found.items()}


@dataclass
class Site:
    """The demo institute at one address, in whatever state."""

    folder: Path
    publications: int
    due: str = "policy"
    nonces: bool = False
    port: int = 0
    crawls: list[Crawled] = field(default_factory=list)

    def crawl(self, editing: Editing | None = None, *more: str) -> Crawled:
        log = self.folder / "requests.jsonl"
        log.unlink(missing_ok=True)
        with DemoServer(
            port=self.port, pages=self.publications, editing=editing, nonces=self.nonces, log=log
        ) as server:
            self.port = int(server.url.rstrip("/").rpartition(":")[2])
            tables = {"revisit": EVERY} if self.due == "all" else {}
            site = profile(self.folder, server.url, extends="demo", **tables)
            began = time.monotonic()
            done = policy_archive(
                self.folder, "crawl", str(site), "--collection", "again", "--allow-private", "--json", *more,
                timeout=7200,
            )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        report = json.loads(done.stdout)
        urls = lines(self.collection.crawls_dir / report["crawl"] / "urls.jsonl")
        seconds = time.monotonic() - began
        self.crawls.append(Crawled(report, urls, lines(log), seconds, self._repeated(report["crawl"])))
        return self.crawls[-1]

    @property
    def collection(self) -> Collection:
        return Collection.open(self.folder / "home/collections/again")

    def _repeated(self, crawl: str) -> int:
        """Bytes of whole responses of a crawl whose URL and payload an earlier one had stored."""
        held: set[tuple[str, str]] = set()
        repeated = 0
        for line in self.collection.captures():
            if line.mime == "warc/revisit" or line.status != 200:
                continue
            if line.timestamp >= crawl and (line.url, line.digest) in held:
                repeated += line.length
            held.add((line.url, line.digest))
        return repeated

    def verified(self) -> str:
        done = policy_archive(self.folder, "verify", "again", timeout=7200)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr
        return done.stdout.splitlines()[0]


def wrong(crawled: Crawled, institute: Institute, **wanted: set[int] | frozenset[int]) -> list[str]:
    """What a report names otherwise than it was done; lists that are not given are to be empty."""
    told = []
    for name in ("new", "changed", "moved", "missing", "gone", "restricted", "returned"):
        expected, found = set(wanted.get(name, ())), crawled.numbers(name, institute)
        if found != expected or crawled.report["changes"][name]["count"] != len(expected):
            told.append(f"{name}: not named {expected - found}, named {found - expected}")
    return told


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--publications", type=int, default=5000)
    options.add_argument("--due", choices=("all", "policy"), default="all")
    options.add_argument("--nonces", action="store_true")
    for what, count in (("edited", 25), ("added", 10), ("moved", 5), ("removed", 3)):
        options.add_argument(f"--{what}", type=int, default=count)
    given = options.parse_args()
    counts = {what: getattr(given, what) for what in ("edited", "added", "moved", "removed")}
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder), given.publications, given.due, given.nonces)
        problems = run(site, counts, print)
    raise SystemExit("\n".join(problems) or None)


def run(site: Site, counts: dict[str, int], say: Any) -> list[str]:
    """The four crawls; returns what was not as it should be."""
    problems: list[str] = []
    first = site.crawl()
    _tell(say, "first", first)
    again = site.crawl()
    _tell(say, "unchanged", again)
    editing = Editing.of(1, site.publications, datetime.now(UTC).replace(microsecond=0), **counts)
    institute = Institute("http://demo.example/", site.publications, editing=editing)
    problems += [f"unchanged: {told}" for told in wrong(again, institute)]
    if again.beyond > BEYOND:
        problems.append(f"unchanged: {again.beyond} requests beyond {again.due} pages that were due")
    changed = site.crawl(editing)
    _tell(say, "changed", changed)
    added = set(range(institute.total - editing.added, institute.total))
    done = {"new": added, "changed": editing.edited, "moved": editing.moved, "missing": editing.removed}
    problems += [f"changed: {told}" for told in wrong(changed, institute, **done)]
    last = site.crawl(editing)
    _tell(say, "once more", last)
    problems += [f"once more: {told}" for told in wrong(last, institute, gone=editing.removed)]
    problems += [f"{one.bodies} bytes of bodies were stored again" for one in site.crawls[1:] if one.bodies]
    say(site.verified())
    return problems


def _tell(say: Any, name: str, crawled: Crawled) -> None:
    statuses = Counter(f"{one['status']}{' conditional' * one['conditional']}" for one in crawled.requests)
    changes = {what: one["count"] for what, one in crawled.report["changes"].items() if isinstance(one, dict)}
    say(
        f"{name:10} {len(crawled.requests):6,} requests, {crawled.beyond:,} beyond {crawled.due:,} pages asked for; "
        f"{crawled.seconds:.0f} s; {crawled.bodies:,} bytes stored again; {dict(statuses)}; "
        f"{ {what: count for what, count in changes.items() if count} }"
    )


if __name__ == "__main__":
    main()
