"""Revisits: which stored response a new one repeats, and the response that a stored revisit stands for."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from archive.errors import CollectionError, DamagedRecord
from archive.store import cdxj, http, warc
from archive.store.answer import Answer, Original
from archive.store.exchange import Exchange
from archive.store.folder import Folder
from archive.store.spool import IN_MEMORY

_FRAMING = ("transfer-encoding", "content-encoding")


@dataclass(frozen=True, slots=True)
class Originals:
    """Looks among the sealed files of a collection: what is in them stays."""

    folder: Folder

    def of_exchange(self, exchange: Exchange, answer: Answer) -> Original | None:
        """What a response repeats: a whole response of the same URL with the same entity, or the one that the server
        was asked whether it still holds, and said so (304). None where there is none.
        """
        message = answer.message
        if message is None or exchange.truncated or exchange.error:
            return None
        if message.status == 304:
            return self._asked_about(exchange)
        if not answer.size or not answer.whole:
            return None
        for line, original in self._responses(exchange.url):
            # The same codings too: a replay tool takes the head from the revisit and the body from the original.
            if line.digest == answer.digest and _framing(original.headers) == _framing(message.headers):
                return original
        return None

    def validators(self, url: str) -> dict[str, str]:
        """What to ask with whether a URL still holds what its newest whole capture with status 200 holds (RFC 9110,
        13.1): header fields of a request, none where there is no such capture or it had no validator.
        """
        for line in reversed(list(self.folder.index.captures(url))):
            head = self._head(line) if line.status == 200 else None
            if head is not None and (line.mime == cdxj.REVISIT or not head[0].field("WARC-Truncated")):
                tag, modified = (http.first(head[1], name) for name in ("ETag", "Last-Modified"))
                asked = {"If-None-Match": tag, "If-Modified-Since": modified}
                return {name: value for name, value in asked.items() if value and value.isascii()}
        return {}

    def _asked_about(self, exchange: Exchange) -> Original | None:
        """The newest response, or the one that the newest revisit of it repeats, that has the validator which the
        request was sent with (RFC 9110, 13.1).
        """
        sent = http.fields(exchange.request.split(b"\n")[1:])
        tags = {_weak(tag.strip()) for tag in (http.first(sent, "If-None-Match") or "").split(",") if tag.strip()}
        since = http.first(sent, "If-Modified-Since")
        found = None
        originals: dict[str, Original] = {}
        for line in self.folder.index.captures(exchange.url):
            head = None if line.unmodified else self._head(line)
            if head is None or (line.mime != cdxj.REVISIT and head[0].field("WARC-Truncated")):
                continue
            record, headers = head
            if record.type == "response":
                originals[record.record_id] = Original.of(record, line.digest, headers)
            tag, modified = (http.first(headers, name) for name in ("ETag", "Last-Modified"))
            if (tag is not None and _weak(tag) in tags) or (not tags and since is not None and modified == since):
                repeats = [record.record_id] if record.type == "response" else record.ids("WARC-Refers-To")
                found = next((originals[one] for one in repeats if one in originals), found)
        return found

    def _head(self, line: cdxj.IndexLine) -> tuple[warc.Record, http.Headers] | None:
        """The beginning of a capture's record, and its HTTP header fields; None where it is damaged."""
        try:
            record = warc.head(self.folder.resolve(line.filename), line.offset, IN_MEMORY)
            return record, http.split(record.block).headers
        except (DamagedRecord, CollectionError):
            return None  # `verify` names it; here another original, or the full response, does as well

    def _responses(self, url: str) -> Iterator[tuple[cdxj.IndexLine, Original]]:
        """The whole responses of a URL, oldest first."""
        for line in self.folder.index.captures(url):
            head = None if line.mime == cdxj.REVISIT else self._head(line)
            if head is not None and head[0].type == "response" and not head[0].field("WARC-Truncated"):
                yield line, Original.of(head[0], line.digest, head[1])

    @contextmanager
    def of_revisit(self, revisit: warc.Named, journal: Iterable[bytes] = ()) -> Iterator[warc.Stream]:
        """The response that a revisit refers to, by record id or by URL and date; raises DamagedRecord."""
        url = revisit.need("WARC-Refers-To-Target-URI")
        wanted = set(revisit.ids("WARC-Refers-To"))
        date = revisit.need("WARC-Refers-To-Date")
        for line in self._captures(url, journal):
            if line.mime == cdxj.REVISIT:
                continue
            record = self._beginning(line)
            if record is not None and (record.record_id in wanted or record.field("WARC-Date") == date):
                with warc.opened(self.folder.resolve(line.filename), line.offset, line.length) as original:
                    yield original
                return
        raise DamagedRecord(f"{revisit.record_id} repeats {url} of {date}, which the collection does not hold")

    def _captures(self, url: str, journal: Iterable[bytes]) -> Iterator[cdxj.IndexLine]:
        yield from self.folder.index.captures(url)
        wanted = warc.target_uri(url)
        yield from (line for line in map(cdxj.parse, journal) if line.url == wanted)

    def _beginning(self, line: cdxj.IndexLine) -> warc.Record | None:
        try:
            return warc.head(self.folder.resolve(line.filename), line.offset)
        except (DamagedRecord, CollectionError):
            return None  # `verify` names it; here another original, or the full response, does as well


def _framing(headers: http.Headers) -> list[tuple[str, str]]:
    return [(name.lower(), value.lower()) for name, value in headers if name.lower() in _FRAMING]


def _weak(tag: str) -> str:
    """An entity tag for weak comparison (RFC 9110, 8.8.3.2)."""
    return tag.removeprefix("W/")
