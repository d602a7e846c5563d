"""`try`: what one page would give."""

from typing import Annotated

import typer

from archive.cli.command import AUDITOR, Json, app, home
from crawler.cli.crawl import AllowPrivate


@app.command(
    name="try",
    rich_help_panel=AUDITOR,
    epilog="Example: policy-archive try https://timep.org/2024/12/04/israels-digital-assault-on-lebanon/"
    "  prints  its title, its authors … and where each was read",
)
def try_(
    ctx: typer.Context,
    page: Annotated[str, typer.Argument(metavar="URL|FILE", help="A page's address, or a file with its HTML.")],
    url: Annotated[str | None, typer.Option(metavar="URL", help="The address that a file's page had.")] = None,
    institute: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="The profile to read it with: an institute's name, or a file.")
    ] = "wordpress",
    allow_private: AllowPrivate = False,
    json_: Json = False,
) -> None:
    """Show what would be extracted from one page. Touches no collection.

    Exit codes: 0 shown · 2 wrong usage · 5 it cannot be had.
    """
    from crawler import trial

    raise typer.Exit(trial.show(page, url, institute, allow_private, json_, home(ctx)))
