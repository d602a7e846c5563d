"""The README is true: its commands are those that CI runs, its verbs and files exist."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

import crawler.cli.verbs  # noqa: F401  its verbs join those of the archive
from archive import cli as archive_cli
from archive.institutes import registry
from archive.institutes.table import AGAIN, with_table
from tests.crawler.command import environment, policy_archive

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    """The lines of the README's shell blocks."""
    return [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]


def test_ci_runs_the_test_command_of_the_readme() -> None:
    wanted = [line for line in commands() if line.endswith("-m pytest -n 2")]
    assert len(wanted) == 1
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == wanted[0]


def test_the_demo_command_installs_and_runs_the_demo() -> None:
    first = commands()[0]
    assert first.startswith("python3 -m venv .venv && .venv/bin/pip install")
    assert first.endswith(".venv/bin/policy-archive demo")


def help_of(*words: str) -> str:
    """What `--help` prints, in this process."""
    shown = CliRunner().invoke(archive_cli.app, [*words, "--help"], prog_name="policy-archive", env={"COLUMNS": "100"})
    assert shown.exit_code == 0, shown.output
    return shown.output


def test_every_verb_of_the_readme_has_help_and_every_verb_stands_in_it() -> None:
    verbs = set(re.findall(r"^[│ ]+([a-z]+)  ", help_of(), re.MULTILINE))
    named = set(re.findall(r"policy-archive ([a-z]+)", README))
    assert verbs >= {"crawl", "demo", "derive", "institute", "replay", "try", "verify"}
    assert verbs == named
    for verb in verbs:
        shown = help_of(verb)
        assert "Usage: policy-archive" in shown
        has_verbs = "COMMAND [ARGS]" in shown
        assert has_verbs or "Example: policy-archive" in " ".join(shown.split()), verb


def test_the_institutes_are_those_that_there_are() -> None:
    assert with_table(README) == README, f"out of date: {AGAIN}"
    shown = re.findall(r"^\| `([a-z-]+)`: ", README.split("<!-- institutes")[1].split("<!-- end")[0], re.MULTILINE)
    assert shown == [name for name in registry.names() if name != "demo"]


def test_what_is_linked_is_there() -> None:
    linked = [target for target in re.findall(r"\]\(([^)\s]+)\)", README) if "://" not in target]
    assert "crawler/cli/REFERENCE.md" in linked
    assert [target for target in linked if not (ROOT / target).is_file()] == []


def test_the_command_itself_starts() -> None:
    command = [sys.executable, "-m", "crawler.cli", "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=120, check=True).stdout
    assert "Usage: policy-archive" in shown


def test_the_files_of_the_picture_exist() -> None:
    picture = README.split("```text\ncrawler/ ")[1].split("```")[0]
    folder, names = "crawler", set()
    for line in ("crawler/ " + picture).splitlines():
        if not line.startswith(" "):
            folder = line.split("/")[0]
        base = ROOT / folder
        place = line.split()[0] if line.split() else ""
        inside = base / place if place.endswith("/") and line.startswith(" ") else base
        names |= {inside / name for name in re.findall(r"\b([a-z_]+\.py)\b", line)}
    assert len(names) > 30
    assert sorted(str(name) for name in names if not name.exists()) == []


def test_every_direct_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [one for extra in project["optional-dependencies"].values() for one in extra]
    pinned = {
        re.split("==", line)[0].lower() for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line
    }
    wanted = {re.split(r"[\s\[<>=!~;]", one)[0].lower() for one in [*project["dependencies"], *extras]} - {
        "policy-archive"
    }
    assert wanted - pinned == set()


def test_no_file_names_a_package_index() -> None:
    index = re.compile(r"pypi\.(?:org|python)|pythonhosted|--(?:extra-)?index-url|registry\.npmjs|deb\.debian")
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    named = [
        name
        for name in tracked
        if name != "tests/test_readme.py" and index.search((ROOT / name).read_text("utf-8", "replace"))
    ]
    assert named == []


def shape(line: str) -> str:
    """A line of the demo's output without what may differ from run to run: numbers, names, hashes and made-up text."""
    line = re.sub(r"https?://[^\s,]+", "URL", line.rstrip().removesuffix("…"))
    line = re.sub(r"\b[0-9a-f]{13,}\b", "0", line)
    line = re.sub(r"\d[\d,.:TZ-]*", "0", line)
    line = re.sub(r'^( *"\w+": ").*', r"\1", line)
    line = re.sub(r"^( +says ').*", r"\1", line)
    counts = r"0 [a-z_-]+(?: · 0 [a-z_-]+)*$"  # how many of which kinds, in what order
    return re.sub(counts, "counts", line)


@pytest.mark.slow
def test_the_demo_prints_what_the_readme_shows(tmp_path: Path) -> None:
    """On standard output alone, without a colour, and no line ends in blanks."""
    done = policy_archive(tmp_path, "demo", timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert [line for line in lines if line != line.rstrip()] == []
    printed = [shape(line.replace("home/collections", "policy-archive/collections")) for line in lines]
    shown = README.split("It prints")[1].split("```text\n")[1].split("```")[0].splitlines()
    assert len(shown) > 30
    assert sorted({shape(line) for line in shown} - set(printed)) == []
    heads = [line for line in printed if re.match(r"0 \w+ing ", line)]
    assert heads == [shape(line) for line in shown if re.match(r"\d\. ", line)]
