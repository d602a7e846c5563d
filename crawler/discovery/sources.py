"""The union of all ways of finding: where a crawl starts, what each source's answer leads to, and what each alone has
found.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from scrapy.utils.asyncio import run_in_thread

from archive.errors import DamagedRecord
from archive.extract.botwall import is_challenge
from archive.institutes.profile import Profile
from archive.institutes.urls import UrlRule, absolute, canonical, judge, normal
from archive.store import http
from crawler.discovery import feed, sitemap, wordpress
from crawler.discovery.found import Entry, SourceError, moment
from crawler.discovery.found import Found as SourceFound
from crawler.errors import CrawlError
from crawler.frontier import End, Found, Role, Row

MAX_DECODED = (
    64 * 1024 * 1024
)  # bytes of one source's answer; a sitemap of 50,000 URLs has at most 50 MB (sitemaps.org)
_MOST_CHILDREN = 1_000  # sitemaps that one index leads to: of 50,000 URLs each
_DEEPEST_SITEMAP = 3  # an index of indexes of sitemaps
_READERS = {"sitemap": sitemap.read, "feed": feed.read, "wordpress": wordpress.read}
_PAGE_NUMBER = re.compile(r"/(?:page/)?(\d{1,6})/?$")
_ROLES = {UrlRule.PAGE: Role.PAGE, UrlRule.LISTING: Role.LISTING, UrlRule.DOCUMENT: Role.DOCUMENT}


@dataclass
class Yield:
    """What one source gave. `state`: asked, works, absent (404, 410), failed. Which URLs it names stands in the
    frontier's table.
    """

    state: str = "asked"
    stated: int | None = None  # publications that it says it has
    pages: int = 0  # answers of it that were read
    stated_pages: int | None = None  # pages that a listing says it has
    problem: str | None = None
    last: str = (
        ""  # digest of the addresses on its last page: a site that ignores the page number answers the same for ever
    )


@dataclass
class Tally:
    """How each source does, kept with the frontier so that a resumed crawl goes on counting."""

    yields: dict[str, Yield] = field(default_factory=dict)

    def _of(self, source: str) -> Yield:
        return self.yields.setdefault(source, Yield())

    def works(self, source: str, stated: int | None = None) -> None:
        one = self._of(source)
        one.state = "works" if one.state != "failed" else one.state
        one.pages += 1
        one.stated = stated if stated is not None else one.stated

    def paged(self, source: str, keys: Iterable[str]) -> None:
        """A page of a listing links to these listings: its own pages among them say how many there are."""
        one, path = self._of(source), source.partition(":")[2].partition("?")[0].partition("{")[0].rstrip("/")
        for key in keys:
            found = _PAGE_NUMBER.search(key)
            if found and key[: found.start()].endswith(path):
                one.stated_pages = max(one.stated_pages or 1, int(found[1]))

    def repeats(self, source: str, urls: list[str]) -> bool:
        """Whether a page names nothing, or just what the page before it named."""
        one, digest = self._of(source), hashlib.sha256("\n".join(urls).encode()).hexdigest()
        same, one.last = not urls or digest == one.last, digest
        return same

    def failed(self, source: str, problem: str) -> None:
        one = self._of(source)
        one.state, one.problem = "failed", problem

    def absent(self, source: str) -> None:
        one = self._of(source)
        if one.state == "asked":
            one.state = "absent"

    def working(self, way: str) -> bool:
        """Whether no source of a way, such as `sitemap:`, has failed so far."""
        return not any(name.startswith(way) and one.state == "failed" for name, one in list(self.yields.items()))

    def lines(self) -> list[dict[str, Any]]:
        return [
            {"name": name, **{key: value for key, value in asdict(one).items() if key != "last"}}
            for name, one in sorted(self.yields.items())
        ]

    def dumps(self) -> str:
        return json.dumps({name: asdict(one) for name, one in self.yields.items()})

    @classmethod
    def loads(cls, text: str | None) -> "Tally":
        try:
            return cls({name: Yield(**one) for name, one in json.loads(text or "{}").items()})
        except TypeError as error:
            raise CrawlError(
                f"the frontier's tally of sources is not one that a crawl has written ({error}): delete "
                "state/frontier.sqlite to begin the crawl anew; what is archived stays"
            ) from None


def seeds(profile: Profile) -> list[Found]:
    """Every source that the profile names, and its home page."""
    discovery = profile.discovery
    ways = {"sitemap": discovery.sitemaps, "feed": discovery.feeds, "wordpress": discovery.wordpress}
    found = [
        _seed(profile, f"{way}:{path}", path.replace("{page}", "1"), Role.SOURCE)
        for way, paths in ways.items()
        for path in paths
    ]
    found += [
        _seed(profile, f"listing:{path}", path.replace("{page}", "1"), Role.LISTING)
        for path in ("/", *discovery.listings)
    ]
    return found


def _seed(profile: Profile, source: str, path: str, role: Role) -> Found:
    url = absolute(path, profile.home)
    if url is None:
        raise ValueError(f"{path} is not an address")  # the registry has checked it
    return Found(url, canonical(url), role, source)


def begins(row: Row, profile: Profile) -> bool:
    """Whether a row is where a source begins: if that cannot be had, the source has failed."""
    way, _, path = row.source.partition(":")
    if row.role is Role.SOURCE:
        return not row.hops
    return (
        way == "listing"
        and row.role is Role.LISTING
        and canonical(row.url) == canonical(absolute(path, profile.home) or "")
    )


def named_by_robots(profile: Profile, urls: Sequence[str]) -> list[Found]:
    """The sitemaps that robots.txt names: those of the institute's own hosts."""
    own = [url for url in map(absolute, urls) if url and judge(url, profile).rule is not UrlRule.OUTSIDE]
    return [Found(url, canonical(url), Role.SOURCE, f"sitemap:{url}") for url in own]


