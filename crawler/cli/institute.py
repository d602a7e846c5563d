"""`institute new`: a profile for a site that has none yet."""

from pathlib import Path
from typing import Annotated

import typer

from archive.cli.command import home
from archive.institutes.commands import app
from crawler.cli.crawl import AllowPrivate, Delay


@app.command(epilog="Example: policy-archive institute new example https://institute.example/  prints  the profile …")
def new(
    ctx: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="What to call it: a-z, digits and -.", show_default=False)
    ],
    url: Annotated[str, typer.Argument(metavar="URL", help="The address of its home page.", show_default=False)],
    into: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write it; else institutes/NAME.toml in the home folder."),
    ] = None,
    delay: Delay = None,
    allow_private: AllowPrivate = False,
) -> None:
    """Look at a site, in 25 requests at most, and write a profile for it; show what it reads on three pages.

    Every line of the profile has its reason, and the next commands are printed.

    Exit codes: 0 written · 2 wrong usage, or there is such a profile · 5 site unreachable or refusing.
    """
    from crawler.survey.new import new

    raise typer.Exit(new(home(ctx), name, url, into, allow_private, delay))
