"""WARCs of anybody, in no collection, read into a folder: `shards/`, `manifest.json`, `failures.jsonl`."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any

from archive import __version__
from archive.dataset.batch import files
from archive.dataset.batch.files import Target
from archive.dataset.batch.job import Counts, Engine, Failure, Job, Outcome, Step
from archive.dataset.derived_by import derived_by, fingerprint
from archive.errors import CollectionError
from archive.institutes import registry
from archive.institutes.profile import Profile
from archive.store import access
from archive.store.collection import Collection
from archive.store.lock import Lock

SUFFIXES = (".warc.gz", ".warc")
SHARDS, MANIFEST, FAILURES = "shards", "manifest.json", "failures.jsonl"
NO_PROFILE = "none"  # in `derived_by`


@dataclass
class Told:
    """What came of all WARCs together."""

    warcs: int = 0
    reused: int = 0  # whose shards were there
    aside: int = 0
    counts: Counts = field(default_factory=Counts)
    failures: list[Failure] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Warc:
    """One file that is to be read."""

    name: str  # its own, or with as much of its folder as tells it from others of that name
    place: str
    size: int


def found(places: list[str]) -> list[Warc]:
    """The WARCs at these paths and URLs, and in these folders and below them, each once, sorted by name. Raises
    CollectionError where there is none.
    """
    every = sorted({one for place in places for one in _warcs(place)})
    parts = {place: PurePosixPath(place.partition("://")[2] or place).parts for place in every}
    depth = 1
    while len({parts[place][-depth:] for place in every}) < len(every) and depth < 64:
        depth += 1
    warcs = [Warc("/".join(parts[place][-depth:]).lstrip("/"), place, files.size(place)) for place in every]
    return sorted(warcs, key=lambda one: one.name)


def _warcs(place: str) -> list[str]:
    found = files.below(place, SUFFIXES)
    if not found:
        raise CollectionError(f"{place} is no file, and no folder with one whose name ends in {' or '.join(SUFFIXES)}")
    return found


def derive(
    places: list[str], into: str, engine: Engine, profile: Profile | None = None, step: Step = lambda _: None,
    *, parquet: bool = True, at: datetime | None = None,
) -> Told:  # fmt: skip
    """Reads WARCs into a folder, or below a URL. Shards that are there are left as they are, so that a run that broke
    off goes on; manifest and failures tell of the WARCs that were named, and are the same from every engine.

    With a profile, pages are read as the institute's; without one, each as of its own host. Of a collection's files,
    what its ledger withholds is left out.
    """
    into = files.checked(into)
    tools = derived_by(registry.digest(profile) if profile else NO_PROFILE)
    warcs = found(places)
    if parquet and find_spec("pyarrow") is None:
        raise CollectionError(
            "Parquet needs pyarrow, which is not installed: pip install 'policy-archive[export]', or '.[export]' in a "
            "checkout"
        )
    before = _before(into, tools, warcs)
    with _held(into):
        if not before:
            _write(into, tools, [], Told())
        jobs = _jobs(warcs, into, profile, fingerprint(tools), parquet, at or datetime.now(UTC))
        outcomes = {outcome.job.warc: outcome for outcome in engine.run(jobs, step)}
        ordered = [outcomes[warc.name] for warc in warcs]
        told = _told(ordered)
        manifest = _write(into, tools, ordered, told)
        shards = Target(f"{into}/{SHARDS}")
        for path in sorted(_paths(before) - _paths(manifest)):  # of a WARC that has changed since
            shards.remove(PurePosixPath(path).name)
        shards.sweep()
    return told


@contextmanager
def _held(into: str) -> Iterator[None]:
    """One run at a time writes to a folder; in an object store, whoever is later writes the same once more."""
    if files.is_url(into):
        yield
        return
    lock = Lock(Path(into).resolve() / ".state" / "lock")
    lock.path.parent.mkdir(parents=True, exist_ok=True)
    lock.take()
    try:
        yield
    finally:
        lock.release()


def _told(outcomes: list[Outcome]) -> Told:
    told = Told(warcs=len(outcomes))
    for outcome in outcomes:
        told.reused += outcome.reused
        told.aside += outcome.aside is not None
        told.counts.add(outcome.counts)
        told.failures += outcome.failures
    if not told.counts.balanced:
        raise RuntimeError(f"counts that do not balance: {told.counts.told()}")
    return told


def _jobs(
    warcs: list[Warc], into: str, profile: Profile | None, tools: str, parquet: bool, at: datetime
) -> Iterator[Job]:
    """The largest first, so that the last to end are small."""
    stored = registry.dumps(profile) if profile else None
    hidden: dict[Path, frozenset[str]] = {}
    shards = f"{into.rstrip('/')}/{SHARDS}"
    for warc in sorted(warcs, key=lambda one: (-one.size, one.name)):
        yield Job(
            warc.name, warc.place, shards, tools, profile=stored, size=warc.size,
            hidden=withheld_of(warc.place, at, hidden), parquet=parquet,
        )  # fmt: skip


def withheld_of(place: str, at: datetime, known: dict[Path, frozenset[str]]) -> frozenset[str]:
    """The index keys of what is withheld of the collection that a file is part of, none where it is in none; `known`
    holds those of folders that were asked for before."""
    if files.is_url(place):
        return frozenset()
    folder = Path(place).resolve().parent.parent
    if folder not in known:
        inside = (folder / "collection.toml").is_file()
        known[folder] = frozenset(access.hidden(Collection.open(folder), at.date())) if inside else frozenset()
    return known[folder]


def _write(into: str, tools: dict[str, str], outcomes: list[Outcome], told: Told) -> dict[str, Any]:
    manifest: dict[str, Any] = {
        "made_by": f"policy-archive {__version__}",
        "derived_by": tools,
        "warcs": told.warcs,
        "counts": told.counts.told(),
        "shards": [_shard(outcome) for outcome in outcomes],
    }
    lines = [
        json.dumps({"warc": one.warc, "offset": one.offset, "reason": one.reason}, ensure_ascii=False) + "\n"
        for one in told.failures
    ]
    failures = "".join(lines).encode()
    manifest["failures"] = {"lines": len(lines), "sha256": hashlib.sha256(failures).hexdigest()}
    target = Target(into)
    with target.working() as folder:
        (folder / FAILURES).write_bytes(failures)
        (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        for name in (FAILURES, MANIFEST):
            target.put(folder / name)
    return manifest


def _shard(outcome: Outcome) -> dict[str, Any]:
    told: dict[str, Any] = {"warc": outcome.job.warc, **outcome.counts.told()}
    if outcome.aside:
        return told | {"aside": outcome.aside, "files": []}
    written = [{"path": f"{SHARDS}/{one.name}", "bytes": one.bytes, "sha256": one.sha256} for one in outcome.files]
    return told | {"files": written}


def is_file(name: str) -> bool:
    """Whether what a person named is a WARC, or a folder of them, and no collection's name."""
    return files.is_url(name) or name.endswith(SUFFIXES) or "/" in name or "\\" in name or name in (".", "..")


def _before(into: str, tools: dict[str, str], warcs: list[Warc]) -> dict[str, Any]:
    """The manifest of an earlier run, empty where there is none. Raises CollectionError where the folder holds what
    this run would not take the place of: whoever reads all shards would read it too.
    """
    raw = files.content(into, MANIFEST)
    if raw is None:
        if not files.is_url(into) and Path(into).exists() and any(Path(into).iterdir()):
            raise CollectionError(f"{into} holds other things: name an empty folder with --to")
        return {}
    told: dict[str, Any] = json.loads(raw)
    if told["derived_by"] != tools:
        raise CollectionError(f"{into} was derived by other programs or with another profile: name another folder")
    others = {one["warc"] for one in told["shards"]} - {one.name for one in warcs}
    if others:
        raise CollectionError(
            f"{into} holds the shards of {len(others)} other WARCs ({min(others)}): name them too, or another folder"
        )
    return told


def _paths(manifest: dict[str, Any]) -> set[str]:
    return {file["path"] for one in manifest.get("shards", ()) for file in one["files"]}
