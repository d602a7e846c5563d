"""`policy-archive institute …`: which institutes there are, what one's profile says, and whether a file is a good
profile. `institute new` goes out to the web: crawler/cli/institute.py adds it."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from archive.errors import ProfileError
from archive.institutes import registry
from archive.institutes.profile import Profile

app = typer.Typer(
    help="List institutes, show a profile, check a file, make a new one.",
    epilog="Example: policy-archive institute list",
    no_args_is_help=True,
)

_DAYS = ("since", "until")  # TOML has days of its own
Given = Annotated[str, typer.Argument(help="An institute's name, or the path of a profile.", metavar="NAME|FILE")]


def _home(ctx: typer.Context) -> Path:
    """The folder that holds the archivist's own profiles, as the command was told (--home)."""
    found = ctx.find_root().obj
    return found if isinstance(found, Path) else Path("policy-archive")


@app.command(
    "list", epilog="Example: policy-archive institute list  prints  a table of name, home, languages and institute"
)
def list_(ctx: typer.Context) -> None:
    """List the institutes that are known by name, and the platforms that a profile may extend.

    Exit codes: 0 listed · 2 a profile of the home folder is not valid.
    """
    table = Table(box=None, pad_edge=False)
    for heading in ("name", "home", "languages"):
        table.add_column(heading, no_wrap=True)
    table.add_column("institute")
    own = registry.own_names(_home(ctx))
    for name in sorted({*own, *registry.names()}):
        profile = _read(name, _home(ctx))
        table.add_row(name, profile.home, ", ".join(profile.languages), profile.name)
    for name in registry.platforms():
        table.add_row(name, "", "", f"{_read(name, None).name}, a platform to be extended")
    Console(soft_wrap=True).print(table)


@app.command(epilog="Example: policy-archive institute show timep  prints  name = … and all else that its profile says")
def show(ctx: typer.Context, name: Given) -> None:
    """Print a profile as it is used: merged with what it extends, as TOML. Defaults are left out, but those of when a
    later crawl asks for a page again (`revisit`).

    Exit codes: 0 printed · 2 no such profile, or it is not valid.
    """
    profile = _read(name, _home(ctx))
    typer.echo(f"# digest {registry.digest(profile)}")
    typer.echo(toml(profile))


@app.command(epilog="Example: policy-archive institute check ./example.toml  prints  ./example.toml: valid: example, …")
def check(ctx: typer.Context, file: Given) -> None:
    """Say whether a profile is valid; where it is not, the file, the key and how to mend it.

    Exit codes: 0 valid · 2 not valid, or no such profile.
    """
    profile = _read(file, _home(ctx))
    if profile.home:
        _whole(file, _home(ctx))
        typer.echo(f"{file}: valid: {profile.id}, {profile.name}, {profile.home}")
    else:
        typer.echo(f"{file}: valid, to be extended: it has no home of its own")


def toml(profile: Profile) -> str:
    """The merged profile as TOML that can be read again."""
    data = profile.model_dump(mode="json", exclude_defaults=True, exclude={"extends"})
    data["revisit"] = profile.revisit.model_dump()  # numbers that one wants to see before one changes them
    tables = {key: value for key, value in data.items() if isinstance(value, dict)}
    rules = {key: value for key, value in data.items() if key in registry.RULE_LISTS}
    lines = [f"{key} = {_value(value)}" for key, value in data.items() if key not in tables and key not in rules]
    lines += [f"since = {profile.since}"] if profile.since else []
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{key} = {_value(value)}" for key, value in table.items())]
    for name, every in rules.items():
        for rule in every:
            lines += [
                "",
                f"[[{name}]]",
                *(f"{key} = {_value(value)}" for key, value in rule.items() if value and key not in _DAYS),
                *(f"{key} = {rule[key]}" for key in _DAYS if rule.get(key)),
            ]
    return "\n".join(lines)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_value(each)}' for key, each in value.items())} }}"
    if isinstance(value, list):
        inner = [_value(each) for each in value]
        one_line = f"[{', '.join(inner)}]"
        return one_line if len(one_line) <= 100 else "[\n" + "".join(f"  {each},\n" for each in inner) + "]"
    if isinstance(value, str):
        return _text(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(value: str) -> str:
    """Patterns in single quotes, as people write them; JSON's strings are TOML's basic strings."""
    literal = "\\" in value and "'" not in value and value.isprintable()
    return f"'{value}'" if literal else json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _read(name: str, home: Path | None) -> Profile:
    try:
        return registry.read(name, home)
    except ProfileError as error:
        raise _refused(error) from None


def _whole(name: str, home: Path) -> Profile:
    try:
        return registry.load(name, home)
    except ProfileError as error:
        raise _refused(error) from None


def _refused(error: ProfileError) -> typer.Exit:
    typer.echo(str(error), err=True)
    return typer.Exit(error.exit_code)
