"""The archive's verbs, and what all verbs share: where home is, how a collection is named, and how an error reaches a
person.

crawler/cli.py adds the verbs that go out to the web, and holds the entry point.
"""

import errno
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from typer.core import TyperGroup

from archive import __version__
from archive.errors import ArchiveError, CollectionError
from archive.institutes.commands import app as institute_app
from archive.lines import counts, filled, many, width
from archive.proof.commands import app as key_app
from archive.store.collection import Collection

ARCHIVIST, RESEARCHER, AUDITOR = "Archivist", "Researcher", "Auditor"  # the panels of the help, in this order
TRACEBACK = "POLICY_ARCHIVE_TRACEBACK"  # an environment variable: set, an unforeseen error shows where it came from
_SHOWN = 20  # pages that could not be derived, named one by one
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class _ByPeople(TyperGroup):
    """The verbs in the order of the people that they are for, whichever package brings them."""

    def list_commands(self, ctx: Any) -> list[str]:
        panels = (ARCHIVIST, RESEARCHER, AUDITOR)

        def place(name: str) -> int:
            panel = getattr(self.commands[name], "rich_help_panel", None)
            return panels.index(panel) if panel in panels else 0

        return sorted(super().list_commands(ctx), key=place)


app = typer.Typer(
    name="policy-archive",
    cls=_ByPeople,
    help="Crawl a policy institute, keep every byte, derive its publications, and prove every line.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(institute_app, name="institute", rich_help_panel=ARCHIVIST)
app.add_typer(key_app, name="key", rich_help_panel=ARCHIVIST)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"policy-archive {__version__}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    home: Annotated[
        Path,
        typer.Option(
            "--home", envvar="POLICY_ARCHIVE_HOME", help="The folder that holds collections/.", show_default=True
        ),
    ] = Path("policy-archive"),
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Crawl a policy institute, keep every byte, derive its publications, and prove every line."""
    ctx.obj = home


def home(ctx: typer.Context) -> Path:
    """The folder that holds `collections/`: --home, $POLICY_ARCHIVE_HOME, or ./policy-archive.

    It need not be there yet.
    """
    found = ctx.find_root().obj
    return found if isinstance(found, Path) else Path("policy-archive")


def collection(ctx: typer.Context, name: str) -> Collection:
    """The collection of that name; raises CollectionError, which names those that are there."""
    folder = home(ctx) / "collections"
    if name and Path(name).name == name and (folder / name).is_dir():
        return Collection.open(folder / name)
    there = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    hint = (
        f"there are: {', '.join(there)}" if there else "there are none yet; `policy-archive demo` or `crawl` makes one"
    )
    raise CollectionError(f"no collection {name!r} in {folder} ({hint}; --home names another folder)")


_Name = Annotated[str, typer.Argument(help="A collection's name.", metavar="COLLECTION", show_default=False)]
_Trust = Annotated[
    str | None,
    typer.Option("--trust", metavar="KEY", help="The key that must have signed it: its fingerprint, or a .pub file."),
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command(
    rich_help_panel=AUDITOR,
    epilog="Example: policy-archive derive timep  prints  1,204 publications in 1,311 versions from 2,431 captures",
)
def derive(
    ctx: typer.Context,
    name: _Name,
    institute: Annotated[
        str | None, typer.Option(help="Another profile than the one stored with the crawl: its name, or a file.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Make index, dataset and history again from the WARCs alone.

    Exit codes: 0 complete · 1 a page could not be derived · 2 wrong usage, or the collection is in use.
    """
    from rich.progress import Progress

    from archive.dataset.derive import derive
    from archive.institutes import registry

    out, talk = Console(highlight=False), Console(stderr=True)
    shown = collection(ctx, name)
    profile = registry.load(institute) if institute is not None else None
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
        for told in (summary.kinds, summary.languages, summary.states):
            for line in filled(counts(told), width(out) - 2):
                print(f"  {line}")
        if summary.documents:
            files = (many(summary.documents.total(), "document"), *counts(summary.documents))
            for line in filled(files, width(out) - 2):
                print(f"  {line}")
        out.print(str(shown.dataset_dir), markup=False, soft_wrap=True)
    raise typer.Exit(1 if summary.underived else 0)


