"""From what a page names to rows of the frontier."""

from datetime import UTC, datetime

import pytest

from archive.dataset.derived import CutUrl, Derived, FoundUrl
from archive.extract.page import Role as PageRole
from archive.institutes import registry
from archive.institutes.profile import Kind, KindRule, Profile
from archive.store.exchange import Location
from crawler.frontier import End, Role, Row
from crawler.links import MAX_REQUISITES, Known, Leads, kind_by_url

HOME = "https://institute.example"
ARABIC = f"{HOME}/2024/12/05/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/"  # سوريا


def profile(**changed: object) -> Profile:
    return registry.load("timep").model_copy(update={"id": "test", "home": HOME + "/", "hosts": (), **changed})


def leads(follow: bool = True, roles: tuple[Role, ...] = tuple(Role), only: frozenset[Kind] = frozenset()) -> Leads:
    return Leads(profile(kinds=(KindRule(kind=Kind.LEGAL_CASE, url=("^/قضايا/",)),)), follow, roles, only)


def row(role: Role = Role.PAGE, source: str = "pages", hops: int = 0, depth: int = 0) -> Row:
    return Row(1, ARABIC, role, source, 0, hops, depth)


def derived(role: PageRole = PageRole.PUBLICATION, **told: object) -> Derived:
    base: dict[str, object] = {
        "location": Location("a.warc.gz", 0, 1), "record_id": "r", "url": ARABIC, "key": ARABIC.rstrip("/"),
        "captured_at": datetime(2026, 11, 22, tzinfo=UTC), "status": 200, "role": role, "truncated": None,
        "media_type": "text/html", "size": 1, "sha256": "0",
    }  # fmt: skip
    return Derived(**{**base, **told})  # type: ignore[arg-type]


def link(url: str, rule: str = "page") -> FoundUrl:
    return FoundUrl(url, url.rstrip("/"), rule, None, False)


def test_links_are_followed_as_what_their_address_says() -> None:
    page = derived(links=(link(ARABIC), link(f"{HOME}/category/x/", "listing"), link(f"{HOME}/a.pdf", "document")))
    assert [(one.url, one.role) for one in leads().of(row(), page)] == [
        (ARABIC, Role.PAGE),
        (f"{HOME}/category/x/", Role.LISTING),
        (f"{HOME}/a.pdf", Role.DOCUMENT),
    ]


def test_a_link_is_named_once_though_it_stands_on_every_page() -> None:
    hand, page = leads(), derived(links=(link(ARABIC),))
    assert len(hand.of(row(), page)) == 1
    assert hand.of(row(), page) == []


def test_what_a_page_needs_is_fetched_from_other_hosts_too_and_nothing_is_followed_from_it() -> None:
    needed = "https://cdn.example/صورة.png"
    hand = leads()
    found = hand.of(row(), derived(requisites=(needed,)))
    assert [(one.role, one.end) for one in found] == [(Role.REQUISITE, None)]
    assert found[0].url == "https://cdn.example/%D8%B5%D9%88%D8%B1%D8%A9.png"
    style = derived(PageRole.RESOURCE, requisites=("https://cdn.example/font.woff2",), links=(link(ARABIC),))
    assert [one.url for one in hand.of(row(Role.REQUISITE), style)] == ["https://cdn.example/font.woff2"]


def test_an_address_is_asked_about_as_link_and_as_requisite() -> None:
    known = Known()
    assert known.new(ARABIC)
    assert not known.new(ARABIC)
    assert known.new(ARABIC, required=True)
    assert not known.new(ARABIC, required=True)


def test_requisites_are_capped_and_the_rest_is_accounted_for() -> None:
    many = tuple(f"{HOME}/wp-content/{number}.png" for number in range(MAX_REQUISITES + 5))
    found = leads().of(row(), derived(requisites=many))
    assert len(found) == MAX_REQUISITES + 5
    assert sum(one.end is End.LIMIT for one in found) == 5


@pytest.mark.parametrize("role", [PageRole.LISTING, PageRole.BOTWALL, PageRole.MISSING, PageRole.ERROR])
def test_pages_that_nobody_looks_at_need_nothing(role: PageRole) -> None:
    assert leads().of(row(), derived(role, requisites=(f"{HOME}/style.css",))) == []


@pytest.mark.parametrize("role", [PageRole.BOTWALL, PageRole.MISSING, PageRole.ERROR, PageRole.OUTSIDE])
def test_nothing_is_followed_from_pages_that_are_none(role: PageRole) -> None:
    assert leads().of(row(), derived(role, links=(link(ARABIC),))) == []


