"""What a patch asks for: what the last crawls left, by its end, and nothing that leads on to more."""

import json
from pathlib import Path
from typing import Any

import pytest

from archive.institutes.urls import absolute
from archive.store.folder import Folder
from crawler.demo.server import DemoServer
from crawler.demo.truth import truth
from crawler.frontier import Frontier, Role
from crawler.options import USUAL, Asked, From
from crawler.patch import plan, seed, takes_over
from tests.crawler.command import lines, policy_archive, profile

HOME = "https://institute.example"
ARABIC = f"{HOME}/2024/12/05/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/"  # سوريا
SITEMAP = "sitemap:/sitemap.xml"


def line(url: str, end: str, role: str = "page", missing: bool = False) -> dict[str, Any]:
    named = [SITEMAP] if missing else []
    return {"url": url, "end": end, "role": role, "source": "pages", "named": named, "missing": missing}


def crawled(folder: Path, crawl: str, extent: str, *urls: dict[str, Any]) -> Folder:
    place = folder / "crawls" / crawl
    place.mkdir(parents=True)
    (place / "report.json").write_text(json.dumps({"crawl": crawl, "extent": extent}), encoding="utf-8")
    (place / "urls.jsonl").write_text("".join(json.dumps(one) + "\n" for one in urls), encoding="utf-8")
    return Folder(folder)


def asked(folder: Folder, *of: From) -> list[str]:
    return [one.url for one in plan(folder, of or USUAL).asked]


ENDS = {
    "failed": "failed", "robots": "blocked", "botwall": "blocked", "private": "blocked", "queued": "queued",
    "limit": "queued",
}  # fmt: skip


@pytest.mark.parametrize("end", [*ENDS, "archived", "unchanged", "gone", "redirected", "out-of-scope", "trap"])
def test_each_end_is_asked_for_by_one_name(tmp_path: Path, end: str) -> None:
    folder = crawled(tmp_path, "1", "institute", line(ARABIC, end))
    assert [one for one in From if asked(folder, one)] == ([ENDS[end]] if end in ENDS else [])
    assert bool(asked(folder)) == (ENDS.get(end) in ("failed", "queued"))


def test_what_a_source_names_and_is_not_archived_is_asked_for_whatever_its_end(tmp_path: Path) -> None:
    folder = crawled(tmp_path, "1", "institute", line(ARABIC, "gone", missing=True), line(HOME, "archived"))
    assert plan(folder, [From.MISSING]).asked == [Asked(ARABIC, "page", "pages", (SITEMAP,))]


def test_the_newest_word_on_a_url_counts_and_crawls_before_the_last_whole_one_do_not(tmp_path: Path) -> None:
    crawled(tmp_path, "1", "institute", line(f"{HOME}/old/", "failed"))
    crawled(tmp_path, "2", "institute", line(ARABIC, "failed"), line(f"{HOME}/b/", "failed"))
    folder = crawled(tmp_path, "3", "patch", line(ARABIC, "archived"), line(f"{HOME}/c/", "failed", "requisite"))
    assert asked(folder) == [f"{HOME}/b/", f"{HOME}/c/"]


def test_an_address_that_was_found_twice_is_asked_for_once_for_the_sources_that_name_it(tmp_path: Path) -> None:
    again = {**line(ARABIC, "failed"), "missing": True}
    folder = crawled(tmp_path, "1", "institute", line(ARABIC, "failed", missing=True), again)
    assert plan(folder, USUAL).asked == [Asked(ARABIC, "page", "pages", (SITEMAP,))]


def test_sources_and_listings_are_left_to_a_crawl(tmp_path: Path) -> None:
    folder = crawled(tmp_path, "1", "institute", line(ARABIC, "failed", "listing"), line(HOME, "failed", "source"))
    found = plan(folder, USUAL)
    assert found.asked == []
    assert found.left == {"listing": 1, "source": 1}


def test_its_urls_wait_in_their_roles_with_the_sources_that_named_them(tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "frontier.sqlite")
    seed(frontier, [Asked(ARABIC, "document", "pages", (SITEMAP,)), Asked(f"{HOME}/x.png", "requisite", "requisites")])
    frontier.commit()
    assert [(row.url, row.role, named) for row, named in frontier.all()] == [
        (ARABIC, Role.DOCUMENT, (SITEMAP,)),
        (f"{HOME}/x.png", Role.REQUISITE, ()),
    ]


@pytest.mark.parametrize(("role", "may"), [(Role.PAGE, True), (Role.LISTING, False), (Role.SOURCE, False)])
def test_it_takes_the_place_of_a_crawl_that_has_nothing_left_to_find(tmp_path: Path, role: Role, may: bool) -> None:
    frontier = Frontier(tmp_path / "frontier.sqlite")
    frontier.set_fact("crawl", "7")
    seed(frontier, [Asked(ARABIC, role.name.lower(), "pages")])
    assert not takes_over(Folder(tmp_path), frontier)  # its URLs are not written down yet
    assert takes_over(crawled(tmp_path, "7", "institute"), frontier) == may


@pytest.mark.slow
def test_a_page_that_was_missing_is_fetched_and_nothing_else_and_the_archive_is_complete(tmp_path: Path) -> None:
    """A crawl that was cut short leaves its pages queued; here one page is made to be missing in what it wrote."""
    with DemoServer(pages=12) as server:
        told = [truth(server.institute(), server.institute().everything[at]) for at in range(12)]
        wanted = next(str(absolute(one["url"])) for one in told if one["language"] == "ar")
        site = profile(tmp_path, server.url, extends="demo")
        words = ("--collection", "patched", "--allow-private")
        assert policy_archive(tmp_path, "crawl", str(site), *words).returncode == 0
        nothing = policy_archive(tmp_path, "patch", "patched", "--allow-private")
        assert nothing.returncode == 0
        assert "nothing to patch" in nothing.stderr
        _lose(tmp_path / "home/collections/patched", wanted)
        done = policy_archive(tmp_path, "patch", "patched", "--allow-private", "--json")
        assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["extent"] == "patch"
    assert report["completeness"] == {"named": 17, "held": 17, "share": 1.0}
    assert len(report["sources"]) == 5
    folder = tmp_path / "home/collections/patched/crawls" / report["crawl"]
    assert (folder / "report.html").exists()
    found = lines(folder / "urls.jsonl")
    assert [one["url"] for one in found if one["role"] == "page"] == [wanted]
    assert not {"source", "listing"} & {one["role"] for one in found}


def _lose(collection: Path, url: str) -> None:
    """The crawl says of a page that it failed, and is missing; another may have led to it, and its line says so too."""
    (urls,) = collection.glob("crawls/*/urls.jsonl")
    told = [{**one, "end": "failed", "missing": True} if one["url"] == url else one for one in lines(urls)]
    assert any(one["named"] for one in told if one["missing"])
    urls.write_text("".join(json.dumps(one) + "\n" for one in told), encoding="utf-8")
    path = urls.with_name("report.json")
    report = json.loads(path.read_text(encoding="utf-8"))
    report["completeness"] = {"named": 17, "held": 16, "share": 16 / 17}
    path.write_text(json.dumps(report), encoding="utf-8")
