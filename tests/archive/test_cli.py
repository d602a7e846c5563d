"""The command: what a person or a script sees of it, in a process of its own."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from archive import cli
from archive.cli import command as shared
from archive.errors import CollectionError, OutOfSpace
from archive.store.collection import Collection
from tests.archive.audit import samples


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    samples.collection(folder)
    return folder


def command(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    code = "from archive.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        check=False,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(cli.__file__).parents[2]),
            "COLUMNS": "120",
            **environment,
        },
    )


@pytest.mark.parametrize("verb", ["derive", "verify", "replay", "pack", "unpack"])
def test_every_verb_has_help_with_an_example(verb: str) -> None:
    done = command(verb, "--help")
    assert done.returncode == 0
    assert f"Example: policy-archive {verb}" in done.stdout
    assert "\x1b" not in done.stdout


def test_the_help_names_the_people_in_order() -> None:
    told = command("--help").stdout
    assert 0 < told.index("Archivist") < told.index("Auditor")
    assert "POLICY_ARCHIVE_HOME" in told


def test_a_good_collection_verifies(home: Path) -> None:
    done = command("--home", str(home), "verify", "sample", "--bytes")
    assert done.returncode == 0
    assert done.stdout == "28 records, 12 index lines, 4 ledger lines (0.0 MB): all good\n"
    assert done.stderr.startswith("ledger head ")


def test_home_may_come_from_the_environment(home: Path) -> None:
    done = command("verify", "sample", "--bytes", "--json", POLICY_ARCHIVE_HOME=str(home))
    told = json.loads(done.stdout)
    assert (done.returncode, done.stderr, told["good"], told["findings"]) == (0, "", True, [])
    assert told["checked"]["records"] == 28
    assert told["head"] == Collection.open(home / "collections" / "sample").ledger.head()


def test_damage_exits_with_1_and_says_where(tmp_path: Path) -> None:
    made = samples.collection(tmp_path)
    made.index.path.write_bytes(made.index.path.read_bytes() + "سطر\n".encode())
    done = command("--home", str(tmp_path), "verify", "sample", "--bytes")
    assert done.returncode == 1
    assert "error index-line: indexes/index.cdxj line 13" in done.stdout
    assert "mend: the index is derived" in done.stdout
    told = json.loads(command("--home", str(tmp_path), "verify", "sample", "--bytes", "--json").stdout)
    assert (told["errors"], told["findings"][0]["line"]) == (1, 13)


@pytest.mark.parametrize("name", ["none", "../sample", "", "خطأ"])
def test_an_unknown_collection_is_one_line(home: Path, name: str) -> None:
    done = command("--home", str(home), "verify", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"policy-archive: no collection {name!r}")
    assert "there are: sample" in done.stderr
    assert done.stderr.count("\n") == 1


def test_any_warc_can_be_verified_and_repaired(tmp_path: Path) -> None:
    records = [samples.record(f"WARC-Type: metadata\nContent-Type: text/plain\nX-N: {n}", b"%d" % n) for n in range(3)]
    path = samples.warc_file(tmp_path / "تقرير.warc.gz", *records)
    good = command("--home", str(tmp_path), "verify", str(path))
    assert (good.returncode, good.stdout) == (0, "3 records (0.0 MB): all good\n")
    path.write_bytes(path.read_bytes()[:-5])
    done = command("--home", str(tmp_path), "verify", str(tmp_path), "--repair")
    assert done.returncode == 1
    assert "repair تقرير.warc.gz: تقرير.warc.gz.repaired holds the 2 records that can be read" in done.stdout
    assert "error gzip: تقرير.warc.gz at byte" in done.stdout
    assert "(RFC 1952, 2.3; WARC 1.1, annex D.2)" in done.stdout
    told = json.loads(command("--home", str(tmp_path), "verify", str(path), "--repair", "--json").stdout)
    assert (told["errors"], told["findings"][0]["rule"], told["repairs"][0]["where"]) == (1, "gzip", path.name)
    wrong = command("--home", str(tmp_path), "verify", str(path), "--head", "0" * 64)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "is no collection" in wrong.stderr


def test_a_collection_may_be_named_by_its_folder(home: Path) -> None:
    done = command("verify", str(home / "collections" / "sample"), "--bytes", "--repair")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "nothing to repair")
    assert done.stdout.endswith("all good\n")


def test_a_folder_that_is_no_collection_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "collections" / "odd").mkdir(parents=True)
    done = command("--home", str(tmp_path), "verify", "odd")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words", [["verify", "sample", "--unknown"], ["unknown"], ["verify"], ["replay", "x", "--port", "99999"]]
)
def test_wrong_usage_exits_with_2(home: Path, words: list[str]) -> None:
    done = command("--home", str(home), *words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_head_that_is_no_hash_is_wrong_usage(home: Path) -> None:
    done = command("--home", str(home), "verify", "sample", "--head", "abc")
    assert done.returncode == 2
    assert "64 hexadecimal digits" in done.stderr


def raising(problem: BaseException) -> typer.Typer:
    app = typer.Typer(pretty_exceptions_enable=False)

    @app.command()
    def fail() -> None:
        raise problem

    return app


@pytest.mark.parametrize(
    ("problem", "code", "line"),
    [
        (CollectionError("خطأ: mend it"), 2, "policy-archive: خطأ: mend it\n"),
        (OutOfSpace("disk full"), 3, "policy-archive: disk full\n"),
        (KeyboardInterrupt(), 130, ""),
        (
            OSError(errno.ENOSPC, "No space left on device", "/a/b"),
            3,
            "policy-archive: /a/b: No space left on device\n",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "/a/b"), 1, "policy-archive: /a/b: Permission denied\n"),
    ],
)
def test_errors_are_one_line(
    problem: BaseException, code: int, line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["policy-archive"])
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    with pytest.raises(SystemExit) as left:
        cli.run(raising(problem))
    assert left.value.code == code
    assert capsys.readouterr().err == line


def test_an_unforeseen_error_is_one_line_unless_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["policy-archive"])
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    with pytest.raises(SystemExit) as left:
        cli.run(raising(ValueError("two\nlines")))
    assert left.value.code == 1
    assert capsys.readouterr().err.startswith("policy-archive: unforeseen ValueError: two lines (this is a fault")
    monkeypatch.setenv(shared.TRACEBACK, "1")
    with pytest.raises(ValueError, match="two"):
        cli.run(raising(ValueError("two\nlines")))


def test_replay_prints_where_to_look(home: Path) -> None:
    code = "from archive.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "--home", str(home), "replay", "sample", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(cli.__file__).parents[2])},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.send_signal(2)
        assert process.wait(120) == 130
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_derive_tells_what_it_made(tmp_path: Path) -> None:
    samples.with_dataset(tmp_path)
    done = command("--home", str(tmp_path), "derive", "sample")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("2 publications in 2 versions from ")
    assert "  1 ar · 1 en\n" in done.stdout
    told = json.loads(command("--home", str(tmp_path), "derive", "sample", "--json").stdout)
    assert (told["languages"], told["underived"]) == ({"ar": 1, "en": 1}, {})
