"""Scrapy's downloader, with its promise kept: no more connections to a host than the profile says."""

from collections.abc import Coroutine
from typing import Any

from scrapy import Request
from scrapy.core.downloader import Downloader, Slot
from scrapy.http import Response
from twisted.internet.defer import Deferred


class StrictDownloader(Downloader):
    """Scrapy 2.19 counts a transfer when its coroutine first runs, an iteration of the loop after it was started: with asyncio, a queue
    of 16 requests to a host with one connection went out over 16. Here it is counted when it is started.
    """

    def _wait_for_download(
        self, slot: Slot, request: Request, queue_dfd: "Deferred[Response]"
    ) -> Coroutine[Any, Any, None]:
        slot.transferring.add(request)
        return super()._wait_for_download(slot, request, queue_dfd)
