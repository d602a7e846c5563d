"""Reading HTTP/1 messages as they crossed the wire: where the head ends, what it says, the entity below the codings.

Tolerant of all that servers send: LF line ends, folded and colon-less lines, Latin-1 in names and values.
Nothing here changes a stored byte; the views that it returns are for readers.
"""

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from archive.errors import DamagedRecord

Headers = tuple[tuple[str, str], ...]

MOST_MEMBERS = 1_000  # of a gzip entity; real ones have one or a few
MOST_AHEAD = 64 * 1024  # bytes of a chunk's size line with its extensions, or of trailers
MOST_HEADS = 1024 * 1024  # bytes of a response's heads, where it comes in pieces
SLICE = 256 * 1024  # bytes given to zlib at a time: a page in one go
EXPANDED = 1024 * 1024  # bytes taken from it at a time: it holds them twice while it makes them

_STATUS_LINE = re.compile(rb"HTTP/(\d+(?:\.\d+)?)[ \t]+(\d{3})(?:[ \t]+([^\n]*?))?[ \t]*\r?\Z", re.IGNORECASE)
_END_OF_HEAD = re.compile(rb"\n\r?\n")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*)?\r?\n")
_LINE_END = re.compile(rb"\r?\n")
_TRAILERS = re.compile(rb"(?s:.*?)\n\r?\n")
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


def text(value: str) -> str:
    """A header's value as the text that it is: servers send UTF-8 unencoded, and headers are read as Latin-1."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return value


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
    reader = Entity(message.status, message.headers)
    parts = list(reader.read((message.body,)))
    return parts[0] if len(parts) == 1 else b"".join(parts), reader.whole


class Entity:
    """`entity`, of a body that comes in pieces: memory does not follow its size."""

    def __init__(self, status: int, headers: Headers) -> None:
        self._status = status
        self._chunked = "chunked" in _words(headers, "transfer-encoding")
        self._lengths = set(_words(headers, "content-length"))
        self.whole = False  # is told once all has been read

    def read(self, body: Iterable[bytes]) -> Iterator[bytes]:
        """The entity, in pieces. All of the body is to be given, from its first byte."""
        if self._status in (204, 304):
            self.whole = True
        elif self._chunked:
            yield from self._dechunked(_Ahead(body))
        elif not self._lengths:
            self.whole = True
            yield from body
        else:
            yield from self._up_to_length(body)

    def _up_to_length(self, body: Iterable[bytes]) -> Iterator[bytes]:
        stated = next(iter(self._lengths))
        if len(self._lengths) > 1 or not (stated.isascii() and stated.isdigit()) or len(stated) > 18:
            yield from body
            return
        left = int(stated)
        for piece in body:
            if left:
                yield piece if len(piece) <= left else piece[:left]
            left = max(0, left - len(piece))
        self.whole = left == 0

    def _dechunked(self, body: "_Ahead") -> Iterator[bytes]:
        size_line = body.match(_CHUNK_SIZE)
        if size_line is None:
            yield from body.rest()
            return
        while size_line is not None:
            size = int(size_line[1], 16)
            if size == 0:
                self.whole = body.startswith((b"\r\n", b"\n")) or body.match(_TRAILERS) is not None
                return
            for part in body.take(size):
                size -= len(part)
                yield part
            if size or body.match(_LINE_END) is None:
                return
            size_line = body.match(_CHUNK_SIZE)


class Streamed:
    """A response that comes in pieces: its head at once, and the body behind it, which is iterated over once.

    Raises DamagedRecord as `split` does. Heads longer than MOST_HEADS are all head.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        start: list[bytes] = []
        while sum(map(len, start)) < MOST_HEADS and (piece := next(pieces, None)) is not None:
            start.append(piece)
        self.message = split(start[0] if len(start) == 1 else b"".join(start))
        self.size = 0  # of what was read of the body so far
        self._pieces = chain((self.message.body,), pieces)

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.size += len(piece)
            yield piece


class _Ahead:
    """Pieces of bytes that are read on from a place in them."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._held = next(self._pieces, b"")
        self._at = 0

    def _more(self) -> bool:
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self._held = self._held[self._at :] + piece
        self._at = 0
        return True

    def match(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """Go on behind what matches here; at most a line, or trailers, of MOST_AHEAD bytes are looked at."""
        while True:
            found = pattern.match(self._held, self._at)
            if found is not None:
                self._at = found.end()
                return found
            if len(self._held) - self._at > MOST_AHEAD or not self._more():
                return None

    def startswith(self, prefixes: tuple[bytes, ...]) -> bool:
        while len(self._held) - self._at < 2 and self._more():
            pass
        return self._held.startswith(prefixes, self._at)

    def take(self, count: int) -> Iterator[bytes]:
        """The next `count` bytes, or as many as there are."""
        while count:
            part = self._held[self._at : self._at + count]
            self._at += len(part)
            count -= len(part)
            if part:
                yield part
            elif not self._more():
                return

    def rest(self) -> Iterator[bytes]:
        """All that is left."""
        yield self._held[self._at :] if self._at else self._held
        yield from self._pieces


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
            at += len(piece)
            full = True  # whether more may wait within the expander
            while (piece or full) and not expander.eof:
                most = min(EXPANDED, left + 1)
                part = expander.decompress(piece, most)
                if len(part) > left:
                    raise DamagedRecord(f"the entity is longer than {limit:,} bytes once decoded")
                parts.append(part)
                left -= len(part)
                piece, full = expander.unconsumed_tail, len(part) == most
            at -= len(expander.unused_data)
    except zlib.error as error:
        raise DamagedRecord(f"the compressed entity is broken: {error}") from None
    if not expander.eof:
        raise DamagedRecord(f"the compressed entity is cut off: {limit - left:,} bytes could be decoded")
    return b"".join(parts), at
