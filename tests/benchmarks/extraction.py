"""How well and how fast pages are read, against floors that only rise: `python -m tests.benchmarks.extraction`.

Always: the demo institute's publications, field by field, against its truth. With a FOLDER of pages that has a score.py
(`../shared/pages`, where it lies beside the checkout): its figures, with no institute's profile, next to those of
trafilatura's `bare_extraction` with metadata, and the time of both in the same run. `--out FILE` keeps the predictions,
a JSON line each. A figure below its floor is an error (exit code 1); `--pin` raises the floors to what was measured,
and lowers one only together with `--lower`.
"""

import argparse
import gzip
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import trafilatura
from trafilatura.settings import Document

from archive.extract import markdown
from archive.extract.extract import extract
from archive.extract.page import Role
from archive.extract.warnings import Warning
from archive.institutes.profile import Profile
from archive.store.capture import Capture
from archive.store.exchange import Location
from tests.archive.extract.test_demo_truth import FIELDS, INSTITUTES, held

ROOT = Path(__file__).parents[2]
PAGES = ROOT.parent / "shared" / "pages"
FLOORS = Path(__file__).with_name("extraction.json")
# After the last page of any set was fetched: a date on a page is never later than its capture.
CAPTURED_AT = datetime(2026, 11, 22, tzinfo=UTC)
# Figures of which less is better; their floors are ceilings.
LESS_IS_BETTER = frozenset(("leaked",))

Figures = dict[str, dict[str, float]]
Named = tuple[str, str, bytes]  # a page's name, address and bytes


def pages(folder: Path) -> Iterator[Named]:
    """Each page of every *.jsonl in the folder (lines with `page` and `url`; the page is an .html.gz below it)."""
    for listing in sorted(folder.glob("*.jsonl")):
        with listing.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                yield row["page"], row["url"], gzip.decompress((folder / row["page"]).read_bytes())


def capture_of(url: str, body: bytes) -> Capture:
    """A page as if it had been captured, with headers that say no more than that it is HTML."""
    headers = (("Content-Type", "text/html"),)
    return Capture(url, CAPTURED_AT, 200, headers, body, Location("none", 0, 0), "")


def profile_of(url: str) -> Profile:
    """No institute's profile: only where the page's site is at home."""
    parts = urlsplit(url)
    return Profile(id="none", home=f"{parts.scheme}://{parts.netloc}/")


def prediction(name: str, url: str, body: bytes) -> dict[str, Any]:
    """What score.py takes, of one page, and whether only a script would show its text."""
    page = extract(capture_of(url, body), profile_of(url), Role.PUBLICATION)
    content = page.content
    if content is None:
        return {"page": name, "title": None, "authors": [], "published": None, "text": "", "by_script": False}
    return {
        "page": name,
        "title": content.title,
        "authors": [author.name for author in content.authors],
        "published": content.published.isoformat() if content.published else None,
        "text": markdown.text(content.blocks),
        "standfirst": content.standfirst,
        "by_script": Warning.TEXT_BY_SCRIPT in page.warnings,
    }


def trafilaturas(name: str, url: str, body: bytes) -> dict[str, Any]:
    """The same of trafilatura alone, with its own defaults but for comments."""
    found = trafilatura.bare_extraction(body, url=url, with_metadata=True, include_comments=False)
    if not isinstance(found, Document):
        return {"page": name, "title": None, "authors": [], "published": None, "text": ""}
    authors = [author.strip() for author in (found.author or "").split(";") if author.strip()]
    return {"page": name, "title": found.title, "authors": authors, "published": found.date, "text": found.text or ""}


def demo() -> Figures:
    """The share of the demo institute's publications on which a field is right, for each of its states."""
    figures = {}
    for name in INSTITUTES:
        publications = held(name)
        figures[f"demo {name}"] = {
            field: sum(got == wanted for got, wanted in map(pair, publications)) / len(publications)
            for field, pair in FIELDS.items()
        }
    return figures


