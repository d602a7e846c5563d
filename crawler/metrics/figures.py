"""The figures of one crawl, read from outside while it runs, or from its report. Every label has few values: no URL,
host or reason of a site's own words is one.
"""

import re
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from crawler.frontier import End, Role

_CLASSES = (
    ("status 4xx", re.compile(r"\bstatus 4\d\d\b")),
    ("status 5xx", re.compile(r"\bstatus 5\d\d\b")),
    ("robots", re.compile(r"robots")),
    ("dns", re.compile(r"host cannot be found|cannot resolve")),
    ("tls", re.compile(r"\btls\b|certificate")),
    ("refused", re.compile(r"refused")),
    ("timeout", re.compile(r"time[d]? ?out|took longer|no progress")),
    ("cut off", re.compile(r"cut off|connection\s?lost|connection\s?done|disconnect|responsefailed")),
    ("bot wall", re.compile(r"challenge|bot wall")),
    ("redirects", re.compile(r"redirect")),
    ("private", re.compile(r"private|not globally reachable|loopback")),
    ("internal", re.compile(r"unforeseen")),
)
REASONS = (*(name for name, _ in _CLASSES), "other")
_TOLD = frozenset({End.FAILED, End.BOTWALL, End.PRIVATE, End.ROBOTS, End.GONE})  # ends whose reasons are counted


def reason_class(reason: object) -> str:
    """One of REASONS, for whatever was said."""
    words = str(reason or "").lower()
    return next((name for name, pattern in _CLASSES if pattern.search(words)), "other")


@dataclass
class Figures:
    """Counts are of one crawl, which may have been resumed."""

    institute: str
    collection: str
    running: bool = False
    urls: Counter[tuple[str, str]] = field(default_factory=Counter)  # by role and end
    reasons: Counter[str] = field(default_factory=Counter)
    requests: int | None = None
    bytes: int = 0
    unread: int = 0
    seconds: float = 0.0
    shortest_gap: float | None = None

    @property
    def queued(self) -> int:
        return sum(count for (_, end), count in self.urls.items() if end in (End.QUEUED, End.LIMIT))

    @classmethod
    def of_crawl(cls, crawl: Any) -> "Figures":
        """Of a crawl that runs in this process. Called in any thread."""
        figures = cls(crawl.profile.id, crawl.collection.name, True)
        for role, end, reason, count in crawl.frontier.tally():
            figures.urls[Role(role).name.lower(), end] += count
            if end in _TOLD:
                figures.reasons[reason_class(reason)] += count
        figures.bytes, figures.unread = crawl.progress.bytes, crawl.unread_now
        figures.seconds = time.monotonic() - crawl.progress.began
        gaps = getattr(crawl, "gaps", None)
        figures._paced(gaps.lines() if gaps is not None else None)
        return figures

    @classmethod
    def of_report(cls, report: Mapping[str, Any]) -> "Figures":
        """Of a crawl that has ended. What the report lacks is not told."""
        figures = cls(str(report.get("institute", "")), str(report.get("collection", "")))
        for role, ends in _table(report, "by_role").items():
            for end, count in ends.items():
                figures.urls[str(role), str(end)] += count
        for end, reasons in _table(report, "reasons").items():
            if end in _TOLD and isinstance(reasons, Mapping):
                for reason, count in reasons.items():
                    figures.reasons[reason_class(reason)] += count
        figures.bytes = int(report.get("bytes") or 0)
        began, ended = moment(report.get("began")), moment(report.get("ended"))
        figures.seconds = max(0.0, ended - began) if began and ended else 0.0
        figures._paced(_table(report, "pace").get("hosts"))
        return figures

    def _paced(self, hosts: Any) -> None:
        """Requests and the shortest gap between two to one host, of what was measured of each host."""
        if isinstance(hosts, list):
            self.requests = sum(int(host.get("requests") or 0) for host in hosts)
            self.shortest_gap = min((host["min"] for host in hosts if host.get("min") is not None), default=None)


def moment(stamp: object) -> float | None:
    """Seconds since 1970 of 14 digits, as crawls are named; None where it is none."""
    if not re.fullmatch(r"[0-9]{14}", str(stamp or "")):
        return None
    try:
        return datetime.strptime(str(stamp), "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _table(report: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = report.get(key)
    return found if isinstance(found, Mapping) else {}
