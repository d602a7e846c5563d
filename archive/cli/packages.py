"""`pack` and `unpack`: WACZ files, made and taken in."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from archive.cli.command import AUDITOR, Json, Name, SigningKey, Trust, app, collection, home
from archive.errors import CollectionError
from archive.lines import Terminal, many


@app.command(
    rich_help_panel=AUDITOR,
    epilog="Example: policy-archive pack timep --key archivist.key  prints  …/packages/timep-20261122202520.wacz",
)
def pack(
    ctx: typer.Context,
    name: Name,
    crawl: Annotated[str | None, typer.Option(metavar="ID", help="Only this crawl: its 14 digits.")] = None,
    publication: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only this publication, such as timep:p3105; give it again for more."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it; else the collection's packages/.")
    ] = None,
    key: SigningKey = None,
    as_json: Json = False,
) -> None:
    """Make a WACZ file, to be replayed, published or sent: the whole collection, a crawl, or publications with all that
    they need.

    Exit codes: 0 made · 1 a stored byte is not what was sealed · 2 wrong usage, or there is no such thing · 3 out of
    space.
    """
    from rich.progress import Progress

    from archive.pack.wacz import pack
    from archive.proof.key import Key
    from archive.replay.server import recovered

    out, talk = Terminal(highlight=False), Terminal(stderr=True, highlight=False)
    signing = Key.read(key) if key is not None else None
    packed = collection(ctx, name)
    if not recovered(packed):
        talk.print(f"{name} is being written to; what is sealed is packed", markup=False)
    with Progress(console=talk, transient=True, disable=not talk.is_terminal) as bar:
        task = bar.add_task("packing", total=None)
        made = pack(
            packed,
            to,
            crawl=crawl,
            publications=publication or (),
            key=signing,
            progress=lambda done, of: bar.update(task, completed=done, total=of),
        )
    if as_json:
        print(json.dumps({**asdict(made), "path": str(made.path)}, ensure_ascii=False, indent=2))
        return
    out.print(str(made.path), markup=False, soft_wrap=True)
    held = [many(made.records, "record"), many(made.warcs, "WARC"), many(made.pages, "page")]
    if made.withheld:
        held.append(f"{made.withheld} withheld")
    out.print(f"  {' · '.join(held)} · {made.size / 1e6:,.1f} MB")
    out.print(f"  datapackage.json sha256:{made.sha256}", soft_wrap=True)
    out.print(f"  signed by {made.signed_by}" if made.signed_by else "  not signed (--key)", soft_wrap=True)


@app.command(
    rich_help_panel=AUDITOR,
    epilog="Example: policy-archive unpack timep.wacz --into copy  prints  …/collections/copy",
)
def unpack(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A WACZ file, of anybody's.", show_default=False)],
    into: Annotated[
        str | None, typer.Option(metavar="NAME", help="The collection to make; else it is named after the file.")
    ] = None,
    trust: Trust = None,
    as_json: Json = False,
) -> None:
    """Make a collection of a WACZ file, when its hashes and its signature hold; then `verify` and `replay` it.

    Exit codes: 0 made · 1 the file is not what was packed · 2 wrong usage, or there is such a collection · 3 out of
    space.
    """
    from rich.progress import Progress

    from archive.audit import report
    from archive.audit.package import Package
    from archive.pack.directory import collection_name
    from archive.pack.unpack import unpack
    from archive.proof.key import fingerprint

    talk = Terminal(stderr=True, highlight=False)
    name = into or collection_name(file)
    audit = Package(file, fingerprint(trust) if trust is not None else None)
    report.show_findings(report.Found().take(audit.container()), talk)
    if audit.errors:
        raise CollectionError(f"{file} is not unpacked: {many(audit.errors, 'error')}; `verify` tells all")
    with Progress(console=talk, transient=True, disable=not talk.is_terminal) as bar:
        task = bar.add_task("unpacking", total=None)
        made = unpack(
            file,
            home(ctx) / "collections",
            name,
            audit.manifest,
            progress=lambda done, of: bar.update(task, completed=done, total=of),
        )
    told = {"collection": name, "warcs": made.warcs, "captures": made.records, "dataset": made.dataset}
    if as_json:
        print(json.dumps({**told, "signed_by": audit.signed_by}, ensure_ascii=False, indent=2))
        return
    print(made.collection.path)
    held = [many(made.warcs, "WARC"), many(made.records, "capture"), "with a dataset" if made.dataset else "no dataset"]
    print(f"  {' · '.join(held)}")
