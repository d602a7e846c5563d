"""How a collection stands, told from outside: its crawl that runs or ran, what it holds, what room it takes."""

import contextlib
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.store import running
from archive.store.folder import Folder

# what a crawl's exit code says of it (crawler/report.py)
_ENDS = {0: "complete", 1: "failed", 3: "no-space", 4: "limit", 5: "unreachable", 130: "interrupted"}


@dataclass(frozen=True, slots=True)
class Standing:
    """One collection. `state` is `running`, `paused`, `ending` (it seals and derives), `stale` (the process is gone
    without an end), `complete`, `failed`, `limit`, `interrupted`, `no-space`, `unreachable`, or `new` (no crawl yet).
    """

    collection: str
    institute: str | None
    state: str
    crawl: str | None
    pid: int | None  # of the process that writes to it, a crawl or another verb
    told: running.Told | None
    left: int  # URLs that wait
    exit_code: int | None  # of the last crawl that ended
    why: str | None
    ended: str | None
    publications: int
    bytes: int  # on disk, and of sealed files in a store
    free: int  # on that disk


def of(folder: Folder) -> Standing:
    """Looks, and touches nothing: no lock is taken, and a crawl that runs does not notice."""
    said = running.told(folder)
    report = _newest_report(folder)
    runs = said is not None and running.runs(folder, said)
    code = report.get("exit_code")
    if said is not None and runs and said.state != "ended":
        state, left = said.state, said.queued
    elif said is not None and said.state != "ended":
        state, left = "stale", said.queued
    elif report:
        state = _ENDS.get(code, "failed") if isinstance(code, int) else "failed"
        left = sum(int(report["urls"].get(end, 0)) for end in ("limit", "queued"))
    else:
        state, left = "new", 0
    return Standing(
        collection=folder.name,
        institute=said.institute if said else report.get("institute"),
        state=state,
        crawl=said.crawl if said else report.get("crawl"),
        pid=running.writer(folder),
        told=said,
        left=left,
        exit_code=code,
        why=report.get("why"),
        ended=report.get("ended"),
        publications=_lines(folder.dataset_dir / "publications.jsonl"),
        bytes=_size(folder.path) + _stored(folder),
        free=shutil.disk_usage(folder.path).free,
    )


def since(moment: str, now: datetime | None = None) -> timedelta:
    """How long ago a time of RFC 3339 was."""
    return (now or datetime.now(UTC)) - datetime.fromisoformat(moment)


def _stored(folder: Folder) -> int:
    """Bytes of the sealed files that lie in a store, as the ledger has them."""
    if not folder.remote:
        return 0
    return sum(int(entry["size"]) for entry in folder.ledger if entry["event"] == "sealed")


def _newest_report(folder: Folder) -> dict[str, Any]:
    for crawl in sorted(folder.crawls_dir.glob("*/report.json"), reverse=True):
        with contextlib.suppress(ValueError, OSError):  # half a report is none; the one before it tells
            report: dict[str, Any] = json.loads(crawl.read_text(encoding="utf-8"))
            return report
    return {}


def _lines(path: Path) -> int:
    try:
        with path.open("rb") as file:
            return sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b""))
    except FileNotFoundError:
        return 0


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # a crawl renames and removes meanwhile
            total += path.lstat().st_size if not path.is_dir() else 0
    return total
