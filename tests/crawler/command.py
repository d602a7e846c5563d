"""Runs the command as a user would, in a process of its own: a reactor runs once a process."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def environment() -> dict[str, str]:
    return {
        **os.environ,
        "NO_COLOR": "1",
        "PYTHONWARNINGS": "error::DeprecationWarning:crawler,error::DeprecationWarning:archive",
    }


def policy_archive(folder: Path, *words: str, timeout: float = 120) -> "subprocess.CompletedProcess[str]":
    """`policy-archive --home FOLDER/home WORDS…`, run in `folder`."""
    return subprocess.run(
        [sys.executable, "-m", "crawler.cli", "--home", str(folder / "home"), *words],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def started(folder: Path, words: Sequence[str], output: int = subprocess.PIPE) -> "subprocess.Popen[str]":
    """The same, still running, in a process group of its own; `output` is where stdout and stderr go."""
    return subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", "--home", str(folder / "home"), *words],
        cwd=folder,
        env=environment(),
        stdout=output,
        stderr=output,
        text=True,
        start_new_session=True,
    )


def profile(folder: Path, home: str, extends: str = "wordpress", **tables: dict[str, Any]) -> Path:
    """Writes a short profile and returns its path."""
    lines = [f'extends = "{extends}"', 'name = "Test Institute"', f'home = "{home}"']
    for table, keys in tables.items():
        lines += [f"[{table}]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items())]
    path = folder / "institute.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    """A JSONL file's objects."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
