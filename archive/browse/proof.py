"""What a publication's page says of where it was read: the record, and the connection that it came over."""

from dataclasses import dataclass
from typing import Any, Self

from archive.errors import ArchiveError
from archive.store.collection import Collection
from archive.store.exchange import Location

_FIELDS = (
    ("WARC-IP-Address", "address"),
    ("WARC-Protocol", "protocol"),
    ("WARC-Cipher-Suite", "cipher"),
    ("WARC-Block-Digest", "block digest"),
    ("WARC-Truncated", "truncated"),
)


@dataclass(frozen=True, slots=True)
class Proof:
    """`fields` are pairs of a name and a value, in the order to be shown; `problem` says why they are not whole."""

    fields: tuple[tuple[str, str], ...]
    problem: str | None = None

    @classmethod
    def of(cls, collection: Collection | None, line: dict[str, Any]) -> Self:
        source = line["source"]
        told = [
            ("WARC", source["warc"]),
            ("offset", f"{source['offset']:,} (length {source['length']:,})"),
            ("record", source["record_id"]),
            ("captured", source["captured_at"]),
            ("status", str(source["http_status"])),
            ("payload digest", source["payload_digest"]),
        ]
        problem = None
        if collection is not None:
            try:
                record = collection.record(Location(source["warc"], source["offset"], source["length"]))
                told += [(shown, value) for name, shown in _FIELDS if (value := record.field(name))]
            except ArchiveError as error:
                problem = str(error)
        return cls(tuple(told), problem)
