"""`policy-archive demo`: the whole way, once, on this machine: serve, crawl, verify, replay."""

import json
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from archive.audit import report as findings_report
from archive.audit.verify import Audit
from archive.replay.check import newest, replay_check
from archive.store.collection import Collection
from crawler import summary
from crawler.crawl import Crawl
from crawler.demo import embedded
from crawler.options import Options
from crawler.report import INCOMPLETE
from crawler.run import run as run_crawl
from crawler.spiders.publications import PublicationsSpider

_TEXT_SHOWN = 160  # code points of a publication's text


def run(home: Path, pages: int, seed: int) -> int:
    """Prints each step as it is done; the exit code of the first that failed, else 0."""
    console, talk = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False)
    profile, server = embedded.serve(pages, seed)
    _step(console, 1, f"Serving a made-up institute of {pages} publications at {server.url}, and crawling it")
    began = time.monotonic()
    crawl = Crawl.open(profile, home, None, Options())
    outcome = run_crawl(crawl, PublicationsSpider, talk)
    server.stop()
    summary.show(outcome, console, time.monotonic() - began, next_steps=False)
    if outcome.exit_code not in (0, INCOMPLETE):
        return outcome.exit_code
    collection = Collection.open(crawl.collection.path)
    samples = newest(collection)
    _show_publication(console, collection, samples)
    _step(console, 2, "Verifying every record, every index line, and every line of the dataset")
    audit = Audit(collection)
    with findings_report.watched(audit, talk):
        findings = list(audit.findings())
    findings_report.show(audit, findings, console, talk)
    _step(console, 3, "Replaying from the archive alone; the site is gone")
    replayed = replay_check(collection, samples)
    for result in replayed:
        console.print(Text.assemble(("  ✓ " if result.ok else "  ✗ "), result.url, f"  {result.detail}"))
    console.print()
    console.print("Everything is in " + str(collection.path))
    for line in (
        "replay demo     open the pages in a browser",
        "verify demo     check it again",
        "crawl timep     crawl the real institute",
    ):
        console.print(Text("  policy-archive " + line, style="cyan"))
    return outcome.exit_code or int(bool(audit.errors) or not all(result.ok for result in replayed))


def _step(console: Console, number: int, what: str) -> None:
    console.print()
    console.print(Text(f"{number}. {what}", style="bold"))


def _show_publication(console: Console, collection: Collection, samples: list[tuple[str, str]]) -> None:
    """One line of publications.jsonl, as far as a person would look at it."""
    wanted = {url for url, _ in samples[-1:]}
    with (collection.dataset_dir / "publications.jsonl").open(encoding="utf-8") as file:
        for line in file:
            publication: dict[str, Any] = json.loads(line)
            if publication["url"] in wanted:
                console.print(f"  A publication, of {collection.dataset_dir / 'publications.jsonl'}:")
                console.print(Text(json.dumps(_short(publication), ensure_ascii=False, indent=1), style="dim"))
                return


def _short(publication: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "kind", "url", "title", "language", "published", "authors", "text", "source")
    short = {name: publication[name] for name in names}
    short["authors"] = [author["name"] for author in publication["authors"]]
    short["text"] = (publication["text"] or "")[:_TEXT_SHOWN] + "…"
    return short
