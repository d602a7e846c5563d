"""How much running text an element holds: what tells a body from a box, whatever their classes say."""

from lxml.html import HtmlElement

from archive.extract.boilerplate import Sort, of_element
from archive.extract.selector import number

# Of a page's running text: a part that holds more is no boilerplate, whatever its class says.
LARGE_SHARE = 0.4
LARGE_LEAST = 200
_SENTENCE = 60  # characters: shorter pieces are labels
_NO_RUNNING_TEXT = frozenset(
    (
        "script",
        "style",
        "svg",
        "noscript",
        "template",
        "iframe",
        "canvas",
        "select",
        "a",
        "textarea",
        "option",
        "button",
    )
)


_length = number("string-length(.)")


class Large:
    """Tells whether an element holds too much of the page's running text to be boilerplate. Comments may hold as much
    as they like."""

    def __init__(self, body: HtmlElement) -> None:
        self._body = body
        self._total = -1

    def __call__(self, element: HtmlElement) -> bool:
        if _length(element) < LARGE_LEAST:
            return False
        own = running_text(element)
        if own < LARGE_LEAST or of_element(element) is Sort.COMMENTS:
            return False
        if self._total < 0:
            self._total = running_text(self._body)
        return own > LARGE_SHARE * self._total


def running_text(element: HtmlElement) -> int:
    """Characters outside links, in pieces that are long enough to be sentences."""
    length = 0
    for part in element.iter():
        tag = part.tag
        if tag not in _NO_RUNNING_TEXT and part.text and len(part.text) > _SENTENCE:
            length += len(part.text)
        if part.tail and len(part.tail) > _SENTENCE:
            length += len(part.tail)
    return length


def elsewhere(element: HtmlElement, found: list[HtmlElement]) -> int:
    """The running text outside of these elements and of all boilerplate."""
    length = 0
    for child in element:
        if isinstance(child.tag, str) and child not in found and of_element(child) is None:
            if child.text and len(child.text) > _SENTENCE and child.tag not in _NO_RUNNING_TEXT:
                length += len(child.text)
            length += elsewhere(child, found)
        if child.tail and len(child.tail) > _SENTENCE:
            length += len(child.tail)
    return length
