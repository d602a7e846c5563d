"""Which nodes of a page are the body: the profile's selector, else trafilatura's choice mapped back to the page, else
the densest part."""

import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Literal

import trafilatura
from lxml import etree
from lxml.html import HtmlElement
from trafilatura import settings

from archive.extract.boilerplate import Sort, of_element
from archive.extract.draft import Aside, Draft
from archive.extract.html import Document
from archive.extract.serializer import Serializer
from archive.extract.warnings import Warning
from archive.institutes.profile import FieldRule, Profile

# trafilatura needs 14 s for 100,000 short paragraphs, and half a second for this many.
MAX_NODES = 30_000
# Of a page's paragraphs: a part that holds more is no boilerplate, whatever its class says.
LARGE_SHARE = 0.4
LARGE_LEAST = 200
# Of the chosen text: the body's container is the innermost element that holds so much.
CONTAINER_SHARE = 0.8
# Of the chosen text: so much of it stands directly in the container where that is prose, not a stack of sections.
PROSE_SHARE = 0.6
# What a profile's rule points at is not believed to be the body where so many times as much running text, and at least
# so many characters, stand on the page outside of it and of all boilerplate. Of 150 pages on which a rule of the
# platform held, seven were so, and each of these rules had found a card. A short statement above long cards is
# believed.
BESIDE = 20
BESIDE_LEAST = 5_000
BESIDE_MOST = 30_000  # of more text than a twentieth of this no question is asked
# A choice that leaves out more than this many times its own length of unlinked paragraphs is none.
TOO_LITTLE = 4
_BESIDE_THE_TEXT = ("script", "style", "svg", "noscript", "template", "iframe", "canvas", "select")
_NOT_WORDS = re.compile(r"[\W_]+")
_SEEN_BY_TRAFILATURA = 24  # letters: fewer may stand in the chosen text by chance


@dataclass(frozen=True, slots=True)
class Body:
    """The drafts of the body's blocks in order, what was left out beside them, and the elements that hold them."""

    drafts: list[Draft]
    asides: list[Aside]
    roots: list[HtmlElement]
    source: Literal["profile", "trafilatura", "density"]


def choose(document: Document, profile: Profile, captured_on: date, consumed: Iterable[HtmlElement] = ()) -> Body:
    """The body of a page. `consumed` are elements that fields were read from; they are no part of it."""
    consumed = [element for element in consumed if element is not document.body]
    roots = by_profile(document, profile, captured_on)
    if roots:
        dropped = [
            found
            for rule in rules(profile, "drop", captured_on)
            for root in roots
            for found in document.select(rule.select, root)
        ]
        serializer = Serializer(
            document, [*consumed, *(found for found in dropped if found not in roots)], _Large(document.body)
        )
        for root in roots:
            serializer.walk(root)
        _overfull(serializer, document)
        return Body(serializer.drafts, serializer.asides, roots, "profile")
    dropped = [found for rule in rules(profile, "drop", captured_on) for found in document.select(rule.select)]
    serializer = Serializer(document, [*consumed, *dropped], _Large(document.body)).walk(document.body)
    _overfull(serializer, document)
    drafts = serializer.drafts
    chosen = _chosen(drafts, _by_trafilatura(document))
    dense = [
        draft.type in ("paragraph", "list", "quote", "table") and draft.linked < 0.5 and len(draft.text) > 80
        for draft in drafts
    ]
    if any(chosen) and _weight(drafts, chosen) * TOO_LITTLE >= _weight(drafts, dense):
        containers = _with_twins(_container(drafts, chosen, document.body), drafts, chosen)
        kept = [draft for container in containers for draft in _around(drafts, chosen, container)]
        return Body(kept, serializer.asides, containers, "trafilatura")
    if not any(draft.text for draft in drafts):
        return Body([], serializer.asides, [document.body], "density")
    document.warnings.append(Warning.BODY_FALLBACK)
    if not any(dense):
        dense = [draft.linked < 0.5 for draft in drafts]
    container = _container(drafts, dense, document.body)
    return Body(_around(drafts, dense, container), serializer.asides, [container], "density")


def rules(profile: Profile, field: str, captured_on: date) -> list[FieldRule]:
    """The profile's rules of a field that hold for a capture of that day, in order."""
    return [rule for rule in profile.fields if rule.field == field and rule.holds(captured_on)]


