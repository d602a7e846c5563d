"""Test crawls: collections of their own beside the real ones, that are saved into them or thrown away.

They lie in a home of their own, `HOME/tests`, so that no verb takes one for a real collection, and all can look at one
(`--home HOME/tests`). A collection takes originals of revisits from its own files alone: what is thrown away leaves no
revisit hanging, and what is saved brings its originals along.

`save` can be cut off anywhere and done again. Files are renamed, never copied; one that has arrived has no line in the
ledger yet, and is sealed, indexed and written down by `recover`, as after a crash. A plan in the side collection says
until the end what belongs to it; the last line of the ledger says where it came from.
"""

import hashlib
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.dataset.jsonl import HISTORY, LEGAL_CASES, PUBLICATIONS
from archive.errors import CollectionError
from archive.store.collection import Collection
from archive.store.journal import sync_folder
from archive.store.remote import mirror
from archive.store.whole import whole

SAVED = "saved"  # the event in the ledger


@dataclass(frozen=True, slots=True)
class Moved:
    """What was saved or thrown away."""

    crawls: tuple[str, ...]
    files: tuple[str, ...]  # WARCs
    bytes: int  # of them
    merged: bool = False  # into a collection that was there


def home(home: Path) -> Path:
    """The home of the test crawls of a home."""
    return home / "tests"


def ready(of: Path, name: str) -> None:
    """Raises CollectionError where a test crawl cannot be begun or thrown away: one of that name is half saved."""
    if (_path(of, name) / "state" / "saving.json").exists():
        raise CollectionError(f"the test crawl of {name} is half saved: `policy-archive save {name}` ends that first")


def save(of: Path, name: str) -> Moved:
    """Makes a test crawl part of the real collection of that name, or the real one where there is none."""
    from archive.dataset.derive import derive  # with it come all the readers of pages

    side = _opened(of, name)
    target = of / "collections" / name
    if mirror.exists(target):
        mirror.bring(target)
    with side.lock():
        side.recover()
        plan = _plan(side)
        if not plan["files"]:
            raise CollectionError(f"the test crawl of {name} holds nothing: `policy-archive discard {name}`")
        moved = Moved(tuple(plan["crawls"]), tuple(plan["files"]), plan["bytes"], target.exists())
        if not target.exists():
            _note(side, plan, {})
            target.parent.mkdir(parents=True, exist_ok=True)
            side.path.rename(target)
            sync_folder(target.parent)
            sync_folder(side.path.parent)
            mirror.bring(target)
            return moved
        real = Collection.open(target)
        with real.lock():
            real.recover()
            _move(side, real, plan)
            real.recover()
            derive(real)
            _note(real, plan, _digests(real))
        _remove(of, side)
    return moved


def discard(of: Path, name: str) -> Moved:
    """Throws a test crawl away."""
    side = _opened(of, name)
    ready(of, name)
    with side.lock():
        plan = _plan(side)
        _remove(of, side)
    return Moved(tuple(plan["crawls"]), tuple(plan["files"]), plan["bytes"])


def _path(of: Path, name: str) -> Path:
    return home(of) / "collections" / name


def _opened(of: Path, name: str) -> Collection:
    folder = home(of) / "collections"
    shutil.rmtree(home(of) / "discarded", ignore_errors=True)  # what an earlier `discard` was kept from finishing
    there = sorted(path.parent.name for path in folder.glob("*/collection.toml"))
    if name not in there:
        hint = f"there are: {', '.join(there)}" if there else "there are none; `policy-archive crawl --test` makes one"
        raise CollectionError(f"no test crawl {name!r} in {folder} ({hint}; --home names another folder)")
    return Collection.open(folder / name)


def _plan(side: Collection) -> dict[str, Any]:
    """What there is to save: as it was when that began."""
    try:
        plan: dict[str, Any] = json.loads((side.state_dir / "saving.json").read_text(encoding="utf-8"))
        return plan
    except FileNotFoundError:
        files = side.sealed_warcs()
        return {
            "head": side.ledger.head(),
            "files": files,
            "bytes": sum((side.archive_dir / name).stat().st_size for name in files),
            "crawls": sorted(path.name for path in side.crawls_dir.iterdir()),
        }


def _move(side: Collection, real: Collection, plan: dict[str, Any]) -> None:
    """Renames all that is worth keeping into the real collection; each step may have been done before."""
    both = set(side.sealed_warcs()) & {*real.sealed_warcs(), *real.open_warcs()}
    if both:
        raise CollectionError(
            f"{sorted(both)[0]} is in the test crawl and in the collection {real.name}: they began in the same second, "
            "and nothing was saved; crawl the test again"
        )
    marker = side.state_dir / "saving.json"
    if not marker.exists():
        with whole(marker) as file:
            file.write(json.dumps(plan).encode())
    for path in sorted(side.archive_dir.iterdir()):  # by time: an original before the revisits of it
        path.rename(real.archive_dir / path.name)
        sync_folder(real.archive_dir)
    for source, into in ((side.crawls_dir, real.crawls_dir), (side.packages_dir, real.packages_dir)):
        for path in sorted(source.iterdir()):
            taken = (into / path.name).exists()
            path.rename(into / (f"{path.name}-test" if taken else path.name))
        sync_folder(into)
    if (
        plan["crawls"] and side.ledger.path.exists()
    ):  # whole: the head that the real ledger names can be held against it
        shutil.copyfile(side.ledger.path, real.crawls_dir / plan["crawls"][-1] / "test-ledger.jsonl")


def _note(collection: Collection, plan: dict[str, Any], dataset: dict[str, str]) -> None:
    """The line that says where files came from; written once."""
    told = {"test": True, "head": plan["head"], "warcs": plan["files"], "crawls": plan["crawls"]}
    if any(entry["event"] == SAVED and entry["warcs"] == plan["files"] for entry in collection.ledger):
        return
    collection.ledger.append(SAVED, datetime.now(UTC), **told, **({"dataset": dataset} if dataset else {}))


def _digests(collection: Collection) -> dict[str, str]:
    """The dataset as it is now."""
    digests = {}
    for name in (PUBLICATIONS, LEGAL_CASES, HISTORY):
        with (collection.dataset_dir / name).open("rb") as file:
            digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return digests


def _remove(of: Path, side: Collection) -> None:
    """Out of sight in one step, then away: a half-removed collection is never seen."""
    gone = home(of) / "discarded" / side.name
    shutil.rmtree(gone, ignore_errors=True)
    gone.parent.mkdir(exist_ok=True)
    side.path.rename(gone)
    sync_folder(side.path.parent)
    shutil.rmtree(gone.parent)
