"""A crawl of what is known: what is due, with which validators it is asked for, and what sources and pages wake.

Every URL of earlier crawls is in the frontier from the beginning: it waits, or it has ended as `unchanged` with the
day on which it is due. Sources are asked first, and wake what they say has changed; a next page of a source or of a
listing is asked for only while the one before says something new.
"""

import json
import re
import urllib.parse
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice

from archive.dataset.derived import Derived, key_of
from archive.dataset.jsonl import PUBLICATIONS
from archive.dataset.pages import PageStore
from archive.dataset.publication import State
from archive.institutes.profile import Profile, Revisit
from archive.institutes.urls import UrlRule, canonical, judge
from archive.store.collection import Collection
from archive.store.originals import Originals
from crawler import past
from crawler.discovery import sources
from crawler.discovery.found import PAGERS
from crawler.frontier import Added, End, Found, Frontier, Role, Row, spelling
from crawler.known import Known, KnownUrls, Mark
from crawler.links import kind_by_url
from crawler.options import Options
from crawler.past import Past

SLACK = timedelta(minutes=5)  # by which a site's clock may differ from ours: 300 s is what Kerberos grants, RFC 4120
MARGIN = timedelta(days=1)  # REST is asked for more than it need be: `modified_after` is read in the site's own zone
_AT_ONCE = 500
_AGAIN = frozenset({End.FAILED, End.QUEUED, End.LIMIT, End.BOTWALL, End.ROBOTS, End.PRIVATE})
_NEXT = "asked for while the page before it says something new"
_CUT = {UrlRule.DENIED: End.OUT_OF_SCOPE, UrlRule.OUTSIDE: End.OUT_OF_SCOPE, UrlRule.TRAP: End.TRAP}
_PAGE = re.compile(r"(.*?/)(?:page|pages|p)/([0-9]{1,9})(/?)")


class Mode(StrEnum):
    FIRST = "first"  # nothing is known
    INCREMENTAL = "incremental"
    FULL = "full"  # all that is known is asked for, without validators


