"""`--only` limits what is derived, over all crawls of a collection together."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.dataset.scope import kinds
from archive.institutes.profile import Kind
from archive.store.collection import Collection
from archive.store.exchange import Resource
from archive.store.writer import Writer

WHEN = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("crawls", "wanted"),
    [
        ([], None),
        ([[]], None),
        ([["legal_case"]], {Kind.LEGAL_CASE}),
        ([["legal_case"], ["analysis"]], {Kind.LEGAL_CASE, Kind.ANALYSIS}),
        ([["legal_case"], []], None),
    ],
)
def test_the_kinds_of_all_crawls(tmp_path: Path, crawls: list[list[str]], wanted: set[Kind] | None) -> None:
    collection = Collection.open(tmp_path / "cases", create=True)
    with collection.lock():
        writer = Writer(collection, "1", "test", {})
        for number, only in enumerate(crawls):
            body = json.dumps({"options": {"only": only}}).encode()
            writer.write([Resource(f"urn:policy-archive:crawl:{number}:settings", "application/json", body, WHEN)])
        writer.seal()
    assert kinds(collection) == wanted
