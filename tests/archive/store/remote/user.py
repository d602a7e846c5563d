"""The command as a user runs it on one machine or another: each has a working folder of its own."""

import subprocess
import sys
from pathlib import Path

from tests.crawler.command import environment


def run(url: str, machine: Path, *words: str | Path, timeout: float = 120) -> "subprocess.CompletedProcess[str]":
    """`policy-archive --home URL WORDS…` on that machine."""
    machine.mkdir(exist_ok=True)
    return subprocess.run(
        _command(url, *words), cwd=machine, env=_environment(machine), capture_output=True, text=True,
        timeout=timeout, check=False,
    )  # fmt: skip


def started(url: str, machine: Path, *words: str | Path, output: int = subprocess.DEVNULL) -> "subprocess.Popen[str]":
    """The same, still running, in a process group of its own."""
    machine.mkdir(exist_ok=True)
    return subprocess.Popen(
        _command(url, *words), cwd=machine, env=_environment(machine), stdout=output, stderr=output, text=True,
        start_new_session=True,
    )  # fmt: skip


def folder(machine: Path, name: str) -> Path:
    """The collection's working folder there."""
    (found,) = (machine / "work").glob(f"*/collections/{name}")
    return found


def _command(url: str, *words: str | Path) -> list[str]:
    return [sys.executable, "-m", "crawler.cli", "--home", url, *map(str, words)]


def _environment(machine: Path) -> dict[str, str]:
    return environment() | {"POLICY_ARCHIVE_WORK": str(machine / "work")}
