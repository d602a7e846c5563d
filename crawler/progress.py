"""What a person sees while a crawl runs: one live line in a terminal, one plain line a minute elsewhere. On stderr."""

import shutil
import time
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.text import Text

from crawler.crawl import Crawl
from crawler.frontier import End

_EVERY_TERMINAL = 0.5  # seconds
_EVERY_PLAIN = 60.0


class Watcher:
    """Shows a crawl's progress until `stop`. `start` is called in the reactor."""

    def __init__(self, crawl: Crawl, console: Console, quiet: bool = False) -> None:
        self._crawl = crawl
        self._console = console
        self._live = (
            Live(console=console, auto_refresh=False, transient=True) if console.is_terminal and not quiet else None
        )
        self._quiet = quiet
        self._began = time.monotonic()
        self._call: Any = None

    def start(self, reactor: Any) -> None:
        self._reactor = reactor
        if self._live:
            self._live.start()
        self._call = reactor.callLater(self._every, self._show)

    def stop(self) -> None:
        if self._call is not None and self._call.active():
            self._call.cancel()
        if self._live:
            self._live.stop()

    @property
    def _every(self) -> float:
        return _EVERY_TERMINAL if self._live else _EVERY_PLAIN

    def _show(self) -> None:
        if self._live:
            self._live.update(Text(self.line()), refresh=True)
        elif not self._quiet:
            self._console.print(self.line(), highlight=False, soft_wrap=True)
        self._call = self._reactor.callLater(self._every, self._show)

    def line(self) -> str:
        """Found, archived, unchanged, failed, queued, pages a second, bytes, disk left."""
        progress = self._crawl.progress
        seconds = max(0.1, time.monotonic() - self._began)
        free = shutil.disk_usage(self._crawl.collection.path).free
        parts = [
            f"{progress.found:,} found",
            f"{progress.ends[End.ARCHIVED]:,} archived",
            f"{progress.ends[End.UNCHANGED]:,} unchanged",
            f"{progress.ends[End.FAILED]:,} failed",
            f"{progress.found - progress.done:,} queued",
            f"{progress.pages / seconds:.1f} pages/s",
            f"{progress.bytes / 1e6:,.1f} MB",
            f"{free / 1e9:,.0f} GB free",
        ]
        state = ["waits for its database"] if self._crawl.tenure.waits else ["paused"] if self._crawl.paused else []
        return " · ".join(state + parts)
