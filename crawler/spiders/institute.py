"""The one crawl loop. A spider declares which kinds it is after; what a site is like is its profile's business."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.http import Headers, Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from archive.dataset.derived import Derived
from archive.dataset.worker import Underived
from archive.extract.page import Role as PageRole
from archive.institutes import registry
from archive.institutes.profile import Kind, Profile
from archive.institutes.urls import UrlRule, canonical, inside
from archive.store import http
from archive.store.exchange import Location, Stored, Truncation
from crawler.capture.failure import HeadTooLong, words
from crawler.crawl import Crawl
from crawler.discovery import sources
from crawler.etiquette import guard
from crawler.etiquette.endless import Endless
from crawler.etiquette.pace import HostRefuses
from crawler.etiquette.robots import RobotsForbidden, RobotsUnreachable
from crawler.etiquette.slots import HostHeld
from crawler.frontier import End, Found, Role, Row
from crawler.options import Options, home
from crawler.papers import user_agent
from crawler.recrawl import Mode

logger = logging.getLogger(__name__)

_TRIES = 3  # of one URL
_HTML = ("text/html", "application/xhtml+xml")
_SHUT = "status 403 with HTML where a source was expected: a bot wall, or shut"
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+")
_LISTS = frozenset({PageRole.LISTING, PageRole.PUBLICATION})  # what a page that lists others may be
_ENDS = {
    PageRole.REDIRECT: End.REDIRECTED,
    PageRole.MISSING: End.GONE,
    PageRole.ERROR: End.FAILED,
    PageRole.BOTWALL: End.BOTWALL,
}


class InstituteSpider(Spider):
    """Fetches what the frontier gives out, and puts in what the pages lead to. Arguments: institute, home,
    collection.
    """

    only: frozenset[Kind] = frozenset()
    crawl: Crawl

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        crawl: Crawl | None = kwargs.pop("crawl", None)
        if crawl is None:
            crawl = _opened(cls.only, **kwargs)
        spider = super().from_crawler(crawler)
        spider.crawl = crawl
        _apply(crawl, crawler.settings)
        crawl.ended = lambda: _close(crawler)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Nothing is asked for here: the seeds are in the frontier. Pages that a crash left unread are read first."""
        for captured in self.crawl.unread:
            try:
                await self._read_again(captured.row, captured.location)
            except Exception as error:  # noqa: BLE001  counted and logged
                await self._unforeseen(captured.row, error)
        return
        yield

    async def arrived(self, response: Response) -> None:
        """A response came, whatever its status. Its bytes are being written; nothing is done with them before they are
        safe.
        """
        row: Row = response.meta["row"]
        self.crawl.arrived()
        try:
            await self._arrived(row, response)
        except Exception as error:  # noqa: BLE001  counted and logged
            await self._unforeseen(row, error)
        finally:
            self.crawl.unread_now -= 1

    async def _arrived(self, row: Row, response: Response) -> None:
        stored: Stored = await response.meta["recorded"]
        host = urlsplit(response.url).hostname or ""
        if response.status in (429, 503):
            self.crawl.look_for_refusal(host, inside(response.url, self.crawl.profile))
            if row.tries + 1 < _TRIES:
                await self._again(row, f"status {response.status}", response.meta["wait"])
            else:
                await self._read(row, stored.location)
        elif response.status >= 500 and row.tries + 1 < _TRIES:
            await self._again(row, f"status {response.status}")
        elif Truncation.DISCONNECT in response.flags and not row.tries:
            await self._again(row, "the answer was cut off")
        else:
            if row.role is Role.SOURCE and response.status == 304:
                await self._read_again(row, stored.location, stored.revisit)
            elif row.role is Role.SOURCE and response.status < 300:
                await self._read_source(row, response.body, _pairs(response.headers), stored.revisit)
            else:
                await self._read(row, stored.location, stored.revisit)

    async def failed(self, failure: Failure) -> None:
        """No response, or not one that can be understood. Whatever came is being written."""
        row: Row = failure.request.meta["row"]  # type: ignore[attr-defined]
        try:
            await self._failed(row, failure)
        except Exception as error:  # noqa: BLE001  counted and logged
            await self._unforeseen(row, error)

    async def _failed(self, row: Row, failure: Failure) -> None:
        recorded = failure.request.meta.get("recorded")  # type: ignore[attr-defined]
        if recorded is not None:
            await recorded
        error: Any = failure.value
        if isinstance(error, HostHeld):
            await self.crawl.postpone(row, error.seconds)
            return
        if isinstance(error, RobotsUnreachable) and error.wait is not None:
            await self.crawl.postpone(row, error.wait)
            return
        if isinstance(error, HostRefuses) and self.crawl.refused:
            await self.crawl.postpone(row, 0.0)  # the crawl stops, and may be gone on with
            return
        private = guard.refusal(urlsplit(row.url).hostname or "") if isinstance(error, CannotResolveHostError) else None
        told = " ".join(str(error).split()) if isinstance(error, IgnoreRequest) else words(error)
        why = private or told[:400]
        if isinstance(error, HeadTooLong):  # it would be so again
            await self._end(row, End.FAILED, why)
            return
        self.crawl.refusals[why] += 1
        if isinstance(error, RobotsForbidden):
            await self._end(row, End.ROBOTS, why)
        elif isinstance(error, Endless):
            plain = [Found(error.instead, canonical(error.instead), row.role, row.source)] if error.instead else []
            await self.crawl.finished(row, End.TRAP, why, found=plain)
        elif private:
            await self._end(row, End.PRIVATE, why)
        elif isinstance(error, RobotsUnreachable):
            await self._end(row, End.FAILED if error.absent else End.ROBOTS, why)
        elif isinstance(error, HostRefuses):
            await self._end(row, End.FAILED, why)
        else:
            await self._again(row, why)

    async def _unforeseen(self, row: Row, error: Exception) -> None:
        """A fault of ours, or of the disk: the row fails, counted and logged, and the crawl goes on if it can."""
        if self.crawl.recorder.broken is not None:
            self.crawl.fail(self.crawl.recorder.broken)
            return
        logger.exception("unforeseen at %s", row.url)
        await self._end(row, End.FAILED, f"unforeseen {type(error).__name__}: {error}")

    async def _again(self, row: Row, reason: str, wait: float | None = None) -> None:
        if row.tries + 1 >= _TRIES:
            await self._end(row, End.FAILED, f"{reason}, {_TRIES} times")
        else:
            patience = self.crawl.options.patience * 2**row.tries
            await self.crawl.again(row, patience if wait is None else wait, reason)

    async def _end(self, row: Row, end: End, reason: str | None = None) -> None:
        if end is not End.ARCHIVED and (row.role is Role.SOURCE or sources.begins(row, self.crawl.profile)):
            self.crawl.sources.failed(row.source, reason or str(end))
        await self.crawl.finished(row, end, reason)

    async def _read_again(self, row: Row, location: Location, revisit: bool = False) -> None:
        capture = self.crawl.collection.read(location) if row.role is Role.SOURCE else None
        if capture is not None and 200 <= capture.status < 300:
            await self._read_source(row, capture.entity, capture.headers, revisit)
        else:
            await self._read(row, location, revisit)

    async def _read_source(self, row: Row, body: bytes, headers: http.Headers, revisit: bool) -> None:
        found, problem = await sources.read(row, body, headers, self.crawl.profile, self.crawl.sources)
        end = End.FAILED if problem else End.UNCHANGED if revisit else End.ARCHIVED
        if problem and not found and sources.is_wall(body, headers):
            end, problem = End.BOTWALL, "a challenge page"
            self.crawl.sources.failed(row.source, problem)
        named = [one.canonical for one in found if one.role is not Role.SOURCE]
        await self.crawl.finished(row, end, problem, "source", found, named)

    async def _read(self, row: Row, location: Location, revisit: bool = False) -> None:
        """A worker reads the record; its links and the row's end go into the frontier together."""
        crawl = self.crawl
        only_links = not crawl.options.derive
        underived: str | None = None
        try:
            derived: Derived = await asyncio.wrap_future(crawl.workers.submit(location, links_only=only_links))
        except Underived as error:
            underived = str(error)
            logger.warning("underived", extra={"url": row.url, "why": underived})
            try:  # its links must not be lost
                derived = await asyncio.wrap_future(crawl.workers.submit(location, links_only=True))
            except Underived:
                await crawl.finished(row, End.ARCHIVED, underived, "underived")
                return
        if not only_links and underived is None:
            crawl.keep(derived)
        all_ = row.role is not Role.PAGE or crawl.recrawl.says_otherwise(row, derived, revisit)
        found = crawl.leads.of(row, derived, all_=all_ and crawl.recrawl.mode is Mode.INCREMENTAL)
        if row.role in (Role.LISTING, Role.PAGE):
            crawl.shapes.read(derived, found)
        named = self._tally(row, derived)
        end = _ENDS.get(derived.role, End.UNCHANGED if revisit else End.ARCHIVED)
        reason = f"status {derived.status}" if end in (End.GONE, End.FAILED) else underived
        if end is End.BOTWALL:
            reason = f"status {derived.status}, a challenge page"
        elif end is End.FAILED and row.role is Role.SOURCE and derived.status == 403 and derived.media_type in _HTML:
            end, reason = End.BOTWALL, _SHUT
        self._look_at_walls(row, derived.role is PageRole.BOTWALL)
        if derived.redirect_to:
            end, reason = (end, derived.redirect_to) if found else (End.FAILED, "too many redirects")
        elif end is End.REDIRECTED:
            end, reason = End.OUT_OF_SCOPE, "redirected to what is no http or https address, and never opened"
        await crawl.finished(row, end, reason, _what(derived), found, named, derived)

    def _look_at_walls(self, row: Row, wall: bool) -> None:
        """Challenge pages in a row: the host is left alone for a while, then for good. Sources and listings are shut
        one by one, and what pages need to be seen again is let through: neither tells of the pages.
        """
        host = urlsplit(row.url).hostname or ""
        if row.role is not Role.PAGE:
            return
        if wall:
            self.crawl.pace.walled(host)
            self.crawl.look_for_refusal(host, inside(row.url, self.crawl.profile))
        else:
            self.crawl.pace.seen(host)

    def _tally(self, row: Row, derived: Derived) -> list[str]:
        """What a source's page says of the source, where it is none that `sources.read` reads. Returns the addresses
        that a listing's page names.
        """
        tally = self.crawl.sources
        if derived.redirect_to or not (row.role is Role.SOURCE or row.source.startswith("listing:")):
            return []
        if row.role is Role.LISTING and derived.role in _LISTS:
            tally.works(row.source)
            tally.paged(row.source, (link.key for link in derived.links if link.rule == UrlRule.LISTING))
            return [link.key for link in derived.links if link.rule == UrlRule.PAGE]
        begins = sources.begins(row, self.crawl.profile)
        if begins and derived.role is PageRole.MISSING:
            tally.absent(row.source)
        elif begins or (row.role is Role.SOURCE and not self._past_the_last(row, derived)):
            wall = derived.role is PageRole.BOTWALL
            shut = row.role is Role.SOURCE and derived.status == 403 and derived.media_type in _HTML
            tally.failed(row.source, "a challenge page" if wall else _SHUT if shut else f"status {derived.status}")
        return []

    def _past_the_last(self, row: Row, derived: Derived) -> bool:
        """Whether an answer says that a source that is paged has no more pages. A sitemap that is named is there."""
        return not row.source.startswith("sitemap:") and derived.status in (400, 404, 410)


