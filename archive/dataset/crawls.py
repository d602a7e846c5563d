"""Which crawl a WARC file belongs to."""

import re

from archive.errors import DamagedRecord
from archive.store import warc
from archive.store.folder import Folder

_SERIAL = re.compile(r"-\d+\.warc(\.gz)?$")
_PART_OF = re.compile(rb"^isPartOf:[ \t]*([^\r\n]+)", re.MULTILINE | re.IGNORECASE)


def by_name(warc_name: str) -> str:
    """The file's name without its serial number: for files that do not say which crawl wrote them."""
    return _SERIAL.sub("", warc_name)


def part_of(block: bytes) -> str | None:
    """The crawl that a warcinfo record's block names."""
    found = _PART_OF.search(block)
    return found[1].decode("utf-8", "replace").strip() if found else None


class Crawls:
    """Reads `isPartOf` of each file's warcinfo record, once. A crawl writes several files."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._found: dict[str, str] = {}

    def __call__(self, warc_name: str) -> str:
        if warc_name not in self._found:
            self._found[warc_name] = self._read(warc_name)
        return self._found[warc_name]

    def _read(self, warc_name: str) -> str:
        """A file whose first record is damaged still tells its time by its name; `verify` reports the damage."""
        try:
            first = next(warc.members(self._folder.resolve(warc_name)), None)
            return (self._stated(first) if first else None) or by_name(warc_name)
        except DamagedRecord:
            return by_name(warc_name)

    @staticmethod
    def _stated(first: warc.Member) -> str | None:
        with first.opened() as record:
            return part_of(next(record.pieces, b"")) if record.type == "warcinfo" else None
