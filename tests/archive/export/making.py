"""What the tests of exports share."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
ARABIC = "demo:p1216"


def run(home: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """The archive's verbs, as a person runs them."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", "from archive.cli import main; main()", "--home", str(home), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=120)
