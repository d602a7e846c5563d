"""Versions and states: contracts.md, "Versions", "State of a publication"."""

from pathlib import Path

import pytest

from archive.dataset.assemble import Assembled
from archive.dataset.publication import Publication
from archive.extract.page import Author, Block, Reference, Role
from archive.store.exchange import Truncation
from tests.archive.dataset.making import Site, at, content, pdf, sha256

HOME = "https://nile.example/"
URL = HOME + "2021/04/06/a/"
FIRST, SECOND = content(text="نصّ كما نُشر."), content(text="نصّ كما عُدّل.")


@pytest.fixture
def site() -> Site:
    return Site()


def only(site: Site, folder: Path) -> Assembled:
    [one] = site.assembled(folder)
    return one


def latest(site: Site, folder: Path) -> Publication:
    return only(site, folder).latest


def test_a_silent_edit_is_a_version_named_by_its_first_capture(site: Site, tmp_path: Path) -> None:
    site.page(URL, FIRST)
    edited = site.page(URL, SECOND, crawl=2)
    again = site.page(URL, SECOND, crawl=3)
    first, second = only(site, tmp_path).versions
    assert [version.text for version in (first, second)] == ["نصّ كما نُشر.", "نصّ كما عُدّل."]
    assert (first.version, first.last_seen, first.state) == (at(1), at(1), "live")
    assert (second.version, second.last_seen) == (edited.captured_at, again.captured_at)
    assert second.first_seen == first.first_seen == at(1)
    assert second.source.offset == edited.location.offset


def test_other_bytes_that_say_the_same_make_no_version_and_move_last_seen(site: Site, tmp_path: Path) -> None:
    first = site.page(URL, FIRST, entity=b"<!-- nonce 1 -->")
    second = site.page(URL, FIRST, crawl=2, entity=b"<!-- nonce 2 -->")
    assert first.sha256 != second.sha256
    [version] = only(site, tmp_path).versions
    assert (version.version, version.last_seen) == (first.captured_at, second.captured_at)
    assert version.source.payload_digest == f"sha256:{first.sha256}"


def test_where_a_value_was_read_and_related_cards_make_no_version(site: Site, tmp_path: Path) -> None:
    site.page(URL, content(title_source="h1", related=(Reference(url=HOME + "old/"),)))
    site.page(URL, content(title_source="og", related=(Reference(url=HOME + "new/"),)), crawl=2)
    [version] = only(site, tmp_path).versions
    assert version.related == (Reference(url=HOME + "old/"),)


@pytest.mark.parametrize(
    "changed",
    [
        content(title="Another title"),
        content(standfirst="A standfirst"),
        content(authors=(Author(name="مي السعدني", name_raw="بقلم: مي السعدني"),)),
        content(published_raw="April 6, 2021"),
        content(sections=("Egypt",)),
        content(blocks=(Block(type="heading", text="A text.", level=2),)),
    ],
    ids=["title", "standfirst", "authors", "published", "sections", "blocks"],
)
def test_what_is_said_makes_a_version(site: Site, tmp_path: Path, changed: object) -> None:
    site.page(URL)
    site.page(URL, changed, crawl=2)  # type: ignore[arg-type]
    assert len(only(site, tmp_path).versions) == 2


def test_taking_an_edit_back_is_a_third_version(site: Site, tmp_path: Path) -> None:
    for crawl, says in enumerate((FIRST, SECOND, FIRST), start=1):
        site.page(URL, says, crawl)
    assert [version.text for version in only(site, tmp_path).versions] == [
        "نصّ كما نُشر.",
        "نصّ كما عُدّل.",
        "نصّ كما نُشر.",
    ]


def test_missing_once_then_gone_then_live_again(site: Site, tmp_path: Path) -> None:
    site.page(URL, FIRST)
    assert latest(site, tmp_path).state == "live"
    site.missing(URL, crawl=2)
    assert latest(site, tmp_path).state == "missing"
    site.missing(URL, crawl=2)
    assert latest(site, tmp_path).state == "missing"  # twice in one crawl is once
    site.missing(URL, crawl=3, status=410)
    assert latest(site, tmp_path).state == "gone"
    assert (latest(site, tmp_path).text, latest(site, tmp_path).last_seen) == ("نصّ كما نُشر.", at(1))
    site.page(URL, FIRST, crawl=4)
    one = only(site, tmp_path)
    assert (one.latest.state, len(one.versions)) == ("live", 1)


@pytest.mark.parametrize("target", [HOME, HOME.replace("https", "http"), HOME + "category/commentary/"])
def test_sent_home_or_to_a_listing_is_missing(site: Site, tmp_path: Path, target: str) -> None:
    site.page(URL, FIRST)
    site.add(HOME + "category/commentary/", Role.LISTING, 2)
    site.redirect(URL, target, crawl=2)
    assert latest(site, tmp_path).state == "missing"


def test_moved_and_missing_at_its_new_address_is_missing(site: Site, tmp_path: Path) -> None:
    site.page(URL, FIRST)
    site.redirect(URL, HOME + "new/", crawl=2)
    site.missing(HOME + "new/", crawl=2)
    assert latest(site, tmp_path).state == "missing"


def test_an_old_address_that_is_gone_says_nothing_where_the_new_one_answers(site: Site, tmp_path: Path) -> None:
    site.page(URL, FIRST, post_id=7)
    site.page(HOME + "new/", FIRST, post_id=7, crawl=2)
    site.missing(URL, crawl=2)
    site.missing(URL, crawl=3)
    assert latest(site, tmp_path).state == "live"


