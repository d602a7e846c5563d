"""A release: the data of a collection as it was at a head of its ledger, frozen under a name, to be cited.

It is made from the WARCs alone, and holds nothing of the day on which it is made: with the same versions of the
programs, which it records, the same head and name give the same bytes again. `check` does that. What is withheld on
the day of making stays out, so a release from before a withholding differs from one made again after it.
"""

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from archive import __version__
from archive.dataset.derive import Progress, derive_into, stored_profile
from archive.dataset.derived_by import derived_by
from archive.dataset.jsonl import HISTORY, LEGAL_CASES, PUBLICATIONS
from archive.dataset.pages import PageStore
from archive.dataset.schema import written
from archive.dataset.worker import Workers
from archive.export.card import NAME as CARD
from archive.export.card import Holding, card
from archive.export.coverage import Coverage
from archive.export.dictionary import dictionary
from archive.export.export import DATA, DICTIONARY, parquet
from archive.export.selection import ExportError, Selection, Source
from archive.export.view import view
from archive.institutes import registry
from archive.store.collection import Collection, Meta
from archive.store.journal import sync_folder
from archive.store.ledger import GENESIS
from archive.store.whole import whole

FOLDER, SUMS, TOLD, CITATION = "releases", "SHA256SUMS", "release.json", "CITATION.cff"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_FILES = f"""
| file | what it is |
|---|---|
| `{PUBLICATIONS}` | every publication at its latest version |
| `{HISTORY}` | every version of every publication |
| `{LEGAL_CASES}` | the legal cases |
| `{DATA}/` | `{PUBLICATIONS}` as Parquet, partitioned by institute and year |
| `{DICTIONARY}`, `schema/`, `datapackage.json` | what every field and every code of doubt is |
| `{TOLD}` | the ledger's head, the WARC files and the programs that this was made from |
| `{CITATION}` | how to cite, for programs |
| `{SUMS}` | SHA-256 of every file: `sha256sum -c {SUMS}`; the SHA-256 of this file is the release's |
"""


@dataclass(frozen=True, slots=True)
class Release:
    """A release as it stands on disk."""

    path: Path
    told: dict[str, Any]

    @classmethod
    def open(cls, collection: Collection, name: str) -> "Release":
        """The release of that name; raises ExportError, which names those that are there."""
        folder = collection.path / FOLDER
        path = folder / _checked(name) / TOLD
        if not path.is_file():
            there = ", ".join(sorted(one.parent.name for one in folder.glob(f"*/{TOLD}"))) or "none yet"
            raise ExportError(f"no release {name!r} of {collection.name}: there are {there}")
        return cls(path.parent, json.loads(path.read_text(encoding="utf-8")))

    @property
    def sha256(self) -> str:
        return hashlib.sha256((self.path / SUMS).read_bytes()).hexdigest()


def release(
    collection: Collection, name: str, at: str | None = None, progress: Progress | None = None,
    workers: Workers | None = None,
) -> Release:  # fmt: skip
    """Freezes a release under `releases/NAME`, as of the head `at`, or of today's. Raises ExportError where there is
    one of that name: a release never changes.
    """
    place = collection.path / FOLDER / _checked(name)
    if place.exists():
        raise ExportError(f"{place} is there already, and a release never changes: take another name, or --check it")
    head = at or collection.ledger.head()
    if head == GENESIS:
        raise ExportError(f"{collection.name} has an empty ledger: `policy-archive crawl` or `derive` seals its files")
    with _made(collection, name, head, collection.meta, progress, workers) as folder:
        place.parent.mkdir(exist_ok=True)
        folder.rename(place)
        sync_folder(place.parent)
    collection.publish()
    return Release.open(collection, name)


