"""`alerts`: whether those who are to be told are."""

import typer

from archive.cli.command import ARCHIVIST, Name, app, home

alerts = typer.Typer(
    help="Tell people when a crawl fails, a site shuts, or a run is missed.",
    epilog="Example: policy-archive alerts test",
    no_args_is_help=True,
)
app.add_typer(alerts, name="alerts", rich_help_panel=ARCHIVIST)


@alerts.command(epilog="Example: policy-archive alerts test  prints  2 targets took the message")
def test(ctx: typer.Context) -> None:
    """Send a message to every target of alerts.toml in the home folder. No address is printed.

    alerts.toml holds `targets`, addresses of apprise (mailto://, json://, slack://, …), in which ${NAME} is an
    environment variable, so that no credential stands in the file; and, as far as they are to differ, `topics`,
    `completeness_drop` and `fields_drop` in percent points, `disk_gigabytes`.

    Exit codes: 0 all took it · 2 alerts.toml is not there, or not valid, or a target did not take it.
    """
    from crawler.alerts import send

    count = send.test(home(ctx))
    typer.echo(f"{count} target{'' if count == 1 else 's'} took the message")


@alerts.command(epilog="Example: policy-archive alerts example > policy-archive/alerts.toml")
def example() -> None:
    """Print an alerts.toml to begin with.

    Exit codes: 0 printed.
    """
    from crawler.alerts.settings import EXAMPLE

    print(EXAMPLE, end="")


@alerts.command(epilog="Example: policy-archive alerts check timep  prints  timep: nothing to tell")
def check(
    ctx: typer.Context,
    collection: Name,
) -> None:
    """Say what a collection's last crawl would tell. Sends nothing.

    Exit codes: 0 said · 2 no such collection, or alerts.toml is not valid.
    """
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
