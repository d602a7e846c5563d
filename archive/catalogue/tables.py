"""The catalogue's tables. Their names and columns are what Datasette, its JSON API and its CSV show."""

from typing import Any

from sqlite_utils import Database

VERSION = 1  # PRAGMA user_version; a catalogue of another version is made anew

_PLACE = {"warc": str, "offset": int, "length": int, "record_id": str, "payload_digest": str}
_OF = {"collection": str, "id": str}  # a publication's name within the home

TABLES: dict[str, tuple[dict[str, Any], Any]] = {
    "collections": (
        {"name": str, "title": str, "operator": str, "rights": str, "institute": str, "publications": int,
         "versions": int, "captures": int, "ledger_head": str, "stamp": str},
        "name",
    ),
    "publications": (
        {"key": int, **_OF, "institute": str, "kind": str, "state": str, "url": str, "title": str, "standfirst": str,
         "language": str, "direction": str, "published": str, "modified": str, "year": int, "authors": str,
         "sections": str, "tags": str, "countries": str, "warnings": str, "first_seen": str, "last_seen": str,
         "version": str, "versions": int, "words": int, "captured_at": str, "http_status": int, **_PLACE,
         "line": int, "line_length": int, "line_digest": bytes, "build": int},
        "key",
    ),
    "texts": ({"key": int, "text": str}, "key"),  # apart, so that rows of publications are short, and facets quick
    "versions": (
        {**_OF, "number": int, "version": str, "last_seen": str, "state": str, "title": str, "published": str,
         "modified": str, "words": int, "captured_at": str, **_PLACE, "line": int, "line_length": int},
        ("collection", "id", "number"),
    ),
    "aliases": ({"url": str, **_OF}, ("collection", "url", "id")),
    "authors": ({"author": str, "name": str, "publications": int, "first": str, "last": str}, "author"),
    "publication_authors": (
        {**_OF, "position": int, "author": str, "name": str, "name_other": str, "url": str, "role": str},
        ("collection", "id", "position"),
    ),
    "subjects": ({**_OF, "what": str, "value": str}, ("collection", "id", "what", "value")),
    "cases": (
        {**_OF, "name": str, "court": str, "jurisdiction": str, "number": str, "filed": str, "status": str,
         "language": str, "title": str, "url": str},
        ("collection", "id"),
    ),
    "parties": (
        {**_OF, "position": int, "side": str, "name": str, "name_raw": str},
        ("collection", "id", "side", "position"),
    ),
    "events": (
        {**_OF, "position": int, "date": str, "date_raw": str, "event": str},
        ("collection", "id", "position"),
    ),
    "documents": (
        {**_OF, "position": int, "url": str, "title": str, "media_type": str, "size": int, "sha256": str,
         "captured_at": str, "warc": str, "offset": int},
        ("collection", "id", "position"),
    ),
    "links": (
        {**_OF, "position": int, "url": str, "host": str, "text": str, "own": int},
        ("collection", "id", "position"),
    ),
    "captures": (
        {"collection": str, "urlkey": str, "timestamp": str, "url": str, "mime": str, "status": int, "digest": str,
         "warc": str, "offset": int, "length": int},
        ("collection", "urlkey", "timestamp", "warc", "offset"),
    ),
    "crawls": (
        {"collection": str, "crawl": str, "institute": str, "began": str, "ended": str, "reason": str,
         "exit_code": int, "why": str, "found": int, "archived": int, "unchanged": int, "failed": int, "bytes": int,
         "report": str},
        ("collection", "crawl"),
    ),
    "failures": (
        {"collection": str, "crawl": str, "url": str, "end": str, "reason": str, "role": str, "source": str},
        ("collection", "crawl", "url"),
    ),
}  # fmt: skip

# Facets and lists of the pages that browse shows; each takes milliseconds at 100,000 publications.
_INDEXES: dict[str, list[tuple[str, ...]]] = {
    "publications": [
        ("published",), ("kind", "published"), ("institute", "published"), ("language", "published"),
        ("state", "published"), ("year", "kind", "language", "institute"), ("url",), ("collection", "build"),
    ],
    "aliases": [("url",)],
    "publication_authors": [("author",)],
    "subjects": [("what", "value")],
    "cases": [("court",), ("status",), ("jurisdiction",)],
    "parties": [("name",)],
    "links": [("own", "host"), ("url",)],
    "captures": [("url", "timestamp")],
    "authors": [("publications",)],
}  # fmt: skip

# Contentless: the index holds folded words alone, and the text stands once, unfolded, in `publications`.
_SEARCH = "CREATE VIRTUAL TABLE search USING fts5(title, standfirst, authors, text, content='')"


def create(database: Database) -> None:
    """All tables, in an empty database."""
    for name, (columns, key) in TABLES.items():
        made = database.table(name).create(columns, pk=key)
        if name == "publications":
            made.create_index(["collection", "id"], unique=True)
    database.execute(_SEARCH)
    for name, indexes in _INDEXES.items():
        for columns_ in indexes:
            database.table(name).create_index(columns_)
    database.execute(f"PRAGMA user_version = {VERSION}")
