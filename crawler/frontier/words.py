"""What the frontier's rows say: roles, states, ends, and what goes in and comes out."""

import hashlib
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from archive.institutes.traps import LONGEST
from archive.store.exchange import Location


class Role(IntEnum):
    """Why a URL is fetched; smaller numbers come first. Requisites come after pages (contracts.md)."""

    SOURCE = 0  # sitemap, feed, REST
    LISTING = 1
    PAGE = 2
    DOCUMENT = 3
    REQUISITE = 4


class State(StrEnum):
    QUEUED = "queued"
    IN_FLIGHT = "in-flight"
    CAPTURED = "captured"
    DONE = "done"


class End(StrEnum):
    """What became of a URL, one word each (contracts.md). The sum over a crawl is what was found."""

    ARCHIVED = "archived"
    UNCHANGED = "unchanged"
    REDIRECTED = "redirected"
    DUPLICATE = "duplicate"
    OUT_OF_SCOPE = "out-of-scope"
    ROBOTS = "robots"
    PRIVATE = "private"
    TRAP = "trap"
    LIMIT = "limit"
    BOTWALL = "botwall"
    GONE = "gone"
    FAILED = "failed"
    QUEUED = "queued"


TOO_DEEP = "too deep: "  # how the reason of a URL begins that is too many links away


@dataclass(frozen=True, slots=True)
class Found:
    """A URL that was found: as it is to be fetched, its identity, and what is to be done with it."""

    url: str
    canonical: str  # the same for all spellings of one address
    role: Role
    source: str  # which source or kind of page found it
    end: End | None = None  # set when it will not be fetched
    reason: str | None = None
    exact: bool = False  # a redirect's target: fetched even if another spelling of it was, or it was left out
    deeper: bool = False  # a hop further along a chain (redirects, pages of a source), which is counted
    modified: str | None = None  # when it changed last, as a source says: `2026-11-23T10:00:00Z`

    def short(self) -> "Found":
        """An address that is longer than any server takes is a trap; its beginning is kept."""
        if len(self.url) <= LONGEST:
            return self
        why = f"overlong: {len(self.url):,} characters, and more than {LONGEST:,} are never asked for"
        return replace(self, url=self.url[:LONGEST], end=End.TRAP, reason=why, exact=False)


@dataclass(frozen=True, slots=True)
class Added:
    """How many URLs were new: those that wait to be fetched, and those that will not be."""

    waiting: int = 0
    ended: int = 0
    woken: int = 0  # known ones that were not due, and are to be fetched after all


@dataclass(frozen=True, slots=True)
class Row:
    """A URL that is to be fetched now."""

    id: int
    url: str
    role: Role
    source: str
    tries: int
    hops: int
    depth: int = 0  # links from page to page that led here from where the crawl began
    robots: str | None = None  # what robots.txt says of it: see etiquette/robots.py
    seen: str | None = None  # when it was captured last before this crawl, as `2026-11-23T10:00:00Z`
    said: str | None = None  # the hash of what it said then


@dataclass(frozen=True, slots=True)
class Captured:
    """A URL whose bytes are safe and whose links are not in yet: found after a crash."""

    row: Row
    location: Location


def fingerprint(identity: str) -> bytes:
    """16 bytes that stand for a URL's identity."""
    return hashlib.blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def spelling(url: str) -> str:
    """The identity of one spelling of an address, where another has the address's own. No canonical URL is like it."""
    return f"spelled {url}"


def leads_deeper(via: Row, found: Found) -> bool:
    """Whether a link counts: from page to page. A listing's pages and a redirect lead no deeper."""
    return via.role is Role.PAGE and not found.deeper
