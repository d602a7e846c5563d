"""Who wrote it: the profile's elements, the page's byline, JSON-LD, meta tags, in this order; the page's own word beats
the head's."""

import html as entities
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from archive.extract import names
from archive.extract.html import Document, plain
from archive.extract.page import Author
from archive.extract.selector import query
from archive.extract.signals import Signals, lines
from archive.extract.title import articles, fold, types
from archive.institutes.urls import absolute

MAX_BEFORE_LINK = 30  # characters that are no space; "Published on September 14, 2020 by" has 29
MAX_BYLINE = 220  # characters; the longest honest byline seen has five names with their roles
_STRONG = re.compile(
    r"by-?_?line|posted-?by|written-?by|(?:post|entry|article|blog|story|single|the|meta|co)[\w-]*author|"
    r"author[\w-]*(?:name|link|title)|contributor|"
    r"(?:^|[\s_-])(?:fn|vcard)(?:$|[\s_-])|^author$|authors"
)
_WEAK = re.compile(
    r"bio|avatar|(?:^|[\s_-])(?:image|img|photo|desc\w*|social|box|roles?|positions?|jobs?|archive|count|about|follow|"
    r"icon|more|related|comments?)(?:$|[\s_-])"
)
_PERSON_IN = query(
    "descendant-or-self::*[contains(concat(' ',@rel,' '),' author ') or contains(concat(' ',@itemprop,' '),' name ')"
    " or contains(concat(' ',@class,' '),' fn ') or contains(concat(' ',@class,' '),' author ')"
    " or contains(@class,'author-name') or contains(@class,'author__name') or contains(@class,'author_name')]"
)
_AUTHOR_LINK = query("descendant::a[contains(@href,'/author/') or contains(@href,'/authors/')]")
_LINE = re.compile(r"\s*(?:by\b|written by|authors?\b|posted by|بقلم|كتبه?ا?ت?\b|إعداد|اعداد|الكاتبة?)", re.IGNORECASE)
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


@dataclass(frozen=True, slots=True)
class Byline:
    """`elements` are what showed it: no part of the body."""

    authors: tuple[Author, ...] = ()
    source: str | None = None  # profile, byline, json-ld, meta
    elements: tuple[HtmlElement, ...] = ()


def read(
    document: Document, chosen: Iterable[tuple[HtmlElement, str]], signals: Signals, site: frozenset[str]
) -> Byline:
    """`chosen` are the profile's own elements with their text; `site` what the site calls itself, folded."""
    picked = list(chosen)
    found = names.unique(
        author for element, text in picked for author in names.people(text, _address(element, document))
    )
    if found:
        return Byline(found, "profile", tuple(element for element, _ in picked))
    told, source = _told(document, site)
    shown = (
        _marked(document, signals, told)
        or _labelled(document, signals)
        or (None if told else _linked(document, signals))
    )
    if shown and shown.authors:
        others = tuple(author for author in shown.authors if fold(author.name) not in site)
        return Byline(others or shown.authors, shown.source, shown.elements)
    return Byline(told, source if told else None)


def _told(document: Document, site: frozenset[str]) -> tuple[tuple[Author, ...], str]:
    """What the head says. The site's owner is no author there: only the page's own byline can make it one."""
    from_data = names.unique(
        author for item in articles(document) for author in _in_jsonld(item.get("author"), document, site)
    )
    if from_data:
        return from_data, "json-ld"
    for name in _METAS:
        values = [value for value in document.metas(name) if fold(value) not in site]
        if found := names.unique(author for value in values for author in names.people(value)):
            return found, "meta"
    label = (document.meta("twitter:label1") or "").casefold()
    if label in ("written by", "كُتب بواسطة", "كتب بواسطة", "verfasst von", "écrit par", "escrito por", "author"):
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


def _marked(document: Document, signals: Signals, told: tuple[Author, ...]) -> Byline | None:
    """The byline among the elements that are marked as one: what the head agrees with, else the strongest, else the
    first after the title."""
    wanted = {names.fold(author.name) for author in told}
    best: tuple[tuple[int, int, int], Byline] | None = None
    taken: HtmlElement | None = None
    for mark in signals.authors[:200]:
        element = mark.element
        if taken is not None and any(node is taken for node in element.iterancestors()):
            continue
        strength = _strength(element)
        if not strength or element in signals.ancestors or signals.aside(element):
            continue
        found = _read(element, document) or _said(element, told)
        if not found:
            continue
        taken = element
        agrees = any(names.fold(author.name) in wanted for author in found)
        if strength == 3 and _own_word(element):
            strength = 4
        if wanted and not agrees and (found := _said(element, told) or found):
            agrees = any(names.fold(author.name) in wanted for author in found)
        if not agrees and wanted and strength < 4 and any(" " in name for name in wanted):
            continue  # boxes about people stand on pages of others; a login is beaten by any name
        rank = (int(agrees), strength, int(mark.place > signals.place))
        if best is None or rank > best[0]:
            best = (rank, _with_siblings(element, found, signals, document))
    return best[1] if best else None


def _own_word(element: HtmlElement) -> bool:
    """Whether the element says "by", in its class or in its text."""
    return bool(re.search(r"by-?_?line", (element.get("class") or "").lower())) or names.has_label(
        lines(element, MAX_BYLINE) or ""
    )


