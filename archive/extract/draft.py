"""A block in the making, and a part that was left out: what the walk over the page hands on."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from lxml.html import HtmlElement

from archive.extract.boilerplate import Sort
from archive.extract.run import Place

BlockType = Literal[
    "heading", "paragraph", "list", "quote", "pullquote", "question", "answer", "table", "definitions", "image",
    "footnote",
]  # fmt: skip


class Item(NamedTuple):
    """One item of a list."""

    text: str
    depth: int
    ordered: bool
    number: int | None  # as it is shown
    style: str | None  # 1, a, A, i, I


@dataclass(slots=True, eq=False)
class Draft:
    """A block that still knows its element and how it was set."""

    type: BlockType
    element: HtmlElement
    text: str
    places: list[Place] = field(default_factory=list)  # links, and marks of notes
    level: int | None = None
    items: list[Item] | None = None
    rows: list[list[str]] | None = None
    header_rows: int | None = None
    header_columns: int | None = None
    cite: str | None = None
    mark: str | None = None
    speaker: str | None = None
    url: str | None = None
    alt: str | None = None
    caption: str | None = None
    caption_places: list[Place] = field(default_factory=list)
    credit: str | None = None
    bold: bool = False  # all of it
    italic: bool = False  # all of it
    lead: str = ""  # the bold words that it begins with
    anchors: frozenset[str] = frozenset()  # footnote: the places on the page that its mark may lead to

    @property
    def links(self) -> list[Place]:
        """The places that lead to other pages."""
        return [place for place in self.places if place[0][0] != "#"]

    @property
    def linked(self) -> float:
        """The share of its characters that are links."""
        return sum(end - start for _, start, end in self.links) / len(self.text) if self.text else 0.0

    def cut(self, length: int) -> None:
        """Take the first characters off: a mark, or a speaker's label."""
        self.text, self.places = without_start(self.text, self.places, length)


@dataclass(frozen=True, slots=True)
class Aside:
    """A part that was left out of the body: what it is, and its element."""

    sort: Sort
    element: HtmlElement


def without_start(text: str, links: list[Place], length: int) -> tuple[str, list[Place]]:
    """Text and links without the first characters."""
    return text[length:], [(url, max(0, start - length), end - length) for url, start, end in links if end > length]
