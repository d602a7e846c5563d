"""The queue: Procrastinate on PostgreSQL, with what its jobs mean here."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import procrastinate
import psycopg
import sqlalchemy as sa
from procrastinate import exceptions, jobs, manager
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from archive.database import Address
from archive.fleet.tables import is_made, problem, strange
from crawler.errors import CrawlError, OutOfReach
from crawler.fleet.orders import Order, Task
from crawler.frontier import lease

logger = logging.getLogger(__name__)

CONNECTIONS = 6  # of a worker's process to the database, its pool's among them; each of its crawls has one more
STALLED = 30.0  # seconds without a sign of a worker before its jobs are another's
_MOST = 50  # times that a job is begun
_AGAIN = 1.0  # seconds before a database that is away is asked again

# A job whose arguments are no object would trip Procrastinate itself; one of another task waits for ever.
_CHECKS = {
    "policy_archive_arguments": "jsonb_typeof(args) = 'object' AND length(args::text) < 10000",
    "policy_archive_task": f"task_name IN ({', '.join(f'{chr(39)}{task}{chr(39)}' for task in Task)})",
}


class Unfinished(Exception):
    """A job that is to be tried again after a while."""

    def __init__(self, why: str, wait: timedelta) -> None:
        super().__init__(why)
        self.wait = wait


class Again(BaseRetryStrategy):
    """What is unfinished is tried again when it says; all else has failed."""

    def get_retry_decision(self, *, exception: BaseException, job: jobs.Job) -> RetryDecision | None:
        if not isinstance(exception, Unfinished) or job.attempts >= _MOST:
            return None
        return RetryDecision(retry_in={"seconds": max(0, int(exception.wait.total_seconds()))})


class Careful(manager.JobManager):
    """Takes a job only while the machine may and the worker's line is there, and ends one only while it is its own: a
    worker that was frozen past the threshold finds its jobs with others. Where the database is away, what runs goes on,
    and is told of when it is back.
    """

    present: Callable[[int], Awaitable[bool]]  # has a worker's line written; whether it is told to drain
    refusal: Callable[[], str | None] = staticmethod(lambda: None)
    away: Callable[[BaseException], None] = staticmethod(lambda error: None)  # is told each time
    ending: Callable[[], bool] = staticmethod(lambda: False)  # then nothing is waited for

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> jobs.Job | None:
        if self.refusal():
            return None
        try:
            if await self.present(worker_id):
                return None
            return await super().fetch_job(queues, worker_id)
        except (exceptions.ConnectorException, sa.exc.DBAPIError) as error:  # it looks again soon
            self.away(error)
            return None

    async def update_heartbeat(self, worker_id: int) -> None:
        try:
            await super().update_heartbeat(worker_id)
        except exceptions.ConnectorException as error:  # Procrastinate would never beat again
            self.away(error)

    async def listen_for_jobs(self, **more: Any) -> None:
        await self._patiently(lambda: super(Careful, self).listen_for_jobs(**more))

    async def finish_job(self, job: jobs.Job, status: jobs.Status, delete_job: bool) -> None:
        async def finish() -> None:
            if await self._is_mine(job):
                await super(Careful, self).finish_job(job, status, delete_job)

        await self._patiently(finish)

    async def retry_job(self, job: jobs.Job, *args: Any, **more: Any) -> None:
        async def retry() -> None:
            if not await self._is_mine(job):
                return
            try:
                await super(Careful, self).retry_job(job, *args, **more)
            except exceptions.UniqueViolation:
                logger.info("another job asks for the same", extra={"job": job.id})
                await super(Careful, self).finish_job(job, jobs.Status.FAILED, False)

        await self._patiently(retry)

    async def doing(self, worker_id: int) -> list[jobs.Job]:
        """What the queue says that a worker does."""
        return list(await self.list_jobs_async(status="doing", worker_id=worker_id))

    async def is_empty(self) -> bool:
        """Whether nothing waits or runs."""
        query = "SELECT count(*) AS count FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
        return int((await self.connector.execute_query_one_async(query))["count"]) == 0

    async def _patiently(self, change: Callable[[], Awaitable[None]]) -> None:
        """Again and again, until the database answers."""
        while True:
            try:
                return await change()
            except exceptions.ConnectorException as error:
                if self.ending() or not isinstance(error.__cause__, psycopg.OperationalError | psycopg.InterfaceError):
                    raise
                self.away(error)
            await asyncio.sleep(_AGAIN)

    async def _is_mine(self, job: jobs.Job) -> bool:
        query = "SELECT worker_id, status::text AS status FROM procrastinate_jobs WHERE id = %(id)s"
        row = await self.connector.execute_query_one_async(query, id=job.id)
        return row["status"] == "doing" and row["worker_id"] in (job.worker_id, None)


Perform = Callable[[jobs.Job, Task, Any], Awaitable[None]]


def application(address: Address, perform: Perform | None = None) -> procrastinate.App:
    """The queue's app. `perform` does a job; without it, jobs are only put in."""
    named = {"application_name": "policy-archive fleet"}
    # A connection that is not made within 5 s is tried anew by whoever asks next; else psycopg waits twice as long
    # after each failure.
    connector = procrastinate.PsycopgConnector(conninfo=address.text, kwargs=named, reconnect_timeout=5)
    app = procrastinate.App(connector=connector)
    app.job_manager = Careful(connector)
    for task in Task:
        _register(app, task, perform)
    return app


