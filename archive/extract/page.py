"""What one stored response says: the result of `extract(capture, profile)`. Pure data; assemble.py makes publications
of many of these."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from archive.institutes.profile import Kind


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TextLink(Model):
    """A link inside a block's text. Offsets are code points in the block's `text`, end exclusive."""

    text: str = Field(description="The words that carry the link.")
    url: str = Field(description="Absolute, as `urls.absolute` writes it.")
    start: int = Field(description="First code point in the block's text, from 0.")
    end: int = Field(description="Code point behind the last one.")


class NoteMark(Model):
    """The mark of a footnote inside a block's text. Offsets are those of a link."""

    text: str = Field(description="The mark as it stands there, such as `[1]`.")
    start: int = Field(description="First code point in the block's text, from 0.")
    end: int = Field(description="Code point behind the last one.")
    mark: str | None = Field(description="The mark of the note that it leads to, as that block has it.")
    block: int = Field(description="The place of the note among the blocks, from 0.")


class ListItem(Model):
    text: str = Field(description="The item's own text, without its bullet or number and without the items below it.")
    depth: int = Field(0, description="0 for the outermost list.")
    ordered: bool = Field(False, description="Whether it carries a number.")
    number: int | None = Field(None, description="The number that is shown before it, where it carries one.")
    style: Literal["1", "a", "A", "i", "I"] | None = Field(
        None, description="How the number is written, as the `type` of HTML's <ol>."
    )


class Block(Model):
    """One piece of the body. Every block has the same keys, `null` where its type has no such thing, so that tables of
    blocks keep one type."""

    type: Literal[
        "heading", "paragraph", "list", "quote", "pullquote", "question", "answer", "table", "definitions", "image",
        "footnote",
    ] = Field(
        description="What the piece is. `question` and `answer` are an interview's turns; `definitions` are terms, "
        "each with its value."
    )  # fmt: skip
    text: str = Field(
        description="NFC; list items and table rows are joined by line feeds, the cells of a row by tabs; an image has "
        "none."
    )
    links: tuple[TextLink, ...] = Field((), description="The links inside the text, in its order.")
    notes: tuple[NoteMark, ...] = Field((), description="The marks of footnotes inside the text, in its order.")
    level: int | None = Field(None, description="heading (and question that was a heading): 1 to 6.")
    items: tuple[ListItem, ...] | None = Field(None, description="list: its items, those of inner lists among them.")
    rows: tuple[tuple[str, ...], ...] | None = Field(
        None,
        description="table: the text of each cell, empty where another cell spans the place; definitions: term and "
        "value, the term empty where it is that of the row above.",
    )
    header_rows: int | None = Field(None, description="table: how many of the first rows are headers.")
    header_columns: int | None = Field(
        None, description="table: how many of the first cells of each other row are headers."
    )
    speaker: str | None = Field(None, description="question, answer: who speaks, where the page says so.")
    cite: str | None = Field(None, description="quote, pullquote: who is quoted.")
    mark: str | None = Field(None, description="footnote: its mark, such as `1`.")
    url: str | None = Field(None, description="image: its absolute address.")
    alt: str | None = Field(None, description="image: the text that stands for it.")
    caption: str | None = Field(
        None, description="image: the caption, without the credit. It is no part of the publication's text."
    )
    caption_links: tuple[TextLink, ...] = Field((), description="image: the links inside the caption, in its order.")
    credit: str | None = Field(None, description="image: who made it, as the page says.")
    language: str | None = Field(None, description="BCP 47, where it is not the document's.")
    direction: Literal["ltr", "rtl"] | None = Field(None, description="Where it is not the document's.")


class Author(Model):
    name: str = Field(description="Titles, roles and labels taken off.")
    name_raw: str = Field(description="As the page has it.")
    name_other: str | None = Field(
        None, description="The same name in other letters, Arabic beside Latin, where the page shows both."
    )
    url: str | None = Field(None, description="The page about the author that the name links to.")
    role: str | None = Field(None, description="What the page calls the author, such as “Nonresident Fellow”.")


class AuthorNote(Model):
    """A line about an author, as it stands on the page."""

    text: str = Field(description="The note's words.")
    links: tuple[TextLink, ...] = Field((), description="The links inside the text, in its order.")


class Image(Model):
    url: str = Field(description="Absolute address, the largest that the page offers.")
    alt: str | None = Field(None, description="The text that stands for it.")
    caption: str | None = Field(None, description="The caption, without the credit.")
    credit: str | None = Field(None, description="Who made it, as the page says.")


class DocumentLink(Model):
    """A document that the page offers, such as a PDF. Its bytes' size and digest are joined in assemble.py."""

    url: str = Field(description="Absolute address of the file.")
    title: str | None = Field(None, description="The text of the link, or the heading that it stands under.")


class Reference(Model):
    """Another publication that the page points at: a translation or a related one."""

    url: str = Field(description="Absolute address.")
    title: str | None = Field(None, description="Its title as this page gives it; the publication's own may differ.")
    language: str | None = Field(None, description="BCP 47, where the page says so.")


class Party(Model):
    name: str = Field(description="The name without labels, numbers and “et al.”.")
    name_raw: str = Field(description="As the page has it.")


class TimelineEvent(Model):
    date: str | None = Field(None, description="ISO 8601: YYYY, YYYY-MM or YYYY-MM-DD.")
    date_raw: str | None = Field(None, description="The date as the page has it.")
    event: str = Field(description="What happened, in the page's words.")


