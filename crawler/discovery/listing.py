"""Listing pages in HTML: which links they have, and where they go on.

In a crawl, links come from extraction in the workers; this is the thin version of it, for a listing's bytes alone.
Every link is a candidate: one page may hold several loops with their own order of dates, so nothing is left out for
being old or for where it stands.
"""

import codecs
import re

from lxml import etree
from lxml import html as lxml_html

from archive.institutes.urls import absolute
from crawler.discovery.found import Entry, Found, Headers, SourceError, header

_CHARSET = re.compile(r"(?i)charset\s*=\s*[\"']?([A-Za-z0-9._:-]+)")
_LOOKED_AT = 2048  # bytes in which a page declares its charset: the standard asks for 1024
MOST_LINKS = 20_000  # a page: real ones have some hundred
_NEXT_CLASSES = frozenset({"next", "nextpostslink", "wp-block-query-pagination-next", "pagination-next", "next-page"})


def read(body: bytes, url: str, headers: Headers = ()) -> Found:
    """Links as entries, once each, with their `text` as hint, which is never a title: listings cut them. `more` are the
    next pages."""
    if not body.strip():
        raise SourceError(f"{url} answered nothing where a listing was expected", "mend or remove it in the profile")
    parser = lxml_html.HTMLParser(encoding=_encoding(body, headers), huge_tree=False, no_network=True)
    try:
        root = lxml_html.document_fromstring(body, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"{url} is not HTML ({error})", "mend or remove it in the profile's listings") from None
    bases = root.xpath("//base/@href")
    base = absolute(str(bases[0]), url) if isinstance(bases, list) and bases else url
    texts: dict[str, str] = {}
    more: list[str] = []
    for element in root.iter("a", "link", "area"):
        spelled = absolute(element.get("href") or "", base or url) if element.get("href") else None
        if spelled is None:
            continue
        if _is_next(element):
            more.append(spelled)
        elif element.tag != "link" and len(texts) < MOST_LINKS:
            text = " ".join("".join(map(str, element.itertext())).split())
            texts[spelled] = texts.get(spelled) or text
    entries = [Entry(spelled, {"text": text} if text else {}) for spelled, text in texts.items()]
    return Found(entries, [following for following in dict.fromkeys(more) if following != url])


def _encoding(body: bytes, headers: Headers) -> str | None:
    """What the header says; else None where the page says it, which the parser heeds; else UTF-8."""
    declared = _CHARSET.search(header(headers, "Content-Type") or "")
    if declared:
        try:
            return codecs.lookup(declared[1]).name
        except LookupError:
            pass  # an unknown name is as good as none
    return None if b"charset" in body[:_LOOKED_AT].lower() or body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"


def _is_next(element: etree._Element) -> bool:
    relations = (element.get("rel") or "").lower().split()
    classes = (element.get("class") or "").lower().split()
    return "next" in relations or not _NEXT_CLASSES.isdisjoint(classes)
