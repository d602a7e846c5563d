"""A block in the making, and a part that was left out: what the walk over the page hands on."""

from dataclasses import dataclass, field
from typing import Literal

from lxml.html import HtmlElement

from archive.extract.boilerplate import Sort
from archive.extract.run import Place

BlockType = Literal[
    "heading", "paragraph", "list", "quote", "pullquote", "question", "answer", "table", "image", "footnote"
]


@dataclass(slots=True, eq=False)
class Draft:
    """A block that still knows its element and how it was set."""

    type: BlockType
    element: HtmlElement
    text: str
    links: list[Place] = field(default_factory=list)
    level: int | None = None
    items: list[tuple[str, int, bool]] | None = None  # text, depth, ordered
    rows: list[list[str]] | None = None
    header_rows: int | None = None
    cite: str | None = None
    mark: str | None = None
    speaker: str | None = None
    url: str | None = None
    alt: str | None = None
    caption: str | None = None
    credit: str | None = None
    bold: bool = False  # all of it
    italic: bool = False  # all of it
    lead: str = ""  # the bold words that it begins with

    @property
    def linked(self) -> float:
        """The share of its characters that are links."""
        return sum(end - start for _, start, end in self.links) / len(self.text) if self.text else 0.0

    def cut(self, length: int) -> None:
        """Take the first characters off: a mark, or a speaker's label."""
        self.text, self.links = without_start(self.text, self.links, length)


@dataclass(frozen=True, slots=True)
class Aside:
    """A part that was left out of the body: what it is, and its element."""

    sort: Sort
    element: HtmlElement


def without_start(text: str, links: list[Place], length: int) -> tuple[str, list[Place]]:
    """Text and links without the first characters."""
    return text[length:], [(url, max(0, start - length), end - length) for url, start, end in links if end > length]