def by_profile(document: Document, profile: Profile, captured_on: date) -> list[HtmlElement]:
    """What the profile's `body` rules point at: the longest match of the first rule that finds words, and those of its
    siblings that match too. An element without words is the body only where no rule finds any."""
    empty: list[HtmlElement] = []
    for rule in rules(profile, "body", captured_on):
        matches = document.select(rule.select)
        found = [element for element in matches if any(text.strip() for text in element.itertext())]
        if len(found) > 1:
            outermost = [
                element for element in found if not any(ancestor in found for ancestor in element.iterancestors())
            ]
            longest = max(outermost, key=lambda element: len("".join(element.itertext())))
            found = [element for element in outermost if element.getparent() is longest.getparent()]
        if found and _is_beside(found, document.body):
            document.warnings.append(Warning.BODY_DOUBTED)
        elif found:
            return found
        else:
            empty = empty or matches[:1]
    if empty and _is_beside(empty, document.body):
        document.warnings.append(Warning.BODY_DOUBTED)
    return [] if Warning.BODY_DOUBTED in document.warnings else empty


def _is_beside(found: list[HtmlElement], body: HtmlElement) -> bool:
    """Whether what a rule points at is the text of cards or of a box, and the publication's own stands elsewhere."""
    enough = BESIDE * sum(map(_running_text, found))
    return enough < BESIDE_MOST and max(enough, BESIDE_LEAST) < _elsewhere(body, found)


def _elsewhere(element: HtmlElement, found: list[HtmlElement]) -> int:
    """The running text outside of these elements and of all boilerplate."""
    length = 0
    for child in element:
        if isinstance(child.tag, str) and child not in found and of_element(child) is None:
            if child.text and len(child.text) > 60 and child.tag not in _NO_RUNNING_TEXT:
                length += len(child.text)
            length += _elsewhere(child, found)
        if child.tail and len(child.tail) > 60:
            length += len(child.tail)
    return length


def _weight(drafts: list[Draft], chosen: list[bool]) -> int:
    return sum(len(draft.text) for draft, hit in zip(drafts, chosen, strict=True) if hit)


def _overfull(serializer: Serializer, document: Document) -> None:
    if serializer.overfull:
        document.warnings.append(Warning.TOO_MANY_BLOCKS)


class _Large:
    """Tells whether an element holds too much of the page's running text to be boilerplate. Comments may hold as much
    as they like."""

    def __init__(self, body: HtmlElement) -> None:
        self._body = body
        self._total = -1

    def __call__(self, element: HtmlElement) -> bool:
        own = _running_text(element)
        if own < LARGE_LEAST or of_element(element) is Sort.COMMENTS:
            return False
        if self._total < 0:
            self._total = _running_text(self._body)
        return own > LARGE_SHARE * self._total


def _running_text(element: HtmlElement) -> int:
    """Characters outside links, in pieces that are long enough to be sentences."""
    length = 0
    for part in element.iter():
        tag = part.tag
        if tag not in _NO_RUNNING_TEXT and part.text and len(part.text) > 60:
            length += len(part.text)
        if part.tail and len(part.tail) > 60:
            length += len(part.tail)
    return length


_NO_RUNNING_TEXT = frozenset((*_BESIDE_THE_TEXT, "a", "textarea", "option", "button"))


def _by_trafilatura(document: Document) -> str:
    """The letters of the text that trafilatura chooses, nothing between them; empty when it finds none or the page is
    too large for it."""
    if sum(1 for _ in document.body.iter()) > MAX_NODES:
        document.warnings.append(Warning.TOO_MANY_NODES)
        return ""
    tree = deepcopy(document.tree)
    etree.strip_elements(tree, *_BESIDE_THE_TEXT, with_tail=False)
    try:
        found = trafilatura.bare_extraction(tree, with_metadata=False, include_comments=False, deduplicate=False)
    except (ValueError, TypeError, AttributeError, LookupError, AssertionError, RecursionError, etree.LxmlError):
        return ""  # a page that it cannot read: the simple rule chooses, and the warning says so
    if not isinstance(found, settings.Document) or found.body is None:
        return ""
    return _letters(" ".join(map(str, found.body.itertext())))


def _letters(text: str) -> str:
    return _NOT_WORDS.sub("", text)


