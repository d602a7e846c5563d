"""What a server answered, read once, and the stored response that it repeats."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from archive.errors import DamagedRecord
from archive.store import http, warc
from archive.store.exchange import Exchange
from archive.store.spool import IN_MEMORY, first, pieces


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered, read once."""

    message: http.Message | None  # None where the bytes are not HTTP, or there are none; its body may be a beginning
    size: int  # bytes of the entity
    whole: bool
    digest: str  # of the entity

    @classmethod
    def of(cls, exchange: Exchange) -> "Answer":
        """The exchange's response, split."""
        try:
            message = http.split(first(exchange.response, IN_MEMORY)) if exchange.response else None
        except DamagedRecord:
            message = None
        if message is None:
            return cls(None, 0, False, "")
        reader = http.Entity(message.status, message.headers)
        digest, size = hashlib.sha256(), 0
        for piece in reader.read(pieces(exchange.response, len(message.interim) + len(message.head))):
            digest.update(piece)
            size += len(piece)
        # HEAD has no body, whatever it states
        return cls(message, size, reader.whole or exchange.method != "GET", f"sha256:{digest.hexdigest()}")


@dataclass(frozen=True, slots=True)
class Original:
    """The stored response that a new one repeats."""

    record_id: str
    url: str  # WARC-Target-URI
    date: str  # WARC-Date
    digest: str  # of its entity
    headers: http.Headers
    size: int = 0  # bytes of its block

    @classmethod
    def of(cls, record: warc.Record, digest: str, headers: http.Headers) -> "Original":
        """What a revisit says of a response record."""
        return cls(
            record.record_id, record.need("WARC-Target-URI"), record.need("WARC-Date"), digest, headers, _size(record)
        )


def _size(record: warc.Record) -> int:
    """What the record says of its block, which may not have been read whole."""
    stated = record.field("Content-Length") or ""
    return int(stated) if stated.isascii() and stated.isdigit() else len(record.block)


Finder = Callable[[Exchange, Answer], Original | None]
