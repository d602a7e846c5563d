"""The lines of text around an element, as readers see them: pieces of text between the borders of blocks."""

from collections.abc import Iterator

from lxml.html import HtmlElement

_HIDDEN = frozenset(["script", "style", "noscript", "template", "svg", "select", "option", "button", "iframe"])
_INLINE = frozenset(
    [
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "date", "del", "dfn", "em", "font",
        "i", "ins", "kbd", "label", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "time", "tt", "u",
        "var", "wbr",
    ]
)  # fmt: skip

Step = tuple[str, HtmlElement] | None  # a piece of text with the element that it stands in, or the border of a block
Line = list[tuple[str, HtmlElement]]


def inside(element: HtmlElement) -> Iterator[Line]:
    """The lines of an element."""
    return _lines(_inside(element))


def after(element: HtmlElement) -> Iterator[Line]:
    """The lines that follow an element, to the end of the page."""
    return _lines(_after(element))


def before(element: HtmlElement, levels: int) -> Iterator[Line]:
    """The lines before an element in its next `levels` ancestors, the nearest first."""
    return (line[::-1] for line in _lines(_before(element, levels)))


def pieces_before(element: HtmlElement, levels: int) -> Iterator[tuple[str, HtmlElement]]:
    """The same piece by piece."""
    return (step for step in _before(element, levels) if step is not None)


def common(run: Line) -> HtmlElement | None:
    """The innermost element that holds all of a line."""
    node: HtmlElement | None = run[0][1]
    for _, element in run[1:]:
        around = {element, *element.iterancestors()}
        while node is not None and node not in around:
            node = node.getparent()
    return node


def _lines(steps: Iterator[Step]) -> Iterator[Line]:
    """The pieces of text between the borders of blocks: what readers see as one line."""
    run: Line = []
    for step in steps:
        if step is not None:
            run.append(step)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _inside(node: HtmlElement) -> Iterator[Step]:
    if not isinstance(node.tag, str) or node.tag in _HIDDEN:
        return
    is_block = node.tag not in _INLINE
    if is_block:
        yield None
    if node.text and not node.text.isspace():
        yield node.text, node
    for child in node:
        yield from _inside(child)
        if child.tail and not child.tail.isspace():
            yield child.tail, node
    if is_block:
        yield None


def _after(node: HtmlElement) -> Iterator[Step]:
    """What follows an element, to the end of the page."""
    parent = node.getparent()
    while parent is not None:
        if node.tag not in _INLINE:
            yield None
        if node.tail and not node.tail.isspace():
            yield node.tail, parent
        for sibling in node.itersiblings():
            yield from _inside(sibling)
            if sibling.tail and not sibling.tail.isspace():
                yield sibling.tail, parent
        node, parent = parent, parent.getparent()


def _backwards(node: HtmlElement) -> Iterator[Step]:
    if not isinstance(node.tag, str) or node.tag in _HIDDEN:
        return
    is_block = node.tag not in _INLINE
    if is_block:
        yield None
    for child in node.iterchildren(reversed=True):
        if child.tail and not child.tail.isspace():
            yield child.tail, node
        yield from _backwards(child)
    if node.text and not node.text.isspace():
        yield node.text, node
    if is_block:
        yield None


def _before(node: HtmlElement, levels: int) -> Iterator[Step]:
    """What stands before an element in its next `levels` ancestors, the nearest first."""
    parent = node.getparent()
    for _ in range(levels):
        if parent is None or parent.tag in ("body", "html"):
            return
        if node.tag not in _INLINE:
            yield None
        for sibling in node.itersiblings(preceding=True):
            if sibling.tail and not sibling.tail.isspace():
                yield sibling.tail, parent
            yield from _backwards(sibling)
        if parent.text and not parent.text.isspace():
            yield parent.text, parent
        node, parent = parent, parent.getparent()
