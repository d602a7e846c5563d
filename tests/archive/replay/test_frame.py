"""The banner over a replayed page: its moment, the captures before and after, all of them; in both languages."""

import re
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import quote, unquote, urlsplit

import pytest

from archive.pack.wacz import pack
from archive.replay.server import Wayback
from archive.store.collection import Collection
from tests.archive.audit import samples
from tests.archive.pack import making
from tests.archive.pack.making import OLD, PICTURE, REPORT, STORY

FIRST, SECOND = "20261101121000", "20261102121000"  # the story's captures; the second is a revisit


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return making.collection(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def wayback(collection: Collection) -> Iterator[Wayback]:
    with Wayback(collection) as running:
        yield running


def get(address: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """An answer, as a browser that sends these headers gets it (`_` stands for `-`)."""
    parts = urlsplit(address)
    connection = HTTPConnection("127.0.0.1", parts.port or 80, timeout=120)
    try:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", address.partition(parts.netloc)[2] or "/", headers=given)
        answer = connection.getresponse()
        body = answer.read().decode("utf-8", errors="replace")
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body
    finally:
        connection.close()


def links(body: str, rel: str) -> list[str]:
    return re.findall(rf'<a rel="{rel}" href="([^"]+)"', body)


def test_from_any_moment_to_the_next(wayback: Wayback) -> None:
    status, headers, body = get(wayback.page(STORY, FIRST))
    assert status == 200
    assert "2026-11-01 12:10:00 UTC" in body
    assert f'src="/sample/{FIRST}mp_/{STORY}"' in body
    assert links(body, "prev") == []
    assert links(body, "next") == [f"/sample/{SECOND}/{STORY}"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    _, _, newest = get(wayback.page(STORY))
    assert links(newest, "prev") == [f"/sample/{FIRST}/{STORY}"]
    assert "2026-11-02 12:10:00 UTC" in newest
    assert "same as before" in newest  # a revisit
    assert "Captures: 2" in newest


def test_an_address_between_two_captures_leads_to_the_nearest(wayback: Wayback) -> None:
    for asked, at in (("2026", FIRST), ("20261101", FIRST), ("20261102110000", SECOND), ("20300101", SECOND)):
        status, headers, _ = get(wayback.page(STORY, asked))
        assert (status, headers["location"]) == (302, f"/sample/{at}/{STORY}")


def test_the_list_of_all_captures_is_a_page(wayback: Wayback) -> None:
    status, _, body = get(wayback.page(STORY, "*"))
    assert status == 200
    assert all(f'href="/sample/{at}/{STORY}"' in body for at in (FIRST, SECOND))
    assert "<iframe" not in body


@pytest.mark.parametrize("spelling", [STORY, unquote(STORY), STORY.lower(), STORY.replace("https:", "http:")])
def test_an_arabic_address_is_one_in_every_spelling(wayback: Wayback, spelling: str) -> None:
    status, _, body = get(wayback.page(quote(spelling, safe="%:/"), FIRST))
    assert status == 200
    assert "قضية-الميناء" in body
    assert links(body, "next")


def test_what_would_turn_an_address_around_is_not_decoded(wayback: Wayback) -> None:
    _, _, body = get(wayback.page(f"{samples.HOME}/%E2%80%AEgnp.exe%20%3Cb%3E/"))
    assert "%E2%80%AEgnp.exe%20%3Cb%3E" in body


@pytest.mark.parametrize(
    ("languages", "language", "word"),
    [
        ("ar,en;q=0.5", "ar", "نسخة محفوظة"),
        ("en-GB,ar;q=0.9", "en", "Archived"),
        ("fr, ar;q=0.3, en;q=0.2", "ar", "النسخ"),
        ("", "en", "Archived"),
        ("x;q=y,,", "en", "Archived"),
    ],
)
def test_the_banner_speaks_the_readers_language(wayback: Wayback, languages: str, language: str, word: str) -> None:
    _, _, body = get(wayback.page(STORY), accept_language=languages)
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in body
    assert word in body


def test_pdfs_and_pictures_stand_below_the_banner_too(wayback: Wayback) -> None:
    for url in (REPORT, PICTURE):
        status, _, body = get(wayback.page(url))
        assert status == 200
        assert f"mp_/{url}" in body
        assert "2026-11-02" in body


def test_a_redirect_takes_the_banner_with_it(wayback: Wayback) -> None:
    status, _, body = get(wayback.content(OLD, "20261101121100"), sec_fetch_dest="iframe", sec_fetch_site="same-origin")
    assert status == 200
    assert f'data-to="/sample/20261101121100/{STORY}"' in body
    status, headers, _ = get(wayback.content(OLD, "20261101121100"))  # a program gets the redirect itself
    assert (status, headers["location"].endswith(f"mp_/{STORY}")) == (301, True)


def test_a_link_takes_the_banner_with_it(wayback: Wayback) -> None:
    """A page in its sandbox is a stranger to its own server; the frame that first shows it is not."""
    for site, handed_on in (("cross-site", True), ("same-origin", False)):
        _, headers, body = get(wayback.content(STORY, FIRST), sec_fetch_dest="iframe", sec_fetch_site=site)
        assert (f'data-to="/sample/{FIRST}/{STORY}"' in body) == handed_on
        assert ("sandbox" in headers["content-security-policy"]) != handed_on
    for place in ("image", "style", "empty"):
        assert get(wayback.content(STORY), sec_fetch_dest=place, sec_fetch_site="cross-site")[0] == 200


def test_an_archived_page_alone_is_led_below_its_banner(wayback: Wayback) -> None:
    status, headers, _ = get(wayback.content(STORY, FIRST), sec_fetch_dest="document", sec_fetch_site="none")
    assert (status, headers["location"]) == (302, f"/sample/{FIRST}/{STORY}")


@pytest.mark.parametrize("headers", [{"service_worker": "script"}, {"sec_fetch_dest": "serviceworker"}])
def test_no_service_worker_is_handed_out(wayback: Wayback, headers: dict[str, str]) -> None:
    assert get(wayback.content(samples.STYLE), **headers)[0] == 403


@pytest.mark.parametrize("host", ["rebound.example", "127.0.0.1.rebound.example:8080", "localhost.rebound.example"])
def test_another_name_for_this_machine_is_not_answered(wayback: Wayback, host: str) -> None:
    for address in (wayback.base, wayback.page(STORY), wayback.content(STORY), f"{wayback.base}cdx?url={STORY}"):
        assert get(address, host=host)[0] == 421


def test_what_is_not_there_is_told(wayback: Wayback) -> None:
    status, _, body = get(wayback.page(f"https://nowhere.example/{quote('صفحة')}"))
    assert status == 404
    assert "The archive has no capture of this address." in body
    status, headers, _ = get(f"{wayback.base}?url={quote('institute.example/خبر')}")
    assert (status, headers["location"]) == (302, f"/sample/institute.example/{quote('خبر')}")
    assert get(wayback.base)[0] == 200
    assert get(wayback.base.replace("/sample/", "/"))[1]["location"] == "/sample/"


def test_hints_of_the_archived_answer_are_left_out(wayback: Wayback) -> None:
    _, headers, _ = get(wayback.content(STORY))
    assert not {"link", "refresh", "set-cookie", "reporting-endpoints"} & headers.keys()
    assert headers["connection-allowlist"] == "(response-origin)"


def test_a_package_has_the_same_banner(collection: Collection) -> None:
    made = pack(collection, collection.path / "whole.wacz", at=samples.BEGAN)
    with Wayback(made.path) as running:
        _, _, body = get(running.page(STORY, FIRST))
    assert links(body, "next") == [f"/whole/{SECOND}/{STORY}"]
