"""Addresses in, answers out: routes, traps, faults."""

import gzip
import json
import re
from urllib.parse import unquote

import lxml.etree
import lxml.html
import pytest

from archive.institutes import registry
from crawler.demo.institute import Institute
from crawler.demo.site import ROUTES, Fault, Site

HOME = "http://127.0.0.1:8765/"
SITE = Site(Institute(HOME, 60))
SAMPLE = {
    "robots": "/robots.txt", "sitemap": "/sitemap_index.xml", "feed": "/feed/",
    "wordpress": "/wp-json/wp/v2/posts", "listing": "/category/analysis/", "dates": "/2016/",
}  # fmt: skip


def path(number: int, site: Site = SITE) -> str:
    return site.institute.outline(number).path


def locations(xml: bytes) -> list[str]:
    return [element.text or "" for element in lxml.etree.fromstring(xml).iter("{*}loc")]


def test_sitemaps_name_every_publication_once() -> None:
    index = SITE.answer("/sitemap_index.xml")
    children = [location.removeprefix(HOME[:-1]) for location in locations(index.body)]
    assert sum(child.endswith(".gz") for child in children) == 1
    found: list[str] = []
    for child in children:
        answer = SITE.answer(child)
        body = gzip.decompress(answer.body) if child.endswith(".gz") else answer.body
        found += [location for location in locations(body) if re.search(r"/\d{4}/\d\d/\d\d/", location)]
    assert sorted(found) == sorted(HOME[:-1] + path(n) for n in range(60))


def test_rest_counts_and_pages() -> None:
    answer = SITE.answer("/wp-json/wp/v2/posts?per_page=25&page=3")
    assert (answer.headers["X-WP-Total"], answer.headers["X-WP-TotalPages"]) == ("60", "3")
    posts = json.loads(answer.body)
    assert [post["link"] for post in posts] == [HOME[:-1] + path(n) for n in range(9, -1, -1)]
    past = SITE.answer("/wp-json/wp/v2/posts?per_page=25&page=4")
    assert past.status == 400
    assert json.loads(past.body)["code"] == "rest_post_invalid_page_number"
    assert SITE.answer("/wp-json/wp/v2/posts?per_page=101").status == 400
    few = json.loads(SITE.answer("/wp-json/wp/v2/posts?_fields=id,link&per_page=1").body)
    assert list(few[0]) == ["id", "link"]
    after = SITE.answer("/wp-json/wp/v2/posts?after=2016-12-23T00:00:00&order=asc")
    assert after.headers["X-WP-Total"] == "20"
    assert json.loads(after.body)[0]["link"] == HOME[:-1] + path(40)


def test_feed_goes_back_ten_at_a_time() -> None:
    tree = lxml.etree.fromstring(SITE.answer("/feed/?paged=6").body)
    assert [item.findtext("link") for item in tree.iter("item")] == [HOME[:-1] + path(n) for n in range(9, -1, -1)]
    assert SITE.answer("/feed/?paged=7").status == 404


def test_old_addresses_answer_in_three_ways() -> None:
    for number in range(12):
        about = SITE.institute.outline(number)
        answer = SITE.answer(about.old_path or "")
        assert answer.status == about.old_answer
        if answer.status == 301:
            assert answer.headers["Location"] == HOME[:-1] + about.path
        elif answer.status == 200:
            assert f'<link rel="canonical" href="{HOME[:-1]}{about.path}">'.encode() in answer.body


@pytest.mark.parametrize("number", [4, 3, 0])
def test_a_page_is_found_by_every_spelling(number: int) -> None:
    about = SITE.institute.outline(number)
    assert SITE.answer(about.path).status == 200
    head, _, slug = about.path.rstrip("/").rpartition("/")
    upper = f"{head}/{re.sub('%..', lambda match: match[0].upper(), slug)}/"
    assert SITE.answer(upper).body == SITE.answer(about.path).body
    for other in (f"/?p={about.post_id}", about.path.rstrip("/"), f"/1999/01/01/{about.slug}/"):
        assert SITE.answer(other).headers["Location"] == HOME[:-1] + about.path, other


def test_what_was_taken_down_is_gone_everywhere() -> None:
    site = Site(Institute(HOME, 60, revision=1))
    removed = [n for n in range(60) if not site.institute.is_live(n)]
    for number in removed:
        assert site.answer(path(number)).status == (410 if number % 2 else 404)
        assert site.answer(f"/?p={site.institute.outline(number).post_id}").status == 404
    listed = "".join(site.answer(f"/archive/page/{n}/").body.decode() for n in range(1, 8))
    assert not any(path(number) in listed for number in removed)
    assert json.loads(site.answer("/wp-json/wp/v2/posts").headers["X-WP-Total"]) == len(site.institute.everything)


