"""The end of a crawl on a screen of 80 columns."""

import io

import pytest
from rich.console import Console

from crawler import summary
from crawler.changes import Changes, Listed
from crawler.report import Outcome

REST = "wordpress:/wp-json/wp/v2/posts?per_page=100"


def outcome(code: int = 0, **changes: object) -> Outcome:
    values: dict[str, object] = {
        "crawl": "20261122195623", "institute": "معهد", "collection": "معهد", "resumed": False,
        "began": "20261122195623", "ended": "20261122195633", "reason": "finished", "exit_code": code,
        "why": None, "found": 772,
        "urls": {"archived": 393, "out-of-scope": 342, "trap": 24, "redirected": 8, "gone": 5}, "by_role": {},
        "sources": [source("feed:/feed/?paged={page}", 60), source(f"{REST}&page={{page}}", 60, 61)],
        "bytes": 3_200_000, "publications": {"analysis": 53, "legal_case": 12}, "languages": {"en": 42, "ar": 23},
    }  # fmt: skip
    return Outcome(**{**values, **changes})  # type: ignore[arg-type]


def source(name: str, found: int = 0, stated: int | None = None, problem: str | None = None) -> dict[str, object]:
    return {
        "name": name,
        "state": "failed" if problem else "worked",
        "found": found,
        "stated": stated,
        "problem": problem,
    }


def shown(what: Outcome) -> list[str]:
    file = io.StringIO()
    summary.show(what, Console(file=file, width=80), 4.2)
    lines = file.getvalue().splitlines()
    assert [line for line in lines if line != line.rstrip() or len(line) > 80] == []
    return lines


def test_a_good_end() -> None:
    assert shown(outcome()) == [
        "معهد · crawl 20261122195623 · complete · 4 s · 3.2 MB written",
        "  772 URLs        393 archived · 342 out-of-scope · 24 trap · 8 redirected",
        "                  5 gone",
        "  65 publications 53 analysis · 12 legal_case",
        "                  42 en · 23 ar",
        "  2 sources       60 from feed:/feed/?paged=N",
        "                  60 from wordpress:/wp-json/wp/v2/posts?per_page=100 (of 61)",
        "Next:  policy-archive report معهد --open",
        "       policy-archive verify معهد",
        "       policy-archive replay معهد",
    ]


def test_sources_that_failed_alike_say_why_once() -> None:
    why = "127.0.0.1 is at 127.0.0.1, which is not a public address; --allow-private lets a crawl go there"
    sources = [source("feed:/feed/", problem=why), source("sitemap:/sitemap.xml", problem=why), source("listing:/", 3)]
    assert shown(outcome(1, sources=sources))[5:10] == [
        "  3 sources       3 from listing:/",
        "                  FAILED feed:/feed/",
        "                  FAILED sitemap:/sitemap.xml",
        "                    127.0.0.1 is at 127.0.0.1, which is not a public address;",
        "                    --allow-private lets a crawl go there",
    ]


@pytest.mark.parametrize(
    ("code", "publications", "told"),
    [
        (4, {"page": 1}, "Next:  the same command again, to go on"),
        (130, {}, "Next:  the same command again, to go on"),
        (5, {}, "Next:  look into collections/معهد/crawls/20261122195623/urls.jsonl"),
    ],
)
def test_what_to_do_next(code: int, publications: dict[str, int], told: str) -> None:
    assert told in "\n".join(shown(outcome(code, publications=publications)))


def test_what_changed_is_told_from_the_second_crawl_on() -> None:
    changes = Changes(before=60, new=Listed(5), missing=Listed(3))
    assert "  since before    5 new · 3 missing" in shown(outcome(changes=changes))
    assert "  since before    nothing has changed" in shown(outcome(changes=Changes(before=65)))
