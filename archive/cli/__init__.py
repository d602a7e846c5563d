"""The archive's verbs, one module a group. crawler/cli adds those that go out to the web, and holds the entry point."""

from archive.cli import (
    browse,
    derive,
    export,
    packages,
    replay,
    report,
    search,
    side,
    standing,
    urls,
    verify,
    versions,
    withhold,
)
from archive.cli.command import ARCHIVIST, AUDITOR, RESEARCHER, app, collection, home, main, run

__all__ = [
    "ARCHIVIST",
    "AUDITOR",
    "RESEARCHER",
    "app",
    "browse",
    "collection",
    "derive",
    "export",
    "home",
    "main",
    "packages",
    "replay",
    "report",
    "run",
    "search",
    "side",
    "standing",
    "urls",
    "verify",
    "versions",
    "withhold",
]
