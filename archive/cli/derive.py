"""`derive`: everything again from the WARCs."""

import json

import typer

from archive.cli.command import AUDITOR, Json, Name, OtherProfile, app, collection, home
from archive.lines import Terminal, counts, filled, many, width

_SHOWN = 20  # pages that could not be derived, named one by one


@app.command(
    rich_help_panel=AUDITOR,
    epilog="Example: policy-archive derive timep  prints  1,204 publications in 1,311 versions from 2,431 captures",
)
def derive(
    ctx: typer.Context,
    name: Name,
    institute: OtherProfile = None,
    as_json: Json = False,
) -> None:
    """Make index, dataset and history again from the WARCs alone.

    Exit codes: 0 complete · 1 a page could not be derived · 2 wrong usage, or the collection is in use.
    """
    from rich.progress import Progress

    from archive.dataset.derive import derive
    from archive.institutes import registry

    out, talk = Terminal(highlight=False), Terminal(stderr=True)
    shown = collection(ctx, name)
    profile = registry.load(institute, home(ctx)) if institute is not None else None
    with Progress(console=talk, transient=True, disable=not talk.is_terminal) as bar:
        task = bar.add_task("deriving", total=None)
        summary = derive(
            shown, profile, progress=lambda done, of: bar.update(task, completed=done, total=of), rebuild=True
        )
    for why in list(summary.underived.values())[:_SHOWN]:
        talk.print(f"not derived: {why}", markup=False, soft_wrap=True)
    if len(summary.underived) > _SHOWN:
        talk.print(f"… and {len(summary.underived) - _SHOWN:,} more", markup=False)
    if as_json:
        print(json.dumps({"collection": name, **vars(summary)}, ensure_ascii=False, indent=2))
    else:
        head = (many(summary.publications, "publication"), many(summary.versions, "version"))
        print(f"{head[0]} in {head[1]} from {many(summary.captures, 'capture')}")
        if summary.withheld:
            print(f"  {summary.withheld} withheld")
        for told in (summary.kinds, summary.languages, summary.states):
            for line in filled(counts(told), width(out) - 2):
                print(f"  {line}")
        if summary.documents:
            files = (many(summary.documents.total(), "document"), *counts(summary.documents))
            for line in filled(files, width(out) - 2):
                print(f"  {line}")
        out.print(str(shown.dataset_dir), markup=False, soft_wrap=True)
    raise typer.Exit(1 if summary.underived else 0)
