"""What a source of discovery says, and what it is to fail.

Every reader is `read(body, url, headers=()) -> Found`: the entity with its content-coding off, the address that it was
fetched from, and the response's header fields as pairs. No network. `Found.more` is followed by the crawl: child
sitemaps always; a next page only while the page before named an address that this source had not named yet, since a
site that ignores the page number answers for ever.
"""

import html
import re
import urllib.parse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from archive.errors import ArchiveError

Headers = Iterable[tuple[str, str]]

PAGERS = frozenset(["paged", "page", "pg", "pagenum", "page_num", "pageno", "pagenumber", "pageon"])
_LAST_NUMBER = re.compile(r"(.*/)([0-9]{1,9})(/?)")
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TITLE = re.compile(r"<title[^>]*>\s*([^<]{1,80})", re.IGNORECASE)
_LOOKED_AT = 4096  # bytes in which a page shows that it is one


class SourceError(ArchiveError):
    """A source did not answer what it should, such as HTML for XML. Raised by readers; the crawl counts it as the
    source's failure and goes on."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what}; {mend}")
        self.what, self.mend = what, mend


@dataclass(frozen=True, slots=True)
class Entry:
    """One address that a source names, absolute, and what it says of it.

    Hints are as the source has them, unread: `title`, `lastmod`, `published`, `author`, `id`, `type`, `text`, where
    there are any.
    """

    url: str
    hints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """What one answer of a source says."""

    entries: list[Entry] = field(default_factory=list)
    more: list[str] = field(default_factory=list)  # further addresses of the source: child sitemaps, the next page
    stated_total: int | None = None  # how many entries the source says it has, over all its pages
    problem: str | None = None  # the answer was damaged, and `entries` are what could be read: report it as a failure


def moment(text: str | None) -> str | None:
    """The time that a source's `lastmod` says, as `2026-11-23T10:00:00Z`; None where it says none.

    W3C dates (of a day alone: its end, since the page may have changed until then) and RFC 822; without a zone, UTC.
    """
    text = (text or "").strip()
    if not text:
        return None
    if _DAY.fullmatch(text):
        text += "T23:59:59"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        try:
            found = parsedate_to_datetime(text)
        except ValueError:
            return None
    try:
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:  # the first or the last year that there is
        return None
    return found.strftime("%Y-%m-%dT%H:%M:%SZ") if found.year >= 1990 else None  # before the web, a mistake


def refuse_html(body: bytes, url: str, wanted: str) -> None:
    """SourceError where the body is empty, or an HTML page in place of `wanted`."""
    if not body.strip():
        raise SourceError(
            f"{url} answered nothing where {wanted} was expected", "take it out of the profile if the site has none"
        )
    start = body[:_LOOKED_AT].decode("utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
    if _HTML.match(start):
        title = _TITLE.search(start)
        named = f" ({html.unescape(title[1]).strip()!r})" if title else ""
        raise SourceError(
            f"{url} answered HTML{named} where {wanted} was expected",
            "open it in a browser: it may be a login, a bot wall or a wrong address; then mend the profile",
        )


def next_page(url: str) -> str | None:
    """The page after this one, for sources with `{page}`: a `page` or `paged` parameter, or else the path's last
    number, plus one."""
    before, mark, query = url.partition("?")
    parts = query.split("&") if mark else []
    for place, part in enumerate(parts):
        name, _, value = part.partition("=")
        if urllib.parse.unquote(name).lower() in PAGERS and value.isascii() and value.isdigit():
            parts[place] = f"{name}={int(value) + 1}"
            return f"{before}?{'&'.join(parts)}"
    number = _LAST_NUMBER.fullmatch(before)
    return f"{number[1]}{int(number[2]) + 1}{number[3]}{mark}{query}" if number else None


def header(headers: Headers, name: str) -> str | None:
    """The first value of a header field, its name without case."""
    return next((value for key, value in headers if key.lower() == name.lower()), None)
