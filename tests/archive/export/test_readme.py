"""What the README shows a researcher runs, as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import shelf
from tests.archive.export.making import ROOT, run

README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = README.split("\n## Load the data\n")[1].split("\n## ")[0]
BLOCKS = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the README's own command has exported a collection `timep`."""
    folder = tmp_path_factory.mktemp("reader")
    collection = shelf.fill(folder / "policy-archive", 40, "timep")
    (folder / "dataset").symlink_to(collection.dataset_dir)
    command = next(line for line in SECTION.splitlines() if "--format parquet" in line)
    words = command.split("#")[0].split()[1:]
    done = run(folder / "policy-archive", *[str(folder / word) if "-parquet" in word else word for word in words])
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split()[1])
def test_it_loads(folder: Path, block: str) -> None:
    lines = [line for line in block.splitlines() if line.strip()]
    assert len(lines) <= 5
    environment = {"PATH": "", "HOME": str(folder), "HF_HUB_OFFLINE": "1", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", block], cwd=folder, env=environment, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    arabic = sum(one["language"] == "ar" for one in shelf.publications(40))
    if "load_dataset" in block:
        assert int(done.stdout) == arabic
    elif "pandas.read_parquet" in block:
        assert sum(map(int, re.findall(r"^\d{4} +(\d+)$", done.stdout, re.MULTILINE))) == arabic
    elif "duckdb" in block:
        assert sum(int(line.split()[2]) for line in done.stdout.splitlines()) == 40
    else:
        assert "read_json" in block


def test_there_are_three_and_the_lines_themselves() -> None:
    assert len(BLOCKS) == 4
