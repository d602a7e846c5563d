"""robots.txt as RFC 9309 says: what cannot be reached forbids all, what is not there allows all."""

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.asyncio import run_in_thread

from archive.errors import DamagedRecord
from archive.store import http
from archive.store.exchange import Truncation
from crawler.capture import failure
from crawler.etiquette.guard import refusal
from crawler.etiquette.pace import HostRefuses
from crawler.etiquette.rules import MAX_BYTES, Rule, Rules, decoded, parse
from crawler.etiquette.slots import HostHeld
from crawler.middleware import Middleware

_MOST_DECODED = 16 * 1024 * 1024  # bytes; a file that unpacks to more is no robots.txt
_REDIRECTS = 5  # RFC 9309, 2.3.1.2
_MOST_MISSES = 4  # in a row, until the rows that wait for a robots.txt end without it
_MOST_WAITING = 4  # requests that stand by while a robots.txt comes; others are let past, to other hosts
_A_MOMENT = 1.0  # seconds
_NOT_SO_SOON = 300.0  # seconds at the most until it is asked for again
LONGEST_CRAWL_DELAY = 60.0  # seconds; not in the RFC, honoured as politeness


class RobotsForbidden(IgnoreRequest):
    """The host's robots.txt does not allow the URL. The row ends as `robots`, with the reason."""


class RobotsUnreachable(IgnoreRequest):
    """The host's robots.txt could not be had: nothing may be fetched (RFC 9309, 2.3.1.4) until it can.

    `wait` is for how many seconds the row goes back, None when it ends; `absent` when there is no host to ask, or none
    to trust: what is asked for has failed, and is no choice of the host's.
    """

    def __init__(self, why: str, wait: float | None, absent: bool) -> None:
        super().__init__(why)
        self.wait, self.absent = wait, absent


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds for one origin until `until`. Without rules all is allowed, or, when it could not be had, nothing."""

    told: str  # how decisions name it: its digest, or why it holds no rules
    until: float
    rules: Rules | None = None
    unreachable: bool = False
    absent: bool = False  # no connection came about on which to ask
    lasting: bool = False  # it will not be had later

    def decision(self, rule: Rule | None) -> str:
        """One line for the URL's row: the copy, the line of it that decided, and its text."""
        return f"{self.told} line {rule.line} {rule.text}" if rule else f"{self.told} no rule"

    @property
    def delay(self) -> float:
        return min(LONGEST_CRAWL_DELAY, self.rules.delay) if self.rules else 0.0


