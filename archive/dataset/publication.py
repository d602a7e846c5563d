"""The model of a publication: one line of publications.jsonl. Its JSON Schema is made from here (`schema.py`)."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, PlainSerializer, WithJsonSchema

from archive.extract.page import Author, AuthorNote, Block, Case, FileContent, Image, Model, Reference
from archive.institutes.profile import Kind

SCHEMA_VERSION = "1"


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with six digits of the second, always: one type for tables, and text that sorts as time does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


Moment = Annotated[
    datetime,
    PlainSerializer(stamp, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]


class State(StrEnum):
    """What became of a publication on the institute's site (contracts.md)."""

    LIVE = "live"
    MISSING = "missing"  # 404, 410 or sent home, once
    GONE = "gone"  # still so at the next crawl
    RESTRICTED = "restricted"  # password, login


class Document(FileContent):
    """A file that the publication offers, joined with the capture that holds it: the last one of the version's time,
    else the next. What the file says is null where it was not captured or could not be read.
    """

    url: str = Field(description="Absolute address of the file.")
    title: str | None = Field(None, description="The text of the link that offers it, or the file's own title.")
    file_title: str | None = Field(None, description="As the file's own description has it; often a draft's name.")
    media_type: str | None = Field(
        None, description="As its response said, such as `application/pdf`; null where it was not captured."
    )
    size: int | None = Field(None, description="Bytes of the entity; null where it was not captured.")
    sha256: str | None = Field(
        None, description="SHA-256 of the entity (transfer-coding off, content-coding on), lower-case hex."
    )
    captured_at: Moment | None = Field(None, description="When the request for the file began, UTC.")
    warc: str | None = Field(None, description="The WARC file in archive/ that holds the response.")
    offset: int | None = Field(None, description="Where the response's gzip member begins in that file, in bytes.")
    warnings: tuple[str, ...] = Field(
        (), description="Codes of what is in doubt about the file, sorted; null fields without one: never captured."
    )


class Source(Model):
    """The proof: the stored response that the version was read from."""

    warc: str = Field(description="The WARC file in archive/.")
    offset: int = Field(description="Where the record's gzip member begins, in bytes.")
    length: int = Field(description="Bytes of the gzip member.")
    record_id: str = Field(description="`WARC-Record-ID`, such as `<urn:uuid:…>`.")
    captured_at: Moment = Field(description="`WARC-Date`: when the request began, UTC.")
    payload_digest: str = Field(description="`sha256:` and hex, of the entity: transfer-coding off, content-coding on.")
    http_status: int = Field(
        description="The status of the response (of the original one, where the record is a revisit)."
    )


class PartSource(Model):
    """One further page of a publication that is spread over several, and the capture that it was read from."""

    number: int = Field(description="Its place among the pages; the first is the publication's own address.")
    url: str = Field(description="Absolute address.")
    source: Source = Field(description="The stored response.")


class Publication(Model):
    """One publication, at its latest version (publications.jsonl) or at any (history.jsonl)."""

    schema_version: str = Field(SCHEMA_VERSION, description="The version of this schema.")
    id: str = Field(
        description="`institute:p<post id>`, `institute:host:p<post id>` on another host than the home's, or "
        "`institute:u<16 hex digits of the SHA-256 of the canonical URL>`. Never changes once given."
    )
    institute: str = Field(description="The short name of the institute: the id of its profile.")
    kind: Kind = Field(description="What sort of publication it is, decided from the page and the institute's profile.")
    state: State = Field(
        description="`live`; `missing`: answered 404 or 410, or led to the home page, a listing or another "
        "publication, once; `gone`: "
        "still so at the next crawl; `restricted`: asks for a password or a login. In history.jsonl a version "
        "that was followed by "
        "another one is `live`, and the last one has the publication's state."
    )
    url: str = Field(
        description="Where it stands: the address that the page itself calls canonical, else where it was last "
        "seen whole."
    )
    aliases: tuple[str, ...] = Field(description="All other addresses and spellings that led to it, sorted.")
    version: Moment = Field(description="The version's name: the time of the first capture that says so, UTC.")
    first_seen: Moment = Field(
        description="The time of the first capture of the publication, whatever its version, UTC."
    )
    last_seen: Moment = Field(
        description="The time of the last capture that showed the publication whole; in history.jsonl, that "
        "showed this version, UTC."
    )
    title: str | None = Field(description="The title, without the site's name.")
    title_source: str | None = Field(description="Where the title was read: `profile`, `h1`, `json-ld`, `og`, `title`.")
    standfirst: str | None = Field(description="The lines between title and body that say what it is about.")
    standfirst_source: str | None = Field(description="Where the standfirst was read.")
    language: str | None = Field(
        description="BCP 47 code of the language that it is written in, not of the one that the page declares."
    )
    direction: str | None = Field(description="`ltr` or `rtl`: how its text runs.")
    published: str | None = Field(description="YYYY-MM-DD, the day that the site shows, in the site's own time zone.")
    published_at: str | None = Field(
        description="ISO 8601 stamp with its offset, as the page has it; its UTC day may differ from `published`."
    )
    published_raw: str | None = Field(description="The text that `published` was read from.")
    published_source: str | None = Field(description="Where the date of publication was read.")
    modified: str | None = Field(description="YYYY-MM-DD, the day of the last change that the site itself shows.")
    modified_at: str | None = Field(description="ISO 8601 stamp of that change with its offset.")
    modified_raw: str | None = Field(description="The text that `modified` was read from.")
    modified_source: str | None = Field(description="Where the date of change was read.")
    text: str | None = Field(
        description="The blocks' texts, joined by blank lines; null where it was never seen whole or has no body."
    )
    markdown: str | None = Field(
        description="The blocks as CommonMark with tables and footnotes of GitHub's kind; null where `text` is."
    )
    blocks: tuple[Block, ...] | None = Field(
        description="The body piece by piece, in order; null where it was never seen whole."
    )
    authors: tuple[Author, ...] = Field(
        description="Who wrote it, in the page's order; empty where the page names nobody."
    )
    authors_source: str | None = Field(description="Where the authors were read.")
    author_notes: tuple[AuthorNote, ...] = Field(description="The lines about the authors at the end of the page.")
    sections: tuple[str, ...] = Field(
        description="The institute's sections or categories that it stands in, as the page names them."
    )
    tags: tuple[str, ...] = Field(description="The institute's tags, as the page names them.")
    countries: tuple[str, ...] = Field(
        description="ISO 3166-1 alpha-2 codes, from the institute's own tags and names, not from the text."
    )
    images: tuple[Image, ...] = Field(description="The pictures that belong to it, not the page's furniture.")
    documents: tuple[Document, ...] = Field(
        description="The files that it offers, such as PDFs, each with its text by page and the capture that holds it."
    )
    related: tuple[Reference, ...] = Field(
        description="Other publications that the page points at, as it did when the version was first seen; "
        "their change makes no version."
    )
    translations: tuple[Reference, ...] = Field(
        description="The same publication in other languages, as the page says."
    )
    case: Case | None = Field(description="The facts of a legal case; null for every other kind.")
    source: Source = Field(description="The proof: the stored response that this version was read from.")
    parts: tuple[PartSource, ...] = Field(
        description="The further pages that its blocks were read from, in order; empty where it stands on one page."
    )
    derived_by: dict[str, str] = Field(
        description="The profile's SHA-256 and the versions of all programs that shape a line: where they are "
        "the same, the line is."
    )
    warnings: tuple[str, ...] = Field(
        description="Codes of what is in doubt, sorted; dataset/schema/warnings.json has a sentence for each."
    )
