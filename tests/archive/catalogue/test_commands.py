"""`search`, `catalogue`, `show`, `history`, `diff`, as a person runs them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import shelf

ROOT = Path(__file__).parents[3]
ARABIC = "demo:p1216"
NEW = "نصٌّ جديدٌ قصير عن <b>الزلازل</b> في القاهرة."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    shelf.fill(folder, 30, edited={ARABIC: NEW})
    return folder


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", "from archive.cli import main; main()", "--home", str(home), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=120)


def test_a_word_is_found_in_the_last_version(home: Path) -> None:
    found = run(home, "search", "الزلازل", "القاهره")
    assert found.returncode == 0, found.stderr
    assert ARABIC in found.stdout
    assert "<b>الزلازل</b>" in found.stdout
    assert "1 publication\n" in found.stdout
    told = json.loads(run(home, "search", "--json", "الزلازل").stdout)
    assert [hit["id"] for hit in told["hits"]] == [ARABIC]
    assert run(home, "search", "xyzzy").returncode == 1


def test_a_publication_is_shown_by_id_and_by_address(home: Path) -> None:
    last = run(home, "show", ARABIC)
    assert NEW in last.stdout
    assert "version 2 of 2" in last.stdout
    first = json.loads(run(home, "show", ARABIC, "--version", "1", "--json").stdout)
    assert first["text"] != NEW
    assert json.loads(run(home, "show", first["aliases"][0], "--json").stdout)["id"] == ARABIC


def test_history_and_diff_say_what_changed(home: Path) -> None:
    told = run(home, "history", ARABIC)
    assert told.returncode == 0
    assert "first seen" in told.stdout
    assert " update " in told.stdout
    changed = run(home, "diff", ARABIC)
    assert changed.returncode == 1
    assert "+ " + NEW in changed.stdout
    told = json.loads(run(home, "diff", ARABIC, "1", "2", "--json").stdout)
    assert told["kinds"] == ["update"]
    assert run(home, "diff", ARABIC, "2", "2").returncode == 0
    page = home / "page.html"
    run(home, "diff", ARABIC, "--html", str(page))
    assert "&lt;b&gt;الزلازل&lt;/b&gt;" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("show", "demo:p0"), "no publication 'demo:p0' in any collection"),
        (("show", ARABIC, "--version", "3"), "has no version 3: it has 1 to 2"),
        (("history", ARABIC, "--collection", "x"), "in collection x"),
        (("search", "القاهرة", "--collection", "x"), "no collection 'x'"),
    ],
)
def test_what_is_not_there_is_one_line(home: Path, words: tuple[str, ...], message: str) -> None:
    failed = run(home, *words)
    assert failed.returncode == 2
    assert failed.stderr.startswith("policy-archive: ")
    assert message in failed.stderr
    assert failed.stderr.count("\n") == 1


def test_an_empty_home_says_what_makes_a_collection(tmp_path: Path) -> None:
    failed = run(tmp_path, "search", "x")
    assert failed.returncode == 2
    assert "policy-archive demo" in failed.stderr