def check(
    collection: Collection, name: str, progress: Progress | None = None, workers: Workers | None = None
) -> list[str]:
    """Makes a release again from the WARCs; the files that differ from it, or are on one side alone."""
    there = Release.open(collection, name)
    meta = Meta(**there.told["collection"]["meta"])
    with _made(collection, name, there.told["ledger"]["head"], meta, progress, workers) as folder:
        return sorted(
            path for path in _files(folder) | _files(there.path) if _digest(folder / path) != _digest(there.path / path)
        )


@contextmanager
def _made(
    collection: Collection, name: str, head: str, meta: Meta, progress: Progress | None, workers: Workers | None
) -> Iterator[Path]:
    """A folder with the release, on the collection's own disk, for as long as it is looked at."""
    entries = collection.ledger.until(head)
    (collection.path / FOLDER).mkdir(exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".new-", dir=collection.path / FOLDER))
    try:
        seen = view(collection, entries, meta, work)
        folder = work / "release"
        profile = stored_profile(seen)
        with PageStore(work / "pages.sqlite") as store:
            summary, _ = derive_into(store, folder, seen, profile, workers, progress)
        if summary.underived:
            where, why = next(iter(summary.underived.items()))
            count = len(summary.underived)
            raise ExportError(f"{count} captures could not be derived ({where}: {why}): run it again, with less load")
        _describe(seen, folder, name, entries, head, registry.digest(profile))
        yield folder
    finally:
        shutil.rmtree(work)
        if not any((collection.path / FOLDER).iterdir()):
            (collection.path / FOLDER).rmdir()


def _describe(
    seen: Collection, folder: Path, name: str, entries: list[dict[str, Any]], head: str, profile: str
) -> None:
    """All that stands beside the lines: tables, card, dictionary, what it was made from, how to cite, hashes."""
    shutil.rmtree(seen.dataset_dir)
    seen.dataset_dir.symlink_to(folder)
    coverage = Coverage()
    parquet()(folder / DATA, [Source(seen)], Selection(), coverage)
    holding = Holding.told(seen.name, seen.meta, head, entries)
    _write(folder / DICTIONARY, dictionary())
    text = card([holding], coverage, "", _FILES, versions=False, release=name)
    _write(folder / CARD, text)
    (folder / TOLD).write_bytes(written(_told(seen, name, entries, head, profile, coverage)))
    _write(folder / CITATION, _citation(holding, name, str(entries[-1]["at"])[:10]))
    sums = "".join(f"{_digest(folder / path)}  {path}\n" for path in sorted(_files(folder)))
    with whole(folder / SUMS) as last:
        last.write(sums.encode())


def _told(
    seen: Collection, name: str, entries: list[dict[str, Any]], head: str, profile: str, coverage: Coverage
) -> dict[str, Any]:
    crawls = [entry["crawl"] for entry in entries if entry["event"] == "crawl"]
    warcs = {entry["warc"]: entry["sha256"] for entry in entries if entry["event"] == "sealed"}
    return {
        "release": name,
        "collection": {"name": seen.name, "meta": asdict(seen.meta)},
        "ledger": {"head": head, "lines": len(entries), "at": entries[-1]["at"]},
        "crawl": crawls[-1] if crawls else None,
        "publications": coverage.lines,
        "made_by": {"policy-archive": __version__, "pyarrow": metadata.version("pyarrow"), **derived_by(profile)},
        "warcs": dict(sorted(warcs.items())),
    }


def _citation(holding: Holding, name: str, day: str) -> str:
    """Citation File Format 1.2.0; values are JSON, which YAML holds."""
    told: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite them as below.",
        "type": "dataset",
        "title": f"{holding.title}: publications as archived",
        "version": name,
        "date-released": day,
        "authors": [{"name": holding.meta.operator or "policy-archive"}],
        "identifiers": [
            {"type": "other", "value": f"sha256:{holding.head}", "description": "Head of the collection's ledger"}
        ],
    } | ({"license-url": holding.meta.rights} if holding.meta.rights.startswith("https://") else {})
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in told.items())


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _digest(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ExportError(f"{name!r} is no name for a release: take letters, digits, dots and dashes, such as 2026-11")
    return name
