"""`demo`: all of it at work on a made-up institute."""

from typing import Annotated

import typer

from archive.cli.command import ARCHIVIST, app, home
from archive.interrupt import end_at_once


@app.command(rich_help_panel=ARCHIVIST, epilog="Example: policy-archive demo --pages 30")
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
    end_at_once()
    from crawler.demo import tour

    raise typer.Exit(tour.run(home(ctx), pages, seed))
