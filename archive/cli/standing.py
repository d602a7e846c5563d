"""`status`, `pause`, `resume`: a crawl seen, and held, from outside."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from archive.cli.command import ARCHIVIST, Json, Name, app, collection, home, whole_home
from archive.errors import CollectionError
from archive.lines import counts, filled, many, table, width
from archive.store import running, standing
from archive.store.collection import Collection
from archive.store.standing import Standing

_PATIENCE = 10.0  # seconds that a crawl is given to answer; it looks once a second
_INDENT, _LABEL = "  ", 14
_WORDS = {
    "running": ("running", "bold green"),
    "paused": ("paused", "bold yellow"),
    "ending": ("sealing and deriving", "bold green"),
    "stale": ("broken off: its process is gone", "bold red"),
    "complete": ("complete", "bold green"),
    "failed": ("finished with failures", "bold yellow"),
    "limit": ("stopped at a limit", "bold yellow"),
    "interrupted": ("interrupted", "bold yellow"),
    "no-space": ("out of space", "bold red"),
    "unreachable": ("nothing archived", "bold red"),
    "new": ("not crawled yet", "bold"),
}


@app.command(
    rich_help_panel=ARCHIVIST,
    epilog="Example: policy-archive status timep  prints  timep · running · crawl 20261122180000 for 0:12:40 · …",
)
def status(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="COLLECTION", help="A collection's name; all of them unless given.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say how collections stand: which crawls run, are paused, stopped or broken off, and what is archived.

    Exit codes: 0 told, whatever it is · 2 no such collection.
    """
    if name is not None:
        shown = [standing.of(collection(ctx, name))]
    else:
        folder = whole_home(ctx)
        shown = [standing.of(Collection.open(folder / "collections" / one)) for one in collections(folder)]
    if as_json:
        print(json.dumps([asdict(one) for one in shown], ensure_ascii=False, indent=1))
        return
    out = Console()
    if not shown:
        print(f"no collections in {home(ctx) / 'collections'}: `policy-archive demo` or `crawl` makes one")
    for one in shown:
        _show(one, out)


def collections(home: Path) -> list[str]:
    """The names of all collections of a home."""
    return sorted(path.parent.name for path in (home / "collections").glob("*/collection.toml"))


def _show(one: Standing, out: Console) -> None:
    words, style = _WORDS[one.state]
    crawl = f" · crawl {one.crawl}" if one.crawl else ""
    alive = one.told is not None and one.state in ("running", "paused", "ending")
    since = f" · for {_span(standing.since(one.told.began))}" if alive and one.told else ""
    process = f" · process {one.pid}" if one.pid else ""
    out.print(Text.assemble((one.collection, "bold"), " · ", (words, style), crawl, since, process), soft_wrap=True)
    table(out, _rows(one, width(out) - _LABEL - len(_INDENT)), _LABEL, _INDENT)


def _rows(one: Standing, columns: int) -> Iterator[tuple[str, list[str]]]:
    told = one.told
    if told is not None and one.state in ("running", "paused", "ending", "stale"):
        yield "URLs", filled([f"{told.found:,} found", f"{told.queued:,} queued", *counts(told.ends)], columns)
    if told is not None and one.state == "running":
        left = [f"about {_span(timedelta(seconds=told.left))} left"] if told.left is not None else []
        yield "speed", filled([f"{told.pages_per_second:.1f} pages/s", f"{told.bytes / 1e6:,.1f} MB", *left], columns)
        waits = [f"{host} {seconds:,.0f} s" for host, seconds in told.waits.items()]
        if waits:
            yield "left alone", filled(waits, columns)
    if one.state == "stale":
        yield "next", ["the same command again goes on where it broke off"]
    elif one.state in ("limit", "interrupted"):
        yield "next", [f"{many(one.left, 'URL')} left: the same command again goes on"]
    elif one.state == "paused":
        yield "next", [f"policy-archive resume {one.collection}"]
    if one.exit_code is not None and one.ended is not None:
        ended = f"{one.ended[:4]}-{one.ended[4:6]}-{one.ended[6:8]} {one.ended[8:10]}:{one.ended[10:12]} UTC"
        yield "last end", [f"{ended} · exit code {one.exit_code}" + (f" · {one.why}" if one.why else "")]
    yield (
        "archived",
        filled(
            [many(one.publications, "publication"), f"{one.bytes / 1e6:,.1f} MB", f"{one.free / 1e9:,.1f} GB free"],
            columns,
        ),
    )


def _span(time: timedelta) -> str:
    return str(timedelta(seconds=max(0, round(time.total_seconds()))))


@app.command(
    rich_help_panel=ARCHIVIST, epilog="Example: policy-archive pause timep  prints  timep is paused: 8,312 URLs wait"
)
def pause(ctx: typer.Context, name: Name) -> None:
    """Let a running crawl fetch nothing until `resume`. It keeps its place; what is on its way is still taken.

    Exit codes: 0 paused · 2 no such collection, or no crawl of it is running.
    """
    _hold(collection(ctx, name), True)


@app.command(rich_help_panel=ARCHIVIST, epilog="Example: policy-archive resume timep  prints  timep goes on")
def resume(ctx: typer.Context, name: Name) -> None:
    """Let a paused crawl go on.

    Exit codes: 0 it goes on · 2 no such collection, or no crawl of it is running.
    """
    _hold(collection(ctx, name), False)


def _hold(held: Collection, paused: bool) -> None:
    """Tells the crawl, and waits until it says that it has heard."""
    if _alive(held) is None:
        running.pause_file(held).unlink(missing_ok=True)  # of a crawl that is gone
        raise CollectionError(
            f"no crawl of {held.name} is running: there is nothing to {'pause' if paused else 'resume'}"
        )
    if paused:
        running.pause_file(held).touch()
    else:
        running.pause_file(held).unlink(missing_ok=True)
    wanted = "paused" if paused else "running"
    until = time.monotonic() + _PATIENCE
    while (said := _alive(held)) is not None and said.state != wanted and time.monotonic() < until:
        time.sleep(0.1)
    if said is None:
        running.pause_file(held).unlink(missing_ok=True)
        last = running.told(held)
        if not paused and last is not None and last.state in ("ending", "ended"):  # little was left to fetch
            print(f"{held.name} went on, and came to its end: `policy-archive status {held.name}`")
            return
        raise CollectionError(f"the crawl of {held.name} ended meanwhile: `policy-archive status {held.name}`")
    if said.state != wanted:
        raise CollectionError(f"the crawl of {held.name} does not answer: `policy-archive status {held.name}` looks")
    print(f"{held.name} is paused: {said.queued:,} URLs wait" if paused else f"{held.name} goes on")


def _alive(held: Collection) -> running.Told | None:
    """What the collection's running crawl says; None where none runs, or it is ending."""
    said = running.told(held)
    return said if said is not None and said.state in ("running", "paused") and running.runs(held, said) else None
