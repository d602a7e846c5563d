"""One WARC record as it lies in its member: its header read strictly, its block digested, what is wrong with either."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from archive.audit.finding import Finding, error, warning
from archive.audit.members import Member
from archive.audit.payload import Hashes, Payload

HEADER_LIMIT = 1024 * 1024  # bytes of a record's header
SIZES = {"sha256": 32, "sha1": 20, "md5": 16, "sha512": 64}  # digest algorithms that can be checked, bytes of a digest
ENTITY = "sha256"  # what the archive's index and its revisits use
REFETCH = "keep the damaged file, copy the sealed file back from a backup, or crawl the page again"
_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*\Z", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(slots=True)
class Record:
    """What the audit keeps of a record while it looks at it.

    Header names are in lower case, in order, repeated ones twice.
    """

    file: str
    offset: int
    version: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    first: dict[str, str] = field(default_factory=dict)  # the same, the first value of each name
    length: int = 0  # compressed bytes of the member
    sha256: str = ""  # of the member
    block_length: int = 0
    entity_digest: str | None = (
        None  # `sha256:…` of the entity, computed; None where the record has no HTTP response or resource
    )
    status: int | None = None
    http_headers: tuple[tuple[str, str], ...] = ()
    has_body: bool = False  # of an HTTP block: something stands behind the head

    def header(self, name: str) -> str | None:
        """The first value of a header; `name` in lower case."""
        return self.first.get(name)

    @property
    def type(self) -> str:
        """As the header says; "" where it does not."""
        return self.header("warc-type") or ""

    @property
    def id(self) -> str:
        """The record's id, in its angle brackets; "" where there is none."""
        return self.header("warc-record-id") or ""

    @property
    def mime(self) -> str | None:
        """What an index says of its media type: without parameters, `warc/revisit` for a revisit."""
        if self.type == "revisit":
            return "warc/revisit"
        http = next((value for key, value in self.http_headers if key.lower() == "content-type"), None)
        stated = self.header("content-type") if self.type == "resource" else http
        return re.split(r"[;\s]", stated, maxsplit=1)[0] if stated else None


def read(member: Member, file: str) -> tuple[Record | None, list[Finding]]:
    """The record in a member, with what is wrong in its framing and its digests.

    None where there is no header to speak of.
    """
    record = Record(file, member.offset)
    findings: list[Finding] = []
    head, rest = _header(member.pieces)
    if head is not None:
        findings += _parse(record, head)
        if record.version:
            findings += _block(record, rest, member.pieces)
    for _ in member.pieces:
        pass
    record.length, record.sha256 = member.length, member.sha256
    if member.broken:
        detail = f"the gzip member is broken: {member.broken}"
        return None, [error(file, "gzip", detail, REFETCH, offset=member.offset)]
    if head is None:
        detail = f"the member holds no record: no end of a header within its first {len(rest):,} bytes"
        return None, [error(file, "record", detail, REFETCH, offset=member.offset)]
    return (record if record.version else None), findings


def _header(pieces: Iterator[bytes]) -> tuple[bytes | None, bytes]:
    """The header with its blank line, and the bytes behind it that were read along; (None, all of them) where there is
    none.
    """
    read = bytearray()
    for piece in pieces:
        read += piece
        end = read.find(b"\r\n\r\n")
        if end >= 0:
            return bytes(read[: end + 4]), bytes(read[end + 4 :])
        if len(read) > HEADER_LIMIT:
            break
    return None, bytes(read)


def _parse(record: Record, head: bytes) -> Iterator[Finding]:
    mend = "the tool that wrote the file breaks the standard: keep the file, write new ones with another tool"
    at = {"offset": record.offset}
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError:
        yield error(record.file, "header-encoding", "the header is not UTF-8", mend, **at)
        text = head.decode("latin-1")
    first, *lines = text[:-4].split("\r\n")
    if first not in ("WARC/1.1", "WARC/1.0"):
        yield error(record.file, "record", f"it begins with {first[:40]!r}, not WARC/1.1 or WARC/1.0", mend, **at)
        return
    record.version = first
    for line in lines:
        found = _FIELD.match(line)
        if line.startswith((" ", "\t")):
            yield error(record.file, "header-folded", f"a folded header line: {line.strip()[:60]!r}", mend, **at)
        elif found is None:
            yield error(record.file, "header-line", f"a line that is no header: {line[:60]!r}", mend, **at)
        elif _CONTROL.search(found[2]):
            yield error(record.file, "header-control", f"a control character in {line[:60]!r}", mend, **at)
        else:
            name, value = found[1].lower(), found[2]
            record.headers.append((name, value))
            record.first.setdefault(name, value)


