"""The process of `fleet worker`: its log and its metrics."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from archive.database import Address
from crawler import log
from crawler.fleet.runner import Settings
from crawler.fleet.worker import FleetWorker

logger = logging.getLogger(__name__)


def run(address: Address, settings: Settings, metrics: int | None, log_json: bool) -> int:
    """Until a signal, or until it is told to drain."""
    handler = log.to_stderr() if log_json else log.for_people()
    try:
        with _endpoint(address, metrics):
            return FleetWorker(address, settings).run()
    finally:
        logging.getLogger().removeHandler(handler)


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
