"""Sitemaps and sitemap indexes (sitemaps.org), plain or gzip, XML or one address a line."""

import io
import zlib

from lxml import etree

from archive.institutes.urls import absolute
from crawler.discovery.found import Entry, Found, Headers, SourceError, refuse_html

LARGEST = 50 * 1024 * 1024  # bytes after decompression: the limit of sitemaps.org
_GZIP = b"\x1f\x8b"
_TAGS = ("{*}url", "{*}sitemap")
_HINTS = {"lastmod": "lastmod", "title": "title", "publication_date": "published", "language": "language"}


def read(body: bytes, url: str, headers: Headers = ()) -> Found:
    """The pages of a sitemap as entries, the children of an index as `more`. Entities are not resolved, nothing is
    fetched."""
    if body.startswith(_GZIP):
        body = _inflated(body, url)
    refuse_html(body, url, "a sitemap")
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"http"):
        return _listed(body, url)
    return _parsed(body, url)


def _inflated(body: bytes, url: str) -> bytes:
    """A `.xml.gz` served as it is: not a content-coding, so it arrives here still compressed. All its members, up to
    LARGEST."""
    whole = b""
    while body.startswith(_GZIP):
        inflater = zlib.decompressobj(31)
        try:
            whole += inflater.decompress(body, LARGEST - len(whole) + 1)
        except zlib.error as error:
            raise SourceError(f"{url} is a damaged gzip file ({error})", "try again later, or tell the site") from None
        if len(whole) > LARGEST:
            raise SourceError(f"{url} is over {LARGEST} bytes decompressed", "a sitemap may not be: leave it out")
        if not inflater.eof:
            raise SourceError(f"{url} is a gzip file without its end", "try again later, or tell the site")
        body = inflater.unused_data
    return whole


def _listed(body: bytes, url: str) -> Found:
    lines = body.decode("utf-8-sig", "replace").split()
    return Found([Entry(spelled) for line in lines if (spelled := absolute(line, url))])


def _parsed(body: bytes, url: str) -> Found:
    entries: list[Entry] = []
    more: list[str] = []
    unusable = 0
    # recover: one bare & in 50,000 addresses is not worth the others; what was mended is told in `problem`.
    parse = etree.iterparse(
        io.BytesIO(body),
        tag=_TAGS,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
    )
    try:
        for _, element in parse:
            values = _values(element)
            spelled = absolute(values["loc"], url) if values.get("loc") else None
            if spelled is None:
                unusable += 1
            elif _local(element) == "sitemap":
                more.append(spelled)
            else:
                entries.append(Entry(spelled, {hint: values[tag] for tag, hint in _HINTS.items() if values.get(tag)}))
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise SourceError(f"{url} is not XML ({error.msg})", "mend or remove it in the profile's [discovery]") from None
    root = _local(parse.root) if parse.root is not None else ""
    if root not in ("urlset", "sitemapindex"):
        raise SourceError(
            f"{url} is no sitemap: its outermost element is <{root or 'none'}>", "a feed belongs under discovery.feeds"
        )
    return Found(entries, list(dict.fromkeys(more)), problem=_problem(url, parse.error_log, unusable))


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
