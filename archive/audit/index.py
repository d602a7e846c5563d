"""Indexes against the records, both ways: every line says what its record says, and every record that belongs there
has a line.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from archive.audit.finding import Finding, error, warning
from archive.audit.inventory import Inventory
from archive.audit.source import IndexFile, Source
from archive.audit.stated import Stated
from archive.errors import DamagedRecord
from archive.store import cdxj

_DERIVE = "the index is derived: run `policy-archive derive` to make it again from the WARCs"
_REINDEX = "make the index again from the WARCs, with the tool that made it (such as cdxj-indexer)"
_BATCH = 500  # lines: a hundredth of a second
_NAMES = ("url", "timestamp", "status", "mime", "digest", "length", "key")


def read(index: IndexFile, number: int, inventory: Inventory) -> Iterator[Finding | int]:
    """Takes the lines of an index, the source's `number`-th, into the inventory; says what is wrong with the lines
    alone, and now and then which line it is at.
    """
    mend = _DERIVE if index.own else _REINDEX
    batch: list[tuple[Any, ...]] = []
    before = b""
    for count, line in enumerate(index.lines(), 1):
        if not index.own and line.startswith(b"!"):  # the head of a ZipNum block, or the format
            continue
        if line < before and index.in_order:
            detail = "the line is not in byte order (LC_ALL=C): readers that search by halves do not find it"
            yield error(index.where, "index-order", detail, mend, line=count)
        before = line
        try:
            row, spelled = _own(line) if index.own else _foreign(line)
        except DamagedRecord as damage:
            yield error(index.where, "index-line", str(damage), mend, line=count)
            continue
        if not spelled:
            detail = "the line is not as the archive writes it: unknown fields, or another spelling"
            yield warning(index.where, "index-spelling", detail, mend, line=count)
        batch.append((number, count, *row))
        if len(batch) >= _BATCH:
            inventory.add_lines(batch)
            batch.clear()
            yield count
    inventory.add_lines(batch)


def check(source: Source, inventory: Inventory) -> Iterator[Finding]:
    """What is wrong between the records and all lines that were read."""
    inventory.finish_lines()
    for number, index in enumerate(source.indexes):
        mend = _DERIVE if index.own else _REINDEX
        if index.in_order:
            yield from _duplicates(index, number, inventory, mend)
        yield from _dangling(source, index, number, inventory, mend)
        yield from _mismatches(index, number, inventory, mend)
    if source.closed:
        yield from _missing(source, inventory)


def _duplicates(index: IndexFile, number: int, inventory: Inventory, mend: str) -> Iterator[Finding]:
    query = """SELECT l.number, l.file, l.offset FROM line l WHERE l.source = ? AND EXISTS (
            SELECT 1 FROM line o WHERE o.file = l.file AND o.offset = l.offset AND o.source = l.source
            AND o.number < l.number) ORDER BY l.number"""
    for line, file, offset in inventory.rows(query, number):
        detail = f"a second line for the record in {file} at byte {offset}"
        yield error(index.where, "index-duplicate", detail, mend, line=line)


def _dangling(source: Source, index: IndexFile, number: int, inventory: Inventory, mend: str) -> Iterator[Finding]:
    query = """SELECT l.number, l.file, l.offset FROM line l WHERE l.source = ? AND NOT EXISTS (
            SELECT 1 FROM file f JOIN record r ON r.file = f.number WHERE f.name = l.file AND r.offset = l.offset)
        ORDER BY l.number"""
    tell = error if source.closed else warning
    growing = {warc.name: warc.size for warc in source.warcs if warc.name in source.unindexed}
    for line, file, offset in inventory.rows(query, number):
        if offset >= growing.get(file, offset + 1):
            continue  # written since we looked
        if inventory.is_lost(file, offset):
            continue  # told once, where the file is damaged
        detail = f"no readable record begins in {file} at byte {offset}"
        yield tell(index.where, "index-dangling", detail, mend, line=line)


def _mismatches(index: IndexFile, number: int, inventory: Inventory, mend: str) -> Iterator[Finding]:
    """A digest is that of the entity; for a revisit, and in others' indexes, also the one that the record states."""
    stated = "r.type = 'revisit'" if index.own else "1"
    query = f"""SELECT l.number, l.file, l.offset, r.type,
            l.url, l.timestamp, l.status, l.mime, l.digest, l.length, l.key,
            r.target, substr(replace(replace(replace(r.date, '-', ''), ':', ''), 'T', ''), 1, 14), r.status, r.mime,
            CASE WHEN {stated} AND (r.type = 'revisit' OR r.payload = l.digest) THEN r.payload ELSE r.entity END,
            r.length, r.key
        FROM line l JOIN file f ON f.name = l.file JOIN record r ON r.file = f.number AND r.offset = l.offset
        WHERE l.source = ? AND r.part = 0"""
    for line, file, offset, kind, *values in inventory.rows(query, number):
        said, is_so = values[:7], values[7:]
        if index.own and kind not in ("response", "revisit", "resource"):
            detail = f"{file} at byte {offset} is a {kind} record, which the index leaves out"
            yield error(index.where, "index-mismatch", detail, mend, line=line)
            continue
        wrong = [
            f"{name} is {one!r}, the record's is {other!r}"
            for name, one, other in zip(_NAMES, said, is_so, strict=True)
            if one != other and (index.own or _comparable(name, one, other, kind))
        ]
        if wrong:
            detail = f"{file} at byte {offset}: {'; '.join(wrong)}"
            yield error(index.where, "index-mismatch", detail, mend, line=line)


