"""Runs the command as a user would, in a process of its own: a reactor runs once a process."""

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil


def environment() -> dict[str, str]:
    return {
        **os.environ,
        "NO_COLOR": "1",
        "POLICY_ARCHIVE_CHARTS": "off",  # drawing takes a second or two; tests/archive/reports looks at it
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


def scrapy_crawl(
    folder: Path, site: Path, timeout: float = 120, **settings: object
) -> "subprocess.CompletedProcess[str]":
    """`scrapy crawl publications` into the collection `test`, with settings that the command does not offer, such as
    waits that are short enough for a test.
    """
    arguments = {"institute": site, "home": folder / "home", "collection": "test", "allow_private": "1"}
    given = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
    return subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "publications", *given]
        + [word for name, value in arguments.items() for word in ("-a", f"{name}={value}")],
        cwd=Path(__file__).parents[2],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def peak_memory(process: "subprocess.Popen[Any]") -> int:
    """The most memory in KiB that a process or a child of it held, once it has ended.

    Asked for while it runs: what `wait4` tells begins with the memory of the process that it was forked from.
    """
    most = 0
    while process.poll() is None:
        for one in (process.pid, *_children(process.pid)):
            with contextlib.suppress(OSError):  # it has just ended
                told = Path(f"/proc/{one}/status").read_text(encoding="utf-8")
                found = re.search(r"VmHWM:\s*(\d+) kB", told)
                most = max(most, int(found[1]) if found else 0)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    return most


def _children(pid: int) -> list[int]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    return []


def profile(
    folder: Path, home: str, extends: str = "wordpress", hosts: Sequence[str] = (), **tables: dict[str, Any]
) -> Path:
    """Writes a short profile and returns its path."""
    lines = [f'extends = "{extends}"', 'name = "Test Institute"', f'home = "{home}"', f"hosts = {json.dumps(hosts)}"]
    for table, keys in tables.items():
        lines += [f"[{table}]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items())]
    path = folder / "institute.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    """A JSONL file's objects."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def lines_so_far(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a JSONL file that somebody still writes, or that is not there yet."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]
