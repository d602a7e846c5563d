"""The process of `fleet worker`: its log and its metrics; and how another one is told to drain."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from archive.database import Address
from archive.fleet.tables import WORKERS
from crawler import log
from crawler.fleet.queue import needs_init
from crawler.fleet.worker import FleetWorker, Settings

logger = logging.getLogger(__name__)


def run(address: Address, settings: Settings, metrics: int | None, log_json: bool) -> int:
    """Until a signal, or until it is told to drain."""
    handler = log.to_stderr() if log_json else log.for_people()
    try:
        with _endpoint(address, metrics):
            return FleetWorker(address, settings).run()
    finally:
        logging.getLogger().removeHandler(handler)


def drain(address: Address, names: Sequence[str] | None) -> list[str]:
    """Tells these workers, or all; the names of those that are there."""
    needs_init(address)
    asked = sa.update(WORKERS).values(draining=True).returning(WORKERS.c.name)
    if names is not None:
        asked = asked.where(WORKERS.c.name.in_(names))
    with address.engine("policy-archive fleet drain").begin() as connection:
        return sorted(connection.execute(asked).scalars())


@contextmanager
def _endpoint(address: Address, port: int | None) -> Iterator[None]:
    if port is None:
        yield
        return
    from crawler.fleet.metrics import Fleet
    from crawler.metrics.collectors import serve

    port, stop = serve(port, Fleet(address))
    logger.info("metrics", extra={"why": f"http://127.0.0.1:{port}/metrics"})
    try:
        yield
    finally:
        stop()
