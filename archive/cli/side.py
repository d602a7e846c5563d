"""`save`, `discard`: what becomes of a test crawl."""

from typing import Annotated

import typer

from archive.cli.command import ARCHIVIST, app, home
from archive.dataset.side import Moved
from archive.lines import many

_Test = Annotated[str, typer.Argument(help="The collection that `crawl --test` was of.", metavar="COLLECTION")]


@app.command(
    rich_help_panel=ARCHIVIST,
    epilog="Example: policy-archive save timep  prints  saved 1 test crawl of timep: 1 WARC, 2.1 MB",
)
def save(ctx: typer.Context, name: _Test) -> None:
    """Make a test crawl part of the real collection. Cut off, the same command ends it.

    Exit codes: 0 saved · 2 no such test crawl, or a collection is in use.
    """
    from archive.dataset import side

    moved = side.save(home(ctx), name)
    print(f"saved {_told(moved, name)}{', into the collection that was there' if moved.merged else ''}")
    print(f"Next:  policy-archive verify {name}")


@app.command(
    rich_help_panel=ARCHIVIST,
    epilog="Example: policy-archive discard timep  prints  threw away 1 test crawl of timep: 1 WARC, 2.1 MB",
)
def discard(ctx: typer.Context, name: _Test) -> None:
    """Throw a test crawl away. The real collection is not touched.

    Exit codes: 0 thrown away · 2 no such test crawl, or it is in use.
    """
    from archive.dataset import side

    print(f"threw away {_told(side.discard(home(ctx), name), name)}")


def _told(moved: Moved, name: str) -> str:
    files = f"{many(len(moved.files), 'WARC')}, {moved.bytes / 1e6:,.1f} MB"
    return f"{many(len(moved.crawls), 'test crawl')} of {name}: {files}"
