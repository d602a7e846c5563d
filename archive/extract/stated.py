"""What a page tells machines of its days: JSON-LD about this page, meta tags, microdata that readers do not see."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from archive.extract.html import Document
from archive.extract.signals import Signals
from archive.extract.title import ARTICLE_TYPES, PAGE_TYPES, types

_PUBLISHED = (
    "article:published_time", "datepublished", "article:published", "og:published_time", "og:article:published_time",
    "article.published", "publish_date", "publish-date", "published_date", "published-date", "publication_date",
    "publication-date", "publishdate", "pubdate", "pub_date", "published_time", "published", "date_published",
    "originalpublicationdate", "article_date_original", "article_publication_date", "citation_publication_date",
    "citation_online_date", "citation_date", "prism.publicationdate", "dc.date.issued", "dcterms.issued",
    "dc.date.published", "dcterms.created", "dcterms.available", "dc.date.created", "dc.date", "dcterms.date",
    "eprints.date", "parsely-pub-date", "sailthru.date", "bt:pubdate", "rnews:datepublished",
    "cxenseparse:recs:publishtime", "displaydate", "release_date", "og:pubdate", "datecreated", "created", "date",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:updated_time", "datemodified", "og:modified_time", "dcterms.modified",
    "dc.date.modified", "article:modified", "last-modified", "lastmod", "modified", "updated_time", "revised",
)  # fmt: skip
_ISSUED = frozenset(["datepublished", "datecreated"])
_LOOSE = re.compile(r'"(datePublished|dateModified)"\s*:\s*"([^"]{8,40})"')  # in JSON-LD that does not parse


def published(document: Document, signals: Signals) -> Iterator[tuple[str, str]]:
    """What is said of the publication: each text with its source, the best first."""
    yield from _stated(document, signals, "datePublished", _PUBLISHED)


def modified(document: Document, signals: Signals) -> Iterator[tuple[str, str]]:
    """The same of the last change."""
    yield from _stated(document, signals, "dateModified", _MODIFIED)


def _stated(document: Document, signals: Signals, key: str, metas: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What machines are told: JSON-LD, meta tags, microdata that readers do not see; each text with its source."""
    found = False
    for item in _about(document):
        value = item.get(key) or (item.get("dateCreated") if key == "datePublished" else None)
        if isinstance(value, str) and value.strip():
            found = True
            yield value, "json-ld"
    if not found:
        yield from ((value, "json-ld") for value in _loose(document, key))
    for name in metas:
        if value := document.meta(name):
            yield value, "meta"
    wanted = _ISSUED if key == "datePublished" else frozenset([key.lower()])
    for mark in signals.dates:
        if mark.element.tag == "meta" and not signals.aside(mark.element):
            words = (mark.element.get("itemprop") or "").lower().split()
            if wanted.intersection(words) and mark.element.get("content"):
                yield mark.element.get("content"), "meta"


def _about(document: Document) -> list[dict[str, Any]]:
    """The JSON-LD objects about this page: those that name its address first, then articles; other pages' last, and
    none of them where there are several."""
    own = {_address(document.url)}
    for link in document.tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            own.add(_address(link.get("href") or ""))
    ranked = []
    for item in document.jsonld:
        kinds = types(item)
        if not kinds & (ARTICLE_TYPES | PAGE_TYPES):
            continue
        named = {_address(text) for text in _addresses(item)} - {""}
        about = 0 if named & own else 2 if named else 1
        if kinds & {"Review", "Product"} and about:
            continue
        is_article = any(one.endswith(("Article", "Posting", "Report")) for one in kinds)
        ranked.append((about, not is_article, bool(kinds & PAGE_TYPES), item))
        if isinstance(main := item.get("mainEntity"), dict) and "datePublished" in main:
            ranked.append((about, False, False, main))
    if len([one for one in ranked if one[0] == 2]) > 1:
        ranked = [one for one in ranked if one[0] < 2] or ranked[:0]
    return [one[3] for one in sorted(ranked, key=lambda one: one[:3])]


def _addresses(item: dict[str, Any]) -> Iterator[str]:
    for key in ("url", "mainEntityOfPage", "@id"):
        value = item.get(key)
        value = value.get("@id") or value.get("url") if isinstance(value, dict) else value
        if isinstance(value, str) and value.startswith(("http", "/")):
            yield value


def _address(url: str) -> str:
    """An address for comparing: no scheme, `www.`, query, fragment or final slash."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.netloc.lower().removeprefix('www.')}{unquote(parts.path).rstrip('/').lower()}"


def _loose(document: Document, key: str) -> list[str]:
    """The one value that JSON-LD states in scripts that do not parse."""
    found = {
        match[2]
        for script in document.tree.iter("script")
        if "ld+json" in (script.get("type") or "").lower()
        for match in _LOOSE.finditer(script.text or "")
        if match[1] == key
    }
    return list(found) if len(found) == 1 and not document.jsonld else []