@app.command(
    rich_help_panel=AUDITOR,
    epilog="Example: policy-archive verify timep  prints  12,903 records, 4,310 index lines, 1,204 …: all good",
)
def verify(
    ctx: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            help="A collection's name; or any WARC or WACZ file, or folder with WARCs, of any tool.",
            metavar="COLLECTION|PATH",
            show_default=False,
        ),
    ],
    ident: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="One publication, such as timep:p3105; else all.", show_default=False),
    ] = None,
    only_bytes: Annotated[
        bool, typer.Option("--bytes", help="Check files, records, index and ledger; derive nothing.")
    ] = False,
    head: Annotated[
        str | None,
        typer.Option(
            "--head", metavar="HASH", help="The ledger's head, as a report printed it: is it still in the chain?"
        ),
    ] = None,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="First bring back what can be, beside what is there; no sealed file is changed."),
    ] = False,
    trust: _Trust = None,
    tsa_root: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Roots (PEM) that the ledger's time-stamps must be below.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Check every digest, the index, the ledger, and derive every line of the dataset again.

    Findings go to standard output: what, where, which rule, how to mend it. Exit codes: 0 all good, or warnings alone ·
    1 an error was found · 2 wrong usage.
    """
    from archive.audit import repair as repairs
    from archive.audit import report
    from archive.audit.package import Package
    from archive.audit.reading import Files
    from archive.audit.source import of_path
    from archive.audit.verify import Audit
    from archive.proof.key import fingerprint
    from archive.proof.stamp import roots

    talk = Console(stderr=True)
    is_package = name.endswith(".wacz")
    shown = None if is_package else _collection_at(ctx, name)
    audit: Audit | Files | Package
    if is_package:
        if ident is not None or repair:
            raise CollectionError(f"{name} is a package: leave ID and --repair out, or unpack it first")
        audit = Package(Path(name), fingerprint(trust) if trust is not None else None, head)
        mended: Iterator[repairs.Repair] = iter(())
    elif shown is not None:
        known = fingerprint(trust) if trust is not None else None
        trusted = roots(tsa_root) if tsa_root is not None else ()
        audit = Audit(shown, ident=ident, only_bytes=only_bytes, head=head, trust=known, roots=trusted)
        mended = repairs.of_collection(shown) if repair else iter(())
    else:
        source = of_path(Path(name))
        if any(given is not None for given in (ident, head, trust, tsa_root)):
            raise CollectionError(
                f"{name} is no collection: it has no publications and no ledger; "
                "leave ID, --head, --trust and --tsa-root out"
            )
        audit = Files(source)
        mended = repairs.of_files(source) if repair else iter(())
    if as_json:
        report.write(audit, audit.findings(), sys.stdout, mended)
    else:
        report.show_repairs(mended, repair, Console())
        report.show(audit, audit.findings(), Console(), talk)
    raise typer.Exit(1 if audit.errors else 0)


def _collection_at(ctx: typer.Context, name: str) -> Collection | None:
    """The collection of that name, or in that folder; None where it is another folder, or a file."""
    path = Path(name)
    if not path.exists() or (path.name == name and (home(ctx) / "collections" / name).is_dir()):
        return collection(ctx, name)
    return Collection.open(path) if (path / "collection.toml").is_file() else None


@app.command(
    rich_help_panel=AUDITOR,
    epilog="Example: policy-archive sign timep --key archivist.key  prints  signed by sha256:3f0c…",
)
def sign(
    ctx: typer.Context,
    name: _Name,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Sign with this key; `policy-archive key new FILE` makes one.")
    ] = None,
    tsa: Annotated[
        str | None, typer.Option(metavar="URL", help="Have it time-stamped by this authority (RFC 3161).")
    ] = None,
) -> None:
    """Vouch for a collection as it is now: sign its ledger, have it time-stamped, or both. `verify` checks it.

    Exit codes: 0 done · 1 the authority gives no time-stamp that holds · 2 wrong usage.
    """
    from archive.proof import attest
    from archive.proof.key import Key

    if key is None and tsa is None:
        raise typer.BadParameter("give --key FILE, --tsa URL, or both")
    vouched, out = collection(ctx, name), Console(highlight=False, soft_wrap=True)
    if key is not None:
        signing = Key.read(key)
        attest.sign(vouched, signing)
        out.print(f"signed by {signing.public.fingerprint}", markup=False)
    if tsa is not None:
        stamp = attest.stamp(vouched, tsa)
        out.print(f"time-stamped {stamp.time.isoformat()} by {stamp.authority}", markup=False)
    out.print(f"ledger head {vouched.ledger.head()}", markup=False)


@app.command(
    rich_help_panel=AUDITOR,
    epilog="Example: policy-archive replay timep  prints  http://127.0.0.1:8080/timep/https://…  to open",
)
def replay(
    ctx: typer.Context,
    name: Annotated[
        str, typer.Argument(help="A collection's name, or a WACZ file.", metavar="COLLECTION|FILE", show_default=False)
    ],
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port on 127.0.0.1; 0 takes a free one.")] = 8080,
) -> None:
    """Show the archived pages in a browser, from the archive alone, until Ctrl-C."""
    from archive.replay import check, package
    from archive.replay.server import Wayback, recovered

    talk = Console(stderr=True, highlight=False, soft_wrap=True)
    shown = Path(name) if name.endswith(".wacz") else collection(ctx, name)
    if not isinstance(shown, Path) and not recovered(shown):
        talk.print(f"{name} is being written to; what was archived so far is shown", markup=False)
    with Wayback(shown, port) as wayback:
        for url, title in package.newest(shown) if isinstance(shown, Path) else check.newest(shown):
            print(f"{wayback.page(url)}  {title}", flush=True)
        print(wayback.base, flush=True)
        talk.print("Ctrl-C ends it", style="dim")
        wayback.wait()


@app.command(
    rich_help_panel=AUDITOR,
    epilog="Example: policy-archive pack timep --key archivist.key  prints  …/packages/timep-20261122202520.wacz",
)
def pack(
    ctx: typer.Context,
    name: _Name,
    crawl: Annotated[str | None, typer.Option(metavar="ID", help="Only this crawl: its 14 digits.")] = None,
    publication: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only this publication, such as timep:p3105; give it again for more."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it; else the collection's packages/.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Sign with this key; `policy-archive key new FILE` makes one.")
    ] = None,
    as_json: _Json = False,
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

    out, talk = Console(highlight=False), Console(stderr=True, highlight=False)
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
    trust: _Trust = None,
    as_json: _Json = False,
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

    talk = Console(stderr=True, highlight=False)
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


def run(app: typer.Typer) -> NoReturn:
    """Runs the command and leaves the process: an error is one line on stderr, never a traceback.

    Exit codes are the errors'.
    """
    try:
        app(prog_name="policy-archive")
    except KeyboardInterrupt:
        _leave("interrupted", 130)
    except ArchiveError as problem:
        _leave(str(problem), problem.exit_code)
    except OSError as problem:
        named = f"{problem.filename}: " if problem.filename is not None else ""
        _leave(f"{named}{problem.strerror or problem}", 3 if problem.errno in _NO_SPACE else 1)
    except Exception as problem:  # no traceback reaches a person who did not ask for it
        if os.environ.get(TRACEBACK):
            raise
        told = " ".join(str(problem).split())[:300]
        _leave(
            f"unforeseen {type(problem).__name__}: {told} (this is a fault of the program; {TRACEBACK}=1 shows where)",
            1,
        )
    sys.exit(0)


def _leave(message: str, code: int) -> NoReturn:
    print(f"policy-archive: {message}", file=sys.stderr)
    sys.exit(code)


def main() -> None:
    """The archive's verbs alone, without the crawler."""
    run(app)
