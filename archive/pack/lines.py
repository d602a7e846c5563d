"""The lines of text in a package: index, pages and dataset, each as the collection has it, but with the places of the
package.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from archive.dataset.jsonl import escaped
from archive.errors import BadPackage
from archive.pack.choice import versions
from archive.pack.manifest import PAGES_FORMAT
from archive.pack.selection import Selection
from archive.store import cdxj, warc
from archive.store.collection import Collection


def index(collection: Collection, selection: Selection) -> Iterator[bytes]:
    """The index lines of what is packed, sorted, each with the hash of its record (`recordDigest`)."""
    moved = _moved(map(cdxj.parse, collection.index), selection)
    for _, same in groupby(moved, key=lambda line: line.split(b" {", 1)[0]):
        yield from sorted(same)  # names differ from the collection's, and they are part of the order


def _moved(lines: Iterable[cdxj.IndexLine], selection: Selection) -> Iterator[bytes]:
    for line in lines:
        place = selection.place(line.filename, line.offset)
        if place is not None:
            written = str(line._replace(filename=place.warc, offset=place.offset))
            yield f'{written.removesuffix("}")}, "recordDigest": "sha256:{place.sha256}"}}\n'.encode()


def pages(collection: Collection, selection: Selection) -> Iterator[bytes]:
    """pages.jsonl: a line for each version of each publication, with title and text; where there is no dataset, one for
    each page.
    """
    title = collection.meta.title or collection.name
    yield _line({"format": PAGES_FORMAT, "id": "pages", "title": title, "hasText": True})
    found = False
    for told in versions(collection):
        found = True
        source = told["source"]
        if selection.place(source["warc"], source["offset"]) is None:
            continue
        record = warc.head(collection.resolve(source["warc"]), source["offset"])
        page = {
            "id": record.record_id.rpartition(":")[2],
            "url": record.need("WARC-Target-URI"),
            "ts": _second(record.need("WARC-Date")),
            "title": told.get("title"),
            "language": told.get("language"),
            "text": told.get("text"),
        }
        yield _line({name: value for name, value in page.items() if value is not None})
    if not found:
        yield from _captured_pages(collection, selection)


def _captured_pages(collection: Collection, selection: Selection) -> Iterator[bytes]:
    for line in map(cdxj.parse, collection.index):
        if line.status == 200 and line.mime in ("text/html", "application/xhtml+xml"):
            if selection.place(line.filename, line.offset) is None:
                continue
            record = warc.head(collection.resolve(line.filename), line.offset)
            ident = record.record_id.rpartition(":")[2]
            yield _line({"id": ident, "url": line.url, "ts": _second(record.need("WARC-Date"))})


def dataset(path: Path, selection: Selection) -> Iterator[bytes]:
    """The lines of a file of the dataset whose source is packed. Where a record lies elsewhere in the package than in
    the collection, the line says where.
    """
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                told = json.loads(line)
                pointers = [told["source"], *(part["source"] for part in told["parts"])]
                pointers += [one for one in told["documents"] if one["warc"] is not None]
                places = [selection.place(one["warc"], one["offset"]) for one in pointers]
            except (ValueError, KeyError, TypeError):
                raise BadPackage(
                    f"{path} line {number} is not a line of the dataset: run `policy-archive derive`"
                ) from None
            if places[0] is None:
                continue
            changed = False
            for pointer, place in zip(pointers, places, strict=True):
                if place is not None and (place.warc, place.offset) != (pointer["warc"], pointer["offset"]):
                    pointer["warc"], pointer["offset"] = place.warc, place.offset
                    changed = True
            yield _line(told) if changed else line


def _line(told: dict[str, Any]) -> bytes:
    return escaped(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()) + b"\n"


def _second(date: str) -> str:
    """A WARC-Date to the second, as the index has it."""
    return f"{date[:19]}Z"
