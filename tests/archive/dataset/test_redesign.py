"""A site's redesign: captures of both its layouts derive right from one profile, by rules that hold until a day."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from archive.dataset.derive import PROFILE_URI, derive
from archive.dataset.worker import Workers
from archive.extract.extract import extract
from archive.extract.page import Content
from archive.institutes import registry
from archive.institutes.profile import Profile
from archive.store.capture import Capture
from archive.store.collection import Collection
from archive.store.exchange import Exchange, Location, Resource
from archive.store.writer import Writer
from crawler.demo.institute import Institute, Theme
from crawler.demo.site import Site
from crawler.demo.truth import truth

HOME = "http://127.0.0.1:8765/"
PROFILE = registry.load("demo").model_copy(update={"home": HOME})
BEFORE, AFTER = datetime(2024, 6, 1, 12, tzinfo=UTC), datetime(2026, 6, 1, 12, tzinfo=UTC)
ANALYSIS, ARABIC_ANALYSIS, CASE, WEEKLY, ARABIC_BRIEF = 0, 4, 3, 7, 15
NUMBERS = (ANALYSIS, ARABIC_ANALYSIS, CASE, WEEKLY, ARABIC_BRIEF)


def institute(theme: Theme) -> Institute:
    return Institute(HOME, 60, 1, 0, theme)


def body(theme: Theme, number: int) -> tuple[str, bytes]:
    url = truth(institute(theme), number)["url"]
    answer = Site(institute(theme)).answer(urlsplit(url).path)
    return url, answer.body


def read(theme: Theme, number: int, captured_at: datetime, profile: Profile = PROFILE) -> Content:
    url, html = body(theme, number)
    headers = (("Content-Type", "text/html; charset=UTF-8"),)
    found = extract(Capture(url, captured_at, 200, headers, html, Location("w", 0, 1), "<urn:uuid:1>"), profile)
    assert found.content is not None
    return found.content


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """The demo institute captured twice, with its redesign between."""
    collection = Collection.open(tmp_path_factory.mktemp("redesign") / "demo", create=True)
    themes: tuple[tuple[Theme, datetime], ...] = (("older", BEFORE), ("current", AFTER))
    for theme, at in themes:
        exchanges = []
        for number in NUMBERS:
            url, html = body(theme, number)
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Length: {len(html)}\r\n\r\n"
            exchanges.append(Exchange(url, "GET", at, b"GET / HTTP/1.1\r\n\r\n", head.encode() + html))
        with collection.lock():
            writer = Writer(collection, f"crawl-{theme}", "tests", {}, clock=lambda at=at: at)
            stored = registry.dumps(PROFILE)
            writer.write([Resource(PROFILE_URI + registry.digest(PROFILE), "application/json", stored, at)])
            for one in exchanges:
                writer.write([one])
            writer.seal()
    with Workers(collection.path, PROFILE, 1) as workers:
        derive(collection, workers=workers)
    return collection


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_both_layouts_derive_from_one_profile(collection: Collection) -> None:
    history = lines(collection.dataset_dir / "history.jsonl")
    for number in NUMBERS:
        versions = [line for line in history if line["id"] == f"demo:p{institute('current').outline(number).post_id}"]
        assert versions
        for version in versions:
            theme: Theme = "older" if version["source"]["captured_at"] < "2025" else "current"
            true = truth(institute(theme), number)
            assert [version[key] for key in ("kind", "title", "standfirst", "published", "sections", "tags")] == [
                true[key] for key in ("kind", "title", "standfirst", "published", "sections", "tags")
            ]
            assert [author["name"] for author in version["authors"]] == true["authors"]
            assert [note["text"] for note in version["author_notes"]] == [
                note.replace("[email protected]", "[email\u00a0protected]") for note in true["author_notes"]
            ]
        assert {version["source"]["captured_at"][:4] for version in versions} <= {"2024", "2026"}


def test_a_redesign_alone_makes_no_version(collection: Collection) -> None:
    """What a publication says is the same in both layouts; the weekly brief's section has another name."""
    history = lines(collection.dataset_dir / "history.jsonl")
    counts = dict.fromkeys(NUMBERS, 0)
    for line in history:
        counts[next(n for n in NUMBERS if line["id"] == f"demo:p{institute('current').outline(n).post_id}")] += 1
    assert counts == {ANALYSIS: 1, ARABIC_ANALYSIS: 1, CASE: 1, WEEKLY: 2, ARABIC_BRIEF: 2}


def test_without_their_days_the_rules_are_wrong() -> None:
    """So it is the days that do it: the same class, and the same section's name, meant something else."""
    undated = PROFILE.model_copy(
        update={
            name: tuple(rule.model_copy(update={"until": None}) for rule in getattr(PROFILE, name))
            for name in ("kinds", "fields")
        }
    )
    authors = truth(institute("current"), ANALYSIS)["authors"]
    for number, arabic in ((ANALYSIS, False), (ARABIC_ANALYSIS, True)):
        authors = truth(institute("current"), number)["authors"]
        assert [author.name for author in read("current", number, AFTER).authors] == authors
        assert [author.name for author in read("current", number, AFTER, undated).authors] != authors, arabic
    assert read("current", ARABIC_BRIEF, AFTER).kind == "brief"
    assert read("current", ARABIC_BRIEF, AFTER, undated).kind == "weekly_brief"
    assert read("older", WEEKLY, BEFORE).kind == "weekly_brief"


def test_the_last_day_counts() -> None:
    """`until` is the last day on which a rule holds, by the institute's own clock."""
    on_the_day = datetime(2024, 12, 31, 20, 59, tzinfo=UTC)  # 23:59 in the institute's zone
    a_minute_later = datetime(2024, 12, 31, 21, 0, tzinfo=UTC)
    assert read("older", ARABIC_BRIEF, on_the_day).kind == "brief"
    assert read("older", ARABIC_BRIEF, a_minute_later).kind == "analysis"
