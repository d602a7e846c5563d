"""The standfirst: the line or two under the title, where the page shows one. A meta description that nobody sees is
none."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.extract import dates, names
from archive.extract.html import plain
from archive.extract.signals import Signals, short_text
from archive.extract.title import fold

SHORTEST, LONGEST = 25, 700  # characters; the longest honest standfirst seen has 612
REACH = 40  # marked elements between the title and it: a byline, a share bar and a picture take about twenty
FEWEST_WORDS = 6  # a label or a section's name below a title has fewer
_HEADER = re.compile(
    r"(?:^|[\s_-])(?:page|entry|post|article|single|content)-?_?_?(?:header|hero|head|intro)(?:$|[\s_-])"
)
_CONTENT = re.compile(r"(?:^|\s)(?:entry|post|article|story|single)[_-]*(?:content|body|text)(?:\s|$)", re.IGNORECASE)
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_WRAPPERS = frozenset(["div", "section", "article", "main"])
_DISCLOSURE = re.compile(r"\baffiliate|qualifying purchases|\bsponsor(?:ed|s)\b|\bdisclosure\b", re.IGNORECASE)
_QUESTION = re.compile(r"[?؟]\s*$")
_LABEL = re.compile(r"[:：]\s*$")


@dataclass(frozen=True, slots=True)
class Standfirst:
    text: str | None = None
    source: str | None = None  # profile, element, paragraph
    element: HtmlElement | None = None  # none where it is the body's own first paragraph, and stays there


def read(
    chosen: Iterable[tuple[HtmlElement, str]],
    body: HtmlElement | None,
    signals: Signals,
    title: str | None,
) -> Standfirst:
    """`chosen` are the profile's own elements with their text, `body` the element that the profile calls the body."""
    for element, text in chosen:
        if text := plain(text):
            return Standfirst(text, "profile", element)
    for mark in signals.standfirsts[:60]:
        text = short_text(mark.element, LONGEST) or ""
        near = 0 <= mark.place - signals.place <= REACH and mark.element.tag not in ("a", "li", "button", "label")
        if near and len(text) >= SHORTEST and fold(text) != fold(title or "") and not _elsewhere(mark.element, signals):
            if not _in_content(mark.element, signals):
                return Standfirst(text, "element", mark.element)
            if mark.element.tag not in _HEADINGS:
                return Standfirst(text, "paragraph")
    below = _below_title(signals)
    if below.text and fold(below.text) != fold(title or ""):
        return below
    return _bold_paragraph(body if body is not None else next((mark.element for mark in signals.bodies), None))


def _elsewhere(element: HtmlElement, signals: Signals) -> bool:
    return element in signals.ancestors or signals.aside(element)


def _in_content(element: HtmlElement, signals: Signals) -> bool:
    """Whether it stands among the body's words. A heading there is one of a section."""
    return any(
        _CONTENT.search(ancestor.get("class") or "") and ancestor not in signals.ancestors
        for ancestor in element.iterancestors()
    )


def _below_title(signals: Signals) -> Standfirst:
    """A sentence right below the title, in the page's header where no paragraph of the body stands."""
    title = signals.title
    header = title.getparent() if title is not None else None
    if title is None or header is None or not (header.tag in ("header", "hgroup") or _HEADER.search(_classes(header))):
        return Standfirst()
    for element in title.itersiblings():
        if element.tag not in ("p", "h2", "h3", "h4") or len(list(element.iter("a"))) > 1:
            continue
        text = short_text(element, LONGEST) or ""
        if (
            len(text.split()) >= FEWEST_WORDS
            and not _DISCLOSURE.search(text)
            and not names.has_label(text)
            and not any(dates.find_all(text[:60]))
        ):
            return Standfirst(text, "element", element)
    return Standfirst()


def _classes(element: HtmlElement) -> str:
    return (element.get("class") or "").lower()


def _bold_paragraph(body: HtmlElement | None) -> Standfirst:
    """A first paragraph that is wholly bold, with plain ones behind it: how editors write a standfirst where the theme
    has no place for one. It is the text's own beginning too: of 18 such pages the truth of all had it in the text."""
    while body is not None:
        children = [
            child
            for child in body
            if isinstance(child.tag, str)
            and child.tag not in ("script", "style")
            and (child.tag in ("img", "figure", "hr") or _has_text(child))
        ]
        children = [child for child in children if child.tag not in ("img", "figure", "hr")]
        if children and children[0].tag in _WRAPPERS:
            body = children[0]
            continue
        if (
            len(children) < 2
            or children[0].tag != "p"
            or children[1].tag not in ("p", "h2", "h3", "div", "ul", "figure", "blockquote")
        ):
            return Standfirst()
        text = short_text(children[0], LONGEST) or ""
        if (
            len(text) >= SHORTEST
            and _is_bold(children[0])
            and not _QUESTION.search(text)
            and not _LABEL.search(text)
            and not _all_bold(children[1:4])
        ):
            return Standfirst(text, "paragraph")
        return Standfirst()
    return Standfirst()


def _has_text(element: HtmlElement) -> bool:
    return any(piece.strip() for piece in element.itertext())


def _is_bold(paragraph: HtmlElement) -> bool:
    """Whether all its text stands in <strong> or <b>."""
    if (paragraph.text or "").strip():
        return False
    for child in paragraph:
        if (child.tail or "").strip():
            return False
        if (
            child.tag not in ("strong", "b", "br")
            and _has_text(child)
            and not (child.tag in ("em", "i", "span") and _is_bold(child))
        ):
            return False
    return any(child.tag in ("strong", "b") or _is_bold(child) for child in paragraph)


def _all_bold(elements: list[HtmlElement]) -> bool:
    """A page whose paragraphs are all bold has no standfirst."""
    return all(element.tag == "p" and _is_bold(element) for element in elements)
