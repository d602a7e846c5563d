"""Which captures are one publication: contracts.md, "Identity"."""

import hashlib
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.dataset.jsonl import line
from archive.extract.page import Role
from tests.archive.dataset.making import Site, content

HOME = "https://nile.example/"
OLD = HOME + "commentary/analysis/egyptian-lawyers/"
NEW = HOME + "2021/04/06/egyptian-lawyers/"
# «عن الحق في المعرفة», percent-encoded as a browser sends it
ARABIC = (
    HOME + "2024/12/05/%D8%B9%D9%86-%D8%A7%D9%84%D8%AD%D9%82-%D9%81%D9%8A-%D8%A7%D9%84%D9%85%D8%B9%D8%B1%D9%81%D8%A9/"
)


def u(key: str) -> str:
    return "nile:u" + hashlib.sha256(key.encode()).hexdigest()[:16]


def ids(site: Site, folder: Path) -> list[str]:
    return [one.latest.id for one in site.assembled(folder)]


def test_a_post_id_names_the_publication(tmp_path: Path) -> None:
    site = Site()
    site.page(NEW, post_id=123)
    assert ids(site, tmp_path) == ["nile:p123"]


def test_on_another_host_the_id_has_the_host(tmp_path: Path) -> None:
    site = Site()
    site.page("https://eshhad.nile.example/a/", post_id=123)
    site.page("https://www.nile.example/a/", post_id=123)
    assert ids(site, tmp_path) == ["nile:eshhad.nile.example:p123", "nile:p123"]


def test_without_a_post_id_the_canonical_url_names_it(tmp_path: Path) -> None:
    site = Site()
    site.page(ARABIC)
    assert ids(site, tmp_path) == [u(ARABIC.removesuffix("/"))]


def test_spellings_are_one_publication(tmp_path: Path) -> None:
    site = Site()
    site.page(ARABIC)
    site.page(ARABIC.removesuffix("/").replace("%D8", "%d8").replace("https", "http"))
    [one] = site.assembled(tmp_path)
    assert len(one.versions) == 1
    assert one.latest.aliases == (ARABIC,)


def test_arabic_letters_are_not_folded(tmp_path: Path) -> None:
    site = Site()
    site.page(HOME + "%D8%B9%D8%B1%D8%A8%D9%89/a/")  # عربى
    site.page(HOME + "%D8%B9%D8%B1%D8%A8%D9%8A/a/")  # عربي
    assert len(site.assembled(tmp_path)) == 2


def test_a_shared_post_id_joins(tmp_path: Path) -> None:
    site = Site()
    site.page(OLD, post_id=7)
    site.page(NEW, post_id=7, crawl=2)
    [one] = site.assembled(tmp_path)
    assert (one.latest.id, one.latest.url, one.latest.aliases) == ("nile:p7", NEW, (OLD,))
    assert len(one.versions) == 1


def test_a_redirect_joins_and_the_first_id_stays(tmp_path: Path) -> None:
    site = Site()
    site.page(OLD)
    site.redirect(OLD, NEW, crawl=2)
    site.page(NEW, post_id=7, crawl=2)
    [one] = site.assembled(tmp_path)
    assert one.latest.id == u(OLD.removesuffix("/"))
    assert (one.latest.url, one.latest.aliases, one.latest.state) == (NEW, (OLD,), "live")


def test_a_chain_of_redirects_joins(tmp_path: Path) -> None:
    site = Site()
    site.page(OLD)
    site.redirect(OLD, HOME + "?p=7", crawl=2)
    site.redirect(HOME + "?p=7", NEW, crawl=2)
    site.page(NEW, crawl=2)
    [one] = site.assembled(tmp_path)
    assert one.latest.aliases == (OLD, HOME + "?p=7") or set(one.latest.aliases) == {OLD, HOME + "?p=7"}


def test_an_address_that_only_ever_redirected_is_an_alias(tmp_path: Path) -> None:
    site = Site()
    site.redirect(OLD, NEW)
    site.page(NEW, post_id=7)
    [one] = site.assembled(tmp_path)
    assert (one.latest.id, one.latest.aliases) == ("nile:p7", (OLD,))