def _said(element: HtmlElement, told: tuple[Author, ...]) -> tuple[Author, ...]:
    """Those of whom the head tells that this element names."""
    text = names.fold(lines(element, MAX_BYLINE) or "") if told else ""
    return tuple(author for author in told if f" {names.fold(author.name)} " in f" {text} ")


def _strength(element: HtmlElement) -> int:
    """4 where the element itself says "by", 3 where its class is a byline's, 1 where its class only speaks of authors,
    0 where it is something about them."""
    words = f"{element.get('class') or ''} {element.get('itemprop') or ''}".lower()
    if "author" in (element.get("rel") or "") or element.get("itemprop") == "author":
        return 3
    if _WEAK.search(words) and not re.search(r"name|byline|(?:^|\s)fn(?:\s|$)", words):
        return 0
    return 3 if _STRONG.search(words) else 1


def _read(element: HtmlElement, document: Document) -> tuple[Author, ...]:
    if element.tag in ("img", "meta", "link", "input", "textarea", "svg", "button"):
        content = element.get("content") if element.tag == "meta" else None
        return names.people(content) if content else ()
    text = lines(element, MAX_BYLINE)
    if not text:
        return ()
    inner = [one for one in _PERSON_IN(element) if lines(one, MAX_BYLINE)]
    inner = [one for one in inner if not any(other is not one and other in inner for other in one.iterdescendants())]
    if inner:
        return names.unique(
            author for one in inner for author in names.people(lines(one, MAX_BYLINE) or "", _address(one, document))
        )
    labelled = [line for line in text.split("\n") if names.has_label(line) and names.people(line)]
    if labelled:
        return names.people(labelled[0].split(" | ")[0], _address(element, document))
    return names.people("\n".join(text.split("\n")[:4]), _address(element, document)) if len(text.split()) <= 25 else ()


def _with_siblings(element: HtmlElement, found: tuple[Author, ...], signals: Signals, document: Document) -> Byline:
    """Several people often have an element each: those of the same tag and class in the same small container."""
    elements, authors = [element], list(found)
    kind = (element.tag, element.get("class"))
    for container in list(element.iterancestors())[:3]:
        if (
            container in signals.ancestors
            or container.tag in ("body", "article", "main")
            or lines(container, 3 * MAX_BYLINE) is None
        ):
            break
        others = [mark.element for mark in signals.authors if (mark.element.tag, mark.element.get("class")) == kind]
        others = [
            one for one in others if one is not element and any(node is container for node in one.iterancestors())
        ]
        for one in others[:12]:
            authors += _read(one, document)
            elements.append(one)
        if others:
            break
    return Byline(names.unique(authors), "byline", tuple(elements))


def _labelled(document: Document, signals: Signals) -> Byline | None:
    """A line "By …" or «بقلم: …» with no class to tell it."""
    for element in _beginning_so(document):
        if element.tag in ("script", "style", "option", "button", "label", "noscript"):
            continue
        while element.tag in ("span", "b", "strong", "em", "i", "a", "small") and (
            lines(element.getparent(), MAX_BYLINE) is not None
        ):
            element = element.getparent()
        text = lines(element, MAX_BYLINE)
        if not text or signals.aside(element):
            continue
        for line in text.split("\n"):
            if names.has_label(line) and len(line.split()) <= 14 and (found := names.people(line)) and _capital(found):
                return Byline(found, "byline", (element,) if len(text) < 120 else ())
    return None


def _beginning_so(document: Document) -> Iterator[HtmlElement]:
    """Elements in which a short text begins as a byline does."""
    for element in document.body.iter():
        for text, owner in ((element.text, element), (element.tail, element.getparent())):
            if text and len(text) < 160 and _LINE.match(text) and owner is not None and isinstance(owner.tag, str):
                yield owner


def _linked(document: Document, signals: Signals) -> Byline | None:
    """The first link to an author's page: WordPress has them at `/author/LOGIN/`."""
    for link in _AUTHOR_LINK(document.body)[:20]:
        text = lines(link, MAX_BYLINE)
        if not text or signals.aside(link) or _in_sentence(link):
            continue
        if found := names.people(text, _address(link, document)):
            return Byline(found, "byline", (link,))
    return None


def _in_sentence(link: HtmlElement) -> bool:
    """Whether words of a paragraph stand before the link: more of them than a byline has."""
    paragraph = next(link.iterancestors("p", "li", "blockquote"), None)
    if paragraph is None:
        return False
    before = 0
    for event, node in etree.iterwalk(paragraph, ("start", "end")):
        if node is link:
            break
        before += len("".join(((node.text if event == "start" else node.tail) or "").split()))
    return before > MAX_BEFORE_LINK


def _capital(found: tuple[Author, ...]) -> bool:
    """ "By the end of the year" is no byline: names begin with capitals, where the script has any."""
    return all(
        word[0].isupper() or word[0].lower() == word[0].upper() for author in found for word in author.name.split()[:1]
    )


def _address(element: HtmlElement, document: Document) -> str | None:
    """The address of the person's page, where the byline has one link."""
    links = [element] if element.tag == "a" else list(element.iter("a"))
    href = links[0].get("href") if len(links) == 1 else None
    return (
        absolute(plain(href), document.base) if href and not href.startswith(("#", "javascript:", "mailto:")) else None
    )
