"""One crawl: what its parts share, how it begins, goes on after a crash, and ends."""

import asyncio
import hashlib
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from archive import __version__
from archive.database import Address
from archive.dataset.derived import Derived
from archive.dataset.derived_by import derived_by, fingerprint
from archive.dataset.pages import PageStore
from archive.dataset.worker import Workers
from archive.errors import OutOfSpace
from archive.institutes import registry
from archive.institutes.profile import Profile
from archive.institutes.urls import UrlRule, absolute, canonical, classify
from archive.store.collection import Collection, Meta
from archive.store.exchange import Resource, Stored
from archive.store.writer import Writer
from crawler import changes, papers, patch
from crawler.capture import login, proxy
from crawler.clock import LONGEST_WAIT, steady
from crawler.discovery import sources
from crawler.errors import CrawlError, space
from crawler.etiquette.endless import Shapes
from crawler.etiquette.gaps import Gaps
from crawler.etiquette.pace import Pace
from crawler.frontier import Added, End, Found, Frontier, Role, Row
from crawler.heartbeat import Heartbeat
from crawler.limits import HOST_LIMIT, Limits
from crawler.links import Leads
from crawler.options import Options
from crawler.recorder import Recorder
from crawler.recrawl import Mode, Recrawl
from crawler.room import Room
from crawler.tenure import Tenure

logger = logging.getLogger(__name__)

# To processes of multiprocessing: its tracker tidies up after a crawl that a second Ctrl-C ended, and need not tell.
_TRACKER = "ignore:resource_tracker:UserWarning"
_DERIVED_AT_ONCE = 32  # pages put into the page store in one transaction


@dataclass
class Progress:
    """What a crawl has done so far, for whoever looks on."""

    found: int = 0
    unfetched: int = 0  # found, and never to be fetched: out of scope, traps
    ends: Counter[str] = field(default_factory=Counter)
    pages: int = 0  # pages and listings fetched, requisites left out
    began: float = field(default_factory=time.monotonic)
    bytes: int = 0
    seconds: float = 0.0  # until the last response
    backlog: int = 0  # the most responses at one time whose links were not in yet

    @property
    def done(self) -> int:
        return sum(self.ends.values()) + self.unfetched


