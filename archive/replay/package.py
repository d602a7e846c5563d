"""Replay of a package as it lies: its WARCs are stored in it uncompressed, so that an index with other offsets is all
that pywb needs.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archive.errors import BadPackage
from archive.pack import zipnum
from archive.pack.directory import Directory
from archive.pack.manifest import PAGES

_ENDINGS = (".cdxj", ".cdx", ".cdxj.gz", ".cdx.gz")


def indexes(package: Path, folder: Path) -> list[Path]:
    """The package's indexes, written to files in `folder`, with offsets within the package itself.

    Raises BadPackage where it is no package, or one whose WARCs are compressed once more.
    """
    directory = Directory(package)
    starts = {
        entry.name.partition("/")[2]: directory.start(entry)
        for entry in directory.entries
        if entry.folder == "archive" and not entry.is_folder and directory.is_stored(entry)
    }
    found = [entry for entry in directory.entries if entry.folder == "indexes" and entry.name.endswith(_ENDINGS)]
    if not found or not starts:
        raise BadPackage(f"{package} holds no index, or no WARC that is stored as it is: `verify` tells more")
    written = []
    for number, entry in enumerate(found):
        path = folder / f"package-{number}.cdxj"
        with path.open("wb") as file:
            file.writelines(_moved(zipnum.lines_of(directory.pieces(entry)), starts, package.name))
        written.append(path)
    return written


def _moved(lines: Iterator[bytes], starts: dict[str, int], name: str) -> Iterator[bytes]:
    """Lines of what is not in the package, and those that say no place, are left out."""
    for line in lines:
        prefix, brace, told = line.partition(b" {")
        try:
            fields: dict[str, Any] = json.loads(brace[1:] + told)
            fields["offset"] = str(int(fields["offset"]) + starts[str(fields["filename"]).removeprefix("archive/")])
        except (ValueError, KeyError, TypeError):
            continue
        fields["filename"] = name
        yield prefix + b" " + json.dumps(fields).encode() + b"\n"


def newest(package: Path, most: int = 5) -> list[tuple[str, str]]:
    """URL and title of its newest pages."""
    directory = Directory(package)
    entry = directory.find(PAGES)
    if entry is None:
        return []
    found: list[tuple[str, str, str]] = []
    for line in zipnum.lines_of(directory.pieces(entry)):
        try:
            told = json.loads(line)
            page = (str(told["ts"]), str(told["url"]), str(told.get("title") or ""))
        except (ValueError, KeyError, TypeError):
            continue  # the header; `verify` tells of others
        found = sorted([*found, page], reverse=True)[:most]
    return [(url, title) for _, url, title in found]
