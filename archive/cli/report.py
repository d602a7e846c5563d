"""`report`: what a crawl did, as a page for a person or as JSON for a program."""

import json
import webbrowser
from typing import Annotated

import typer
from rich.console import Console

from archive.cli.command import ARCHIVIST, Json, Name, app, collection


@app.command(
    rich_help_panel=ARCHIVIST,
    epilog="Example: policy-archive report timep --open  prints  Complete: all 1,204 publications …  and a path",
)
def report(
    ctx: typer.Context,
    name: Name,
    crawl: Annotated[
        str | None,
        typer.Argument(metavar="CRAWL", help="A crawl's id, such as 20261123012320; the newest unless given."),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    as_json: Json = False,
) -> None:
    """Show what a crawl did: how complete it was, what changed, what went wrong and what to do about it. The page is
    made again from report.json and the dataset.

    Exit codes: 0 shown · 2 no such collection or crawl.
    """
    from archive.reports import crawls, page, verdict

    shown = collection(ctx, name)
    told = crawls.read(shown, crawl)
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
        return
    path = page.write(shown, str(told["crawl"]))
    out = Console(highlight=False)
    out.print(verdict.sentence(told), markup=False, soft_wrap=True)
    for wrong in verdict.wrongs(told):
        if wrong.grave:
            out.print(f"  {wrong.count:,} {wrong.what}. {wrong.todo}", markup=False, soft_wrap=True)
    out.print(str(path), markup=False, soft_wrap=True)
    if show:
        webbrowser.open(path.resolve().as_uri())