class Crawl:
    """Collection, frontier, recorder and workers of one crawl of one institute. Made by `open`, begun by the scheduler,
    ended by `closing.close`.
    """

    def __init__(self, profile: Profile, collection: Collection, tenure: Tenure, options: Options) -> None:
        self.profile = profile
        self.collection = collection
        self.options = options
        self.pace = Pace()
        self.limits = Limits(options, profile)
        self.paused = False  # nothing is fetched until it is over (heartbeat.py)
        self.gaps = Gaps()
        self.shapes = Shapes()
        self.room = Room(collection.state_dir, int(options.keep_free * 1e6))
        self.progress = Progress()
        self.stopping: str | None = None  # why no more is claimed: "limit", "space", "broken"
        self.refused: str | None = None  # why the institute's host is asked no more
        self.error: BaseException | None = None
        self.unread_now = 0  # responses that came and whose links are not in yet
        self.changed: Callable[[], None] = lambda: None
        self.ended: Callable[[], None] = lambda: None  # closes the spider
        self.refusals: Counter[str] = (
            Counter()
        )  # why nothing was fetched: for the last line of a crawl that got nothing
        self.tenure = tenure
        self.proxies = proxy.of_environment()
        self.login = login.headers(profile)
        self.frontier = Frontier(tenure.place, tenure.lease)
        self.resumed = self.frontier.fact("crawl") is not None and self.frontier.fact("ended") is None
        if self.resumed and options.patch and self.frontier.fact("urls") != self._urls_fact:
            self.resumed = not patch.takes_over(collection, self.frontier)
        if not self.resumed:
            self._new_frontier()
        elif self.frontier.fact("urls") != self._urls_fact:
            raise CrawlError(
                f"collection {collection.name} has an unfinished crawl that asks for other pages "
                f"({self.frontier.fact('crawl')}): finish it with the command that began it, "
                "or name another collection with --collection"
            )
        self.id = str(self.frontier.fact("crawl"))
        self.recrawl = Recrawl(collection, profile, Mode(self.frontier.fact("recrawl") or Mode.FIRST), options)
        self.sources = sources.Tally.loads(self.frontier.fact("sources"))
        self.gaps.loads(self.frontier.fact("gaps"))
        self.folder = collection.crawls_dir / self.id
        self.folder.mkdir(parents=True, exist_ok=True)
        if _TRACKER not in sys.warnoptions:
            sys.warnoptions.append(_TRACKER)
        self.workers = Workers(collection.path, profile, processes=options.workers)
        self.workers.start()
        self.pages = PageStore(collection.state_dir / "pages.sqlite")
        left_out = {Role.REQUISITE: options.requisites, Role.DOCUMENT: options.documents}
        self.roles = tuple(role for role in Role if left_out.get(role, True))
        self.leads = Leads(profile, options.extent == "institute", self.roles, options.only)
        self._derived: list[Derived] = []
        self._mark = fingerprint(derived_by(registry.digest(profile)))
        self.outcome: Any = None  # set when it has ended (closing.py)
        self.unclosed: BaseException | None = None  # why it could not be ended

    @classmethod
    def open(
        cls,
        profile: Profile,
        home: Path,
        name: str | None = None,
        options: Options | None = None,
        database: Address | None = None,
    ) -> Self:
        """Opens the collection, takes its lock, and mends what a crash left. Raises ArchiveError with what to do about
        it. With a database, the frontier is in there, and another machine may go on with the crawl.
        """
        meta = Meta(title=profile.name)
        collection = Collection.named(home / "collections", name or profile.id, create=True, meta=meta)
        asked = options or Options()
        delay = profile.etiquette.delay if asked.delay is None else asked.delay
        tenure = Tenure.take(collection, database, delay)
        try:
            collection.refresh()
            collection.recover()
            return cls(profile, collection, tenure, asked)
        except BaseException as error:  # noqa: BLE001  raised again
            tenure.release()
            raise space(error) or tenure.place.lost(error) or error from None

    def _new_frontier(self) -> None:
        self.frontier = self.frontier.anew()
        self.frontier.set_fact("crawl", datetime.now(UTC).strftime("%Y%m%d%H%M%S"))
        self.frontier.set_fact("urls", self._urls_fact)
        changes.keep(self.collection)
        mode = Recrawl.mode_of(self.collection, self.options.full)
        self.frontier.set_fact("recrawl", mode)
        self.recrawl = Recrawl(self.collection, self.profile, mode, self.options)
        self.frontier.add(self._seeds())
        patch.seed(self.frontier, self.options.patch)
        if self.options.extent == "institute":
            self.recrawl.begin(self.frontier, datetime.now(UTC))
        self.frontier.commit()

    @property
    def _urls_fact(self) -> str:
        """What tells a crawl of given pages or kinds from another one."""
        if self.options.patch:
            return "patch"  # whatever it asked for, it is gone on with
        asked = [*self.options.urls, *sorted(self.options.only)]
        return hashlib.sha256("\n".join(asked).encode()).hexdigest() if asked else "all"

    def _seeds(self) -> Sequence[Found]:
        if self.options.urls:
            spelled = [url for url in map(absolute, self.options.urls) if url]
            documents = [url for url in spelled if classify(url, self.profile) is UrlRule.DOCUMENT]
            return [
                Found(url, canonical(url), Role.DOCUMENT if url in documents else Role.PAGE, "urls file")
                for url in spelled
            ]
        return () if self.options.patch else self.recrawl.seeds()

    @property
    def delay(self) -> float:
        """Seconds between two requests to a host, as asked for."""
        return self.profile.etiquette.delay if self.options.delay is None else self.options.delay

    def release(self) -> None:
        """Let go of everything that is held open. The crawl is over."""
        self.workers.close()
        self.frontier.close()
        self.tenure.release()

    # while it runs

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called in the reactor, once: the recorder's thread starts, and what a crash left unread is read."""
        self.writer = Writer(
            self.collection, self.id, f"policy-archive/{__version__}", papers.warcinfo(self.profile, self.proxies)
        )
        self.recorder = Recorder(self.writer, self.frontier, loop, self.room)
        self.limits.begin()
        self.limits.waiting, self.limits.written = self.recorder.waiting, self.recorder.written
        self.tenure.keep(loop, self.fail)
        ends = self.frontier.through(self._mend)
        if self.options.max_minutes:  # a host that is left alone for an hour would else be waited for
            self._at_latest(loop)
        for (_, end), count in ends.items():
            self.progress.found += count
            if end != End.QUEUED:
                self.progress.ends[end] += count
        self.heartbeat = Heartbeat(self)
        self.heartbeat.start(loop)
        settings = papers.settings(self.profile, self.options)
        if self.frontier.fact("settings") != settings:  # begun, or gone on with another profile or other options
            self.writer.write([self.resource("settings", settings.encode()), papers.profile_resource(self.profile)])
            self.frontier.set_fact("settings", settings)
            self.frontier.commit()

    def _mend(self) -> dict[tuple[Role, str], int]:
        """What a crash left in the frontier is put right; how many URLs there are then, by role and end."""
        self.frontier.undo(self.collection.ledger.sealed())
        self._claim_what_was_written()
        self.frontier.release(steady() + LONGEST_WAIT)
        self.frontier.reopen(End.LIMIT, HOST_LIMIT)
        self.unread = self.frontier.unread()
        return self.frontier.counts()

    def _claim_what_was_written(self) -> None:
        """Records are synced before the frontier hears of them: what a crash left between the two need not be fetched
        again.
        """
        for row in self.frontier.in_flight():
            own = [line for line in self.collection.captures_of(row.url) if line.timestamp >= self.id]
            line = own[-1] if own else None
            if line and (line.unmodified or (line.status is not None and line.status < 500 and line.status != 429)):
                status = 304 if line.unmodified else line.status
                self.frontier.captured(row.id, Stored(line.location, False, line.length, status, line.mime))
        self.frontier.commit()

    def open_roles(self, count: int) -> tuple[int, tuple[Role, ...]]:
        """How many URLs may be claimed now, and of which roles. None once a limit is reached; requisites still are
        after `--max-pages`.
        """
        if self.halted:
            return 0, ()
        return self.limits.open_roles(count, self.roles)

    @property
    def halted(self) -> bool:
        """Whether nothing more is asked for: paused, ended by something, or at a limit, which ends it now."""
        if not self.stopping and self.limits.over(self.recorder.bytes):
            self.stop("limit")
        return self.paused or self.stopping is not None or not self.tenure.fresh

    def holds(self, host: str) -> bool:
        """Whether a host is not asked now: nobody is, or what came and is not written yet may reach a limit."""
        return self.halted or self.limits.brim(self.recorder.bytes) or self.limits.full(host)

    def pause(self, paused: bool) -> None:
        """What is in flight is finished, and nothing more is asked for until the pause is over."""
        self.paused = paused
        self.limits.rest(paused)
        logger.info("paused" if paused else "going on")
        self.changed()

    def arrived(self) -> None:
        """A response has come; `unread_now` is counted down when its links are in."""
        self.unread_now += 1
        self.progress.backlog = max(self.progress.backlog, self.unread_now)
        self.progress.seconds = time.monotonic() - self.progress.began

    def give_back(self, rows: Sequence[Row]) -> None:
        """These were claimed, and are not asked for: they wait as if they had not been."""
        self.limits.returned(rows)

        def postponed(frontier: Frontier) -> None:
            for row in rows:
                frontier.postpone(row, 0.0)

        self.recorder.change(postponed).add_done_callback(self._look)

    def over_limit(self, row: Row, why: str) -> None:
        """The row's host has come to its limit: the row's end in this run."""
        self.limits.returned([row])
        self.progress.ends[End.LIMIT] += 1
        ended = self.recorder.change(lambda frontier: frontier.finish(row, End.LIMIT, why, None, ()))
        ended.add_done_callback(self._look)

    def _at_latest(self, loop: asyncio.AbstractEventLoop) -> None:
        """Looks again when the minutes would be over: pauses make them longer."""
        if not self.halted or self.paused:
            left = max(0.01, self.options.max_minutes - self.limits.minutes) * 60
            loop.call_later(left, self._at_latest, loop)
        self.changed()

    def stop(self, why: str) -> None:
        """No more URLs are claimed; what is in flight is finished."""
        self.stopping = self.stopping or why

    def look_for_refusal(self, host: str, own: bool) -> None:
        """When one of the institute's own hosts goes on refusing, the crawl stops, and can be gone on with later."""
        if own and (why := self.pace.gave_up(host)):
            self.refused = why
            self.stop("refused")
            self.changed()

    def fail(self, error: BaseException) -> None:
        """The recorder is broken: nothing more can be kept, so nothing more is fetched."""
        if self.error is None:
            self.error = error
            logger.error("nothing more can be written: %s", error)
        self.stop("space" if isinstance(error, OutOfSpace) else "broken")
        self.ended()

    async def finished(
        self,
        row: Row,
        end: End,
        reason: str | None = None,
        detail: str | None = None,
        found: Sequence[Found] = (),
        named: Sequence[str] = (),
        derived: Derived | None = None,
    ) -> None:
        """The row is done: its end, what it led to and what its source names by it are committed when this returns."""
        found = self.onward(row, end, reason, found)
        tally = self.sources.dumps() if row.role in (Role.SOURCE, Role.LISTING) else None

        def finish(frontier: Frontier) -> Added:
            if tally is not None:
                frontier.set_fact("sources", tally)
            working = self.sources.working("sitemap:")
            return self.recrawl.finish(frontier, row, end, reason, detail, found, named, derived, working)

        new: Added = await self.recorder.change(finish)
        self.progress.ends[End.UNCHANGED] -= new.woken
        self.progress.ends[end] += 1
        self.progress.found += new.waiting + new.ended
        self.progress.unfetched += new.ended
        self.progress.bytes = self.recorder.bytes
        if row.role in (Role.PAGE, Role.LISTING):
            self.progress.pages += 1
        if new.waiting or new.woken:
            self.changed()

    def onward(self, row: Row, end: End, reason: str | None, found: Sequence[Found]) -> Sequence[Found]:
        """What is put into the frontier of all that a row led to; a survey says otherwise."""
        return found

    async def again(self, row: Row, wait: float, reason: str) -> None:
        """The row goes back into the queue for `wait` seconds."""
        due = steady() + wait
        await self.recorder.change(lambda frontier: frontier.retry(row, due, reason))
        self.changed()

    async def postpone(self, row: Row, wait: float) -> None:
        """The row goes back into the queue for `wait` seconds, not tried."""
        due = steady() + wait
        self.limits.returned([row])
        self.limits.unsent(row)
        await self.recorder.change(lambda frontier: frontier.postpone(row, due))
        self.changed()

    def keep(self, derived: Derived) -> None:
        """A page that was read on the way: derive need not read it again."""
        self._derived.append(derived)
        if len(self._derived) >= _DERIVED_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        batch, self._derived = self._derived, []
        if batch:
            added = self.recorder.change(lambda _: self.pages.add(batch, self._mark))
            added.add_done_callback(self._look)

    def _look(self, change: "asyncio.Future[Any]") -> None:
        if error := change.exception():
            self.fail(error)

    def robots_seen(self, url: str, status: int, sitemaps: Sequence[str]) -> None:
        """A host's robots.txt answered: noted, and the sitemaps that it names are added to the sources."""
        logger.info("robots.txt", extra={"url": url, "status": status, "sitemaps": list(sitemaps)})
        found = [] if self.options.extent != "institute" else sources.named_by_robots(self.profile, sitemaps)
        if found:
            self.recorder.change(lambda frontier: self.recrawl.add_sources(frontier, found)).add_done_callback(
                self._named
            )

    def _named(self, change: "asyncio.Future[Added]") -> None:
        if error := change.exception():
            self.fail(error)
        else:
            self.progress.found += change.result().waiting
            self.progress.ends[End.UNCHANGED] -= change.result().woken
            self.changed()

    def resource(self, name: str, body: bytes, media_type: str = "application/json") -> Resource:
        return Resource(f"urn:policy-archive:crawl:{self.id}:{name}", media_type, body, datetime.now(UTC))
