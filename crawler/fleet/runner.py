"""Does a worker's jobs: each is a process of its own, whose exit code says what becomes of the job."""

import asyncio
import logging
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from procrastinate import jobs

from archive.database import FRONTIER, Address
from archive.errors import ArchiveError
from archive.fleet.tables import RUNS
from crawler.exits import COMPLETE, INTERRUPTED, LIMITED, LOST, NO_SPACE, UNREACHABLE, WRONG_USE
from crawler.fleet import parent
from crawler.fleet.machine import Limits
from crawler.fleet.orders import Later, Order, Rejected, Task, parse
from crawler.fleet.queue import STALLED, Unfinished
from crawler.schedule.worker import Process

logger = logging.getLogger(__name__)

OUTPUT = Path("state") / "fleet"  # in the home folder: what each job's process said last
_SOON = timedelta(seconds=5)
# What is unfinished is tried again after so long, doubled with each attempt, an hour at the most.
_WAITS = {NO_SPACE: timedelta(minutes=5), UNREACHABLE: timedelta(minutes=10)}
_LONGEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Settings:
    """Of a worker."""

    home: Path
    name: str
    limits: Limits = field(default_factory=Limits)
    allow_private: bool = False
    stalled: float = STALLED
    until_empty: bool = False  # end when nothing waits or runs


class Runner:
    def __init__(self, address: Address, settings: Settings) -> None:
        self._address, self._settings = address, settings
        self._engine = address.engine(f"policy-archive worker {settings.name}")
        self._running: dict[int, tuple[str, Process]] = {}  # by job: its collection
        self.hurried = False  # what runs is asked to seal now, and goes on elsewhere

    @property
    def running(self) -> list[str]:
        """The collections that are at work now."""
        return sorted(collection for collection, _ in self._running.values())

    def hurry(self) -> None:
        """Asked a second time, they end at once, and leave valid archives."""
        self.hurried = True
        for _, process in self._running.values():
            process.drain()

    async def perform(self, job: jobs.Job, task: Task, arguments: Any) -> None:
        """Raises Unfinished where the job is to be tried again, another error where it has failed."""
        _, order = parse(str(task), arguments)
        run = _Run(self._engine, self._settings.name, int(job.id or 0), task, order)
        try:
            words = order.words(task, self._settings.home, self._settings.allow_private, datetime.now(UTC))
        except Later as later:
            raise Unfinished(str(later), later.wait) from None
        except ArchiveError as error:
            await asyncio.to_thread(run.begun)
            await asyncio.to_thread(run.ended, WRONG_USE, str(error))
            raise Rejected(str(error)) from None
        await asyncio.to_thread(run.begun)
        process, code = await self._ran(run, words)
        why = process.why() if code else None
        await asyncio.to_thread(run.ended, code, why)
        logger.info("ended", extra={"entry": order.collection, "why": f"{task}, exit code {code} {why or ''}"})
        self._judge(code, why, job.attempts)

    async def _ran(self, run: "_Run", words: list[str]) -> tuple[Process, int]:
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[int] = loop.create_future()

        def tell(code: int) -> None:
            loop.call_soon_threadsafe(ended.set_result, code)

        collection = run.order.collection
        around = {FRONTIER: self._address.text, parent.VARIABLE: str(os.getpid())}
        process = Process(words, self._settings.home / OUTPUT / f"{collection}.out", None, tell, around)
        logger.info("begun", extra={"entry": collection, "why": f"{run.task}, process {process.pid}"})
        self._running[run.job] = collection, process
        try:
            if self.hurried:
                process.drain()
            return process, await asyncio.shield(ended)
        finally:
            del self._running[run.job]

    def _judge(self, code: int, why: str | None, attempts: int) -> None:
        if code < 0 or code == LOST:
            raise Unfinished(why or f"killed by signal {-code}", _SOON * min(6, attempts + 1))
        if code == INTERRUPTED:
            raise Unfinished("interrupted", timedelta() if self.hurried else _SOON)
        if code in _WAITS:
            raise Unfinished(why or "", min(_LONGEST, _WAITS[code] * 2 ** min(attempts, 8)))
        if code not in (COMPLETE, LIMITED):
            raise RuntimeError(why or f"exit code {code}")


@dataclass(frozen=True, slots=True)
class _Run:
    """What became of a job, for people. Where the database is away it is told in the log alone."""

    engine: sa.Engine
    worker: str
    job: int
    task: Task
    order: Order

    def begun(self) -> None:
        told = {"job": self.job, "task": str(self.task), "institute": self.order.institute, "worker": self.worker}
        told["collection"] = self.order.collection
        self._note(
            sa.delete(RUNS).where(RUNS.c.job == self.job),
            sa.insert(RUNS).values(**told, began=sa.func.clock_timestamp()),
        )

    def ended(self, code: int, why: str | None) -> None:
        changed = sa.update(RUNS).where(RUNS.c.job == self.job)
        self._note(changed.values(ended=sa.func.clock_timestamp(), exit_code=code, why=why and why[:500]))

    def _note(self, *statements: Any) -> None:
        try:
            with self.engine.begin() as connection:
                for statement in statements:
                    connection.execute(statement)
        except sa.exc.DBAPIError as error:
            logger.warning(
                "not noted", extra={"entry": self.order.collection, "why": " ".join(str(error.orig).split())}
            )
