"""Reading HTTP/1 messages as they crossed the wire: where the head ends, what it says, the entity below the codings.

Tolerant of all that servers send: LF line ends, folded and colon-less lines, Latin-1 in names and values.
Nothing here changes a stored byte; the views that it returns are for readers.
"""

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from archive.errors import DamagedRecord

Headers = tuple[tuple[str, str], ...]

MOST_MEMBERS = 1_000  # of a gzip entity; real ones have one or a few
SLICE = 256 * 1024  # bytes given to zlib at a time: a page in one go

_STATUS_LINE = re.compile(rb"HTTP/(\d+(?:\.\d+)?)[ \t]+(\d{3})(?:[ \t]+([^\n]*?))?[ \t]*\r?\Z", re.IGNORECASE)
_END_OF_HEAD = re.compile(rb"\n\r?\n")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*)?\r?\n")
_SPACE = " \t"
_NOT_IN_A_VALUE = str.maketrans("\r\n\0", "   ")  # RFC 9110, 5.5: a recipient may read each as a space


@dataclass(frozen=True, slots=True)
class Message:
    """One response, split. `interim + head + body` are the bytes that were given, unchanged."""

    interim: bytes  # 1xx responses in front of the final one, with their blank lines
    head: bytes  # from the final status line to the blank line, inclusive
    body: bytes  # as on the wire: chunk framing and trailers are still in it
    status: int
    reason: str  # Latin-1, "" where the server sent none
    version: str  # such as "HTTP/1.1"
    headers: Headers  # in order, names as sent; folded lines joined with one space, colon-less lines left out

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever its case."""
        return first(self.headers, name)


def first(headers: Headers, name: str) -> str | None:
    """The first value that `name` has in `headers`, whatever its case."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


def _words(headers: Headers, name: str) -> list[str]:
    """The comma-separated words of all of a header's lines, lower-case."""
    return [word.strip().lower() for key, value in headers if key.lower() == name for word in value.split(",")]


def split(response: bytes) -> Message:
    """A response's bytes as a Message. A head that was cut off is all head; what comes after 101 is its body.

    Raises DamagedRecord where there is no final status line (HTTP/0.9, another protocol, cut within a 1xx response).
    """
    start = 0
    while True:
        end_of_line = response.find(b"\n", start)
        line = response[start : end_of_line if end_of_line >= 0 else len(response)]
        found = _STATUS_LINE.match(line)
        if found is None:
            raise DamagedRecord(f"no HTTP status line at byte {start} of the response, but {line[:60]!r}")
        blank = _END_OF_HEAD.search(response, end_of_line) if end_of_line >= 0 else None
        end = blank.end() if blank else len(response)
        version, status, reason = found.groups(b"")
        code = int(status)
        if 100 <= code < 200 and code != 101:
            start = end
            continue
        return Message(
            interim=response[:start],
            head=response[start:end],
            body=response[end:],
            status=code,
            reason=reason.decode("latin-1").translate(_NOT_IN_A_VALUE),
            version="HTTP/" + version.decode("ascii"),
            headers=fields(response[start:end].split(b"\n")[1:]),
        )


def fields(lines: Iterable[bytes]) -> Headers:
    """Header lines as names and values, Latin-1. Reads up to the first blank line."""
    found: list[tuple[str, str]] = []
    readable = False  # the line before was a header, so that a folded line belongs to it
    for raw in lines:
        line = raw.removesuffix(b"\r")
        if not line:
            break
        text = line.decode("latin-1").translate(_NOT_IN_A_VALUE)
        if text[0] in _SPACE:
            if readable:
                name, value = found[-1]
                found[-1] = (name, f"{value} {text.strip(_SPACE)}".strip(" "))
            continue
        name, colon, value = text.partition(":")
        readable = bool(colon and name.strip(_SPACE))
        if readable:
            found.append((name.strip(_SPACE), value.strip(_SPACE)))
    return tuple(found)


def entity(message: Message) -> tuple[bytes, bool]:
    """The body with the transfer-coding off and the content-coding on, and whether it is whole (RFC 9112, 6.3).

    A body that says `chunked` and is not is given as it stands, not whole. A body that ends with the connection counts
    as whole: only the Exchange knows better. An answer to HEAD has no body, and only the caller knows the method.
    """
    if message.status in (204, 304):
        return b"", True
    coding = _words(message.headers, "transfer-encoding")
    if "chunked" in coding:
        return _dechunked(message.body)
    lengths = set(_words(message.headers, "content-length"))
    if not lengths:
        return message.body, True
    stated = lengths.pop()
    if lengths or not (stated.isascii() and stated.isdigit()) or len(stated) > 18:
        return message.body, False
    length = int(stated)
    return message.body[:length], len(message.body) >= length


