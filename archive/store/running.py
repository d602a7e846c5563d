"""What a crawl tells of itself while it runs: `state/crawl.json`, written every second and renamed, so that whoever
looks on needs no lock and keeps nobody waiting.

A crawl is running while the process that wrote it holds the collection's lock: the kernel lets go of it when that
process dies, however it does. A number alone would not tell, since another process may have it by now; so the file
also says when the process began, and in which boot of which machine.
"""

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from archive.store.folder import Folder
from archive.store.lock import Lock
from archive.store.whole import whole

_FILE, _PAUSE = "crawl.json", "pause"
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Life:
    """One process, told apart from all that had its number before or will have it."""

    pid: int
    host: str
    boot: str | None  # None where the system does not say
    started: str | None  # clock ticks since that boot

    @classmethod
    def of(cls, pid: int) -> Self:
        """The process of that number, as it is now."""
        return cls(pid, platform.node(), _read(_BOOT), _started(pid))


@dataclass(frozen=True, slots=True)
class Told:
    """What a crawl said last. Times are RFC 3339, UTC."""

    life: Life
    crawl: str
    institute: str
    began: str  # this run of it
    at: str  # when this was written
    state: str  # running, paused, ending (sealing and deriving), ended
    found: int = 0
    done: int = 0
    queued: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    pages: int = 0
    pages_per_second: float = 0.0  # over the last minute
    bytes: int = 0  # written
    left: float | None = None  # seconds until it will be done, where that can be said
    waits: dict[str, float] = field(default_factory=dict)  # host → seconds for which it is left alone
    limits: dict[str, float] = field(default_factory=dict)  # those that were set
    exit_code: int | None = None  # once it has ended
    why: str | None = None

    def dumps(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    def write(self, folder: Folder) -> None:
        """Replaces what was said before. Not synced: a machine that has lost power runs no crawl."""
        with whole(folder.state_dir / _FILE, durable=False) as file:
            file.write(self.dumps().encode() + b"\n")


def told(folder: Folder) -> Told | None:
    """What the newest crawl said last; None where none did, or another version of this program wrote it."""
    try:
        text = (folder.state_dir / _FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        said: dict[str, Any] = json.loads(text)
        return Told(**{**said, "life": Life(**said["life"])})
    except (ValueError, KeyError, TypeError):
        return None


def writer(folder: Folder) -> int | None:
    """The process that writes to the collection now (0 where its number is not known here); None where none does."""
    return Lock(folder.state_dir / "lock").holder()


def runs(folder: Folder, said: Told) -> bool:
    """Whether the crawl that said so is there: its process lives, and has the collection's lock."""
    holder = writer(folder)
    if holder is None:
        return False
    life = said.life
    if holder == 0 or life.host != platform.node():  # seen from another container, or over a network's disk
        return said.state != "ended"
    return holder == life.pid and Life.of(holder) == life


def pause_file(folder: Folder) -> Path:
    """While this file is there, a running crawl fetches nothing. A crawl that begins takes it away."""
    return folder.state_dir / _PAUSE


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:  # not Linux
        return None


def _started(pid: int) -> str | None:
    """The 22nd field of `/proc/PID/stat`, behind the name, which may hold blanks and brackets."""
    stat = _read(Path(f"/proc/{pid}/stat"))
    return stat.rpartition(")")[2].split()[19] if stat else None


def this_process() -> Life:
    """The process that asks."""
    return Life.of(os.getpid())
