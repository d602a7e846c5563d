"""All verbs of `policy-archive`: importing this adds those that go out to the web to the archive's `app`."""

from archive.cli import app
from crawler.cli import alerts, crawl, demo, fleet, institute, patch, schedule, trial

__all__ = ["alerts", "app", "crawl", "demo", "fleet", "institute", "patch", "schedule", "trial"]