def test_what_is_cut_has_an_end() -> None:
    cut = (
        CutUrl("https://other.example/", "https://other.example", "outside", None),
        CutUrl(f"{HOME}/wp-login.php", f"{HOME}/wp-login.php", "denied", None),
        CutUrl(f"{HOME}/events/month/1999-01/", f"{HOME}/events/month/1999-01", "trap", "a calendar"),
    )
    found = leads().of(row(), derived(cut_urls=cut))
    assert [one.end for one in found] == [End.OUT_OF_SCOPE, End.OUT_OF_SCOPE, End.TRAP]
    assert found[2].reason == "a calendar"


def test_a_crawl_of_given_pages_takes_their_documents_and_requisites_alone() -> None:
    page = derived(
        links=(link(ARABIC), link(f"{HOME}/a.pdf", "document")),
        requisites=(f"{HOME}/style.css",),
        cut_urls=(CutUrl("https://other.example/", "https://other.example", "outside", None),),
    )
    found = leads(follow=False).of(row(), page)
    assert [one.role for one in found] == [Role.REQUISITE, Role.DOCUMENT]


def test_roles_that_are_left_out_are_not_found() -> None:
    page = derived(links=(link(f"{HOME}/a.pdf", "document"),), requisites=(f"{HOME}/style.css",))
    assert leads(roles=(Role.SOURCE, Role.LISTING, Role.PAGE)).of(row(), page) == []


def test_a_redirect_leads_to_its_target_in_its_own_spelling_one_hop_further() -> None:
    target = derived(PageRole.REDIRECT, redirect_to=ARABIC)
    (found,) = leads().of(row(), target)
    assert (found.url, found.role, found.exact, found.deeper, found.end) == (ARABIC, Role.PAGE, True, True, None)
    assert leads().of(row(hops=10), target) == []


def test_a_page_that_moved_to_another_host_is_another_institutes() -> None:
    away = derived(PageRole.REDIRECT, redirect_to="https://other.example/تبرع")
    (found,) = leads().of(row(), away)
    assert found.end is End.OUT_OF_SCOPE
    assert found.reason
    for role in (Role.SOURCE, Role.DOCUMENT, Role.REQUISITE):
        assert leads().of(row(role), away)[0].end is None
    assert leads(follow=False).of(row(), away)[0].end is None  # an archivist asked for it


def test_of_another_kind_by_its_address_is_not_fetched() -> None:
    cases = leads(only=frozenset({Kind.ANALYSIS}))
    case = f"{HOME}/%D9%82%D8%B6%D8%A7%D9%8A%D8%A7/1/"  # قضايا
    found = cases.of(row(), derived(links=(link(case), link(ARABIC), link(f"{HOME}/a.pdf", "document"))))
    assert [(one.url, one.end) for one in found] == [
        (case, End.OUT_OF_SCOPE),
        (ARABIC, None),
        (f"{HOME}/a.pdf", None),
    ]
    assert "legal_case" in str(found[0].reason)


def test_kind_by_address() -> None:
    rules = (
        KindRule(kind=Kind.EVENT, url=("^/events/",), section=("Events",)),
        KindRule(kind=Kind.LEGAL_CASE, url=("^/قضايا/",)),
    )
    site = profile(kinds=rules)
    assert kind_by_url(f"{HOME}/%D9%82%D8%B6%D8%A7%D9%8A%D8%A7/1/", site) is Kind.LEGAL_CASE
    assert kind_by_url(f"{HOME}/events/1/", site) is None  # the page has to be seen
    assert kind_by_url(ARABIC, site) is None


def test_pages_too_many_links_away_are_told_and_a_shorter_way_is_taken() -> None:
    page = derived(links=(link(f"{HOME}/2024/12/06/%D8%AE%D8%A8%D8%B1/"), link(f"{HOME}/a.pdf", "document")))
    one = leads()
    deep = {found.role: found for found in one.of(row(depth=30), page)}
    assert deep[Role.PAGE].end is End.LIMIT
    assert "31 links" in str(deep[Role.PAGE].reason)
    assert "limits.depth is 30" in str(deep[Role.PAGE].reason)
    assert deep[Role.DOCUMENT].end is None
    assert one.of(row(depth=30), page) == []  # told once
    assert [found.end for found in one.of(row(depth=29), page)] == [None]
    assert [found.end for found in leads().of(row(Role.LISTING, depth=30), page)] == [None, None]
