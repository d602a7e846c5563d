"""`browse`: all collections in a browser."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from archive.cli.command import RESEARCHER, app, home
from archive.cli.search import refreshed


@app.command(
    rich_help_panel=RESEARCHER,
    epilog="Example: policy-archive browse  prints  http://127.0.0.1:8001/  to open",
)
def browse(
    ctx: typer.Context,
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="PORT", help="The port on 127.0.0.1; 0 takes a free one.")
    ] = 8001,
) -> None:
    """Search, read, compare, verify and replay the publications of all collections in a browser, until Ctrl-C.

    Exit codes: 0 ended by Ctrl-C · 2 wrong usage, the port is taken, or the extra `browse` is not installed.
    """
    from archive.browse.server import Browse

    serving = Browse(home(ctx), refreshed(ctx), port)
    print(serving.base, flush=True)
    Console(stderr=True).print("Ctrl-C ends it", style="dim", highlight=False)
    serving.run()
    sys.exit(0)
