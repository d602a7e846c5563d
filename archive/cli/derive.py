"""`derive`: everything again from the WARCs; of a collection, or of WARCs from anywhere."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from archive.cli.command import AUDITOR, Json, OtherProfile, app, collection, home
from archive.errors import CollectionError
from archive.institutes.profile import Profile
from archive.lines import Terminal, counts, filled, many, width

_SHOWN = 20  # pages that could not be derived, named one by one
_ENGINES = ("local", "ray")


@app.command(
    rich_help_panel=AUDITOR,
    epilog="Example: policy-archive derive timep  prints  1,204 publications in 1,311 versions from 2,431 captures",
)
def derive(
    ctx: typer.Context,
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="COLLECTION|WARC",
            help="Collections; or WARC files of any tool, folders of them, and URLs such as s3://bucket/folder.",
            show_default=False,
        ),
    ],
    institute: OtherProfile = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="FOLDER", help="Of WARCs that are in no collection: where their pages go."),
    ] = None,
    engine: Annotated[
        str, typer.Option("--engine", metavar="ENGINE", help="local: processes on this machine · ray: a Ray cluster.")
    ] = "local",
    address: Annotated[
        str | None,
        typer.Option(
            "--address", metavar="ADDRESS", help="Of the Ray cluster, HOST:PORT or auto; else one is started."
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, metavar="N", help="Processes on this machine; one a processor unless given."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make index, dataset and history again from the WARCs alone; or read WARCs of any tool into JSONL and Parquet.

    Run again, it goes on where it was cut off: a WARC whose shard is there is not read again.

    Exit codes: 0 complete · 1 a page or a WARC could not be derived · 2 wrong usage, or the collection is in use.
    """
    from archive.dataset.batch.loose import is_file
    from archive.institutes import registry

    running = _engine(engine, address, workers)
    profile = registry.load(institute, home(ctx)) if institute is not None else None
    loose = [name for name in names if is_file(name)]
    if loose and len(loose) < len(names):
        raise CollectionError("name either collections or WARCs, not both: each is derived in its own way")
    if loose and to is None:
        raise CollectionError("say where the pages of WARCs that are in no collection go: --to FOLDER")
    if to is not None and not loose:
        raise CollectionError(
            f"--to is for WARCs, and {names[0]!r} is a collection's name, whose dataset goes into the collection; of a "
            f"file that is not named ….warc.gz give the path, ./{names[0]}"
        )
    if loose and to is not None:
        whole = _files(loose, to, running, profile, as_json)
    else:
        by = workers if engine == "local" else running
        whole = True
        for name in dict.fromkeys(names):
            whole &= _collection(ctx, name, profile, by, as_json)
    raise typer.Exit(0 if whole else 1)


def _engine(name: str, address: str | None, workers: int | None) -> Any:
    from archive.dataset.batch.cluster import OnRay
    from archive.dataset.batch.local import Local

    if name not in _ENGINES:
        raise CollectionError(f"no engine {name!r}: there are {' and '.join(_ENGINES)}")
    if address is not None and (name != "ray" or workers is not None):
        raise CollectionError("--address is a Ray cluster's, which has its own processors: --engine ray, no --workers")
    return Local(workers) if name == "local" else OnRay(address, workers)


@contextmanager
def _bar(talk: Terminal) -> Iterator[Callable[[int, int | None], None]]:
    from rich.progress import Progress

    with Progress(console=talk, transient=True, disable=not talk.is_terminal) as bar:
        task = bar.add_task("deriving", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _told(talk: Terminal, reasons: list[str]) -> None:
    for why in reasons[:_SHOWN]:
        talk.print(f"not derived: {why}", markup=False, soft_wrap=True)
    if len(reasons) > _SHOWN:
        talk.print(f"… and {len(reasons) - _SHOWN:,} more", markup=False)


def _collection(ctx: typer.Context, name: str, profile: Profile | None, by: Any, as_json: bool) -> bool:
    """Derives a collection, and says what it holds. Whether all could be derived."""
    from archive.dataset.derive import derive

    out, talk = Terminal(highlight=False), Terminal(stderr=True)
    shown = collection(ctx, name)
    with _bar(talk) as progress:
        summary = derive(shown, profile, by, progress=progress, rebuild=True)
    _told(talk, list(summary.underived.values()))
    if as_json:
        print(json.dumps({"collection": name, **vars(summary)}, ensure_ascii=False, indent=2))
        return not summary.underived
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
    return not summary.underived


def _files(places: list[str], to: str, engine: Any, profile: Profile | None, as_json: bool) -> bool:
    """Reads WARCs into a folder, and says what came of their records. Whether all could be derived."""
    from archive.dataset.batch import loose

    out, talk = Terminal(highlight=False), Terminal(stderr=True)
    done = 0
    with _bar(talk) as progress:

        def step(count: int) -> None:
            nonlocal done
            done += count
            progress(done, None)

        told = loose.derive(places, to, engine, profile, step)
    _told(
        talk,
        [f"{one.warc}{f' at byte {one.offset}' * (one.offset is not None)}: {one.reason}" for one in told.failures],
    )
    if as_json:
        counted = {"warcs": told.warcs, "reused": told.reused, "set_aside": told.aside, **told.counts.told()}
        print(json.dumps(counted, ensure_ascii=False, indent=2))
        return not told.failures
    known = f" ({told.reused:,} were there)" if told.reused else ""
    print(f"{many(told.counts.derived, 'page')} from {many(told.warcs, 'WARC')}{known}")
    balance = (
        f"{many(told.counts.records, 'record')} = {told.counts.derived:,} derived",
        f"{told.counts.failed:,} failed",
    )
    for line in filled(
        (*balance, *(f"{count:,} {why}" for why, count in told.counts.skipped.most_common())), width(out) - 2
    ):
        print(f"  {line}")
    if told.aside:
        print(f"  {many(told.aside, 'WARC')} set aside")
    out.print(to, markup=False, soft_wrap=True)
    return not told.failures
