"""Sends alerts. What goes wrong with it is logged and told, and fails no crawl; no address of a target gets out."""

import json
import logging
import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from archive.errors import ArchiveError
from crawler.alerts import rules
from crawler.alerts.rules import Alert, Report, Topic
from crawler.alerts.settings import MISSING, NAME, Alerts, load, resolved
from crawler.errors import CrawlError

logger = logging.getLogger(__name__)

_BEFORE = 20  # reports that are looked through for the last crawl that went through


def after_crawl(home: Path, collection: str) -> list[str]:
    """Tells what the collection's last report is to be told of. What went wrong with telling it."""
    return _safely(lambda: _after_crawl(home, collection))


def tell(home: Path, alert: Alert) -> list[str]:
    """Tells one thing, where somebody wants to be told of it. What went wrong with telling it."""
    return _safely(lambda: _tell(home, [alert]))


def test(home: Path) -> int:
    """Sends every target a message; how many took it. Raises CrawlError where one did not."""
    settings = load(home)
    if settings is None:
        raise CrawlError(f"{home / NAME} is not there: {MISSING}")
    text = "A test of policy-archive: alerts arrive. هذه رسالة اختبار."
    problems = send(resolved(settings), [Alert(Topic.TEST, "policy-archive: test", text)])
    if problems:
        raise CrawlError("; ".join(problems))
    return len(settings.targets)


def reports(home: Path, collection: str) -> list[Report]:
    """The newest reports of a collection, oldest first. One that cannot be read is left out, and logged."""
    found: list[Report] = []
    for path in sorted((home / "collections" / collection / "crawls").glob("*/report.json"))[-_BEFORE:]:
        try:
            report = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            logger.warning("report cannot be read", extra={"path": str(path), "why": str(error)})
        else:
            found.append(report if isinstance(report, dict) else {})
    return found


def send(targets: Sequence[str], alerts: Sequence[Alert]) -> list[str]:
    """Sends each alert to each target (apprise's addresses); one line for each target that did not take all."""
    if not alerts:
        return []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            import apprise
    except ImportError:
        raise CrawlError("alerts need apprise: pip install 'policy-archive[alerts]'") from None
    quiet = logging.getLogger("apprise")  # what it says may hold an address: none of it gets out
    before, quiet.disabled = quiet.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its own, of modules that later Pythons do not have
            problems = [_sent_to(apprise, number, target, alerts) for number, target in enumerate(targets, 1)]
    finally:
        quiet.disabled = before
    return [problem for problem in problems if problem]


def _sent_to(apprise: Any, number: int, target: str, alerts: Sequence[Alert]) -> str | None:
    one = apprise.Apprise()
    if not one.add(target):
        return f"alert target {number} is no address that apprise knows"
    taken = [bool(one.notify(title=alert.title, body=alert.text, body_format="text")) for alert in alerts]
    if all(taken):
        return None
    return f"alert target {number} ({_scheme(target)}) did not take {taken.count(False)} of {len(taken)} alerts"


def _scheme(target: str) -> str:
    scheme = target.partition("://")[0]
    return scheme if scheme.isascii() and scheme.isalnum() else "…"


def _after_crawl(home: Path, collection: str) -> list[str]:
    settings = load(home)
    if settings is None:
        return []
    found = rules.alerts(reports(home, collection), shutil.disk_usage(home).free, settings)
    return _sent(settings, found)


def _tell(home: Path, alerts: Sequence[Alert]) -> list[str]:
    settings = load(home)
    return _sent(settings, alerts) if settings is not None else []


def _sent(settings: Alerts, alerts: Sequence[Alert]) -> list[str]:
    wanted = [alert for alert in alerts if alert.topic in settings.topics]
    for alert in wanted:
        logger.warning("alert", extra={"topic": str(alert.topic), "title": alert.title, "text": alert.text})
    return send(resolved(settings), wanted) if wanted else []


def _safely(work: Any) -> list[str]:
    try:
        problems: list[str] = work()
    except ArchiveError as error:
        problems = [str(error)]
    except Exception as error:  # noqa: BLE001  a service's library may raise anything, and its words may hold an address
        problems = [f"alerts could not be sent ({type(error).__name__})"]
    for problem in problems:
        logger.error("alerts", extra={"why": problem})
    return problems
