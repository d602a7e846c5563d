"""What an index tells of the records of one WARC, as a process reads them: the file of another tool from end to end, of
a collection's file the heads of the captures that its own index names.

What a record does not say is null. Common Crawl's metadata records tell character sets and languages as its crawler
detected them; of a collection, the languages are those that its derivation has read.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from archive.dataset.batch import files
from archive.dataset.crawls import by_name, part_of
from archive.errors import DamagedRecord
from archive.institutes.urls import absolute
from archive.store import cdxj, foreign, http, warc
from archive.store.cdxj import IndexLine
from archive.store.http import Headers, first
from archive.store.remote.ranges import Stored

_BUFFER = 256 * 1024  # bytes: captures lie close to one another, and each asks for a request of its own from a store
_TOLD = "policy-archive"  # in a line, beside what every CDXJ has
# BCP 47 → ISO 639-3, which Common Crawl has; languages that publications here are in, and may be
_ISO_639_3 = {
    "ar": "ara", "bg": "bul", "ckb": "ckb", "de": "deu", "el": "ell", "en": "eng", "es": "spa", "fa": "fas",
    "fr": "fra", "he": "heb", "hy": "hye", "id": "ind", "it": "ita", "ja": "jpn", "ko": "kor", "ku": "kur",
    "nl": "nld", "pl": "pol", "ps": "pus", "pt": "por", "ru": "rus", "sd": "snd", "sv": "swe", "tr": "tur",
    "ug": "uig", "uk": "ukr", "ur": "urd", "yi": "yid", "zh": "zho",
}  # fmt: skip

Told = dict[str, str | None]  # columns that a CDXJ line does not have


@dataclass(frozen=True, slots=True)
class Walked:
    """A WARC of any tool."""

    name: str  # what the rows call it
    place: str  # a path or a URL
    hidden: frozenset[str]  # index keys of what is withheld
    run: Path  # where the sorted lines go


@dataclass(frozen=True, slots=True)
class Listed:
    """Captures of one of a collection's files."""

    name: str  # what the rows call the file
    file: Stored
    lines: Path  # of the index, in its order
    languages: Path  # offset and BCP 47 code, a line each; may be missing
    run: Path  # where the lines go


@dataclass
class Done:
    """What became of a file's records."""

    failures: list[tuple[str, int, str]] = field(default_factory=list)  # WARC, offset, reason
    withheld: int = 0


def walk(given: Walked) -> Done:
    """Writes the lines of a WARC's HTTP responses and revisits."""
    done, lines = Done(), []
    crawl = by_name(given.name.rpartition("/")[2])
    last_id, last = "", Told()
    with files.opened(given.place) as file:
        for head in foreign.walk(file):
            kind = head.field("WARC-Type").lower()
            if head.broken is not None:
                done.failures.append((given.name, head.offset, head.broken))
            elif kind == "warcinfo":
                crawl = part_of(head.block) or crawl
            elif kind == "metadata":
                if last_id and last_id in (head.field("WARC-Concurrent-To"), head.field("WARC-Refers-To")):
                    last |= _detected(head.block)
            elif kind in ("response", "revisit") and head.url.startswith(("http://", "https://")):
                if given.hidden and cdxj.key(head.url) in given.hidden:
                    done.withheld += 1
                    continue
                try:
                    line = _line(head, given.name)
                except DamagedRecord as problem:
                    done.failures.append((given.name, head.offset, str(problem)))
                    continue
                last_id, last = head.field("WARC-Record-ID"), _told(head, line.url) | {"crawl": crawl}
                lines.append((line, last))
    given.run.write_bytes(b"".join(sorted(_dumps(line, told) for line, told in lines)))
    return done


def look_up(given: Listed) -> Done:
    """Writes the lines of captures, with what the head of each record tells. One that cannot be read is told, and has
    what the index knows.
    """
    done = Done()
    with given.lines.open("rb") as file:
        lines = [cdxj.parse(raw) for raw in file]
    languages = _languages(given.languages)
    told: dict[int, Told] = {}
    with given.file.open("rb", buffering=_BUFFER) as file:
        crawl = _crawl(file, given.file.name)
        for line in sorted(lines, key=lambda one: one.offset):
            told[line.offset] = {"crawl": crawl, "content_languages": languages.get(line.offset)}
            try:
                told[line.offset] |= _told(foreign.head(file, line.offset, line.length), line.url)
            except DamagedRecord as problem:
                done.failures.append((given.name, line.offset, str(problem)))
    with given.run.open("wb") as run:
        run.writelines(_dumps(line._replace(filename=given.name), told[line.offset]) for line in lines)
    return done


