"""The command `policy-archive`: the archive's verbs, and those that go out to the web, one module a group."""

from archive import cli as archive_cli
from crawler.cli import crawl, demo, patch, trial

__all__ = ["crawl", "demo", "main", "patch", "trial"]


def main() -> None:
    """The entry point: errors are one line, never a traceback."""
    archive_cli.run(archive_cli.app)
