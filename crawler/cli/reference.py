"""REFERENCE.md: every verb with what it takes, made from the command itself. `python -m crawler.cli.reference` writes
it, and a test says when it has to be.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from archive.cli.command import TRACEBACK
from archive.database import DATABASE, FRONTIER
from archive.reports.charts import OFF
from archive.store.remote.address import WORK
from crawler.cli.verbs import app
from crawler.frontier.lease import MACHINE, SECONDS

PATH = Path(__file__).with_name("REFERENCE.md")
AGAIN = "python -m crawler.cli.reference"
_NAME = "policy-archive"
_EXAMPLE = re.compile(r"Example: (?P<command>.+?)(?:  prints  (?P<prints>.+))?")
_CODES = re.compile(r"Exit codes: (?P<codes>.+?)\.?")
_HEAD = f"""\
# The command `{_NAME}`

<!-- Made by `{AGAIN}` from the command itself: change the help texts, not this file. -->

Every verb, by whom it is for; `{_NAME} VERB --help` prints the same. Data goes to standard output and talk to standard
error; `--json` prints for programs. A mistake is one line that says how to mend it. `timep` is a collection, and an
institute; with `demo` in its place most examples work after `{_NAME} demo`."""
_ENVIRONMENT = {
    "`POLICY_ARCHIVE_HOME`": "The home folder, where `--home` does not name another.",
    f"`{TRACEBACK}`": "Set to anything: an unforeseen error shows where it came from, and is not one line.",
    f"`{DATABASE}`": "Address of the PostgreSQL database that a fleet shares, with its password.",
    f"`{FRONTIER}`": "The same, for the frontier alone of crawls that are begun by hand.",
    f"`{SECONDS}`": "Seconds of a crawl's lease in that database, three times its delay at the least.",
    f"`{MACHINE}`": "What this machine is called in it, where its host name does not tell it from others.",
    f"`{OFF}`": "`off`: reports and `browse` draw no charts.",
    f"`{WORK}`": "Where this machine keeps what works for homes in object stores, in place of ~/.local/state.",
    "`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ENDPOINT_URL`, `AWS_REGION`, …": "Of a home in an object "
    "store: no URL and no file holds a key.",
    "`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`": "The proxy that a crawl goes through, and for which hosts not.",
    "`SSL_CERT_FILE`": "The certificates that a crawl trusts, in place of the system's.",
    "`NO_COLOR`, `COLUMNS`": "No colours; how wide a terminal is.",
    "those that a profile's `[login]` or alerts.toml names": "User, password and the like: no file holds them.",
}


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb as the reference shows it. `words` are those after `policy-archive`."""

    words: str
    told: tuple[str, ...]  # paragraphs
    codes: tuple[str, ...]
    command: str  # the example
    prints: str  # the beginning of what it prints
    parameters: tuple[Any, ...]  # Click's


def reference() -> str:
    """The whole of it, as Markdown."""
    root: Any = typer.main.get_command(app)
    parts = [_HEAD, "## For every verb", _options(root.params), _table("environment", list(_ENVIRONMENT.items()))]
    panel = None
    for verb, of in verbs():
        if of != panel:
            panel = of
            parts.append(f"## {panel}")
        parts += _section(verb)
    return "\n\n".join(parts) + "\n"


def verbs() -> Iterator[tuple[Verb, str]]:
    """Each verb, those of a sub-command one by one, with whom it is for; in the order of the help."""
    root: Any = typer.main.get_command(app)
    context = root.make_context(_NAME, [], resilient_parsing=True)
    for name in root.list_commands(context):
        command = root.commands[name]
        for words, one in [(name, command)] if not hasattr(command, "commands") else _inner(name, command):
            yield _verb(words, one), command.rich_help_panel


def _inner(name: str, group: Any) -> list[tuple[str, Any]]:
    return [(f"{name} {inner}", command) for inner, command in group.commands.items()]


def _verb(words: str, command: Any) -> Verb:
    told = [" ".join(part.split()) for part in (command.help or "").split("\n\n")]
    stated = [found for part in told if (found := _CODES.fullmatch(part))]
    example = _EXAMPLE.fullmatch(command.epilog or "")
    if example is None or not stated:
        raise ValueError(f"`{_NAME} {words}` has no example of the form `Example: …  prints  …`, or no exit codes")
    return Verb(
        words=words,
        told=tuple(part for part in told if not _CODES.fullmatch(part)),
        codes=tuple(stated[0]["codes"].split(" · ")),
        command=example["command"],
        prints=example["prints"] or "",
        parameters=tuple(command.params),
    )


def _section(verb: Verb) -> Iterator[str]:
    """Its paragraphs and tables."""
    yield f"### {verb.words}"
    yield from verb.told
    yield f"```sh\n{verb.command}\n```"
    if verb.prints:
        yield f"prints `{verb.prints}`"
    arguments = [one for one in verb.parameters if one.param_type_name == "argument"]
    options = [one for one in verb.parameters if one.param_type_name == "option"]
    if arguments:
        yield _table("argument", [(f"`{_metavar(one)}`", _meaning(one)) for one in arguments])
    if options:
        yield _options(options)
    yield f"Exit codes: {' · '.join(verb.codes)}."


def _options(options: Iterable[Any]) -> str:
    rows = []
    for one in options:
        value = "" if one.is_flag else f" {_metavar(one)}"
        rows.append((f"`{', '.join(one.opts)}{value}`", _meaning(one)))
    return _table("option", rows)


def _metavar(one: Any) -> str:
    return str(one.metavar or one.human_readable_name.upper())


def _meaning(one: Any) -> str:
    """The help, and what holds when it is not given."""
    told = one.help or ""
    if one.required:
        told += " Required."
    elif one.param_type_name == "option" and not one.is_flag and one.default not in (None, (), []):
        told += f" Default: `{one.default}`."
    if one.envvar:
        told += f" Or ${one.envvar}."
    return told


def _table(noun: str, rows: Iterable[tuple[str, str]]) -> str:
    cells = ((name.replace("|", "\\|"), meaning.replace("|", "\\|")) for name, meaning in rows)
    return "\n".join([f"| {noun} | |", "| --- | --- |", *(f"| {name} | {meaning} |" for name, meaning in cells)])


if __name__ == "__main__":
    PATH.write_text(reference(), encoding="utf-8")
    print(PATH)
