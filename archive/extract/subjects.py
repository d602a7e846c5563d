"""What it is about: sections and tags, from the profile's elements, the page's own terms, JSON-LD and meta tags."""

import html as entities
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from archive.extract import countries
from archive.extract.html import Document, plain
from archive.extract.signals import Mark, Signals, short_text
from archive.extract.title import articles

MAX_TERM, MAX_TERMS = 80, 60


@dataclass(frozen=True, slots=True)
class Subjects:
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


def read(
    document: Document, sections: Iterable[str], tags: Iterable[str], signals: Signals, title: str | None
) -> Subjects:
    """`sections` and `tags` are the texts of the profile's own elements."""
    own_sections, own_tags = list(sections), list(tags)
    if not (own_sections and own_tags):
        shown = [
            (_is_section(mark), short_text(mark.element, MAX_TERM))
            for mark in signals.terms
            if not signals.aside(mark.element)
        ]
        own_sections = own_sections or [text for section, text in shown if text and section]
        own_tags = own_tags or [text for section, text in shown if text and not section]
    own_sections = own_sections or list(_told(document, "articleSection")) or document.metas("article:section")
    own_tags = own_tags or document.metas("article:tag") or list(_told(document, "keywords"))
    found_sections, found_tags = _tidy(own_sections), _tidy(own_tags)
    return Subjects(found_sections, found_tags, countries.of((*found_tags, *found_sections), title))


def _is_section(mark: Mark) -> bool:
    """A category, told by `rel`, address or the list that it stands in; else a tag."""
    rel, href = (mark.element.get("rel") or "").split(), unquote(mark.element.get("href") or "").lower()
    if "category" in rel or "/category/" in href or "cat=" in href:
        return True
    parents = " ".join((node.get("class") or "") for node in list(mark.element.iterancestors())[:2]).lower()
    return "tag" not in parents.replace("taxonomy", "") and (
        "taxonomy-category" in parents or "cat-links" in parents or ("/tag/" not in href and "categor" in parents)
    )


def _told(document: Document, key: str) -> Iterator[str]:
    for item in articles(document):
        yield from _texts(item.get(key))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from (value.split(",") if "," in value else [value])
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _tidy(terms: Iterable[str]) -> tuple[str, ...]:
    found = dict.fromkeys(
        plain(unicodedata.normalize("NFC", entities.unescape(term))).lstrip("#").strip() for term in terms
    )
    return tuple(term for term in found if 0 < len(term) <= MAX_TERM)[:MAX_TERMS]
