"""`withhold`: what is not to be shown, and for how long."""

import getpass
import json
from datetime import date, datetime
from typing import Annotated

import typer

from archive.cli.command import ARCHIVIST, Json, Name, app, collection
from archive.lines import Terminal, many
from archive.store.collection import Collection
from archive.store.withheld import Withheld, Withholding


@app.command(
    rich_help_panel=ARCHIVIST,
    epilog='Example: policy-archive withhold timep timep:p3105 --reason "asked by the author"  prints  withheld: …',
)
def withhold(
    ctx: typer.Context,
    name: Name,
    publication: Annotated[
        str | None,
        typer.Argument(metavar="ID|URL", help="A publication, such as timep:p3105, or an address.", show_default=False),
    ] = None,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why; the ledger keeps it.")] = None,
    until: Annotated[
        datetime | None,
        typer.Option(metavar="DAY", formats=["%Y-%m-%d"], help="The first day on which it is shown again."),
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who; else the collection's operator, or your user name.")
    ] = None,
    lift: Annotated[bool, typer.Option("--lift", help="Show it again.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="Print what is withheld.")] = False,
    as_json: Json = False,
) -> None:
    """Hide a publication from dataset, replay and packages, and say so in the ledger; its bytes and their proof stay.

    With it go its other addresses, the files that it alone uses, and the feeds that repeat it. `--until` ends it with
    the first `derive` or crawl of that day, in replay at once.

    Exit codes: 0 done · 2 wrong usage, no such publication, or the collection is in use.
    """
    from rich.progress import Progress

    from archive.dataset import withholding

    shown = collection(ctx, name)
    if list_:
        if publication is not None or lift or reason or until:
            raise typer.BadParameter("--list takes nothing but the collection")
        _print(shown, as_json)
        return
    if publication is None:
        raise typer.BadParameter("name a publication (ID or URL), or ask for --list")
    who = by or shown.meta.operator or getpass.getuser()
    if lift:
        if until is not None:
            raise typer.BadParameter("--until goes with withholding, not with --lift")
        ended = withholding.lift(shown, publication, reason or "", who)
        _say(ended, "lifted", as_json)
        return
    talk = Terminal(stderr=True)
    with Progress(console=talk, transient=True, disable=not talk.is_terminal) as bar:
        task = bar.add_task("looking for what it alone uses", total=None)
        made = withholding.withhold(
            shown,
            publication,
            reason or "",
            who,
            until.date() if until else None,
            progress=lambda done, of: bar.update(task, completed=done, total=of),
        )
    _say(made, "withheld", as_json)
    if not as_json:
        talk.print("packages that were made before still hold it", style="dim")


def _say(one: Withholding, did: str, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_told(one), ensure_ascii=False, indent=2))
        return
    held = f"{len(one.addresses)} addresses" if len(one.addresses) > 1 else "1 address"
    files = f" · {many(len(one.files), 'file')}" if one.files else ""
    until = f" · until {one.until}" if one.until and did == "withheld" else ""
    print(f"{did}: {one.id or one.url} · {held}{files}{until}")


def _print(shown: Collection, as_json: bool) -> None:
    withheld = Withheld.of(shown)
    if as_json:
        print(json.dumps([_told(one) for one in withheld], ensure_ascii=False, indent=2))
        return
    if not withheld:
        print(f"nothing is withheld in {shown.name}")
    out = Terminal(highlight=False, soft_wrap=True)
    for one in withheld:
        until = f", until {one.until}" if one.until else ""
        out.print(f"{one.id or one.url}  since {one.at[:10]}{until}, by {one.by}: {one.reason}", markup=False)
        for url in one.addresses if one.id else ():
            out.print(f"  {url}", markup=False)


def _told(one: Withholding) -> dict[str, object]:
    return {
        "id": one.id,
        "url": one.url,
        "addresses": one.addresses,
        "files": one.files,
        "since": one.at,
        "until": str(one.until) if isinstance(one.until, date) else None,
        "by": one.by,
        "reason": one.reason,
        "ledger_line": one.line,
    }
