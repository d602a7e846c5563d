"""From one publication, as history.jsonl has it, to the rows of the catalogue. Pure."""

import json
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from archive.catalogue.fold import fold, indexed

Line = dict[str, Any]  # a line of history.jsonl
Row = dict[str, Any]
_HOST = re.compile(r"https?://(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*)(?=[:/?#]|$)(?!:[^/?#]*@)")
_KEPT = (
    *("id", "institute", "kind", "state", "url", "title", "standfirst", "language", "direction"),
    *("published", "modified", "first_seen", "last_seen", "version"),
)
_LISTS = ("sections", "tags", "countries", "warnings")  # as JSON, which Datasette takes for facets


class Placed:
    """A line, and where it stands in history.jsonl, in bytes."""

    def __init__(self, line: Line, offset: int, length: int) -> None:
        self.line, self.offset, self.length = line, offset, length

    @cached_property
    def indexed(self) -> str:
        """The text as the search index holds it."""
        return indexed(self.line["text"] or "")

    @property
    def words(self) -> int | None:
        if self.line["text"] is None:
            return None
        return self.indexed.count(" ") + 1 if self.indexed else 0


def authors(line: Line) -> str | None:
    """Who wrote it, as one text."""
    return "; ".join(author["name"] for author in line["authors"]) or None


def searched(last: Placed) -> tuple[str, str, str, str]:
    """What the search index holds of it, in the order of its columns."""
    line = last.line
    return indexed(line["title"] or ""), indexed(line["standfirst"] or ""), indexed(_names(line)), last.indexed


def _names(line: Line) -> str:
    return " ".join(name for author in line["authors"] for name in (author["name"], author["name_other"]) if name)


def publication(collection: str, versions: Sequence[Placed]) -> Row:
    """The row of `publications`, from the last version."""
    last = versions[-1]
    line = last.line
    return {
        "collection": collection,
        **{name: line[name] for name in _KEPT},
        **{name: json.dumps(line[name], ensure_ascii=False) for name in _LISTS},
        "year": int(line["published"][:4]) if line["published"] else None,
        "authors": authors(line),
        "versions": len(versions),
        "words": last.words,
        **_source(line),
        "http_status": line["source"]["http_status"],
        "line": last.offset,
        "line_length": last.length,
    }


def _source(line: Line) -> Row:
    source = line["source"]
    return {name: source[name] for name in ("captured_at", "warc", "offset", "length", "record_id", "payload_digest")}


def others(collection: str, versions: Sequence[Placed], homes: frozenset[str]) -> Iterator[tuple[str, list[Row]]]:
    """The rows of the other tables: name of the table, rows. `homes` are the hosts that are the institute's own."""
    line = versions[-1].line
    own = {"collection": collection, "id": line["id"]}
    yield "versions", [own | _version(number, placed) for number, placed in enumerate(versions, 1)]
    yield "aliases", [own | {"url": url} for url in line["aliases"]]
    yield (
        "publication_authors",
        [
            own
            | {"position": position, "author": fold(author["name"])}
            | {name: author[name] for name in ("name", "name_other", "url", "role")}
            for position, author in enumerate(line["authors"])
        ],
    )
    subjects = (("section", line["sections"]), ("tag", line["tags"]), ("country", line["countries"]))
    yield (
        "subjects",
        [own | {"what": what, "value": value} for what, values in subjects for value in dict.fromkeys(values)],
    )
    yield "documents", [own | {"position": position} | _document(one) for position, one in enumerate(line["documents"])]
    yield "links", [own | {"position": position} | one for position, one in enumerate(_links(line, homes))]
    if line["case"] is not None:
        yield from _case(own, line)


def _version(number: int, placed: Placed) -> Row:
    line = placed.line
    return {
        "number": number,
        **{name: line[name] for name in ("version", "last_seen", "state", "title", "published", "modified")},
        "words": placed.words,
        **_source(line),
        "line": placed.offset,
        "line_length": placed.length,
    }


def _document(document: Line) -> Row:
    kept = ("url", "title", "media_type", "size", "sha256", "captured_at", "warc", "offset")
    return {name: document[name] for name in kept}


def _links(line: Line, homes: frozenset[str]) -> Iterator[Row]:
    """What the body cites, each address once."""
    seen = set()
    for block in line["blocks"] or ():
        for link in block["links"]:
            host = _host(link["url"])
            if host and link["url"] not in seen:
                seen.add(link["url"])
                yield {"url": link["url"], "host": host, "text": link["text"], "own": int(host in homes)}


def _host(url: str) -> str | None:
    """The host without `www.`; None for an address without one."""
    if simple := _HOST.match(url):  # a tenth of the library's time, for nearly all
        return simple[1]
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def _case(own: Row, line: Line) -> Iterator[tuple[str, list[Row]]]:
    case = line["case"]
    kept = ("name", "court", "jurisdiction", "number", "filed", "status")
    shown = {name: line[name] for name in ("language", "title", "url")}
    yield "cases", [own | {name: case[name] for name in kept} | shown]
    yield (
        "parties",
        [
            own | {"position": position, "side": side} | {name: party[name] for name in ("name", "name_raw")}
            for side, parties in (("claimant", case["claimants"]), ("defendant", case["defendants"]))
            for position, party in enumerate(parties)
        ],
    )
    yield (
        "events",
        [
            own | {"position": position} | {name: event[name] for name in ("date", "date_raw", "event")}
            for position, event in enumerate(case["timeline"])
        ],
    )


def home_hosts(line: Line) -> frozenset[str]:
    """The hosts of a publication's own addresses."""
    return frozenset(host for host in map(_host, (line["url"], *line["aliases"])) if host)
