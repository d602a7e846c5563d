"""Each way of finding shut: the others still find every publication, and the report says which one failed. Which pages
are asked for.
"""

import html
import itertools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

import pytest

from archive.institutes.urls import absolute
from crawler.demo.server import DemoServer
from crawler.demo.truth import truth
from tests.crawler.command import environment, lines, policy_archive, profile

PAGES = 12
NAMES = {"sitemap": "sitemap:", "feed": "feed:", "wordpress": "wordpress:", "listing": "listing:/archive/"}


def publications(folder: Path, name: str = "union") -> list[dict[str, Any]]:
    return lines(folder / "home" / "collections" / name / "dataset" / "publications.jsonl")


def wanted(server: DemoServer) -> set[str]:
    """The addresses of all that the institute has published."""
    everything = server.institute().everything
    return {spelled(truth(server.institute(), everything[at])) for at in range(len(everything))}


def spelled(told: dict[str, Any]) -> str:
    """A publication's address in the spelling that is fetched."""
    return str(absolute(told["url"]))


# What CI runs of these; the others are in `-m soak`.
SHUT = {("sitemap", "html"), ("feed", "off"), ("wordpress", "403"), ("listing", "html")}


@pytest.mark.parametrize(
    ("route", "fault"),
    [
        pytest.param(route, fault, marks=pytest.mark.slow if (route, fault) in SHUT else pytest.mark.soak)
        for route in ("sitemap", "feed", "wordpress", "listing")
        for fault in ("off", "403", "html")
    ],
)
def test_a_source_that_is_shut_is_reported_and_made_up_for(
    tmp_path: Path, route: str, fault: Literal["off", "403", "html"]
) -> None:
    with DemoServer(pages=PAGES, faults={route: fault}) as server:
        site = profile(tmp_path, server.url, extends="demo")
        done = policy_archive(tmp_path, "crawl", str(site), "--collection", "union", "--allow-private", "--json")
        assert wanted(server) <= {one["url"] for one in publications(tmp_path)}
    report = json.loads(done.stdout)
    states = {source["name"]: source["state"] for source in report["sources"]}
    (shut,) = [state for name, state in states.items() if name.startswith(NAMES[route])]
    assert shut == ("absent" if fault == "off" else "failed")
    assert done.returncode == (0 if fault == "off" else 1), done.stderr
    assert (NAMES[route] in done.stderr) == (fault != "off")
    assert list(states.values()).count("works") == len(states) - 1


ROUTES = tuple(NAMES)
FAULTS = ("off", "403", "html")
PAIRS = [
    {one: fault, other: also}
    for one, other in itertools.combinations(ROUTES, 2)
    for fault, also in itertools.product(FAULTS, FAULTS)
]
ALONE = [{route: fault for route in ROUTES if route != left} for left in ROUTES for fault in FAULTS]
QUICK = [PAIRS[4], PAIRS[47], ALONE[7]]  # of the figure, in CI; `-m soak` has it whole


def named(faults: dict[str, str]) -> str:
    return "-".join(f"{route}={fault}" for route, fault in faults.items())


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(faults, id=named(faults), marks=pytest.mark.slow if faults in QUICK else pytest.mark.soak)
        for faults in (*PAIRS, *ALONE)
    ],
)
def test_as_long_as_one_source_is_whole_all_is_found_and_the_report_says_which_failed(
    tmp_path: Path, faults: dict[str, Any]
) -> None:
    with DemoServer(pages=PAGES, faults=faults) as server:
        site = profile(tmp_path, server.url, extends="demo")
        done = policy_archive(tmp_path, "crawl", str(site), "--collection", "union", "--allow-private", "--json")
        everything = wanted(server)
    report = json.loads(done.stdout)
    assert everything <= {one["url"] for one in publications(tmp_path)}
    assert report["completeness"]["share"] == 1.0
    assert report["completeness"]["held"] >= len(everything)
    states = {name: source["state"] for source in report["sources"] for name in ROUTES if _is(name, source["name"])}
    told = {route: "absent" if fault == "off" else "failed" for route, fault in faults.items()}
    assert states == {route: told.get(route, "works") for route in ROUTES}
    page = next((tmp_path / "home").rglob("report.html")).read_text(encoding="utf-8")
    failed = [source["name"] for source in report["sources"] if source["state"] == "failed"]
    assert all(html.escape(name.partition("&")[0]) in page for name in failed)
    assert (f"{len(failed)} of {len(report['sources'])} sources failed" in page) == bool(failed)


def _is(route: str, source: str) -> bool:
    return source.startswith(NAMES[route])


def test_every_source_is_counted_on_its_own(tmp_path: Path) -> None:
    with DemoServer(pages=PAGES) as server:
        site = profile(tmp_path, server.url, extends="demo")
        done = policy_archive(tmp_path, "crawl", str(site), "--collection", "union", "--allow-private", "--json")
        assert wanted(server) <= {one["url"] for one in publications(tmp_path)}
    assert done.returncode == 0, done.stderr
    found = {source["name"]: source for source in json.loads(done.stdout)["sources"]}
    rest = next(source for name, source in found.items() if name.startswith("wordpress:"))
    assert rest["found"] == rest["stated"] == PAGES
    assert found["feed:/feed/?paged={page}"]["found"] == PAGES
    assert found["listing:/archive/"]["found"] >= PAGES
    assert all(source["state"] == "works" for source in found.values())


def test_given_pages_and_what_they_need_are_all_that_is_fetched(tmp_path: Path) -> None:
    with DemoServer(pages=PAGES) as server:
        everything = server.institute().everything
        told = [truth(server.institute(), everything[at]) for at in range(PAGES)]
        urls = sorted(spelled(one) for one in told if one["language"] == "ar")[:2]
        (tmp_path / "urls.txt").write_text("# قائمة\n" + "\n\n".join(urls) + "\n", encoding="utf-8")
        site = profile(tmp_path, server.url, extends="demo")
        done = policy_archive(
            tmp_path, "crawl", str(site), "--collection", "union", "--allow-private", "--urls", "urls.txt"
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(one["url"] for one in publications(tmp_path)) == urls
    (found,) = (tmp_path / "home").rglob("urls.jsonl")
    roles = [line["role"] for line in lines(found)]
    assert roles.count("page") == 2
    assert "requisite" in roles
    assert not {"source", "listing"} & set(roles)


@pytest.mark.slow
def test_only_one_kind_is_derived_and_scrapys_own_command_does_the_same(tmp_path: Path) -> None:
    with DemoServer(pages=PAGES) as server:
        everything = server.institute().everything
        told = [truth(server.institute(), everything[at]) for at in range(PAGES)]
        cases = sorted(spelled(one) for one in told if one["kind"] == "legal_case")
        assert cases
        site = profile(tmp_path, server.url, extends="demo")
        words = ["--collection", "union", "--allow-private", "--only", "legal_case"]
        done = policy_archive(tmp_path, "crawl", str(site), *words)
        assert done.returncode == 0, done.stdout + done.stderr
        assert sorted(one["url"] for one in publications(tmp_path)) == cases
        arguments = {"institute": site, "home": tmp_path / "home", "collection": "scrapy", "allow_private": "1"}
        command = [sys.executable, "-m", "scrapy", "crawl", "legal_cases"]
        scrapy = subprocess.run(
            [*command, *(word for name, value in arguments.items() for word in ("-a", f"{name}={value}"))],
            cwd=Path(__file__).parents[2], env=environment(), capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert scrapy.returncode == 0, scrapy.stderr
        assert "Traceback" not in scrapy.stderr
    assert sorted(one["url"] for one in publications(tmp_path, "scrapy")) == cases
