"""One WARC record as it lies in its member: its header read strictly, its block digested, what is wrong with either."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from archive.audit import shape
from archive.audit.finding import Finding, error, warning
from archive.audit.members import Member
from archive.audit.payload import Hashes, Payload
from archive.audit.stated import SIZES, Stated
from archive.audit.stream import END, Stream

ENTITY = "sha256"  # what the archive's index and its revisits use
REFETCH = "keep the damaged file, copy the sealed file back from a backup, or crawl the page again"
WRITER = "the tool that wrote the file breaks the standard: keep the file, write new ones with another tool"
VERSIONS = ("WARC/1.1", "WARC/1.0")
_ENTITY = frozenset((ENTITY,))
_HTTP = re.compile(r"\s*application/http\s*(?:;|\Z)", re.IGNORECASE)
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(slots=True)
class Record:
    """What the audit keeps of a record while it looks at it.

    Header names are in lower case, in order, repeated ones twice.
    """

    file: str
    offset: int
    part: int = 0  # which record of the member: more than one is itself a finding
    version: str = ""
    type: str = ""  # as the header says; "" where it does not
    headers: list[tuple[str, str]] = field(default_factory=list)
    first: dict[str, str] = field(default_factory=dict)  # the same, the first value of each name
    length: int = 0  # bytes of the member
    sha256: str = ""  # of the member
    block_length: int = 0
    entity_digest: str | None = (
        None  # `sha256:…` of the entity, computed; None where the record has no HTTP response or resource
    )
    stated: dict[str, Stated] = field(default_factory=dict)  # `block`, `payload`: the digests that it states
    status: int | None = None
    content_type: str | None = None  # of the HTTP response
    has_body: bool = False  # of an HTTP block: something stands behind the head
    head: bytes | None = None  # the header's bytes; None where it is like others that break no rule (shape.py)

    def header(self, name: str) -> str | None:
        """The first value of a header; `name` in lower case."""
        return self.first.get(name)

    @property
    def id(self) -> str:
        """The record's id, in its angle brackets; "" where there is none."""
        return self.first.get("warc-record-id", "")

    @property
    def mime(self) -> str | None:
        """What an index says of its media type: without parameters, `warc/revisit` for a revisit."""
        if self.type == "revisit":
            return "warc/revisit"
        stated = self.header("content-type") if self.type == "resource" else self.content_type
        return _type(stated) if stated else None


@lru_cache(maxsize=1024)  # there are few
def _type(stated: str) -> str:
    """A media type without its parameters."""
    return re.split(r"[;\s]", stated, maxsplit=1)[0]


Read = tuple[Record | None, list[Finding]]


def read(member: Member, file: str) -> Iterator[Read]:
    """The records in a member, which should be one, each with what is wrong in its framing and its digests.

    None in a record's place where there is no header to speak of, and where the member is broken: then it is the last.
    """
    stream = Stream(member.pieces)
    part, more = 0, True
    while more:
        record = Record(file, member.offset, part)
        findings: list[Finding] = []
        head = stream.head()
        more = False
        if head is not None:
            findings += _parse(record, head)
            if record.version:
                behind = _block(record, stream, findings)
                more = behind == END and stream.begins(b"WARC/")
                extra = 0 if more else stream.drain()
                if more or extra or behind != END:
                    findings += _framing(record, behind, extra, more)
        if not more:
            stream.drain()
        if member.broken:
            yield None, [error(file, member.rule, member.broken, REFETCH, offset=member.offset)]
            return
        record.length, record.sha256 = member.length, member.sha256
        if head is None:
            detail = "the member holds no record: no end of a header within its first MiB"
            yield None, [error(file, "record", detail, REFETCH, offset=member.offset)]
            return
        yield (record if record.version else None), findings
        part += 1


def _parse(record: Record, head: bytes) -> Iterable[Finding]:
    """Reads the header into the record."""
    usual = shape.usual(head)
    if usual is None:
        record.head = head
        return _parse_lines(record, head)
    record.version = usual[0].version
    record.headers = list(zip(usual[0].names, usual[1], strict=True))
    record.first = dict(reversed(record.headers))
    record.type = record.first.get("warc-type", "")
    return ()


def _parse_lines(record: Record, head: bytes) -> Iterator[Finding]:
    """The same, line by line."""
    file, offset = record.file, record.offset
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError:
        yield error(file, "header-encoding", "the header is not UTF-8", WRITER, offset=offset)
        text = head.decode("latin-1")
    version, *lines = text[:-4].split("\r\n")
    if version not in VERSIONS:
        detail = f"it begins with {version[:40]!r}, not WARC/1.1 or WARC/1.0"
        yield error(file, "record", detail, WRITER, offset=offset)
        return
    record.version = version
    headers, first = record.headers, record.first
    for line in lines:
        name, colon, value = line.partition(":")
        if line.startswith((" ", "\t")):
            # WARC 1.0's grammar has them, and so has 1.1's text; its readers agreed to drop them (issue 74)
            tell = error if version == "WARC/1.1" else warning
            yield tell(file, "header-folded", f"a folded header line: {line.strip()[:60]!r}", WRITER, offset=offset)
            if headers:
                headers[-1] = (headers[-1][0], f"{headers[-1][1]} {line.strip()}".strip())
                first[headers[-1][0]] = headers[-1][1]
            continue
        if not colon or not _NAME.fullmatch(name):
            yield error(file, "header-line", f"a line that is no header: {line[:60]!r}", WRITER, offset=offset)
            continue
        lower, value = name.lower(), value.strip(" \t")
        if not value.isprintable() and _CONTROL.search(value):
            yield error(file, "header-control", f"a control character in {line[:60]!r}", WRITER, offset=offset)
            continue
        headers.append((lower, value))
        if lower not in first:
            first[lower] = value
    record.type = first.get("warc-type", "")


