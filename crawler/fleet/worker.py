"""`fleet worker`: takes jobs while the machine may, runs each as a process of its own, and hands on what dead workers
left. Where the database goes away it waits for it.
"""

import asyncio
import logging
import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from procrastinate import exceptions, jobs
from procrastinate.worker import Worker as Taker

from archive.database import FRONTIER, Address
from archive.errors import ArchiveError
from archive.fleet.tables import RUNS, WORKERS
from crawler.exits import COMPLETE, INTERRUPTED, LIMITED, LOST, NO_SPACE, UNREACHABLE
from crawler.fleet import parent, planner
from crawler.fleet.machine import Limits
from crawler.fleet.orders import Later, Order, Rejected, Task, parse
from crawler.fleet.queue import STALLED, Careful, Unfinished, application, needs_init
from crawler.frontier.lease import Owner
from crawler.schedule.worker import Process

logger = logging.getLogger(__name__)

OUTPUT = Path("state") / "fleet"  # in the home folder: what each job's process said last
_BEAT = 3.0  # seconds between two looks at itself, at other workers, and at the schedule
_POLL = 2.0  # seconds between two looks for a job
_BACKOFF = (1.0, 30.0)  # seconds before the database is asked again, doubled each time
_SOON = timedelta(seconds=5)
# What is unfinished is tried again after so long, doubled with each attempt, an hour at the most.
_WAITS = {NO_SPACE: timedelta(minutes=5), UNREACHABLE: timedelta(minutes=10)}
_LONGEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Settings:
    home: Path
    name: str
    limits: Limits = field(default_factory=Limits)
    allow_private: bool = False
    stalled: float = STALLED
    until_empty: bool = False  # end when nothing waits or runs