async def read(
    row: Row, body: bytes, headers: http.Headers, profile: Profile, tally: Tally
) -> tuple[list[Found], str | None]:
    """What a source's answer (its entity and headers) leads to, and what is wrong with it. Parsed beside the reactor: a
    sitemap may hold 50,000 URLs.
    """
    way = row.source.partition(":")[0]
    try:
        answer, found = await run_in_thread(_read, way, body, row, headers, profile)
    except (SourceError, DamagedRecord) as error:
        tally.failed(row.source, str(error))
        return [], str(error)
    # What is asked for changes alone states how many those are, and not how much there is.
    tally.works(row.source, None if "modified_after=" in row.url else answer.stated_total)
    if answer.problem:
        tally.failed(row.source, answer.problem)
    if way == "sitemap" or not tally.repeats(row.source, [one.canonical for one in found]):
        found += _more(row, answer.more, way, profile)
    return found, answer.problem


def is_wall(body: bytes, headers: http.Headers) -> bool:
    """Whether a source's answer is a bot wall's page."""
    try:
        return is_challenge(http.decode(body, headers, MAX_DECODED), 200, headers)
    except DamagedRecord:
        return False


def _more(row: Row, urls: list[str], way: str, profile: Profile) -> list[Found]:
    """Child sitemaps and next pages, as deep as is sensible."""
    deepest = _DEEPEST_SITEMAP if way == "sitemap" else profile.etiquette.max_pages_per_listing
    spelled = [url for url in (absolute(url, row.url) for url in urls) if url]
    end = End.TRAP if row.hops >= deepest else None
    found = [
        Found(url, canonical(url), Role.SOURCE, row.source, end, "too deep" if end else None, deeper=True)
        for url in spelled
    ]
    many = f"more than {_MOST_CHILDREN} sitemaps in one index"
    return found[:_MOST_CHILDREN] + [replace(one, end=End.LIMIT, reason=many) for one in found[_MOST_CHILDREN:]]


def _read(way: str, body: bytes, row: Row, headers: http.Headers, profile: Profile) -> tuple[SourceFound, list[Found]]:
    """What the source says, and the addresses among it that can be fetched."""
    answer = _READERS[way](http.decode(body, headers, MAX_DECODED), row.url, headers)
    entries, found = answer.entries, []
    entries.reverse()
    while entries:  # of which there may be 60,000: each goes when it has been read
        if (one := _entry(entries.pop(), row.source, profile)) is not None:
            found.append(one)
    return answer, found


def _entry(entry: Entry, source: str, profile: Profile) -> Found | None:
    spelled = absolute(entry.url, profile.home)
    if spelled is None:
        return None
    spelled = normal(spelled, profile)
    verdict = judge(spelled, profile)
    role = _ROLES.get(verdict.rule)
    if role is None:
        end = End.TRAP if verdict.rule is UrlRule.TRAP else End.OUT_OF_SCOPE
        return Found(spelled, canonical(spelled), Role.PAGE, source, end, verdict.why or str(verdict.rule))
    return Found(spelled, canonical(spelled), role, source, modified=moment(entry.hints.get("lastmod")))