def read(raw: bytes) -> tuple[IndexLine, dict[str, Any]]:
    """A line that was written here: what every CDXJ has, and the columns beside it."""
    return cdxj.parse(raw), json.loads(raw.split(b" ", 2)[2])[_TOLD]


def _dumps(line: IndexLine, told: Told) -> bytes:
    fields = json.loads(str(line).split(" ", 2)[2])
    known = {name: value for name, value in told.items() if value is not None}
    return f"{line.key} {line.timestamp} ".encode() + json.dumps(fields | {_TOLD: known}).encode() + b"\n"


def _line(head: foreign.Head, name: str) -> IndexLine:
    """Raises DamagedRecord where a response is none of HTTP's."""
    revisit = head.field("WARC-Type").lower() == "revisit"
    message = _message(head)
    if message is None and not revisit:
        raise DamagedRecord("the record holds no HTTP response")
    media = (message.header("Content-Type") if message else None) or ""
    return IndexLine(
        key=cdxj.key(head.url),
        timestamp=warc.parse_date(head.field("WARC-Date")).strftime("%Y%m%d%H%M%S"),
        url=head.url,
        mime=cdxj.REVISIT if revisit else media.partition(";")[0].strip().lower() or None,
        status=message.status if message else None,
        digest=head.field("WARC-Payload-Digest"),
        length=head.length,
        offset=head.offset,
        filename=name,
    )


def _message(head: foreign.Head) -> http.Message | None:
    with suppress(DamagedRecord):  # a revisit may hold nothing
        return http.split(head.block)
    return None


def _told(head: foreign.Head, url: str) -> Told:
    message = _message(head)
    headers: Headers = message.headers if message else ()
    location = first(headers, "Location") if message and 300 <= message.status < 400 else None
    return {
        "fetch_redirect": absolute(http.text(location), url) if location else None,
        "content_mime_detected": head.field("WARC-Identified-Payload-Type") or None,
        "content_charset": _charset(first(headers, "Content-Type") or ""),
        "content_truncated": head.field("WARC-Truncated") or None,
        "warc_record_id": _uuid(head.field("WARC-Record-ID")),
    }


def _charset(media: str) -> str | None:
    given = (part.partition("=") for part in media.split(";")[1:])
    named = (value.strip(" \"'") for name, _, value in given if name.strip().lower() == "charset")
    return next(named, "").upper() or None


def _uuid(record_id: str) -> str | None:
    """In hex; None where a tool's ids are something else."""
    with suppress(ValueError):
        return UUID(record_id.strip("<>")).hex
    return None


def _detected(block: bytes) -> Told:
    """What a metadata record of Common Crawl's says of the response before it."""
    said = http.fields(block.splitlines())
    found: Told = {}
    if charset := first(said, "charset-detected"):
        found["content_charset"] = charset.upper()
    with suppress(ValueError, TypeError, KeyError):  # another tool's field of that name
        languages = json.loads(first(said, "languages-cld2") or "{}").get("languages", ())
        found["content_languages"] = ",".join(str(one["code-iso-639-3"]) for one in languages) or None
    return found


def _languages(path: Path) -> dict[int, str]:
    if not path.exists():
        return {}
    pairs = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    known = ((offset, _ISO_639_3.get(code.partition("-")[0])) for offset, code in pairs)
    return {int(offset): code for offset, code in known if code}


def _crawl(file: IO[bytes], name: str) -> str:
    """The crawl that wrote a collection's file."""
    with suppress(DamagedRecord):  # `verify` tells of it
        head = foreign.head(file, 0, _BUFFER)
        return (part_of(head.block) if head.field("WARC-Type") == "warcinfo" else None) or by_name(name)
    return by_name(name)