def test_a_canonical_joins(tmp_path: Path) -> None:
    site = Site()
    site.page(OLD, canonical=NEW)
    site.page(NEW, canonical=NEW)
    [one] = site.assembled(tmp_path)
    assert (one.latest.id, one.latest.url, one.latest.aliases) == (u(NEW.removesuffix("/")), NEW, (OLD,))


def test_a_canonical_that_was_never_captured_joins_its_views(tmp_path: Path) -> None:
    site = Site()
    site.page(OLD, canonical=NEW)
    site.page(OLD + "amp/", canonical=NEW)
    [one] = site.assembled(tmp_path)
    assert (one.latest.url, one.latest.aliases) == (NEW, (OLD, OLD + "amp/"))


def test_a_canonical_to_home_or_of_many_pages_joins_nothing(tmp_path: Path) -> None:
    site = Site()
    site.page(OLD, content(title="One"), canonical=HOME)
    site.page(NEW, content(title="Two"), canonical=HOME)
    site.page(HOME + "c/", content(title="Three"), canonical=HOME + "template/")
    site.page(HOME + "d/", content(title="Four"), canonical=HOME + "template/")
    assert len(site.assembled(tmp_path)) == 4


def test_two_posts_are_not_joined_by_a_redirect(tmp_path: Path) -> None:
    site = Site()
    site.page(OLD, content(title="One"), post_id=1)
    site.page(NEW, content(title="Two"), post_id=2)
    site.redirect(OLD, NEW, crawl=2)
    site.page(NEW, content(title="Two"), post_id=2, crawl=2)
    first, second = site.assembled(tmp_path)
    assert (first.latest.title, first.latest.state) == ("One", "missing")
    assert (second.latest.title, second.latest.aliases) == ("Two", ())


def test_where_several_publications_are_sent_is_no_publication_of_theirs(tmp_path: Path) -> None:
    site = Site()
    site.page(OLD, content(title="One"))
    site.page(NEW, content(title="Two"))
    site.page(HOME + "not-found/", content(title="Nothing here"))
    site.redirect(OLD, HOME + "not-found/", crawl=2)
    site.redirect(NEW, HOME + "not-found/", crawl=2)
    site.page(HOME + "not-found/", content(title="Nothing here"), crawl=2)
    titles = {one.latest.title: one.latest.state for one in site.assembled(tmp_path)}
    assert titles == {"One": "missing", "Two": "missing", "Nothing here": "live"}


def test_an_address_that_leads_elsewhere_each_time_joins_nothing(tmp_path: Path) -> None:
    site = Site()
    for crawl, url in ((1, OLD), (2, NEW)):
        site.redirect(HOME + "latest/", url, crawl)
        site.page(url, content(title=url), crawl)
    assert [one.latest.aliases for one in site.assembled(tmp_path)] == [(HOME + "latest/",)] * 2


def test_listings_outside_and_resources_make_no_publication(tmp_path: Path) -> None:
    site = Site()
    for role in (Role.LISTING, Role.OUTSIDE, Role.RESOURCE, Role.SOURCE, Role.BOTWALL, Role.ERROR, Role.DOCUMENT):
        site.add(HOME + role, role)
    site.missing(HOME + "gone/")
    assert site.assembled(tmp_path) == []


def a_history() -> Site:
    """Something of everything, in Arabic too."""
    site = Site()
    site.page(OLD, content(text="نصٌّ أوّل."), post_id=7)
    site.page(ARABIC, content(title="عن الحق", language="ar", direction="rtl"))
    site.page(ARABIC + "amp/", content(title="عن الحق", language="ar", direction="rtl"), canonical=ARABIC)
    site.redirect(OLD, NEW, crawl=2)
    site.page(NEW, content(text="نصٌّ ثانٍ."), crawl=2)
    site.missing(ARABIC, crawl=2)
    site.redirect(ARABIC, HOME, crawl=3)
    site.restricted(NEW, crawl=3)
    return site


A_HISTORY = a_history()


@given(st.permutations(range(len(A_HISTORY.captures))))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_insertion_does_not_matter(tmp_path: Path, order: list[int]) -> None:
    expected = [line(version) for one in A_HISTORY.assembled(tmp_path) for version in one.versions]
    assert [line(version) for one in A_HISTORY.assembled(tmp_path, order) for version in one.versions] == expected
