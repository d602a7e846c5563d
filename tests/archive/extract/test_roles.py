"""What a capture is good for, and what is read of it."""

import gzip

import pytest

from archive.extract.extract import extract, links_only
from archive.extract.page import Role
from archive.institutes.profile import Profile, Urls
from tests.archive.extract.pages import HOME, LONG, LONG_ARABIC, PROFILE, article, capture, page

HTML = (("Content-Type", "text/html"),)


@pytest.mark.parametrize(
    ("status", "headers", "body", "role"),
    [
        (200, HTML, article(f"<p>{LONG_ARABIC}</p>"), Role.PUBLICATION),
        (301, (*HTML, ("Location", "/new/")), "", Role.REDIRECT),
        (302, HTML, "", Role.ERROR),
        (404, HTML, "<p>غير موجود</p>", Role.MISSING),
        (410, HTML, "", Role.MISSING),
        (401, HTML, "", Role.RESTRICTED),
        (500, HTML, "", Role.ERROR),
        (403, HTML, "<title>Just a moment...</title>", Role.BOTWALL),
        (200, HTML, '<script src="/cdn-cgi/challenge-platform/x.js"></script>', Role.BOTWALL),
        (200, (("Content-Type", "application/pdf"),), "%PDF-1.4", Role.DOCUMENT),
        (200, (("Content-Type", "application/octet-stream"),), "%PDF-1.4", Role.DOCUMENT),
        (200, (("Content-Type", "text/css"),), "a{}", Role.RESOURCE),
        (200, (("Content-Type", "image/png"),), "x", Role.RESOURCE),
        (200, (("Content-Type", "application/rss+xml"),), "<rss/>", Role.SOURCE),
        (200, (("Content-Type", "application/json"),), "[]", Role.SOURCE),
        (200, (), "<!doctype html><p>صفحة</p>", Role.PUBLICATION),
    ],
)
def test_role(status: int, headers: tuple[tuple[str, str], ...], body: str, role: Role) -> None:
    assert extract(capture(body, status=status, headers=headers), PROFILE).role is role


def test_an_article_that_speaks_of_challenges_is_no_bot_wall() -> None:
    assert page(article(f"<p>challenges.cloudflare.com</p><p>{LONG * 30}</p>")).role is Role.PUBLICATION


def test_a_password_form_makes_a_page_restricted_and_is_no_text() -> None:
    found = page(
        article(
            '<form class="post-password-form" action="/wp-login.php?action=postpass"><p>كلمة المرور</p></form>',
            title="Members",
        )
    )
    assert found.role is Role.RESTRICTED
    assert found.content is not None
    assert (found.content.title, found.content.blocks) == ("Members", ())


@pytest.mark.parametrize("url", [HOME, f"{HOME}category/عربى/"])
def test_listings_are_followed_and_not_read(url: str) -> None:
    profile = PROFILE.model_copy(update={"urls": Urls(listing=("^/category/",))})
    from archive.institutes.urls import absolute

    found = page("<a href='/x'>س</a>", profile, url=absolute(url))
    assert (found.role, found.content, len(found.links)) == (Role.LISTING, None, 1)


def test_another_hosts_page_is_outside_and_its_links_are_not_followed() -> None:
    found = page("<a href='/x'>x</a><img src='/i.png'>", url="https://video.example/embed")
    assert (found.role, found.links, found.requisites) == (Role.OUTSIDE, (), ("https://video.example/i.png",))


def test_where_a_redirect_leads_is_read_in_any_spelling() -> None:
    location = "/عربى/".encode().decode("latin-1")
    found = extract(capture("", status=301, headers=(*HTML, ("Location", location))), PROFILE)
    assert found.redirect_to == "https://institute.example/%D8%B9%D8%B1%D8%A8%D9%89/"


def test_a_page_that_sends_the_reader_on_is_a_redirect() -> None:
    found = page('<meta http-equiv="refresh" content="0; url=/new/">')
    assert (found.role, found.redirect_to) == (Role.REDIRECT, "https://institute.example/new/")


@pytest.mark.parametrize(
    "markup",
    [
        '<body class="single postid-42">',
        '<link rel="shortlink" href="https://institute.example/?p=42">',
        '<body class="page page-id-42">',
    ],
)
def test_the_posts_number(markup: str) -> None:
    assert page(f"{markup}<p>نص</p>").post_id == 42


def test_the_posts_number_in_the_link_header() -> None:
    link = ("Link", "<https://institute.example/?p=42>; rel=shortlink")
    assert extract(capture("<p>x</p>", headers=(*HTML, link)), PROFILE).post_id == 42


def test_the_canonical_address_is_absolute() -> None:
    assert page('<link rel="canonical" href="/x/">').canonical == "https://institute.example/x/"


def test_a_coded_entity_is_decoded_and_a_damaged_one_is_told() -> None:
    body = gzip.compress(article(f"<p>{LONG_ARABIC}</p>").encode())
    coded = (*HTML, ("Content-Encoding", "gzip"))
    found = extract(capture(body, headers=coded), PROFILE)
    assert found.content is not None
    assert found.content.blocks[0].text == LONG_ARABIC.strip()
    damaged = extract(capture(body[:-20], headers=coded), PROFILE)
    assert damaged.role is Role.PUBLICATION
    assert "undecodable" in damaged.warnings
    assert damaged.content is not None
    assert not damaged.content.blocks
    sitemap = (("Content-Type", "application/xml"), ("Content-Encoding", "gzip"))
    assert extract(capture(body[:-20], headers=sitemap), PROFILE).role is Role.ERROR


def test_links_only_reads_no_content() -> None:
    body = capture(article(f"<p>{LONG}</p><a href='/x'>س</a>"))
    found, whole = links_only(body, PROFILE), extract(body, PROFILE)
    assert (found.content, found.role) == (None, whole.role)
    assert [link.url for link in found.links] == [link.url for link in whole.links]
    assert [link.text for link in found.links] == [None]
    assert found.requisites == whole.requisites


def test_the_same_capture_gives_the_same_page() -> None:
    body = capture(article(f"<p>{LONG}</p><p>{LONG_ARABIC}</p>"))
    plain = Profile(id="plain", home=HOME)
    for profile in (PROFILE, plain):
        assert len({extract(body, profile).model_dump_json() for _ in range(3)}) == 1


def test_a_given_role_overrules_the_address() -> None:
    found = extract(capture(article(f"<p>{LONG_ARABIC}</p>"), url=HOME), PROFILE, Role.PUBLICATION)
    assert found.content is not None
