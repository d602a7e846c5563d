"""Checks across records: ids are unique, what a record names is there, and a revisit leads to the content that it says
it repeats.
"""

from collections.abc import Iterator
from typing import Any

from archive.audit.finding import Finding, error, warning
from archive.audit.inventory import Inventory

_AGAIN = "the content of this visit is lost: crawl the page again"
_ORIGINAL = "entity, payload, type"  # columns
_NAMES = {
    "warc-concurrent-to": "WARC-Concurrent-To",
    "warc-refers-to": "WARC-Refers-To",
    "warc-warcinfo-id": "WARC-Warcinfo-ID",
    "warc-segment-origin-id": "WARC-Segment-Origin-ID",
}


def check(inventory: Inventory) -> Iterator[Finding]:
    """All findings about references."""
    lost = bool(inventory.lost)  # what is missing may lie in members that could not be read
    yield from _duplicates(inventory)
    yield from _dangling(inventory, lost)
    yield from _revisits(inventory, lost)


def _duplicates(inventory: Inventory) -> Iterator[Finding]:
    query = """SELECT r.file, r.offset, r.id, f.file, f.offset FROM record r
        JOIN record f ON f.id = r.id AND (f.file, f.offset) < (r.file, r.offset)
        WHERE r.id != '' AND NOT EXISTS (
            SELECT 1 FROM record e WHERE e.id = r.id AND (e.file, e.offset) < (f.file, f.offset))"""
    for file, offset, name, first, first_at in inventory.rows(query):
        detail = f"WARC-Record-ID {name} is also that of the record in {first} at byte {first_at}"
        mend = "is a file there twice, under two names? Take one out of archive/ and run derive"
        yield error(file, "duplicate-record-id", detail, mend, offset=offset)


def _dangling(inventory: Inventory, lost: bool) -> Iterator[Finding]:
    query = """SELECT file, offset, name, id FROM reference
        WHERE id NOT IN (SELECT id FROM record) ORDER BY file, offset"""
    for file, offset, name, target in inventory.rows(query):
        detail = f"{_NAMES[name]} names {target}, which is in no WARC of the collection"
        yield error(file, "dangling-reference", detail, _where_it_may_be(lost), offset=offset)


def _revisits(inventory: Inventory, lost: bool) -> Iterator[Finding]:
    query = """SELECT file, offset, payload, refers_target, refers_date,
            (SELECT id FROM reference x WHERE x.file = r.file AND x.offset = r.offset AND x.name = 'warc-refers-to')
        FROM record r WHERE type = 'revisit' ORDER BY file, offset"""
    for file, offset, digest, target, date, name in inventory.rows(query):
        if name is None and target is None:
            detail = "the revisit does not say what it repeats: no WARC-Refers-To, no WARC-Refers-To-Target-URI"
            yield error(file, "revisit-unresolved", detail, _AGAIN, offset=offset)
        elif not (target and date):
            detail = "without WARC-Refers-To-Target-URI and -Date, replay tools do not find the original"
            mend = "nothing is lost; write new revisits with both"
            yield warning(file, "revisit-unreplayable", detail, mend, offset=offset)
        # pywb looks for target and date, other tools for the record id: both must lead to a capture with that digest
        originals = set()
        if name is not None:
            originals.add((name, inventory.one(f"SELECT {_ORIGINAL} FROM record WHERE id = ?", name)))
        if target is not None:
            by_target = (
                f"SELECT {_ORIGINAL} FROM record WHERE target = ? AND date = ? AND type IN ('response', 'resource')"
            )
            originals.add((f"{target} at {date}", inventory.one(by_target, target, date)))
        wrong = {_wrong(digest, said, original, lost) for said, original in originals}
        for rule, detail, mend in sorted(one for one in wrong if one is not None):
            yield error(file, rule, detail, mend, offset=offset)


def _wrong(digest: str | None, said: str, original: Any, lost: bool) -> tuple[str, str, str] | None:
    """Rule, detail and mend of what is wrong with what a revisit refers to; None where it holds."""
    if original is None:
        return "revisit-unresolved", f"the revisit's original is not here: {said}", _where_it_may_be(lost)
    entity, payload, kind = original
    if kind not in ("response", "resource"):
        return "revisit-unresolved", f"the revisit refers to a {kind} record, which holds no content to repeat", _AGAIN
    algorithm = (digest or "").partition(":")[0]
    # what was computed comes before what the original says of itself
    held = next((one for one in (entity, payload) if one and one.partition(":")[0] == algorithm), digest)
    if held != digest:
        return "revisit-digest", f"the revisit says {digest}, but the record that it refers to holds {held}", _AGAIN
    return None


def _where_it_may_be(lost: bool) -> str:
    if lost:
        return "it may lie in a damaged member: mend that first"
    return "put the file that holds it back into archive/, or crawl the page again"
