"""`fleet`: many machines crawling many institutes, with one PostgreSQL between them."""

import platform
from pathlib import Path
from typing import Annotated

import typer

from archive.cli.command import ARCHIVIST, Json, app, collection, home
from crawler.cli.crawl import LogJson, Metrics
from crawler.errors import CrawlError
from crawler.fleet.machine import FREE, MEMORY

fleet = typer.Typer(
    help="Crawl many institutes with many machines: the queue is in PostgreSQL ($POLICY_ARCHIVE_DATABASE).",
    epilog="Example: policy-archive fleet status",
    no_args_is_help=True,
)
app.add_typer(fleet, name="fleet", rich_help_panel=ARCHIVIST)

Database = Annotated[
    str | None,
    typer.Option("--database", metavar="ADDRESS", help="The database; a password stands in $POLICY_ARCHIVE_DATABASE."),
]


@fleet.command(epilog="Example: policy-archive fleet init")
def init(database: Database = None) -> None:
    """Make the fleet's tables in the database. May be run again: what is there stays. Says how many connections the
    server gives: each crawl has one.

    Exit codes: 0 they are there · 2 no database is named, or it is out of reach.
    """
    from archive.database import Address
    from crawler.fleet import queue

    address = Address.needed(database)
    made = queue.init(address)
    print(f"{address}: {'made the tables of a fleet' if made else 'the tables are there'}")
    most = queue.connections(address)
    print(
        f"its server gives {most} connections: a worker has {queue.CONNECTIONS}, and each of its crawls one more; "
        "for more, raise max_connections there"
    )


@fleet.command(epilog="Example: policy-archive fleet worker --at-once 20")
def worker(
    ctx: typer.Context,
    database: Database = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="What it is called; the machine's name unless given.")
    ] = None,
    at_once: Annotated[
        int, typer.Option(min=1, max=500, metavar="N", help="Institutes that it crawls at the same time.")
    ] = 2,
    keep_memory: Annotated[
        float, typer.Option(min=0, metavar="N", help="Begin nothing while fewer megabytes of memory are free.")
    ] = MEMORY,
    keep_free: Annotated[
        float, typer.Option(min=0, metavar="N", help="Begin nothing while fewer megabytes of the disk are free.")
    ] = FREE,
    stalled_after: Annotated[
        float,
        typer.Option(
            min=30, metavar="SECONDS", help="Seconds of silence after which another worker's jobs are taken over."
        ),
    ] = 30,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Reach loopback and private addresses too.")
    ] = False,
    until_empty: Annotated[
        bool, typer.Option("--until-empty", help="End when nothing waits or runs, in place of waiting for more.")
    ] = False,
    metrics: Metrics = None,
    log_json: LogJson = False,
) -> None:
    """Take jobs and do them, until SIGTERM or Ctrl-C: then what runs is sealed, and another worker goes on with it.
    Where there is a schedule.toml in the home folder, what it plans is put into the queue, once in the whole fleet.

    All workers see the same home folder. A job's own output is in state/fleet/COLLECTION.out there.

    Where the database goes away, it waits for it, and so do the crawls that it runs.

    Exit codes: 0 drained, or with --until-empty, done · 2 no database is named, it holds no fleet, or another worker
    has this one's name · 130 ended by a signal, with what ran handed on.
    """
    from archive.database import Address
    from crawler.fleet import serving
    from crawler.fleet.machine import Limits
    from crawler.fleet.runner import Settings

    folder = home(ctx).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    limits = Limits(at_once, keep_memory, keep_free)
    settings = Settings(folder, name or platform.node(), limits, allow_private, stalled_after, until_empty)
    raise typer.Exit(serving.run(Address.needed(database), settings, metrics, log_json))


