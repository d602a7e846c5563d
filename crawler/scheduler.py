"""The frontier behind Scrapy's scheduler interface: Scrapy asks for the next request, the frontier's table says which.

Nothing that Scrapy enqueues is taken: links, redirects and retries go into the table by the crawl loop
(spiders/institute.py), in the same transaction as the row that they come from.
"""

import asyncio
import time
from collections import deque
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.asyncio import call_later
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from crawler.capture.tap import DOCUMENT_BYTES, PAGE_BYTES
from crawler.clock import steady
from crawler.crawl import Crawl
from crawler.frontier import Role, Row

# rows claimed ahead of the downloader: what a `kill -9` fetches twice at the most, beside those in the downloader
_AHEAD = 32
_UNREAD = 256  # captures that wait for a worker: their bytes are on disk, but nobody should outrun the reading by far


class FrontierScheduler(BaseScheduler):
    """Gives out rows that the recorder has claimed; asks for more before it runs dry."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._ready: deque[Row] = deque()
        self._claiming = False
        self._exhausted = False
        self._wake_at: float | None = None
        settings = crawler.settings
        self._headers = {**settings.getdict("DEFAULT_REQUEST_HEADERS"), "User-Agent": settings["USER_AGENT"]}
        self._timeout = settings.getfloat("DOWNLOAD_TIMEOUT")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def open(self, spider: Any) -> None:
        self._spider = spider
        self._crawl: Crawl = spider.crawl
        self._crawl.changed = self.changed
        self._crawler.engine.scraper._scrape = _scrape  # type: ignore[method-assign]
        self._crawl.begin(asyncio.get_running_loop())

    def close(self, reason: str) -> "Deferred[None] | None":
        return None

    def changed(self) -> None:
        """New or retried URLs have come in, or a limit was reached: ask the table again."""
        self._exhausted = False
        self._refill()
        self._wake()

    def has_pending_requests(self) -> bool:
        if self._crawl.stopping:
            return False
        if self._crawl.paused:  # what waits, if anything does, is asked for when it is over
            return True
        return bool(self._ready) or self._claiming or not self._exhausted or self._wake_at is not None

    def enqueue_request(self, request: Request) -> bool:
        raise RuntimeError(f"the frontier takes URLs through the crawl loop alone, not {request}")

    def next_request(self) -> Request | None:
        if self._crawl.halted:
            if self._crawl.stopping and self._ready:
                self._crawl.give_back(list(self._ready))
                self._ready.clear()
            return None
        if self._crawl.unread_now >= _UNREAD:
            return None
        self._refill()
        for _ in range(len(self._ready)):
            row = self._ready.popleft()
            held = self._held(row)
            if held:
                self._ready.append(row)
                self._later(held)
            elif over := self._crawl.limits.refusal(row):
                self._crawl.over_limit(row, over)
            elif self._crawl.holds(_host(row)):
                self._crawl.limits.unsent(row)
                self._ready.append(row)  # looked at again when an answer is written
            else:
                return self._request(row)
        if not self._ready:
            self._refill()
        return None

    def _held(self, row: Row) -> float:
        """Seconds for which the row's host is to be left alone."""
        return self._crawl.pace.held(_host(row))

    def _request(self, row: Row) -> Request:
        # Headers are set here and not by three middlewares: one call a request instead of six.
        return Request(
            row.url,
            callback=self._spider.arrived,
            errback=self._spider.failed,
            headers={**self._headers, **self._crawl.recrawl.validators(row.url)},
            meta={
                "row": row,
                "verbatim_url": True,  # the frontier has it in its one spelling
                "max_bytes": DOCUMENT_BYTES if row.role is Role.DOCUMENT else PAGE_BYTES,
                "keep_body": row.role is Role.SOURCE,
                "download_timeout": self._timeout,
            },
            dont_filter=True,
        )

    def _refill(self) -> None:
        if self._claiming or self._exhausted or len(self._ready) >= _AHEAD // 2:
            return
        count, roles = self._crawl.open_roles(_AHEAD)
        if not roles:
            self._exhausted = True
            return
        self._claiming = True
        self._crawl.recorder.claim(count, roles).add_done_callback(self._claimed)

    def _claimed(self, claim: "asyncio.Future[tuple[list[Row], float | None]]") -> None:
        self._claiming = False
        if error := claim.exception():
            self._exhausted = True
            self._crawl.fail(error)
            return
        rows, due = claim.result()
        self._ready.extend(rows)
        self._crawl.limits.claimed(rows)
        if not rows:
            self._exhausted = True
            if due is not None:
                self._later(max(0.05, due - steady()))
        self._wake()

    def _later(self, seconds: float) -> None:
        at = time.monotonic() + seconds
        if self._wake_at is None or at < self._wake_at:
            self._wake_at = at
            call_later(seconds, self._woken, at)

    def _woken(self, at: float) -> None:
        if self._wake_at == at:
            self._wake_at = None
        self.changed()

    def _wake(self) -> None:
        slot = self._crawler.engine._slot if self._crawler.engine else None
        if slot is not None:  # None once the spider is closed
            slot.nextcall.schedule()


def _host(row: Row) -> str:
    return urlsplit(row.url).hostname or ""


async def _scrape(result: Response | Failure, request: Request) -> None:
    """What Scrapy's scraper does with a response, for callbacks that yield nothing: without the chain of generators,
    the queue and the two tasks that it makes to look for items and requests in their output.
    """
    if isinstance(result, Failure):
        result.request = request  # type: ignore[attr-defined]
        await request.errback(result)  # type: ignore[misc]
    else:
        await request.callback(result)  # type: ignore[misc]
