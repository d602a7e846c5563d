"""The authors that a page's head names: JSON-LD, meta tags, the card for Twitter. The site's owner is none of them."""

import html as entities
import re
from collections.abc import Iterator
from typing import Any

from archive.extract import names
from archive.extract.html import Document
from archive.extract.page import Author
from archive.extract.title import articles, fold, types
from archive.institutes.urls import absolute

_METAS = (
    "author",
    "article:author",
    "article:author:name",
    "parsely-author",
    "sailthru.author",
    "citation_author",
    "dc.creator",
    "dcterms.creator",
    "byl",
)
# In `twitter:label1`, beside the name in `twitter:data1`: "Written by", "Interview by", «كُتب بواسطة»
_TOLD_BY = re.compile(
    r"(?:.*\bby|authors?|(?:von|par|por|da|door)|.*\b(?:verfasst|geschrieben|écrit|escrito|scritto|geschreven)\b.*|"
    r"كُ?تبت? بواسطة|بقلم|الكاتبة?)\W*",
    re.IGNORECASE,
)


def of_head(document: Document, site: frozenset[str]) -> tuple[tuple[Author, ...], str]:
    """What the head says. The site's owner is no author there: only the page's own byline can make it one."""
    found_in_data = names.unique(
        author for item in articles(document) for author in _in_jsonld(item.get("author"), document, site)
    )
    if found_in_data:
        return found_in_data, "json-ld"
    for name in _METAS:
        values = [value for value in document.metas(name) if fold(value) not in site]
        if found := names.unique(author for value in values for author in names.people(value)):
            return found, "meta"
    label = (document.meta("twitter:label1") or "").casefold()
    if _TOLD_BY.fullmatch(label):
        found = names.people(document.meta("twitter:data1") or "")
        if found and fold(found[0].name) not in site:
            return found, "meta"
    return (), "meta"


def _in_jsonld(value: Any, document: Document, site: frozenset[str], depth: int = 0) -> Iterator[Author]:
    if isinstance(value, list):
        for item in value[:20]:
            yield from _in_jsonld(item, document, site, depth)
    elif isinstance(value, str):
        if fold(value) not in site:
            yield from names.people(entities.unescape(value))
    elif isinstance(value, dict):
        if "name" not in value and "@id" in value and depth == 0:
            for item in document.jsonld:
                if item.get("@id") == value["@id"]:
                    yield from _in_jsonld(item, document, site, 1)
            return
        name = value.get("name")
        if isinstance(name, list):
            name = name[0] if name else None
        if (
            isinstance(name, str)
            and fold(entities.unescape(name)) not in site
            and not types(value) & {"WebSite", "ImageObject"}
        ):
            url = value.get("url")
            yield from names.people(
                entities.unescape(name), absolute(url, document.url) if isinstance(url, str) else None
            )
