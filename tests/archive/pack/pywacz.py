"""py-wacz, the reference's own tool, in an environment of its own: what it brings along (chardet) would change how
BeautifulSoup reads pages, and so what is derived.
"""

import subprocess
import sys
from pathlib import Path

import pytest

VERSION = "0.6.0"
CONSTRAINTS = Path(__file__).parents[3] / "constraints.txt"


def command(folder: Path) -> Path:
    """`wacz`, installed once into a folder that outlives the run."""
    environment = folder / f"wacz-{VERSION}"
    found = environment / "bin" / "wacz"
    if not found.exists():
        subprocess.run([sys.executable, "-m", "venv", environment], check=True, timeout=120)
        install = [environment / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        wanted = ["-c", CONSTRAINTS, f"wacz=={VERSION}"]
        done = subprocess.run([*install, *wanted], capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            pytest.skip(f"pip cannot install py-wacz: {done.stderr[-300:]}")
    return found


def run(wacz: Path, folder: Path, *words: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [wacz, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PATH": "/usr/bin:/bin"},
    )
