"""Every page over a catalogue of two languages, asked in this process."""

import asyncio
import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from archive.browse import queries
from archive.browse.home import Home
from archive.browse.server import application
from archive.catalogue.build import Catalogue
from tests import shelf

COUNT = 40
ARABIC = "demo:p1216"
HOSTILE = "<script>alert(1)</script> \"quoted\" 'أمر' & <b>bold</b> زلازل"
CRAWL = {
    "collection": "demo", "crawl": "20261101120000", "began": "2026-11-01", "exit_code": 5, "reason": "", "report": {},
    "found": 1, "archived": 0, "unchanged": 0, "failed": 1,
}  # fmt: skip
Get = Callable[[str], Any]


@pytest.fixture(scope="module")
def get(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Get]:
    folder: Path = tmp_path_factory.mktemp("home")
    shelf.fill(folder, COUNT, edited={ARABIC: HOSTILE})
    catalogue = Catalogue(folder)
    catalogue.refresh()
    home = Home(folder)
    datasette = application(home, catalogue.path)
    with asyncio.Runner() as runner:
        yield lambda path: runner.run(datasette.client.get(path))
        datasette.get_database("catalogue").close()
        for database in datasette.databases.values():
            database.close()
    home.close()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search",
        "/search?q=القاهرة",
        "/cases",
        "/cases?language=ar",
        "/authors",
        "/authors?q=ليلى",
        "/links",
        "/crawls",
    ],
)
def test_every_list_is_shown(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 200, answer.text
    assert "<main" in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script" not in answer.text


def test_every_publication_of_both_languages_is_shown_as_it_runs(get: Get) -> None:
    for one in shelf.publications(COUNT):
        answer = get(f"/publication/demo/{quote(one['id'], safe='')}")
        assert answer.status_code == 200, one["id"]
        assert f'dir="{one["direction"]}"' in answer.text
        if one["id"] == ARABIC:
            continue
        text = re.sub(r"<[^>]+>", "", answer.text).replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
        assert one["title"] in text
        for paragraph in one["paragraphs"]:
            assert paragraph.split("\n")[0] in text


def test_a_publication_is_cited_in_every_format(get: Get) -> None:
    for one in shelf.publications(3):
        path = f"/publication/demo/{quote(one['id'], safe='')}"
        shown = get(path).text
        for form, media_type in (
            ("csl", "application/vnd.citationstyles.csl+json"),
            ("bibtex", "application/x-bibtex"),
            ("ris", "application/x-research-info-systems"),
            ("plain", "text/plain"),
        ):
            answer = get(f"{path}/cite.{form}")
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith(media_type)
            assert one["url"] in answer.text
            assert f"/cite.{form}" in shown
        assert get(f"{path}/cite.docx").status_code == 404
        assert get(f"{path}/cite.ris?version=9").status_code == 404
    of_version = get(f"/publication/demo/{quote(ARABIC, safe='')}/cite.ris?version=1").text
    assert f"ID  - {ARABIC}@20261101120000000000" in of_version


def test_what_a_page_says_is_never_markup(get: Get) -> None:
    path = f"/publication/demo/{quote(ARABIC, safe='')}"
    for address in (path, f"{path}/changes", "/search?q=زلازل"):
        shown = get(address).text
        assert "<script" not in shown, address
        assert "<b>bold" not in shown
        assert "&lt;script&gt;" in shown or "alert(1)" in shown


def test_versions_are_compared_side_by_side(get: Get) -> None:
    shown = get(f"/publication/demo/{quote(ARABIC, safe='')}/changes?a=1&b=2").text
    assert "update" in shown
    assert "<ins>" in shown
    assert "<del>" in shown
    older = get(f"/publication/demo/{quote(ARABIC, safe='')}?version=1").text
    assert "This is version 1 of 2" in older


def test_a_search_narrows_by_facets_and_turns_pages(get: Get) -> None:
    every = get("/search").text
    assert f"{COUNT} publications" in every
    arabic = get("/search?language=ar").text
    count = sum(one["language"] == "ar" for one in shelf.publications(COUNT))
    assert f"<h1>{count} publications" in arabic
    assert "remove language: ar" in arabic
    assert get("/search?page=2").status_code == 200
    for page in ("0", "-1", "9999999", "x", "²"):
        assert get(f"/search?page={page}").status_code == 200


def test_cases_are_found_by_party_court_and_status(get: Get) -> None:
    case = next(one for one in shelf.publications(COUNT) if one["case"] and one["language"] == "ar")
    for name, value in (
        ("party", case["case"]["claimants"][0]),
        ("court", case["case"]["court"]),
        ("status", case["case"]["status"]),
    ):
        assert case["title"] in get(f"/cases?{name}={quote(value)}").text.replace("&#39;", "'")


def test_an_author_has_a_page_with_every_spelling(get: Get) -> None:
    from archive.catalogue.fold import fold

    told = next(one for one in shelf.publications(COUNT) if one["authors"] and one["language"] == "ar")
    shown = get(f"/author?name={quote(fold(told['authors'][0]))}").text
    assert told["title"] in shown.replace("&#39;", "'")


@pytest.mark.parametrize(
    "path",
    [
        "/publication/demo/demo:p0",
        "/publication/nowhere/x",
        f"/publication/demo/{quote(ARABIC, safe='')}?version=3",
        "/author?name=nobody",
        "/crawl/demo/1",
        "/replay?collection=demo&url=javascript:alert(1)",
        "/replay?collection=..&url=http://x/",
        f"/publication/demo/{quote(ARABIC, safe='')}/verified",
    ],
)
def test_what_is_not_there_is_one_page_that_says_so(get: Get, path: str, capfd: pytest.CaptureFixture[str]) -> None:
    answer = get(path)
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert "Traceback" not in capfd.readouterr().err


def test_datasettes_tables_json_and_csv_stay(get: Get) -> None:
    assert get("/catalogue/publications").status_code == 200
    told = get("/catalogue/publications.json?_shape=array&_size=3&language=ar&_facet=kind").json()
    assert len(told) == 3
    assert {row["language"] for row in told} == {"ar"}
    assert get("/catalogue/cases.csv").headers["content-type"].startswith("text/plain")
    wrong = get("/catalogue/nothing.json")
    assert wrong.status_code == 404
    assert wrong.json()["ok"] is False


def test_more_than_a_page_of_crawls_and_of_an_author_can_be_reached(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    from archive.catalogue.fold import fold

    told = next(one for one in shelf.publications(COUNT) if one["authors"] and one["language"] == "ar")
    name = fold(told["authors"][0])
    assert "are shown" not in get(f"/author?name={quote(name)}").text
    monkeypatch.setattr(queries, "_WRITTEN", 0)
    shown = get(f"/author?name={quote(name)}").text
    leads = re.search(r'are shown. <a href="([^"]+)">All', shown)
    assert leads
    assert told["title"] in html.unescape(get(html.unescape(leads[1])).text)
    monkeypatch.setattr(queries, "count_crawls", lambda _: 51)
    monkeypatch.setattr(queries, "crawls", lambda *_, **given: [CRAWL | {"why": str(given["offset"])}])
    assert 'rel="next" href="/crawls?page=2"' in get("/crawls").text
    assert ">50<" in get("/crawls?page=2").text
