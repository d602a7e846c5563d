"""Alerts arrive, no address of a target gets out, and what goes wrong with them fails no crawl."""

import json
import logging
from pathlib import Path

import pytest

from crawler.alerts import send
from crawler.alerts.rules import Alert, Topic
from crawler.alerts.settings import EXAMPLE, NAME, load, resolved
from crawler.errors import CrawlError
from tests.crawler.alerts.hook import webhook
from tests.crawler.command import policy_archive, profile

ALERT = Alert(Topic.FAILURE, "معهد: the crawl failed", "سبب <b>& more</b>")
SECRET = "s3cr3t-t0ken"


def settings(home: Path, text: str) -> None:
    home.mkdir(exist_ok=True)
    (home / NAME).write_text(text, encoding="utf-8")


def test_an_alert_arrives_as_it_is() -> None:
    with webhook() as (port, came):
        assert send.send([f"json://127.0.0.1:{port}/"], [ALERT]) == []
    assert [(one["title"], one["message"]) for one in came] == [(ALERT.title, ALERT.text)]


def test_a_target_that_does_not_take_it_is_told_without_its_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with webhook(500) as (port, came):
        problems = send.send([f"json://user:{SECRET}@127.0.0.1:{port}/", f"nonsense{SECRET}://x"], [ALERT])
    assert len(came) == 1
    assert problems == [
        "alert target 1 (json) did not take 1 of 1 alerts",
        "alert target 2 is no address that apprise knows",
    ]
    assert SECRET not in caplog.text


def test_targets_come_from_the_environment(tmp_path: Path) -> None:
    settings(tmp_path, EXAMPLE)
    found = load(tmp_path)
    assert found is not None
    assert resolved(found, {"ALERT_MAIL": f"mailto://{SECRET}"})[0] == f"mailto://{SECRET}"
    with pytest.raises(CrawlError, match="ALERT_MAIL is not set"):
        resolved(found, {})


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "targets: is missing"),
        ('target = ["x://y"]', "did you mean 'targets'?"),
        (f'targets = ["{SECRET}"]', "target 1 is no address"),
        (f'targets = "json://{SECRET}"', "targets: must be a list"),
        (f'targets = ["json://{SECRET}/$TOKEN"]', "target 1 has a $"),
        ('targets = ["${X}"]\ntopics = ["failures"]', "did you mean 'failure'?"),
        ('targets = ["${X}"]\nfields_drop = "5"', "fields_drop"),
        ('targets = ["${X}"]\ndisk_gigabytes = -1', "disk_gigabytes"),
    ],
)
def test_a_mistake_is_told_and_no_target_repeated(tmp_path: Path, text: str, wanted: str) -> None:
    settings(tmp_path, text)
    with pytest.raises(CrawlError, match=r"alerts\.toml") as told:
        load(tmp_path)
    assert wanted in str(told.value).replace("\\", "")
    assert SECRET not in str(told.value)


def test_topics_that_nobody_wants_are_not_sent(tmp_path: Path) -> None:
    with webhook() as (port, came):
        settings(tmp_path, f'targets = ["json://127.0.0.1:{port}/"]\ntopics = ["disk"]')
        assert send.tell(tmp_path, ALERT) == []
        assert send.tell(tmp_path, Alert(Topic.DISK, "قرص", "x")) == []
    assert [one["title"] for one in came] == ["قرص"]


def test_a_report_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    for number, text in enumerate(["{", "[]", '{"exit_code": 0}']):
        folder = tmp_path / "collections" / "معهد" / "crawls" / str(number)
        folder.mkdir(parents=True)
        (folder / "report.json").write_text(text)
    assert send.reports(tmp_path, "معهد") == [{}, {"exit_code": 0}]


def test_a_crawl_that_fails_tells_and_its_end_is_its_own(tmp_path: Path) -> None:
    """One target takes it, one is not there: exit code and report are the crawl's."""
    site = profile(tmp_path, "http://127.0.0.1:9/")
    (tmp_path / "urls.txt").write_text("http://127.0.0.1:9/أخبار/\n", encoding="utf-8")
    words = ["--collection", "fails", "--allow-private", "--delay", "0", "--max-minutes", "5", "--urls", "urls.txt"]
    with webhook() as (port, came):
        targets = [f"json://127.0.0.1:{port}/", f"json://{SECRET}@127.0.0.1:9/"]
        settings(tmp_path / "home", f"targets = {json.dumps(targets)}")
        done = policy_archive(tmp_path, "crawl", str(site), *words)
    assert done.returncode == 5, done.stderr
    assert [one["title"] for one in came] == ["fails: the crawl failed"]
    assert "refused" in came[0]["message"]
    assert "alert target 2 (json) did not take" in done.stderr
    assert SECRET not in done.stderr + done.stdout
    logs = [path.read_text(encoding="utf-8") for path in (tmp_path / "home").rglob("log.jsonl")]
    assert not [text for text in logs if SECRET in text]


def test_a_test_message(tmp_path: Path) -> None:
    with webhook() as (port, came):
        settings(tmp_path / "home", f'targets = ["json://127.0.0.1:{port}/"]')
        done = policy_archive(tmp_path, "alerts", "test")
        assert done.returncode == 0, done.stderr
    assert "هذه رسالة اختبار" in came[0]["message"]
    done = policy_archive(tmp_path, "alerts", "test")
    assert done.returncode == 2
    assert "alert target 1 (json)" in done.stderr
