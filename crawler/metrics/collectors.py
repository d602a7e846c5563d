"""Figures as metrics, named as Prometheus asks: units in the name, `_total` on counters, a sentence of help each.

Each endpoint and file has a registry of its own; nothing goes into the library's global one.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, start_http_server, write_to_textfile
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from crawler.alerts.rules import completeness
from crawler.alerts.send import reports
from crawler.errors import CrawlError
from crawler.exits import COMPLETE
from crawler.metrics.figures import Figures, moment

_WHOSE = ("institute", "collection")
Lines = list[tuple[tuple[str, ...], float]]


class Collections(Collector):
    """Each collection's last crawl, and the one that runs in this process."""

    def __init__(self, home: Path, names: Iterable[str], running: Callable[[], Any] = lambda: None) -> None:
        self._home, self._names, self._running = home, tuple(names), running

    def collect(self) -> Iterator[Metric]:
        crawl = self._running()
        last = {name: found for name in self._names if (found := reports(self._home, name))}
        figures = {name: Figures.of_report(found[-1]) for name, found in last.items()}
        if crawl is not None:
            live = Figures.of_crawl(crawl)
            figures[live.collection] = live
        yield from _of_crawls(list(figures.values()))
        yield from _of_reports(last)
        yield from _gauge("disk_free_bytes", "Free on the disk of the home folder.", [
            ((), shutil.disk_usage(self._home).free)
        ], ())  # fmt: skip


def registry(*collectors: Collector) -> CollectorRegistry:
    made = CollectorRegistry()
    for one in collectors:
        made.register(one)
    return made


def serve(port: int, *collectors: Collector) -> tuple[int, Callable[[], None]]:
    """Answers at http://127.0.0.1:PORT/metrics (0: a free port) until what is returned beside the port is called.
    Raises CrawlError where the port is taken.
    """
    try:
        server, thread = start_http_server(port, addr="127.0.0.1", registry=registry(*collectors))
    except OSError as error:
        raise CrawlError(f"--metrics {port}: {error.strerror}: name another port") from None

    def stop() -> None:
        server.shutdown()
        thread.join()
        server.server_close()

    return server.server_port, stop


def write(path: Path, *collectors: Collector) -> None:
    """For node_exporter's textfile collector: written beside and renamed, so that nobody reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_to_textfile(str(path), registry(*collectors))


def _of_crawls(figures: list[Figures]) -> Iterator[Metric]:
    def each(value: Callable[[Figures], float | None]) -> Lines:
        told = [((one.institute, one.collection), value(one)) for one in figures]
        return [(labels, found) for labels, found in told if found is not None]

    yield from _counter(
        "crawl_urls", "URLs that a crawl found, by what they were fetched for and what became of them.",
        [((one.institute, one.collection, *key), count) for one in figures for key, count in sorted(one.urls.items())],
        (*_WHOSE, "role", "end"),
    )  # fmt: skip
    yield from _counter(
        "crawl_unfetched", "URLs of a crawl that could not be had, by the kind of reason.",
        [((one.institute, one.collection, key), n) for one in figures for key, n in sorted(one.reasons.items())],
        (*_WHOSE, "reason"),
    )  # fmt: skip
    yield from _counter("crawl_requests", "Requests that a crawl wrote to the wire.", each(lambda one: one.requests))
    yield from _counter("crawl_written_bytes", "Bytes that a crawl wrote to WARC files.", each(lambda one: one.bytes))
    yield from _gauge("crawl_running", "Whether a crawl runs in this process.", each(lambda one: one.running))
    yield from _gauge("crawl_queued_urls", "URLs that are found and not fetched.", each(lambda one: one.queued))
    yield from _gauge("crawl_backlog_responses", "Responses whose links are not in yet.", each(lambda one: one.unread))
    yield from _gauge("crawl_duration_seconds", "How long a crawl took, or has taken.", each(lambda one: one.seconds))
    yield from _gauge(
        "crawl_shortest_gap_seconds", "The shortest time between two requests to one host, as written to the wire.",
        each(lambda one: one.shortest_gap),
    )  # fmt: skip


def _of_reports(last: Mapping[str, list[Mapping[str, Any]]]) -> Iterator[Metric]:
    newest = {(str(found[-1].get("institute", "")), name): found[-1] for name, found in last.items()}
    good = {
        (str(found[-1].get("institute", "")), name): [one for one in found if one.get("exit_code") == COMPLETE]
        for name, found in last.items()
    }

    def each(value: Callable[[Mapping[str, Any]], float | None]) -> Lines:
        told = [(labels, value(report)) for labels, report in newest.items()]
        return [(labels, found) for labels, found in told if found is not None]

    def keyed(key: str) -> Lines:
        return [
            ((*labels, str(name)), count)
            for labels, report in newest.items()
            for name, count in sorted((report.get(key) or {}).items())
        ]

    yield from _gauge("publications", "Publications in the dataset.", keyed("publications"), (*_WHOSE, "kind"))
    yield from _gauge(
        "publication_doubts", "Publications with a code of doubt.", keyed("warnings"), (*_WHOSE, "code")
    )  # fmt: skip
    yield from _gauge(
        "crawl_completeness_ratio", "Archived, of what the site's sources name, in the last crawl.",
        each(lambda report: None if (share := completeness(report)) is None else share / 100),
    )  # fmt: skip
    yield from _gauge(
        "crawl_exit_code", "Exit code of the last crawl: 0 complete, 1 failures, 3 no space, 4 limit, 5 unreachable.",
        each(lambda report: report.get("exit_code")),
    )  # fmt: skip
    yield from _gauge(
        "crawl_end_timestamp_seconds", "When the last crawl ended.", each(lambda report: moment(report.get("ended")))
    )
    yield from _gauge(
        "crawl_last_success_timestamp_seconds", "When a crawl last ended complete.",
        [(labels, ended) for labels, found in good.items() if found and (ended := moment(found[-1].get("ended")))],
    )  # fmt: skip


def _counter(name: str, help_: str, lines: Lines, labels: tuple[str, ...] = _WHOSE) -> Iterator[Metric]:
    yield _filled(CounterMetricFamily(f"policy_archive_{name}", help_, labels=labels), lines)


def _gauge(name: str, help_: str, lines: Lines, labels: tuple[str, ...] = _WHOSE) -> Iterator[Metric]:
    yield _filled(GaugeMetricFamily(f"policy_archive_{name}", help_, labels=labels), lines)


def _filled(family: "CounterMetricFamily | GaugeMetricFamily", lines: Lines) -> Metric:
    for labels, value in lines:
        family.add_metric(labels, value)
    return family
