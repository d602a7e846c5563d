"""`urls`: the index of all addresses, for whoever has many collections or WARCs."""

import json
from datetime import date
from typing import Annotated
from uuid import UUID

import typer

from archive.cli.command import RESEARCHER, Json, all_names, app, collection
from archive.errors import CollectionError
from archive.lines import Terminal, many

urls = typer.Typer(
    help="Every address that was captured, of many collections and of WARCs of any tool, in one index: Parquet with "
    "Common Crawl's columns, sorted by SURT.",
    no_args_is_help=True,
)
app.add_typer(urls, name="urls", rich_help_panel=RESEARCHER)


@urls.command(
    epilog="Example: policy-archive urls index timep --to index  prints  48,211 captures",
)
def index(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="COLLECTION|WARC",
            help="Collections; or WARC files of any tool, folders of them, and URLs of them.",
            show_default=False,
        ),
    ] = None,
    to: Annotated[
        str, typer.Option("--to", metavar="FOLDER", help="Where the index goes: a folder, or a URL.")
    ] = "urls",
    every: Annotated[bool, typer.Option("--all", help="All collections of the home.")] = False,
) -> None:
    """Make the index of addresses anew. What is withheld is in no row of it.

    Exit codes: 0 made · 1 a record could not be read · 2 wrong usage.
    """
    from archive.dataset.batch import loose

    try:
        from archive.urls.build import build
    except ModuleNotFoundError as error:
        if error.name != "pyarrow":
            raise
        raise CollectionError(
            "the index needs pyarrow, which is not installed: pip install 'policy-archive[export]', or '.[export]' in "
            "a checkout"
        ) from None
    given = list(dict.fromkeys(names or ()))
    if not given and not every:
        raise CollectionError("say what is to be indexed: collections, WARCs, or --all for all collections")
    known = [name for name in given if not loose.is_file(name)]
    if every:
        known = sorted({*known, *all_names(ctx)})
    opened = [collection(ctx, name) for name in known]
    from rich.progress import Progress

    talk = Terminal(stderr=True)
    with Progress(console=talk, transient=True, disable=not talk.is_terminal) as bar:
        task = bar.add_task("reading WARCs", total=None)
        places = [name for name in given if loose.is_file(name)]
        made = build(opened, places, to, lambda done: bar.update(task, completed=done))
    for warc, offset, reason in made.failures[:20]:
        talk.print(f"not read: {warc} at byte {offset}: {reason}", markup=False, soft_wrap=True)
    withheld = f" ({made.withheld:,} withheld)" if made.withheld else ""
    print(f"{many(made.rows, 'capture')} in {many(len(made.files), 'file')}{withheld}")
    print(to)
    raise typer.Exit(1 if made.failures else 0)


@urls.command(
    epilog="Example: policy-archive urls find index --status 200 --limit 3  prints  a capture a line",
)
def find(
    place: Annotated[str, typer.Argument(metavar="INDEX", help="The folder or URL of the index.", show_default=False)],
    url: Annotated[
        str | None,
        typer.Argument(
            metavar="URL",
            help="An address; `host/path*`: all that begin so; `*.host`: a whole domain.",
            show_default=False,
        ),
    ] = None,
    status: Annotated[int | None, typer.Option(metavar="N", help="Only with that answer, such as 404.")] = None,
    mime: Annotated[
        str | None, typer.Option(metavar="TYPE", help="Only of that type, such as application/pdf.")
    ] = None,
    crawl: Annotated[str | None, typer.Option(metavar="CRAWL", help="Only of that crawl.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DAY", help="Captured on that day (UTC) or later.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DAY", help="Captured on that day (UTC) or earlier.")] = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="As many lines at the most.")] = 100,
    sql: Annotated[
        str | None, typer.Option(metavar="QUERY", help="A query of one's own instead; the index is called urls.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Look addresses up in an index, here or in an object store, with DuckDB.

    Exit codes: 0 found · 1 nothing was found · 2 wrong usage.
    """
    from archive.urls.find import SHOWN, Finder, Wanted

    wanted = Wanted(url, status, mime, crawl, _day(since, "--since"), _day(until, "--until"), limit)
    found = False
    with Finder(place) as finder:
        for row in finder.sql(sql) if sql else finder.find(wanted):
            found = True
            if as_json:
                print(json.dumps(row, ensure_ascii=False, default=_text))
            else:
                shown = row.values() if sql else (row[name] for name in SHOWN)
                print("\t".join("-" if value is None else _text(value) for value in shown))
    if not found:
        Terminal(stderr=True).print("nothing found (a port is part of an address: host:8080/path*)", markup=False)
    raise typer.Exit(0 if found else 1)


def _text(value: object) -> str:
    """A cell, as it is read: 16 bytes are a record's id, a time is UTC."""
    return str(UUID(bytes=value)) if isinstance(value, bytes) and len(value) == 16 else str(value)


def _day(text: str | None, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError:
        raise CollectionError(f"{option} {text!r} is no day: write it as 2026-11-23") from None
