"""`fleet worker`: takes jobs while the machine may, has them done (runner.py), and hands on what dead workers left.
Where the database goes away, what runs goes on, and the worker waits for it.
"""

import asyncio
import logging
import signal
import time
from contextlib import suppress
from typing import Any

import psycopg
import sqlalchemy as sa
from procrastinate import exceptions, jobs
from procrastinate.worker import Worker as Taker

from archive.database import Address
from archive.errors import ArchiveError
from archive.lines import many
from crawler.exits import COMPLETE, INTERRUPTED
from crawler.fleet import planner
from crawler.fleet.presence import Presence
from crawler.fleet.queue import Careful, application, needs_init
from crawler.fleet.runner import OUTPUT, Runner, Settings

logger = logging.getLogger(__name__)

_BEAT = 3.0  # seconds between two looks at itself, at other workers, and at the schedule
_POLL = 2.0  # seconds between two looks for a job
_BACKOFF = (1.0, 30.0)  # seconds before the database is asked again, doubled each time
_OUT_OF_REACH = "the database is out of reach"
_PRUNED = 86_400.0  # seconds: `_hand_on` finds workers that say nothing; Procrastinate only tidies them up
_AWAY = (exceptions.ConnectorException, sa.exc.DBAPIError, psycopg.Error, OSError)  # raised where the database is away


