"""Whom a crawl tells of itself, beside the person who began it: metrics, JSON lines on standard error, alerts."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.errors import ArchiveError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Telling:
    """`metrics` is a port of the loopback address, `metrics_file` one for node_exporter's textfile collector."""

    metrics: int | None = None
    metrics_file: Path | None = None
    log_json: bool = False

    @contextmanager
    def lines(self) -> Iterator[None]:
        """With `log_json`, each event and each error that a person would be told is a JSON line on standard error."""
        if not self.log_json:
            yield
            return
        from crawler import log  # this one and those below: other verbs need not wait for them

        handler = log.to_stderr()
        try:
            yield
        except ArchiveError as problem:
            logger.error("the crawl could not run", extra={"why": str(problem), "exit_code": problem.exit_code})
            raise SystemExit(problem.exit_code) from None
        finally:
            logging.getLogger().removeHandler(handler)

    @contextmanager
    def during(self, home: Path, crawl: Any) -> Iterator[None]:
        """The endpoint, while the crawl runs."""
        what = {"institute": crawl.profile.id, "collection": crawl.collection.name, "crawl": crawl.id}
        logger.info("crawl begun", extra=what | {"resumed": crawl.resumed})
        stop: Callable[[], None] = lambda: None  # noqa: E731
        if self.metrics is not None:
            from crawler.metrics.collectors import Collections, serve

            try:
                port, stop = serve(self.metrics, Collections(home, [crawl.collection.name], lambda: crawl))
            except ArchiveError:
                crawl.release()
                raise
            if not self.log_json:
                print(f"metrics at http://127.0.0.1:{port}/metrics", file=sys.stderr)
            logger.info("metrics", extra={"url": f"http://127.0.0.1:{port}/metrics"})
        try:
            yield
        finally:
            stop()

    def after(self, home: Path, outcome: Any) -> None:
        """The file of metrics and the alerts. What goes wrong here is told, and changes nothing of the crawl's end."""
        from crawler.alerts import send

        told = {"exit_code": outcome.exit_code, "found": outcome.found, "bytes": outcome.bytes, "urls": outcome.urls}
        what = {"institute": outcome.institute, "collection": outcome.collection, "crawl": outcome.crawl}
        logger.info("crawl ended", extra=what | told | {"why": outcome.why, "publications": outcome.publications})
        problems = send.after_crawl(home, outcome.collection)
        if self.metrics_file is not None:
            from crawler.metrics.collectors import Collections, write

            try:
                write(self.metrics_file, Collections(home, [outcome.collection]))
            except OSError as error:
                problems.append(f"--metrics-file {self.metrics_file} cannot be written: {error.strerror}")
                logger.error("metrics", extra={"why": problems[-1]})
        if not self.log_json:
            for problem in problems:
                print(f"policy-archive: {problem}", file=sys.stderr)