def test_listings_have_their_traps() -> None:
    cut = lxml.html.fromstring(SITE.answer("/category/analysis/").body)
    assert any(title.endswith("…") for title in cut.xpath("//main//h2//a/text()"))
    bare = lxml.html.fromstring(SITE.answer("/category/briefs/").body)
    assert [a.text_content() for a in bare.xpath("//main//div[@class='grid']//a")] == [""] * 4
    loops = lxml.html.fromstring(SITE.answer("/").body)
    days = loops.xpath("//main//p[@class='loop-item__date']/text()")
    years = [day[-4:] for day in days]
    assert re.fullmatch(r"\d\d/\d\d/\d{4}", days[0])
    assert years != sorted(years, reverse=True)


def test_listings_page_to_their_end() -> None:
    found: list[str] = []
    target: str | None = "/category/case-files/"
    while target:
        tree = lxml.html.fromstring(SITE.answer(target).body)
        found += tree.xpath("//section[contains(@class,'main-loop')]//h3/a/@href")
        following = tree.xpath("//a[contains(@class,'next')]/@href")
        target = following[0].removeprefix(HOME[:-1]) if following else None
    assert found == [HOME[:-1] + path(n) for n in range(59, -1, -1) if SITE.institute.outline(n).kind == "legal_case"]
    assert SITE.answer("/category/case-files/page/99/").status == 404


def test_date_archives() -> None:
    for number in (0, 30, 59):
        day = SITE.institute.outline(number).published
        for target in (f"/{day:%Y/%m/%d}/", f"/{day:%Y/%m}/"):
            assert path(number).encode() in SITE.answer(target).body, target
    assert SITE.answer("/1999/").status == 404
    assert SITE.answer("/2016/13/").status == 404


def test_every_link_and_file_of_a_page_is_answered() -> None:
    for number in (1, 2, 3, 5, 7, 44):
        tree = lxml.html.fromstring(SITE.answer(path(number)).body)
        for url in {*tree.xpath("//@href"), *tree.xpath("//@src")}:
            if url.startswith(HOME) and "/subscribe/" not in url:
                answer = SITE.answer(url.removeprefix(HOME[:-1]).partition("#")[0])
                old = SITE.institute.by_slug(url.rstrip("/").rpartition("/")[2])
                if old is not None and answer.status == 404:
                    assert SITE.institute.outline(old).old_answer == 404
                else:
                    assert answer.status in (200, 301), url


def test_styles_bring_more_with_them() -> None:
    style = SITE.answer("/wp-content/themes/demo/style.css").body.decode()
    assert '@import url("base.css")' in style
    assert "fonts/demo-serif.woff2" in style
    assert SITE.answer("/wp-content/themes/demo/base.css").media_type == "text/css"
    assert SITE.answer("/wp-content/themes/demo/fonts/demo-serif.woff2").body.startswith(b"wOF2")


def test_documents_are_pdf_and_pictures_are_png() -> None:
    for number in (1, 3, 5, 23):
        publication = SITE.institute.publication(number)
        for document in publication.documents:
            answer = SITE.answer(document.path)
            assert answer.media_type == "application/pdf"
            assert answer.body.startswith(b"%PDF-1.7")
        for image in publication.images:
            answer = SITE.answer(f"{image.path}-768x432.png")
            assert answer.body[16:24] == (768).to_bytes(4, "big") + (432).to_bytes(4, "big")


def test_a_calendar_never_ends() -> None:
    body = SITE.answer("/events/month/2031-12/").body
    assert b"/events/month/2032-01/" in body
    assert b"/events/month/2031-11/" in body


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(("fault", "status"), [("off", 404), ("403", 403), ("html", 200)])
def test_every_route_can_be_shut(route: str, fault: Fault, status: int) -> None:
    site = Site(Institute(HOME, 60), {route: fault})
    answer = site.answer(SAMPLE[route])
    assert (answer.status, answer.media_type) == (status, "text/html; charset=UTF-8")
    assert answer.body.startswith(b"<!DOCTYPE html>")
    for other in ROUTES:
        if other != route:
            assert site.answer(SAMPLE[other]).body == SITE.answer(SAMPLE[other]).body
    assert site.answer(path(4)).status == 200


@pytest.mark.parametrize("faults", [{"sitemaps": "off"}, {"feed": "500"}])
def test_a_fault_that_does_not_exist_is_refused(faults: dict[str, Fault]) -> None:
    with pytest.raises(ValueError, match="no fault"):
        Site(Institute(HOME, 60), faults)


def test_the_profile_loads_and_fits_the_site() -> None:
    profile = registry.load("demo")
    assert profile.home == HOME
    assert profile.etiquette.delay == 0
    assert profile.etiquette.contact
    assert set(profile.interviewers) == {"DIRP", "معهد العرض"}
    assert "ملف" in unquote(path(3))
