"""The catalogue's tables. Their names and columns are what Datasette, its JSON API and its CSV show."""

from typing import Any

VERSION = 2  # PRAGMA user_version; a catalogue of another version is made anew

_PLACE = {"warc": str, "offset": int, "length": int, "record_id": str, "payload_digest": str}
# A publication's row and its name within the home: what stands first in every table that tells of one.
_OF = {"key": int, "collection": str, "id": str}
# What its searches are narrowed by, and counted by.
FACETS = ("collection", "institute", "kind", "language", "state", "year")

TABLES: dict[str, tuple[dict[str, Any], Any]] = {
    "collections": (
        {"name": str, "title": str, "operator": str, "rights": str, "institute": str, "publications": int,
         "versions": int, "captures": int, "ledger_head": str, "stamp": str},
        "name",
    ),
    "publications": (
        {**_OF, "institute": str, "kind": str, "state": str, "url": str, "title": str, "standfirst": str,
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
        ("key", "number"),
    ),
    "aliases": ({**_OF, "url": str}, ("key", "url")),
    "publication_authors": (
        {**_OF, "position": int, "author": str, "name": str, "name_other": str, "url": str, "role": str},
        ("key", "position"),
    ),
    "subjects": ({**_OF, "what": str, "value": str}, ("key", "what", "value")),
    "cases": (
        {**_OF, "name": str, "court": str, "jurisdiction": str, "number": str, "filed": str, "status": str,
         "language": str, "title": str, "url": str},
        "key",
    ),
    "parties": ({**_OF, "position": int, "side": str, "name": str, "name_raw": str}, ("key", "side", "position")),
    "events": ({**_OF, "position": int, "date": str, "date_raw": str, "event": str}, ("key", "position")),
    "documents": (
        {**_OF, "position": int, "url": str, "title": str, "media_type": str, "size": int, "sha256": str,
         "captured_at": str, "warc": str, "offset": int},
        ("key", "position"),
    ),
    "links": ({**_OF, "position": int, "url": str, "host": str, "text": str, "own": int}, ("key", "position")),
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
    # What follows is counted from the others whenever they have changed: see counts.py.
    "authors": ({"author": str, "name": str, "publications": int, "first": str, "last": str}, "author"),
    "hosts": ({"host": str, "links": int, "publications": int}, "host"),
    "cited": ({"host": str, "url": str, "links": int, "key": int}, "url"),
    "facets": (
        {"number": int, "collection": str, "institute": str, "kind": str, "language": str, "state": str, "year": int,
         "publications": int, "versions": int},
        "number",
    ),
    "orders": ({"name": str, "numbers": bytes}, "name"),
}  # fmt: skip
COLUMNS = {name: tuple(columns) for name, (columns, _) in TABLES.items()}
OF_PUBLICATIONS = tuple(name for name, (columns, _) in TABLES.items() if {"key", "collection"} <= columns.keys())

# Lists of the pages that browse shows, and Datasette's own facets; each takes milliseconds at 100,000 publications.
INDEXES: dict[str, list[tuple[str, ...]]] = {
    "publications": [
        ("published",), ("kind", "published"), ("institute", "published"), ("language", "published"),
        ("state", "published"), ("year", "kind", "language", "institute"), ("url",), ("collection", "build"),
    ],
    "aliases": [("url",)],
    "publication_authors": [("author", "key")],
    "subjects": [("what", "value", "key")],
    "cases": [("filed",), ("court", "filed"), ("status", "filed"), ("jurisdiction", "filed"), ("language", "filed")],
    "parties": [("name", "key")],
    "links": [("host",), ("url",)],
    "captures": [("url", "timestamp")],
    "authors": [("publications",)],
    "hosts": [("links",)],
    "cited": [("host", "links")],
}  # fmt: skip

# Contentless: the index holds folded words alone, and the text stands once, unfolded, in `texts`. `ascii` takes every
# letter that is not of ASCII as it comes: what a word is, and how it is folded, is said in fold.py and nowhere else.
SEARCH = "CREATE VIRTUAL TABLE search USING fts5(title, standfirst, authors, text, tokenize='ascii', content='')"
