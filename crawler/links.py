"""From what a page names to rows of the frontier: which are fetched, as what, and why the others are not."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from archive.dataset.derived import Derived
from archive.extract.page import Role as PageRole
from archive.institutes.patterns import Patterns, PatternTooSlow
from archive.institutes.profile import Kind, KindRule, Profile
from archive.institutes.urls import absolute, canonical, decoded, judge
from crawler.frontier import TOO_DEEP, End, Found, Role, Row, leads_deeper

MAX_REQUISITES = 300  # a page; real ones need 20 to 150
_KNOWN = 32_768  # addresses, about 8 MB
_MAX_HOPS = 10  # redirects in a row
ROLES = {"page": Role.PAGE, "listing": Role.LISTING, "document": Role.DOCUMENT}
_CUT = {"outside": End.OUT_OF_SCOPE, "denied": End.OUT_OF_SCOPE, "trap": End.TRAP}
_FOLLOWED = frozenset({PageRole.PUBLICATION, PageRole.LISTING, PageRole.RESTRICTED})
_TURNING = (Role.PAGE, Role.LISTING)  # what leads on
_NEEDS_NOTHING = frozenset({PageRole.LISTING, PageRole.BOTWALL, PageRole.MISSING, PageRole.ERROR})


class Known:
    """Addresses that went into the frontier lately. Most links of a page stand on every page: this spares the database
    their look-up.
    """

    def __init__(self) -> None:
        self._keys: dict[tuple[str, bool], None] = {}

    def new(self, key: str, required: bool = False) -> bool:
        """Whether an address was not asked about lately. As a requisite it is another thing than as a link."""
        if (key, required) in self._keys:
            return False
        self._keys[key, required] = None
        if len(self._keys) > _KNOWN:
            for old in list(self._keys)[: _KNOWN // 2]:
                del self._keys[old]
        return True


class Leads:
    """What the captures of one crawl lead to. `follow` off, links are left alone: a crawl of given pages."""

    def __init__(self, profile: Profile, follow: bool, roles: tuple[Role, ...], only: frozenset[Kind]) -> None:
        self._profile = profile
        self._follow = follow
        self._roles = frozenset(roles)
        self._only = only
        self._known = Known()
        self._deep = Known()

    def of(self, row: Row, derived: Derived, all_: bool = False) -> list[Found]:
        """A redirect's target; else what the page needs to be seen again, and its links. With `all_`, also what went
        into the frontier lately.
        """
        if derived.redirect_to:
            return self._target(row, derived.redirect_to)
        found = list(self._requisites(row, derived, all_))
        if row.role is not Role.REQUISITE and derived.role in _FOLLOWED:
            found += self._links(row, derived, all_)
        return found

    def _target(self, row: Row, url: str) -> list[Found]:
        if row.hops >= _MAX_HOPS:
            return []
        end, why = self._beyond(row, url)
        return [Found(url, canonical(url), row.role, row.source, end, why, exact=end is None, deeper=True)]

    def _beyond(self, row: Row, url: str) -> tuple[End | None, str | None]:
        """Why a redirect is not followed: a page that has moved off the institute's hosts is another's. One that was
        asked for is followed.
        """
        if row.role not in (Role.PAGE, Role.LISTING) or not self._follow:
            return None, None
        verdict = judge(url, self._profile)
        if (end := _CUT.get(str(verdict.rule))) is None:
            return None, None
        return end, f"redirected here: {verdict.why or verdict.rule}"

    def _requisites(self, row: Row, derived: Derived, all_: bool) -> Iterator[Found]:
        of_page = row.role is not Role.REQUISITE and derived.role not in _NEEDS_NOTHING
        if Role.REQUISITE not in self._roles or not (of_page or derived.role is PageRole.RESOURCE):
            return
        for number, url in enumerate(derived.requisites):
            lately = not self._known.new(url, required=True)
            if (lately and not all_) or (spelled := absolute(url)) is None:
                continue
            end, why = (
                (End.LIMIT, f"more than {MAX_REQUISITES} requisites") if number >= MAX_REQUISITES else (None, None)
            )
            yield Found(spelled, canonical(spelled), Role.REQUISITE, "requisites", end, why)

    def _links(self, row: Row, derived: Derived, all_: bool) -> Iterator[Found]:
        source = "pages" if row.role is Role.PAGE else row.source
        parts = {part.key for part in derived.parts}
        for link in derived.links:
            role = ROLES[link.rule]
            wanted = self._follow or role is Role.DOCUMENT or link.key in parts
            if role not in self._roles or not wanted:
                continue
            found = self.judged(Found(link.url, link.key, role, source))
            if role in _TURNING and link.key not in parts and (why := self._too_deep(row, found)):
                if self._deep.new(link.key):  # known from here alone: another page may lead there by fewer links
                    yield replace(found, end=End.LIMIT, reason=why)
            elif self._known.new(link.key) or all_:
                yield found
        for cut in derived.cut_urls if self._follow else ():
            if self._known.new(cut.key):
                yield Found(cut.url, cut.key, Role.PAGE, source, _CUT[cut.rule], cut.why or cut.rule)

    def _too_deep(self, row: Row, found: Found) -> str | None:
        """Why a page is too many links away to be fetched."""
        most, depth = self._profile.limits.depth, row.depth + leads_deeper(row, found)
        if not most or depth <= most or found.end:
            return None
        return f"{TOO_DEEP}{depth:,} links from page to page lead there, and the profile's limits.depth is {most:,}"

    def judged(self, found: Found) -> Found:
        """With `--only`, a page whose address alone says that it is of another kind is not fetched."""
        if not self._only or found.role is not Role.PAGE or found.end:
            return found
        kind = kind_by_url(found.url, self._profile)
        if kind is None or kind in self._only:
            return found
        return Found(
            found.url, found.canonical, found.role, found.source, End.OUT_OF_SCOPE, f"kind {kind}, by its address"
        )


def kind_by_url(url: str, profile: Profile) -> Kind | None:
    """The kind that the profile's rules give a page whatever stands on it; None where the page has to be seen."""
    address = decoded(url)
    for rule in profile.kinds:
        if rule.url and not _matches(rule, address):
            continue
        seen = rule.title or rule.section or rule.body_class
        return None if seen else rule.kind
    return None


def _matches(rule: KindRule, address: str) -> bool:
    try:
        return _compiled(rule.url).find(address) is not None
    except PatternTooSlow:
        return False


@lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...]) -> Patterns:
    return Patterns(patterns)
