"""Metrics as Prometheus asks for them: units and help, labels with few values, one registry each."""

import json
import urllib.request
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from crawler.errors import CrawlError
from crawler.frontier import End, Found, Frontier, Role
from crawler.metrics.collectors import Collections, serve, write
from crawler.metrics.figures import REASONS, Figures, moment, reason_class

ARABIC = "https://timep.org/2024/12/05/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/"
REPORT: dict[str, Any] = {
    "institute": "معهد", "collection": "timep", "crawl": "20261123030000", "began": "20261123030000",
    "ended": "20261123031000", "exit_code": 0, "bytes": 1_000_000, "publications": {"analysis": 3},
    "warnings": {"no_author": 1}, "by_role": {"page": {"archived": 3, "failed": 2}, "source": {"archived": 1}},
    "sources": [{"stated": 4, "found": 3}], "reasons": {"failed": {"status 503, 3 times": 2}},
    "pace": {"hosts": [{"host": "timep.org", "requests": 6, "min": 1.01}, {"host": "x", "requests": 1, "min": None}]},
}  # fmt: skip


def reported(home: Path, *reports: dict[str, Any]) -> None:
    for number, report in enumerate(reports):
        folder = home / "collections" / "timep" / "crawls" / f"2026112303000{number}"
        folder.mkdir(parents=True)
        (folder / "report.json").write_text(json.dumps({**REPORT, **report}, ensure_ascii=False), encoding="utf-8")


def read(path: Path) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(path.read_text(encoding="utf-8"))
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


WHOSE = (("collection", "timep"), ("institute", "معهد"))


def test_a_file_of_the_last_crawl(tmp_path: Path) -> None:
    reported(tmp_path, {}, {"exit_code": 5, "ended": "20261124031000"})
    path = tmp_path / "metrics" / "timep.prom"
    write(path, Collections(tmp_path, ["timep", "none"]))
    told = read(path)
    assert [one.name for one in path.parent.iterdir()] == ["timep.prom"]
    for name, value in {
        "crawl_exit_code": 5, "crawl_written_bytes_total": 1e6, "crawl_requests_total": 7,
        "crawl_shortest_gap_seconds": 1.01, "crawl_completeness_ratio": 0.75, "crawl_running": 0,
        "crawl_last_success_timestamp_seconds": moment("20261123031000"),
        "crawl_end_timestamp_seconds": moment("20261124031000"),
    }.items():  # fmt: skip
        assert told[f"policy_archive_{name}", WHOSE] == value, name
    assert told["policy_archive_publications", (*WHOSE, ("kind", "analysis"))] == 3
    ends = {key[1]: value for key, value in told.items() if key[0] == "policy_archive_crawl_urls_total"}
    assert sum(ends.values()) == 6
    reason = [value for key, value in told.items() if ("reason", "status 5xx") in key[1]]
    assert reason == [2]


def test_names_and_help(tmp_path: Path) -> None:
    reported(tmp_path, {})
    for family in Collections(tmp_path, ["timep"]).collect():
        assert family.name.startswith("policy_archive_")
        assert family.documentation.endswith(".")
        units = ("_bytes", "_seconds", "_ratio", "_urls", "_responses", "_total", "_code", "_running")
        counted = family.type == "counter" or family.name.endswith(("publications", "_doubts"))
        assert counted or family.name.endswith(units), family.name
    assert not [name for name in REGISTRY._names_to_collectors if name.startswith("policy_archive")]


def crawl(folder: Path) -> Any:
    frontier = Frontier(folder / "frontier.sqlite")
    frontier.add([Found(ARABIC + str(number), str(number), Role.PAGE, "pages") for number in range(4)])
    ends = [(End.ARCHIVED, None), (End.FAILED, f"{ARABIC} the connection was refused")]
    for row, (end, reason) in zip(frontier.claim(2, 0.0), ends, strict=True):
        frontier.finish(row, end, reason, None, [])
    frontier.commit()
    return SimpleNamespace(
        profile=SimpleNamespace(id="معهد"), collection=SimpleNamespace(name="timep"), frontier=frontier, unread_now=3,
        progress=SimpleNamespace(bytes=77, began=0.0, ends=Counter()),
        gaps=SimpleNamespace(lines=lambda: [{"host": "timep.org", "requests": 9, "min": 0.5}]),
    )  # fmt: skip


def test_an_endpoint_while_a_crawl_runs(tmp_path: Path) -> None:
    running = crawl(tmp_path)
    port, stop = serve(0, Collections(tmp_path, ["timep"], lambda: running))
    try:
        text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20).read().decode()
        with pytest.raises(CrawlError, match="another port"):
            serve(port, Collections(tmp_path, []))
    finally:
        stop()
        running.frontier.close()
    for line in (
        'policy_archive_crawl_urls_total{collection="timep",end="queued",institute="معهد",role="page"} 2.0',
        'policy_archive_crawl_unfetched_total{collection="timep",institute="معهد",reason="refused"} 1.0',
        'policy_archive_crawl_requests_total{collection="timep",institute="معهد"} 9.0',
        'policy_archive_crawl_backlog_responses{collection="timep",institute="معهد"} 3.0',
        'policy_archive_crawl_queued_urls{collection="timep",institute="معهد"} 2.0',
        'policy_archive_crawl_running{collection="timep",institute="معهد"} 1.0',
    ):
        assert line in text
    assert "timep.org" not in text  # no URL and no host


@pytest.mark.parametrize(
    ("reason", "wanted"),
    [
        ("status 404", "status 4xx"),
        ("status 503, 3 times", "status 5xx"),
        ("the connection was refused", "refused"),
        ("the host cannot be found: no such name", "dns"),
        ("its TLS certificate is not for this host", "tls"),
        ("TimeoutError: took longer", "timeout"),
        ("the answer was cut off", "cut off"),
        ("forbidden by robots.txt", "robots"),
        ("سبب\nآخر", "other"),
        (None, "other"),
    ],
)
def test_reasons_are_few(reason: str | None, wanted: str) -> None:
    assert reason_class(reason) == wanted
    assert wanted in REASONS


def test_reports_that_lack_everything() -> None:
    figures = Figures.of_report({"by_role": None, "pace": [], "reasons": {"failed": 3}, "began": "soon"})
    assert (figures.queued, figures.requests, figures.seconds) == (0, None, 0.0)
