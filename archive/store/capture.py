"""One stored response, read back: what `extract` is given."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from archive.store.exchange import Location, Truncation


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
