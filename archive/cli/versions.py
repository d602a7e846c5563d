"""`show`, `history` and `diff`: one publication, and what became of it."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from archive.catalogue.versions import Versions, versions
from archive.cli.command import RESEARCHER, Json, app
from archive.cli.search import refreshed
from archive.dataset.differences import BlockChange, Differences, Piece, differences
from archive.dataset.side_by_side import page, said
from archive.lines import many

_Ident = Annotated[
    str,
    typer.Argument(metavar="ID", help="A publication's id, such as timep:p3105, or its address.", show_default=False),
]
_In = Annotated[
    str | None, typer.Option("--collection", metavar="NAME", help="The collection, where several have the publication.")
]
_STYLES = {"removed": "red strike", "added": "green underline", "same": ""}
_AROUND = 60  # characters of a long unchanged stretch that are shown at each end


def _found(ctx: typer.Context, ident: str, collection: str | None) -> Versions:
    return versions(refreshed(ctx), ident, collection)


@app.command(
    rich_help_panel=RESEARCHER,
    epilog="Example: policy-archive show timep:p3105 --version 1  prints  its title, its date, its text …",
)
def show(
    ctx: typer.Context,
    ident: _Ident,
    version: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Which version, from 1; the last unless given.")
    ] = None,
    collection: _In = None,
    as_json: Json = False,
) -> None:
    """Show a publication: what it says, and where it was read.

    Exit codes: 0 shown · 2 no such publication or version.
    """
    found = _found(ctx, ident, collection)
    line = found.line(version)
    if as_json:
        print(json.dumps(line, ensure_ascii=False))
        return
    out = Console(highlight=False)
    out.print(Text(line["title"] or "(no title)", "bold"), soft_wrap=True)
    authors = "; ".join(author["name"] for author in line["authors"])
    told = (line["published"] or "no date", line["kind"], line["language"], authors, line["state"])
    out.print(Text(" · ".join(one for one in told if one), "dim"), soft_wrap=True)
    for at in (line["url"], f"{line['source']['warc']} at {line['source']['offset']}, {line['source']['captured_at']}"):
        out.print(Text(at, "dim"), soft_wrap=True)
    number = len(found.rows) if version is None else version
    out.print(Text(f"version {number} of {len(found.rows)}", "dim"))
    if line["warnings"]:
        out.print(Text(f"in doubt: {', '.join(line['warnings'])}", "yellow"), soft_wrap=True)
    out.print()
    out.print(Text(line["markdown"] or "(never seen whole)"), soft_wrap=True)


@app.command(
    rich_help_panel=RESEARCHER, epilog="Example: policy-archive history timep:p3105  prints  timep:p3105 · 3 versions …"
)
def history(ctx: typer.Context, ident: _Ident, collection: _In = None, as_json: Json = False) -> None:
    """List a publication's versions, and what sort of change each is: retitle, byline, date, typo, correction, update,
    removal.

    Exit codes: 0 listed · 2 no such publication.
    """
    found = _found(ctx, ident, collection)
    told: list[dict[str, Any]] = []
    before: dict[str, Any] | None = None
    for row in found.rows:
        line = found.line(row["number"])
        changed = differences(before, line) if before else None
        told.append(_told(row, changed))
        before = line
    if as_json:
        print(json.dumps({"id": found.id, "collection": found.collection, "versions": told}, ensure_ascii=False))
        return
    out = Console(highlight=False)
    out.print(Text.assemble((found.id, "bold"), f" · {many(len(told), 'version')}"), soft_wrap=True)
    for one in told:
        what = ", ".join(one["kinds"]) or "first seen"
        words = f" · −{one['words_removed']} +{one['words_added']} words" if one["kinds"] else ""
        head = f"{one['number']:>3}  {one['version'][:19]}Z  {what}{words} · {one['state']}  "
        out.print(Text.assemble(head, (one["title"] or "", "dim")), soft_wrap=True)


def _told(row: dict[str, Any], changed: Differences | None) -> dict[str, Any]:
    kept = {name: row[name] for name in ("number", "version", "last_seen", "state", "title", "warc", "offset")}
    if changed is None:
        return kept | {"kinds": [], "words_removed": 0, "words_added": 0}
    counts = {"words_removed": changed.words_removed, "words_added": changed.words_added}
    return kept | {"kinds": list(changed.kinds), **counts}


@app.command(
    rich_help_panel=RESEARCHER,
    epilog="Example: policy-archive diff timep:p3105 1 3  prints  retitle, correction · −12 +15 words …",
)
def diff(
    ctx: typer.Context,
    ident: _Ident,
    one: Annotated[int | None, typer.Argument(metavar="A", help="The older version; else the last but one.")] = None,
    other: Annotated[int | None, typer.Argument(metavar="B", help="The newer version; else the last.")] = None,
    collection: _In = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page with both, to be looked at.")] = None,
    as_json: Json = False,
) -> None:
    """Show what two versions of a publication differ in, word by word.

    Exit codes: 0 the same · 1 they differ · 2 wrong usage.
    """
    found = _found(ctx, ident, collection)
    newer = len(found.rows) if other is None else other
    older = max(newer - 1, 1) if one is None else one
    old, new = found.line(older), found.line(newer)
    changed = differences(old, new)
    differ = older != newer and bool(changed.kinds)
    if html is not None:
        html.write_text(page(old, new, changed), encoding="utf-8")
        print(html)
    elif as_json:
        told = {"id": found.id, "old": older, "new": newer, **asdict(changed)}
        print(json.dumps(told if differ else told | {"kinds": []}, ensure_ascii=False))
    elif not differ:
        if len(found.rows) == 1:
            print(f"{found.id} has one version, of {old['version'][:10]}: there is nothing to compare it with")
        else:
            print(f"versions {older} and {newer} say the same")
    else:
        days = f"version {older} ({old['version'][:10]}) → {newer} ({new['version'][:10]})"
        _print(changed, Console(highlight=False), f"{found.id} · {days}")
    raise typer.Exit(1 if differ else 0)


def _print(changed: Differences, out: Console, head: str) -> None:
    out.print(Text(head, "bold"), soft_wrap=True)
    out.print(Text(f"{', '.join(changed.kinds)} · −{changed.words_removed} +{changed.words_added} words", "dim"))
    for name, (before, after) in changed.fields.items():
        parts = ((f"{name}: ", "dim"), (said(before), _STYLES["removed"]), " ", (said(after), _STYLES["added"]))
        out.print(Text.assemble(*parts), soft_wrap=True)
    hidden = 0
    for block in changed.blocks:
        if block.op == "same":
            hidden += 1
            continue
        if hidden:
            out.print(Text(f"… {many(hidden, 'block')} unchanged", "dim"))
        hidden = 0
        out.print(_lined(block), soft_wrap=True)
    if hidden:
        out.print(Text(f"… {many(hidden, 'block')} unchanged", "dim"))


def _lined(block: BlockChange) -> Text:
    """A block with what went and what came; marked by signs as well, for a terminal without colours."""
    text = Text({"removed": "− ", "added": "+ ", "changed": "~ "}[block.op])
    for number, piece in enumerate(block.pieces):
        shown = _short(piece, number == 0, number == len(block.pieces) - 1)
        signs = {"removed": ("[−", "−]"), "added": ("{+", "+}"), "same": ("", "")}[piece.op]
        if block.op != "changed":
            signs = ("", "")
        text.append(f"{signs[0]}{shown}{signs[1]}", _STYLES[piece.op])
    return text


def _short(piece: Piece, first: bool, last: bool) -> str:
    if piece.op != "same" or len(piece.text) <= 2 * _AROUND + 3:
        return piece.text
    if first:
        return "…" + piece.text[-_AROUND:]
    return piece.text[:_AROUND] + "…" + ("" if last else piece.text[-_AROUND:])
