"""report.html: one file that asks for nothing, made from report.json and the dataset. Titles and addresses of the site
are data: escaped by the template, kept apart from the text around them whatever their direction, and never a link to
anything but http and https.
"""

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jinja2
from markupsafe import Markup, escape

from archive import __version__
from archive.dataset.differences import Piece
from archive.dataset.side_by_side import marked
from archive.lines import percent
from archive.reports import changed, charts, crawls, doubts, verdict
from archive.store.folder import Folder
from archive.store.whole import whole

_HISTORY = 40  # crawls in the chart and the table of the collection's crawls
_SHOWN = 30  # entries of a list of publications
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")
_LONGEST = 600  # code points of one value
_LISTS = {
    "new": "New",
    "changed": "Changed",
    "moved": "Moved to another address",
    "missing": "Missing: 404, 410 or sent home, for the first time",
    "gone": "Gone: still missing at this crawl",
    "restricted": "Asking for a password or a login now",
    "returned": "Back again",
}


def write(folder: Folder, crawl: str | None = None) -> Path:
    """Makes the page of a crawl, the newest unless named, and puts it whole in the place of the old one."""
    report = crawls.read(folder, crawl)
    path = crawls.path_of(folder, str(report["crawl"]))
    with whole(path) as file:
        file.write(render(folder, report).encode())
    return path


def render(folder: Folder, report: dict[str, Any]) -> str:
    """The page, as text."""
    history = list(crawls.newest(folder, str(report.get("crawl")), _HISTORY))
    drawn, why_not = charts.draw(folder, report, history)
    lists = report.get("changes") or {}
    entries = (lists.get("changed") or {}).get("publications") or []
    return _environment().get_template("report.html").render(
        report=report,
        title=_title(folder),
        verdict=verdict.sentence(report),
        tone=verdict.tone(report),
        wrongs=verdict.wrongs(report),
        lists=[(name, title, lists[name]) for name, title in _LISTS.items() if (lists.get(name) or {}).get("count")],
        first=lists.get("before") is None,
        changed=changed.of(folder, entries),
        doubts=doubts.of(report.get("warnings") or {}),
        charts=drawn,
        why_no_charts=why_not,
        history=list(reversed(history)),
        shown=_SHOWN,
        version=__version__,
    )  # fmt: skip


def _title(folder: Folder) -> str:
    title = getattr(getattr(folder, "meta", None), "title", "")
    return str(title or folder.name)


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("archive.reports", "."),
        autoescape=True,
        undefined=jinja2.ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_clean,
    )
    environment.filters |= {
        "moment": crawls.moment,
        "address": _address,
        "link": _link,
        "count": lambda number: f"{number or 0:,}",
        "bytes": _bytes,
        "percent": lambda part, whole: percent(part or 0, whole) if whole else "—",
        "seconds": _seconds,
        "marked": lambda pieces: Markup(marked(Piece(piece.op, _clean(piece.text)) for piece in pieces)),
        "source": lambda name: str(name).partition("&")[0],
    }
    return environment


def _clean(value: Any) -> Any:
    """What no page may say: controls, and marks that turn the direction of what stands behind them."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        value = value if len(value) <= _LONGEST else value[:_LONGEST] + "…"
        return _CONTROLS.sub("\ufffd", value)
    return "" if value is None else value


def _address(url: str) -> str:
    """A URL as a person reads it: Arabic in its letters."""
    shown = unquote(str(url), errors="strict") if _decodes(str(url)) else str(url)
    return shown if not re.search(r"\s", shown) else str(url)


def _decodes(url: str) -> bool:
    try:
        unquote(url, errors="strict")
    except UnicodeDecodeError:
        return False
    return True


def _link(url: str) -> Markup:
    """The URL where a browser may follow it."""
    try:
        return escape(str(url)) if urlsplit(str(url)).scheme in ("http", "https") else Markup("#")
    except ValueError:
        return Markup("#")


def _seconds(number: float | None) -> str:
    if number is None:
        return "—"
    return f"{number:,.2f} s" if number >= 1 or not number else f"{number * 1000:,.0f} ms"


def _bytes(number: float | None) -> str:
    value = float(number or 0)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:,.0f} {unit}" if unit == "bytes" else f"{value:,.1f} {unit}"
        value /= 1000
    raise AssertionError
