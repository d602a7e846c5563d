"""What each page shows: from the catalogue's rows, and the lines they point at, to what its template is given."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from archive.audit.verify import Audit
from archive.browse import queries
from archive.browse.home import Home
from archive.browse.proof import Proof
from archive.catalogue.fold import fold
from archive.catalogue.lines import line_at
from archive.catalogue.search import Search
from archive.database import DATABASE, Address
from archive.dataset.differences import differences
from archive.dataset.jsonl import HISTORY
from archive.dataset.side_by_side import rows as side_by_side
from archive.dataset.side_by_side import said
from archive.errors import DatabaseError
from archive.export.citations import FORMATS, Archive, plain
from archive.export.selection import Source
from archive.fleet import standing

_FACETS = ("kind", "language", "year", "institute", "collection")
_FILTERS = (*_FACETS, "state", "author", "tag", "section", "country")
_MOST_PAGES = 200  # of results: whoever turns further should ask for less


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: names in its path, its query, its method, and what a form sent."""

    path: dict[str, str]
    query: dict[str, str]
    method: str = "GET"
    form: dict[str, str] | None = None

    @property
    def page(self) -> int:
        """The page of a list, from 1."""
        text = self.query.get("page", "1")
        return min(max(int(text), 1), _MOST_PAGES) if text.isascii() and text.isdigit() else 1

    @property
    def offset(self) -> int:
        return (self.page - 1) * queries.PAGE

    def text(self, name: str) -> str:
        return self.query.get(name, "").strip()[:500]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The answer is at another address."""

    url: str


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer that is no template's."""

    body: str
    media_type: str


Answer = dict[str, Any] | Elsewhere | Raw | None


def home(connection: sqlite3.Connection, asked: Asked, home: Home) -> Answer:
    shown = queries.overview(connection)
    most = max((row["many"] for row in shown["years"]), default=1)
    return shown | {"most": most}


