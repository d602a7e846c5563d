"""Reads one WARC file, every member of it, and says what is wrong in it; what it saw goes into the inventory."""

from collections.abc import Callable, Iterator
from pathlib import Path

from archive.audit import rules
from archive.audit.finding import Finding, error, warning
from archive.audit.inventory import Inventory
from archive.audit.members import walk
from archive.audit.record import REFETCH, read

_BUFFER = 1024 * 1024  # read-ahead of the file, so that a member's slices seldom reach the disk


def scan(
    path: Path, name: str, inventory: Inventory, still_open: bool = False, progress: Callable[[int], None] | None = None
) -> Iterator[Finding]:
    """What is wrong in a file. `name` is what findings call it; `progress` hears the offset reached, about once a
    member.

    A file that is `still_open` may end within a member: whoever writes it has not finished, or was killed, and the next
    crawl cuts the tail off. Bytes behind a broken member that begin no record are told with it: they are lost.
    """
    size = path.stat().st_size
    expected = 0
    with path.open("rb", buffering=_BUFFER) as file:
        lost: Finding | None = None
        for member in walk(file, size):
            if lost is not None:
                inventory.lost.append((name, expected, member.offset))
                yield _with_extent(lost, expected, member.offset)
                lost = None
            record, findings = read(member, name)
            if progress is not None:
                progress(member.offset)
            if member.broken:
                lost, expected = findings[0], member.offset
                continue
            expected = member.end
            yield from findings
            if record is not None:
                yield from rules.check(record)
                inventory.add(record)
        if lost is not None:
            inventory.lost.append((name, expected, size))
            yield _torn(name, expected, size) if still_open else _with_extent(lost, expected, size)
    if size == 0 and not still_open:
        yield error(name, "gzip", "the file is empty", REFETCH, offset=0)


def _with_extent(finding: Finding, begin: int, end: int) -> Finding:
    detail = f"{finding.detail}; {end - begin:,} bytes cannot be read, to byte {end}"
    return error(finding.where, finding.rule, detail, finding.mend, offset=begin)


def _torn(name: str, offset: int, size: int) -> Finding:
    detail = f"the last {size - offset:,} bytes are no whole member: a write was cut off, or is going on"
    mend = "nothing to do: the next crawl cuts the tail off, keeps it beside, and fetches the page again"
    return warning(name, "torn-tail", detail, mend, offset=offset)