def test_restricted_never_supersedes(site: Site, tmp_path: Path) -> None:
    site.page(URL, FIRST)
    site.restricted(URL, crawl=2)
    one = only(site, tmp_path)
    assert (one.latest.state, one.latest.text, one.latest.title) == ("restricted", "نصّ كما نُشر.", "A title")
    assert len(one.versions) == 1


def test_sent_to_a_login_is_restricted(site: Site, tmp_path: Path) -> None:
    site.page(URL, FIRST)
    site.redirect(URL, HOME + "login/", crawl=2)
    site.add(HOME + "login/", Role.RESTRICTED, 2, status=401)
    assert latest(site, tmp_path).state == "restricted"


@pytest.mark.parametrize("role", [Role.ERROR, Role.BOTWALL])
def test_errors_and_bot_walls_say_nothing(site: Site, tmp_path: Path, role: Role) -> None:
    site.page(URL, FIRST)
    site.add(URL, role, 2, status=503)
    one = only(site, tmp_path)
    assert (one.latest.state, one.latest.text, one.latest.last_seen) == ("live", "نصّ كما نُشر.", at(1))


def test_truncated_never_supersedes(site: Site, tmp_path: Path) -> None:
    site.page(URL, FIRST)
    site.page(URL, content(text="نصّ"), crawl=2, truncated=Truncation.DISCONNECT)
    [version] = only(site, tmp_path).versions
    assert (version.text, version.last_seen) == ("نصّ كما نُشر.", at(1))


def test_never_seen_whole_has_no_text_and_says_why(site: Site, tmp_path: Path) -> None:
    site.page(URL, content(title="عنوان"), truncated=Truncation.DISCONNECT)
    one = latest(site, tmp_path)
    assert (one.title, one.text, one.blocks, one.markdown, one.warnings) == (
        "عنوان",
        None,
        None,
        None,
        ("truncated_capture",),
    )
    site.page(URL, FIRST, crawl=2)
    [version] = only(site, tmp_path).versions
    assert (version.text, version.warnings, version.first_seen) == ("نصّ كما نُشر.", (), at(1))


def test_always_restricted(site: Site, tmp_path: Path) -> None:
    site.restricted(URL, post_id=9)
    one = latest(site, tmp_path)
    assert (one.id, one.state, one.text, one.title, one.warnings) == (
        "nile:p9",
        "restricted",
        None,
        "Protected",
        ("restricted",),
    )


def test_a_view_of_the_same_post_makes_no_version(site: Site, tmp_path: Path) -> None:
    """WordPress answers `/slug/amp/` and `/slug/2/` with the post id of `/slug/`."""
    for crawl in (1, 2):
        site.page(URL, FIRST, crawl, post_id=7)
        site.page(URL + "2/", content(text="The second half."), crawl, post_id=7)
        view = site.page(URL + "amp/", content(text="Less of it."), crawl, post_id=7, canonical=URL)
    [version] = only(site, tmp_path).versions
    assert (version.text, version.url, version.last_seen) == ("نصّ كما نُشر.", URL, view.captured_at)


@pytest.mark.parametrize("named", [URL, None], ids=["names its canonical", "was beside it before"])
def test_a_view_that_alone_was_asked_for_makes_no_version(site: Site, tmp_path: Path, named: str | None) -> None:
    """Not every address is due at each crawl."""
    site.page(URL, FIRST, post_id=7)
    site.page(URL + "print/", content(text="أقلّ منه."), post_id=7, canonical=named)
    view = site.page(URL + "print/", content(text="أقلّ منه."), crawl=2, post_id=7, canonical=named)
    [version] = only(site, tmp_path).versions
    assert (version.text, version.url, version.last_seen) == ("نصّ كما نُشر.", URL, view.captured_at)


def test_an_address_that_is_new_is_where_it_stands_now_though_the_old_one_was_not_asked_for(
    site: Site, tmp_path: Path
) -> None:
    site.page(URL, FIRST, post_id=7)
    site.page(HOME + "new/", SECOND, crawl=2, post_id=7)
    first, second = only(site, tmp_path).versions
    assert (second.text, second.url, first.url) == ("نصّ كما عُدّل.", HOME + "new/", HOME + "new/")


def test_documents_are_joined_with_their_captures(site: Site, tmp_path: Path) -> None:
    report = HOME + "uploads/report.pdf"
    says = content(documents=(pdf(report, "Download PDF"), pdf(HOME + "lost.pdf")))
    site.page(URL, says)
    site.redirect(report, HOME + "uploads/final.pdf")
    held = site.document(HOME + "uploads/final.pdf", b"%PDF-1.7 one")
    site.document(HOME + "lost.pdf", b"%PDF-1.7 cut", truncated=Truncation.LENGTH)
    found, lost = latest(site, tmp_path).documents
    assert (found.url, found.title, found.media_type) == (report, "Download PDF", "application/pdf")
    assert (found.size, found.sha256) == (12, sha256(b"%PDF-1.7 one"))
    assert (found.warc, found.offset) == (held.location.warc, held.location.offset)
    assert (lost.title, lost.size, lost.sha256, lost.warc) == (None, None, None, None)


def test_each_version_has_the_document_of_its_time(site: Site, tmp_path: Path) -> None:
    report = HOME + "uploads/report.pdf"
    for crawl, (text, body) in enumerate((("one", b"old"), ("two", b"new")), start=1):
        site.page(URL, content(text=text, documents=(pdf(report),)), crawl)
        site.document(report, body, crawl)
    assert [version.documents[0].sha256 for version in only(site, tmp_path).versions] == [
        sha256(b"old"),
        sha256(b"new"),
    ]