def _comparable(name: str, said: Any, is_so: Any, kind: str) -> bool:
    """Whether another tool's line can be held against a record: fields may be left out, and SURTs differ."""
    if said is None or is_so is None or name in ("key", "mime") or kind not in ("response", "revisit", "resource"):
        return False
    return name != "digest" or said.partition(":")[0] == is_so.partition(":")[0]


def _missing(source: Source, inventory: Inventory) -> Iterator[Finding]:
    """Every record that belongs into the index and is not there."""
    query = """SELECT r.place, r.offset, r.type, r.target FROM named_record r
        WHERE r.type IN ('response', 'revisit', 'resource') AND (r.type = 'resource' OR r.status IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM line l WHERE l.file = r.place AND l.offset = r.offset)
        ORDER BY r.file, r.offset"""
    for file, offset, kind, target in inventory.rows(query):
        if file in source.unindexed:
            continue
        detail = f"the {kind} record of {target} has no line in the index: replay and derive do not see it"
        yield error(source.prefix + file, "index-missing", detail, _DERIVE, offset=offset)


def _own(line: bytes) -> tuple[tuple[Any, ...], bool]:
    """A line's row, and whether the line is spelled as the store writes it."""
    plain = _PLAIN.fullmatch(line.decode("latin-1"))
    if plain is not None:
        key, timestamp, url, mime, status, digest, length, offset, filename = plain.groups()
        return (filename, int(offset), int(length), key, timestamp, url, mime, int(status), digest), True
    parsed = cdxj.parse(line)
    row = (parsed.filename, parsed.offset, parsed.length, parsed.key, parsed.timestamp, parsed.url)
    return (*row, parsed.mime, parsed.status, parsed.digest), str(parsed).encode() == line.rstrip(b"\n")


# the line of a response as the store writes it, where JSON escapes nothing in it: a tenth of the time
_TEXT, _INTEGER = r"([ !#-\[\]-~]*)", r"(0|[1-9][0-9]{0,17})"
_PLAIN = re.compile(
    rf'([!-~]+) ([!-~]+) \{{"url": "{_TEXT}", "mime": "{_TEXT}", "status": "{_INTEGER}", "digest": "{_TEXT}", '
    rf'"length": "{_INTEGER}", "offset": "{_INTEGER}", "filename": "{_TEXT}"\}}\n'
)


def _foreign(line: bytes) -> tuple[tuple[Any, ...], bool]:
    """A line of any CDXJ: of its fields, only where the record lies must be there."""
    try:
        key, timestamp, told = line.decode("utf-8").split(" ", 2)
        fields = json.loads(told)
        length, status, digest = fields.get("length"), str(fields.get("status", "")), fields.get("digest")
        if digest is not None:
            digest = Stated(digest if ":" in digest else f"sha1:{digest}").plain
        row = (
            _text(fields["filename"]),
            _number(fields["offset"]),
            _number(length) if length is not None else None,
            key,
            timestamp,
            _text(fields.get("url")),
            _text(fields.get("mime")),
            _number(status) if status.isdigit() else None,
            digest,
        )
        return row, True
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise DamagedRecord(f"not a CDXJ line: {line[:120]!r} ({type(problem).__name__}: {problem})") from None


def _text(value: Any) -> str | None:
    """A text that can be stored; raises ValueError where it holds half a surrogate pair, TypeError where it is none."""
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{value!r:.60} is no text")
    if value is not None:
        value.encode("utf-8")
    return value


def _number(value: Any) -> int:
    """A number of bytes, or a status; raises ValueError where it is none."""
    number = int(value)
    if not 0 <= number < 1 << 63:
        raise ValueError(f"{number:.3g} is out of range")
    return number
