"""Which blocks of a page trafilatura chooses: it is given the page without what is known to be no body, and its text is
found again among the page's own blocks."""

import re
from collections.abc import Iterable
from copy import deepcopy

import trafilatura
from lxml import etree
from lxml.html import HtmlElement
from trafilatura import settings

from archive.extract.draft import Draft
from archive.extract.html import Document
from archive.extract.selector import number, query
from archive.extract.warnings import Warning

# trafilatura needs 14 s for 100,000 short paragraphs, and half a second for this many.
MAX_NODES = 30_000
MAX_LENGTH = 3_000_000  # characters: its last resort goes through a text of 10 million space by space, for 10 s
_IS_LONG = etree.XPath(f"string-length() > {MAX_LENGTH}")
_BESIDE_THE_TEXT = (
    "script", "style", "svg", "noscript", "template", "iframe", "canvas", "select", "img", "picture", "video", "audio",
    "source", "input", "textarea", "button", "link", "meta", "object", "embed",
)  # fmt: skip
_OF_WORDS = (
    "span", "b", "strong", "i", "em", "u", "font", "small", "time", "abbr", "sup", "sub", "label", "mark", "s", "big",
    "cite",
)  # fmt: skip
# Of the page's words outside links, and in letters: where trafilatura's own rules find so much, no other opinion is
# asked, which takes another quarter of the time and hardly ever differs.
CONVINCING = 0.5
CONVINCING_LEAST = 2_000
_SEEN = 24  # letters: fewer may stand in the chosen text by chance


# Nothing that holds for more than one page: comments are no body, and what it saw on other pages is none of its
# business. As "txt" it leaves the tree as it is; as "python" it would write a text that nobody reads.
_FAST = settings.Extractor(output_format="txt", fast=True, comments=False, dedup=False)
_WHOLE = settings.Extractor(output_format="txt", fast=False, comments=False, dedup=False)


def of_trafilatura(document: Document, drafts: list[Draft], left_out: Iterable[HtmlElement]) -> list[bool]:
    """Of every draft whether trafilatura chooses it; of none when it finds no text or the page is too large for it.
    `left_out` are the elements that were told to be no body before."""
    if _count(document.body) > MAX_NODES or _IS_LONG(document.body):
        document.warnings.append(Warning.TOO_MANY_NODES)
        return [False] * len(drafts)
    tree = _reduced(document.tree, left_out)
    unlinked = sum(len(draft.text) for draft in drafts if draft.linked < 0.5)
    letters = _extracted(tree, fast=True) if unlinked >= CONVINCING_LEAST else ""
    if len(letters) < max(CONVINCING_LEAST, CONVINCING * unlinked):
        letters = _extracted(tree, fast=False)
    return _among(drafts, letters)


def _extracted(tree: HtmlElement, fast: bool) -> str:
    """The letters of the text that trafilatura chooses, nothing between them; by its own rules alone, or held against
    those of readability and justext."""
    try:
        found = trafilatura.bare_extraction(tree, options=_FAST if fast else _WHOLE)
    except (ValueError, TypeError, AttributeError, LookupError, AssertionError, RecursionError, etree.LxmlError):
        return ""  # a page that it cannot read: the simple rule chooses, and the warning says so
    if not isinstance(found, settings.Document) or found.body is None:
        return ""
    return _letters(" ".join(map(str, found.body.itertext())))


def _reduced(tree: HtmlElement, left_out: Iterable[HtmlElement]) -> HtmlElement:
    """A copy of the page without what holds no words of the body: a third of the nodes, and the same choice in two
    thirds of the time. Headlines stay: trafilatura knows an article by them."""
    out = {element for element in left_out if next(element.iter("h1"), None) is None}
    copy = deepcopy(tree)
    tags = {element.tag for element in out}
    twins = zip(tree.iter(*tags), copy.iter(*tags), strict=True) if tags else ()
    for gone in [twin for element, twin in twins if element in out]:
        gone.drop_tree()
    etree.strip_elements(copy, *_BESIDE_THE_TEXT, with_tail=False)
    etree.strip_tags(copy, *_OF_WORDS)
    for empty in _EMPTY(copy):
        if empty.getparent() is not None:
            empty.drop_tree()
    return copy


_count = number("count(descendant::*)")
_EMPTY = query("descendant::*[not(*)][not(normalize-space())][not(self::br or self::hr or self::td or self::th)]")


def _letters(text: str) -> str:
    """The text without white space, and without the signs that trafilatura drops: marks of direction, joiners."""
    letters = "".join(text.split())
    return letters if letters.isascii() else _FORMAT.sub("", letters)


def _among(drafts: list[Draft], letters: str) -> list[bool]:
    """Which drafts trafilatura chose: their letters stand in its text, in order as far as they are short."""
    if not letters:
        return [False] * len(drafts)
    place = 0
    chosen = []
    for draft in drafts:
        parts = (
            [item.text for item in draft.items]
            if draft.items
            else ["".join(row) for row in draft.rows]
            if draft.rows
            else [draft.text]
        )
        hit = False
        for part in parts:
            own = _letters(part)
            if not own or draft.type == "image":
                continue
            if letters.startswith(own, place):
                at = place
            elif len(own) >= _SEEN:
                at = letters.find(own, place)
                if at < 0:
                    at = letters.find(own)
                if at < 0:  # a part of it was dropped: both ends count
                    at = letters.find(own[:40]) if len(own) > 60 else -1
                if at < 0 and len(own) > 60:
                    at = letters.find(own[-40:])
                    own = own[-40:] if at >= 0 else own
            else:
                at = letters.find(own, place, place + len(own) + 60) if len(own) > 4 else -1
            if at >= 0:
                place = at + len(own)
                hit = True
        chosen.append(hit)
    return chosen


_FORMAT = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+")
