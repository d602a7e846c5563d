"""A captured PDF: its text page by page, and what the file says of itself.

pypdf parses the file; pdf_operators.py, pdf_fonts.py, pdf_glyphs.py and pdf_lines.py make text of its pages. Nothing is
drawn and no picture is decoded. Whatever a hostile file holds, the limits here and pypdf's own are counts: the same
file gives the same text on every machine.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from pypdf import PageObject, PdfReader, apply_configuration
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from archive.extract import language, pdf_fonts, pdf_glyphs, pdf_lines
from archive.extract.page import FileContent
from archive.extract.warnings import Warning

MAX_BYTES = 64 * 1024 * 1024  # of a file that is read at all; larger ones are books of photographs
MAX_PAGES = 1_000  # the longest report seen had 400
MAX_CHARACTERS = 3_000_000  # of a file: 1,000 dense pages
MAX_TOKENS = 12_000_000  # of a file's content streams: some 60 s on a slow machine
MAX_FIELD = 1_000  # characters of a field of the file's own description
SAMPLE_PAGES = 20  # that the language is told from
# Codes of files that nothing was read of.
UNREAD = frozenset(
    map(str, (Warning.DOCUMENT_UNREAD, Warning.DOCUMENT_ENCRYPTED, Warning.DOCUMENT_SCANNED, Warning.TOO_LARGE,
    Warning.UNDECODABLE))
)  # fmt: skip
_LETTERS = re.compile(r"[^\W\d_]")
_DATE = re.compile(
    r"\s*(?:D:)?(\d{4})(?:-?(\d\d))?(?:-?(\d\d))?[T ]?(?:(\d\d):?(\d\d)?:?(\d\d)?)?\s*"
    r"(?:([Zz])|([+-])(\d\d)'?:?(\d\d)?)?"
)
# What a damaged or hostile file makes pypdf raise besides its own errors.
_DAMAGE = (
    PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, RecursionError,
    OverflowError, ZeroDivisionError, NotImplementedError, OSError,
)  # fmt: skip


class _Repairs(logging.Filter):
    """Takes notice of what pypdf says of streams that it reads as far as they go, and keeps it from the log."""

    seen = False

    def filter(self, record: logging.LogRecord) -> bool:
        self.seen = True
        return False


# pypdf says on its loggers what it mends in a file, most of it of no account: the warning codes say what matters.
logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)
_repairs = _Repairs()
_filters = logging.getLogger("pypdf.filters")
_filters.setLevel(logging.WARNING)
_filters.addFilter(_repairs)


def read(body: bytes) -> tuple[FileContent | None, list[str]]:
    """What the file says, and codes of what is in doubt. None where it cannot be opened. Never raises."""
    if len(body) > MAX_BYTES:
        return None, [Warning.TOO_LARGE]
    warnings: list[str] = []
    with _limits():
        try:
            reader = PdfReader(BytesIO(body), strict=False)
            if reader.is_encrypted and not reader.decrypt(""):
                return None, [Warning.DOCUMENT_ENCRYPTED]
            count = len(reader.pages)
        except (FileNotDecryptedError, DependencyError):
            return None, [Warning.DOCUMENT_ENCRYPTED]
        except LimitReachedError:
            return None, [Warning.DOCUMENT_TOO_LARGE]
        except _DAMAGE:
            return None, [Warning.DOCUMENT_DAMAGED]
        if not count:
            return None, [Warning.DOCUMENT_DAMAGED]
        pages = _pages(reader, count, warnings)
        said = _description(reader, warnings)
    sample = "\n".join(pages[:SAMPLE_PAGES])
    has_text = any(map(_LETTERS.search, pages))
    if sum(page.count(pdf_fonts.REPLACEMENT) for page in pages) * 4 > sum(map(len, pages)):
        warnings.append(Warning.DOCUMENT_UNMAPPED)
    if not has_text and not warnings:
        warnings.append(Warning.DOCUMENT_SCANNED)
    spoken = language.of_text(sample, said.pop("language"))
    found = FileContent(
        page_count=count,
        text=tuple(pages) if has_text else None,
        scanned=not has_text if has_text or Warning.DOCUMENT_SCANNED in warnings else None,
        language=spoken.code,
        direction="rtl" if spoken.direction == "rtl" else "ltr" if spoken.direction else None,
        **said,
    )
    return found, sorted(set(warnings))


@contextmanager
def _limits() -> Iterator[None]:
    """pypdf's own limits, made tighter where a page of text never comes near."""
    with apply_configuration(
        maximum_declared_stream_length=MAX_BYTES,
        array_based_stream_maximum_output_length=pdf_glyphs.MAX_STREAM,
        lzw_maximum_output_length=pdf_glyphs.MAX_STREAM,
        run_length_maximum_output_length=pdf_glyphs.MAX_STREAM,
        zlib_maximum_output_length=pdf_glyphs.MAX_STREAM,
        stream_decoding_work_maximum_length=2 * pdf_glyphs.MAX_STREAM,
        stream_filters_maximum_length=4,
        jbig2dec_binary=None,  # no other program is run
        disable_legacy_handling=True,
    ):
        yield


