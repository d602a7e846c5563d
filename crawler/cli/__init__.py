"""The command `policy-archive`: the archive's verbs, and those that go out to the web, one module a group."""

from archive import cli as archive_cli
from crawler.cli import alerts, crawl, demo, institute, patch, schedule, trial

__all__ = ["alerts", "crawl", "demo", "institute", "main", "patch", "schedule", "trial"]


def main() -> None:
    """The entry point: errors are one line, never a traceback."""
    archive_cli.run(archive_cli.app)
