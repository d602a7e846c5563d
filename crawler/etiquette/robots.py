"""robots.txt as RFC 9309 says: what cannot be reached forbids all, what is not there allows all."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.errors import DamagedRecord
from archive.store import http
from crawler.capture import failure
from crawler.etiquette.guard import refusal

MAX_BYTES = 500 * 1024  # RFC 9309, 2.5: at least so much must be parsed
_MOST_DECODED = 16 * 1024 * 1024  # bytes; a file that unpacks to more is no robots.txt
_REDIRECTS = 5  # RFC 9309, 2.3.1.2
_SOON = 2.0  # seconds until a robots.txt that could not be had is asked for again, doubled each time
_NOT_SO_SOON = 300.0  # seconds at the most: a host that hangs costs each of its URLs a wait, not a timeout
_A_DAY = 24 * 3600.0  # RFC 9309, 2.4
_LONGEST_CRAWL_DELAY = 60.0  # seconds; not in the RFC, honoured as politeness


class RobotsForbidden(IgnoreRequest):
    """The host's robots.txt does not allow the URL, or could not be had. The row ends as `robots`, with the reason."""


class RobotsUnreachable(IgnoreRequest):
    """The host's robots.txt could not be had: nothing may be fetched (RFC 9309, 2.3.1.4) until it can. The row is tried
    again.
    """


@dataclass(frozen=True, slots=True)
class Rules:
    """One host's rules. `why` is said of every URL that they forbid."""

    parsed: Protego | None  # None allows all
    forbid_all: bool
    why: str
    until: float
    unreachable: bool = False

    def allow(self, url: str, agent: str) -> bool:
        if self.forbid_all:
            return False
        return self.parsed is None or self.parsed.can_fetch(url, agent)

    def delay(self, agent: str) -> float:
        stated = self.parsed.crawl_delay(agent) if self.parsed else None
        return min(_LONGEST_CRAWL_DELAY, stated) if stated else 0.0


class RobotsMiddleware:
    """Asks for a host's robots.txt before its first page, and holds every request against it. Its answers are captured
    like any.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        settings = crawler.settings
        self._headers = {**settings.getdict("DEFAULT_REQUEST_HEADERS"), "User-Agent": settings["USER_AGENT"]}
        self._timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._rules: dict[str, Rules] = {}
        self._waiting: dict[str, list[asyncio.Future[Rules]]] = {}
        self._misses: Counter[str] = Counter()  # times in a row that an origin's robots.txt could not be had

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("robots"):
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        rules = self._rules.get(origin)
        if rules is None or rules.until < time.monotonic():
            rules = await self._ask(origin)
            self._rules[origin] = rules
        if rules.unreachable:
            raise RobotsUnreachable(rules.why)
        if not rules.allow(request.url, self._agent):
            raise RobotsForbidden(rules.why)

    async def _ask(self, origin: str) -> Rules:
        if origin in self._waiting:
            waiter: asyncio.Future[Rules] = asyncio.get_running_loop().create_future()
            self._waiting[origin].append(waiter)
            return await waiter
        self._waiting[origin] = []
        try:
            rules = await self._fetch(origin + "/robots.txt")
            self._keep_delay(origin, rules)
            rules = self._patient(origin, rules)
        except BaseException as error:
            for waiter in self._waiting.pop(origin):
                waiter.set_exception(error)
            raise
        for waiter in self._waiting.pop(origin):
            waiter.set_result(rules)
        return rules

    async def _fetch(self, url: str) -> Rules:
        crawl: Any = self._crawler.spider.crawl  # type: ignore[union-attr]
        until = time.monotonic() + _A_DAY
        own = urlsplit(url).hostname
        for _ in range(_REDIRECTS + 1):
            meta = {"robots": True, "keep_body": True, "max_bytes": MAX_BYTES, "download_timeout": self._timeout}
            request = Request(url, callback=NO_CALLBACK, headers=self._headers, meta=meta, dont_filter=True)
            try:
                response = await self._crawler.engine.download_async(request)
            except CannotResolveHostError as error:
                private = refusal(urlsplit(url).hostname or "")
                if private and urlsplit(url).hostname == own:
                    raise  # the request itself would go there too
                if private:  # and will tomorrow: no reason to try again
                    return Rules(None, True, f"its robots.txt leads to {url}, and {private}", until)
                return _unreachable(url, error)
            except Exception as error:  # noqa: BLE001  whatever kept it from us: RFC 9309, 2.3.1.4
                return _unreachable(url, error)
            location = response.headers.get(b"Location")
            if 300 <= response.status < 400 and location:
                url = urljoin(url, location.decode("latin-1"))
                continue
            rules = _rules(url, response, until)
            crawl.robots_seen(url, response.status, list(rules.parsed.sitemaps) if rules.parsed else [])
            return rules
        # RFC 9309, 2.3.1.2: after five redirects it may be taken as unavailable, which allows all
        return Rules(None, False, "", until)

    def _patient(self, origin: str, rules: Rules) -> Rules:
        """Rules that could not be had hold longer each time."""
        if not rules.unreachable:
            del self._misses[origin]
            return rules
        self._misses[origin] += 1
        wait = min(_NOT_SO_SOON, _SOON * 2.0 ** (self._misses[origin] - 1))
        return replace(rules, until=time.monotonic() + wait)

    def _keep_delay(self, origin: str, rules: Rules) -> None:
        delay = rules.delay(self._agent)
        host = urlsplit(origin).hostname or ""
        downloader: Any = self._crawler.engine.downloader
        slot = downloader.slots.get(host)
        if slot is not None and delay > slot.delay:
            slot.delay = delay
            downloader.per_slot_settings[host] = {"delay": delay, "concurrency": 1}


def _unreachable(url: str, error: Exception) -> Rules:
    return Rules(
        None, True, f"{url} could not be had: {failure.words(error)}", time.monotonic() + _SOON, unreachable=True
    )


def _rules(url: str, response: Response, until: float) -> Rules:
    if response.status >= 500 or response.status == 429:
        return Rules(None, True, f"{url} answered {response.status}, which forbids all (RFC 9309, 2.3.1.4)", until)
    if not 200 <= response.status < 300:
        return Rules(None, False, "", until)  # 2.3.1.3: 4xx allows all
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )
    try:
        body = http.decode(response.body, headers, _MOST_DECODED)
    except DamagedRecord as error:
        return Rules(None, True, f"{url} cannot be decoded ({error}), which forbids all", until)
    text = body[:MAX_BYTES].decode("utf-8-sig", "replace")
    if text.lstrip()[:1] == "<":
        return Rules(None, False, "", until)  # an HTML page holds no rules
    return Rules(Protego.parse(text), False, f"{url} disallows it", until)
