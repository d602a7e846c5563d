"""The index against the records, both ways: every line says what its record says, and every record that belongs there
has a line.
"""

from collections.abc import Iterable, Iterator

from archive.audit.finding import Finding, error, warning
from archive.audit.inventory import Inventory
from archive.errors import DamagedRecord
from archive.store import cdxj

INDEX = "indexes/index.cdxj"
JOURNAL = "state/index.journal"
_DERIVE = "the index is derived: run `policy-archive derive` to make it again from the WARCs"
_INDEXED = ("response", "revisit", "resource")


def check_lines(
    lines: Iterable[bytes], where: str, inventory: Inventory, is_journal: bool = False
) -> Iterator[Finding]:
    """Each line of an index file against the record that it points at.

    The index is sorted by bytes and has each record once. A journal has the order of writing, and while its file is
    being sealed, the index has its lines already.
    """
    before = b""
    for number, line in enumerate(lines, 1):
        if line < before and not is_journal:
            detail = "the line is not in byte order (LC_ALL=C): readers that search by halves do not find it"
            yield error(where, "index-order", detail, _DERIVE, line=number)
        before = line
        try:
            parsed = cdxj.parse(line)
        except DamagedRecord as damage:
            yield error(where, "index-line", str(damage), _DERIVE, line=number)
            continue
        if str(parsed).encode() != line.rstrip(b"\n"):
            detail = "the line is not as the archive writes it: unknown fields, or another spelling"
            yield warning(where, "index-spelling", detail, _DERIVE, line=number)
        if not inventory.mark_indexed(parsed.filename, parsed.offset) and not is_journal:
            detail = f"a second line for the record in {parsed.filename} at byte {parsed.offset}"
            yield error(where, "index-duplicate", detail, _DERIVE, line=number)
        wrong = _difference(parsed, inventory)
        if wrong is not None:
            rule, detail = wrong
            yield error(where, rule, detail, _DERIVE, line=number)


def check_records(inventory: Inventory, still_open: Iterable[str] = ()) -> Iterator[Finding]:
    """Every record that belongs into the index and is not there.

    What a crawl is just writing into an open file is not missed.
    """
    query = f"""SELECT file, offset, type, target FROM record r
        WHERE type IN ({", ".join("?" * len(_INDEXED))}) AND (type = 'resource' OR status IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM indexed i WHERE i.file = r.file AND i.offset = r.offset) ORDER BY file, offset"""
    being_written = set(still_open)
    for file, offset, kind, target in inventory.rows(query, *_INDEXED):
        if file in being_written:
            continue
        detail = f"the {kind} record of {target} has no line in the index: replay and derive do not see it"
        yield error(file, "index-missing", detail, _DERIVE, offset=offset)


def _difference(line: cdxj.IndexLine, inventory: Inventory) -> tuple[str, str] | None:
    query = "SELECT length, target, date, status, mime, type, entity, payload FROM record WHERE file = ? AND offset = ?"
    record = inventory.one(query, line.filename, line.offset)
    if record is None:
        if inventory.is_lost(line.filename, line.offset):
            return None  # told once, where the file is damaged
        return "index-dangling", f"no readable record begins in {line.filename} at byte {line.offset}"
    length, target, date, status, mime, kind, entity, payload = record
    if kind not in _INDEXED:
        return "index-mismatch", f"{line.filename} at byte {line.offset} is a {kind} record, which the index leaves out"
    digest = payload if kind == "revisit" else entity
    said = (line.url, line.timestamp, line.status, line.mime, line.digest, line.length, line.key)
    is_so = (target, _timestamp(date), status, mime, digest, length, cdxj.key(target or ""))
    names = ("url", "timestamp", "status", "mime", "digest", "length", "key")
    wrong = [
        f"{name} is {one!r}, the record's is {other!r}"
        for name, one, other in zip(names, said, is_so, strict=True)
        if one != other
    ]
    return ("index-mismatch", f"{line.filename} at byte {line.offset}: {'; '.join(wrong)}") if wrong else None


def _timestamp(date: str | None) -> str:
    """A WARC-Date's 14 digits."""
    return "".join(character for character in (date or "")[:19] if character.isdigit())
