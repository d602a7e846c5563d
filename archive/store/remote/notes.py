"""What a working folder knows of the store: `state/mirror.json`, replaced whole. Lost, it is found out again."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from archive.store.whole import whole

_FILE = "mirror.json"


@dataclass(slots=True)
class Known:
    """One small file as the store has it, and how the copy here looked when it was the same."""

    object: str  # its key
    sha256: str
    size: int
    mtime_ns: int = 0  # of the copy


@dataclass(slots=True)
class Notes:
    """What was seen last."""

    snapshot: str = ""  # the key of the one whose files are here
    files: dict[str, Known] = field(default_factory=dict)
    merged: int = 0  # lines of the ledger whose WARCs are in the index here
    index: str | None = None  # SHA-256 of the index as the store's parts give it
    base: dict[str, Any] | None = None  # an index that was made anew: `object`, `sha256`, `ledger` (lines it covers)

    @classmethod
    def read(cls, state: Path) -> "Notes":
        """Empty where there are none, or another version of this program wrote them."""
        try:
            told = json.loads((state / _FILE).read_text(encoding="utf-8"))
            told["files"] = {path: Known(**known) for path, known in told["files"].items()}
            return cls(**told)
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return cls()

    def write(self, state: Path) -> None:
        """Not synced: all of it can be found out again."""
        with whole(state / _FILE, durable=False) as file:
            file.write(json.dumps(asdict(self), ensure_ascii=False).encode())


def sha256(path: Path) -> str:
    """Of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
