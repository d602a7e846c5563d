"""The lines of text in a package: summary of the index, digests of its records, pages, and lines of a dataset, each
held against the records that were read.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator
from typing import Any

from archive.audit.finding import Finding, error, warning
from archive.audit.inventory import Inventory
from archive.errors import BadPackage, DamagedRecord
from archive.pack import zipnum
from archive.pack.directory import Directory, Entry
from archive.pack.manifest import PAGES_FORMAT
from archive.store import cdxj

_MAKER = "the tool that made it breaks the standard: make the package again with another"
_FORGED = "do not trust the package: ask whoever made it for another copy"
_REINDEX = "make the index again from the WARCs"
_PAGE_TYPES = "('response', 'revisit', 'resource')"


def text(directory: Directory, entry: Entry, broken: list[Finding]) -> Iterator[bytes]:
    """An entry's lines, as far as they can be read; why no further goes into `broken`, once."""
    try:
        yield from zipnum.lines_of(directory.pieces(entry))
    except (BadPackage, DamagedRecord) as problem:
        told = error(entry.name, "index-broken", str(problem), _REINDEX)
        if told not in broken:
            broken.append(told)


class Contents:
    """Holds a package's lines against the records in the inventory."""

    def __init__(self, directory: Directory, inventory: Inventory) -> None:
        self._directory = directory
        self._inventory = inventory
        inventory.index_keys()

    def record_digests(self, entry: Entry) -> Iterator[Finding]:
        """`recordDigest`, by which readers check a record that they load alone."""
        query = "SELECT sha256, type FROM named_record WHERE place = ? AND offset = ?"
        for number, line in enumerate(text(self._directory, entry, []), 1):
            if b'"recordDigest"' not in line:
                continue
            try:
                fields = json.loads(line[line.index(b"{") :])
                place, stated = (fields["filename"], int(fields["offset"])), str(fields["recordDigest"])
            except (ValueError, KeyError, TypeError):
                continue  # told where the index is read
            found = _at(self._inventory, query, *place)
            if found is not None and stated.startswith("sha256:") and stated != f"sha256:{found[0]}":
                detail = f"the record in {place[0]} at byte {place[1]} is sha256:{found[0]}, the line says {stated}"
                yield error(entry.name, "index-digest", detail, _FORGED, line=number)

    def summary(self, entry: Entry, blocks: Entry | None) -> Iterator[Finding]:
        """index.idx: each line against the block that it points at in `blocks`, which are stored."""
        if blocks is None:
            yield error(entry.name, "index-summary", "there is no index of blocks (.cdx.gz) beside it", _REINDEX)
            return
        end = 0
        with self._directory.open(blocks) as file:
            for number, line in enumerate(text(self._directory, entry, []), 1):
                try:
                    block = zipnum.parse(line)
                    if block is None:
                        continue
                    if block.offset != end or block.length <= 0 or block.offset + block.length > blocks.size:
                        raise DamagedRecord(f"a block of {block.length} bytes at byte {block.offset}, not at {end}")
                    end = block.offset + block.length
                    if block.length > zipnum.MOST:
                        raise DamagedRecord(f"a block of {block.length:,} bytes")
                    file.seek(block.offset)
                    raw = file.read(block.length)
                    if block.digest is not None and block.digest != "sha256:" + hashlib.sha256(raw).hexdigest():
                        raise DamagedRecord(f"the block at byte {block.offset} has not the hash {block.digest}")
                    first = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(raw, 1 << 20).split(b"\n", 1)[0]
                    if not first.decode("utf-8", "replace").startswith(f"{block.prefix} "):
                        raise DamagedRecord(f"the block at byte {block.offset} begins otherwise: {first[:80]!r}")
                except (DamagedRecord, zlib.error) as problem:
                    yield error(entry.name, "index-summary", str(problem), _REINDEX, line=number)
                    return
        if end != blocks.size:
            detail = f"it ends at byte {end} of {blocks.size}: what lies behind is not found"
            yield error(entry.name, "index-summary", detail, _REINDEX)

    def pages(self, entry: Entry) -> Iterator[Finding]:
        """Each page is one of the captures."""
        query = f"SELECT 1 FROM record WHERE key = ? AND type IN {_PAGE_TYPES}"
        broken: list[Finding] = []
        for number, line in enumerate(text(self._directory, entry, broken), 1):
            if not line.strip():
                continue
            told = _json(line)
            if told is None or (number > 1 and not {"url", "ts"} <= told.keys()):
                detail = f"not a line of a list of pages: {line[:80].decode('utf-8', 'replace')!r}"
                yield error(entry.name, "pages-line", detail, _MAKER, line=number)
            elif number == 1 and "url" not in told:
                if told.get("format") != PAGES_FORMAT:
                    detail = f"the first line says {told.get('format')!r}, not {PAGES_FORMAT!r}"
                    yield warning(entry.name, "pages-header", detail, _MAKER, line=number)
            else:
                url = printable(str(told["url"]).partition("#")[0])
                if self._inventory.one(query, cdxj.key(url)) is None:
                    detail = f"{url} is in no WARC of the package"
                    yield error(entry.name, "pages-dangling", detail, _FORGED, line=number)
        yield from broken

    def dataset(self, entry: Entry) -> Iterator[Finding]:
        """Each line's source is a record of the package, and it is that record."""
        for number, line in enumerate(text(self._directory, entry, []), 1):
            told = _json(line) or {}
            try:
                wanted = [(told["source"], told["source"]["record_id"], told["source"]["payload_digest"])]
                for part in told.get("parts") or ():
                    wanted.append((part["source"], part["source"]["record_id"], part["source"]["payload_digest"]))
                for document in told.get("documents") or ():
                    if document["warc"] is not None:
                        wanted.append((document, None, f"sha256:{document['sha256']}"))
            except (KeyError, TypeError, AttributeError):
                yield error(entry.name, "dataset-line", "not a line of the dataset", _FORGED, line=number)
                continue
            for pointer, ident, digest in wanted:
                if detail := _contradiction(pointer, ident, digest, self._inventory):
                    detail = f"{told.get('id')} was read from {detail}"
                    yield error(entry.name, "dataset-source", detail, _FORGED, line=number)


def _contradiction(pointer: dict[str, Any], ident: Any, digest: Any, inventory: Inventory) -> str | None:
    """What is wrong with a place that a line names, where it is not the record that it should be."""
    query = """SELECT id, CASE type WHEN 'revisit' THEN payload ELSE entity END FROM named_record
        WHERE place = ? AND offset = ?"""
    where = f"{pointer.get('warc')} at byte {pointer.get('offset')}"
    found = _at(inventory, query, pointer.get("warc"), pointer.get("offset"))
    if found is None:
        return f"{where}, where no record is"
    if ident is not None and str(found[0]).strip("<>") != str(ident).strip("<>"):
        return f"{ident}, but {found[0]} is in {where}"
    return f"{digest}, but {found[1]} is in {where}" if found[1] != digest else None


def _at(inventory: Inventory, query: str, name: Any, offset: Any) -> Any:
    """The record that a hostile line may name; None where there can be none."""
    if not isinstance(name, str) or not isinstance(offset, int) or not 0 <= offset < 1 << 63:
        return None
    return inventory.one(query, printable(name), offset)


def printable(text: str) -> str:
    """Without halves of surrogate pairs, which neither a terminal nor a database takes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _json(line: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None
