"""From an exchange to WARC 1.1 records: which there are, and what each says.

What becomes of what:

| came                                  | record     | under                               |
|---------------------------------------|------------|-------------------------------------|
| final response                        | `response` | the URL; or a `revisit`             |
| 304, beside the revisit it makes      | `metadata` | `urn:policy-archive:not-modified:…` |
| request as sent, credentials replaced | `request`  | the URL                             |
| 1xx responses before the final one    | `metadata` | `urn:policy-archive:interim:…`      |
| bytes without a status line           | `metadata` | `urn:policy-archive:unparsed:…`     |
| an error, or no response              | `metadata` | the URL, `application/warc-fields`  |

All of one exchange have the same WARC-Date and name each other with WARC-Concurrent-To. Bytes that are not a response
go under a `urn:`, so that no replay tool serves them in the page's place.
"""

import hashlib
import ipaddress
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import chain

from archive.errors import DamagedRecord
from archive.store import cdxj, http, member, redaction, warc
from archive.store.answer import Answer, Finder, Original
from archive.store.exchange import Exchange, Location, Resource, Truncation
from archive.store.member import LEVEL, NOT_IN_A_HEADER, Fields
from archive.store.spool import Content

NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_STORED = 0  # for what is compressed already: level 6 took 0.5 ms for 26 KB and saved 1 %
_COMPRESSED = re.compile(r"(?:image/(?!svg)|audio/|video/|font/|application/(?:pdf|zip|gzip|x-gzip))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told:
    """What the index tells of a record beside where it lies."""

    url: str
    date: datetime
    mime: str | None
    status: int | None
    digest: str

    def line(self, location: Location) -> cdxj.IndexLine:
        """The record's index line."""
        return cdxj.IndexLine(
            key=cdxj.key(self.url),
            timestamp=self.date.strftime("%Y%m%d%H%M%S"),
            url=self.url,
            mime=self.mime,
            status=self.status,
            digest=self.digest,
            length=location.length,
            offset=location.offset,
            filename=location.warc,
        )


@dataclass(frozen=True, slots=True)
class Built:
    """One record, ready to be written."""

    type: str
    record_id: str  # without angle brackets
    member: Content
    sha256: str  # of the member, lower-case hex
    told: Told | None = None  # None for records that the index leaves out
    answered: Told | None = None  # of a revisit: what the server said, where the index says something else
    spared: int = 0  # bytes of the body that a revisit does without


def of_exchange(exchange: Exchange, warcinfo_id: str, original_of: Finder | None = None) -> list[Built]:
    """The exchange's records; the first is the one that a Location points at: the response, else the failure.

    Where `original_of` knows a record with the same payload, the response becomes a revisit. One of a 304 has no block:
    replay tools then serve the original whole; what the server answered is kept beside it.
    """
    answer = Answer.of(exchange)
    original = original_of(exchange, answer) if original_of else None
    ids = {part: _new_id() for part in _parts(exchange, answer, original)}
    built: list[Built] = []
    for part, record_id in ids.items():
        others = [other for other in ids.values() if other != record_id]
        fields = _common(exchange, record_id, warcinfo_id, others)
        if part == "response" and answer.message is not None:
            built.append(_response(exchange, answer, answer.message, fields, record_id, original))
        elif part == "request":
            fields += [("WARC-Type", "request"), ("WARC-Target-URI", warc.target_uri(exchange.url))]
            built.append(
                _build(
                    fields,
                    "application/http; msgtype=request",
                    redaction.redacted(exchange.request, exchange.credentials),
                )
            )
        elif part == "failure":
            fields += [("WARC-Type", "metadata"), ("WARC-Target-URI", warc.target_uri(exchange.url))]
            built.append(_build(fields, "application/warc-fields", _failure(exchange)))
        elif part in ("interim", "not-modified") and answer.message is not None:
            interim = answer.message.interim
            uri = f"urn:policy-archive:{part}:{_uuid(record_id)}"
            fields += [("WARC-Type", "metadata"), ("WARC-Target-URI", uri)]
            block, start = (interim, 0) if part == "interim" else (exchange.response, len(interim))
            built.append(_build(fields, "application/http; msgtype=response", block, start=start))
        else:
            uri = f"urn:policy-archive:unparsed:{_uuid(record_id)}"
            fields += [("WARC-Type", "metadata"), ("WARC-Target-URI", uri), *_truncated(exchange.truncated)]
            built.append(_build(fields, "application/octet-stream", exchange.response))
    return built


def _parts(exchange: Exchange, answer: Answer, original: Original | None) -> Iterable[str]:
    if answer.message is not None:
        yield "response"
        if original is not None and answer.message.status == 304:
            yield "not-modified"
    if exchange.error is not None or answer.message is None:
        yield "failure"
    if exchange.request:
        yield "request"
    if answer.message is not None and answer.message.interim:
        yield "interim"
    if answer.message is None and exchange.response:
        yield "unparsed"


def _response(
    exchange: Exchange,
    answer: Answer,
    message: http.Message,
    fields: Fields,
    record_id: str,
    original: Original | None,
) -> Built:
    url = warc.target_uri(exchange.url)
    told = Told(url, exchange.began, _mime(message.header("Content-Type")), message.status, answer.digest)
    kind = "application/http; msgtype=response"
    if original is not None:
        fields += [
            ("WARC-Type", "revisit"),
            ("WARC-Target-URI", url),
            ("WARC-Refers-To", f"<{original.record_id}>"),
            ("WARC-Refers-To-Target-URI", original.url),
            ("WARC-Refers-To-Date", original.date),
            ("WARC-Payload-Digest", original.digest),
        ]
        if message.status == 304:
            unmodified = replace(told, mime=cdxj.REVISIT, status=None, digest=original.digest)
            built = _build([*fields, ("WARC-Profile", NOT_MODIFIED)], kind, b"", unmodified)
            mime = _mime(http.first(original.headers, "Content-Type"))
            return replace(built, answered=replace(told, mime=mime), spared=original.size)
        fields += [("WARC-Profile", IDENTICAL), *_truncated(Truncation.LENGTH)]
        built = _build(fields, kind, message.head, replace(told, mime=cdxj.REVISIT))
        return replace(built, answered=told, spared=len(exchange.response) - len(message.head))
    fields += [("WARC-Type", "response"), ("WARC-Target-URI", url)]
    # warcio, FastWARC and jwarc agree on the payload only where it is all that stands behind the head: they differ on
    # chunked bodies. The index has the digest in any case.
    interim = len(message.interim)
    if (
        answer.size == len(exchange.response) - interim - len(message.head)
        and message.header("Transfer-Encoding") is None
    ):
        fields.append(("WARC-Payload-Digest", answer.digest))
    truncated = exchange.truncated if answer.whole or exchange.truncated else Truncation.UNSPECIFIED
    level = _STORED if message.header("Content-Encoding") or _COMPRESSED.match(told.mime or "") else LEVEL
    return _build(fields + _truncated(truncated), kind, exchange.response, told, level, start=interim)


def of_resource(resource: Resource, warcinfo_id: str) -> Built:
    """A `resource` record. Raises ValueError where its URI is not a `urn:`: a replay tool would serve it as a page."""
    if not resource.uri.startswith("urn:"):
        raise ValueError(f"a resource of our own goes under a urn:, not under {resource.uri!r}")
    uri = warc.target_uri(resource.uri)
    digest = sha256(resource.body)
    fields = [
        ("WARC-Type", "resource"),
        ("WARC-Record-ID", f"<{_new_id()}>"),
        ("WARC-Date", warc.format_date(resource.made)),
        ("WARC-Target-URI", uri),
        ("WARC-Warcinfo-ID", f"<{warcinfo_id}>"),
        ("WARC-Payload-Digest", digest),
    ]
    told = Told(uri, resource.made, _mime(resource.media_type), None, digest)
    return _build(fields, resource.media_type, resource.body, told)


def warcinfo(filename: str, made: datetime, fields: Mapping[str, str]) -> Built:
    """The record that each file begins with."""
    head = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", f"<{_new_id()}>"),
        ("WARC-Date", warc.format_date(made)),
        ("WARC-Filename", filename),
    ]
    return _build(head, "application/warc-fields", _warc_fields(fields))