def _pages(reader: PdfReader, count: int, warnings: list[str]) -> list[str]:
    """The text of each page, "" where it has none or cannot be read."""
    fonts = pdf_fonts.Fonts()
    pages: list[str] = []
    characters = tokens = 0
    for number in range(count):
        if number == MAX_PAGES or characters > MAX_CHARACTERS or tokens > MAX_TOKENS:
            warnings.append(Warning.DOCUMENT_TOO_LARGE)
            break
        page = pdf_glyphs.Page(fonts)
        _repairs.seen = False
        try:
            _draw(page, reader.pages[number])
        except (pdf_glyphs.TooMuch, LimitReachedError):
            warnings.append(Warning.DOCUMENT_TOO_LARGE)
        except _DAMAGE:
            warnings.append(Warning.DOCUMENT_DAMAGED)
        if page.unread or _repairs.seen:
            warnings.append(Warning.DOCUMENT_DAMAGED)
        pages.append(pdf_lines.text(page.glyphs))
        characters += len(pages[-1])
        tokens += page.tokens
    return pages


def _draw(page: pdf_glyphs.Page, found: PageObject) -> None:
    resources = found.get("/Resources")
    resources = resources.get_object() if resources is not None else None
    data = _content(found.get("/Contents"))
    if data and isinstance(resources, DictionaryObject):
        page.draw(data, resources)


def _content(contents: Any) -> bytes:
    """A page's content: one stream, or several that are read as one."""
    contents = contents.get_object() if contents is not None else None
    parts: list[bytes] = []
    for stream in contents if isinstance(contents, ArrayObject) else [contents]:
        stream = stream.get_object() if stream is not None else None
        if isinstance(stream, StreamObject):
            parts.append(stream.get_data())
            if sum(map(len, parts)) > pdf_glyphs.MAX_STREAM:
                raise pdf_glyphs.TooMuch
    return b"\n".join(parts)


def _description(reader: PdfReader, warnings: list[str]) -> dict[str, str | None]:
    """Title, author and times of the file's information dictionary, and the language that it declares."""
    said: dict[str, str | None] = dict.fromkeys(("title", "author", "created", "modified", "language"))
    try:
        about: DictionaryObject = reader.metadata or DictionaryObject()
        said["title"], said["author"] = _field(about.get("/Title")), _field(about.get("/Author"))
        said["created"], said["modified"] = _time(about.get("/CreationDate")), _time(about.get("/ModDate"))
        said["language"] = _field(reader.root_object.get("/Lang"))
    except _DAMAGE:
        warnings.append(Warning.DOCUMENT_DAMAGED)
    return said


def _field(value: Any) -> str | None:
    value = value.get_object() if value is not None else None
    return pdf_lines.tidy(value[:MAX_FIELD]) or None if isinstance(value, str) else None


def _time(value: Any) -> str | None:
    """A PDF's date (ISO 32000-2, 7.9.4: `D:20170420093000+02'00'`) in ISO 8601, with as much of it as is there."""
    found = _DATE.match(_field(value) or "")
    if not found:
        return None
    year, month, day, hour, minute, second, utc, sign, over, past = found.groups()
    if not (1 <= int(month or 1) <= 12 and 1 <= int(day or 1) <= 31 and int(hour or 0) < 24 and int(minute or 0) < 60):
        return None
    written = "-".join(part for part in (year, month, day) if part)
    if day and hour:
        written += f"T{hour}:{minute or '00'}:{second or '00'}"
        written += "Z" if utc else f"{sign}{over}:{past or '00'}" if sign else ""
    return written