class RobotsMiddleware(Middleware):
    """Asks for a host's robots.txt before its first page, and holds every request against it. Its answers are captured
    like any.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        settings = crawler.settings
        self._headers = {**settings.getdict("DEFAULT_REQUEST_HEADERS"), "User-Agent": settings["USER_AGENT"]}
        self._timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._day = settings.getfloat("ROBOTS_DAY")
        self._soon = settings.getfloat("ROBOTS_RETRY")
        self._standing: dict[str, Standing] = {}
        self._waiting: dict[str, list[asyncio.Future[Standing]]] = {}
        self._misses: Counter[str] = Counter()  # times in a row that an origin's robots.txt could not be had

    async def process_request(self, request: Request) -> None:
        if request.meta.get("robots"):
            return
        parts = urlsplit(request.url)
        if why := self._crawl.pace.gave_up(parts.hostname or ""):
            raise HostRefuses(why)
        origin = f"{parts.scheme}://{parts.netloc}"
        standing = self._standing.get(origin)
        if standing is None or standing.until < time.monotonic():
            standing = await self._ask(origin)
            self._standing[origin] = standing
        if standing.unreachable:
            spent = standing.lasting or self._misses[origin] >= _MOST_MISSES
            wait = None if spent else max(0.0, standing.until - time.monotonic())
            raise RobotsUnreachable(standing.told, wait, standing.absent)
        rule = standing.rules.find(request.url) if standing.rules else None
        request.meta["row"] = replace(request.meta["row"], robots=standing.decision(rule))
        if rule is not None and not rule.allow:
            raise RobotsForbidden(f"{origin}/robots.txt, line {rule.line}: {rule.text}")

    async def _ask(self, origin: str) -> Standing:
        if origin in self._waiting:
            if len(self._waiting[origin]) >= _MOST_WAITING:
                raise HostHeld(_A_MOMENT)
            waiter: asyncio.Future[Standing] = asyncio.get_running_loop().create_future()
            self._waiting[origin].append(waiter)
            return await waiter
        if held := self._crawl.pace.held(urlsplit(origin).hostname or ""):
            raise HostHeld(held)
        self._waiting[origin] = []
        try:
            standing = await self._fetch(origin)
            self._keep_delay(origin, standing)
            standing = self._patient(origin, standing)
        except BaseException as error:
            for waiter in self._waiting.pop(origin):
                waiter.set_exception(error)
            raise
        for waiter in self._waiting.pop(origin):
            waiter.set_result(standing)
        return standing

    async def _fetch(self, origin: str) -> Standing:
        url = origin + "/robots.txt"
        for _ in range(_REDIRECTS + 1):
            meta = {"robots": True, "keep_body": True, "max_bytes": MAX_BYTES, "download_timeout": self._timeout}
            try:
                request = Request(url, callback=NO_CALLBACK, headers=self._headers, meta=meta, dont_filter=True)
                response = await self._crawler.engine.download_async(request)
            except CannotResolveHostError as error:
                private = refusal(urlsplit(url).hostname or "")
                if private and urlsplit(url).hostname == urlsplit(origin).hostname:
                    raise  # the request itself would go there too
                if private:  # and will tomorrow: no reason to try again
                    why = f"its robots.txt leads to {url}, and {private}"
                    return Standing(why, time.monotonic() + self._day, unreachable=True, lasting=True)
                return _unreachable(url, error)
            except Exception as error:  # noqa: BLE001  whatever kept it from us: RFC 9309, 2.3.1.4
                return _unreachable(url, error)
            location = response.headers.get(b"Location")
            if 300 <= response.status < 400 and location:
                url = urljoin(url, location.decode("latin-1"))
                continue
            standing = await run_in_thread(standing_of, url, response, self._agent, time.monotonic() + self._day)
            self._crawl.robots_seen(url, response.status, standing.rules.sitemaps if standing.rules else ())
            return standing
        # RFC 9309, 2.3.1.2: after five redirects it may be taken as unavailable, which allows all
        return Standing(f"- {origin}/robots.txt redirects more than {_REDIRECTS} times", time.monotonic() + self._day)

    def _patient(self, origin: str, standing: Standing) -> Standing:
        """What could not be had is asked for again, later each time, and not while the host is left alone."""
        if not standing.unreachable:
            del self._misses[origin]
            return standing
        self._misses[origin] += 1
        if standing.lasting:
            return standing
        wait = min(_NOT_SO_SOON, self._soon * 2.0 ** (self._misses[origin] - 1))
        wait = max(wait, self._crawl.pace.held(urlsplit(origin).hostname or ""))
        return replace(standing, until=time.monotonic() + wait)

    def _keep_delay(self, origin: str, standing: Standing) -> None:
        """The delay is the host's: the longest that any of its origins asks for."""
        downloader: Any = self._crawler.engine.downloader
        downloader.keep_delay(urlsplit(origin).hostname or "", standing.delay)


def _unreachable(url: str, error: Exception) -> Standing:
    why = f"{url} could not be had, which forbids all (RFC 9309, 2.3.1.4): {failure.words(error)}"
    return Standing(why, 0.0, unreachable=True, absent=failure.is_absence(error))


def standing_of(url: str, response: Response, agent: str, until: float) -> Standing:
    """What an answer means. Parsing takes a while: not for the reactor."""
    status = response.status
    if status >= 500 or status == 429:
        why = f"{url} answered {status}, which forbids all (RFC 9309, 2.3.1.4)"
        return Standing(why, until, unreachable=True)
    if not 200 <= status < 300:
        return Standing(f"- {url} answered {status}", until)  # 2.3.1.3: 4xx allows all
    if {Truncation.DISCONNECT, Truncation.TIME} & set(response.flags):
        return Standing(f"{url} was cut off, which forbids all (RFC 9309, 2.3.1.4)", until, unreachable=True)
    headers = tuple(_fields(response.headers))
    try:
        body = http.decode(response.body, headers, _MOST_DECODED)
    except DamagedRecord as error:
        return Standing(f"{url} cannot be decoded ({error}), which forbids all", until, unreachable=True)
    told = f"sha256:{hashlib.sha256(response.body).hexdigest()}"
    text = decoded(body)
    if text.lstrip()[:1] == "<":
        return Standing(f"{told} HTML", until)  # an HTML page holds no rules
    return Standing(told, until, parse(text, agent))


def _fields(headers: Mapping[bytes, list[bytes]]) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, values in headers.items() for value in values]
