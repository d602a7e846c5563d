"""`replay`: the archived pages in a browser, or each of them looked at by a program."""

import json
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from archive.cli.command import AUDITOR, Json, app, collection
from archive.errors import CollectionError
from archive.lines import Terminal, harmless, many
from archive.store.collection import Collection

_SHOWN = 10  # missing requisites that are named


@app.command(
    rich_help_panel=AUDITOR,
    epilog="Example: policy-archive replay timep  prints  http://127.0.0.1:8080/timep/https://…  to open",
)
def replay(
    ctx: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            help="A collection's name, a WACZ file, or a multi-WACZ (a JSON file, or a ZIP of WACZ files).",
            metavar="COLLECTION|FILE",
            show_default=False,
        ),
    ],
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="PORT", help="The port on 127.0.0.1; 0 takes a free one.")
    ] = 8080,
    check_: Annotated[
        bool, typer.Option("--check", help="Show nothing: load every publication from the archive alone, and count.")
    ] = False,
    crawl: Annotated[
        str | None, typer.Option(metavar="ID", help="With --check: only what this crawl captured.")
    ] = None,
    screenshots: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="With --check: a picture of each; needs Chromium and Playwright."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the archived pages in a browser, from the archive alone, until Ctrl-C.

    Exit codes: 0 ended by Ctrl-C; with --check, every publication replays · 1 with --check, one does not · 2 wrong
    usage, the port is taken, or the extra `replay` is not installed.
    """
    from archive.replay import check, package
    from archive.replay.server import Wayback, recovered

    talk = Terminal(stderr=True, highlight=False, soft_wrap=True)
    shown = Path(name) if name.endswith(package.ENDINGS) else collection(ctx, name)
    if not isinstance(shown, Path) and not recovered(shown):
        talk.print(f"{name} is being written to; what was archived so far is shown", markup=False)
    if check_:
        if isinstance(shown, Path):
            raise CollectionError(
                f"--check needs a collection's dataset, and {name} is a package: for each WACZ file of it, "
                "`policy-archive unpack FILE.wacz --into NAME`, then `policy-archive replay NAME --check`"
            )
        raise typer.Exit(_check(shown, crawl, screenshots, as_json, talk))
    with Wayback(shown, port) as wayback:
        for url, title in package.newest(shown) if isinstance(shown, Path) else check.newest(shown):
            print(harmless(f"{wayback.page(url)}  {title}"), flush=True)
        print(wayback.base, flush=True)
        talk.print("Ctrl-C ends it", style="dim")
        wayback.wait()


def _check(shown: Collection, crawl: str | None, screenshots: Path | None, as_json: bool, talk: Terminal) -> int:
    """Loads every publication; returns the exit code."""
    from rich.progress import Progress

    from archive.replay.pictures import Camera
    from archive.replay.server import ReplayError
    from archive.replay.survey import Survey

    survey, good, total, needed = Survey(shown, crawl), 0, 0, 0
    missing: Counter[str] = Counter()
    with ExitStack() as running, Progress(console=talk, transient=True, disable=not talk.is_terminal) as bar:
        camera = running.enter_context(closing(Camera(shown, screenshots))) if screenshots else None
        task = bar.add_task("replaying", total=survey.count())
        for one in survey:
            bar.advance(task)
            total, good, needed = total + 1, good + one.ok, needed + one.requisites
            missing.update(one.missing)
            if as_json:
                print(json.dumps(asdict(one), ensure_ascii=False))
            elif not one.ok:
                print(harmless(f"{one.id}: {one.detail} ({one.url})"))
            if camera:
                try:
                    camera.take(one)
                except ReplayError as problem:
                    talk.print(str(problem), markup=False)
    if not total:
        raise CollectionError(
            f"{shown.name} has no publication{f' of crawl {crawl}' if crawl else ''}: nothing to check"
        )
    if not as_json:
        lost = sum(missing.values())
        print(f"{good:,} of {many(total, 'publication')} replay; {many(needed, 'requisite')} named, {lost:,} missing")
        for url, count in missing.most_common(_SHOWN):
            print(harmless(f"  missing {count:,} times: {url}"))
    return 0 if good == total else 1
