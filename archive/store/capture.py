"""One stored response, read back: what `extract` is given."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from archive.store import http
from archive.store.exchange import Location, Truncation
from archive.store.warc import Record, Stream

MOST = 64 * 1024 * 1024 + 1  # bytes of an entity that are held; nothing of one that is longer is read (archive/extract)


@dataclass(frozen=True, slots=True)
class Whole:
    """What is known of an entity of which only the beginning is held."""

    size: int  # bytes
    sha256: str  # lower-case hex


@dataclass(frozen=True, slots=True)
class Capture:
    """A response (or revisit, joined with the response that it repeats), decoded at most once, on demand."""

    url: str
    captured_at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]  # in order, Latin-1, names as sent; folded lines joined
    entity: bytes  # transfer-coding off, content-coding on; the first MOST bytes where it is longer
    location: Location
    record_id: str
    truncated: Truncation | None = None
    whole: Whole | None = None  # of an entity that is longer than MOST

    @property
    def size(self) -> int:
        """Of the whole entity, in bytes."""
        return self.whole.size if self.whole else len(self.entity)

    @property
    def sha256(self) -> str:
        """Of the whole entity, in lower-case hex."""
        return self.whole.sha256 if self.whole else hashlib.sha256(self.entity).hexdigest()

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


def of_record(
    record: Record | Stream, location: Location, *, original: Record | Stream | None = None, unchunked: bool = False
) -> Capture:
    """The response in a record, which is read to its end; of a revisit, joined with the `original` that it repeats.
    Raises DamagedRecord where there is none. Memory follows neither's size.

    `unchunked`: as tools write it that keep a body without its chunks, and yet the field that says `chunked`. Such a
    body is whole.
    """
    source = original or record
    body = http.Streamed(source.pieces)
    unmodified = original is not None and record.need("WARC-Profile").endswith("server-not-modified")
    own = body if original is None or unmodified else http.Streamed(record.pieces)
    reader = http.Entity(body.message.status, body.message.headers)
    entity, known = _held(reader.read(body))
    whole = reader.whole
    for _ in body:  # what the entity left of it: a record that is damaged there is damaged
        pass
    for _ in record.pieces if unmodified else own:
        pass
    size = known.size if known else len(entity)
    if unchunked and size == body.size and "chunked" in (body.message.header("Transfer-Encoding") or "").lower():
        whole = True
    stated = source.field("WARC-Truncated")
    cut = stated if stated in set(Truncation) else Truncation.UNSPECIFIED if stated or not whole else None
    return Capture(
        url=record.need("WARC-Target-URI").strip("<> "),  # old wgets put it in angle brackets
        captured_at=record.date,
        status=own.message.status,
        headers=own.message.headers,
        entity=entity,
        location=location,
        record_id=record.record_id,
        truncated=Truncation(cut) if cut else None,
        whole=known,
    )


def _held(pieces: Iterable[bytes]) -> tuple[bytes, Whole | None]:
    """The beginning of an entity, and what is known of one that is longer."""
    held: list[bytes] = []
    size, hashed = 0, None
    for piece in pieces:
        if size + len(piece) > MOST and hashed is None:
            hashed = hashlib.sha256()
            for one in held:
                hashed.update(one)
        if size < MOST:
            held.append(piece[: MOST - size])
        if hashed is not None:
            hashed.update(piece)
        size += len(piece)
    entity = held[0] if len(held) == 1 else b"".join(held)
    return entity, Whole(size, hashed.hexdigest()) if hashed is not None else None
