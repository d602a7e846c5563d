"""One WARC record as it lies in its member: its header read strictly, its block digested, what is wrong with either."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from archive.audit.finding import Finding, error, warning
from archive.audit.members import Member
from archive.audit.payload import Hashes, Payload
from archive.audit.stated import SIZES, Stated
from archive.audit.stream import END, Stream

ENTITY = "sha256"  # what the archive's index and its revisits use
REFETCH = "keep the damaged file, copy the sealed file back from a backup, or crawl the page again"
WRITER = "the tool that wrote the file breaks the standard: keep the file, write new ones with another tool"
VERSIONS = ("WARC/1.1", "WARC/1.0")
_ENTITY = (ENTITY,)
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

    def header(self, name: str) -> str | None:
        """The first value of a header; `name` in lower case."""
        return self.first.get(name)

    @property
    def type(self) -> str:
        """As the header says; "" where it does not."""
        return self.first.get("warc-type", "")

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
        return re.split(r"[;\s]", stated, maxsplit=1)[0] if stated else None


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
                findings += _framing(record, behind, stream, more)
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


_lower: dict[str, str] = {}  # names that were seen → lower case; there are few


def _parse(record: Record, head: bytes) -> Iterable[Finding]:
    """Reads the header into the record."""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    version = text[:8]
    if version not in VERSIONS or text[8:10] != "\r\n" or _odd(text):
        return _parse_lines(record, head)
    headers = []
    try:
        for line in text[10:-4].split("\r\n"):
            name, _, value = line.partition(": ")
            headers.append((_lower[name], value))
    except KeyError:
        return _parse_lines(record, head)
    record.version, record.headers = version, headers
    record.first = dict(reversed(headers))
    return ()


def _odd(text: str) -> bool:
    """Whether a header has a control character, a folded line, or blanks around a value other than one before it."""
    return not text.replace("\r\n", "").isprintable() or "\n " in text or " \r" in text or ":  " in text


def _parse_lines(record: Record, head: bytes) -> Iterator[Finding]:
    """The same, line by line, for a header that has something odd in it, or a name that was not seen before."""
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
        lower = _lower.get(name) if colon else None
        if lower is None:
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
            lower = name.lower()
            if len(_lower) < 1000:
                _lower[name] = lower
        value = value.strip(" \t")
        if not value.isprintable() and _CONTROL.search(value):
            yield error(file, "header-control", f"a control character in {line[:60]!r}", WRITER, offset=offset)
            continue
        headers.append((lower, value))
        if lower not in first:
            first[lower] = value


def _block(record: Record, stream: Stream, findings: list[Finding]) -> bytes:
    """Reads the block, digests it, and compares it with what the header says of it; the four bytes behind it."""
    stated = record.header("content-length") or ""
    if not (stated.isascii() and stated.isdigit()) or len(stated) > 18:
        detail = f"Content-Length is {stated!r}, not a number"
        findings.append(error(record.file, "content-length", detail, REFETCH, offset=record.offset))
        return b""
    block_stated, payload_stated = record.first.get("warc-block-digest"), record.first.get("warc-payload-digest")
    block, wanted = Hashes(()), None
    if block_stated is not None:
        record.stated["block"] = one = Stated(block_stated)
        if one.algorithm in SIZES:
            block = Hashes((one.algorithm,))
    if payload_stated is not None:
        record.stated["payload"] = one = Stated(payload_stated)
        wanted = one.algorithm if one.algorithm in SIZES else None
    payload = _payload(record, wanted)
    take = payload.update if payload is not None else None
    left = int(stated)
    for piece in stream.take(left):
        block.update(piece)
        if take is not None:
            take(piece)
    record.block_length = block.length
    if isinstance(payload, Payload):
        payload.finish()
        record.status, record.content_type = payload.status, payload.content_type
        record.has_body = payload.framed.length > 0 and payload.status is not None
    if block.length < left:
        detail = f"Content-Length is {left}, but the block ends {left - block.length} bytes before"
        findings.append(error(record.file, "content-length", detail, REFETCH, offset=record.offset))
    findings += _digests(record, block, payload)
    return b"".join(stream.take(4))


def _payload(record: Record, stated: str | None) -> Payload | Hashes | None:
    """What digests the record's payload: that of an HTTP message is its entity, that of all others their block."""
    kind = record.type
    algorithms = _ENTITY if stated is None or stated == ENTITY else (ENTITY, stated)
    media_type = record.first.get("content-type")
    if media_type is not None and _HTTP.match(media_type):
        if kind in ("response", "revisit"):
            return Payload(algorithms, framed={stated} if stated else None)
        if kind == "request" and stated:
            return Payload(algorithms, framed={stated}, request=True)
    if kind == "resource" or (stated and kind not in ("revisit", "request", "continuation")):
        return Hashes(algorithms)
    return None


def _framing(record: Record, behind: bytes, stream: Stream, more: bool) -> Iterator[Finding]:
    stated = record.header("content-length") or ""
    if more:
        if record.part == 0:
            mend = "write one gzip member a record (warcio recompress FILE NEW), so that readers can find each"
            yield error(
                record.file,
                "one-record-per-member",
                "more than one record in a gzip member",
                mend,
                offset=record.offset,
            )
        return
    if not stated.isdigit() or int(stated) > record.block_length:
        return  # told
    extra = stream.drain()
    if behind != END or extra:
        count = f"{len(behind) + extra:,} bytes" if extra else f"{len(behind)} bytes ({behind!r})"
        yield error(
            record.file,
            "record-end",
            f"behind the block stand {count}, not two line ends",
            REFETCH,
            offset=record.offset,
        )


def _digests(record: Record, block: Hashes, payload: Payload | Hashes | None) -> Iterator[Finding]:
    stated = record.stated.get("block")
    if stated is None:
        mend = "nothing to mend here; write new records with a WARC-Block-Digest"
        yield warning(
            record.file,
            "block-digest-missing",
            "no WARC-Block-Digest: a changed byte would not show",
            mend,
            offset=record.offset,
        )
    elif stated.contradicts(block):
        detail = f"WARC-Block-Digest is {stated}, but the block's is {stated.of(block)}"
        yield error(record.file, "block-digest", detail, REFETCH, offset=record.offset)
    if payload is None:
        return
    entity = payload.entity if isinstance(payload, Payload) else payload
    if record.type in ("response", "revisit", "resource"):
        record.entity_digest = f"{ENTITY}:{entity.digest(ENTITY).hex()}"
    stated = record.stated.get("payload")
    # a revisit's payload is elsewhere, and the first of several segments states that of them all
    if stated is None or record.type == "revisit" or "warc-segment-number" in record.first:
        return
    if not stated.contradicts(entity):
        return
    chunked = isinstance(payload, Payload) and payload.chunked
    if isinstance(payload, Payload) and chunked and not stated.contradicts(payload.framed):
        detail = "WARC-Payload-Digest holds for the body with its chunk framing, not for the entity"
        mend = "nothing is lost: readers that follow the standard will say it does not match"
        yield warning(record.file, "payload-digest-framed", detail, mend, offset=record.offset)
    else:
        detail = f"WARC-Payload-Digest is {stated}, but the payload's is {stated.of(entity)}"
        if isinstance(payload, Payload) and chunked:
            detail += f", and {stated.of(payload.framed)} with its chunk framing"
        yield error(record.file, "payload-digest", detail, REFETCH, offset=record.offset)
