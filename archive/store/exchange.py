"""One request and its response, byte for byte as they crossed the wire: what capture hands to the archive."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from archive.store.spool import Content


class Truncation(StrEnum):
    """Why a response is not whole: the values of `WARC-Truncated` (WARC 1.1, 5.15)."""

    LENGTH = "length"
    TIME = "time"
    DISCONNECT = "disconnect"
    UNSPECIFIED = "unspecified"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was sent and what came back. `response` begins with the status line, or the interim (1xx) ones before it.

    `response` is empty and `error` says why when nothing came back (refused connection, DNS or TLS failure).
    """

    url: str  # the target URI: absolute, ASCII, without fragment
    method: str
    began: datetime  # UTC: when the request was first written, or the attempt began
    request: bytes
    response: Content
    truncated: Truncation | None = None
    ip: str | None = None  # the peer's address, RFC 5952 for IPv6
    protocols: tuple[str, ...] = ()  # values for WARC-Protocol: "http/1.1", "tls/1.3"
    cipher: str | None = None  # WARC-Cipher-Suite
    certificates: tuple[bytes, ...] = ()  # DER, the peer's first
    error: str | None = None  # one line
    credentials: tuple[str, ...] = ()  # names of request fields that are, beside those of redaction.py


@dataclass(frozen=True, slots=True)
class Resource:
    """Bytes of our own that a collection keeps to explain itself: a `resource` record under `urn:`."""

    uri: str  # such as urn:policy-archive:crawl:20261122180000:profile
    media_type: str
    body: bytes
    made: datetime


@dataclass(frozen=True, slots=True)
class Location:
    """Where a record's gzip member lies."""

    warc: str  # the sealed file's name, without folder and without `.open`
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of an exchange: where its record lies, and whether it says only that nothing has changed (a
    revisit).
    """

    location: Location
    revisit: bool
    written: int = 0  # bytes of all its records
    status: int | None = None  # None where no response came that could be understood
    media_type: str | None = None  # as the server says, without parameters
    spared: int = 0  # bytes of a body that was not written, or not even sent, again
