"""Reads a source whole: its records, what they say of each other, and the indexes over them."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from archive.audit import index
from archive.audit.finding import Finding, Level
from archive.audit.integrity import Seen, of_file
from archive.audit.inventory import Inventory
from archive.audit.readers import Readers
from archive.audit.references import References
from archive.audit.source import Source, WarcFile

Sealed = Callable[[WarcFile, str], Iterable[Finding]]


@dataclass(slots=True)
class Counts:
    """How much was checked."""

    files: int = 0
    bytes: int = 0
    records: int = 0
    index_lines: int = 0
    ledger_lines: int = 0
    captures: int = 0  # derived again
    publications: int = 0
    versions: int = 0


class Reading:
    """One reading of a source's WARCs and indexes. `findings()` does the work; `step`, `done` and `total` (bytes) tell
    how far it is.
    """

    def __init__(self, processes: int | None = None) -> None:
        """`processes` is for tests; else it follows the size and the machine."""
        self.checked = Counts()
        self.errors = 0
        self.warnings = 0
        self.step = ""
        self.done = 0
        self.total = 0
        self._processes = processes

    def counted(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings, counted as they pass."""
        for finding in findings:
            self.errors += finding.level is Level.ERROR
            self.warnings += finding.level is Level.WARNING
            yield finding

    def records(
        self, source: Source, inventory: Inventory, readers: Readers, sealed: Sealed | None = None
    ) -> Iterator[Finding]:
        """What is wrong with a source's records, with what they say of each other, and with the indexes over them.

        Memory does not follow the source's size. `sealed` is asked about each WARC with its SHA-256, once it is read.
        """
        before = 0
        found: deque[Finding] = deque()  # in the lines of the indexes, which are read when there is nothing else to do

        def reached(warc: WarcFile, at: int) -> None:
            self.step, self.done = f"records of {warc.name}", before + at

        self.step = "records"
        lines = self._lines(source, inventory, found)
        for warc, seen in readers.read(source.warcs, reached, lines, hashed=sealed is not None):
            if isinstance(seen, Seen):
                inventory.add(warc.name, seen)
                yield from (replace(finding, where=source.prefix + finding.where) for finding in seen.findings)
            elif sealed is not None:
                yield from sealed(warc, seen)
            if warc.size <= self.done - before:
                before += warc.size
            while found:
                yield found.popleft()
        for _ in lines:
            while found:
                yield found.popleft()
        for warc in source.warcs:
            yield from (replace(finding, where=source.prefix + finding.where) for finding in of_file(warc))
        self.checked.files += len(source.warcs)
        self.checked.bytes += sum(warc.size for warc in source.warcs)
        inventory.finish()
        self.checked.records = inventory.one("SELECT count(*) FROM record")[0]
        self.checked.index_lines = inventory.one("SELECT count(*) FROM line")[0]
        self.step = "references"
        yield from References(source, inventory).findings()
        self.step = "index"
        yield from index.check(source, inventory)

    def _lines(self, source: Source, inventory: Inventory, found: deque[Finding]) -> Iterator[object]:
        for number, one_index in enumerate(source.indexes):
            for told in index.read(one_index, number, inventory):
                if isinstance(told, Finding):
                    found.append(told)
                yield told


class Files(Reading):
    """A verification of WARCs from anywhere, such as `source.of_path` finds."""

    def __init__(self, source: Source, processes: int | None = None) -> None:
        super().__init__(processes)
        self._source = source
        self.name = source.name
        self.head = ""

    def findings(self) -> Iterator[Finding]:
        """All that is not as it should be."""
        return self.counted(self._all())

    def _all(self) -> Iterator[Finding]:
        self.total = sum(warc.size for warc in self._source.warcs)
        with Inventory() as inventory, Readers(self.total, self._processes) as readers:
            yield from self.records(self._source, inventory, readers)
