"""Revisits: which stored response a new one repeats, and the response that a stored revisit stands for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.errors import CollectionError, DamagedRecord
from archive.store import cdxj, http, records, warc
from archive.store.exchange import Exchange
from archive.store.folder import Folder

_FRAMING = ("transfer-encoding", "content-encoding")


@dataclass(frozen=True, slots=True)
class Originals:
    """Looks among the sealed files of a collection: what is in them stays."""

    folder: Folder

    def of_exchange(self, exchange: Exchange, answer: records.Answer) -> warc.Record | None:
        """A whole response of the same URL with the same entity, or None.

        It has the same codings too: a replay tool takes the head from the revisit and the body from the original.
        """
        message = answer.message
        if message is None or not answer.size or not answer.whole or exchange.truncated or exchange.error:
            return None
        for line in self.folder.index.captures(exchange.url):
            if line.digest != answer.digest or line.mime == cdxj.REVISIT:
                continue
            record = self._record(line)
            if record is None or record.type != "response" or record.field("WARC-Truncated"):
                continue
            if _framing(http.split(record.block)) == _framing(message):
                return record
        return None

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


def _framing(message: http.Message) -> list[tuple[str, str]]:
    return [(name.lower(), value.lower()) for name, value in message.headers if name.lower() in _FRAMING]
