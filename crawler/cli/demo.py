"""`demo`: all of it at work on a made-up institute."""

from typing import Annotated

import typer

from archive.cli.command import ARCHIVIST, app, home
from archive.interrupt import end_at_once


@app.command(
    rich_help_panel=ARCHIVIST,
    epilog="Example: policy-archive demo --pages 30  prints  1. Serving a made-up institute …  and a line of its data",
)
def demo(
    ctx: typer.Context,
    pages: Annotated[
        int, typer.Option(min=10, max=1_000_000, metavar="N", help="How many publications the demo institute has.")
    ] = 60,
    seed: Annotated[int, typer.Option(metavar="N", help="Another seed, another institute.")] = 1,
) -> None:
    """See it all at work: serve a made-up institute on this machine, crawl it, verify the archive, replay pages from
    it.

    Exit codes: 0 all three went well · 1 one did not · 2 wrong usage · 3 out of space · 130 interrupted.
    """
    end_at_once()
    from crawler.demo import tour

    raise typer.Exit(tour.run(home(ctx), pages, seed))
