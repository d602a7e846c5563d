"""What a collection knows of each URL when it is crawled again.

Which URLs there are is told by the WARCs alone: by the index of what was captured, and by the list of URLs that the
last crawl left in a record (`urls.jsonl`), which has their roles and what could not be fetched. When a page came out
and when it changed is told by the page store, which is derived from the WARCs too. All three are walked, none is held:
memory does not follow the size of the site.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from archive.dataset.derived import key_of
from archive.dataset.pages import PageStore
from archive.dataset.scope import CRAWLS_URI, SETTINGS
from archive.institutes.profile import Profile
from archive.institutes.urls import UrlRule, classify
from archive.store.cdxj import IndexLine
from archive.store.collection import Collection
from crawler.frontier import End, Role

_ROLES = {UrlRule.PAGE: Role.PAGE, UrlRule.LISTING: Role.LISTING, UrlRule.DOCUMENT: Role.DOCUMENT}
# What was not fetched is asked for again; what is no business of ours is found again where it is named.
_UNFETCHED = frozenset({End.FAILED, End.QUEUED, End.LIMIT, End.BOTWALL, End.ROBOTS, End.PRIVATE})
_PART = "urls.jsonl"


@dataclass(frozen=True, slots=True)
class Past:
    """One URL, as far as it is known."""

    url: str
    role: Role
    source: str
    seen: datetime | None = None  # the newest capture; None where there is none
    since: datetime | None = None  # when it came out or changed last, as far as we can tell
    status: int | None = None  # of the newest capture; 200 where it was not modified
    whole: bool = True  # the newest capture is not cut off
    said: str | None = None  # the hash of what the newest capture says
    end: str | None = None  # at the last crawl
    what: str | None = None  # what it turned out to be
    named: bool = False  # a sitemap named it at the last crawl
    modified: str | None = None  # as sources said then


def of_collection(collection: Collection, profile: Profile, store: PageStore) -> Iterator[Past]:
    """Every URL once. Of the spellings that the index files together, those that answered come first."""
    with closing(_Last(collection)) as last:
        for _, lines in groupby(collection.captures(), key=lambda line: line.key):
            by_url: dict[str, list[IndexLine]] = {}
            for line in lines:
                by_url.setdefault(line.url, []).append(line)
            found = [_past(captures, last, profile, store) for captures in by_url.values()]
            yield from sorted((one for one in found if one is not None), key=lambda one: one.status != 200)
        yield from last.unfetched()


def is_known(collection: Collection) -> bool:
    """Whether a crawl of the whole site has come to its end: what one that broke off had not reached is not known."""
    return any(report["sources"] for report in _finished(collection))


def last_crawl(collection: Collection, source: str) -> datetime | None:
    """When the last crawl began in which a source worked; None where there is none."""
    found = None
    for report in _finished(collection):
        working = {one["name"] for one in report["sources"] if one["state"] == "works"}
        found = report["began"] if source in working else found
    return datetime.strptime(found, "%Y%m%d%H%M%S").replace(tzinfo=UTC) if found else None


def _finished(collection: Collection) -> Iterator[dict[str, Any]]:
    """The reports of crawls that came to their end, oldest first, from the ledger."""
    for entry in collection.ledger:
        report = entry.get("report") or {}
        whole = report.get("extent", "institute") == "institute"
        if entry["event"] == "crawl" and whole and report.get("reason") == "finished":
            yield report


def _past(captures: list[IndexLine], last: "_Last", profile: Profile, store: PageStore) -> Past | None:
    """The past of one URL; None of what no crawl asks for by itself, such as robots.txt."""
    newest = captures[-1]
    told = last.of(newest.url)
    if told is None and (role := _role(newest.url, profile)) is not None:
        told = Past(newest.url, role, "captures")
    if told is None:
        return None
    rows: list[tuple[Any, ...]] = []
    if told.role in (Role.PAGE, Role.LISTING):
        query = (
            "SELECT captured_at, content_sha256, published, truncated FROM page WHERE key = ? AND url = ? "
            "ORDER BY captured_at"
        )
        rows = store.connection.execute(query, (key_of(newest.url, profile), newest.url)).fetchall()
    since, said = _since(rows)
    return Past(
        newest.url,
        told.role,
        told.source,
        seen=_moment(newest.timestamp),
        since=since or _moment(captures[0].timestamp),
        status=200 if newest.unmodified else newest.status,
        whole=not rows or rows[-1][3] is None,
        said=said,
        end=told.end,
        what=told.what,
        named=told.named,
        modified=told.modified,
    )


def _since(rows: Iterable[tuple[Any, ...]]) -> tuple[datetime | None, str | None]:
    """When a page came out or last began to say something else, and the hash of what it says."""
    since: datetime | None = None
    said: str | None = None
    for captured_at, content, published, _ in rows:
        if content is None:
            continue
        if said is None:
            since = datetime.fromisoformat(published).replace(tzinfo=UTC) if published else None
        elif content != said:
            since = datetime.fromisoformat(captured_at)
        said = content
    return since, said


def _role(url: str, profile: Profile) -> Role | None:
    """What a capture is that the last crawl does not list: one of a crawl of given pages."""
    if urlsplit(url).path == "/robots.txt":
        return None
    return _ROLES.get(classify(url, profile))


class _Last:
    """The URLs of the last crawl of a whole site, in a table of their own on disk."""

    def __init__(self, collection: Collection) -> None:
        self._db = sqlite3.connect("")  # a file that goes with the connection
        self._db.execute(
            "CREATE TABLE told"
            " (url TEXT PRIMARY KEY, line TEXT NOT NULL, named INT NOT NULL, met INT NOT NULL DEFAULT 0)"
        )
        with self._db:
            self._db.executemany(_TELL, map(_told_of, _lines(collection)))

    def of(self, url: str) -> Past | None:
        found = self._db.execute("SELECT line, named FROM told WHERE url = ?", (url,)).fetchone()
        if found is None:
            return None
        self._db.execute("UPDATE told SET met = 1 WHERE url = ?", (url,))
        return _told(json.loads(found[0]), bool(found[1]))

    def unfetched(self) -> Iterator[Past]:
        """What was found and could not be fetched."""
        for line, named in self._db.execute("SELECT line, named FROM told WHERE NOT met ORDER BY rowid"):
            told = _told(json.loads(line), bool(named))
            if told.end in _UNFETCHED:
                yield told

    def close(self) -> None:
        self._db.close()


# An address may have two rows, found and led to: what a sitemap names is named, whichever row says so.
_TELL = """
INSERT INTO told (url, line, named) VALUES (?, ?, ?)
ON CONFLICT (url) DO UPDATE SET line = excluded.line, named = max(named, excluded.named)
"""


def _told_of(line: str) -> tuple[str, str, bool]:
    told = json.loads(line)
    return told["url"], line, any(name.startswith("sitemap:") for name in told["named"])


def _told(line: dict[str, Any], named: bool) -> Past:
    return Past(
        line["url"],
        Role[line["role"].upper()],
        line["source"],
        end=line["end"],
        what=line["what"],
        named=named,
        modified=line.get("modified"),
    )


def _lines(collection: Collection) -> Iterator[str]:
    """The lines of urls.jsonl of the last crawl that was not one of given pages, from its records."""
    crawls: dict[str, dict[str, IndexLine]] = {}
    for line in sorted(collection.resources(CRAWLS_URI), key=lambda line: (line.timestamp, line.filename, line.offset)):
        crawl, _, name = line.url.removeprefix(CRAWLS_URI).partition(":")
        crawls.setdefault(crawl, {})[name] = line  # a crawl that was gone on with wrote them more than once
    for _, papers in sorted(crawls.items(), reverse=True):
        settings = papers.get(SETTINGS.lstrip(":"))
        if settings is None or _PART not in papers:
            continue
        options = json.loads(collection.record(settings.location).block)["options"]
        if options.get("urls") or options.get("patch"):
            continue
        parts = [name for name in papers if name.partition(":")[0] == _PART]
        for name in sorted(parts, key=lambda name: int(name.partition(":")[2] or 1)):
            yield from collection.record(papers[name].location).block.decode("utf-8").splitlines()
        return


def _moment(timestamp: str) -> datetime:
    return datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
