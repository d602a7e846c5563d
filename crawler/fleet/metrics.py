"""A fleet as metrics, read anew from its database each time."""

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from archive.database import Address
from archive.errors import DatabaseError
from archive.fleet import standing


class Fleet(Collector):
    """Asked in the thread of whoever asks. Where the database does not answer, `…_up` is 0 and nothing else is told."""

    def __init__(self, address: Address) -> None:
        self._address = address

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("policy_archive_fleet_up", "Whether the fleet's database answers.")
        try:
            found = standing.of(self._address)
        except DatabaseError:
            up.add_metric((), 0)
            yield up
            return
        up.add_metric((), 1)
        yield up
        yield from _families(found)


def _families(found: standing.Standing) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("policy_archive_fleet_jobs", "Jobs of the queue.", labels=("state",))
    for state, count in sorted(found.queue.items()):
        jobs.add_metric((state,), count)
    workers = GaugeMetricFamily("policy_archive_fleet_workers", "Workers, by how they are.", labels=("state",))
    for state, count in sorted(Counter(worker.state for worker in found.workers).items()):
        workers.add_metric((state,), count)
    institutes = GaugeMetricFamily("policy_archive_fleet_institutes", "Institutes.", labels=("state",))
    crawled = Counter("stalled" if one.state == "stalled" else "running" for one in found.crawled)
    for state in ("running", "stalled"):
        institutes.add_metric((state,), crawled[state])
    institutes.add_metric(("late",), len(found.late))
    institutes.add_metric(("failing",), len(found.failing))
    speed = GaugeMetricFamily("policy_archive_fleet_pages_per_second", "Of all crawls that run.")
    speed.add_metric((), found.pages_per_second)
    waiting = GaugeMetricFamily("policy_archive_fleet_queued_urls", "URLs that crawls which run have yet to fetch.")
    waiting.add_metric((), sum(one.queued for one in found.crawled))
    size = GaugeMetricFamily("policy_archive_fleet_database_bytes", "The database's size.")
    size.add_metric((), found.database["bytes"])
    connections = GaugeMetricFamily("policy_archive_fleet_database_connections", "Its connections.", labels=("what",))
    connections.add_metric(("open",), found.database["connections"])
    connections.add_metric(("most",), found.database["most_connections"])
    yield from (jobs, workers, institutes, speed, waiting, size, connections)
