"""Once a second a running crawl says how it is (archive/store/running.py), and looks whether it is to pause."""

import asyncio
import logging
import time
from collections import deque
from datetime import UTC, datetime
from typing import Any

from archive.errors import LostLock
from archive.store import running

logger = logging.getLogger(__name__)

_EVERY = 1.0  # seconds
_WINDOW = 60  # beats that the speed is told from
_FEW = 20  # hosts that are left alone, told one by one


class Heartbeat:
    """Beats from `start`, in the reactor, until `stop`; then tells the crawl's end."""

    def __init__(self, crawl: Any) -> None:
        self._crawl = crawl
        self._folder = crawl.collection
        self._life = running.this_process()
        self._began = _now()
        self._beats: deque[tuple[float, int, int, int]] = deque(maxlen=_WINDOW)  # when; pages, done, found
        self._call: asyncio.TimerHandle | None = None
        self._silent = False
        self._fresh = True

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begins; a pause that an earlier crawl was told is over."""
        self._loop = loop
        running.pause_file(self._folder).unlink(missing_ok=True)
        self._beat()

    def stop(self) -> None:
        """The spider is closed: what follows is sealing and deriving, in a thread."""
        if self._call is not None:
            self._call.cancel()
        self.tell("ending")

    def _beat(self) -> None:
        paused = running.pause_file(self._folder).exists()
        if paused != self._crawl.paused:
            self._crawl.pause(paused)
        if self._fresh != self._crawl.tenure.fresh:  # the lease could not be renewed, or could again
            self._fresh = self._crawl.tenure.fresh
            self._crawl.changed()
        progress = self._crawl.progress
        self._beats.append((time.monotonic(), progress.pages, progress.done, progress.found))
        self.tell("paused" if paused else "running")
        self._call = self._loop.call_later(_EVERY, self._beat)

    def tell(self, state: str, exit_code: int | None = None, why: str | None = None) -> None:
        """Writes it down. A disk that is full is the recorder's to tell: here it is logged, once."""
        if isinstance(self._crawl.error, LostLock) or not self._crawl.tenure.lasts:  # the file is the next owner's
            return
        told = self._told(state, exit_code, why)
        self._crawl.tenure.tell(told.dumps())
        try:
            told.write(self._folder)
        except OSError as error:
            if not self._silent:
                logger.warning("the crawl's state cannot be written: %s", error)
            self._silent = True

    def _told(self, state: str, exit_code: int | None, why: str | None) -> running.Told:
        crawl, progress = self._crawl, self._crawl.progress
        speed, left = self._speed()
        options = crawl.options
        limits = {
            name: getattr(options, name)
            for name in ("max_pages", "max_minutes", "max_megabytes", "max_pages_per_host", "max_megabytes_per_host")
        }
        return running.Told(
            life=self._life,
            crawl=crawl.id,
            institute=crawl.profile.name,
            began=self._began,
            at=_now(),
            state=state,
            found=progress.found,
            done=progress.done,
            queued=progress.found - progress.done,
            ends={str(end): count for end, count in sorted(progress.ends.items())},
            pages=progress.pages,
            pages_per_second=round(speed, 2),
            bytes=crawl.recorder.bytes,
            left=left if state == "running" else None,
            waits=dict(list(crawl.pace.waits().items())[:_FEW]),
            limits={name: limit for name, limit in limits.items() if limit},
            exit_code=exit_code,
            why=why,
        )

    def _speed(self) -> tuple[float, float | None]:
        """Pages a second, and the seconds that what is queued will take: told once more is fetched than found."""
        if len(self._beats) < 2:
            return 0.0, None
        (then, pages_then, done_then, found_then), (now, pages, done, found) = self._beats[0], self._beats[-1]
        seconds = max(0.1, now - then)
        speed = (pages - pages_then) / seconds
        gained = (done - done_then) - (found - found_then)
        steady = len(self._beats) == _WINDOW and gained > 0
        return speed, round((found - done) * seconds / gained) if steady else None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