def _dechunked(body: bytes) -> tuple[bytes, bool]:
    parts: list[bytes] = []
    at = 0
    while size_line := _CHUNK_SIZE.match(body, at):
        size = int(size_line[1], 16)
        at = size_line.end()
        if size == 0:
            return b"".join(parts), _trailers_end(body, at)
        part = body[at : at + size]
        parts.append(part)
        at += size
        if len(part) < size:
            break
        if body.startswith(b"\r\n", at):
            at += 2
        elif body.startswith(b"\n", at):
            at += 1
        else:
            break
    if at == 0:
        return body, False
    return b"".join(parts), False


def _trailers_end(body: bytes, at: int) -> bool:
    """Whether the trailer section after the last chunk is there, to its blank line."""
    return body.startswith((b"\r\n", b"\n"), at) or _END_OF_HEAD.search(body, at) is not None


def decode(entity: bytes, headers: Headers, limit: int) -> bytes:
    """The entity with the content-coding off: gzip, deflate (with or without zlib's head), identity.

    An entity that says gzip or deflate and is not is given as it stands, as browsers and replay tools do.
    Raises DamagedRecord where it is cut off, broken, longer than `limit` bytes, or in a coding that was not asked for.
    """
    for coding in reversed(_words(headers, "content-encoding")):
        if coding in ("gzip", "x-gzip"):
            entity = _gunzipped(entity, limit) if entity[:2] == b"\x1f\x8b" else entity
        elif coding == "deflate":
            entity = _inflated(entity, limit)
        elif coding not in (
            "",
            "identity",
            "none",
            "utf-8",
        ):  # the last two are servers' misunderstandings, and mean nothing
            raise DamagedRecord(f"content coding {coding!r} is not one that was asked for (gzip, deflate)")
    if len(entity) > limit:
        raise DamagedRecord(f"the entity is longer than {limit:,} bytes")
    return entity


def _gunzipped(coded: bytes, limit: int) -> bytes:
    plain, at = b"", 0
    for _ in range(MOST_MEMBERS):
        part, at = _expanded(coded, at, zlib.MAX_WBITS | 16, limit - len(plain))
        plain = plain + part if plain else part
        if not coded.startswith(
            b"\x1f\x8b", at
        ):  # zeros and other bytes behind the last member are padding, as for gzip(1)
            return plain
    raise DamagedRecord(f"the entity is more than {MOST_MEMBERS:,} gzip members")


def _inflated(coded: bytes, limit: int) -> bytes:
    """Deflate is zlib's format (RFC 9110, 8.4.1.2), but some servers send it bare, and some say it of plain bytes."""
    if len(coded) >= 2 and coded[0] & 0x0F == 8 and (coded[0] << 8 | coded[1]) % 31 == 0:
        return _expanded(coded, 0, zlib.MAX_WBITS, limit)[0]
    try:
        zlib.decompressobj(-zlib.MAX_WBITS).decompress(coded, SLICE)
    except zlib.error:
        return coded
    return _expanded(coded, 0, -zlib.MAX_WBITS, limit)[0]


def _expanded(coded: bytes, at: int, window: int, limit: int) -> tuple[bytes, int]:
    """The compressed stream that begins at `at`, and where it ends. In slices, as zlib copies what lies behind it."""
    expander = zlib.decompressobj(window)
    parts: list[bytes] = []
    left = limit
    try:
        while not expander.eof and at < len(coded):
            piece = coded[at : at + SLICE]
            part = expander.decompress(piece, left + 1)
            if len(part) > left:
                raise DamagedRecord(f"the entity is longer than {limit:,} bytes once decoded")
            parts.append(part)
            left -= len(part)
            at += len(piece) - len(expander.unused_data)
    except zlib.error as error:
        raise DamagedRecord(f"the compressed entity is broken: {error}") from None
    if not expander.eof:
        raise DamagedRecord(f"the compressed entity is cut off: {limit - left:,} bytes could be decoded")
    return b"".join(parts), at
