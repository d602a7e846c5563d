"""What the downloader middlewares of this crawler have in common: each knows the crawl at hand."""

from typing import Any, Self

from scrapy.crawler import Crawler


class Middleware:
    """Made by Scrapy before there is a spider; `_crawl` is there once requests come."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @property
    def _crawl(self) -> Any:  # a Crawl, whose module imports those of the middlewares
        return self._crawler.spider.crawl  # type: ignore[union-attr]
