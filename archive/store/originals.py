"""Revisits: which stored response a new one repeats, and the response that a stored revisit stands for."""

from collections.abc import Iterable, Iterator
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

    def _asked_about(self, exchange: Exchange) -> Original | None:
        """The newest response that has the validator which the request was sent with (RFC 9110, 13.1)."""
        sent = http.fields(exchange.request.split(b"\n")[1:])
        tags = {_weak(tag.strip()) for tag in (http.first(sent, "If-None-Match") or "").split(",") if tag.strip()}
        since = http.first(sent, "If-Modified-Since")
        found = None
        for _, original in self._responses(exchange.url):
            tag = http.first(original.headers, "ETag")
            modified = http.first(original.headers, "Last-Modified")
            if (tag is not None and _weak(tag) in tags) or (not tags and since is not None and modified == since):
                found = original
        return found

    def _responses(self, url: str) -> Iterator[tuple[cdxj.IndexLine, Original]]:
        """The whole responses of a URL, oldest first."""
        for line in self.folder.index.captures(url):
            if line.mime == cdxj.REVISIT:
                continue
            try:
                record = warc.head(self.folder.resolve(line.filename), line.offset, IN_MEMORY)
                headers = http.split(record.block).headers
            except (DamagedRecord, CollectionError):
                continue  # `verify` names it; here another original, or the full response, does as well
            if record.type == "response" and not record.field("WARC-Truncated"):
                yield line, Original.of(record, line.digest, headers)

    def of_revisit(self, revisit: warc.Record, journal: Iterable[bytes] = ()) -> warc.Record:
        """The response that a revisit refers to, by record id or by URL and date; raises DamagedRecord."""
        url = revisit.need("WARC-Refers-To-Target-URI")
        wanted = set(revisit.ids("WARC-Refers-To"))
        date = revisit.need("WARC-Refers-To-Date")
        for line in self._captures(url, journal):
            if line.mime == cdxj.REVISIT:
                continue
            record = self._record(line)
            if record is not None and (record.record_id in wanted or record.field("WARC-Date") == date):
                return record
        raise DamagedRecord(f"{revisit.record_id} repeats {url} of {date}, which the collection does not hold")

    def _captures(self, url: str, journal: Iterable[bytes]) -> Iterator[cdxj.IndexLine]:
        yield from self.folder.index.captures(url)
        wanted = warc.target_uri(url)
        yield from (line for line in map(cdxj.parse, journal) if line.url == wanted)

    def _record(self, line: cdxj.IndexLine) -> warc.Record | None:
        try:
            return warc.read(self.folder.resolve(line.filename), line.offset, line.length)
        except (DamagedRecord, CollectionError):
            return None  # `verify` names it; here another original, or the full response, does as well


def _framing(headers: http.Headers) -> list[tuple[str, str]]:
    return [(name.lower(), value.lower()) for name, value in headers if name.lower() in _FRAMING]


def _weak(tag: str) -> str:
    """An entity tag for weak comparison (RFC 9110, 8.8.3.2)."""
    return tag.removeprefix("W/")