def search(connection: sqlite3.Connection, asked: Asked, home: Home) -> Answer:
    typed = asked.text("q")
    filters = {name: asked.text(name) for name in _FILTERS if asked.text(name)}
    newest = asked.text("sort") == "newest"
    results = Search(connection).find(typed, filters, queries.PAGE, asked.offset, _FACETS, newest)
    last = min(-(-results.total // queries.PAGE), _MOST_PAGES)
    return {"typed": typed, "filters": filters, "results": results, "last": last, "newest": newest}


def publication(connection: sqlite3.Connection, asked: Asked, home: Home) -> Answer:
    row = queries.publication(connection, asked.path["collection"], asked.path["id"])
    number = _number(row, asked)
    if row is None or number is None:
        return None
    version = row["all_versions"][number - 1]
    line = _line(home, row, version)
    urls = [one["url"] for one in (*line["translations"], *line["related"])]
    return {
        "row": row, "line": line, "version": version, "number": number,
        "known": queries.known(connection, urls), "proof": Proof.of(home.collection(row["collection"]), line),
        "findings": None, "citation": plain(line, _archive(home, row)),
        "formats": [(name, one.suffix) for name, one in FORMATS.items()],
    }  # fmt: skip


def cite(connection: sqlite3.Connection, asked: Asked, home: Home) -> Answer:
    """The citation of a publication, as a file."""
    row = queries.publication(connection, asked.path["collection"], asked.path["id"])
    number = _number(row, asked)
    form = FORMATS.get(asked.path["format"])
    if row is None or number is None or form is None:
        return None
    line = _line(home, row, row["all_versions"][number - 1])
    written = form.whole(line, _archive(home, row), version=bool(asked.text("version")))
    return Raw(written, f"{form.media_type}; charset=utf-8")


def _number(row: dict[str, Any] | None, asked: Asked) -> int | None:
    """The version that was asked for, from 1; the last unless one was named."""
    if row is None:
        return None
    given = asked.text("version")
    number = int(given) if given.isascii() and given.isdigit() else row["versions"]
    return number if 1 <= number <= row["versions"] else None


def _archive(home: Home, row: dict[str, Any]) -> Archive:
    collection = home.collection(row["collection"])
    if collection is None:
        return Archive(row["collection"])
    return Archive(collection.name, collection.meta.title, Source(collection).head)


def changes(connection: sqlite3.Connection, asked: Asked, home: Home) -> Answer:
    row = queries.publication(connection, asked.path["collection"], asked.path["id"])
    if row is None:
        return None
    given = [asked.text(name) for name in ("a", "b")]
    older, newer = (int(one) if one.isascii() and one.isdigit() else 0 for one in given)
    newer = newer if 1 <= newer <= row["versions"] else row["versions"]
    older = older if 1 <= older <= row["versions"] else max(newer - 1, 1)
    old, new = (_line(home, row, row["all_versions"][number - 1]) for number in (older, newer))
    changed = differences(old, new)
    fields = [(name, said(before), said(after)) for name, (before, after) in changed.fields.items()]
    return {
        "row": row, "old": old, "new": new, "older": older, "newer": newer, "changed": changed, "fields": fields,
        "sides": "".join(side_by_side(changed.blocks)),
    }  # fmt: skip


def verified(connection: sqlite3.Connection, asked: Asked, home: Home) -> Answer:
    """Checks one publication now: its records, and every line of it derived again."""
    collection = home.collection(asked.path["collection"])
    row = queries.publication(connection, asked.path["collection"], asked.path["id"])
    if collection is None or row is None or asked.method != "POST":
        return None
    audit = Audit(collection, ident=row["id"])
    findings = list(audit.findings())
    return {"row": row, "findings": findings, "errors": audit.errors}


def cases(connection: sqlite3.Connection, asked: Asked, home: Home) -> Answer:
    names = ("court", "status", "jurisdiction", "language", "party")
    filters = {name: asked.text(name) for name in names if asked.text(name)}
    shown = queries.cases(connection, filters, asked.offset)
    return shown | {"filters": filters, "last": -(-shown["total"] // queries.PAGE)}


def authors(connection: sqlite3.Connection, asked: Asked, home: Home) -> Answer:
    typed = asked.text("q")
    shown = queries.authors(connection, fold(typed), asked.offset)
    return shown | {"typed": typed, "last": -(-shown["total"] // queries.PAGE)}


def author(connection: sqlite3.Connection, asked: Asked, home: Home) -> Answer:
    return queries.author(connection, asked.text("name"))


def links(connection: sqlite3.Connection, asked: Asked, home: Home) -> Answer:
    host = asked.text("host")
    return queries.links(connection, host, asked.offset) | {"host": host}


def crawls(connection: sqlite3.Connection, asked: Asked, home: Home) -> Answer:
    last = -(-queries.count_crawls(connection) // queries.PAGE)
    return {"crawls": queries.crawls(connection, offset=asked.offset), "last": last}


def crawl(connection: sqlite3.Connection, asked: Asked, home: Home) -> Answer:
    row = queries.crawl(connection, asked.path["collection"], asked.path["id"])
    if row is None:
        return None
    collection = home.collection(row["collection"])
    paper = collection.crawls_dir / row["crawl"] / "report.html" if collection else None
    return {"row": row, "has_report": paper is not None and paper.is_file(), "raw": json.dumps(row["report"], indent=1)}


def report(connection: sqlite3.Connection, asked: Asked, home: Home) -> Answer:
    """The report as the crawl wrote it: it is whole, and loads nothing."""
    row = queries.crawl(connection, asked.path["collection"], asked.path["id"])
    collection = home.collection(row["collection"]) if row else None
    if row is None or collection is None:
        return None
    paper = collection.crawls_dir / row["crawl"] / "report.html"
    return Raw(paper.read_text(encoding="utf-8"), "text/html; charset=utf-8") if paper.is_file() else None


def fleet(connection: sqlite3.Connection, asked: Asked, home: Home) -> Answer:
    """The whole fleet, where a database is named: it is asked anew each time."""
    try:
        address = Address.of_environment(DATABASE)
        return None if address is None else {"found": standing.of(address), "problem": None}
    except DatabaseError as error:
        return {"found": None, "problem": str(error)}


def replay(connection: sqlite3.Connection, asked: Asked, home: Home) -> Answer:
    """Leads to the archived page, on replay's own origin."""
    url, at = asked.query.get("url", ""), asked.text("at")
    wayback = home.replay(asked.text("collection"))
    if wayback is None or not url.startswith(("http://", "https://")) or (at and not (at.isascii() and at.isdigit())):
        return None
    return Elsewhere(wayback.page(quote(url, safe="%/:=&?~+!$,;'@()*[]-._"), at))


def _line(home: Home, row: dict[str, Any], version: dict[str, Any]) -> dict[str, Any]:
    history = home.path / "collections" / row["collection"] / "dataset" / HISTORY
    return line_at(history, version["line"], version["line_length"], row["id"])
