"""Scrapy's downloader, with its promises kept: no more connections to a host than the profile says, none while it is
left alone.
"""

from collections import deque
from collections.abc import Coroutine
from typing import Any

from scrapy import Request
from scrapy.core.downloader import Downloader, Slot
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.internet.defer import Deferred


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
    """

    def _wait_for_download(
        self, slot: Slot, request: Request, queue_dfd: "Deferred[Response]"
    ) -> Coroutine[Any, Any, None]:
        slot.transferring.add(request)
        return super()._wait_for_download(slot, request, queue_dfd)

    def _process_queue(self, slot: Slot) -> None:
        """With a delay, up to CONCURRENT_REQUESTS stand in line here when the host says to wait, or the crawl is paused
        or at a limit: they are handed back.
        """
        if slot.queue:
            crawl: Any = self.crawler.spider.crawl  # type: ignore[union-attr]
            host = slot.queue[0][0].meta[self.DOWNLOAD_SLOT]
            seconds = crawl.pace.held(host)
            if seconds or crawl.holds(host):
                waiting, slot.queue = slot.queue, deque(one for one in slot.queue if "row" not in one[0].meta)
                for request, queue_dfd in waiting:
                    if "row" in request.meta:
                        queue_dfd.errback(HostHeld(seconds))
        super()._process_queue(slot)
