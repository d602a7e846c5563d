"""What a worker hands back about one capture: small, plain, cheap to send to another process, and no longer in need of
the profile.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from archive.extract.page import Content, FoundLink, Page, Role
from archive.institutes.profile import Profile
from archive.institutes.urls import UrlRule, absolute, canonical, judge, normal
from archive.store.capture import Capture
from archive.store.exchange import Location

# Content fields whose change makes no version: the `…_source` say where a value was read, which a redesign moves;
# `related` are cards
# ("read next") that change on every page whenever the institute publishes anything.
NOT_SAID = frozenset({"related"} | {name for name in Content.model_fields if name.endswith("_source")})

_FOLLOWED = frozenset({UrlRule.PAGE, UrlRule.LISTING, UrlRule.DOCUMENT})
MOST_CUT = 50  # addresses that were cut, named one by one; the rest of a page's are counted


# What no page is. Stylesheets are read during the crawl, for what they import, and say nothing about publications.
_NO_PAGE = (
    "image/",
    "font/",
    "audio/",
    "video/",
    "text/css",
    "text/javascript",
    "application/javascript",
    "application/x-javascript",
)


class FoundUrl(NamedTuple):
    """An address of a page that may be fetched."""

    url: str  # normal spelling: what is fetched
    key: str  # canonical: the same for all spellings
    rule: str  # page, listing, document
    text: str | None  # of the first link that names it
    nofollow: bool


class FoundPart(NamedTuple):
    """A further page of a publication that is spread over several."""

    number: int
    key: str  # canonical


class CutUrl(NamedTuple):
    """An address of a page that is not followed, and why."""

    url: str  # normal spelling
    key: str
    rule: str  # denied, outside, trap
    why: str | None


@dataclass(frozen=True, slots=True)
class Derived:
    """One capture, read."""

    location: Location
    record_id: str
    url: str
    key: str  # canonical spelling of `url`
    captured_at: datetime
    status: int
    role: Role
    truncated: str | None
    media_type: str | None
    size: int  # of the entity, bytes
    sha256: str  # of the entity, hex
    title: str | None = None
    kind: str | None = None
    language: str | None = None
    published: str | None = None  # YYYY-MM-DD
    post_id: int | None = None
    host: str | None = None  # of `url`, with its port, where it is not the home's
    redirect_to: str | None = None  # normal spelling
    redirect_key: str | None = None
    canonical: str | None = None  # rel=canonical, absolute
    canonical_key: str | None = None
    part_key: str | None = None  # of the first page, where this one is a later part of a publication
    parts: tuple[FoundPart, ...] = ()  # the later parts that the page names
    content_sha256: str | None = None  # of what is said, see `content_sha256`; null where there is no content
    warnings: tuple[str, ...] = ()
    page_json: bytes = b""  # the Page without links and requisites
    links: tuple[FoundUrl, ...] = ()  # one a canonical key, in the page's order
    cut: dict[str, int] = field(default_factory=dict)  # distinct addresses by rule: denied, outside, trap
    cut_urls: tuple[CutUrl, ...] = ()  # the first MOST_CUT of them
    requisites: tuple[str, ...] = ()  # absolute


def content_sha256(content: Content) -> str:
    """The hash that tells versions apart: of all content fields but those of NOT_SAID."""
    return hashlib.sha256(content.model_dump_json(exclude=set(NOT_SAID)).encode()).hexdigest()


def key_of(url: str, profile: Profile) -> str:
    """The identity key of an address as it was found: canonical, after the profile's alias rules."""
    return canonical(normal(url, profile))


def never_a_page(status: int | None, mime: str | None) -> bool:
    """Whether a response is told to be no page and no document by its media type alone."""
    return status == 200 and (mime or "").startswith(_NO_PAGE)


def home_key(profile: Profile) -> str:
    return key_of(profile.home, profile)


class Reader:
    """Reads captures with one profile: calls `extract` (or `links_only`) and judges the links. Not thread-safe; one a
    worker.
    """

    def __init__(
        self,
        profile: Profile,
        extract: Callable[[Capture, Profile], Page],
        links_only: Callable[[Capture, Profile], Page],
    ) -> None:
        self.profile = profile
        self._extract = {False: extract, True: links_only}
        # The links of a site's pages are mostly the same ones; 65,536 of them take about 30 MB.
        self._judged = lru_cache(maxsize=65_536)(self._judge)
        self._home_host = _host(home_key(profile))

    def read(self, capture: Capture, links_only: bool = False) -> Derived:
        """Everything about one capture. Whatever `extract` raises comes out."""
        return self.told(capture, self._extract[links_only](capture, self.profile), links_only)

    def told(self, capture: Capture, page: Page, links_only: bool = False) -> Derived:
        """What `page`, which was read from the capture with this profile, says."""
        content = None if links_only else page.content
        links, cut, cut_urls = self._links(page.links)
        redirect = normal(page.redirect_to, self.profile) if page.redirect_to else None
        key = key_of(capture.url, self.profile)
        host = _host(key)
        return Derived(
            location=capture.location,
            record_id=capture.record_id,
            url=capture.url,
            key=key,
            captured_at=capture.captured_at,
            status=page.status,
            role=page.role,
            truncated=str(capture.truncated) if capture.truncated else None,
            media_type=page.media_type,
            size=capture.size,
            sha256=capture.sha256,
            title=content.title if content else page.title,
            kind=str(page.content.kind) if page.content else None,
            language=content.language if content else None,
            published=content.published.isoformat() if content and content.published else None,
            post_id=page.post_id,
            host=None if host == self._home_host else host,
            redirect_to=redirect,
            redirect_key=canonical(redirect) if redirect else None,
            canonical=absolute(page.canonical) if page.canonical else None,
            canonical_key=key_of(page.canonical, self.profile) if page.canonical else None,
            part_key=key_of(page.part.first, self.profile) if page.part and page.part.first else None,
            parts=tuple(FoundPart(part.number, key_of(part.url, self.profile)) for part in page.part.others)
            if page.part
            else (),
            content_sha256=content_sha256(content) if content else None,
            warnings=page.warnings,
            page_json=b"" if links_only else page.model_dump_json(exclude={"links", "requisites"}).encode(),
            links=links,
            cut=cut,
            cut_urls=cut_urls,
            requisites=page.requisites,
        )

    def _judge(self, url: str) -> tuple[str, str, UrlRule, str | None]:
        spelled = normal(url, self.profile)
        verdict = judge(spelled, self.profile)
        return spelled, canonical(spelled), verdict.rule, verdict.why

    def _links(self, found: Iterable[FoundLink]) -> tuple[tuple[FoundUrl, ...], dict[str, int], tuple[CutUrl, ...]]:
        kept: dict[str, FoundUrl] = {}
        cut: dict[str, CutUrl] = {}
        for link in found:
            url, key, rule, why = self._judged(link.url)
            if rule in _FOLLOWED:
                if key not in kept:
                    kept[key] = FoundUrl(url, key, str(rule), link.text, link.nofollow)
            elif key not in cut:
                cut[key] = CutUrl(url, key, str(rule), why)
        counts = Counter(entry.rule for entry in cut.values())
        return tuple(kept.values()), dict(sorted(counts.items())), tuple(cut.values())[:MOST_CUT]


def _host(url: str) -> str:
    """Host and port of an absolute address; `www.` in front makes no difference."""
    return url.partition("://")[2].partition("/")[0].partition("?")[0].removeprefix("www.")
