"""A built wheel works like the checkout: profiles, templates and schema are in it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_the_wheel_holds_all_that_the_checkout_has(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", tmp_path, ROOT],
        check=True,
        timeout=300,
    )
    wheel = next(tmp_path.glob("*.whl"))
    with zipfile.ZipFile(wheel) as file:
        inside = {name for name in file.namelist() if ".dist-info/" not in name}
        file.extractall(tmp_path / "unpacked")
    tracked = subprocess.run(
        ["git", "ls-files", "archive", "crawler"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert set(tracked) - inside == set()
    shown = subprocess.run(
        [sys.executable, "-m", "crawler.cli", "institute", "list"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path / "unpacked"), "NO_COLOR": "1"},
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    assert {"demo", "timep", "wordpress"} <= set(shown.split())
