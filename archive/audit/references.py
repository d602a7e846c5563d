"""Checks across records: ids are unique, what a record names is there, a revisit leads to the content that it says it
repeats, and segments make a whole.
"""

from collections.abc import Iterator
from typing import Any

from archive.audit.finding import Finding, error, warning
from archive.audit.inventory import Inventory
from archive.audit.source import Source
from archive.audit.standard import title

_AGAIN = "the content of this visit is lost: crawl the page again"
_ORIGINAL = "entity, payload, type"  # columns
_ELSEWHERE = "verify it together with the files of the same crawl: name their folder"


class References:
    """All findings about references of a source whose records are in the inventory."""

    def __init__(self, source: Source, inventory: Inventory) -> None:
        self._source = source
        self._inventory = inventory
        self._absent = error if source.closed else warning  # what is named and not there
        if not source.closed:
            self._mend = _ELSEWHERE
        elif inventory.has_lost():
            self._mend = "it may lie in a damaged member: mend that first"
        else:
            self._mend = "put the file that holds it back, or crawl the page again"

    def findings(self) -> Iterator[Finding]:
        """In the order of causes before their effects."""
        yield from self._duplicates()
        yield from self._dangling()
        yield from self._kinds()
        yield from self._dates()
        yield from self._revisits()
        yield from self._segments()

    def _place(self, file: str) -> str:
        return self._source.prefix + file

    def _duplicates(self) -> Iterator[Finding]:
        query = """SELECT r.place, r.offset, r.id, o.name, f.offset FROM named_record r
            JOIN record f ON f.id = r.id AND (f.file, f.offset, f.part) < (r.file, r.offset, r.part)
            JOIN file o ON o.number = f.file
            WHERE r.id != '' AND NOT EXISTS (
                SELECT 1 FROM record e WHERE e.id = r.id
                AND (e.file, e.offset, e.part) < (f.file, f.offset, f.part))"""
        for file, offset, name, first, first_at in self._inventory.rows(query):
            detail = f"WARC-Record-ID {name} is also that of the record in {first} at byte {first_at}"
            mend = "is a file there twice, under two names? Take one out and make the index again"
            yield error(self._place(file), "duplicate-record-id", detail, mend, offset=offset)

    def _dangling(self) -> Iterator[Finding]:
        query = """SELECT r.place, r.offset, r.name, r.id FROM named_reference r
            WHERE NOT EXISTS (SELECT 1 FROM record t WHERE t.id = r.id) ORDER BY r.file, r.offset"""
        for file, offset, name, target in self._inventory.rows(query):
            if name == "warc-refers-to" and not self._source.closed:
                continue  # told as a revisit without its original
            detail = f"{title(name)} names {target}, which is in no WARC here"
            yield self._absent(self._place(file), "dangling-reference", detail, self._mend, offset=offset, about=name)

    def _kinds(self) -> Iterator[Finding]:
        query = """SELECT r.place, r.offset, r.id, t.type FROM named_reference r JOIN record t ON t.id = r.id
            WHERE r.name = 'warc-warcinfo-id' AND t.type != 'warcinfo' ORDER BY r.file, r.offset"""
        for file, offset, name, kind in self._inventory.rows(query):
            detail = f"WARC-Warcinfo-ID names {name}, which is a {kind} record"
            mend = "the record keeps its content; what the crawl was is not known from it"
            yield error(self._place(file), "reference-type", detail, mend, offset=offset, about="warc-warcinfo-id")

    def _dates(self) -> Iterator[Finding]:
        query = """SELECT r.place, r.offset, r.id, t.date, s.date FROM named_reference r JOIN record t ON t.id = r.id
            JOIN record s ON s.file = r.file AND s.offset = r.offset
            WHERE r.name = 'warc-concurrent-to' AND t.date != s.date AND s.part = 0 ORDER BY r.file, r.offset"""
        for file, offset, name, other, own in self._inventory.rows(query):
            detail = f"WARC-Date is {own}, but that of {name}, of the same capture, is {other}"
            mend = "nothing is lost: it is the same capture, and began once"
            yield warning(self._place(file), "concurrent-date", detail, mend, offset=offset)

    def _revisits(self) -> Iterator[Finding]:
        query = """SELECT r.place, r.offset, r.payload, r.refers_target, r.refers_date, (
                SELECT id FROM reference x WHERE x.file = r.file AND x.offset = r.offset AND x.name = 'warc-refers-to')
            FROM named_record r WHERE r.type = 'revisit' ORDER BY r.file, r.offset"""
        for file, offset, digest, target, date, name in self._inventory.rows(query):
            where = self._place(file)
            if name is None and target is None:
                detail = "the revisit does not say what it repeats: no WARC-Refers-To, no WARC-Refers-To-Target-URI"
                yield self._absent(where, "revisit-unresolved", detail, _AGAIN, offset=offset)
            elif not (target and date):
                detail = "without WARC-Refers-To-Target-URI and -Date, replay tools do not find the original"
                mend = "nothing is lost; write new revisits with both"
                yield warning(where, "revisit-unreplayable", detail, mend, offset=offset)
            wrong = {self._wrong(digest, said, original) for said, original in self._originals(name, target, date)}
            for rule, detail, mend in sorted(one for one in wrong if one is not None):
                tell = self._absent if rule == "revisit-unresolved" else error
                yield tell(where, rule, detail, mend, offset=offset)

    def _originals(self, name: str | None, target: str | None, date: str | None) -> set[tuple[str, Any]]:
        """pywb looks for target and date, other tools for the record id: both must lead to a capture with that
        digest.
        """
        found = set()
        if name is not None:
            found.add((name, self._inventory.one(f"SELECT {_ORIGINAL} FROM record WHERE id = ?", name)))
        if target is not None:
            query = f"SELECT {_ORIGINAL} FROM record WHERE target = ? AND date = ? AND type IN ('response', 'resource')"
            found.add((f"{target} at {date}", self._inventory.one(query, target, date)))
        return found

    def _wrong(self, digest: str | None, said: str, original: Any) -> tuple[str, str, str] | None:
        """Rule, detail and mend of what is wrong with what a revisit refers to; None where it holds."""
        if original is None:
            return "revisit-unresolved", f"the revisit's original is not here: {said}", self._mend
        entity, payload, kind = original
        if kind not in ("response", "resource"):
            detail = f"the revisit refers to a {kind} record, which holds no content to repeat"
            return "revisit-unresolved", detail, _AGAIN
        algorithm = (digest or "").partition(":")[0]
        # what was computed comes before what the original says of itself
        held = [one for one in (entity, payload) if one and one.partition(":")[0] == algorithm]
        # and where it says of itself what holds for its chunk framing, another tool's revisit says so too
        if held and digest not in (held[:1] if self._source.closed else held):
            detail = f"the revisit says {digest}, but the record that it refers to holds {held[0]}"
            return "revisit-digest", detail, _AGAIN
        return None

    def _segments(self) -> Iterator[Finding]:
        """A record in segments: each is there once, in order, and together they are as long as the last one says."""
        query = """SELECT r.place, r.offset, x.id, r.segment, r.total, r.block FROM named_record r
            JOIN reference x ON x.file = r.file AND x.offset = r.offset AND x.name = 'warc-segment-origin-id'
            WHERE r.type = 'continuation' ORDER BY x.id, CAST(r.segment AS INTEGER)"""
        origin, expected, length = "", 1, 0
        for file, offset, name, segment, total, block in self._inventory.rows(query):
            if name != origin:
                first = self._inventory.one("SELECT block FROM record WHERE id = ?", name)
                origin, expected, length = name, 1, first[0] if first else 0
            expected += 1
            length += block
            if segment != str(expected):
                detail = f"WARC-Segment-Number is {segment}, but segment {expected} of {name} is not here"
                yield self._absent(self._place(file), "segment-missing", detail, self._mend, offset=offset)
                expected = int(segment) if (segment or "").isdigit() else expected
            elif total is not None and total != str(length):
                detail = f"WARC-Segment-Total-Length is {total}, but the segments of {name} are {length} bytes"
                yield error(self._place(file), "segment-length", detail, _AGAIN, offset=offset)
