"""Sitemaps and sitemap indexes (sitemaps.org), plain or gzip, XML or one address a line."""

import io
import zlib
from typing import Any, cast

from lxml import etree

from archive.institutes.urls import absolute
from crawler.discovery.found import Entry, Found, Headers, SourceError, refuse_html

LARGEST = 50 * 1024 * 1024  # bytes after decompression: the limit of sitemaps.org
_GZIP = b"\x1f\x8b"
_ENTRIES = frozenset({"url", "sitemap"})
MOST_ENTRIES = 60_000  # sitemaps.org allows 50,000 a file, and some sites do not count well
_MOST_ELEMENTS = 3_000_000  # 50 MB of the shortest entries with all of their fields have 2.5 million
_MOST_IN_ENTRY = 10_000  # Google allows 1,000 pictures an entry, each with 6 elements
_PIECE = 64 * 1024
_HINTS = {"lastmod": "lastmod", "title": "title", "publication_date": "published", "language": "language"}


def read(body: bytes, url: str, headers: Headers = ()) -> Found:
    """The pages of a sitemap as entries, the children of an index as `more`. Entities are not resolved, nothing is
    fetched. Read in pieces: memory follows what it names, and that has a limit."""
    source = _Inflated(body, url) if body.startswith(_GZIP) else cast(io.RawIOBase, io.BytesIO(body))
    plain = io.BufferedReader(source, _PIECE)
    head = plain.peek(_PIECE)
    refuse_html(head, url, "a sitemap")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"http"):
        return _listed(plain, url)
    return _parsed(plain, url)


class _Inflated(io.RawIOBase):
    """A `.xml.gz` served as it is: not a content-coding, so it arrives here still compressed. All its members, up to
    LARGEST."""

    def __init__(self, body: bytes, url: str) -> None:
        self._body, self._url = body, url
        self._at = 0  # in the body
        self._left = LARGEST
        self._inflater = zlib.decompressobj(31)

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        while not self._inflater.eof or self._body.startswith(_GZIP, self._at):
            if self._inflater.eof:
                self._inflater = zlib.decompressobj(31)
            if part := self._next(len(into)):
                into[: len(part)] = part
                return len(part)
        return 0

    def _next(self, most: int) -> bytes:
        coded = self._inflater.unconsumed_tail or self._body[self._at : self._at + _PIECE]
        if not self._inflater.unconsumed_tail:
            self._at += len(coded)
        try:
            part = self._inflater.decompress(coded, most)
        except zlib.error as error:
            raise _problem_of(self._url, f"is a damaged gzip file ({error})") from None
        self._left -= len(part)
        if self._left < 0:
            raise SourceError(f"{self._url} is over {LARGEST} bytes decompressed", "a sitemap may not be: leave it out")
        if self._inflater.eof:
            self._at -= len(self._inflater.unused_data)
        elif not part and not coded:
            raise _problem_of(self._url, "is a gzip file without its end")
        return part


def _problem_of(url: str, what: str) -> SourceError:
    return SourceError(f"{url} {what}", "try again later, or tell the site")


def _listed(plain: "io.BufferedReader[io.RawIOBase]", url: str) -> Found:
    found: list[Entry] = []
    read = 0
    while line := plain.readline(_PIECE):
        read += 1
        for word in line.decode("utf-8-sig", "replace").split():
            if spelled := absolute(word, url):
                found.append(Entry(spelled))
        if max(read, len(found)) > MOST_ENTRIES:
            return Found(found[:MOST_ENTRIES], problem=_too_many(url, "lines", MOST_ENTRIES))
    return Found(found)


def _parsed(plain: "io.BufferedReader[io.RawIOBase]", url: str) -> Found:
    entries: list[Entry] = []
    more: list[str] = []
    unusable = elements = of_entry = 0
    stopped: str | None = None
    root: etree._Element | None = None
    # recover: one bare & in 50,000 addresses is not worth the others; what was mended is told in `problem`.
    parse = etree.iterparse(
        plain, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    try:
        for _, element in parse:
            elements, of_entry = elements + 1, of_entry + 1
            local = _local(element)
            if local in _ENTRIES:
                values = _values(element)
                spelled = absolute(values["loc"], url) if values.get("loc") else None
                if spelled is None:
                    unusable += 1
                elif local == "sitemap":
                    more.append(spelled)
                else:
                    hints = {hint: values[tag] for tag, hint in _HINTS.items() if values.get(tag)}
                    entries.append(Entry(spelled, hints))
                of_entry = 0
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
            if stopped := _over(url, len(entries) + len(more) + unusable, elements, of_entry):
                root = element.getroottree().getroot()
                break
    except etree.XMLSyntaxError as error:
        raise SourceError(f"{url} is not XML ({error.msg})", "mend or remove it in the profile's [discovery]") from None
    root = parse.root if root is None else root
    name = _local(root) if root is not None else ""
    if name not in ("urlset", "sitemapindex"):
        raise SourceError(
            f"{url} is no sitemap: its outermost element is <{name or 'none'}>", "a feed belongs under discovery.feeds"
        )
    return Found(entries, list(dict.fromkeys(more)), problem=stopped or _problem(url, parse.error_log, unusable))


def _over(url: str, entries: int, elements: int, of_entry: int) -> str | None:
    """Why no more is read."""
    if entries > MOST_ENTRIES:
        return _too_many(url, "entries", MOST_ENTRIES)
    if elements > _MOST_ELEMENTS:
        return _too_many(url, "elements", _MOST_ELEMENTS)
    return _too_many(url, "elements in one entry", _MOST_IN_ENTRY) if of_entry > _MOST_IN_ENTRY else None


def _too_many(url: str, what: str, most: int) -> str:
    return f"{url} has more than {most:,} {what}; those before were taken, and the rest was not read"


def _values(element: etree._Element) -> dict[str, str]:
    """The texts of an entry by local name, the first of each: `image:loc` comes after the page's own `loc`, and is not
    taken for it."""
    values: dict[str, str] = {}
    for child in element:
        if len(child):
            for inner in child.iter("{*}title", "{*}publication_date", "{*}language"):
                values.setdefault(_local(inner), (inner.text or "").strip())
        else:
            values.setdefault(_local(child), (child.text or "").strip())
    return values


def _local(element: etree._Element) -> str:
    """The tag without its namespace; empty for comments and entity references."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _problem(url: str, log: etree._ListErrorLog, unusable: int) -> str | None:
    if len(log):
        return f"{url} is damaged XML at line {log[0].line} ({log[0].message}); what could be read was taken"
    if unusable:
        return f"{url} names {unusable} entries without an http or https address; they were left out"
    return None