class Recrawl:
    """What a crawl makes of what earlier ones know. In a first crawl, it notes what the next one has to know."""

    def __init__(self, collection: Collection, profile: Profile, mode: Mode, options: Options | None = None) -> None:
        self._collection = collection
        self._profile = profile
        self._options = options or Options()
        self.mode = mode
        self._latest = ""  # a time that a source may say and mean
        self._originals = Originals(collection)

    @staticmethod
    def mode_of(collection: Collection, full: bool) -> Mode:
        """What a new crawl of a collection is to be."""
        return (Mode.FULL if full else Mode.INCREMENTAL) if past.is_known(collection) else Mode.FIRST

    # beginning

    def seeds(self) -> list[Found]:
        """The sources; of REST, what has changed since the last crawl in which it worked, and how much there is."""
        found = sources.seeds(self._profile)
        if self.mode is not Mode.INCREMENTAL:
            return found
        since = {one.source: past.last_crawl(self._collection, one.source) for one in found}
        return [query for one in found for query in _queries(one, since[one.source])]

    def begin(self, frontier: Frontier, now: datetime) -> None:
        """Puts all that is known into a new frontier. The caller commits."""
        if self.mode is Mode.FIRST:
            return
        known = KnownUrls(frontier)
        with PageStore(self._collection.state_dir / "pages.sqlite") as store:
            told = (self._known(one, now) for one in past.of_collection(self._collection, self._profile, store))
            some = (one for one in told if one is not None)
            while batch := list(islice(some, _AT_ONCE)):
                known.know(batch)
        for urls in self._missing():
            known.wake(urls, "missing at the crawl before")

    def _known(self, told: Past, now: datetime) -> Known | None:
        """A URL as the crawl begins with it; None where it is asked for by other means."""
        marks = (Mark.NAMED_BEFORE if told.named else 0) | (Mark.ABSENT if told.status in (404, 410) else 0)
        end, reason = self._end(told, now)
        if told.role is Role.SOURCE and (self.mode is Mode.FULL or "modified_after=" in told.url):
            return None
        seen = told.seen.strftime("%Y-%m-%dT%H:%M:%SZ") if told.seen else ""
        return Known(
            told.url, canonical(told.url), told.role, told.source, seen, told.said, told.modified, int(marks), end,
            reason, told.what,
        )  # fmt: skip

    def _end(self, told: Past, now: datetime) -> tuple[End | None, str | None]:
        """Why a URL is not asked for, unless something wakes it."""
        if told.role in (Role.PAGE, Role.LISTING, Role.DOCUMENT) and told.source != "urls file":
            verdict = judge(told.url, self._profile)
            if verdict.rule in _CUT:
                return _CUT[verdict.rule], verdict.why or str(verdict.rule)
        options = self._options
        asked = {Role.REQUISITE: options.requisites, Role.DOCUMENT: options.documents}
        if not asked.get(told.role, True):
            return End.OUT_OF_SCOPE, "this crawl leaves them out"
        if options.only and told.role is Role.PAGE:
            kind = kind_by_url(told.url, self._profile)
            if kind is not None and kind not in options.only:
                return End.OUT_OF_SCOPE, f"kind {kind}, by its address"
        if self.mode is Mode.FULL:
            return None, None
        if told.role is Role.SOURCE or (told.role is Role.LISTING and place(told.url)[1] > 1):
            return (None, None) if told.end in _AGAIN and told.role is Role.LISTING else (End.UNCHANGED, _NEXT)
        at = due(told, self._profile.revisit)
        if at is None or at <= now:
            return None, None
        return End.UNCHANGED, f"not due until {at:%Y-%m-%d %H:%M} UTC"

    def _missing(self) -> Iterator[list[str]]:
        """The addresses of each publication that was missing at the last crawl: whether it is gone is asked now."""
        path = self._collection.dataset_dir / PUBLICATIONS
        if not path.exists():
            return
        with path.open("rb") as lines:
            for line in lines:
                if b'"missing"' in line and (told := json.loads(line))["state"] == State.MISSING:
                    yield [key_of(url, self._profile) for url in (told["url"], *told["aliases"])]

    # while it runs

    def validators(self, url: str) -> dict[str, str]:
        """The header fields that ask whether what is held is still so."""
        return {} if self.mode is Mode.FULL else self._originals.validators(url)

    def says_otherwise(self, row: Row, derived: Derived, revisit: bool) -> bool:
        """Whether a page is new, or says something else than when it was seen last."""
        if derived.content_sha256 is None:  # no publication, or read for its links alone
            return not revisit
        return derived.content_sha256 != row.said

    def add_sources(self, frontier: Frontier, found: Sequence[Found]) -> Added:
        """Sources that robots.txt names."""
        added = frontier.add(found)
        woken = KnownUrls(frontier).wake([one.canonical for one in found], "robots.txt names it")
        return Added(added.waiting, added.ended, woken)

    def finish(
        self,
        frontier: Frontier,
        row: Row,
        end: End,
        reason: str | None,
        detail: str | None,
        found: Sequence[Found],
        named: Sequence[str] = (),
        derived: Derived | None = None,
        working: bool = True,
    ) -> Added:
        """`Frontier.finish`, and what the row wakes. `working`: no sitemap has failed so far."""
        known = KnownUrls(frontier)
        if self.mode is not Mode.INCREMENTAL:
            added = frontier.finish(row, end, reason, detail, found, named)
            self._note(known, row, found)
            return added
        ahead = [one for one in found if self._ahead(row, one)]
        led = [one for one in found if one.exact and self._wake_led(known, one)]
        left = {id(one) for one in (*ahead, *led)}
        at_once = [one for one in found if id(one) not in left]
        added = frontier.finish(row, end, reason, detail, at_once, named)
        woken = len(led) + self._note(known, row, found)
        following = [one for one in ahead if _follows(row, one)]
        if following and (woken or self._always(row) or known.says_new(_pages(found))):
            more = frontier.add(following, row)
            woken += known.wake([one.canonical for one in following], "the page before it says something new")
            added = Added(added.waiting + more.waiting, added.ended + more.ended)
        if derived is not None and end is End.ARCHIVED:
            woken += self._wake_needed(known, row, derived, found)
        if row.role is Role.SOURCE and working and not known.waits(Role.SOURCE):
            woken += known.wake_unnamed("no sitemap names it any more")
        return Added(added.waiting, added.ended, woken)

    def _note(self, known: KnownUrls, row: Row, found: Sequence[Found]) -> int:
        """What a source says of addresses: when they changed, and that they are there."""
        if row.role is not Role.SOURCE:
            return 0
        named = [one for one in found if one.end is None and one.role is not Role.SOURCE]
        self._latest = self._latest or (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
        woken = known.changed(named, SLACK, self._latest)
        return woken + known.wake([one.canonical for one in named], "a source names it", absent=True)

    def _wake_led(self, known: KnownUrls, one: Found) -> bool:
        """Whether a redirect's target is a known URL, and was not due."""
        identity = one.canonical if known.url_of(one.canonical) == one.url else spelling(one.url)
        return known.wake([identity], "an address leads here") > 0

    def _ahead(self, row: Row, one: Found) -> bool:
        """Whether a URL is a next page of the source or listing at hand."""
        if one.end is not None or one.exact:
            return False
        if row.role is Role.SOURCE:
            return one.role is Role.SOURCE
        if row.role is Role.LISTING and one.role is Role.LISTING:
            (series, number), (other, next_number) = place(row.url), place(one.url)
            return series == other and next_number > number
        return False

    def _always(self, row: Row) -> bool:
        """A sitemap's children are asked for in any case."""
        return row.role is Role.SOURCE and row.source.startswith("sitemap:")

    def _wake_needed(self, known: KnownUrls, row: Row, derived: Derived, found: Sequence[Found]) -> int:
        """The further pages of a publication whose first page came anew; what a page needs that says something new."""
        woken = known.wake([part.key for part in derived.parts], "a part of a page that came anew")
        if self.says_otherwise(row, derived, revisit=False):
            needed = [one.canonical for one in found if one.role in (Role.REQUISITE, Role.DOCUMENT)]
            woken += known.wake(needed, "a page that needs it is new or changed")
        return woken


def due(told: Past, policy: Revisit) -> datetime | None:
    """When a URL is to be asked for again; None: at once, since it could not be had whole."""
    if told.seen is None or told.end in _AGAIN or not told.whole:
        return None
    if told.status is not None and (told.status >= 500 or told.status == 429):
        return None
    match told.role:
        case Role.LISTING:
            days = policy.listings
        case Role.DOCUMENT:
            days = policy.documents
        case Role.REQUISITE:
            days = policy.requisites
        case _:
            stood = (told.seen - (told.since or told.seen)) / timedelta(days=1)
            days = min(max(stood * policy.share, policy.least), policy.most)
    return told.seen + timedelta(days=days)


def place(url: str) -> tuple[str, int]:
    """A listing's address without its page number, and the number; 1 where it has none."""
    before, mark, query = url.partition("?")
    number = 1
    if found := _PAGE.fullmatch(before):
        before, number = found[1], int(found[2])
    kept = []
    for part in query.split("&") if mark else ():
        name, _, value = part.partition("=")
        if urllib.parse.unquote(name).lower() in PAGERS and value.isascii() and value.isdigit() and len(value) < 10:
            number = int(value)
        else:
            kept.append(part)
    return before + (f"?{'&'.join(kept)}" if kept else ""), number


def _pages(found: Iterable[Found]) -> Iterator[str]:
    return (one.canonical for one in found if one.end is None and one.role in (Role.PAGE, Role.DOCUMENT))


def _follows(row: Row, one: Found) -> bool:
    """Whether a page ahead is the very next one. The query that counts posts has none that says more."""
    if row.role is Role.SOURCE:
        return "&per_page=1&" not in row.url
    return place(one.url)[1] == place(row.url)[1] + 1


def _queries(seed: Found, since: datetime | None) -> Iterator[Found]:
    """What a source is asked: of REST, for what changed after `since`, newest first, and for its newest post, which
    tells how many there are.
    """
    if not seed.source.startswith("wordpress:") or since is None:
        yield seed
        return
    after = (since - MARGIN).strftime("%Y-%m-%dT%H:%M:%S")
    yield _asked(seed, modified_after=after, orderby="modified", order="desc")
    yield _asked(seed, per_page="1", page="1")


def _asked(seed: Found, **parameters: str) -> Found:
    before, _, query = seed.url.partition("?")
    kept = [part for part in query.split("&") if part and part.partition("=")[0] not in parameters]
    url = f"{before}?{'&'.join([*kept, *(f'{name}={value}' for name, value in parameters.items())])}"
    return Found(url, canonical(url), seed.role, seed.source)
