"""`patch`: what the last crawl did not get, and only that."""

from typing import Annotated

import typer
from rich.console import Console

from archive.cli.command import ARCHIVIST, Json, Name, OtherProfile, app, collection, home
from archive.interrupt import end_at_once
from archive.lines import counts, many
from crawler.cli.crawl import AllowPrivate, Delay, MaxMegabytes, MaxMinutes, start
from crawler.options import USUAL, From, Options


@app.command(
    rich_help_panel=ARCHIVIST,
    epilog="Example: policy-archive patch timep --from blocked  prints  asking for 12 URLs again",
)
def patch(
    ctx: typer.Context,
    name: Name,
    of: Annotated[
        list[From] | None,
        typer.Option(
            "--from",
            metavar="END",
            help=f"What to ask for again: {', '.join(From)}; give it again for more. Else all of these but blocked.",
        ),
    ] = None,
    institute: OtherProfile = None,
    max_minutes: MaxMinutes = 0,
    max_megabytes: MaxMegabytes = 0,
    delay: Delay = None,
    allow_private: AllowPrivate = False,
    json_: Json = False,
) -> None:
    """Crawl just what the last crawl of a collection did not get: what failed, what was blocked, what was still queued,
    and publications that a source names and that are not archived. A crawl of its own, with its own report.

    Exit codes: 0 complete, or nothing to patch · 1 a source or a derivation failed · 2 wrong usage, or no such
    collection · 3 out of space · 4 stopped at a limit · 5 site unreachable or refusing · 130 interrupted.
    """
    end_at_once()
    from archive.dataset.derive import stored_profile
    from crawler.patch import plan
    from crawler.spiders.institute import profile_of
    from crawler.spiders.publications import PublicationsSpider

    talk = Console(stderr=True, highlight=False)
    shown = collection(ctx, name)
    wanted = plan(shown, of or USUAL)
    if wanted.left:
        told = " and ".join(counts(dict(wanted.left)))
        talk.print(f"{told} addresses lead on to others: `policy-archive crawl` asks for them again", soft_wrap=True)
    if not wanted.asked:
        talk.print(f"nothing to patch: the last crawl of {name} left nothing that is {', '.join(of or USUAL)}")
        return
    stored = stored_profile(shown) if institute is None else None
    # The demo's site is served by whoever crawls it.
    profile = stored if stored is not None and stored.id != "demo" else profile_of(institute or "demo", home(ctx))
    talk.print(f"asking for {many(len(wanted.asked), 'URL')} again")
    options = Options(
        patch=tuple(wanted.asked),
        max_minutes=max_minutes,
        max_megabytes=max_megabytes,
        delay=delay,
        allow_private=allow_private,
    )
    raise typer.Exit(start(ctx, profile, PublicationsSpider, name, options, json_).exit_code)