def _chosen(drafts: list[Draft], letters: str) -> list[bool]:
    """Which drafts trafilatura chose: their letters stand in its text, in order as far as they are short."""
    if not letters:
        return [False] * len(drafts)
    place = 0
    chosen = []
    for draft in drafts:
        parts = (
            [text for text, _, _ in draft.items]
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
            elif len(own) >= _SEEN_BY_TRAFILATURA:
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


def _container(drafts: list[Draft], chosen: list[bool], body: HtmlElement) -> HtmlElement:
    """The innermost element that holds most of the chosen text."""
    weights: dict[HtmlElement, int] = {}
    total = 0
    for draft, hit in zip(drafts, chosen, strict=True):
        if hit:
            weight = len(draft.text)
            total += weight
            for element in (draft.element, *draft.element.iterancestors()):
                weights[element] = weights.get(element, 0) + weight
    container = body
    while True:
        inner = next((child for child in container if weights.get(child, 0) >= CONTAINER_SHARE * total), None)
        if inner is None or inner.tag in ("p", "ul", "ol", "table", "blockquote"):
            return container
        container = inner


def _with_twins(container: HtmlElement, drafts: list[Draft], chosen: list[bool]) -> list[HtmlElement]:
    """The container with those of the same article that are set as it is: long texts are cut into parts, with
    advertisements between them. The paragraphs of the others count as chosen."""
    article = next(container.iterancestors("article"), None)
    classes = container.get("class")
    if article is None or not classes:
        return [container]
    twins = [found for found in article.iter(container.tag) if found.get("class") == classes]
    if len(twins) == 1 or any(twin in other.iterancestors() for twin in twins for other in twins):
        return [container]
    for index, draft in enumerate(drafts):
        if not chosen[index] and draft.linked < 0.5 and len(draft.text) > 80:
            ancestors = set(draft.element.iterancestors())
            chosen[index] = any(twin in ancestors for twin in twins)
    return twins


def _around(drafts: list[Draft], chosen: list[bool], container: HtmlElement) -> list[Draft]:
    """The chosen drafts of the container, and those that were wrongly dropped: put back where they stand among chosen
    ones,
    and before the first and after the last only beside them."""
    inside = [
        index
        for index, draft in enumerate(drafts)
        if container is draft.element or container in draft.element.iterancestors()
    ]
    hits = [index for index in inside if chosen[index]]
    if not hits:
        return []
    # Elements that hold a chosen draft: what lies in one of them stands among the body's words.
    territory: set[HtmlElement] = set()
    for index in hits:
        for element in (drafts[index].element, *drafts[index].element.iterancestors()):
            if element is container or element in territory:
                break
            territory.add(element)
    parents = {drafts[index].element.getparent() for index in hits} | {
        drafts[index].element for index in hits if drafts[index].element.tag == "div"
    }
    # Where the container's own children are the paragraphs, other children among them are the text's too: rows of divs,
    # timelines, boxes. Where they are sections, a section without a chosen word is left out.
    own = sum(len(drafts[index].text) for index in hits if drafts[index].element.getparent() is container)
    is_prose = own >= PROSE_SHARE * sum(len(drafts[index].text) for index in hits)
    kept = []
    for index in inside:
        draft = drafts[index]
        if chosen[index]:
            kept.append(draft)
            continue
        parent = draft.element.getparent()
        beside = parent in parents
        top = _top(draft.element, container)
        among = hits[0] < index < hits[-1] and (
            beside or top in territory or parent is container or (is_prose and _is_plain(top))
        )
        if draft.linked > 0.5 and draft.type != "image" and not (draft.type == "heading" and among):
            continue
        if among or beside:
            kept.append(draft)
    return kept


def _is_plain(element: HtmlElement) -> bool:
    """An element of words alone. Cards, advertisements and sign-up boxes have a link, a picture or a script."""
    return next(element.iter(*_OF_BOXES), None) is None


_OF_BOXES = ("a", "img", "button", "iframe", "script", "ins", "input", "video", "svg")


def _top(element: HtmlElement, container: HtmlElement) -> HtmlElement:
    """The child of the container that the element lies in."""
    top = element
    for ancestor in element.iterancestors():
        if ancestor is container:
            break
        top = ancestor
    return top
