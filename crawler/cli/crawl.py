"""`crawl`: an institute, its collection, its limits."""

import contextlib
import json
import sys
import time
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from archive.cli.command import ARCHIVIST, Json, app, home
from archive.institutes.profile import Kind
from archive.interrupt import end_at_once
from archive.lines import Terminal, harmless
from archive.store.collection import Collection
from crawler.errors import CrawlError
from crawler.options import Options
from crawler.telling import Telling

Metrics = Annotated[
    int | None,
    typer.Option(min=0, max=65535, metavar="PORT", help="Answer Prometheus at this port of 127.0.0.1; 0 for any."),
]
Delay = Annotated[
    float | None,
    typer.Option(
        min=0, metavar="SECONDS", help="Seconds between two requests to one host; the profile's unless given."
    ),
]
MaxMinutes = Annotated[float, typer.Option(min=0, metavar="N", help="Stop after so many minutes; 0 for no limit.")]
MaxMegabytes = Annotated[
    float, typer.Option(min=0, metavar="N", help="Stop after so many megabytes written; 0 for no limit.")
]
AllowPrivate = Annotated[bool, typer.Option("--allow-private", help="Reach loopback and private addresses too.")]
LogJson = Annotated[bool, typer.Option("--log-json", help="Say all that is said on stderr as JSON, a line an event.")]

_TEST_PAGES, _TEST_MINUTES, _TEST_MEGABYTES = 30, 5.0, 50.0  # a test crawl's limits, unless others are given
_TEST_SHOWN = 12  # publications


@app.command(
    rich_help_panel=ARCHIVIST,
    epilog="Example: policy-archive crawl timep --max-pages 50  prints  timep · crawl 20261122221644 · …",
)
def crawl(
    ctx: typer.Context,
    institute: Annotated[
        str,
        typer.Argument(metavar="INSTITUTE", help="An institute's name (`institute list`), or the path of a profile."),
    ],
    collection: Annotated[
        str | None, typer.Option(metavar="NAME", help="The collection's name; the institute's unless given.")
    ] = None,
    only: Annotated[
        list[Kind] | None,
        typer.Option(metavar="KIND", help=f"Only this kind of publication; give it again for more: {', '.join(Kind)}."),
    ] = None,
    urls: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Crawl just the pages in this file, one address a line.")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Ask for every page again, also for those that are not due or not changed.")
    ] = False,
    max_pages: Annotated[int, typer.Option(min=0, metavar="N", help="Stop after so many pages; 0 for no limit.")] = 0,
    max_minutes: MaxMinutes = 0,
    max_megabytes: MaxMegabytes = 0,
    max_pages_per_host: Annotated[
        int, typer.Option(min=0, metavar="N", help="Stop asking a host after so many pages; 0 for no limit.")
    ] = 0,
    max_megabytes_per_host: Annotated[
        float,
        typer.Option(min=0, metavar="N", help="Stop asking a host after so many megabytes written; 0 for no limit."),
    ] = 0,
    keep_free: Annotated[
        float, typer.Option(min=0, metavar="N", help="Stop while so many megabytes are free on the disk.")
    ] = 200,
    delay: Delay = None,
    allow_private: AllowPrivate = False,
    test: Annotated[
        bool, typer.Option("--test", help="Crawl a little of it, beside the real collection; then `save` or `discard`.")
    ] = False,
    json_: Json = False,
    metrics: Metrics = None,
    metrics_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write Prometheus metrics there at the end, for a textfile collector."),
    ] = None,
    log_json: LogJson = False,
) -> None:
    """Crawl an institute: capture its pages as WARC, derive its publications. Run again, it goes on where it was
    stopped; once it was complete, it asks for what can have changed.

    Exit codes: 0 complete · 1 a source or a derivation failed · 2 wrong usage or profile · 3 out of space · 4 stopped
    at a limit · 5 site unreachable or refusing · 6 another machine has the collection, or its database is out of
    reach: try again · 130 interrupted.
    """
    end_at_once()
    from crawler.spiders.institute import profile_of
    from crawler.spiders.publications import PublicationsSpider

    options = Options(
        only=frozenset(only or ()),
        full=full,
        urls=_addresses(urls) if urls else (),
        max_pages=max_pages or (_TEST_PAGES if test else 0),
        max_minutes=max_minutes or (_TEST_MINUTES if test else 0),
        max_megabytes=max_megabytes or (_TEST_MEGABYTES if test else 0),
        max_pages_per_host=max_pages_per_host,
        max_megabytes_per_host=max_megabytes_per_host,
        keep_free=keep_free,
        delay=delay,
        allow_private=allow_private,
    )
    telling = Telling(metrics, metrics_file, log_json)
    with telling.lines():
        profile = profile_of(institute, home(ctx))
        raise typer.Exit(start(ctx, profile, PublicationsSpider, collection, options, json_, test, telling).exit_code)


def _addresses(path: Path) -> tuple[str, ...]:
    from archive.institutes.urls import absolute

    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CrawlError(f"{path} cannot be read ({error}): give a UTF-8 text file with one address a line") from None
    wanted = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    for number, line in enumerate(wanted, 1):
        if absolute(line) is None:
            raise CrawlError(
                f"{path}, address {number}: {line!r} is not an http or https address; write it whole, as https://…"
            )
    if not wanted:
        raise CrawlError(f"{path} holds no address: write one a line")
    return tuple(wanted)


def _show_test(collection: Collection, tests: Path) -> None:
    """The first publications of a test crawl, and what can be done with it."""
    shown = 0
    with contextlib.suppress(FileNotFoundError), (collection.dataset_dir / "publications.jsonl").open("rb") as lines:
        for line in islice(lines, _TEST_SHOWN):
            told = json.loads(line)
            print(harmless(f"  {told['kind']:<13} {told['published'] or '?':<10}  {told['title'] or told['url']}"))
            shown += 1
    if shown:
        print(f"Look:  policy-archive --home {tests} replay {collection.name}")
    print(f"Keep:  policy-archive save {collection.name}")
    print(f"Or:    policy-archive discard {collection.name}")


def start(
    ctx: typer.Context,
    profile: Any,
    spider: Any,
    collection: str | None,
    options: Options,
    as_json: bool,
    test: bool = False,
    telling: Telling | None = None,
) -> Any:
    from archive.database import DATABASE, FRONTIER, Address
    from archive.dataset import side
    from crawler import summary
    from crawler.crawl import Crawl
    from crawler.run import run

    telling = telling or Telling()
    talk = Terminal(stderr=True)
    place = side.home(home(ctx)) if test else home(ctx)
    if test:
        side.ready(home(ctx), collection or profile.id)
    database = None if test else Address.of_environment(FRONTIER, DATABASE)
    running = Crawl.open(profile, place, collection, options, database)
    if running.resumed and not telling.log_json:
        talk.print(f"going on with crawl {running.id} of {profile.id}", highlight=False)
    began = time.monotonic()
    with telling.during(place, running):
        outcome = run(running, spider, talk, quiet=telling.log_json)
    telling.after(place, outcome)
    if as_json:
        print(json.dumps(asdict(outcome), ensure_ascii=False))
    else:
        summary.show(outcome, Terminal(), time.monotonic() - began, next_steps=not test)
        if test:
            _show_test(running.collection, place)
    if outcome.why and not telling.log_json:
        print(harmless(f"policy-archive: {outcome.why}"), file=sys.stderr)
    return outcome
