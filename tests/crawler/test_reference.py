"""The command's reference: made anew it is the same, all that it says can be typed, and what it shows works."""

import re
import shlex
import webbrowser
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import archive
import crawler
from crawler.cli import reference
from crawler.cli.verbs import app
from tests.crawler.command import lines, policy_archive

VERBS = {verb.words: verb for verb, _ in reference.verbs()}
# Not run here: they serve until Ctrl-C, crawl, ask the web or a running crawl, or write where a test must not.
NOT_HERE = {
    "browse", "crawl", "demo", "patch", "pause", "resume", "replay", "save", "discard", "try", "institute check",
    "institute new", "schedule run", "schedule systemd", "alerts test",
    *(f"fleet {one}" for one in ("init", "worker", "enqueue", "status", "drain", "demo")),  # tests/crawler/fleet
}  # fmt: skip
NOTHING_FOUND = {"search", "diff"}  # exit code 1 says that nothing was found, or that versions differ


def test_the_reference_is_what_the_command_says() -> None:
    assert reference.PATH.read_text(encoding="utf-8") == reference.reference(), f"out of date: {reference.AGAIN}"


def test_every_variable_of_ours_stands_in_it() -> None:
    folders = [Path(package.__path__[0]) for package in (archive, crawler)]
    sources = (path.read_text(encoding="utf-8") for folder in folders for path in folder.rglob("*.py"))
    named = {name for text in sources for name in re.findall(r"\bPOLICY_ARCHIVE_[A-Z]+\b", text)}
    assert len(named) > 2
    assert [name for name in sorted(named) if f"`{name}`" not in reference.reference()] == []


def words_of(command: str) -> list[str]:
    """Those after `policy-archive`, without what a shell does with the output."""
    words = shlex.split(command)
    return words[1 : min([words.index(sign) for sign in ("|", ">") if sign in words], default=len(words))]


@pytest.mark.parametrize("verb", VERBS.values(), ids=list(VERBS))
def test_the_example_can_be_typed(verb: reference.Verb) -> None:
    words, command = words_of(verb.command), typer.main.get_command(app)
    assert verb.command.startswith(f"policy-archive {verb.words}")
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    command.make_context(verb.words, words)  # raises where an option or a value is not one


@pytest.mark.parametrize("verb", VERBS.values(), ids=list(VERBS))
def test_the_same_option_is_spelled_the_same_and_takes_the_same(verb: reference.Verb) -> None:
    """The name of a value is the same wherever an option is; a verb's own uses of a name are listed."""
    own = {
        "--institute", "--to", "--name", "--crawl", "--url", "--check", "--from", "--collection", "--into", "--kind",
    }  # fmt: skip
    for one in verb.parameters:
        if one.param_type_name == "argument":
            continue
        assert one.metavar or one.is_flag, f"{one.opts} names no value"
        for other in VERBS.values():
            same = [two for two in other.parameters if set(two.opts) & ({*one.opts} - own)]
            assert [(two.metavar, two.is_flag) for two in same] == [(one.metavar, one.is_flag)] * len(same), one.opts


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examples")
    assert policy_archive(folder, "demo", "--pages", "10").returncode == 0
    return folder / "home"


@pytest.mark.slow
def test_the_examples_work(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One after the other, as they stand, with the demo's collection and one of its publications."""
    monkeypatch.chdir(home.parent)
    monkeypatch.setattr(webbrowser, "open", lambda _: True)
    ident = lines(home / "collections/demo/dataset/publications.jsonl")[0]["id"]
    there = {"timep:p3105": ident, "timep": "demo", "3": "1"}
    (home / "schedule.toml").write_text('[[entry]]\ninstitute = "demo"\nwhen = "every day at 03:00"\n')
    first, last = ("key new", "urls index"), ("unpack", "withhold")
    for name in sorted(VERBS, key=lambda name: (name not in first, name in last, name)):
        if name in NOT_HERE:
            continue
        words = [there.get(word, word) for word in words_of(VERBS[name].command)]
        if name == "unpack":
            (packed,) = (home / "collections/demo/packages").glob("*.wacz")
            words = [str(packed) if word == "timep.wacz" else word for word in words]
        told: Any = CliRunner().invoke(app, ["--home", str(home), *words], prog_name="policy-archive")
        allowed = (0, 1) if name in NOTHING_FOUND else (0,)
        assert told.exit_code in allowed, (words, told.output, told.exception)
        assert told.output.strip(), words
