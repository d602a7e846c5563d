"""What a crawl is asked to do: the options of `policy-archive crawl`, and the arguments of `scrapy crawl`."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from archive.institutes.profile import Kind


class From(StrEnum):
    """What a patch asks for again, by how the last crawls ended it."""

    FAILED = "failed"
    BLOCKED = "blocked"  # by robots.txt, a bot wall, or for being private
    QUEUED = "queued"  # waiting still, or kept back by a limit
    MISSING = "missing"  # a source names it as a publication, and it is not archived


USUAL = (From.FAILED, From.QUEUED, From.MISSING)


@dataclass(frozen=True, slots=True)
class Asked:
    """A URL that a patch asks for again, as the crawl before found it."""

    url: str
    role: str
    source: str
    named: tuple[str, ...] = ()  # the sources that name it as a publication which is missing


@dataclass(frozen=True, slots=True)
class Options:
    """Limits are 0 where there is none. `derive` off captures alone: links are followed, publications are left for
    `derive`.
    """

    only: frozenset[Kind] = frozenset()
    full: bool = False  # ask for all that is known, without validators
    urls: tuple[str, ...] = ()  # crawl just these pages and what they need
    patch: tuple[Asked, ...] = ()  # crawl just what earlier crawls did not get
    max_pages: int = 0
    max_minutes: float = 0.0
    max_megabytes: float = 0.0
    max_pages_per_host: int = 0  # the profile's unless given; so the next
    max_megabytes_per_host: float = 0.0
    keep_free: float = 200.0  # megabytes of the disk that are not written to
    delay: float | None = None  # seconds; the profile's unless given
    concurrency: int | None = None
    allow_private: bool = False
    derive: bool = True
    requisites: bool = True  # what pages need to be seen again; `try` leaves it out, and only reads one page
    documents: bool = True
    workers: int = 2  # processes that read pages
    patience: float = 3.0  # seconds before a URL that failed is tried again, doubled each time

    @property
    def extent(self) -> str:
        """What is crawled: `institute`, given `urls`, or a `patch`."""
        return "patch" if self.patch else "urls" if self.urls else "institute"


def home(given: str | Path | None = None) -> Path:
    """The home folder: `--home`, $POLICY_ARCHIVE_HOME, or ./policy-archive."""
    import os

    return Path(given or os.environ.get("POLICY_ARCHIVE_HOME") or "policy-archive")
