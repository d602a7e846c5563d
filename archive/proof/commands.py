"""`policy-archive key`: make a key to sign with, and see whose it is."""

from pathlib import Path
from typing import Annotated

import typer

from archive.proof.key import Key, fingerprint

app = typer.Typer(
    help="Make a key to sign packages with, and see its fingerprint.",
    epilog="Example: policy-archive key new archivist.key",
    no_args_is_help=True,
)


@app.command(epilog="Example: policy-archive key new archivist.key  prints  sha256:3f0c…")
def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it; FILE.pub gets the public half.")],
) -> None:
    """Make a key: FILE, which only you can read and nobody may have, and FILE.pub, to be given to others.

    Prints its fingerprint: publish it where those who verify your packages will find it.

    Exit codes: 0 made · 2 a file is there already.
    """
    print(Key.new(file).public.fingerprint)


@app.command(epilog="Example: policy-archive key show archivist.key.pub  prints  sha256:3f0c…")
def show(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A key, or its public half.")],
) -> None:
    """Print a key's fingerprint, as `verify FILE.wacz --trust` takes it.

    Exit codes: 0 printed · 2 it holds no key.
    """
    print(fingerprint(file))
