"""`verify` and `sign`: what is checked, and what is vouched for."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from archive.cli.command import AUDITOR, Json, Name, SigningKey, Trust, app, collection, home
from archive.errors import CollectionError
from archive.lines import Terminal
from archive.store.collection import Collection


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
    trust: Trust = None,
    tsa_root: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Roots (PEM) that the ledger's time-stamps must be below.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check every digest, the index, the ledger, and derive every line of the dataset again.

    Findings go to standard output: what, where, which rule, how to mend it.

    Exit codes: 0 all good, or warnings alone ·
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

    talk = Terminal(stderr=True)
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
        report.show_repairs(mended, repair, Terminal())
        report.show(audit, audit.findings(), Terminal(), talk)
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
    name: Name,
    key: SigningKey = None,
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
    vouched, out = collection(ctx, name), Terminal(highlight=False, soft_wrap=True)
    if key is not None:
        signing = Key.read(key)
        attest.sign(vouched, signing)
        out.print(f"signed by {signing.public.fingerprint}", markup=False)
    if tsa is not None:
        stamp = attest.stamp(vouched, tsa)
        out.print(f"time-stamped {stamp.time.isoformat()} by {stamp.authority}", markup=False)
    out.print(f"ledger head {vouched.ledger.head()}", markup=False)