@fleet.command(epilog="Example: policy-archive fleet enqueue timep --priority 10")
def enqueue(
    ctx: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="INSTITUTE…", help="Institutes; `institute list` names them.")],
    database: Database = None,
    task: Annotated[str, typer.Option(metavar="TASK", help="crawl, derive, verify or pack.")] = "crawl",
    priority: Annotated[int, typer.Option(metavar="N", help="Higher ones come first; 0 for what is planned.")] = 0,
    full: Annotated[bool, typer.Option("--full", help="Ask for every page again.")] = False,
    max_pages: Annotated[int, typer.Option(min=0, metavar="N", help="Stop after so many pages; 0 for no limit.")] = 0,
    max_minutes: Annotated[float, typer.Option(min=0, metavar="N", help="Stop after so many minutes.")] = 0,
) -> None:
    """Put jobs into the queue. One that waits already is not put in again.

    Exit codes: 0 they wait · 2 an unknown institute, collection or task, or no fleet · 6 the database went away.
    """
    from archive.database import Address
    from archive.institutes import registry
    from crawler.fleet import queue
    from crawler.fleet.orders import Task, parse

    address = Address.needed(database)
    queue.needs_init(address)
    if task not in list(Task):
        raise CrawlError(f"no task is called {task!r}: there are {', '.join(Task)}")
    limits = {"full": full, "max_pages": max_pages, "max_minutes": max_minutes}
    given = {name: value for name, value in limits.items() if value}
    orders = []
    for name in names:
        if name.endswith(".toml"):
            raise CrawlError(f"{name}: a job names an institute, and no file: put it into {home(ctx) / 'institutes'}")
        there = registry.load(name, home(ctx)).id if task == Task.CRAWL else collection(ctx, name).name
        orders.append(parse(task, {"institute": name, "collection": there, **given}))
    for name, new in zip(names, queue.enqueue(address, orders, priority), strict=True):
        print(f"{name}: {'put in' if new else f'a {task} of it waits already'}")


@fleet.command(epilog="Example: policy-archive fleet status --json")
def status(database: Database = None, json_: Json = False) -> None:
    """The queue, the workers, what is crawled now and how fast, what is late or fails.

    Exit codes: 0 told · 2 no database is named, or it holds no fleet.
    """
    from archive.database import Address
    from archive.fleet import standing
    from crawler.fleet import telling

    found = standing.of(Address.needed(database))
    if json_:
        print(telling.dumps(found))
    else:
        print("\n".join(telling.lines(found)))


@fleet.command(epilog="Example: policy-archive fleet drain west-3")
def drain(
    names: Annotated[list[str] | None, typer.Argument(metavar="WORKER…", help="As `status` names them.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every worker.")] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Have them take jobs again, where they have not ended yet.")
    ] = False,
    database: Database = None,
) -> None:
    """Have workers finish what they run, take nothing new, and end: before a machine is taken away. Where that would
    take too long, SIGTERM has a worker seal what runs, and hand it on.

    Exit codes: 0 told · 2 no such worker (then none is told), or no fleet's database.
    """
    from archive.database import Address
    from crawler.fleet import presence, telling

    if bool(names) == all_:
        raise CrawlError("name workers (`policy-archive fleet status` lists them), or give --all")
    found = presence.drain(Address.needed(database), names, undo)
    for one in found:
        print(telling.drained(one, undo))
    if not found:
        print("there is no worker")


@fleet.command(epilog="Example: policy-archive fleet demo")
def demo(
    ctx: typer.Context,
    institutes: Annotated[
        int, typer.Option(min=1, max=200, metavar="N", help="Demo institutes, from 127.0.0.2 on.")
    ] = 10,
    workers: Annotated[int, typer.Option(min=1, max=20, metavar="N", help="Workers.")] = 2,
    pages: Annotated[int, typer.Option(min=10, metavar="N", help="Publications of each institute.")] = 20,
    keep: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Keep the database in this folder.")] = None,
) -> None:
    """See a fleet on this machine: a PostgreSQL of its own, two workers, ten made-up institutes.

    Exit codes: 0 all are crawled and verified · 1 one is not · 2 there is no PostgreSQL here.
    """
    from crawler.fleet import demo as shown

    raise typer.Exit(shown.run(home(ctx).resolve() / "fleet-demo", institutes, workers, pages, keep))