def _block(record: Record, stream: Stream, findings: list[Finding]) -> bytes:
    """Reads the block, digests it, and compares it with what the header says of it; the four bytes behind it."""
    stated = record.header("content-length") or ""
    if not (stated.isascii() and stated.isdigit()) or len(stated) > 18:
        detail = f"Content-Length is {stated!r}, not a number"
        findings.append(error(record.file, "content-length", detail, REFETCH, offset=record.offset))
        return b""
    for name in ("block", "payload"):
        text = record.first.get(f"warc-{name}-digest")
        if text is not None:
            record.stated[name] = Stated(text)
    block, payload = _hashes(record)
    left = int(stated)
    for piece in stream.take(left):
        block.update(piece)
        if payload is not None:
            payload.update(piece)
    record.block_length = block.length
    if payload is not None:
        payload.finish()
        record.status, record.content_type = payload.status, payload.content_type
        record.has_body = payload.framed.length > 0 and payload.status is not None
    if block.length < left:
        detail = f"Content-Length is {left}, but the block ends {left - block.length} bytes before"
        findings.append(error(record.file, "content-length", detail, REFETCH, offset=record.offset))
    findings += _digests(record, block, payload)
    return b"".join(stream.take(4))


def _hashes(record: Record) -> tuple[Hashes, Payload | None]:
    """What digests the record's block, and its payload where that is not the block."""
    stated = [
        one.algorithm if one is not None else "" for one in (record.stated.get("block"), record.stated.get("payload"))
    ]
    block, payload, framed = _algorithms(record.type, record.first.get("content-type", ""), *stated)
    if payload is None:
        return Hashes(block), None
    return Hashes(block), Payload(payload, framed, request=record.type == "request")


@lru_cache(maxsize=1024)
def _algorithms(
    kind: str, media_type: str, block: str, payload: str
) -> tuple[frozenset[str], frozenset[str] | None, frozenset[str]]:
    """The algorithms that digest a record's block; its payload, where it is HTTP and so has an entity, else None: then
    the payload is the block; and a body with its chunk framing. `block` and `payload` are those that the record states.
    """
    stated = frozenset((block,)) & SIZES.keys()
    of_payload = frozenset((payload,)) & SIZES.keys()
    http = _HTTP.match(media_type) is not None
    if http and kind in ("response", "revisit"):
        return stated, of_payload | _ENTITY, of_payload
    if http and kind == "request" and of_payload:
        return stated, of_payload, of_payload
    return stated | of_payload | (_ENTITY if kind in ("response", "resource") else frozenset()), None, frozenset()


def _framing(record: Record, behind: bytes, extra: int, more: bool) -> Iterator[Finding]:
    """What stands behind the block: it is not two line ends and the member's end. `extra` is how many bytes more."""
    file, offset = record.file, record.offset
    if more:
        if record.part == 0:
            mend = "write one gzip member a record (warcio recompress FILE NEW), so that readers can find each"
            detail = "more than one record in a gzip member"
            yield error(file, "one-record-per-member", detail, mend, offset=offset)
        return
    stated = record.header("content-length") or ""
    if not stated.isdigit() or int(stated) > record.block_length:
        return  # told
    count = f"{len(behind) + extra:,} bytes" if extra else f"{len(behind)} bytes ({behind!r})"
    detail = f"behind the block stand {count}, not two line ends"
    yield error(file, "record-end", detail, REFETCH, offset=offset)


def _digests(record: Record, block: Hashes, payload: Payload | None) -> Iterator[Finding]:
    """What is wrong with the digests that the record states; `payload` is None where it is the block."""
    file, offset = record.file, record.offset
    stated = record.stated.get("block")
    if stated is None:
        mend = "nothing to mend here; write new records with a WARC-Block-Digest"
        detail = "no WARC-Block-Digest: a changed byte would not show"
        yield warning(file, "block-digest-missing", detail, mend, offset=offset)
    elif stated.contradicts(block):
        detail = f"WARC-Block-Digest is {stated}, but the block's is {stated.of(block)}"
        yield error(file, "block-digest", detail, REFETCH, offset=offset)
    kind = record.type
    entity = block if payload is None else payload.entity
    if kind in ("response", "resource") or (payload is not None and kind == "revisit"):
        record.entity_digest = f"{ENTITY}:{entity.digest(ENTITY).hex()}"
    stated = record.stated.get("payload")
    if stated is None or not stated.contradicts(entity):
        return
    # a revisit's payload is elsewhere, and the first of several segments states that of them all
    if kind in ("revisit", "continuation") or "warc-segment-number" in record.first:
        return
    if kind == "request" and payload is None:
        return  # of something that is not HTTP
    chunked = payload is not None and payload.chunked
    if payload is not None and chunked and not stated.contradicts(payload.framed):
        detail = "WARC-Payload-Digest holds for the body with its chunk framing, not for the entity"
        mend = "nothing is lost: readers that follow the standard will say it does not match"
        yield warning(file, "payload-digest-framed", detail, mend, offset=offset)
    else:
        detail = f"WARC-Payload-Digest is {stated}, but the payload's is {stated.of(entity)}"
        if payload is not None and chunked:
            detail += f", and {stated.of(payload.framed)} with its chunk framing"
        yield error(file, "payload-digest", detail, REFETCH, offset=offset)