class FleetWorker:
    """One process. `run` returns its exit code."""

    def __init__(self, address: Address, settings: Settings) -> None:
        self.address, self.settings = address, settings
        self._engine = address.engine(f"policy-archive worker {settings.name}")
        self._presence = Presence(address, settings.name, settings.limits.at_once)
        self._runner = Runner(address, settings)
        self._taker: Taker | None = None
        self._drains = False  # told to: it ends when nothing runs, unless it is told otherwise before
        self._ending, self._line = asyncio.Event(), asyncio.Lock()
        self._reached: float | None = None  # since when the database has answered; None while it is away
        self._told: dict[str, str | None] = {}  # what was logged last of what may go on for long
        self._unknown: set[int] = set()  # jobs that the queue says are done here, and that nobody does

    def run(self) -> int:
        needs_init(self.address)
        self._presence.claim()
        (self.settings.home / OUTPUT).mkdir(parents=True, exist_ok=True)
        most = many(self.settings.limits.at_once, "job")
        logger.info("ready", extra={"entry": self.settings.name, "why": f"takes {most} at a time from {self.address}"})
        return asyncio.run(self._run())

    async def _run(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._signalled)
        wait = _BACKOFF[0]
        while not self._ending.is_set():
            began = time.monotonic()
            try:
                await self._serve()
            except _AWAY as error:
                self._away(error)
            wait = _BACKOFF[0] if time.monotonic() - began > _BACKOFF[1] else min(wait * 2, _BACKOFF[1])
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), wait)
        return INTERRUPTED if self._runner.hurried else COMPLETE

    async def _serve(self) -> None:
        """Until it ends. Raises what says that the database is away, where it is so from the beginning."""
        app = application(self.address, self._runner.perform)
        careful: Any = app.job_manager
        careful.present, careful.refusal = self._present, self._refusal
        careful.away, careful.ending = self._away, self._ending.is_set
        async with app.open_async():
            taker = self._taker = Taker(
                app, queues=["fleet"], name=self.settings.name, concurrency=self.settings.limits.at_once,
                wait=True, fetch_job_polling_interval=_POLL, install_signal_handlers=False,
                update_heartbeat_interval=min(10.0, self.settings.stalled / 3), stalled_worker_timeout=_PRUNED,
            )  # fmt: skip
            beating = asyncio.create_task(self._beats(careful, app))
            beating.add_done_callback(lambda _: taker.stop())  # type: ignore[no-untyped-call]
            try:
                await taker.run()  # type: ignore[no-untyped-call]
            finally:
                self._taker = None
                beating.cancel()
                with suppress(asyncio.CancelledError):
                    await beating
        await asyncio.to_thread(self._presence.leave)

    def _refusal(self) -> str | None:
        """Why it takes nothing now."""
        if self._drains or self._ending.is_set():
            return f"finishes {', '.join(self._runner.running) or 'nothing'}, and ends"
        return self.settings.limits.refusal(self.settings.home)

    async def _present(self, number: int) -> bool:
        """Has its line written; returns whether it is told to drain."""
        async with self._line:  # which one look for a job and one beat may find missing at once
            self._drains = await asyncio.to_thread(self._presence.tell, number, self._refusal(), self._ending.is_set())
        return self._drains

    # its end

    def _signalled(self) -> None:
        again = "" if self._runner.hurried else "; a second signal ends that at once"
        running = ", ".join(self._runner.running)
        logger.info("ends", extra={"why": f"{running} to seal and hand on{again}" if running else None})
        self._runner.hurry()
        self.end()

    def end(self) -> None:
        """Takes nothing new, and ends when nothing runs."""
        self._ending.set()
        if self._taker is not None:
            self._taker.stop()  # type: ignore[no-untyped-call]

    # beats

    async def _beats(self, careful: Careful, app: Any) -> None:
        while True:
            try:
                await self._beat(careful, app)
            except _AWAY as error:
                self._away(error)
            await asyncio.sleep(_BEAT)

    async def _beat(self, careful: Careful, app: Any) -> None:
        if self._taker is None or (number := self._taker.worker_id) is None:
            return
        await self._present(number)
        running = ", ".join(self._runner.running)
        self._say("drains", f"finishes {running or 'nothing'}" if self._drains else None)
        self._say("takes nothing", None if self._drains else self._refusal())
        if self._drains and not running:
            self.end()
        await self._hand_on(careful, number)
        try:
            await planner.plan(app, self._engine, self.settings.home)
            self._say("plans nothing", None)
        except ArchiveError as error:
            self._say("plans nothing", str(error))
        if self.settings.until_empty and not self._runner.running and await careful.is_empty():
            self.end()
        self._reached = self._reached or time.monotonic()
        self._say(_OUT_OF_REACH, None)

    def _away(self, error: BaseException) -> None:
        self._reached = None
        self._say(_OUT_OF_REACH, " ".join(str(error.__cause__ or getattr(error, "orig", None) or error).split())[:200])

    def _say(self, what: str, why: str | None) -> None:
        """Logs what may go on for long when it begins, with why, and when it is over."""
        before, self._told[what] = self._told.get(what), why
        if why is not None and before is None:
            logger.warning(what, extra={"why": why})
        elif why is None and before is not None:
            logger.info("no longer: %s", what)

    async def _hand_on(self, careful: Careful, number: int) -> None:
        """Jobs of workers that said nothing for a while, or that were on this machine and are dead, wait again.

        While the database was away nobody could say anything: so whoever has reached it again first waits as long.
        """
        await asyncio.to_thread(self._presence.bury)
        patient = self._reached is not None and time.monotonic() - self._reached > self.settings.stalled
        for job in await careful.get_stalled_jobs(seconds_since_heartbeat=self.settings.stalled):
            if job.worker_id is None or patient:
                await self._wait_again(careful, job, "whose worker is gone")
        known = self._known()
        mine = [job for job in await careful.doing(number) if job.id not in known]
        for job in mine:  # an answer of the queue was lost on its way; not one that is on its way now
            if job.id in self._unknown:
                await self._wait_again(careful, job, "which this worker was given, and never heard of")
        self._unknown = {int(job.id or 0) for job in mine}

    async def _wait_again(self, careful: Careful, job: jobs.Job, why: str) -> None:
        if job.id not in self._known():
            logger.warning("taken over", extra={"entry": job.lock, "why": f"{job.task_name}, {why}"})
            await careful.retry_job(job)

    def _known(self) -> set[int | None]:
        """The jobs that are done here."""
        return {context.job.id for context in self._taker._running_jobs.values()} if self._taker else set()
