"""Deriving again, to see whether a dataset is what its WARCs say. `verify` makes findings of the differences."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from archive.dataset.derive import Summary, Wanted, derive_into
from archive.dataset.derived import key_of
from archive.dataset.jsonl import HISTORY, LEGAL_CASES, PUBLICATIONS
from archive.dataset.pages import PageStore
from archive.dataset.worker import Workers
from archive.errors import CollectionError
from archive.institutes.profile import Profile
from archive.store import access
from archive.store.access import Rules
from archive.store.cdxj import IndexLine
from archive.store.collection import Collection

ACCESS = "acl/access-rules.aclj"
FILES = (PUBLICATIONS, LEGAL_CASES, HISTORY)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the dataset says otherwise than its WARCs do."""

    file: str  # publications.jsonl, legal_cases.jsonl, history.jsonl, ACCESS
    line: int | None  # in the dataset's file, from 1; None where it has no such line
    id: str | None  # of ACCESS, an index key; None where the line cannot be read
    version: str | None
    field: str | None  # a top-level key; None where a whole line is too many, missing, or unreadable
    expected: Any  # what the WARCs say
    got: Any  # what the dataset says
    same_tools: bool  # whether both were derived by the same programs and profile: if not, a difference is no tampering


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    id: str
    version: str
    value: dict[str, Any]


def rederive(
    collection: Collection, profile: Profile, into: Path, workers: int | Workers | None = None, only: str | None = None
) -> tuple[Summary, Iterator[Difference]]:
    """Derives everything again into a folder of its own, and compares line by line, field by field.

    With `only`, just the captures of one publication are read: those of its addresses and documents. CollectionError
    where there is none.
    """
    wanted = _captures_of(collection, profile, only) if only else None
    with PageStore(into / "pages.sqlite") as store:
        summary, rules = derive_into(store, into, collection, profile, workers, wanted=wanted)
    differences = _differences(collection.dataset_dir, into, only)
    if only is None and not collection.open_warcs():  # else what a crawl adds meanwhile may be hidden, too
        differences = chain(differences, _hidden(rules, access.ours(collection.access_rules)))
    return summary, differences


def _hidden(expected: Rules, got: Rules) -> Iterator[Difference]:
    """The access rules: what replay may not show."""
    for key in sorted(expected.keys() | got.keys()):
        if expected.get(key) != got.get(key):
            yield Difference(ACCESS, None, key, "", None, expected.get(key), got.get(key), True)


def _captures_of(collection: Collection, profile: Profile, only: str) -> Wanted:
    keys: set[str] = set()
    for line in _lines(collection.dataset_dir / HISTORY):
        if isinstance(line, _Line) and line.id == only:
            documents = [document["url"] for document in line.value.get("documents") or ()]
            parts = [part["url"] for part in line.value.get("parts") or ()]
            keys |= {key_of(url, profile) for url in (line.value["url"], *line.value["aliases"], *documents, *parts)}
    if not keys:
        raise CollectionError(
            f"{collection.dataset_dir} has no publication {only}: `search` finds ids, `derive` writes the dataset anew"
        )

    def wanted(line: IndexLine) -> bool:
        return key_of(line.url, profile) in keys

    return wanted


def _differences(dataset: Path, again: Path, only: str | None) -> Iterator[Difference]:
    for file in FILES:
        yield from _compare(file, dataset / file, again / file, only)


def _compare(file: str, dataset: Path, again: Path, only: str | None) -> Iterator[Difference]:
    """Both files are sorted by id and version, so they are walked side by side; a line out of order shows as too many
    and missing.
    """
    got, expected = _good(file, dataset, only), (line for line in _lines(again) if isinstance(line, _Line))
    if only:
        expected = (line for line in expected if line.id == only)
    have, want = next(got, None), next(expected, None)
    while have or want:
        if isinstance(have, Difference):
            yield have
            have = next(got, None)
        elif want is None or (have and (have.id, have.version) < (want.id, want.version)):
            assert have
            yield Difference(file, have.number, have.id, have.version, None, None, have.value, True)
            have = next(got, None)
        elif have is None or (want.id, want.version) < (have.id, have.version):
            yield Difference(file, None, want.id, want.version, None, want.value, None, True)
            want = next(expected, None)
        else:
            yield from _fields(file, have, want)
            have, want = next(got, None), next(expected, None)


def _fields(file: str, have: _Line, want: _Line) -> Iterator[Difference]:
    """`derived_by` is not compared where it differs: other versions are not tampering (contracts.md, "verify")."""
    same_tools = have.value.get("derived_by") == want.value.get("derived_by")
    absent = object()
    for name in sorted(have.value.keys() | want.value.keys()):
        if name == "derived_by" and not same_tools:
            continue
        got, expected = have.value.get(name, absent), want.value.get(name, absent)
        if got != expected or type(got) is not type(expected):
            shown = [None if value is absent else value for value in (expected, got)]
            yield Difference(file, have.number, have.id, have.version, name, shown[0], shown[1], same_tools)


def _good(file: str, path: Path, only: str | None) -> Iterator[_Line | Difference]:
    for line in _lines(path):
        if isinstance(line, _Line):
            if only is None or line.id == only:
                yield line
        elif only is None:
            yield Difference(file, line, None, None, None, None, "not a line of the dataset", True)


def _lines(path: Path) -> Iterator[_Line | int]:
    """The lines of a file; for one that cannot be read, its number. A file that is not there has none."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            try:
                value = json.loads(raw)
                yield _Line(number, str(value["id"]), str(value["version"]), value)
            except (ValueError, KeyError, TypeError):
                yield number
