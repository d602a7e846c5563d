"""The end of a crawl: drained, sealed, derived and reported, beside the reactor."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn, Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import run_in_thread

from archive.dataset.derive import derive
from archive.dataset.jsonl import HISTORY, LEGAL_CASES, PUBLICATIONS
from archive.errors import LostLock, OutOfSpace
from archive.reports import page
from crawler import changes, report
from crawler.census import Census, archived_before, take
from crawler.crawl import Crawl
from crawler.errors import space
from crawler.frontier import End

logger = logging.getLogger(__name__)

_PART = 2 * 1024 * 1024  # bytes of a paper in one record
_PAPERS = ("urls.jsonl", "log.jsonl")  # kept in the WARC, so that the collection explains itself


class Closing:
    """Waits for `close` when the spider is closed; its outcome is `spider.crawl.outcome`. A Scrapy extension
    (settings.py).
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls()
        crawler.signals.connect(extension.spider_closed, signals.spider_closed)
        return extension

    async def spider_closed(self, spider: Spider, reason: str) -> None:
        crawl: Any = spider.crawl  # type: ignore[attr-defined]
        crawl.heartbeat.stop()
        try:
            crawl.outcome = await run_in_thread(close, crawl, reason)
        except Exception as error:
            crawl.unclosed = error  # run.py raises it where a person is told
            raise


def close(crawl: Crawl, reason: str) -> report.Outcome:
    """Ends a crawl whose reactor has nothing more to do. Runs in a thread; what went wrong is in the outcome."""
    if isinstance(crawl.error, LostLock):
        return _left(crawl, crawl.error)
    crawl.flush()
    crawl.recorder.change(lambda frontier: frontier.set_fact("sources", crawl.sources.dumps()))
    crawl.recorder.change(lambda frontier: frontier.set_fact("gaps", crawl.gaps.dumps()))
    crawl.recorder.stop()
    crawl.pages.close()
    try:
        if crawl.error is not None:
            crawl.frontier.rollback()
        return _told(crawl, (_without_space if isinstance(crawl.error, OutOfSpace) else _whole)(crawl, reason))
    except Exception as error:
        full = space(error)
        if full is None:
            if (lost := crawl.frontier.lost(error)) is not None:
                raise lost from None
            raise
        crawl.error = full
        return _told(crawl, report.outcome(crawl, reason))
    finally:
        crawl.release()


def _left(crawl: Crawl, error: LostLock) -> NoReturn:
    """Leaves all as a crash would: whoever has the collection next mends it. Raises the error, for a person."""
    crawl.recorder.stop()
    crawl.writer.give_up()
    crawl.pages.close()
    crawl.release()
    raise error


def _told(crawl: Crawl, outcome: report.Outcome) -> report.Outcome:
    """The last thing that the crawl says of itself, while it still has its lock."""
    crawl.heartbeat.tell("ended", outcome.exit_code, outcome.why)
    return outcome


def _whole(crawl: Crawl, reason: str) -> report.Outcome:
    outcome, census = crawl.frontier.through(lambda: _counted(crawl, reason))
    for name, part in _papers(crawl.folder):
        crawl.writer.write([crawl.resource(name, part, "application/x-ndjson")])
    crawl.writer.seal()
    if crawl.options.derive:
        summary = derive(crawl.collection, crawl.profile, workers=crawl.workers)
        digests = _digests(crawl.collection.dataset_dir)
        outcome = report.complete(outcome, summary, digests, changes.since(crawl.collection))
    # The ledger counts what changed; the report names it.
    crawl.writer.close_crawl(asdict(outcome) | {"changes": outcome.changes.counts()})
    _report(crawl, outcome, census)
    over = outcome.exit_code not in (report.LIMITED, report.INTERRUPTED) and not outcome.urls.get(End.QUEUED)
    if crawl.error is None and over and not crawl.refused:
        crawl.frontier.through(lambda: _end(crawl, reason))  # last: a crash before this ends the crawl again
    return outcome


def _end(crawl: Crawl, reason: str) -> None:
    crawl.frontier.set_fact("ended", reason)
    crawl.frontier.commit()


def _without_space(crawl: Crawl, reason: str) -> report.Outcome:
    """Seal and report as far as there is room: the next run's recovery does the rest."""
    crawl.writer.seal()
    outcome, census = _counted(crawl, reason)
    _report(crawl, outcome, census)
    return outcome


def _counted(crawl: Crawl, reason: str) -> tuple[report.Outcome, Census]:
    """The outcome with every URL accounted for, which urls.jsonl then is."""
    outcome = report.outcome(crawl, reason)
    earlier = archived_before(crawl.collection, crawl.id)
    census = take(crawl.folder / "urls.jsonl", crawl.frontier, report.waiting(outcome), earlier)
    outcome = report.counted(outcome, census)
    if crawl.options.patch:
        return report.patched(crawl.collection, outcome, census, crawl.frontier)
    return outcome, census


def _report(crawl: Crawl, outcome: report.Outcome, census: Census) -> None:
    """report.json, and the page made of it."""
    more = {
        **report.details(census),
        "pace": {"delay": crawl.delay, "hosts": crawl.gaps.lines()},
        "ledger": crawl.collection.ledger.head(),
    }
    report.write(crawl.folder / "report.json", outcome, more)
    try:
        page.write(crawl.collection, crawl.id)
    except Exception as error:
        if space(error):
            raise
        # What the page shows is in report.json: a page that cannot be drawn is no reason to crawl again.
        again = f"`policy-archive report {crawl.collection.name}` tries again"
        logger.exception("report.html could not be made; %s", again)


def _digests(folder: Path) -> dict[str, str]:
    """The dataset as it is published now, for the ledger."""
    digests = {}
    for name in (PUBLICATIONS, LEGAL_CASES, HISTORY):
        with (folder / name).open("rb") as file:
            digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return digests


def _papers(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each record. A long paper is several, of whole lines: memory does not follow a crawl's size."""
    for name in _PAPERS:
        if not (folder / name).exists():
            continue
        with (folder / name).open("rb") as file:
            number = 1
            while lines := file.readlines(_PART):
                yield (name if number == 1 else f"{name}:{number}"), b"".join(lines)
                number += 1
