"""The charts of a report, drawn by Vega (vl-convert) without a network, as SVG that stands in the page itself.

Each chart has its numbers beside it as a table: for who cannot see it, and where the extra `charts` is not installed.
"""

import importlib.util
import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.dataset.jsonl import PUBLICATIONS
from archive.store.folder import Folder

OFF = "POLICY_ARCHIVE_CHARTS"  # an environment variable: `off` leaves the drawing out, which takes a second or two
_MISSING = "charts are left out: `pip install 'policy-archive[charts]'` draws them"
_LEFT_OUT = f"charts are left out: {OFF} says so"
_ENDS = ("archived", "unchanged", "redirected", "gone", "failed", "botwall", "robots", "limit", "queued")
_COLOURS = ("#2a7f8e", "#8cc5cd", "#c9b458", "#8a8f98", "#c4513f", "#8e4a9e", "#d98b3a", "#b8b2a7", "#d9d4c9")
_SCHEME = (
    "#2a7f8e", "#d98b3a", "#8e4a9e", "#6a9f58", "#c4513f", "#5b7fc4", "#c9b458", "#8a8f98", "#b5739d", "#4f5d75",
    "#a9714b",
)  # fmt: skip
_FONT = "system-ui, sans-serif"
_LETTERS = {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"}
_CONFIG = {
    "background": None,
    "font": _FONT,
    "view": {"stroke": None},
    "axis": {**_LETTERS, "gridColor": "#8884", "domainColor": "#8888", "tickColor": "#8888"},
    "legend": _LETTERS,
}  # fmt: skip
_CLIP = re.compile(r"(\bid=\"|url\(#)")


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: what it shows, its numbers, and its drawing where there is one."""

    title: str
    told: str  # the sentence that stands for the drawing
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]
    svg: str | None = None


def draw(folder: Folder, report: dict[str, Any], history: Sequence[dict[str, Any]]) -> tuple[list[Chart], str | None]:
    """The charts of one crawl, and why there are no drawings, where there are none."""
    charts = list(_charts(folder, report, history))
    if os.environ.get(OFF, "").lower() in ("off", "no", "0"):
        return [chart for chart, _ in charts], _LEFT_OUT
    if not installed():
        return [chart for chart, _ in charts], _MISSING
    return [_drawn(number, chart, spec) for number, (chart, spec) in enumerate(charts)], None


def installed() -> bool:
    """Whether the library that draws is there: the extra `charts`."""
    return importlib.util.find_spec("vl_convert") is not None


def _drawn(number: int, chart: Chart, spec: dict[str, Any]) -> Chart:
    import vl_convert

    svg = vl_convert.vegalite_to_svg(json.dumps({**spec, "config": _CONFIG}), allowed_base_urls=[])
    own = _CLIP.sub(rf"\g<1>chart{number}-", svg)  # else two drawings in one page share their ids
    return Chart(chart.title, chart.told, chart.head, chart.rows, own)


def _charts(
    folder: Folder, report: dict[str, Any], history: Sequence[dict[str, Any]]
) -> Iterator[tuple[Chart, dict[str, Any]]]:
    months = _months(folder.dataset_dir / PUBLICATIONS)
    if months:
        yield _by_month(months)
    if len(history) > 1:
        yield _history(history)
    if report.get("by_status"):
        yield _statuses(report["by_status"])


def _months(path: Path) -> Counter[tuple[str, str]]:
    """How many publications there are of each month and kind; streamed."""
    found: Counter[tuple[str, str]] = Counter()
    if path.exists():
        with path.open("rb") as file:
            for line in map(json.loads, file):
                if line.get("published"):
                    found[str(line["published"])[:7], str(line["kind"])] += 1
    return found


def _by_month(months: Counter[tuple[str, str]]) -> tuple[Chart, dict[str, Any]]:
    rows = [(month, kind, count) for (month, kind), count in sorted(months.items())]
    first, last = rows[0][0], rows[-1][0]
    kinds = [kind for kind, _ in _summed(rows)]
    told = f"{sum(months.values()):,} publications with a date, {first} to {last}, stacked by kind"
    values = [{"month": f"{month}-01", "kind": kind, "count": count} for month, kind, count in rows]
    spec = {
        "data": {"values": values},
        "mark": {"type": "bar", "binSpacing": 0.5},
        "width": 640,
        "height": 220,
        "encoding": {
            "x": {"field": "month", "type": "temporal", "timeUnit": "utcyearmonth", "title": None},
            "y": {"field": "count", "type": "quantitative", "aggregate": "sum", "title": "publications"},
            "color": {
                "field": "kind", "type": "nominal", "title": "kind",
                "scale": {"domain": kinds, "range": [_SCHEME[at % len(_SCHEME)] for at in range(len(kinds))]},
            },
        },
    }  # fmt: skip
    return Chart("Publications by month and kind", told, ("month", "kind", "publications"), rows), spec


def _summed(rows: Sequence[tuple[str, str, int]]) -> list[tuple[str, int]]:
    counts: Counter[str] = Counter()
    for _, kind, count in rows:
        counts[kind] += count
    return counts.most_common()


def _history(history: Sequence[dict[str, Any]]) -> tuple[Chart, dict[str, Any]]:
    rows = [
        (str(report.get("crawl")), end, (report.get("urls") or {}).get(end, 0))
        for report in history
        for end in _ENDS
        if (report.get("urls") or {}).get(end, 0)
    ]
    values = [
        {"crawl": _day(crawl), "end": end, "count": count, "order": _ENDS.index(end)} for crawl, end, count in rows
    ]
    spec = {
        "data": {"values": values},
        "mark": "bar",
        "width": 640,
        "height": 200,
        "encoding": {
            "x": {"field": "crawl", "type": "ordinal", "title": None, "axis": {"labelAngle": -40}},
            "y": {"field": "count", "type": "quantitative", "title": "addresses"},
            "order": {"field": "order", "type": "quantitative"},
            "color": {
                "field": "end", "type": "nominal", "title": "end", "scale": {"domain": _ENDS, "range": _COLOURS},
            },
        },
    }  # fmt: skip
    told = f"what became of the addresses of the last {len(history)} crawls"
    return Chart("The collection's crawls", told, ("crawl", "end", "addresses"), rows), spec


def _day(crawl: str) -> str:
    return f"{crawl[:4]}-{crawl[4:6]}-{crawl[6:8]} {crawl[8:10]}:{crawl[10:12]}:{crawl[12:14]}"


def _statuses(statuses: dict[str, int]) -> tuple[Chart, dict[str, Any]]:
    rows = sorted(statuses.items())
    spec = {
        "data": {"values": [{"status": status, "count": count} for status, count in rows]},
        "mark": {"type": "bar", "color": _COLOURS[0]},
        "width": 640,
        "height": {"step": 26},
        "encoding": {
            "y": {"field": "status", "type": "nominal", "title": "status"},
            "x": {
                "field": "count", "type": "quantitative", "title": "addresses (square root scale)",
                "axis": {"tickCount": 6},
                "scale": {"type": "sqrt"},
            },
        },
    }  # fmt: skip
    told = "what the servers answered: " + ", ".join(f"{count:,} times {status}" for status, count in rows)
    return Chart("Statuses", told, ("status", "addresses"), rows), spec
