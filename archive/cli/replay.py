"""`replay`: the archived pages in a browser."""

from pathlib import Path
from typing import Annotated

import typer

from archive.cli.command import AUDITOR, app, collection
from archive.lines import Terminal, harmless


@app.command(
    rich_help_panel=AUDITOR,
    epilog="Example: policy-archive replay timep  prints  http://127.0.0.1:8080/timep/https://…  to open",
)
def replay(
    ctx: typer.Context,
    name: Annotated[
        str, typer.Argument(help="A collection's name, or a WACZ file.", metavar="COLLECTION|FILE", show_default=False)
    ],
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port on 127.0.0.1; 0 takes a free one.")] = 8080,
) -> None:
    """Show the archived pages in a browser, from the archive alone, until Ctrl-C."""
    from archive.replay import check, package
    from archive.replay.server import Wayback, recovered

    talk = Terminal(stderr=True, highlight=False, soft_wrap=True)
    shown = Path(name) if name.endswith(".wacz") else collection(ctx, name)
    if not isinstance(shown, Path) and not recovered(shown):
        talk.print(f"{name} is being written to; what was archived so far is shown", markup=False)
    with Wayback(shown, port) as wayback:
        for url, title in package.newest(shown) if isinstance(shown, Path) else check.newest(shown):
            print(harmless(f"{wayback.page(url)}  {title}"), flush=True)
        print(wayback.base, flush=True)
        talk.print("Ctrl-C ends it", style="dim")
        wayback.wait()
