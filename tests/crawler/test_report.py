"""The end of a crawl in numbers: sums that agree, and the exit code that scripts rely on."""

import json
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from archive.dataset.derive import Summary
from archive.errors import OutOfSpace
from archive.institutes.profile import Profile
from crawler import report
from crawler.census import take
from crawler.discovery.sources import Tally
from crawler.frontier import End, Found, Frontier, Role
from crawler.limits import Limits
from crawler.options import Options
from tests.crawler.command import lines

ARABIC = "https://timep.org/2024/12/05/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/"


def crawl(path: Path, ends: tuple[End | None, ...] = (End.ARCHIVED,), **told: Any) -> Any:
    """What `report` needs of a crawl; `ends` are its pages'."""
    frontier = Frontier(path / "frontier.sqlite")
    frontier.set_fact("crawl", "20261122180000")
    frontier.add([Found(ARABIC + str(number), str(number), Role.PAGE, "pages") for number, _ in enumerate(ends)])
    frontier.add([Found("https://x.example/", "x", Role.PAGE, "pages", End.OUT_OF_SCOPE, "outside")])
    for row, end in zip(frontier.claim(len(ends), 0.0), ends, strict=True):
        if end is not None:
            frontier.finish(row, end, "سبب", "analysis", [])
    frontier.commit()
    base = {
        "frontier": frontier, "stopping": None, "refused": None, "options": Options(), "error": None,
        "refusals": Counter(),
        "sources": Tally(), "profile": SimpleNamespace(id="timep"), "collection": SimpleNamespace(name="timep"),
        "resumed": False,
        "id": "20261122180000", "recorder": SimpleNamespace(bytes=7),
    }  # fmt: skip
    made = {**base, **told}
    limits = Limits(made["options"], Profile())
    limits.reached = "--max-minutes 5" if made["stopping"] == "limit" else None
    return SimpleNamespace(limits=limits, **made)


def test_every_url_is_in_urls_jsonl_and_the_sums_agree(tmp_path: Path) -> None:
    ended = crawl(tmp_path, (End.ARCHIVED, End.UNCHANGED, End.GONE, None))
    outcome = report.outcome(ended, "finished")
    census = take(tmp_path / "urls.jsonl", ended.frontier, report.waiting(outcome))
    written = lines(tmp_path / "urls.jsonl")
    assert census.ends == outcome.urls
    assert {role: dict(ends) for role, ends in census.roles.items()} == outcome.by_role
    assert Counter(line["end"] for line in written) == outcome.urls
    assert len(written) == outcome.found == sum(outcome.urls.values()) == 5
    assert sum(sum(ends.values()) for ends in outcome.by_role.values()) == outcome.found
    assert outcome.urls == {"archived": 1, "gone": 1, "out-of-scope": 1, "queued": 1, "unchanged": 1}
    assert written[0]["url"] == ARABIC + "0"
    assert written[0]["reason"] == "سبب"
    assert not list(tmp_path.glob("*.tmp"))


def test_what_a_limit_left_is_called_so(tmp_path: Path) -> None:
    ended = crawl(tmp_path, (End.ARCHIVED, None, None), stopping="limit", options=Options(max_pages=1))
    outcome = report.outcome(ended, "finished")
    take(tmp_path / "urls.jsonl", ended.frontier, report.waiting(outcome))
    assert outcome.exit_code == report.LIMITED
    assert outcome.why == ("stopped at a limit (--max-minutes 5) with 2 URLs left; run the same command again to go on")
    assert outcome.urls["limit"] == 2
    assert Counter(line["end"] for line in lines(tmp_path / "urls.jsonl")) == outcome.urls


FAILED = Tally()
FAILED.failed("feed:/feed/", "status 403")
ABSENT = Tally()
ABSENT.absent("feed:/feed/")


@pytest.mark.parametrize(
    ("ends", "told", "reason", "code", "why"),
    [
        ((End.ARCHIVED,), {}, "finished", 0, None),
        ((End.UNCHANGED,), {}, "finished", 0, None),
        ((End.ARCHIVED,), {"sources": ABSENT}, "finished", 0, None),
        ((End.ARCHIVED, End.GONE, End.FAILED), {}, "finished", 0, None),  # a dead link is no failure of the crawl
        ((End.ARCHIVED,), {"sources": FAILED}, "finished", 1, "feed:/feed/"),
        ((End.ARCHIVED,), {"error": OSError("قرص")}, "finished", 1, "قرص"),
        ((End.ARCHIVED,), {"error": OutOfSpace("no space: make room")}, "broken", 3, "make room"),
        ((End.ARCHIVED, None), {"stopping": "limit"}, "finished", 4, "1 URL left"),
        ((End.ARCHIVED, None), {}, "shutdown", 130, "same command"),
        ((End.ARCHIVED, None, None), {}, "finished", 1, "2 URLs still queued; run the same command again"),
        ((End.FAILED,), {"refusals": Counter({"refused": 3})}, "finished", 5, "refused"),
        ((End.BOTWALL,), {}, "finished", 5, "challenge"),
        ((End.ROBOTS,), {}, "finished", 5, "urls.jsonl"),
    ],
)
def test_exit_codes(
    tmp_path: Path, ends: tuple[End, ...], told: dict[str, Any], reason: str, code: int, why: str | None
) -> None:
    outcome = report.outcome(crawl(tmp_path, ends, **told), reason)
    assert outcome.exit_code == code
    assert why is None or why in str(outcome.why)
    assert (outcome.why is None) == (code == 0)


def test_a_capture_that_could_not_be_derived_is_told(tmp_path: Path) -> None:
    outcome = report.outcome(crawl(tmp_path), "finished")
    summary = Summary(underived={"a.warc.gz:7": "took longer than 60 s"})
    summary.kinds.update(["analysis", "legal_case"])
    whole = report.complete(outcome, summary, {"publications.jsonl": "0f"})
    assert whole.exit_code == report.INCOMPLETE
    assert "derive timep" in str(whole.why)
    assert whole.underived == ["a.warc.gz:7: took longer than 60 s"]
    report.write(tmp_path / "report.json", whole)
    assert json.loads((tmp_path / "report.json").read_text())["publications"] == {"analysis": 1, "legal_case": 1}
