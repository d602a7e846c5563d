"""The part of a page that holds the body, and what of it belongs there: chosen blocks, and those that were wrongly
dropped among them."""

import re

from lxml.html import HtmlElement

from archive.extract.draft import Draft
from archive.extract.html import Document
from archive.institutes.urls import host

# Of the chosen text: the body's container is the innermost element that holds so much.
CONTAINER_SHARE = 0.8
# Of the chosen text: so much of it stands directly in the container where that is prose, not a stack of sections.
PROSE_SHARE = 0.6
# Characters of a paragraph that may stand before the first chosen one: a byline, a date or a label is shorter.
LEAD_LEAST = 60
LEAD_LINKED = 0.3
# A part without any chosen block that is the text's own for its length alone, and the share of it that may be links.
DENSE_LEAST = 500
DENSE_LINKED = 0.1


def of(drafts: list[Draft], chosen: list[bool], body: HtmlElement) -> HtmlElement:
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


def with_twins(container: HtmlElement, drafts: list[Draft], chosen: list[bool]) -> list[HtmlElement]:
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


def around(drafts: list[Draft], chosen: list[bool], container: HtmlElement, site: str) -> list[Draft]:
    """The chosen drafts of the container, and those that were wrongly dropped: put back where they stand among chosen
    ones, and before the first and after the last only beside them. `site` is the page's own host."""
    inside = [
        index
        for index, draft in enumerate(drafts)
        if container is draft.element or container in draft.element.iterancestors()
    ]
    hits = [index for index in inside if chosen[index]]
    if not hits:
        return []
    surroundings = _Surroundings(drafts, inside, hits, container)
    kept = []
    for index in inside:
        draft = drafts[index]
        if not chosen[index]:
            among = hits[0] < index < hits[-1]
            links = draft.linked > 0.5 and draft.type != "image"
            if links and (index < hits[0] or not _leads_away(draft, container, site, among)):
                continue
            if not surroundings.holds(draft, before=index < hits[0], among=among):
                continue
        kept.append(draft)
    return kept


def _leads_away(draft: Draft, container: HtmlElement, site: str, among: bool) -> bool:
    """Of a block of links: a heading among paragraphs is the text's own, and so is a list that leads to other sites,
    also behind them, where sources stand. What leads to the same site is a card or a menu."""
    if draft.type == "heading":
        return among
    if not among and draft.type != "list":
        return False
    return draft.element.getparent() is container and all(host(url) != site for url, _, _ in draft.links)


class _Surroundings:
    """Where chosen blocks stand in a container, and so what else is the text's."""

    def __init__(self, drafts: list[Draft], inside: list[int], hits: list[int], container: HtmlElement) -> None:
        self._container = container
        self._drafts = [drafts[index] for index in inside]
        # Elements that hold a chosen draft: what lies in one of them stands among the body's words.
        self._territory: set[HtmlElement] = set()
        for index in hits:
            for element in (drafts[index].element, *drafts[index].element.iterancestors()):
                if element is container or element in self._territory:
                    break
                self._territory.add(element)
        self._parents = {drafts[index].element.getparent() for index in hits} | {
            drafts[index].element for index in hits if drafts[index].element.tag == "div"
        }
        # Where the container's own children are the paragraphs, other children among them are the text's too: rows of
        # divs, timelines, boxes. Where they are sections, a section without a chosen word is left out.
        self._dense: dict[HtmlElement, bool] = {}
        own = sum(len(drafts[index].text) for index in hits if drafts[index].element.getparent() is container)
        self._is_prose = own >= PROSE_SHARE * sum(len(drafts[index].text) for index in hits)

    def holds(self, draft: Draft, before: bool, among: bool) -> bool:
        """Whether a block that was not chosen is the text's; where it stands before the first chosen one, or among
        them."""
        element = draft.element
        if draft.type == "image":  # stands where its figure stands
            element = next(element.iterancestors("figure"), element)
        parent = element.getparent()
        if parent in self._parents or self._in_accordion(draft.element):
            return True
        top = _top(draft.element, self._container)
        if draft.type != "image" and self._lies_in(draft.element, _GALLERY):
            return False  # a slider's counters, buttons and second captions
        if among:
            return (
                top in self._territory
                or parent is self._container
                or (self._is_prose and _is_plain(top))
                or self._is_dense(top)
            )
        return before and self._is_prose and len(draft.text) > LEAD_LEAST and _is_plain(top)

    def _in_accordion(self, element: HtmlElement) -> bool:
        """Parts that open at a click are hidden, and trafilatura drops what is hidden."""
        return self._lies_in(element, _ACCORDION) or next(element.iterancestors("details"), None) is not None

    def _lies_in(self, element: HtmlElement, classes: re.Pattern[str]) -> bool:
        """Whether a part of the container around the element has such a class."""
        for ancestor in element.iterancestors():
            if ancestor is self._container:
                return False
            if classes.search(ancestor.get("class") or ""):
                return True
        return False

    def _is_dense(self, top: HtmlElement) -> bool:
        """A part with much to say and few links: nobody advertises at such length. The captions of a gallery are as
        long."""
        if top not in self._dense:
            own = [draft for draft in self._drafts if draft.element is top or top in draft.element.iterancestors()]
            length = sum(len(draft.text) for draft in own if draft.type != "image")
            links = sum(draft.linked * len(draft.text) for draft in own)
            self._dense[top] = (
                length >= DENSE_LEAST
                and links < DENSE_LINKED * length
                and not any(_GALLERY.search(part.get("class") or "") for part in top.iter("div", "ul", "section"))
            )
        return self._dense[top]


_ACCORDION = re.compile(
    r"(?:^|[\s_-])(?:accordions?|collaps(?:e|ed|ible)|faqs?|toggles?|expand(?:able|er)s?)(?:$|[\s_-])", re.IGNORECASE
)
_GALLERY = re.compile(r"gallery|carousel|slider|slide-?show|swiper", re.IGNORECASE)
_NO_LEAD = re.compile(r"(?:^|[\s_-])(?:bio|meta|byline|author|disclo\w+|disclaim\w+)(?:$|[\s_-])|Disclo", re.IGNORECASE)


def lead(drafts: list[Draft], chosen: list[bool], container: HtmlElement, document: Document) -> list[Draft]:
    """Chosen paragraphs between the headline and the container: themes set the first ones apart."""
    first = next(
        (
            i
            for i, draft in enumerate(drafts)
            if container is draft.element or container in draft.element.iterancestors()
        ),
        0,
    )
    found = [
        draft
        for draft, hit in zip(drafts[:first], chosen, strict=False)
        if hit and draft.type in ("paragraph", "list") and len(draft.text) > LEAD_LEAST and draft.linked < LEAD_LINKED
    ]
    if not found:
        return []
    headline = max((document.place(h1) for h1 in document.body.iter("h1")), default=0)
    return [
        draft
        for draft in found
        if headline < document.place(draft.element) < document.place(container)
        and not any(_NO_LEAD.search(node.get("class") or "") for node in draft.element.iterancestors())
    ]


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
