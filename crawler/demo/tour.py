"""`policy-archive demo`: the whole way, once, on this machine: serve, crawl, verify, replay."""

import json
import time
from pathlib import Path
from textwrap import indent
from typing import Any
from urllib.parse import unquote

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
    if outcome.why:
        talk.print(Text(f"policy-archive: {outcome.why}"), soft_wrap=True)
    if outcome.exit_code not in (0, INCOMPLETE):
        return outcome.exit_code
    collection = Collection.open(crawl.collection.path)
    samples = newest(collection)
    _show_publication(console, collection, samples)
    _step(console, 2, "Verifying every record, every index line, and every line of the dataset")
    audit = Audit(collection)
    findings_report.show(audit, audit.findings(), console, talk)
    _step(console, 3, "Replaying from the archive alone; the site is gone")
    replayed = replay_check(collection, samples)
    for result in replayed:
        console.print(Text.assemble(("  ✓ " if result.ok else "  ✗ "), unquote(result.url), f"\n      {result.detail}"))
    console.print(Text(f"\nEverything is in {_near(collection.path)}\nNext:", style="bold"))
    for command, why in (
        ("replay demo", "the pages, in a browser"),
        ("verify demo", "check it again"),
        ("institute show timep", "all that a real institute's profile says"),
        ("crawl timep --max-pages 50", "a first taste of it"),
    ):
        console.print(Text.assemble((f"  policy-archive {command:<28}", "cyan"), (why, "dim")))
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
                console.print(f"  One line of {_near(collection.dataset_dir / 'publications.jsonl')}, shortened:")
                shown = json.dumps(_short(publication), ensure_ascii=False, indent=2)
                console.print(Text(indent(shown, "  "), style="dim"))
                return


def _near(path: Path) -> Path:
    """The path from here, where it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _short(publication: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "kind", "url", "title", "language", "published", "authors", "text", "source")
    short = {name: publication[name] for name in names}
    short["authors"] = [author["name"] for author in publication["authors"]]
    short["text"] = (publication["text"] or "")[:_TEXT_SHOWN] + "…"
    return short
