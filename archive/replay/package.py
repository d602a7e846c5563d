"""Replay of a package as it lies: its WARCs are stored in it uncompressed, so that an index with other offsets is all
that pywb needs. Of a multi-WACZ, each package is one: its `datapackage.json` names them beside itself, or is with them
in a ZIP, as Browsertrix hands them out.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archive.errors import BadPackage
from archive.pack import zipnum
from archive.pack.directory import Directory, collection_name
from archive.pack.manifest import MANIFEST, PAGES

ENDINGS = (".wacz", ".zip", ".json")  # of what is taken for a package, and not for a collection's name
_INDEXES = (".cdxj", ".cdx", ".cdxj.gz", ".cdx.gz")
_MOST = 16 << 20  # bytes of a manifest


def name(path: Path) -> str:
    """What a package is called in the addresses of its replay; raises BadPackage where its file's name gives none."""
    return collection_name(Path(path.stem) if path.suffix in ENDINGS else path)


def packages(path: Path) -> list[Directory]:
    """The packages that lie at a path: one, or those of a multi-WACZ.

    Raises BadPackage where one of them is not there, or the file is none.
    """
    if path.suffix == ".json":
        try:
            told = path.read_bytes()
        except OSError as problem:
            raise BadPackage(f"{path} cannot be read: {problem.strerror}") from None
        return [Directory(_beside(path, name)) for name in _named(told, str(path))]
    outer = Directory(path)
    inner = {entry.name: entry for entry in outer.packages}
    if not inner:
        return [outer]
    if manifest := outer.find(MANIFEST):
        for name in _named(outer.content(manifest, _MOST), f"{MANIFEST} in {path}"):
            if name.endswith(".wacz") and name not in inner:
                raise BadPackage(f"{path} names {name}, which is not in it: it is no whole multi-WACZ")
    return [outer.inside(entry) for entry in inner.values()]


def _named(told: bytes, where: str) -> list[str]:
    """The paths of the packages that the manifest of a multi-WACZ names."""
    try:
        named = [str(one["path"]) for one in json.loads(told)["resources"]]
    except (ValueError, KeyError, TypeError) as problem:
        raise BadPackage(
            f"{where} is no multi-WACZ, a JSON file whose `resources` have a `path` each: {problem}"
        ) from None
    if not named:
        raise BadPackage(f"{where} names no package")
    return named


def _beside(path: Path, name: str) -> Path:
    if "://" in name:
        raise BadPackage(f"{path} names {name}, on the web: replay reads files; fetch it, and name the file instead")
    found = path.parent / name
    if not name.endswith(".wacz") or not found.is_file():
        raise BadPackage(f"{path} names {name}, which is no WACZ file beside it")
    return found


def gathered(path: Path, folder: Path) -> list[Path]:
    """The indexes of all packages of a path, in `folder`, where each package is linked to under the name that they
    use.
    """
    written = []
    for number, one in enumerate(packages(path)):
        name = f"package-{number}.wacz"
        written += indexes(one, folder, name)
        (folder / name).symlink_to(one.path.resolve())
    return written


def indexes(directory: Directory, folder: Path, name: str) -> list[Path]:
    """The package's indexes, written to files in `folder`, with offsets within the file that it lies in, which they
    call `name`.

    Raises BadPackage where it is no package, or one whose WARCs are compressed once more.
    """
    starts = {
        entry.name.partition("/")[2]: directory.start(entry)
        for entry in directory.entries
        if entry.folder == "archive" and not entry.is_folder and directory.is_stored(entry)
    }
    found = [entry for entry in directory.entries if entry.folder == "indexes" and entry.name.endswith(_INDEXES)]
    if not found or not starts:
        raise BadPackage(f"{directory.name} holds no index, or no WARC that is stored as it is: `verify` tells more")
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
    for directory in packages(path):
        entry = directory.find(PAGES)
        for line in zipnum.lines_of(directory.pieces(entry)) if entry else ():
            try:
                told = json.loads(line)
                page = (str(told["ts"]), str(told["url"]), str(told.get("title") or ""))
            except (ValueError, KeyError, TypeError):
                continue  # the header; `verify` tells of others
            found = sorted({*found, page}, reverse=True)[:most]
    return [(url, title) for _, url, title in found]
