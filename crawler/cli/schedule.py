"""`schedule`: which institute is crawled when, and who begins it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from archive.cli.command import ARCHIVIST, Json, app, home
from crawler.cli.crawl import LogJson, Metrics
from crawler.errors import CrawlError

schedule = typer.Typer(
    help="Crawl institutes at the times that schedule.toml in the home folder names.",
    epilog="Example: policy-archive schedule list",
    no_args_is_help=True,
)
app.add_typer(schedule, name="schedule", rich_help_panel=ARCHIVIST)


@schedule.command("list", epilog="Example: policy-archive schedule list  prints  timep: every day at 03:00 …")
def list_(ctx: typer.Context, json_: Json = False) -> None:
    """Each entry's next runs, in UTC and in its own time, and what became of the last one.

    Exit codes: 0 listed · 2 schedule.toml is not there, or not valid.
    """
    from crawler.schedule import listing, plan
    from crawler.schedule.runs import Runs

    found = plan.load(home(ctx))
    table = _table(home(ctx))
    runs = Runs(table) if table.exists() else None
    now = datetime.now(UTC)
    if json_:
        print(json.dumps(listing.stand(found, runs, now), ensure_ascii=False))
    else:
        print("\n".join(listing.lines(found, runs, now)))
    if runs is not None:
        runs.close()


@schedule.command(epilog="Example: policy-archive schedule example > policy-archive/schedule.toml")
def example() -> None:
    """Print a schedule.toml to begin with.

    Exit codes: 0 printed.
    """
    from crawler.schedule.plan import EXAMPLE

    print(EXAMPLE, end="")


@schedule.command(
    epilog="Example: policy-archive schedule check  prints  policy-archive/schedule.toml: valid, 1 entry, 2 at once"
)
def check(
    ctx: typer.Context,
    alert: Annotated[bool, typer.Option("--alert", help="Send a test message to every target of alerts.toml.")] = False,
) -> None:
    """Say whether schedule.toml and alerts.toml are valid, and what the next week would bring.

    Exit codes: 0 valid · 2 not valid, or not there.
    """
    from crawler.alerts import send, settings
    from crawler.schedule import listing, plan

    found = plan.load(home(ctx))
    told = settings.load(home(ctx))
    count = len(found.entry)
    print(f"{home(ctx) / plan.NAME}: valid, {count} {'entry' if count == 1 else 'entries'}, {found.at_once} at once")
    print("\n".join(listing.week(found, datetime.now(UTC))))
    if told is None:
        print(f"nobody is told of failures: there is no {home(ctx) / settings.NAME}")
    else:
        settings.resolved(told)
    if alert:
        print(f"{send.test(home(ctx))} alert targets took a test message")


@schedule.command(epilog="Example: policy-archive schedule run --metrics 9464")
def run(
    ctx: typer.Context,
    once: Annotated[
        str | None,
        typer.Option(metavar="ENTRY", help="Just this entry's run that is due: for timers of the system."),
    ] = None,
    now: Annotated[str | None, typer.Option(metavar="ENTRY", help="Just this entry, now, whatever is planned.")] = None,
    metrics: Metrics = None,
    log_json: LogJson = False,
) -> None:
    """Begin crawls when they are due, until SIGTERM or Ctrl-C; then what runs is drained and sealed. May be killed and
    begun again: no run is missed, and none is done twice.

    A crawl's own output is in state/schedule/ENTRY.out in the home folder.

    Exit codes: 0 ended by a signal; with --once or --now, those of `crawl` · 2 schedule.toml is not valid, or has no
    such entry.
    """
    from crawler.schedule import serving

    if once is not None and now is not None:
        raise CrawlError("--once and --now each name the entry to run: give one of them")
    folder = home(ctx).resolve()
    raise typer.Exit(serving.run(folder, _table(folder), once, now, metrics, log_json))


@schedule.command(epilog="Example: policy-archive schedule systemd --into /etc/systemd/system")
def systemd(
    ctx: typer.Context,
    into: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Write the units there.")] = None,
    scheduler: Annotated[
        bool, typer.Option("--scheduler", help="One service that runs `schedule run`, in place of the timers.")
    ] = False,
) -> None:
    """Print a systemd service and a timer for each entry.

    Exit codes: 0 printed, or written · 2 schedule.toml is not there, or not valid.
    """
    from crawler.schedule import plan, units

    folder = home(ctx).resolve()
    found = plan.load(folder)
    for name, text in [units.scheduler(folder)] if scheduler else units.systemd(found, folder):
        if into is None:
            print(f"# {name}\n{text}")
        else:
            (into / name).write_text(text, encoding="utf-8")
            print(into / name)


@schedule.command(epilog="Example: policy-archive schedule cron | crontab -")
def cron(ctx: typer.Context) -> None:
    """Print a line of crontab for each entry.

    Exit codes: 0 printed · 2 schedule.toml is not there, or not valid.
    """
    from crawler.schedule import plan, units

    folder = home(ctx).resolve()
    print("\n".join(units.cron(plan.load(folder), folder)))


def _table(folder: Path) -> Path:
    return folder / "state" / "schedule.sqlite"
