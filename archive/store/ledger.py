"""The ledger: a JSON line for each sealed file, cut tail, finished crawl and withholding, with the hash of the line
before it.

A line's hash is the SHA-256 of its bytes without the line end; the first line's `previous` is 64 zeros. A chain alone
does not stop someone who can rewrite all of it: a report prints `head()`, to be written down elsewhere.
"""

import hashlib
import json
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from archive.errors import CollectionError, DamagedRecord
from archive.store.fence import Fence
from archive.store.journal import Journal, Opened

GENESIS = "0" * 64


class Elsewhere(Protocol):
    """Where each line is kept before it stands here: an object store (archive/store/remote)."""

    def ready(self, event: str) -> None:
        """Whatever takes long before a line of that sort."""

    def commit(self, event: str, line: bytes) -> None:
        """Keep the line; where this raises, there is none."""


class Ledger:
    """ledger.jsonl of a collection. Appended to under the collection's lock."""

    def __init__(self, path: Path, elsewhere: Elsewhere | None = None, fence: Fence | None = None) -> None:
        self.path = path
        self._journal = Journal(path)
        self._elsewhere = elsewhere
        self._fence = fence

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The lines, oldest first; raises DamagedRecord at the first that does not continue the chain."""
        previous = GENESIS
        for number, line in enumerate(self._journal, 1):
            try:
                entry = json.loads(line)
                stated = entry["previous"]
            except (ValueError, KeyError, TypeError) as error:
                raise DamagedRecord(f"{self.path.name} line {number}: not a ledger line ({error})") from None
            if stated != previous:
                raise DamagedRecord(f"{self.path.name} line {number}: does not continue line {number - 1}")
            previous = _hash(line)
            yield entry

    def head(self) -> str:
        """The hash of the last line: whoever has noted it can tell whether anything before it was changed."""
        last = deque(self._journal, maxlen=1)
        return _hash(last[0]) if last else GENESIS

    def until(self, head: str) -> list[dict[str, Any]]:
        """The lines up to and with the one that was the head then, oldest first. Raises CollectionError where there is
        no such line.
        """
        lines = []
        for entry, line in zip(self, self._journal, strict=False):
            lines.append(entry)
            if _hash(line) == head:
                return lines
        raise CollectionError(f"{self.path} never had the head {head}: a report of this collection names one")

    def sealed(self) -> set[str]:
        """The names of the files that are sealed, indexed and written down here."""
        return {entry["warc"] for entry in self if entry["event"] == "sealed"}

    def fence(self) -> int:
        """The highest number of an owner that has written here; 0 where one machine writes by itself."""
        return max((entry["fence"] for entry in self if isinstance(entry.get("fence"), int)), default=0)

    def mend(self) -> None:
        """Cut off a line that a crash left half-written: what it was to tell is done again."""
        self._journal.mend()

    def append(self, event: str, at: datetime, **told: Any) -> None:
        """Add a line: `event` (`sealed`, `torn`, `crawl`, `signed`, `stamped`, `withheld`, `lifted`, `derived`), `at`,
        and what there is to tell. Synced when it returns. Where many machines might write, it says who did: `owner` and
        `fence`. Raises LostLock where that is another one by now.
        """
        if self._elsewhere:
            self._elsewhere.ready(event)
        # Opened before the fence is asked: who takes over gives the name to another file (apart.py), so that what is
        # written here after the fence was asked, however late, goes nowhere.
        with self._journal.opened() as file:
            if self._fence is None:
                self._append(file, event, at, told)
                return
            with self._fence.held():
                self._append(file, event, at, {"owner": self._fence.owner, "fence": self._fence.fence, **told})

    def _append(self, file: Opened, event: str, at: datetime, told: dict[str, Any]) -> None:
        before = file.mended()
        previous = _hash(before[-1]) if before else GENESIS
        entry = {"event": event, "at": at.astimezone(UTC).isoformat(), **told, "previous": previous}
        line = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
        if self._elsewhere:
            self._elsewhere.commit(event, line)
        file.append(line + b"\n")


def _hash(line: bytes) -> str:
    return hashlib.sha256(line.rstrip(b"\n")).hexdigest()
