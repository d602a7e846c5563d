"""Imports point one way, and the archive runs without Scrapy."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# A package may import those to its right, and itself. institutes and store are siblings below extract.
MAY = {
    "archive.cli": {
        "archive.browse",
        "archive.catalogue",
        "archive.export",
        "archive.urls",
        "archive.reports",
        "archive.replay",
        "archive.audit",
        "archive.pack",
        "archive.proof",
        "archive.dataset",
        "archive.extract",
        "archive.store",
        "archive.institutes",
    },
    "archive.browse": {
        "archive.replay",
        "archive.audit",
        "archive.catalogue",
        "archive.export",
        "archive.fleet",
        "archive.dataset",
        "archive.extract",
        "archive.store",
        "archive.institutes",
    },
    "archive.urls": {"archive.dataset", "archive.store", "archive.institutes"},
    "archive.fleet": set(),
    "archive.export": {"archive.dataset", "archive.extract", "archive.store", "archive.institutes"},
    "archive.catalogue": {"archive.dataset", "archive.extract", "archive.store", "archive.institutes"},
    "archive.replay": {
        "archive.pack",
        "archive.proof",
        "archive.dataset",
        "archive.extract",
        "archive.store",
        "archive.institutes",
    },
    "archive.audit": {
        "archive.pack",
        "archive.proof",
        "archive.dataset",
        "archive.extract",
        "archive.store",
        "archive.institutes",
    },
    "archive.reports": {"archive.dataset", "archive.extract", "archive.store", "archive.institutes"},
    "archive.pack": {"archive.proof", "archive.dataset", "archive.extract", "archive.store", "archive.institutes"},
    "archive.proof": {"archive.store"},
    "archive.dataset": {"archive.extract", "archive.store", "archive.institutes"},
    "archive.extract": {"archive.store", "archive.institutes"},
    "archive.store": set(),
    "archive.institutes": set(),
}
MODULES = sorted(path for package in ("archive", "crawler") for path in (ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    names = imported(path)
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    if module.startswith("archive"):
        assert not {name for name in names if name.split(".")[0] in ("crawler", "scrapy", "twisted")}
        room = ".".join(module.split(".")[:2])
        others = {".".join(name.split(".")[:2]) for name in names if name.startswith("archive.")} & MAY.keys()
        assert others - {room} <= MAY.get(room, set(MAY))
    assert "typing.TYPE_CHECKING" not in names


def test_the_archive_runs_without_scrapy() -> None:
    program = (
        "import sys; sys.modules['scrapy'] = sys.modules['twisted'] = None; "
        "import archive.cli, archive.dataset.derive, archive.audit.verify"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, cwd=ROOT)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_pattern_repeats_a_group_possessively(path: Path) -> None:
    """`(…)*+`, `(…){1,4}+` and `(?>…)` match wrongly before Python 3.11.5; a class, as in `[a-z]++`, is right.

    `()*+,` is what RFC 3986 allows in a path.
    """
    assert not re.search(r"\)(?:[*+?]|\{[\d,]+\})\+(?!,)|\(\?>", path.read_text(encoding="utf-8"))


def test_a_verb_starts_with_no_more_than_it_needs() -> None:
    """Each of these takes as long to import as the whole command; what needs one imports it when it is asked for."""
    heavy = {"sqlalchemy", "scrapy", "twisted", "pandas", "pyarrow", "pypdf", "trafilatura", "datasette", "ray"}
    code = "import sys; from crawler.cli import verbs; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "typer" in loaded
    assert not heavy & loaded
