"""A demo publication written out: its blocks, its case, its documents. The page (render.py) and the truth (truth.py)
are both made from this."""

from dataclasses import dataclass, field
from datetime import datetime

from crawler.demo.outline import Outline


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A footnote's mark in the text; reads `[1]`."""

    mark: str


@dataclass(frozen=True, slots=True)
class Strong:
    """A run-in label in bold."""

    text: str


Run = str | Link | Mark | Strong
Text = tuple[Run, ...]


def plain(text: Text) -> str:
    """The text as a reader sees it."""
    return "".join(
        run if isinstance(run, str) else f"[{run.mark}]" if isinstance(run, Mark) else run.text for run in text
    )


@dataclass(slots=True)
class Block:
    """One piece of the body. `type`: paragraph, heading, question, answer, list, quote, pullquote, image, facts,
    timeline, table (`rows`, of which the first is its head), documents, details (labels and values that are not prose),
    notes, also (a «read also» line, no part of the text)."""

    type: str
    text: Text = ()
    level: int = 2
    items: list[Text] = field(default_factory=list)
    rows: list[tuple[str, ...]] = field(default_factory=list)
    speaker: str | None = None
    label: str | None = None  # what stands before a turn of an interview; null where the turn goes on
    cite: str | None = None
    as_heading: bool = True  # a question


@dataclass(frozen=True, slots=True)
class Image:
    path: str  # without size and ending: /wp-content/uploads/2020/08/name
    alt: str
    caption: str | None
    credit: str | None


@dataclass(frozen=True, slots=True)
class Pdf:
    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Event:
    date: str  # ISO 8601
    date_raw: str
    event: str


@dataclass(frozen=True, slots=True)
class Case:
    claimants: tuple[str, ...]
    claimants_others: bool
    defendants: tuple[str, ...]
    court: str
    number: str
    filed: str
    filed_raw: str
    status: str
    timeline: tuple[Event, ...]


@dataclass(slots=True)
class Publication:
    outline: Outline
    revision: int
    blocks: list[Block]
    authors: list[str]  # as a clean record would have them
    byline: str | None  # as the page has it
    images: list[Image]
    documents: list[Pdf]
    author_notes: list[Text]
    footnotes: list[tuple[str, Text]]
    translations: list[int]  # numbers
    case: Case | None
    modified: datetime
    page: int = 1  # which of its pages is to be shown

    @property
    def shown(self) -> list[Block]:
        """The blocks of that page: the second begins with the heading in the middle."""
        if self.outline.pages == 1:
            return self.blocks
        headings = [at for at, block in enumerate(self.blocks) if block.type == "heading"]
        cut = headings[len(headings) // 2]
        return self.blocks[:cut] if self.page == 1 else self.blocks[cut:]


def document_text(publication: Publication) -> list[str]:
    """The paragraphs of each of its documents: the publication in print."""
    return [publication.outline.title, *(plain(block.text) for block in publication.blocks if block.text)]
