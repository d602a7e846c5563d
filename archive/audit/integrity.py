"""Reads one WARC, or the members of it that begin in a part of it, and says what is wrong there.

A large collection is read by all processors, part by part: each part is looked at alone, from the first member that can
be found in it, and whoever puts the parts together sees whether that is where the part before ended.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from archive.audit import rules, shape
from archive.audit.finding import Finding, error, warning
from archive.audit.members import Member, next_record, walk
from archive.audit.record import REFETCH, Record, read
from archive.audit.source import WarcFile
from archive.store import cdxj

PART = 8 * 1024 * 1024  # bytes of a WARC: of the smallest records, 40,000 rows
REFERENCES = frozenset(("warc-concurrent-to", "warc-refers-to", "warc-warcinfo-id", "warc-segment-origin-id"))
_ID, _TYPE, _DATE = 4, 5, 7  # columns of a record's row
_INDEXED = ("response", "revisit", "resource")


@dataclass(frozen=True, slots=True)
class Part:
    """The members of a WARC that begin in [begin, end)."""

    warc: WarcFile
    begin: int
    end: int
    exact: bool = True  # a member begins at `begin`; else the first behind it is looked for

    def __str__(self) -> str:
        return f"{self.warc.path} from byte {self.begin}"


@dataclass(slots=True)
class Seen:
    """What was seen in a part. Rows are those of the inventory's tables, without the file."""

    first: int | None  # where its first member begins
    next: int  # where the next part's first one must
    findings: list[Finding] = field(default_factory=list)
    records: list[tuple[Any, ...]] = field(default_factory=list)
    references: list[tuple[Any, ...]] = field(default_factory=list)
    lost: list[tuple[int, int]] = field(default_factory=list)  # stretches that could not be read as records


def parts(warc: WarcFile, size: int = PART) -> Iterator[Part]:
    """A WARC in parts, each to be looked at alone."""
    for begin in range(0, warc.size, size):
        yield Part(warc, begin, min(begin + size, warc.size), exact=begin == 0)


def look(part: Part) -> Seen:
    """What is in a part.

    A file that is still open may end within a member: whoever writes it has not finished, or was killed, and the next
    crawl cuts the tail off. Bytes behind a broken member that begin no record are told with it: they are lost.
    """
    warc = part.warc
    with warc.open() as file:
        begin = part.begin if part.exact else next_record(file, part.begin, warc.gzip)
        if begin is None or begin >= part.end:
            return Seen(None, part.end)
        seen = Seen(begin, part.end)
        lost: Finding | None = None
        end = begin
        for member in walk(file, begin, part.end, warc.gzip):
            if lost is not None:
                _lose(seen, lost, end, member.offset)
                lost = None
            for record, findings in read(member, warc.name):
                if member.broken:
                    lost, end = findings[0], member.offset
                    continue
                seen.findings += findings
                if record is not None:
                    broken = rules.check(record)
                    seen.findings += broken
                    if record.head is not None and not broken and not findings:
                        shape.learn(record.head, record.version, record.headers)
                    _note(seen, record)
            if lost is None:
                end = member.end
        if lost is not None:
            found = next_record(file, end + 1, warc.gzip)
            if found is None and warc.still_open:
                seen.findings.append(_torn(warc.name, end, warc.size))
                seen.lost.append((end, warc.size))
            else:
                _lose(seen, lost, end, warc.size if found is None else found)
            end = warc.size if found is None else found
        seen.next = end
    _settle(seen)
    return seen


def whole(warc: WarcFile, progress: Callable[[int], None] | None = None) -> Iterator[Seen]:
    """What is in a WARC, part by part, in this process."""
    at = 0
    while at < warc.size:
        seen = look(Part(warc, at, min(at + PART, warc.size)))
        yield seen
        at = seen.next
        if progress is not None:
            progress(at)


def joined(
    warc: WarcFile, results: Iterable[tuple[Part, Seen]], progress: Callable[[int], None] | None = None
) -> Iterator[Seen]:
    """What was seen in the parts of a WARC, in order; a part that was begun at the wrong place is looked at again.

    That is where what looks like a member lies inside of one (a WARC in a WARC), or where damage hides a beginning.
    """
    at = 0
    for part, seen in results:
        while at < part.end and seen.first != at:
            seen = look(Part(warc, at, part.end))
        if at >= part.end:
            continue
        yield seen
        at = seen.next
        if progress is not None:
            progress(at)


def of_file(warc: WarcFile) -> Iterator[Finding]:
    """What is wrong with a file before a record of it is read."""
    if warc.size == 0 and not warc.still_open:
        yield error(warc.name, "gzip", "the file is empty", REFETCH, offset=0)
    elif warc.gzip != warc.name.endswith(".gz") and warc.size and not warc.still_open:
        detail = f"it is {'' if warc.gzip else 'not '}compressed, and its name says otherwise"
        mend = f"name it {'….warc.gz' if warc.gzip else '….warc'}: readers go by the name"
        yield warning(warc.name, "file-suffix", detail, mend)


def _lose(seen: Seen, finding: Finding, begin: int, end: int) -> None:
    detail = f"{finding.detail}; {end - begin:,} bytes cannot be read, to byte {end}"
    seen.findings.append(error(finding.where, finding.rule, detail, finding.mend, offset=begin))
    seen.lost.append((begin, end))


def _torn(name: str, offset: int, size: int) -> Finding:
    detail = f"the last {size - offset:,} bytes are no whole member: a write was cut off, or is going on"
    mend = "nothing to do: the next crawl cuts the tail off, keeps it beside, and fetches the page again"
    return warning(name, "torn-tail", detail, mend, offset=offset)


def _note(seen: Seen, record: Record) -> None:
    """The record's rows: see the inventory's tables."""
    get = record.first.get
    target = (get("warc-target-uri") or "").strip("<>") or None
    payload = record.stated.get("payload")
    stated = payload.plain if payload is not None else None
    if stated == record.entity_digest:
        stated = record.entity_digest  # one string, which is sent once
    seen.records.append(
        (
            record.offset,
            record.part,
            record.length,
            record.sha256,
            record.id,
            record.type,
            target,
            get("warc-date"),
            record.entity_digest,
            stated,
            (get("warc-refers-to-target-uri") or "").strip("<>") or None,
            get("warc-refers-to-date"),
            record.status,
            record.mime,
            cdxj.key(target) if target is not None and record.type in _INDEXED else None,
            record.block_length,
            get("warc-segment-number"),
            get("warc-segment-total-length"),
        )
    )
    for name, value in record.headers:
        if name in REFERENCES:
            seen.references.append((record.offset, name, value))


def _settle(seen: Seen) -> None:
    """Drops the references that hold within the part, as nearly all do, and what is named again and again."""
    there = {row[_ID]: (row[_TYPE], row[_DATE]) for row in seen.records}
    dates = {row[0]: row[_DATE] for row in seen.records}
    kept: list[tuple[Any, ...]] = []
    crawls: set[str] = set()
    for offset, name, target in seen.references:
        kind, date = there.get(target, (None, None))
        if name == "warc-warcinfo-id":
            if kind == "warcinfo" or target in crawls:
                continue
            crawls.add(target)
        elif name == "warc-concurrent-to" and kind is not None and date == dates[offset]:
            continue
        kept.append((offset, name, target))
    seen.references = kept


def one(member: Member, name: str) -> tuple[Record | None, list[Finding]]:
    """The record of one member, with all that is wrong with it."""
    record, findings = next(read(member, name))
    return record, [*findings, *(rules.check(record) if record is not None else ())]
