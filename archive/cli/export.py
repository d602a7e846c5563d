"""`export` and `release`: the data in the forms that others work with."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from archive.catalogue.search import Search
from archive.cli.command import RESEARCHER, Name, all_names, app, collection, language
from archive.cli.search import refreshed
from archive.export.dictionary import dictionary
from archive.export.export import FORMATS, export
from archive.export.selection import ExportError, Selection, Source
from archive.institutes.profile import Kind
from archive.lines import Terminal, many


def _day(text: str | None, option: str) -> str | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ExportError(f"{option} {text!r} is no day: write it as 2026-11-23") from None


@app.command(
    name="export",
    rich_help_panel=RESEARCHER,
    epilog="Example: policy-archive export timep --format parquet --to timep-parquet  prints  1,204 publications",
)
def export_(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="COLLECTION", help="The collections, one or more.", show_default=False)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All collections of the home, into one.")] = False,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="PLACE", help="The folder, or the file, that is made.")
    ] = None,
    form: Annotated[str | None, typer.Option("--format", metavar="FORMAT", help=", ".join(FORMATS) + ".")] = None,
    kind: Annotated[
        list[Kind] | None, typer.Option(metavar="KIND", help="Only this kind; give it again for more.")
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LANGUAGE", parser=language, help="Only this language, such as ar; give it again for more."
        ),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(metavar="TAG", help="Only with this tag; give it again for more: one of them will do."),
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="DAY", help="Published on that day or later.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DAY", help="Published on that day or earlier.")] = None,
    changed_since: Annotated[
        str | None, typer.Option(metavar="DAY", help="New, or said otherwise, since that day.")
    ] = None,
    text: Annotated[str | None, typer.Option(metavar="WORDS", help="Only what `search` finds.")] = None,
    versions: Annotated[bool, typer.Option("--versions", help="Every version, and not the last alone.")] = False,
    excel: Annotated[bool, typer.Option("--excel", help="csv: begin with the mark that Excel knows UTF-8 by.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of an earlier export.")] = False,
    show_dictionary: Annotated[
        bool, typer.Option("--dictionary", help="Print what every field is, as a Markdown table, and stop.")
    ] = False,
) -> None:
    """Write publications as Parquet, CSV, CSL-JSON, BibTeX, RIS, Markdown or a Frictionless data package, with a card.

    Exit codes: 0 written · 1 nothing was found · 2 wrong usage.
    """
    if show_dictionary:
        print(dictionary(), end="")
        return
    if names and every:
        raise ExportError("--all is every collection of the home: leave it out, or the names")
    if not (names or every) or to is None or form is None:
        raise ExportError("say what is to be exported, how and where: export COLLECTION --format csv --to FILE")
    sources = [
        Source(collection(ctx, name), versions) for name in (all_names(ctx) if every else dict.fromkeys(names or ()))
    ]
    if every:  # one that nothing was derived of has nothing to be exported
        sources = [source for source in sources if source.there]
    selection = Selection(
        frozenset(kind or ()),
        frozenset(language or ()),
        frozenset(tag or ()),
        _day(since, "--since"),
        _day(until, "--until"),
        _day(changed_since, "--changed-since"),
        _found(ctx, [source.name for source in sources], text) if text is not None else None,
    )
    given = {
        "kind": kind, "language": language, "tag": tag, "published since": since, "published until": until,
        "changed since": changed_since, "with the words": text,
    }  # fmt: skip
    asked = ", ".join(
        f"{what} {' or '.join(value) if isinstance(value, list) else value}" for what, value in given.items() if value
    )
    coverage = export(sources, to, form, selection, asked, excel=excel, replace=replace)
    print(many(coverage.lines, "version" if versions else "publication"))
    print(to)
    raise typer.Exit(0 if coverage.lines else 1)


@app.command(
    rich_help_panel=RESEARCHER,
    epilog="Example: policy-archive release timep --name 2026-11  prints  1,204 publications, the folder, its hash",
)
def release(
    ctx: typer.Context,
    name: Name,
    named: Annotated[str, typer.Option("--name", metavar="NAME", help="What it is cited by, such as 2026-11.")],
    at: Annotated[
        str | None, typer.Option("--at", metavar="HEAD", help="As of that head of the ledger, and not of now.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--check", help="Make a release that is there again, and say whether it is the same.")
    ] = False,
) -> None:
    """Freeze the data under a name, from the WARCs alone: lines, Parquet, card, hashes, and how to cite them.

    Exit codes: 0 made, or the same again · 1 it differs · 2 wrong usage, or there is one of that name.
    """
    from rich.progress import Progress

    from archive.export.release import Release, check
    from archive.export.release import release as make

    shown, talk = collection(ctx, name), Terminal(stderr=True)
    with Progress(console=talk, transient=True, disable=not talk.is_terminal) as bar:
        task = bar.add_task("deriving", total=None)

        def progress(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        differing = check(shown, named, progress) if again else []
        made = Release.open(shown, named) if again else make(shown, named, at, progress)
    for path in differing:
        print(f"differs: {path}")
    if differing:
        talk.print(_why(differing), style="dim")
    print(many(made.told["publications"], "publication"))
    print(made.path)
    print(f"sha256:{made.sha256}" + (" · the same again" if again and not differing else ""))
    raise typer.Exit(1 if differing else 0)


def _why(differing: list[str]) -> str:
    """What it means that these files of a release are not as they are when it is made again."""
    from archive.export.release import SUMS, TOLD

    if TOLD in differing:
        return (
            f"It was made with other programs, or {TOLD} was altered, or something was withheld since: install the "
            f"versions that `made_by` in {TOLD} names, and check again; `sha256sum -c {SUMS}` finds what was altered"
        )
    return (
        "The same programs make other bytes of the WARCs: these files were altered, or are not of the release; "
        "a release under another name has them as they were"
    )


def _found(ctx: typer.Context, names: list[str], words: str) -> dict[str, frozenset[str]]:
    """The ids that a search finds in each collection: as many are held in memory as are found."""
    searching = Search.open(refreshed(ctx))
    found = {name: frozenset(searching.ids(words, {"collection": name})) for name in names}
    searching.close()
    return found