class Case(Model):
    """A legal case. Each value as read, beside its raw form."""

    name: str | None = Field(None, description="What the case is called, without “Case file:” and its like.")
    claimants: tuple[Party, ...] = Field((), description="Who brings the case, in the page's order.")
    claimants_others: bool = Field(False, description="The page says “et al.” / «وآخرون».")
    defendants: tuple[Party, ...] = Field((), description="Whom it is brought against, in the page's order.")
    defendants_others: bool = Field(False, description="The same for the defendants.")
    court: str | None = Field(None, description="The court, in the page's language.")
    court_raw: str | None = Field(None, description="As the page has it.")
    jurisdiction: str | None = Field(
        None, description="The country or the kind of jurisdiction, in the page's language."
    )
    jurisdiction_raw: str | None = Field(None, description="As the page has it.")
    number: str | None = Field(None, description="The docket or case number.")
    number_raw: str | None = Field(None, description="As the page has it.")
    filed: str | None = Field(None, description="ISO 8601: YYYY, YYYY-MM or YYYY-MM-DD.")
    filed_raw: str | None = Field(None, description="As the page has it.")
    status: str | None = Field(None, description="Where the case stands, in the page's words.")
    status_raw: str | None = Field(None, description="As the page has it.")
    timeline: tuple[TimelineEvent, ...] = Field((), description="What happened in the case, in the page's order.")
    documents: tuple[DocumentLink, ...] = Field(
        (), description="Files of the case, such as judgments; the publication's `documents` say where their bytes lie."
    )


class Content(Model):
    """What a publication says. A change of any of these is a new version; proof, doubt and times of seeing are not
    among them."""

    kind: Kind
    title: str | None = None
    title_source: str | None = Field(None, description="Where it was read: `profile`, `h1`, `json-ld`, `og`, `title`.")
    standfirst: str | None = None
    standfirst_source: str | None = None
    language: str | None = Field(None, description="BCP 47")
    direction: Literal["ltr", "rtl"] | None = None
    blocks: tuple[Block, ...] = ()
    authors: tuple[Author, ...] = ()
    authors_source: str | None = None
    author_notes: tuple[AuthorNote, ...] = ()
    published: date | None = Field(None, description="The day that the site shows.")
    published_at: str | None = Field(None, description="ISO 8601 stamp with its offset, where the page has one.")
    published_raw: str | None = None
    published_source: str | None = None
    modified: date | None = None
    modified_at: str | None = None
    modified_raw: str | None = None
    modified_source: str | None = None
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    countries: tuple[str, ...] = Field((), description="ISO 3166-1 alpha-2, from the institute's own tags and names.")
    images: tuple[Image, ...] = ()
    documents: tuple[DocumentLink, ...] = ()
    related: tuple[Reference, ...] = ()
    translations: tuple[Reference, ...] = ()
    case: Case | None = None


class FileContent(Model):
    """What a captured file says: its text by page, and what it says of itself."""

    title: str | None = Field(None, description="As the file's own description has it; often a draft's name.")
    author: str | None = Field(None, description="As the file's own description has it; often who owns the program.")
    created: str | None = Field(None, description="ISO 8601, with its offset where the file has one.")
    modified: str | None = Field(None, description="ISO 8601, with its offset where the file has one.")
    page_count: int | None = Field(None, description="Pages of the file, those whose text was not read among them.")
    language: str | None = Field(None, description="BCP 47 code of the language that the text is written in.")
    direction: Literal["ltr", "rtl"] | None = Field(None, description="How the text runs.")
    scanned: bool | None = Field(None, description="Whether the pages hold no text, but pictures of it.")
    text: tuple[str, ...] | None = Field(None, description="The text of each page; null where there is none.")


class Role(StrEnum):
    """What a capture is good for, told from its status, its media type, its body and the profile's URL rules."""

    PUBLICATION = "publication"
    LISTING = "listing"
    DOCUMENT = "document"
    REDIRECT = "redirect"
    RESTRICTED = "restricted"  # password or login
    MISSING = "missing"  # 404, 410
    ERROR = "error"  # any other status that is not 200, or a body that cannot be read
    BOTWALL = "botwall"
    SOURCE = "source"  # feed, sitemap, REST, robots.txt
    RESOURCE = "resource"  # stylesheet, image, script, font: what other pages need
    OUTSIDE = "outside"  # not the institute's


class FoundLink(Model):
    """An address that a page names."""

    url: str
    text: str | None = None
    nofollow: bool = False


class PartLink(Model):
    """One page of a publication that is spread over several."""

    number: int = Field(description="Its place among them, from 1.")
    url: str = Field(description="Absolute address.")


class Part(Model):
    """Which part of a publication a page is, as the page says."""

    number: int = Field(description="From 1.")
    first: str | None = Field(description="The address of the first part; null on that itself.")
    others: tuple[PartLink, ...] = Field(description="The parts behind the first that the page names, but itself.")


class Page(Model):
    """One capture, read. `content` is there for a publication and for a restricted page (whatever it shows)."""

    url: str
    captured_at: datetime
    status: int
    media_type: str | None = None
    role: Role
    canonical: str | None = Field(None, description="The page's rel=canonical, absolute.")
    post_id: int | None = Field(
        None, description="WordPress' number of the post, from shortlink, Link header or body class."
    )
    redirect_to: str | None = None
    part: Part | None = Field(None, description="Null for a page that is a publication alone.")
    title: str | None = Field(
        None, description="Of a document or a page that is no publication; a publication's is in content."
    )
    content: Content | None = None
    file: FileContent | None = Field(None, description="Of a document that could be read.")
    links: tuple[FoundLink, ...] = ()
    requisites: tuple[str, ...] = Field(
        (), description="What the page needs to be seen again: stylesheets, images, scripts, fonts, frames."
    )
    warnings: tuple[str, ...] = Field(
        (), description="Codes, sorted; archive/extract/warnings.py says what each means."
    )
