"""What all verbs share: the command, where home is, how a collection is named, and how an error reaches a person."""

import os
import re
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from archive import __version__, folder_names
from archive.errors import NO_SPACE, ArchiveError, CollectionError
from archive.institutes.commands import app as institute_app
from archive.lines import harmless
from archive.proof.commands import app as key_app
from archive.store.collection import Collection
from archive.store.remote import address, mirror

ARCHIVIST, RESEARCHER, AUDITOR = "Archivist", "Researcher", "Auditor"  # the panels of the help, in this order
# Within a panel: as people come to need them. What is not named here comes last.
_ORDER = (
    "demo", "crawl", "status", "pause", "resume", "report", "patch", "save", "discard", "schedule", "alerts",
    "institute", "withhold",
    "search", "show", "history", "diff", "browse", "catalogue", "export", "release", "urls",
    "verify", "derive", "replay", "try", "pack", "unpack", "sign", "key",
)  # fmt: skip
TRACEBACK = "POLICY_ARCHIVE_TRACEBACK"  # an environment variable: set, an unforeseen error shows where it came from
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*")


class _ByPeople(TyperGroup):
    """The verbs in the order of the people that they are for, whichever package brings them."""

    def list_commands(self, ctx: Any) -> list[str]:
        panels = (ARCHIVIST, RESEARCHER, AUDITOR)

        def place(name: str) -> tuple[int, int]:
            panel = getattr(self.commands[name], "rich_help_panel", None)
            return panels.index(panel) if panel in panels else 0, _ORDER.index(name) if name in _ORDER else len(_ORDER)

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
app.add_typer(key_app, name="key", rich_help_panel=AUDITOR)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"policy-archive {__version__}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    home: Annotated[
        str,
        typer.Option(
            "--home",
            metavar="PLACE",
            envvar="POLICY_ARCHIVE_HOME",
            help="The folder that holds collections/, catalogue.sqlite and schedule.toml; or its URL in an object "
            "store, such as s3://bucket/prefix.",
            show_default=True,
        ),
    ] = "policy-archive",
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Crawl a policy institute, keep every byte, derive its publications, and prove every line."""
    ctx.obj = address.checked(home) if address.is_url(home) else Path(home)


def home(ctx: typer.Context) -> Path:
    """The folder that holds `collections/`: --home, $POLICY_ARCHIVE_HOME, or ./policy-archive; for a URL, the folder
    on this machine that works for it.

    It need not be there yet.
    """
    found = ctx.find_root().obj
    if isinstance(found, str):
        return address.working_home(found)
    return found if isinstance(found, Path) else Path("policy-archive")


def whole_home(ctx: typer.Context) -> Path:
    """`home`, with all its collections brought up to what the store has, where they lie in one."""
    found = home(ctx)
    mirror.bring_all(found)
    return found


def collection(ctx: typer.Context, name: str) -> Collection:
    """The collection of that name; raises CollectionError, which names those that are there."""
    folder = home(ctx) / "collections"
    if name and not folder_names.mistake(name) and address.of_home(folder.parent) is not None:
        return Collection.named(folder, name)
    if name and Path(name).name == name and (folder / name).is_dir():
        return Collection.open(folder / name)
    there = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    hint = (
        f"there are: {', '.join(there)}" if there else "there are none yet; `policy-archive demo` or `crawl` makes one"
    )
    raise CollectionError(f"no collection {name!r} in {folder} ({hint}; --home names another folder)")


def all_names(ctx: typer.Context) -> list[str]:
    """All collections of the home, sorted. Raises CollectionError where there is none."""
    found = sorted(path.parent.name for path in (whole_home(ctx) / "collections").glob("*/collection.toml"))
    if not found:
        raise CollectionError(f"{home(ctx)} holds no collections yet: `policy-archive demo` or `crawl` makes one")
    return found


def language(given: str) -> str:
    """The `parser` of an option that takes a language."""
    if not _LANGUAGE.fullmatch(given):
        raise typer.BadParameter(f"{given!r} is no language's code: write it as ar, en, pt-BR")
    return given


Name = Annotated[str, typer.Argument(help="A collection's name.", metavar="COLLECTION", show_default=False)]
Trust = Annotated[
    str | None,
    typer.Option("--trust", metavar="KEY", help="The key that must have signed it: its fingerprint, or a .pub file."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SigningKey = Annotated[
    Path | None,
    typer.Option("--key", metavar="FILE", help="Sign with this key; `policy-archive key new FILE` makes one."),
]
OtherProfile = Annotated[
    str | None,
    typer.Option(
        "--institute",
        metavar="NAME|FILE",
        help="Another profile than the one stored with the crawl: an institute's name, or a file.",
    ),
]


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
        _leave(f"{named}{problem.strerror or problem}", 3 if problem.errno in NO_SPACE else 1)
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
    print(harmless(f"policy-archive: {message}"), file=sys.stderr)
    sys.exit(code)


def main() -> None:
    """The archive's verbs alone, without the crawler."""
    run(app)
