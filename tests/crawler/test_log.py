"""JSON lines: one an event, whatever a site or an institute is called."""

import json
import logging
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from crawler.log import JsonLines, OneLine
from tests.crawler.command import policy_archive, profile


def record(message: str, **extra: object) -> logging.LogRecord:
    made = logging.makeLogRecord({"name": "crawler.test", "levelname": "WARNING", "msg": "%s", "args": (message,)})
    vars(made).update(extra)
    return made


@given(st.text(), st.text())
def test_no_message_begins_a_line(message: str, why: str) -> None:
    line = JsonLines().format(record(message, why=why))
    assert line.isascii()
    assert len(line.splitlines()) == 1
    told = json.loads(line)
    assert (told["message"], told["why"]) == (message, why)
    assert len(OneLine().format(record(message, why=why, entry="معهد")).splitlines()) == 1


def test_stderr_of_a_crawl_is_json_alone(tmp_path: Path) -> None:
    site = profile(tmp_path, "http://127.0.0.1:9/")
    words = ["crawl", str(site), "--allow-private", "--delay", "0", "--log-json", "--metrics", "0"]
    (tmp_path / "urls.txt").write_text("http://127.0.0.1:9/سوريا/\n", encoding="utf-8")
    done = policy_archive(tmp_path, *words, "--urls", "urls.txt")
    assert done.returncode == 5
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert [event["message"] for event in events if event["logger"] == "crawler.telling"] == [
        "crawl begun", "metrics", "crawl ended",
    ]  # fmt: skip
    assert events[-1]["exit_code"] == 5
    wrong = policy_archive(tmp_path, "crawl", "timepp", "--log-json")
    assert wrong.returncode == 2
    assert "timepp" in json.loads(wrong.stderr)["why"]
