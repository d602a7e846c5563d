"""`alerts`: whether those who are to be told are."""

from typing import Annotated

import typer

from archive.cli.command import ARCHIVIST, app, home

alerts = typer.Typer(
    help="Who is told when a crawl fails, a site shuts, or a run is missed.",
    epilog="Example: policy-archive alerts test",
    no_args_is_help=True,
)
app.add_typer(alerts, name="alerts", rich_help_panel=ARCHIVIST)


@alerts.command(epilog="Example: policy-archive alerts test")
def test(ctx: typer.Context) -> None:
    """Send a message to every target of alerts.toml in the home folder. No address is printed.

    alerts.toml holds `targets`, addresses of apprise (mailto://, json://, slack://, …), in which ${NAME} is an
    environment variable, so that no credential stands in the file; and, as far as they are to differ, `topics`,
    `completeness_drop` and `fields_drop` in percent points, `disk_gigabytes`.
    """
    from crawler.alerts import send

    count = send.test(home(ctx))
    typer.echo(f"{count} target{'' if count == 1 else 's'} took the message")


@alerts.command(epilog="Example: policy-archive alerts example > policy-archive/alerts.toml")
def example() -> None:
    """Print an alerts.toml to begin with."""
    from crawler.alerts.settings import EXAMPLE

    print(EXAMPLE, end="")


@alerts.command(epilog="Example: policy-archive alerts check timep")
def check(
    ctx: typer.Context,
    collection: Annotated[str, typer.Argument(metavar="COLLECTION", help="A collection's name.")],
) -> None:
    """What the collection's last crawl would tell. Sends nothing."""
    import shutil

    from archive.cli.command import collection as named
    from crawler.alerts import rules, send
    from crawler.alerts.settings import load

    name = named(ctx, collection).name
    bounds = load(home(ctx)) or rules.Bounds.model_validate({})
    found = rules.alerts(send.reports(home(ctx), name), shutil.disk_usage(home(ctx)).free, bounds)
    for alert in found:
        typer.echo(f"{alert.topic}: {alert.title}\n  {alert.text}")
    if not found:
        typer.echo(f"{name}: nothing to tell")