def _block(record: Record, rest: bytes, pieces: Iterator[bytes]) -> Iterator[Finding]:
    """Reads the block, digests it, and compares it with what the header says of it."""
    at = {"offset": record.offset}
    stated = record.header("content-length") or ""
    if not (stated.isascii() and stated.isdigit()) or len(stated) > 18:
        yield error(record.file, "content-length", f"Content-Length is {stated!r}, not a number", REFETCH, **at)
        return
    wanted = {name: Stated(value) for name in ("block", "payload") if (value := record.header(f"warc-{name}-digest"))}
    algorithms = {one.algorithm for one in wanted.values() if one.algorithm in SIZES} | {ENTITY}
    block, payload = Hashes(algorithms), Payload(algorithms) if _is_http_response(record) else None
    left, behind = int(stated), bytearray()
    piece: bytes | None = rest
    while piece is not None:
        mine = piece if len(piece) <= left else piece[:left]
        left -= len(mine)
        block.update(mine)
        if payload is not None:
            payload.update(mine)
        if len(mine) < len(piece) and len(behind) < HEADER_LIMIT:
            behind += piece[len(mine) :]
        piece = next(pieces, None)
    record.block_length = block.length
    if payload is not None:
        payload.finish()
    yield from _framing(record, left, bytes(behind))
    yield from _digests(record, wanted, block, payload)


def _framing(record: Record, left: int, behind: bytes) -> Iterator[Finding]:
    at = {"offset": record.offset}
    if left:
        detail = f"Content-Length is {record.block_length + left}, but the block ends {left} bytes before"
        yield error(record.file, "content-length", detail, REFETCH, **at)
    elif behind.startswith(b"\r\n\r\nWARC/"):
        mend = "write one gzip member a record (warcio recompress FILE NEW), so that readers can find each"
        yield error(record.file, "one-record-per-member", "more than one record in a gzip member", mend, **at)
    elif behind != b"\r\n\r\n":
        detail = f"behind the block stand {len(behind)} bytes ({behind[:12]!r}), not two line ends"
        yield error(record.file, "record-end", detail, REFETCH, **at)


def _digests(record: Record, wanted: dict[str, "Stated"], block: Hashes, payload: Payload | None) -> Iterator[Finding]:
    at = {"offset": record.offset}
    if "block" not in wanted:
        mend = "nothing to mend here; write new records with a WARC-Block-Digest"
        yield warning(
            record.file, "block-digest-missing", "no WARC-Block-Digest: a changed byte would not show", mend, **at
        )
    elif wanted["block"].contradicts(block):
        detail = f"WARC-Block-Digest is {wanted['block']}, but the block's is {wanted['block'].of(block)}"
        yield error(record.file, "block-digest", detail, REFETCH, **at)
    entity = payload.entity if payload is not None else block if record.type == "resource" else None
    if entity is not None:
        record.entity_digest = f"{ENTITY}:{entity.digest(ENTITY).hex()}"
    if payload is not None and payload.message is not None:
        record.status, record.http_headers = payload.message.status, payload.message.headers
        record.has_body = payload.framed.length > 0
    stated = wanted.get("payload")
    if stated is None or entity is None or record.type == "revisit" or not stated.contradicts(entity):
        return
    if payload is not None and payload.chunked and not stated.contradicts(payload.framed):
        detail = "WARC-Payload-Digest holds for the body with its chunk framing, not for the entity"
        mend = "nothing is lost: readers that follow the standard will say it does not match"
        yield warning(record.file, "payload-digest-framed", detail, mend, **at)
    else:
        detail = f"WARC-Payload-Digest is {stated}, but the payload's is {stated.of(entity)}" + (
            ", chunk framing on or off" if payload is not None and payload.chunked else ""
        )
        yield error(record.file, "payload-digest", detail, REFETCH, **at)


def _is_http_response(record: Record) -> bool:
    media_type = (record.header("content-type") or "").partition(";")[0].strip().lower()
    return record.type in ("response", "revisit") and media_type == "application/http"


class Stated:
    """A digest as a header says it: `algorithm:value`, Base16 or Base32."""

    def __init__(self, text: str) -> None:
        self.text = text
        name, colon, self.value = text.partition(":")
        self.algorithm = name.lower().replace("-", "") if colon else ""

    def __str__(self) -> str:
        return self.text

    @property
    def bytes(self) -> bytes | None:
        """The digest itself; None where the value has no form that the algorithm could have."""
        size = SIZES.get(self.algorithm, -1)
        try:
            if len(self.value) == size * 2:
                return bytes.fromhex(self.value)
            padded = self.value.rstrip("=").upper()
            decoded = base64.b32decode(padded + "=" * (-len(padded) % 8))
        except (ValueError, binascii.Error):
            return None
        return decoded if len(decoded) == size else None

    def contradicts(self, hashes: Hashes) -> bool:
        """Whether the digest can be read and is not that of the bytes.

        One that cannot be read is the header rules' to tell.
        """
        return self.bytes is not None and self.bytes != hashes.digest(self.algorithm)

    def of(self, hashes: Hashes) -> str:
        """The digest of the bytes in the form of this one."""
        digest = hashes.digest(self.algorithm)
        hexadecimal = len(self.value) == SIZES[self.algorithm] * 2
        return f"{self.algorithm}:" + (digest.hex() if hexadecimal else base64.b32encode(digest).decode().rstrip("="))
