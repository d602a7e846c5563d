"""From what a page names to rows of the frontier: which are fetched, as what, and why the others are not."""

from collections.abc import Iterator

from archive.dataset.derived import Derived
from archive.extract.page import Role as PageRole
from archive.institutes.urls import absolute, canonical
from crawler.frontier import End, Found, Role, Row

MAX_REQUISITES = 300  # a page; real ones need 20 to 150
_MAX_HOPS = 10  # redirects in a row
_ROLES = {"page": Role.PAGE, "listing": Role.LISTING, "document": Role.DOCUMENT}
_CUT = {"outside": End.OUT_OF_SCOPE, "denied": End.OUT_OF_SCOPE, "trap": End.TRAP}
_FOLLOWED = frozenset({PageRole.PUBLICATION, PageRole.LISTING, PageRole.RESTRICTED})


def found_in(row: Row, derived: Derived, follow: bool) -> Iterator[Found]:
    """What a capture leads to: a redirect's target, what the page needs to be seen again, and its links if they are to be followed."""
    if derived.redirect_to:
        yield from _target(row, derived.redirect_to)
        return
    if row.role is not Role.REQUISITE or derived.role is PageRole.RESOURCE:
        yield from _requisites(row, derived)
    if row.role is Role.REQUISITE or derived.role not in _FOLLOWED:
        return
    source = "pages" if row.role is Role.PAGE else row.source
    for link in derived.links:
        role = _ROLES[link.rule]
        if follow or role is Role.DOCUMENT:
            yield Found(link.url, link.key, role, source)
    if follow:
        for cut in derived.cut_urls:
            yield Found(cut.key, cut.key, Role.PAGE, source, _CUT[cut.rule], cut.why or cut.rule)


def _target(row: Row, url: str) -> Iterator[Found]:
    if row.hops >= _MAX_HOPS:
        return
    yield Found(url, canonical(url), row.role, row.source, exact=True, deeper=True)


def _requisites(row: Row, derived: Derived) -> Iterator[Found]:
    if derived.role in (PageRole.LISTING, PageRole.BOTWALL, PageRole.MISSING, PageRole.ERROR):
        return
    for number, url in enumerate(derived.requisites):
        spelled = absolute(url)
        if spelled is None:
            continue
        if number >= MAX_REQUISITES:
            yield Found(
                spelled,
                canonical(spelled),
                Role.REQUISITE,
                "requisites",
                End.LIMIT,
                f"more than {MAX_REQUISITES} requisites",
            )
        else:
            yield Found(spelled, canonical(spelled), Role.REQUISITE, "requisites")