class FleetWorker:
    """One process. `run` returns its exit code."""

    def __init__(self, address: Address, settings: Settings) -> None:
        self.address, self.settings = address, settings
        self._engine = address.engine(f"policy-archive worker {settings.name}")
        self._running: dict[int, Process] = {}  # by job
        self._taker: Taker | None = None
        self._draining = False
        self._hurried = False  # crawls are asked to seal now, and go on elsewhere
        self._began = datetime.now(UTC)

    def run(self) -> int:
        needs_init(self.address)
        (self.settings.home / OUTPUT).mkdir(parents=True, exist_ok=True)
        return asyncio.run(self._run())

    async def _run(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._signalled)
        wait = _BACKOFF[0]
        while not self._draining:
            began = time.monotonic()
            try:
                await self._serve()
                if self.settings.until_empty:
                    break
            except (exceptions.ConnectorException, sa.exc.SQLAlchemyError, OSError) as error:
                told = " ".join(str(error.__cause__ or error).split())[:200]
                logger.warning("the database is out of reach", extra={"why": told})
            if not self._draining:
                wait = _BACKOFF[0] if time.monotonic() - began > _BACKOFF[1] else min(wait * 2, _BACKOFF[1])
                await asyncio.sleep(wait)
        while self._running:  # the database is away, and they find out
            await asyncio.sleep(0.1)
        return INTERRUPTED if self._hurried else COMPLETE

    async def _serve(self) -> None:
        app = application(self.address, self._perform)
        careful: Any = app.job_manager
        careful.refusal = self._refusal
        async with app.open_async():
            self._taker = Taker(
                app, queues=["fleet"], name=self.settings.name, concurrency=self.settings.limits.at_once,
                wait=True, fetch_job_polling_interval=_POLL, install_signal_handlers=False,
                update_heartbeat_interval=min(10.0, self.settings.stalled / 3),
                stalled_worker_timeout=self.settings.stalled,
            )  # fmt: skip
            beating = asyncio.create_task(self._beats(careful, app))
            try:
                await self._taker.run()  # type: ignore[no-untyped-call]
            finally:
                beating.cancel()
                with suppress(asyncio.CancelledError, exceptions.ConnectorException, sa.exc.SQLAlchemyError):
                    await beating
                self._taker = None
        with self._engine.begin() as connection:
            connection.execute(sa.delete(WORKERS).where(WORKERS.c.name == self.settings.name))

    def _refusal(self) -> str | None:
        return "draining" if self._draining else self.settings.limits.refusal(self.settings.home)

    # signals and drains

    def _signalled(self) -> None:
        self.drain(hurried=True)

    def drain(self, hurried: bool = False) -> None:
        """Takes nothing new. `hurried`: what runs is sealed now, and goes on elsewhere; else it is finished."""
        self._draining = True
        if hurried:
            self._hurried = True
            for process in self._running.values():
                process.drain()
        if self._taker is not None:
            self._taker.stop()  # type: ignore[no-untyped-call]

    # jobs

    async def _perform(self, job: jobs.Job, task: Task, arguments: Any) -> None:
        """Raises Unfinished where the job is to be tried again, another error where it has failed."""
        _, order = parse(str(task), arguments)
        try:
            words = order.words(task, self.settings.home, self.settings.allow_private, datetime.now(UTC))
        except Later as later:
            raise Unfinished(str(later), later.wait) from None
        except ArchiveError as error:
            await asyncio.to_thread(self._note, job, task, order, 2, str(error), True)
            raise Rejected(str(error)) from None
        await asyncio.to_thread(self._note, job, task, order)
        process, code = await self._ran(job, words)
        why = process.why() if code else None
        await asyncio.to_thread(self._note, job, task, order, code, why, True)
        logger.info("ended", extra={"entry": order.collection, "why": f"{task}, exit code {code} {why or ''}"})
        if code < 0 or code == LOST:
            raise Unfinished(why or f"killed by signal {-code}", _SOON * min(6, job.attempts + 1))
        if code == INTERRUPTED:
            raise Unfinished("interrupted", timedelta() if self._hurried else _SOON)
        if code in _WAITS:
            raise Unfinished(why or "", min(_LONGEST, _WAITS[code] * 2 ** min(job.attempts, 8)))
        if code not in (COMPLETE, LIMITED):
            raise RuntimeError(why or f"exit code {code}")

    async def _ran(self, job: jobs.Job, words: list[str]) -> tuple[Process, int]:
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[int] = loop.create_future()

        def tell(code: int) -> None:
            loop.call_soon_threadsafe(ended.set_result, code)

        around = {FRONTIER: self.address.text, parent.VARIABLE: str(os.getpid())}
        output = self.settings.home / OUTPUT / f"{job.lock}.out"
        process = Process(words, output, None, tell, around)
        logger.info("begun", extra={"entry": job.lock, "why": f"{job.task_name}, process {process.pid}"})
        self._running[job.id or 0] = process
        try:
            if self._hurried:
                process.drain()
            return process, await asyncio.shield(ended)
        finally:
            del self._running[job.id or 0]

    def _note(
        self, job: jobs.Job, task: Task, order: Order, code: int | None = None, why: str | None = None,
        ended: bool = False,
    ) -> None:  # fmt: skip
        """For people: what became of the job."""
        now = sa.func.clock_timestamp()
        with suppress(sa.exc.SQLAlchemyError), self._engine.begin() as connection:
            if not ended or code == 2:
                connection.execute(sa.delete(RUNS).where(RUNS.c.job == job.id))
                begun = {"job": job.id, "task": str(task), "institute": order.institute, "began": now}
                where = {"collection": order.collection, "worker": self.settings.name}
                connection.execute(sa.insert(RUNS).values(**begun, **where))
            if ended:
                changed = sa.update(RUNS).where(RUNS.c.job == job.id)
                connection.execute(changed.values(ended=now, exit_code=code, why=why and why[:500]))

    # beats

    async def _beats(self, careful: Careful, app: Any) -> None:
        while True:
            try:
                await asyncio.to_thread(self._tell)
                await self._hand_on(careful)
                await planner.plan(app, self._engine, self.settings.home)
                if self.settings.until_empty and not self._running and await _is_empty(careful):
                    self.drain()
            except (exceptions.ConnectorException, sa.exc.SQLAlchemyError) as error:
                logger.warning("the database does not answer", extra={"why": " ".join(str(error).split())[:200]})
            await asyncio.sleep(_BEAT)

    def _tell(self) -> None:
        """The worker's line, and whether it is to drain."""
        if self._taker is None or (number := self._taker.worker_id) is None:
            return
        now = sa.func.clock_timestamp()
        mine = WORKERS.c.name == self.settings.name
        with self._engine.begin() as connection:
            asked = connection.execute(sa.select(WORKERS.c.draining).where(mine)).scalar_one_or_none()
            connection.execute(sa.delete(WORKERS).where(mine))
            connection.execute(
                sa.insert(WORKERS).values(
                    id=number,
                    name=self.settings.name,
                    life=Owner.this().dumps(),
                    began=self._began,
                    seen=now,
                    at_once=self.settings.limits.at_once,
                    draining=bool(asked) or self._draining,
                    held=self.settings.limits.refusal(self.settings.home),
                )
            )
        if asked and not self._draining:
            asyncio.run_coroutine_threadsafe(self._drained(), self._loop)

    async def _drained(self) -> None:
        self.drain()

    async def _hand_on(self, careful: Careful) -> None:
        """Jobs of workers that said nothing for a while, or that were on this machine and are dead, wait again."""
        await asyncio.to_thread(self._bury)
        for job in await careful.get_stalled_jobs(seconds_since_heartbeat=self.settings.stalled):
            logger.warning("taken over", extra={"entry": job.lock, "why": f"{job.task_name}, whose worker is gone"})
            await careful.retry_job(job)

    def _bury(self) -> None:
        with self._engine.begin() as connection:
            for row in connection.execute(sa.select(WORKERS)).all():
                owner = Owner.parse(row.life)
                if owner.near and not owner.lives:
                    connection.execute(sa.delete(WORKERS).where(WORKERS.c.id == row.id))
                    gone = sa.text("DELETE FROM procrastinate_workers WHERE id = :id")
                    connection.execute(gone, {"id": row.id})

    @property
    def _loop(self) -> asyncio.AbstractEventLoop:
        assert self._taker is not None
        assert self._taker._loop is not None
        return self._taker._loop


async def _is_empty(careful: Careful) -> bool:
    row = await careful.connector.execute_query_one_async(
        "SELECT count(*) AS count FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
    )
    return int(row["count"]) == 0
