"""Scrapy's downloader, with its promises kept: no more connections to a host than the profile says, none while it is
left alone, and never two requests nearer to each other than the delay, as the host sees them.
"""

import random
from collections import deque
from collections.abc import Coroutine
from time import monotonic
from typing import Any

from scrapy import Request
from scrapy.core.downloader import Downloader, Slot
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.asyncio import call_later
from twisted.internet.defer import Deferred

from crawler.etiquette.pace import HostRefuses

_JITTER = 0.1  # of the delay, added at random: a host sees no beat, and no gap below the delay


class HostHeld(IgnoreRequest):
    """The host said `Retry-After` while the request stood in line. The row goes back into the queue, as if it had not
    been claimed.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the host is left alone for {seconds:.0f} s")
        self.seconds = seconds


class StrictDownloader(Downloader):
    """Scrapy 2.19 counts a transfer when its coroutine first runs, an iteration of the loop after it was started: with
    asyncio, a queue of 16 requests to a host with one connection went out over 16. Here it is counted when it is
    started.

    Scrapy also reckons the delay from when a request was begun: a slow connection, or a slow way there, brings the next
    one nearer to it at the host. Here it is reckoned from the answer's first byte, which the host sent after it had
    seen the request.
    """

    def _wait_for_download(
        self, slot: Slot, request: Request, queue_dfd: "Deferred[Response]"
    ) -> Coroutine[Any, Any, None]:
        slot.transferring.add(request)
        return super()._wait_for_download(slot, request, queue_dfd)

    def _process_queue(self, slot: Slot) -> None:
        """With a delay, up to CONCURRENT_REQUESTS stand in line here when the host says to wait, or the crawl is paused
        or at a limit: they are handed back, and what has no row (robots.txt) waits.
        """
        if slot.queue:
            crawl: Any = self.crawler.spider.crawl  # type: ignore[union-attr]
            host = slot.queue[0][0].meta[self.DOWNLOAD_SLOT]
            if why := crawl.pace.gave_up(host):
                waiting, slot.queue = slot.queue, deque()
                for _, queue_dfd in waiting:
                    queue_dfd.errback(HostRefuses(why))
            seconds = crawl.pace.held(host)
            if seconds or crawl.holds(host):
                waiting, slot.queue = slot.queue, deque(one for one in slot.queue if "row" not in one[0].meta)
                for request, queue_dfd in waiting:
                    if "row" in request.meta:
                        queue_dfd.errback(HostHeld(seconds))
                if seconds and slot.queue and not slot.latercall:
                    slot.latercall = call_later(seconds, self._latercall, slot)
                if seconds:
                    return
            if isinstance(slot, PacedSlot):
                slot.stretch = crawl.pace.stretch(host)
        super()._process_queue(slot)

    def _get_slot(self, request: Request, spider: Any = None) -> tuple[str, Slot]:
        key, slot = super()._get_slot(request)
        if not isinstance(slot, PacedSlot):
            slot = self.slots[key] = PacedSlot(slot.concurrency, slot.delay)
        return key, slot

    def answered(self, request: Request, at: float) -> None:
        """The first byte of an answer came, or it failed, at a monotonic time: the delay begins."""
        slot = self.slots.get(str(request.meta.get(self.DOWNLOAD_SLOT)))
        if isinstance(slot, PacedSlot):
            slot.answered(at)

    def told(self, request: Request, response: Response) -> None:
        """An answer came: whether its host is to be left alone is settled before anything else is asked of it."""
        host = str(request.meta.get(self.DOWNLOAD_SLOT))
        crawl: Any = self.crawler.spider.crawl  # type: ignore[union-attr]
        if response.status in (429, 503):
            retry_after = response.headers.get(b"Retry-After")
            request.meta["wait"] = crawl.pace.slow_down(host, retry_after.decode("latin-1") if retry_after else None)
        elif response.status < 500:
            crawl.pace.answered(host)

    def keep_delay(self, host: str, delay: float) -> None:
        """The host asks for a delay: the longest that it asked for holds, on one connection."""
        known = self.per_slot_settings.get(host, {}).get("delay", self._delay)
        if delay > known:
            crawl: Any = self.crawler.spider.crawl  # type: ignore[union-attr]
            crawl.tenure.lengthen(delay)
            self.per_slot_settings[host] = {"delay": delay, "concurrency": 1}
            slot = self.slots.get(host)
            if slot is not None:
                slot.delay, slot.concurrency = delay, 1


class PacedSlot(Slot):
    """One host's line."""

    def __init__(self, concurrency: int, delay: float) -> None:
        super().__init__(concurrency, delay, jitter=0.0)
        self.stretch = 1.0
        self._more = 0.0  # of the delay

    def answered(self, at: float) -> None:
        self.lastseen = max(self.lastseen, min(at, monotonic()))
        self._more = random.uniform(0, _JITTER)

    def download_delay(self) -> float:
        return self.delay * (1 + self._more) * self.stretch
