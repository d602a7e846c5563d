"""What the pages ask of the catalogue. Each takes a connection whose rows are `sqlite3.Row`, and gives plain values."""

import json
import sqlite3
from collections import Counter
from typing import Any

Row = dict[str, Any]
PAGE = 50  # rows of a list
_WRITTEN = 500  # publications on an author's page; a search has all


def rows(connection: sqlite3.Connection, sql: str, *values: Any) -> list[Row]:
    found = connection.execute(sql, values)
    names = [one[0] for one in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def overview(connection: sqlite3.Connection) -> Row:
    """For the home page: what is here, and how it is spread."""
    groups = rows(connection, "SELECT * FROM facets")
    counted = {name: _counted(groups, name) for name in ("institute", "kind", "language", "state")}
    years = sorted((row for row in _counted(groups, "year") if row["value"] is not None), key=lambda row: row["value"])
    totals = rows(
        connection,
        "SELECT (SELECT count(*) FROM captures) AS captures, (SELECT count(*) FROM authors) AS authors,"
        " (SELECT count(*) FROM cases) AS cases",
    )[0] | {name: sum(row[name] for row in groups) for name in ("publications", "versions")}
    newest = rows(
        connection,
        "SELECT collection, id, title, language, direction, published, kind FROM publications"
        " ORDER BY published DESC, key LIMIT 8",
    )
    collections = rows(connection, "SELECT * FROM collections ORDER BY name")
    return {
        "counted": counted, "years": filled(years), "totals": totals, "newest": newest, "collections": collections,
        "crawls": crawls(connection, 6),
    }  # fmt: skip


def _counted(groups: list[Row], name: str) -> list[Row]:
    """How many publications have each value, the most frequent first."""
    counted: Counter[Any] = Counter()
    for row in groups:
        counted[row[name]] += row["publications"]
    told = sorted(counted.items(), key=lambda one: (-one[1], str(one[0] or "")))
    return [{"value": value, "many": many} for value, many in told]


def filled(years: list[Row]) -> list[Row]:
    """Every year between the first and the last, as far as a chart can show them."""
    if not years:
        return []
    known = {row["value"]: row["many"] for row in years}
    last = max(known)
    return [{"value": year, "many": known.get(year, 0)} for year in range(max(min(known), last - 59), last + 1)]


def crawls(connection: sqlite3.Connection, limit: int = PAGE, offset: int = 0) -> list[Row]:
    """The newest first, each with its report."""
    found = rows(connection, "SELECT * FROM crawls ORDER BY crawl DESC, collection LIMIT ? OFFSET ?", limit, offset)
    return [row | {"report": json.loads(row["report"])} for row in found]


def count_crawls(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM crawls").fetchone()[0])


def crawl(connection: sqlite3.Connection, collection: str, ident: str) -> Row | None:
    found = rows(connection, "SELECT * FROM crawls WHERE collection = ? AND crawl = ?", collection, ident)
    if not found:
        return None
    lost = rows(
        connection,
        "SELECT end, count(*) AS many FROM failures WHERE collection = ? AND crawl = ? GROUP BY 1 ORDER BY 2 DESC",
        collection, ident,
    )  # fmt: skip
    failures = rows(
        connection,
        "SELECT url, end, reason FROM failures WHERE collection = ? AND crawl = ? AND end <> 'trap'"
        " ORDER BY end, url LIMIT 200",
        collection, ident,
    )  # fmt: skip
    return found[0] | {"report": json.loads(found[0]["report"]), "lost": lost, "failures": failures}


def publication(connection: sqlite3.Connection, collection: str, ident: str) -> Row | None:
    """The row, its versions, captures of its address, and the cases, events and links that stand apart."""
    found = rows(connection, "SELECT * FROM publications WHERE collection = ? AND id = ?", collection, ident)
    if not found:
        return None
    key = found[0]["key"]
    captures = rows(
        connection,
        "SELECT timestamp, status, mime, url FROM captures WHERE collection = ? AND url = ?"
        " ORDER BY timestamp LIMIT 200",
        collection, found[0]["url"],
    )  # fmt: skip
    return found[0] | {
        "all_versions": rows(connection, "SELECT * FROM versions WHERE key = ? ORDER BY number", key),
        "captures": captures,
        "people": rows(connection, "SELECT * FROM publication_authors WHERE key = ? ORDER BY position", key),
    }


def known(connection: sqlite3.Connection, urls: list[str]) -> dict[str, Row]:
    """Which of these addresses are publications of the home: for translations and related ones."""
    if not urls:
        return {}
    marks = ", ".join("?" * len(urls))
    sql = (
        f"SELECT url AS at, collection, id FROM publications WHERE url IN ({marks})"
        f" UNION ALL SELECT url, collection, id FROM aliases WHERE url IN ({marks})"
    )
    return {row["at"]: row for row in rows(connection, sql, *urls, *urls)}


def cases(connection: sqlite3.Connection, filters: dict[str, str], offset: int = 0) -> Row:
    """The legal cases, the newest first, by court, status, jurisdiction and a party's name."""
    where, values = [], []
    for name in ("court", "status", "jurisdiction", "language"):
        if name in filters:
            where.append(f"cases.{name} = ?")
            values.append(filters[name])
    if "party" in filters:
        where.append("cases.key IN (SELECT key FROM parties WHERE name = ?)")
        values.append(filters["party"])
    condition = f" WHERE {' AND '.join(where)}" if where else ""
    total = rows(connection, f"SELECT count(*) AS many FROM cases{condition}", *values)[0]["many"]
    found = rows(
        connection,
        f"SELECT * FROM cases{condition} ORDER BY filed DESC, key LIMIT ? OFFSET ?",
        *values, PAGE, offset,
    )  # fmt: skip
    for row in found:
        row["parties"] = rows(
            connection,
            "SELECT side, name FROM parties WHERE key = ? ORDER BY side, position",
            row["key"],
        )
    facets = {
        name: rows(
            connection,
            f"SELECT {name} AS value, count(*) AS many FROM cases{condition}{' AND' if where else ' WHERE'}"
            f" {name} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 12",
            *values,
        )
        for name in ("court", "status", "jurisdiction", "language")
    }
    return {"total": total, "cases": found, "facets": facets}


def authors(connection: sqlite3.Connection, begins: str, offset: int = 0) -> Row:
    """Who wrote the most, or those whose folded name has these words."""
    condition, values = (" WHERE author LIKE ? ESCAPE '\\'", [f"%{_like(begins)}%"]) if begins else ("", [])
    total = rows(connection, f"SELECT count(*) AS many FROM authors{condition}", *values)[0]["many"]
    found = rows(
        connection,
        f"SELECT * FROM authors{condition} ORDER BY publications DESC, author LIMIT ? OFFSET ?",
        *values, PAGE, offset,
    )  # fmt: skip
    return {"total": total, "authors": found}


def author(connection: sqlite3.Connection, name: str) -> Row | None:
    """A person by folded name: the spellings, roles and publications, the newest of them first."""
    found = rows(connection, "SELECT * FROM authors WHERE author = ?", name)
    if not found:
        return None
    spellings = rows(
        connection,
        "SELECT name, name_other, role, url, count(*) AS many FROM publication_authors WHERE author = ?"
        " GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC LIMIT 20",
        name,
    )
    written = rows(
        connection,
        "SELECT collection, id, title, language, direction, published, kind FROM publications"
        " WHERE key IN (SELECT key FROM publication_authors WHERE author = ?) ORDER BY published DESC, key LIMIT ?",
        name,
        _WRITTEN,
    )
    return found[0] | {"spellings": spellings, "written": written}


def links(connection: sqlite3.Connection, host: str, offset: int = 0) -> Row:
    """Who is cited most: hosts, or one host's addresses, or one address's publications."""
    if not host:
        found = rows(
            connection,
            "SELECT host AS value, links AS many, publications FROM hosts ORDER BY links DESC, host LIMIT ? OFFSET ?",
            PAGE, offset,
        )  # fmt: skip
        return {"hosts": found}
    found = rows(
        connection,
        "SELECT c.url, c.links AS many, p.title, p.collection, p.id, p.direction FROM cited c"
        " JOIN publications p USING (key) WHERE c.host = ? ORDER BY c.links DESC, c.url LIMIT ? OFFSET ?",
        host, PAGE, offset,
    )  # fmt: skip
    return {"cited": found}


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
