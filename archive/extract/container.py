"""The part of a page that holds the body, and what of it belongs there: chosen blocks, and those that were wrongly
dropped among them."""

from lxml.html import HtmlElement

from archive.extract.draft import Draft

# Of the chosen text: the body's container is the innermost element that holds so much.
CONTAINER_SHARE = 0.8
# Of the chosen text: so much of it stands directly in the container where that is prose, not a stack of sections.
PROSE_SHARE = 0.6


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


def around(drafts: list[Draft], chosen: list[bool], container: HtmlElement) -> list[Draft]:
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