def _pairs(headers: Headers) -> http.Headers:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, values in headers.items() for value in values
    )


def _opened(only: frozenset[Kind], institute: str = "", collection: str | None = None, **given: Any) -> Crawl:
    """For `scrapy crawl NAME -a institute=…`: what `policy-archive crawl` does before it starts Scrapy."""
    patience = float(given.get("patience") or Options().patience)
    options = Options(only=only, allow_private=given.get("allow_private") in ("1", "true", "yes"), patience=patience)
    there = home(given.get("home"))
    return Crawl.open(profile_of(institute, there), there, collection, options)


def profile_of(institute: str, home: Path | None = None) -> Profile:
    """The profile by name or path; the demo institute's site is served from here on."""
    if institute == "demo":
        from crawler.demo import embedded  # the site is not needed for any other institute

        return embedded.serve()[0]
    return registry.load(institute, home)


def _apply(crawl: Crawl, settings: BaseSettings) -> None:
    """The profile's etiquette and the options, as settings of this crawl."""
    etiquette, options = crawl.profile.etiquette, crawl.options
    delay = etiquette.delay if options.delay is None else options.delay
    concurrency = options.concurrency or (etiquette.concurrency if delay else max(8, etiquette.concurrency))
    settings.set("DOWNLOAD_DELAY", delay, priority="spider")
    settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", concurrency, priority="spider")
    settings.set("USER_AGENT", user_agent(crawl.profile), priority="spider")
    if etiquette.contact and _MAIL.fullmatch(etiquette.contact):
        headers = {**settings.getdict("DEFAULT_REQUEST_HEADERS"), "From": etiquette.contact}  # RFC 9110, 10.1.2
        settings.set("DEFAULT_REQUEST_HEADERS", headers, priority="spider")
    crawl.pace.first, crawl.pace.wall_pause = settings.getfloat("BACKOFF_FIRST"), settings.getfloat("WALL_PAUSE")
    if options.allow_private:
        guard.doors.add(guard.EVERYWHERE)


def _what(derived: Derived) -> str:
    """What a page is, for urls.jsonl: the later pages of a publication are no publications of their own."""
    return "part" if derived.part_key else derived.kind or str(derived.role)


def _close(crawler: Crawler) -> None:
    from scrapy.utils.defer import _schedule_coro

    if crawler.engine is not None and crawler.engine.spider is not None:
        _schedule_coro(crawler.engine.close_spider_async(reason="broken"))
