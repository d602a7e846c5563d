"""The byline among the elements whose class, `itemprop` or `rel` speaks of authors."""

import re

from lxml.html import HtmlElement

from archive.extract import dates, names
from archive.extract.byline_element import MAX_BYLINE, Byline, is_shown, read_element
from archive.extract.html import Document
from archive.extract.page import Author
from archive.extract.signals import Signals, lines

FAR = 60  # marked elements behind the title: a byline stands nearer, or below the text, where the head agrees with it
_STRONG = re.compile(
    r"by-?_?line|posted-?by|written-?by|(?:post|entry|article|blog|story|single|the|meta|co)[\w-]*author|"
    r"author[\w-]*(?:name|link|title)|contributor|"
    r"(?:^|[\s_-])(?:fn|vcard)(?:$|[\s_-])|^author$|authors"
)
_WEAK = re.compile(
    r"bio|avatar|(?:^|[\s_-])(?:image|img|photo|desc\w*|social|box|roles?|positions?|jobs?|archive|count|about|follow|"
    r"icon|more|related|comments?)(?:$|[\s_-])"
)


def marked(document: Document, signals: Signals, told: tuple[Author, ...]) -> Byline | None:
    """The byline among the elements that are marked as one: what the head agrees with, else the strongest, else the
    first after the title."""
    wanted = {names.fold(author.name) for author in told}
    named = any(" " in author.name for author in told)  # a login is beaten by any name
    best: tuple[tuple[int, int, int], Byline] | None = None
    taken: HtmlElement | None = None
    for mark in signals.authors[:200]:
        element = mark.element
        if taken is not None and any(node is taken for node in element.iterancestors()):
            continue
        strength = _strength(element)
        if not strength or element in signals.ancestors or signals.aside(element):
            continue
        found = read_element(element, document) or _said(element, told)
        if not found:
            continue
        agrees = any(names.fold(author.name) in wanted for author in found)
        if strength == 3 and _own_word(element):
            strength = 4
        if wanted and not agrees and (found := _said(element, told) or found):
            agrees = any(names.fold(author.name) in wanted for author in found)
        near = 0 < mark.place - signals.place <= FAR
        if named and not agrees and not (near and _overrules(strength, told, document)):
            continue  # boxes about people stand on pages of others
        taken = element
        rank = (int(agrees), strength, int(mark.place > signals.place))
        if best is None or rank > best[0]:
            best = (rank, _with_siblings(element, found, signals, document))
    return best[1] if best else None


def _overrules(strength: int, told: tuple[Author, ...], document: Document) -> bool:
    """Whether a byline that names others than the head does is the page's own: it says "by", or nobody sees those of
    the head."""
    return strength == 4 or (strength == 3 and not any(is_shown(author, document) for author in told))


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
    if re.search(r"reviewe[rd]|editor(?!ial)", words):
        return 0
    if "author" in (element.get("rel") or "") or element.get("itemprop") == "author":
        return 3
    if _WEAK.search(words) and not re.search(r"name|byline|(?:^|\s)fn(?:\s|$)", words):
        return 0
    return 3 if _STRONG.search(words) else 1


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
            if _is_others(one, element):
                continue
            if role := names.role_of(lines(one, MAX_BYLINE) or ""):
                authors[-1] = authors[-1].model_copy(update={"role": authors[-1].role or role})
            else:
                authors += read_element(one, document)
            elements.append(one)
        if others:
            break
    return Byline(names.unique(authors), "byline", tuple(elements))


def _is_others(element: HtmlElement, first: HtmlElement) -> bool:
    """Whether a second element like the byline is that of another publication, with its own "by" and day, or names
    those who reviewed it."""
    text = lines(element, MAX_BYLINE) or ""
    return names.is_review(text) or (
        names.has_label(text) and any(dates.find_all(text)) and names.has_label(lines(first, MAX_BYLINE) or "")
    )
