"""The lines of a case file's text: one for each block, table cell and <br>, each with the element that it stands in,
so that labels find their values and dates their events by where they stand."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.extract.page import Block

MAX_LINES = 20_000
MAX_DEPTH = 200
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = HEADINGS | frozenset((
    "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "table", "caption", "tbody", "thead", "tfoot", "tr", "td", "th",
    "section", "article", "aside", "figure", "blockquote", "details", "summary", "header", "footer", "main", "address",
    "pre", "hr", "button",
))  # fmt: skip
_SKIPPED = frozenset(("script", "style", "noscript", "template", "svg", "figcaption", "form", "nav"))
_INLINE = frozenset(("span", "strong", "b", "em", "i", "label", "time", "u"))


@dataclass(frozen=True, slots=True)
class Line:
    """White space is one space, none at the ends."""

    text: str
    element: HtmlElement | None = None  # the innermost block that it stands in; null for a line of a written block
    level: int = 0  # of the heading that it stands in, 0 outside
    bold: str = ""  # what stands bold at its beginning
    part: bool = False  # whether a bold label inside its paragraph ends or begins it

    def row(self, container: HtmlElement) -> HtmlElement | None:
        """The child of `container` that the line stands in; null where it stands in none."""
        element = self.element
        while element is not None and element.getparent() is not container:
            element = element.getparent()
        return element

    def inside(self, *tags: str) -> HtmlElement | None:
        """The nearest element of these tags that the line stands in."""
        if self.element is None or self.element.tag in tags:
            return self.element
        return next(self.element.iterancestors(*tags), None)


def of_elements(
    elements: Iterable[HtmlElement], labels: Collection[str] = (), skipped: Collection[HtmlElement] = ()
) -> list[Line]:
    """The lines of these elements, in order. An inline element whose words are one of `labels` (folded) is a line of
    its own where another element follows it: `<span>Court</span><span>…</span>`."""
    walk = _Walk(labels, skipped)
    for element in elements:
        walk.down(element)
        walk.end()
    return walk.lines[:MAX_LINES]


def of_blocks(blocks: Sequence[Block]) -> Iterator[Line]:
    """The lines of written blocks, for want of elements."""
    for block in blocks:
        for text in re.split(r"[\n\t]", block.text):
            if tidied := tidy(text):
                yield Line(tidied, level=(block.level or 2) if block.type == "heading" else 0)


def common(elements: Iterable[HtmlElement]) -> HtmlElement | None:
    """The innermost element that holds all of these, or is the only one."""
    shared: list[HtmlElement] | None = None
    for element in elements:
        chain = [*reversed([*element.iterancestors()]), element]
        shared = chain if shared is None else [one for one, other in zip(shared, chain, strict=False) if one is other]
    return shared[-1] if shared else None


def tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def fold(text: str) -> str:
    """A label as it is compared: lower case, Arabic letters folded, no marks, no punctuation, and no
    ending that may be left out: "Claimant(s)", «المدعي/ة», «المدعى عليه(م)»."""
    text = re.sub("[\u064b-\u0652\u0640\u200e\u200f]", "", text.casefold()).translate(str.maketrans("أإآىة", "ااايه"))
    text = re.sub(r"(?<=\w)[(/]\w{1,3}\)?(?!\w)", "", re.sub("[#№]", " no ", text))
    return " ".join(re.sub(r"[\W_]+", " ", text).split())


class _Walk:
    """Collects the lines of a tree."""

    def __init__(self, labels: Collection[str], skipped: Collection[HtmlElement]) -> None:
        self.lines: list[Line] = []
        self._labels, self._skipped = labels, skipped
        self._pieces: list[str] = []
        self._bold = ""
        self._part = False
        self._blocks: list[HtmlElement] = []

    def end(self) -> None:
        text = tidy("".join(self._pieces))
        if text:
            element = self._blocks[-1] if self._blocks else None
            level = next((int(block.tag[1]) for block in reversed(self._blocks) if block.tag in HEADINGS), 0)
            self.lines.append(Line(text, element, level, self._bold, self._part))
        self._pieces, self._bold = [], ""

    def down(self, element: HtmlElement, depth: int = 0) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in _SKIPPED or depth > MAX_DEPTH or element in self._skipped:
            return
        # What is walked from is a block whatever its tag: its lines stand in it.
        block = tag in _BLOCKS or not self._blocks
        if block or tag == "br":
            self.end()
        if block:
            self._blocks.append(element)
            self._part = False
        elif tag in ("strong", "b") and self._is_label_with_colon(element):
            self._part = self._part or bool("".join(self._pieces).strip())
            self.end()
        if tag in ("strong", "b") and not "".join(self._pieces).strip():
            self._bold = tidy("".join(element.itertext()))
        self._pieces.append(element.text or "")
        for child in element:
            self.down(child, depth + 1)
            self._pieces.append(child.tail or "")
        if block:
            self.end()
            self._blocks.pop()
            self._part = False
        elif tag in _INLINE and self._is_label_before_another(element):
            self.end()

    def _is_label_with_colon(self, element: HtmlElement) -> bool:
        """ "… High Court <strong>Status:</strong> Pending": a paragraph of bold labels is a line for each."""
        text = tidy("".join(element.itertext()))
        colon = text.endswith((":", "：")) or (element.tail or "").lstrip()[:1] in (":", "：")
        return colon and bool(text) and fold(text) in self._labels

    def _is_label_before_another(self, element: HtmlElement) -> bool:
        following = element.getnext()
        if following is None or (element.tail or "").strip() or following.tag not in _INLINE:
            return False
        text = tidy("".join(self._pieces))
        return bool(text) and fold(text) in self._labels