def told(record: warc.Record | warc.Stream) -> Told | None:
    """What the index tells of a stored record: the same as when it was written. None for what the index leaves out.

    That is also a response that is not HTTP, such as one under `dns:` in a WARC of another tool. A record that comes in
    pieces is read to its end; memory follows the size of none.
    """
    pieces = record.pieces
    try:
        return _told(record, pieces)
    finally:
        for _ in pieces:  # one that is damaged behind what is told of it is damaged
            pass


def _told(record: warc.Named, pieces: Iterator[bytes]) -> Told | None:
    if record.type not in ("response", "revisit", "resource"):
        return None
    url, date = record.need("WARC-Target-URI"), record.date
    if record.type == "resource":
        return Told(url, date, _mime(record.field("Content-Type")), None, _sha256(pieces))
    first = next(pieces, b"")
    if record.type == "revisit" and not first:
        return Told(url, date, cdxj.REVISIT, None, record.need("WARC-Payload-Digest"))
    try:
        body = http.Streamed(chain((first,), pieces))
    except DamagedRecord:
        return None
    message = body.message
    if record.type == "revisit":
        return Told(url, date, cdxj.REVISIT, message.status, record.need("WARC-Payload-Digest"))
    digest = _sha256(http.Entity(message.status, message.headers).read(body))
    return Told(url, date, _mime(message.header("Content-Type")), message.status, digest)


