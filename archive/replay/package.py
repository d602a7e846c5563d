"""Replay of a package as it lies: its WARCs are stored in it uncompressed, so that an index with other offsets is all
that pywb needs. Of a multi-WACZ, a `datapackage.json` whose resources are packages, each is one.
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


def packages(path: Path) -> list[Path]:
    """The packages that a multi-WACZ (`….json`) names, beside it; of any other path, itself.

    Raises BadPackage where one of them is not there, or the file is none.
    """
    if path.suffix != ".json":
        return [path]
    try:
        told = json.loads(path.read_bytes())
        named = [str(one["path"]) for one in told["resources"]]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise BadPackage(
            f"{path} is no multi-WACZ, a JSON file whose `resources` have a `path` each: {problem}"
        ) from None
    found = []
    for one in named:
        if "://" in one:
            raise BadPackage(f"{path} names {one}, on the web: replay reads files; fetch it, and name the file instead")
        found.append(path.parent / one)
        if not one.endswith(".wacz") or not found[-1].is_file():
            raise BadPackage(f"{path} names {one}, which is no WACZ file beside it")
    if not found:
        raise BadPackage(f"{path} names no package")
    return found


def gathered(path: Path, folder: Path) -> list[Path]:
    """The indexes of all packages of a path, in `folder`, where each package is linked to under the name that they
    use.
    """
    written = []
    for number, one in enumerate(packages(path)):
        name = f"package-{number}.wacz"
        written += indexes(one, folder, name)
        (folder / name).symlink_to(one.resolve())
    return written


def indexes(package: Path, folder: Path, name: str) -> list[Path]:
    """The package's indexes, written to files in `folder`, with offsets within the package itself, which they call
    `name`.

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
        path = folder / f"{name}-{number}.cdxj"
        with path.open("wb") as file:
            file.writelines(_moved(zipnum.lines_of(directory.pieces(entry)), starts, name))
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


def newest(path: Path, most: int = 5) -> list[tuple[str, str]]:
    """URL and title of the newest pages."""
    found: list[tuple[str, str, str]] = []
    for package in packages(path):
        directory = Directory(package)
        entry = directory.find(PAGES)
        for line in zipnum.lines_of(directory.pieces(entry)) if entry else ():
            try:
                told = json.loads(line)
                page = (str(told["ts"]), str(told["url"]), str(told.get("title") or ""))
            except (ValueError, KeyError, TypeError):
                continue  # the header; `verify` tells of others
            found = sorted({*found, page}, reverse=True)[:most]
    return [(url, title) for _, url, title in found]
