"""Runs one crawl in this process: the reactor, the log, what a person sees, and what a signal does."""

import gc
import logging
import os
import sys
from typing import Any

from rich.console import Console
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler import log
from crawler.crawl import Crawl
from crawler.progress import Watcher
from crawler.report import INTERRUPTED, Outcome
from crawler.spiders.institute import InstituteSpider

# The recorder lets go of the interpreter's lock at each digest, deflate and sync, and waits this long to have it back
# from a busy reactor: with CPython's 5 ms it was the bottleneck (107 pages a second; see tests/benchmarks/crawl.py).
_SWITCH = 0.0005  # seconds
# Half a million objects of the libraries live for ever, and a page makes a few thousand that die at once: with
# CPython's (700, 10, 10) the collector took 6 % of a crawl's time.
_GARBAGE = (50_000, 20, 20)


def run(crawl: Crawl, spider: type[InstituteSpider], console: Console, quiet: bool = False) -> Outcome:
    """Crawls until done, stopped or interrupted; returns when the archive is sealed and the dataset derived.

    The first SIGINT or SIGTERM drains, seals and reports; a second one ends the process at once, and leaves a valid
    archive. A reactor runs once a process: call this once.
    """
    sys.setswitchinterval(_SWITCH)
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GARBAGE)
    handler = log.to_file(crawl.folder / "log.jsonl")
    process = _Process(settings, install_root_handler=False)
    watcher = Watcher(crawl, console, quiet)
    from twisted.internet import reactor

    running: Any = reactor
    running.callWhenRunning(watcher.start, reactor)
    try:
        crawling = process.crawl(spider, crawl=crawl)
        process.start()
        problem = crawling.exception() if crawling.done() and not crawling.cancelled() else None
        if problem is not None:
            raise problem
    finally:
        watcher.stop()
        logging.getLogger().removeHandler(handler)
        handler.close()
    if crawl.unclosed is not None:
        raise crawl.unclosed
    if crawl.outcome is None:
        raise RuntimeError("the crawl ended without an outcome; its log says more: " + str(crawl.folder / "log.jsonl"))
    outcome: Outcome = crawl.outcome
    return outcome


class _Process(AsyncCrawlerProcess):
    def _signal_kill(self, signum: int, _: Any) -> None:
        # The second signal. Everything that was acknowledged is on disk: there is nothing to tidy.
        os._exit(INTERRUPTED)
