"""Bylines that no class tells: lines that begin with "By" or «بقلم», links to pages about authors, names beside their
pictures."""

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

from archive.extract import names
from archive.extract.byline_element import MAX_BYLINE, Byline, address, has_capitals, is_shown, read_element
from archive.extract.byline_marks import FAR
from archive.extract.html import Document
from archive.extract.page import Author
from archive.extract.selector import query
from archive.extract.signals import Signals, lines

FAR_ELEMENTS = 150  # as FAR, of all elements
MAX_BEFORE_LINK = 30  # characters that are no space; "Published on September 14, 2020 by" has 29
_AUTHOR_LINK = query("descendant::a[contains(@href,'/author/') or contains(@href,'/authors/')]")
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_INLINE = frozenset(("span", "b", "strong", "em", "i", "a", "small"))
MAX_LINE = 160  # characters of a text that a byline begins
_FIRST = frozenset("bBwWaApPبكإاتم")  # what the words of `_LINE` begin with: most texts need no more to be told
_LINE = re.compile(
    r"\s*(?:by\b|written by|authors?\b|posted by|بقلم|كتبه?ا?ت?\b|إعداد|اعداد|تأليف|المؤلف|الكُ?تّ?اب|الكاتبة?)",
    re.IGNORECASE,
)


def labelled(document: Document, signals: Signals, told: tuple[Author, ...]) -> Byline | None:
    """A line "By …" or «بقلم: …» with no class to tell it. Far behind the title it speaks of something else, where the
    page shows whom the head names."""
    known = {names.fold(author.name) for author in told if " " in author.name}
    for line in labels(document, signals, told):
        agrees = any(names.fold(author.name) in known for author in line.authors)
        if agrees or not known or _is_near(line.elements, document, signals):
            return line
        if any(is_shown(author, document) for author in told):
            return None
        return line
    return None


def _is_near(elements: tuple[HtmlElement, ...], document: Document, signals: Signals) -> bool:
    if signals.title is None or not elements:
        return False
    return 0 < document.place(elements[0]) - document.place(signals.title) <= FAR_ELEMENTS


def _known(found: tuple[Author, ...], told: tuple[Author, ...]) -> tuple[Author, ...]:
    """Those of whom the head tells, where the line runs on into something else: "Nadia Haddad Global Affairs"."""
    if len(found) != 1:
        return ()
    return tuple(one for one in told if names.fold(found[0].name).startswith(f"{names.fold(one.name)} "))


def labels(document: Document, signals: Signals, told: tuple[Author, ...]) -> Iterator[Byline]:
    """The lines that begin as a byline does, and the names that stand below a label of their own."""
    for element in _beginning_so(document):
        while element.tag in _INLINE and lines(element.getparent(), MAX_BYLINE) is not None:
            element = element.getparent()
        text = lines(element, MAX_BYLINE)
        if not text or (signals.aside(element) and not names.is_label_of_list(text)):
            continue
        if names.is_label(text) and (below := element.getnext()) is not None and (found := _listed(below, document)):
            yield Byline(found, "byline", (element, below))
            continue
        if element.tag in _HEADINGS and not names.has_label(text):
            continue  # a book's title and "by" its author
        for line in text.split("\n"):
            first = line.split(" | ")[0]
            if (
                names.begins_byline(line)
                and len(line.split()) <= 14
                and (found := names.people(first))
                and has_capitals(found)
            ):
                found = _known(found, told) or found
                yield Byline(found, "byline", (element,) if len(text) < 120 else ())
                break


def _listed(element: HtmlElement, document: Document) -> tuple[Author, ...]:
    """The names of a list, or of a line, below a label."""
    text = lines(element, MAX_BYLINE) or ""
    found = names.people(text)
    alone = all(len(line.split()) <= 8 for line in text.split("\n"))
    return found if alone and has_capitals(found) and not names.has_label(text) else ()


def _beginning_so(document: Document) -> Iterator[HtmlElement]:
    """Elements in which a short text begins as a byline does."""
    for text, owner in document.short_texts:
        if len(text) < MAX_LINE and text.lstrip()[:1] in _FIRST and _LINE.match(text):
            yield owner


def linked(document: Document, signals: Signals, told: tuple[Author, ...]) -> Byline | None:
    """The first link to an author's page: WordPress has them at `/author/LOGIN/`. Where the head names somebody, the
    link must be theirs; those beside it name the others."""
    wanted = {names.fold(author.name) for author in told}
    for link in _AUTHOR_LINK(document.body)[:20]:
        text = lines(link, MAX_BYLINE)
        if not text or signals.aside(link) or _in_sentence(link):
            continue
        found = names.people(text, address(link, document))
        if not found or (told and not any(names.fold(author.name) in wanted for author in found)):
            continue
        if not told:
            return Byline(found, "byline", (link,))
        beside = [one for one in _AUTHOR_LINK(link.getparent()) if one is not link]
        authors = [author for one in (link, *beside[:12]) for author in read_element(one, document)]
        return Byline(names.unique(authors), "byline", (link, *beside[:12])) if beside else None
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


def pictured(signals: Signals) -> Byline | None:
    """The name beside an author's picture, where nothing else says who wrote it."""
    for mark in signals.authors[:40]:
        if mark.element.tag != "img" or not 0 < mark.place - signals.place <= FAR or signals.aside(mark.element):
            continue
        for container in list(mark.element.iterancestors())[:5]:
            if container in signals.ancestors:
                break
            if text := lines(container, 2 * MAX_BYLINE):
                found = names.people(text.split("\n")[0])
                if (
                    len(found) == 1
                    and 2 <= len(found[0].name.split()) <= 4
                    and has_capitals(found)
                    and not found[0].role
                ):
                    return Byline(found, "byline")
                break
    return None


def _is_full_name(found: tuple[Author, ...]) -> bool:
    return 2 <= len(found[0].name.split()) <= 4 and has_capitals(found)