def _register(app: procrastinate.App, task: Task, perform: Perform | None) -> None:
    @app.task(name=str(task), pass_context=True, retry=Again())
    async def run(context: procrastinate.JobContext, /, **arguments: Any) -> None:
        if perform is None:
            raise RuntimeError("this process takes no jobs")
        await perform(context.job, task, arguments)


def job(task: Task, order: Order, priority: int = 0, at: datetime | None = None) -> jobs.Job:
    """A job as it is put in: one at a time of a collection, and one of a kind waiting."""
    return jobs.Job(
        id=None, queue="fleet", task_name=str(task), priority=priority, lock=order.lock(),
        queueing_lock=f"{task} {order.collection}", scheduled_at=at,
        task_kwargs=order.model_dump(mode="json", exclude_defaults=True),
    )  # fmt: skip


def enqueue(address: Address, orders: Iterable[tuple[Task, Order]], priority: int = 0) -> list[bool]:
    """Puts jobs in; of each, whether it is new: False where the same waits already."""

    async def put() -> list[bool]:
        app = application(address)
        async with app.open_async():
            return [await put_in(app, job(task, order, priority)) for task, order in orders]

    try:
        return asyncio.run(put())
    except exceptions.ConnectorException as error:
        raise OutOfReach(f"the database {address} did not answer ({error.__cause__ or error}): try again") from None


async def put_in(app: procrastinate.App, one: jobs.Job) -> bool:
    """False where the same job waits already."""
    try:
        await app.job_manager.defer_job_async(one)
    except exceptions.AlreadyEnqueued:
        return False
    return True


def init(address: Address) -> bool:
    """Makes the tables; False where they are there already. Raises CrawlError or DatabaseError where that cannot be."""
    engine = address.engine("policy-archive fleet init")
    with address.asked(), engine.begin() as connection:
        if why := strange(connection):
            raise CrawlError(f"{address} {why}")
        there = is_made(connection)
        lease.make(connection)
        if not there:
            schema = procrastinate.App(connector=procrastinate.PsycopgConnector()).schema_manager.get_schema()
            driver: Any = connection.connection.driver_connection
            try:
                driver.execute(schema)
            except psycopg.errors.InsufficientPrivilege as error:
                raise sa.exc.ProgrammingError(None, None, error) from None
        for name, check in _CHECKS.items():
            connection.exec_driver_sql(f"ALTER TABLE procrastinate_jobs DROP CONSTRAINT IF EXISTS {name}")
            connection.exec_driver_sql(f"ALTER TABLE procrastinate_jobs ADD CONSTRAINT {name} CHECK ({check})")
    return not there


def connections(address: Address) -> int:
    """How many the server gives to all who are no superusers. Raises DatabaseError where it does not answer."""
    given = "current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
    with address.asked(), address.engine("policy-archive fleet init").connect() as connection:
        return int(connection.exec_driver_sql(f"SELECT {given}").scalar_one())


def needs_init(address: Address) -> None:
    """Raises CrawlError where the database is no fleet's, DatabaseError where it does not answer."""
    with address.asked(), address.engine("policy-archive fleet").connect() as connection:
        if why := problem(connection):
            raise CrawlError(f"{address} {why}")
