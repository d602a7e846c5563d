"""From a package to a collection: the WARCs copied out where nothing can be overwritten, indexed and sealed anew.

A package is from anywhere, so it is taken for no more than what it shows. Only WARCs, and of a package of ours its
ledger and its dataset, are copied; names, sizes and checksums are looked at while they are read, and the collection
appears when all of it is there.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.dataset.jsonl import HISTORY
from archive.errors import BadPackage
from archive.pack.container import room
from archive.pack.directory import STRANGE, Directory, Entry, collection_name
from archive.pack.manifest import DATASET, DESCRIBED, LEDGER, OURS
from archive.pack.members import divide, is_by_members
from archive.store.collection import Collection, Meta
from archive.store.journal import sync_folder
from archive.store.remote import mirror

WARCS = (".warc.gz", ".warc")

Progress = Callable[[int, int], None]  # bytes of WARCs copied, of how many


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What was made of a package."""

    collection: Collection
    warcs: int
    records: int  # index lines: responses, revisits and resources
    dataset: bool  # whether it brought a dataset along


def unpack(
    package: Path, collections: Path, name: str, manifest: dict[str, Any], progress: Progress | None = None
) -> Unpacked:
    """Make the collection `name` of a package whose container has been verified; `manifest` is its datapackage.json.

    Raises BadPackage where there is such a collection, or the package cannot be read after all, OutOfSpace where the
    disk has no room for it.
    """
    if collection_name(Path(name)) != name:
        raise BadPackage(f"collection name {name!r}: take letters a-z, digits, '.', '_', '-', 100 at most")
    target = collections / name
    if target.exists() or mirror.exists(target):
        raise BadPackage(f"there is a collection {name!r} in {collections} already: name another one (--into NAME)")
    directory = Directory(package)
    warcs = _warcs(directory)
    files = _others(directory, manifest) if OURS in manifest else {}
    beside = collections / f"{name[:80]}.unpacking"
    shutil.rmtree(beside, ignore_errors=True)  # what an unpacking left that was interrupted
    try:
        with room(collections, sum(entry.size for entry in [*warcs.values(), *files.values()])):
            _fill(beside, name, directory, warcs, files, manifest, progress or (lambda done, of: None))
        beside.rename(target)
        sync_folder(collections)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    mirror.bring(target)
    made = Collection.open(target)
    return Unpacked(made, len(warcs), sum(1 for _ in made.index), f"dataset/{HISTORY}" in files)


def _fill(
    folder: Path,
    name: str,
    directory: Directory,
    warcs: dict[str, Entry],
    files: dict[str, Entry],
    manifest: dict[str, Any],
    progress: Progress,
) -> None:
    made = Collection.open(folder, create=True, meta=_meta(name, manifest))
    total, done = sum(entry.size for entry in warcs.values()), 0
    for base, entry in warcs.items():
        _copy(directory, entry, made.archive_dir / f"{base}.tmp")
        _keep(made.archive_dir / f"{base}.tmp", made.archive_dir / (base.removesuffix(".gz") + ".gz"))
        done += entry.size
        progress(done, total)
    for path, entry in files.items():
        there = made.path / path
        there.parent.mkdir(exist_ok=True)
        _copy(directory, entry, there)
    with made.lock():
        made.rebuild_index()  # seals what has no line in a ledger, writes lists of members and the index


def _warcs(directory: Directory) -> dict[str, Entry]:
    """The WARCs by the names that they get; raises BadPackage where two have the same."""
    found: dict[str, Entry] = {}
    for entry in directory.entries:
        if entry.folder == "archive" and entry.name.endswith(WARCS):
            base = STRANGE.sub("-", entry.base).lstrip("-.")
            if base.removesuffix(".gz") in {one.removesuffix(".gz") for one in found}:
                raise BadPackage(f"{entry.name}: another WARC of the package would get the same name {base}")
            found[base] = entry
    if not found:
        raise BadPackage(f"{directory.path} holds no WARC: is it a WACZ file?")
    return found


def _others(directory: Directory, manifest: dict[str, Any]) -> dict[str, Entry]:
    """What a package of ours brings along, by where it goes in the collection."""
    wanted = {f"dataset/{name}": f"dataset/{name}" for name in DATASET}
    wanted |= {packed: f"dataset/{there}" for packed, there in DESCRIBED.items()}
    wanted[LEDGER] = "ledger.jsonl"
    found = {there: directory.find(packed) for packed, there in wanted.items()}
    return {there: entry for there, entry in found.items() if entry is not None}


def _meta(name: str, manifest: dict[str, Any]) -> Meta:
    ours = manifest.get(OURS)
    told = ours if isinstance(ours, dict) else {}
    contributors = manifest.get("contributors")
    operator = contributors[0].get("title") if isinstance(contributors, list) and contributors else None
    values = (manifest.get("title") or name, operator or "", told.get("rights") or "", told.get("contact") or "")
    return Meta(*(str(value) for value in values))


def _keep(copied: Path, there: Path) -> None:
    """The copy under its name, if each record has a gzip member of its own, or else with one."""
    if is_by_members(copied):
        copied.rename(there)
        return
    divide(copied, there)
    copied.unlink()


def _copy(directory: Directory, entry: Entry, to: Path) -> None:
    with to.open("xb") as file:
        for piece in directory.pieces(entry):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