def score(folder: Path, predictions: list[dict[str, Any]]) -> Figures:
    """The figures of the folder's own score.py."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "predictions.jsonl"
        file.write_text("".join(json.dumps(one) + "\n" for one in predictions), encoding="utf-8")
        command = [sys.executable, str(folder / "score.py"), str(file), "--json"]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: Figures = json.loads(done.stdout)
    return found


def timed(read: Callable[[str, str, bytes], dict[str, Any]], page: Named) -> tuple[dict[str, Any], float]:
    """What was read of a page, and the seconds of processor time that it took."""
    began = time.process_time()
    return read(*page), time.process_time() - began


def is_worse(figure: str, measured: float, floor: float) -> bool:
    """Whether a figure is on the wrong side of its floor."""
    return measured > floor if figure in LESS_IS_BETTER else measured < floor


def fallen(measured: Figures, floors: Figures) -> list[str]:
    """A line for each figure below its floor, and for each that was measured but never pinned."""
    lines = []
    for subject, figures in measured.items():
        for figure, value in figures.items():
            if figure == "pages":
                continue
            floor = floors.get(subject, {}).get(figure)
            if floor is None:
                lines.append(f"{subject}: {figure} is {value:.4f} and has no floor; --pin sets it")
            elif is_worse(figure, value, floor):
                lines.append(f"{subject}: {figure} is {value:.4f}, its floor is {floor:.4f}")
    return lines


def pinned(measured: Figures, floors: Figures, lower: bool) -> Figures:
    """The floors raised to what was measured; those of what was not measured stay. Lowered only where that is asked."""
    new = {subject: dict(figures) for subject, figures in floors.items()}
    for subject, figures in measured.items():
        for figure, value in figures.items():
            if figure == "pages":
                continue
            rounding = math.ceil if figure in LESS_IS_BETTER else math.floor
            rounded = rounding(value * 10_000) / 10_000
            old = new.setdefault(subject, {}).get(figure)
            if old is None or lower or not is_worse(figure, rounded, old):
                new[subject][figure] = rounded
    return new


def floors() -> Figures:
    """What was pinned."""
    found: Figures = json.loads(FLOORS.read_text(encoding="utf-8"))
    return found


def table(measured: Figures, beside: Mapping[str, dict[str, float]], low: Figures) -> Iterator[str]:
    """A line a figure: measured, its floor, and trafilatura's where it has one."""
    for subject, figures in measured.items():
        yield f"\n{subject:28}{'here':>8}{'floor':>8}" + (f"{'trafilatura':>13}" if subject in beside else "")
        for figure, value in figures.items():
            if figure == "pages":
                yield f"  {figure:26}{value:8.0f}"
                continue
            floor = low.get(subject, {}).get(figure)
            other = beside.get(subject, {}).get(figure)
            yield (
                f"  {figure:26}{value:8.3f}"
                + (f"{floor:8.3f}" if floor is not None else f"{'-':>8}")
                + (f"{other:13.3f}" if other is not None else "")
            )


def read_folder(folder: Path, out: Path | None) -> tuple[Figures, Figures]:
    """Both readers' figures on a folder of pages; prints how fast they were, page by page in turn."""
    ours: list[dict[str, Any]] = []
    theirs: list[dict[str, Any]] = []
    own_seconds = other_seconds = 0.0
    for page in pages(folder):
        found, seconds = timed(prediction, page)
        ours.append(found)
        own_seconds += seconds
        found, seconds = timed(trafilaturas, page)
        theirs.append(found)
        other_seconds += seconds
    if out is not None:
        out.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in ours), encoding="utf-8")
    print(
        f"{len(ours)} documents: {len(ours) / own_seconds:.1f} a second and core, trafilatura alone "
        f"{len(ours) / other_seconds:.1f}: {other_seconds / own_seconds:.2f} times as fast; "
        f"text by script only: {sum(one['by_script'] for one in ours)}"
    )
    return score(folder, ours), score(folder, theirs)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=PAGES, help="pages with truth and score.py")
    parser.add_argument("--out", type=Path, help="keep the predictions here")
    parser.add_argument("--pin", action="store_true", help="raise the floors to what is measured")
    parser.add_argument("--lower", action="store_true", help="with --pin: also lower them")
    options = parser.parse_args()
    low = floors() if FLOORS.exists() else {}
    measured, beside = demo(), {}
    if options.folder.is_dir():
        found, beside = read_folder(options.folder, options.out)
        measured |= found
    else:
        print(f"no pages at {options.folder}: only the demo institute is measured")
    print("\n".join(table(measured, beside, low)))
    if options.pin:
        text = json.dumps(pinned(measured, low, options.lower), indent=2) + "\n"
        FLOORS.write_text(text, encoding="utf-8")
        low = floors()
    if below := fallen(measured, low):
        sys.exit("\nbelow the floor:\n  " + "\n  ".join(below))


if __name__ == "__main__":
    main()
