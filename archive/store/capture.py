"""One stored response, read back: what `extract` is given."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from archive.store import http
from archive.store.exchange import Location, Truncation
from archive.store.warc import Record


@dataclass(frozen=True, slots=True)
class Capture:
    """A response (or revisit, joined with the response that it repeats), decoded at most once, on demand."""

    url: str
    captured_at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]  # in order, Latin-1, names as sent; folded lines joined
    entity: bytes  # transfer-coding off, content-coding on
    location: Location
    record_id: str
    truncated: Truncation | None = None

    @property
    def digest(self) -> str:
        """Of the entity, as index and WARC have it: `sha256:` and lower-case hex."""
        return "sha256:" + hashlib.sha256(self.entity).hexdigest()

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


def of_record(
    record: Record, location: Location, *, original: Record | None = None, unchunked: bool = False
) -> Capture:
    """The response in a record; of a revisit, joined with the `original` that it repeats. Raises DamagedRecord where
    there is none.

    `unchunked`: as tools write it that keep a body without its chunks, and yet the field that says `chunked`. Such a
    body is whole.
    """
    source = original or record
    body = http.split(source.block)
    unmodified = original is not None and record.need("WARC-Profile").endswith("server-not-modified")
    message = body if original is None or unmodified else http.split(record.block)
    entity, whole = http.entity(body)
    if unchunked and entity == body.body and "chunked" in (body.header("Transfer-Encoding") or "").lower():
        whole = True
    stated = source.field("WARC-Truncated")
    cut = stated if stated in set(Truncation) else Truncation.UNSPECIFIED if stated or not whole else None
    return Capture(
        url=record.need("WARC-Target-URI").strip("<> "),  # old wgets put it in angle brackets
        captured_at=record.date,
        status=message.status,
        headers=message.headers,
        entity=entity,
        location=location,
        record_id=record.record_id,
        truncated=Truncation(cut) if cut else None,
    )
