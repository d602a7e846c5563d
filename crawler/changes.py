"""What a crawl changed: the dataset as it was when the crawl began, beside the dataset that came of it.

Both are sorted by id, so they are walked side by side: memory does not follow their size. The dataset of before is kept
as a second name of its file, which costs nothing, and survives a crash and the `derive` of an interrupted crawl.
"""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.dataset.jsonl import PUBLICATIONS
from archive.store.collection import Collection

MOST = 500  # publications of one list; beyond, they are counted: a first crawl's are all new
_BEFORE = "before.jsonl"  # in state/


@dataclass(frozen=True, slots=True)
class Change:
    """One publication in a list of changes."""

    id: str
    title: str | None
    url: str
    version: str  # the time of the first capture that says so
    was: str | None = None  # the address before, of one that moved


@dataclass
class Listed:
    """How many there are, and the first MOST of them by id."""

    count: int = 0
    publications: list[Change] = field(default_factory=list)

    def add(self, change: Change) -> None:
        self.count += 1
        if len(self.publications) < MOST:
            self.publications.append(change)


@dataclass
class Changes:
    """What became of publications since the crawl before. One may stand in several lists: moved and changed."""

    before: int | None = None  # publications then; None at a first crawl
    new: Listed = field(default_factory=Listed)  # never seen before
    changed: Listed = field(default_factory=Listed)  # a new version
    moved: Listed = field(default_factory=Listed)  # stands at another address; the old one is an alias
    missing: Listed = field(default_factory=Listed)  # 404, 410 or sent home, for the first time
    gone: Listed = field(default_factory=Listed)  # still so: it was missing at the crawl before
    restricted: Listed = field(default_factory=Listed)  # asks for a password or a login now
    returned: Listed = field(default_factory=Listed)  # shown again, after it was missing, gone or restricted

    def counts(self) -> dict[str, int]:
        return {name: one.count for name, one in vars(self).items() if isinstance(one, Listed)}


def keep(collection: Collection) -> None:
    """Called when a crawl begins: the dataset of now is what its changes are told against."""
    path, dataset = collection.state_dir / _BEFORE, collection.dataset_dir / PUBLICATIONS
    path.unlink(missing_ok=True)
    if dataset.exists():
        try:
            os.link(dataset, path)  # a dataset's file is replaced, never written to
        except OSError:  # a file system without second names
            shutil.copyfile(dataset, path)


def since(collection: Collection) -> Changes:
    """What is otherwise than when `keep` was called."""
    path = collection.state_dir / _BEFORE
    changes = Changes(_count(path) if path.exists() else None)
    before, after = _lines(path), _lines(collection.dataset_dir / PUBLICATIONS)
    old = next(before, None)
    for line in after:
        while old is not None and old["id"] < line["id"]:
            old = next(before, None)
        _compare(changes, old if old is not None and old["id"] == line["id"] else None, line)
    return changes


def _compare(changes: Changes, old: dict[str, Any] | None, line: dict[str, Any]) -> None:
    change = Change(line["id"], line["title"], line["url"], line["version"])
    if old is None:
        changes.new.add(change)
        return
    # A version that is older than the one before comes of other rules, not of the site.
    if line["version"] > old["version"]:
        changes.changed.add(change)
    if line["url"] != old["url"]:
        changes.moved.add(Change(change.id, change.title, change.url, change.version, old["url"]))
    if line["state"] != old["state"]:
        lists = {"live": changes.returned, "missing": changes.missing, "gone": changes.gone}
        lists.get(line["state"], changes.restricted).add(change)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        with path.open("rb") as file:
            yield from map(json.loads, file)


def _count(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)
