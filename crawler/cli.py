"""The command `policy-archive`: the archive's verbs, and those that go out to the web."""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from archive import cli as archive_cli
from archive.institutes.profile import Kind
from crawler.errors import CrawlError
from crawler.options import Options

app = archive_cli.app

_ARCHIVIST = archive_cli.ARCHIVIST


@app.command(rich_help_panel=_ARCHIVIST, epilog="Example: policy-archive crawl timep --max-pages 50")
def crawl(
    ctx: typer.Context,
    institute: Annotated[
        str,
        typer.Argument(metavar="INSTITUTE", help="An institute's name (`institute list`), or the path of a profile."),
    ],
    collection: Annotated[str | None, typer.Option(help="The collection's name; the institute's unless given.")] = None,
    only: Annotated[
        list[Kind] | None,
        typer.Option(metavar="KIND", help=f"Only this kind of publication; give it again for more: {', '.join(Kind)}."),
    ] = None,
    urls: Annotated[Path | None, typer.Option(help="Crawl just the pages in this file, one address a line.")] = None,
    max_pages: Annotated[int, typer.Option(min=0, help="Stop after so many pages; 0 for no limit.")] = 0,
    max_minutes: Annotated[float, typer.Option(min=0, help="Stop after so many minutes.")] = 0,
    max_megabytes: Annotated[float, typer.Option(min=0, help="Stop after so many megabytes written.")] = 0,
    keep_free: Annotated[float, typer.Option(min=0, help="Stop while so many megabytes are free on the disk.")] = 200,
    delay: Annotated[float | None, typer.Option(min=0, help="Seconds between two requests to one host.")] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Reach loopback and private addresses too.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Crawl an institute: capture its pages as WARC, derive its publications. Run again, it goes on where it was
    stopped.

    Exit codes: 0 complete · 1 a source or a derivation failed · 2 wrong usage or profile · 3 out of space · 4 stopped
    at a limit · 5 site unreachable or refusing · 130 interrupted.
    """
    from crawler.spiders.institute import profile_of
    from crawler.spiders.publications import PublicationsSpider

    options = Options(
        only=frozenset(only or ()),
        urls=_addresses(urls) if urls else (),
        max_pages=max_pages,
        max_minutes=max_minutes,
        max_megabytes=max_megabytes,
        keep_free=keep_free,
        delay=delay,
        allow_private=allow_private,
    )
    profile = profile_of(institute)
    raise typer.Exit(_crawl(ctx, profile, PublicationsSpider, collection, options, json_).exit_code)


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


def _crawl(
    ctx: typer.Context, profile: Any, spider: Any, collection: str | None, options: Options, as_json: bool
) -> Any:
    from crawler import summary
    from crawler.crawl import Crawl
    from crawler.run import end_at_once, run

    end_at_once()
    talk = Console(stderr=True)
    running = Crawl.open(profile, archive_cli.home(ctx), collection, options)
    if running.resumed:
        talk.print(f"going on with crawl {running.id} of {profile.id}", highlight=False)
    began = time.monotonic()
    outcome = run(running, spider, talk)
    if as_json:
        print(json.dumps(asdict(outcome), ensure_ascii=False))
    else:
        summary.show(outcome, Console(), time.monotonic() - began)
    if outcome.why:
        print(f"policy-archive: {outcome.why}", file=sys.stderr)
    return outcome


@app.command(rich_help_panel=_ARCHIVIST, epilog="Example: policy-archive demo --pages 30")
def demo(
    ctx: typer.Context,
    pages: Annotated[
        int, typer.Option(min=10, max=1_000_000, help="How many publications the demo institute has.")
    ] = 60,
    seed: Annotated[int, typer.Option(help="Another seed, another institute.")] = 1,
) -> None:
    """See it all at work: serve a made-up institute on this machine, crawl it, verify the archive, replay pages from
    it.
    """
    from crawler.demo import tour

    raise typer.Exit(tour.run(archive_cli.home(ctx), pages, seed))


@app.command(
    name="try",
    rich_help_panel=archive_cli.AUDITOR,
    epilog="Example: policy-archive try https://timep.org/2024/12/04/israels-digital-assault-on-lebanon/",
)
def try_(
    ctx: typer.Context,
    page: Annotated[str, typer.Argument(metavar="URL|FILE", help="A page's address, or a file with its HTML.")],
    url: Annotated[str | None, typer.Option(help="The address that a file's page had.")] = None,
    institute: Annotated[str, typer.Option(help="The profile to read it with.")] = "wordpress",
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Reach loopback and private addresses too.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print the page as JSON.")] = False,
) -> None:
    """Show what would be extracted from one page. Touches no collection."""
    from crawler import trial

    raise typer.Exit(trial.show(page, url, institute, allow_private, json_))


def main() -> None:
    """The entry point: errors are one line, never a traceback."""
    archive_cli.run(app)


if __name__ == "__main__":
    main()
