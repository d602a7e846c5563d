"""Replay of one collection, or package: starts pywb over it, on loopback, and says where a page is to be seen."""

import importlib.util
import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self
from urllib.parse import quote

from archive.errors import ArchiveError, CollectionBusy
from archive.replay import package
from archive.store import access
from archive.store.collection import Collection

HOST = "127.0.0.1"
PATIENCE = 10.0  # seconds that pywb gets to end by itself


class ReplayError(ArchiveError):
    """Replay cannot start: pywb is not installed, or its port is taken.

    Raised on entering `Wayback`; the message says which.
    """

    exit_code = 2


class Wayback:
    """pywb over a collection, or over the WACZ file or multi-WACZ of that path, while the context lasts.

    `port` 0 takes a free one. What a crawl has not sealed yet is shown, too; what is withheld on that `day` (today,
    UTC) is not.
    """

    def __init__(self, shown: Collection | Path, port: int = 0, day: date | None = None) -> None:
        self._shown = shown
        self._port = port
        self._day = day or datetime.now(UTC).date()
        self._name = package.name(shown) if isinstance(shown, Path) else shown.name

    def __enter__(self) -> Self:
        if importlib.util.find_spec("pywb") is None:
            raise ReplayError(
                "replay needs pywb, which is not installed: "
                "pip install 'policy-archive[replay]', or '.[replay]' in a checkout"
            )
        self._folder = TemporaryDirectory(prefix="policy-archive-replay-")
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "archive.replay.wayback"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=Path(__file__).parents[2],  # where `archive` is imported from, installed or not
                start_new_session=True,  # Ctrl-C is ours to hear; closing its standard input ends it
            )
            self._port = self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    @property
    def base(self) -> str:
        """pywb's page of the collection: a search by URL."""
        return f"http://{HOST}:{self._port}/{quote(self._name)}/"

    def page(self, url: str, timestamp: str = "") -> str:
        """Where a page is to be seen, in its frame; at its newest capture unless a timestamp (14 digits) says."""
        return f"{self.base}{timestamp}/{url}" if timestamp else f"{self.base}{url}"

    def content(self, url: str, timestamp: str = "") -> str:
        """The archived page itself, without the frame, as the frame loads it."""
        return f"{self.base}{timestamp}mp_/{url}"

    def wait(self) -> None:
        """Returns when pywb ends, which it does not by itself."""
        self._process.wait()

    def _start(self) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        settings = {
            "name": self._name,
            "title": self._name if isinstance(self._shown, Path) else self._shown.meta.title,
            "archive": str(self._archive.resolve()),
            "store": None if isinstance(self._shown, Path) or not self._shown.remote else self._shown.remote.url,
            "indexes": [str(path.resolve()) for path in self._indexes()],
            "access": self._access(),
            "port": self._port,
        }
        self._process.stdin.write(json.dumps(settings).encode() + b"\n")
        self._process.stdin.flush()
        answer = json.loads(
            self._process.stdout.readline() or b'{"error": "pywb ended at once; is its installation whole?"}'
        )
        if "error" in answer:
            raise ReplayError(f"replay cannot start on port {self._port}: {answer['error']}; another port? (--port)")
        return int(answer["port"])

    @property
    def _archive(self) -> Path:
        """The folder of the files that the indexes name."""
        return Path(self._folder.name) if isinstance(self._shown, Path) else self._shown.archive_dir

    def _indexes(self) -> list[Path]:
        """The sealed index, and the lines of files that are still open, sorted, in a file of ours."""
        if isinstance(self._shown, Path):
            return package.gathered(self._shown, Path(self._folder.name))
        indexes = []
        sealed = self._shown.indexes_dir / "index.cdxj"
        if sealed.exists():
            indexes.append(sealed)
        journal = self._shown.state_dir / "index.journal"
        lines = sorted(journal.read_bytes().splitlines(keepends=True)) if journal.exists() else []
        copy = Path(self._folder.name) / "open.cdxj"
        copy.write_bytes(b"".join(line for line in lines if line.endswith(b"\n")))
        return [*indexes, copy]

    def _access(self) -> str | None:
        """The file of what may not be shown; None where everything may."""
        rules = b"" if isinstance(self._shown, Path) else access.on(self._shown, self._day)
        if not rules:
            return None
        path = Path(self._folder.name) / "access-rules.aclj"
        path.write_bytes(rules)
        return str(path.resolve())

    def _stop(self) -> None:
        process = getattr(self, "_process", None)
        if process is not None:
            process.stdin.close()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
        self._folder.cleanup()


def recovered(collection: Collection) -> bool:
    """Seals what an interrupted crawl left open; False where a crawl is at work, so that the collection is taken as it
    stands.
    """
    try:
        with collection.lock(publish=False):
            collection.recover()
    except CollectionBusy:
        return False
    return True
