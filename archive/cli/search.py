"""`search` and `catalogue`: every collection of the home in one file, and what is found in it."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from archive.catalogue.excerpt import Piece
from archive.catalogue.search import Hit, Search
from archive.cli.command import RESEARCHER, Json, app, collection, language, whole_home
from archive.errors import CollectionError
from archive.institutes.profile import Kind
from archive.lines import Terminal, counts, filled, many, width

_FACETS = ("kind", "language", "year")


def refreshed(ctx: typer.Context, rebuild: bool = False) -> Path:
    """The file of the home's catalogue, brought up to date."""
    from rich.progress import Progress

    from archive.catalogue.build import Catalogue  # sqlite-utils imports pandas: half a second and 80 MB

    catalogue = Catalogue(whole_home(ctx))
    if not (catalogue.home / "collections").is_dir():
        raise CollectionError(f"{catalogue.home} holds no collections yet: `policy-archive demo` or `crawl` makes one")
    if rebuild:
        catalogue.delete()
    if not catalogue.is_current():
        talk = Terminal(stderr=True)
        with Progress(console=talk, transient=True, disable=not talk.is_terminal) as bar:
            task = bar.add_task("cataloguing", total=None)
            catalogue.refresh(
                lambda name, done, of: bar.update(task, description=f"cataloguing {name}", completed=done, total=of)
            )
    return catalogue.path


@app.command(
    rich_help_panel=RESEARCHER,
    epilog="Example: policy-archive catalogue  prints  1,204 publications of 2 collections",
)
def catalogue(
    ctx: typer.Context,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make it anew, whatever is there.")] = False,
) -> None:
    """Bring catalogue.sqlite up to date: all collections in one file, for `search`, `browse` and any SQLite tool.

    Exit codes: 0 made · 2 wrong usage.
    """
    made = refreshed(ctx, rebuild)
    search = Search.open(made)
    found = search.find(limit=0, facets=("collection",))
    search.close()
    names = found.facets["collection"]
    print(f"{many(found.total, 'publication')} of {many(len(names), 'collection')}")
    print(made)


@app.command(
    rich_help_panel=RESEARCHER,
    epilog='Example: policy-archive search القاهره "state of emergency" --kind legal_case  prints  the best first',
)
def search(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WORDS", help='Words, "phrases", -without, begin*; Arabic in any spelling of its letters and marks.'
        ),
    ],
    name: Annotated[str | None, typer.Option("--collection", metavar="NAME", help="Only this collection.")] = None,
    kind: Annotated[Kind | None, typer.Option(metavar="KIND", help="Only this kind, such as legal_case.")] = None,
    language: Annotated[
        str | None, typer.Option(metavar="LANGUAGE", parser=language, help="Only this language, such as ar.")
    ] = None,
    year: Annotated[int | None, typer.Option(metavar="YEAR", help="Only publications of this year.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="How many to show.")] = 10,
    newest: Annotated[bool, typer.Option("--newest", help="The newest first, and not the best.")] = False,
    as_json: Json = False,
) -> None:
    """Find publications by their words, in title and text, in every collection.

    Exit codes: 0 found · 1 nothing found · 2 wrong usage.
    """
    if name is not None:
        collection(ctx, name)  # that there is one
    given = {"collection": name, "kind": kind, "language": language, "year": None if year is None else str(year)}
    typed = " ".join(_as_typed(word) for word in words)
    searching = Search.open(refreshed(ctx))
    results = searching.find(
        typed,
        {name: value for name, value in given.items() if value is not None},
        limit,
        facets=_FACETS,
        newest=newest,
    )
    of = results.total or searching.find(limit=0).total
    searching.close()
    if as_json:
        print(json.dumps({"total": results.total, "hits": [_plain(hit) for hit in results.hits]}, ensure_ascii=False))
    else:
        out = Terminal(highlight=False)
        for hit in results.hits:
            _show(hit, out)
        out.print(
            many(results.total, "publication") if results.total else f"none of {many(of, 'publication')}", style="bold"
        )
        for facet in _FACETS:
            for line in filled(counts(dict(results.facets[facet][:8])), width(out) - 2):
                out.print(f"  {line}", markup=False)
    raise typer.Exit(0 if results.total else 1)


def _as_typed(word: str) -> str:
    """The shell has taken the quotes of a phrase away."""
    return f'"{word}"' if " " in word and '"' not in word else word


def _plain(hit: Hit) -> dict[str, Any]:
    return hit.row | {"snippet": "".join(piece.text for piece in hit.snippet)}


def _show(hit: Hit, out: Terminal) -> None:
    row = hit.row
    out.print(_marked(hit.title, "bold") or Text("(no title)", "bold"), soft_wrap=True)
    told = [row["published"] or "no date", row["kind"], row["language"], row["authors"], row["id"]]
    out.print(Text("  " + " · ".join(str(one) for one in told if one), "dim"), soft_wrap=True)
    if hit.snippet:
        out.print(Text("  ") + _marked(hit.snippet, ""), soft_wrap=True)


def _marked(pieces: Iterable[Piece], style: str) -> Text:
    return Text.assemble(*((piece.text, "bold yellow" if piece.hit else style) for piece in pieces))
