"""`try`: what one page would give."""

from typing import Annotated

import typer

from archive.cli.command import AUDITOR, app, home


@app.command(
    name="try",
    rich_help_panel=AUDITOR,
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

    raise typer.Exit(trial.show(page, url, institute, allow_private, json_, home(ctx)))
