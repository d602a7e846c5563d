"""One element of a page as a byline: the people that it names."""

from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.extract import names
from archive.extract.html import Document, plain
from archive.extract.page import Author
from archive.extract.selector import query
from archive.extract.signals import lines
from archive.institutes.urls import absolute

MAX_BYLINE = 220  # characters; the longest honest byline seen has five names with their roles
_PERSON_IN = query(
    "descendant-or-self::*[contains(concat(' ',@rel,' '),' author ') or contains(concat(' ',@itemprop,' '),' name ')"
    " or contains(concat(' ',@class,' '),' fn ') or contains(concat(' ',@class,' '),' author ')"
    " or contains(@class,'author-name') or contains(@class,'author__name') or contains(@class,'author_name')]"
)


@dataclass(frozen=True, slots=True)
class Byline:
    """`elements` are what showed it: no part of the body."""

    authors: tuple[Author, ...] = ()
    source: str | None = None  # profile, byline, json-ld, meta
    elements: tuple[HtmlElement, ...] = ()
    doubted: bool = False  # the head names others


def read_element(element: HtmlElement, document: Document) -> tuple[Author, ...]:
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
            author for one in inner for author in names.people(lines(one, MAX_BYLINE) or "", address(one, document))
        )
    labelled = [line for line in text.split("\n") if names.has_label(line) and names.people(line)]
    if labelled:
        return names.people(labelled[0].split(" | ")[0], address(element, document))
    return names.people("\n".join(text.split("\n")[:4]), address(element, document)) if len(text.split()) <= 25 else ()


def has_capitals(found: tuple[Author, ...]) -> bool:
    """ "By the end of the year" is no byline: names begin with capitals, where the script has any."""
    return all(
        word[0].isupper() or word[0].lower() == word[0].upper() for author in found for word in author.name.split()[:1]
    )


def address(element: HtmlElement, document: Document) -> str | None:
    """The address of the person's page, where the byline has one link."""
    links = [element] if element.tag == "a" else list(element.iter("a"))
    href = links[0].get("href") if len(links) == 1 else None
    return (
        absolute(plain(href), document.base) if href and not href.startswith(("#", "javascript:", "mailto:")) else None
    )


def is_shown(author: Author, document: Document) -> bool:
    """Whether the page says the name in a line of its own, or a short one."""
    return any(author.name in text for text, _ in document.short_texts)