def _sha256(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return f"sha256:{digest.hexdigest()}"


def sha256(data: bytes) -> str:
    """A digest as WARC and index have it: lower-case hex."""
    return _sha256((data,))


def _common(exchange: Exchange, record_id: str, warcinfo_id: str, others: Iterable[str]) -> Fields:
    fields = [
        ("WARC-Record-ID", f"<{record_id}>"),
        ("WARC-Date", warc.format_date(exchange.began)),
        ("WARC-Warcinfo-ID", f"<{warcinfo_id}>"),
        *(("WARC-Concurrent-To", f"<{other}>") for other in others),
        *(("WARC-Protocol", protocol) for protocol in exchange.protocols),
    ]
    if exchange.ip is not None:
        fields.append(("WARC-IP-Address", _address(exchange.ip)))
    if exchange.cipher is not None:
        fields.append(("WARC-Cipher-Suite", exchange.cipher))
    return fields


@lru_cache(maxsize=1024)
def _address(ip: str) -> str:
    """An address as WARC-IP-Address has it: IPv6 after RFC 5952, without a zone."""
    return ipaddress.ip_address(ip.partition("%")[0]).compressed


def _failure(exchange: Exchange) -> bytes:
    return _warc_fields(
        {
            "error": exchange.error or ("the answer is not HTTP" if exchange.response else "the server sent nothing"),
            "method": exchange.method,
            "bytes-received": str(len(exchange.response)),
        }
    )


def _warc_fields(fields: Mapping[str, str]) -> bytes:
    lines = (f"{name}: {NOT_IN_A_HEADER.sub(' ', value)}\r\n" for name, value in fields.items())
    return "".join(lines).encode("utf-8", "backslashreplace")


def _truncated(reason: Truncation | None) -> Fields:
    return [("WARC-Truncated", reason.value)] if reason else []


def _mime(content_type: str | None) -> str | None:
    """The media type without its parameters, as cdxj-indexer cuts it."""
    return re.split(r"[;\s]", content_type, maxsplit=1)[0].strip() if content_type else None


def _build(
    fields: Fields, content_type: str, block: Content, told: Told | None = None, level: int = LEVEL, start: int = 0
) -> Built:
    written = member.build(fields, content_type, block, level, start)
    named = dict(fields)
    return Built(named["WARC-Type"], named["WARC-Record-ID"].strip("<>"), written.content, written.sha256, told)


def _new_id() -> str:
    return f"urn:uuid:{uuid.uuid4()}"


def _uuid(record_id: str) -> str:
    return record_id.rpartition(":")[2]
