"""A publication that is withheld is in no line of the dataset, and the ledger says who, when and why; the rest of the
collection says what it said, and `verify` finds nothing wrong.
"""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from archive.audit.finding import Finding
from archive.audit.verify import Audit
from archive.dataset import withholding
from archive.dataset.derive import derive, stored_profile
from archive.dataset.worker import Workers
from archive.errors import CollectionError
from archive.proof import attest
from archive.proof.key import Key
from archive.store import access, cdxj
from archive.store.collection import Collection
from archive.store.withheld import Withheld
from archive.store.writer import Writer
from tests.archive.audit.samples import BEGAN, HOME, exchange, response
from tests.archive.pack import making
from tests.archive.pack.making import OLD, PICTURE, REPORT, RULING, STORY, TITLE

AT = datetime(2026, 11, 22, 20, 0, 0, tzinfo=UTC)
REASON = "طلب الكاتب: حماية المصادر"
FEED, POSTS = f"{HOME}/feed/", f"{HOME}/wp-json/wp/v2/posts"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """With a feed and a REST answer that repeat the story, and a feed that does not."""
    made = making.collection(tmp_path_factory.mktemp("home"))
    item = f"<rss><channel><item><link>{STORY.lower()}?utm_source=x</link></item></channel></rss>".encode()
    other = f"<rss><channel><item><link>{RULING}</link></item></channel></rss>".encode()
    posts = json.dumps([{"link": STORY, "content": {"rendered": "قالت المحكمة"}}]).replace("/", "\\/").encode()
    began = BEGAN + timedelta(days=3)
    with made.lock():
        writer = Writer(made, "20261104120000", "policy-archive test", {}, clock=lambda: began)
        writer.write(
            [
                exchange(FEED, response(item, "Content-Type: application/rss+xml; charset=utf-8"), 60),
                exchange(f"{HOME}/en/feed/", response(other, "Content-Type: application/rss+xml"), 61),
                exchange(POSTS, response(posts, "Content-Type: application/json; charset=utf-8"), 62),
            ]
        )
        writer.close_crawl({"found": 3})
    return made


@pytest.fixture(scope="module")
def workers(original: Collection) -> Iterator[Workers]:
    """For all copies: they hold the same records."""
    with Workers(original.path, stored_profile(original), 1) as pool:
        yield pool


@pytest.fixture
def collection(original: Collection, tmp_path: Path) -> Collection:
    shutil.copytree(original.path, tmp_path / "sample")
    return Collection.open(tmp_path / "sample")


def dataset(made: Collection) -> dict[str, list[str]]:
    return {
        path.name: path.read_text(encoding="utf-8").splitlines() for path in sorted(made.dataset_dir.glob("*.jsonl"))
    }


def found(made: Collection) -> list[Finding]:
    return list(Audit(made, processes=1).findings())


def bytes_of(made: Collection) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in made.archive_dir.iterdir()}


def test_its_lines_are_gone_and_all_others_are_as_they_were(collection: Collection, workers: Workers) -> None:
    before, stored = dataset(collection), bytes_of(collection)
    ident = making.ident(collection, TITLE)
    made = withholding.withhold(collection, ident, REASON, "Nour", at=AT, workers=workers)
    assert (made.id, made.reason, made.by, made.until, made.at) == (ident, REASON, "Nour", None, AT.isoformat())
    assert {STORY, OLD} <= set(made.addresses)
    assert made.files == (PICTURE,)
    after = dataset(collection)
    assert after == {name: [line for line in lines if TITLE not in line] for name, lines in before.items()}
    assert sum(map(len, after.values())) < sum(map(len, before.values()))
    assert bytes_of(collection) == stored


def test_verify_knows_that_it_is_left_out_rightly(collection: Collection, workers: Workers) -> None:
    withholding.withhold(collection, making.ident(collection, TITLE), REASON, "Nour", at=AT, workers=workers)
    assert found(collection) == []
    with pytest.raises(CollectionError, match="is withheld since 2026-11-22"):
        list(Audit(collection, Withheld.of(collection).withholdings[0].id, processes=1).findings())


def test_verify_names_who_puts_it_back_or_shows_it(collection: Collection, workers: Workers) -> None:
    before = (collection.dataset_dir / "publications.jsonl").read_bytes()
    withholding.withhold(collection, making.ident(collection, TITLE), REASON, "Nour", at=AT, workers=workers)
    (collection.dataset_dir / "publications.jsonl").write_bytes(before)
    collection.access_rules.unlink()
    rules = {finding.rule for finding in found(collection)}
    assert {"dataset-hash", "dataset-extra", "access-rules"} <= rules


def test_a_line_that_is_taken_out_of_the_ledger_breaks_its_chain(
    collection: Collection, workers: Workers, tmp_path: Path
) -> None:
    withholding.withhold(collection, making.ident(collection, TITLE), REASON, "Nour", at=AT, workers=workers)
    attest.sign(collection, Key.new(tmp_path / "archivist.key"), AT)
    assert found(collection) == []
    lines = collection.ledger.path.read_bytes().splitlines(keepends=True)
    collection.ledger.path.write_bytes(b"".join(line for line in lines if b'"withheld"' not in line))
    assert "ledger-chain" in {finding.rule for finding in found(collection)}


@pytest.mark.parametrize("spelling", [STORY, STORY.lower().replace("https:", "http:"), OLD, f"{STORY}#top"])
def test_any_of_its_addresses_names_it(collection: Collection, workers: Workers, spelling: str) -> None:
    ident = making.ident(collection, TITLE)
    assert withholding.withhold(collection, spelling, REASON, "Nour", at=AT, workers=workers).id == ident
    withheld = Withheld.of(collection)
    assert withheld.publication(ident)
    assert all(withheld.address(url) for url in (STORY, STORY.lower(), OLD, PICTURE))
    assert withheld.address(RULING) is None
    assert withholding.lift(collection, spelling, "agreed", "Nour", AT, workers).id == ident


def test_what_it_takes_with_it_may_not_be_shown(collection: Collection, workers: Workers) -> None:
    withholding.withhold(collection, making.ident(collection, TITLE), REASON, "Nour", at=AT, workers=workers)
    hidden = access.hidden(collection, AT.date())
    assert hidden.keys() == {cdxj.key(url) for url in (STORY, OLD, PICTURE, REPORT, FEED, POSTS)}
    lines = collection.access_rules.read_bytes().splitlines()
    assert lines == sorted(lines, reverse=True)


def test_a_crash_before_the_derivation_hides_it_all_the_same(collection: Collection, workers: Workers) -> None:
    before = collection.ledger.path.read_bytes()
    withholding.withhold(collection, making.ident(collection, TITLE), REASON, "Nour", at=AT, workers=workers)
    number = len(before.splitlines())
    collection.ledger.path.write_bytes(b"".join(collection.ledger.path.read_bytes().splitlines(True)[: number + 1]))
    collection.access_rules.unlink()
    assert cdxj.key(STORY) in access.hidden(collection, AT.date())
    derive(collection, at=AT, workers=workers)
    assert found(collection) == []


def test_lifting_brings_the_same_bytes_back(collection: Collection, workers: Workers) -> None:
    before, ident = dataset(collection), making.ident(collection, TITLE)
    withholding.withhold(collection, ident, REASON, "Nour", at=AT, workers=workers)
    with pytest.raises(CollectionError, match="withheld since 2026-11-22"):
        withholding.withhold(collection, ident, REASON, "Nour", at=AT, workers=workers)
    withholding.lift(collection, ident, "the author agreed", "Nour", AT + timedelta(days=1), workers)
    assert dataset(collection) == before
    assert not collection.access_rules.exists()
    assert found(collection) == []
    events = [entry["event"] for entry in collection.ledger][-4:]
    assert events == ["withheld", "derived", "lifted", "derived"]
    with pytest.raises(CollectionError, match="not withheld"):
        withholding.lift(collection, ident, "again", "Nour", AT, workers)


def test_until_ends_by_itself_and_verify_says_the_same_on_every_day(collection: Collection, workers: Workers) -> None:
    before = dataset(collection)
    end = date(2026, 12, 24)
    withholding.withhold(collection, STORY, REASON, "Nour", end, AT, workers)
    eve, day = datetime(2026, 12, 23, 23, 59, tzinfo=UTC), datetime(2026, 12, 24, tzinfo=UTC)
    assert derive(collection, at=eve, workers=workers).withheld == 1
    assert cdxj.key(STORY) in access.hidden(collection, eve.date())
    assert access.hidden(collection, day.date()) == {}
    assert found(collection) == []
    assert derive(collection, at=day, workers=workers).withheld == 0
    assert dataset(collection) == before
    assert found(collection) == []
    lifted = [entry for entry in collection.ledger if entry["event"] == "lifted"]
    assert [(one["by"], one["reason"]) for one in lifted] == [("policy-archive", "it was withheld until 2026-12-24")]


def test_a_document_alone_loses_its_text_where_it_is_cited(collection: Collection, workers: Workers) -> None:
    made = withholding.withhold(collection, REPORT, REASON, "Nour", at=AT, workers=workers)
    assert made.id is None
    [story] = [one for one in making.publications(collection) if one["title"] == TITLE]
    [document] = story["documents"]
    assert document["warnings"] == ["document_withheld"]
    assert document["warc"] is document["text"] is document["sha256"] is None
    assert access.hidden(collection, AT.date()).keys() == {cdxj.key(REPORT)}
    assert found(collection) == []


def test_rules_of_others_are_kept(collection: Collection, workers: Workers) -> None:
    own = b'example,institute)/private - {"access": "exclude"}\n'
    collection.access_rules.parent.mkdir()
    collection.access_rules.write_bytes(own)
    withholding.withhold(collection, STORY, REASON, "Nour", at=AT, workers=workers)
    assert own in collection.access_rules.read_bytes()
    assert own in access.on(collection, AT.date())
    withholding.lift(collection, STORY, "agreed", "Nour", AT, workers)
    assert collection.access_rules.read_bytes() == own


@pytest.mark.parametrize(
    ("named", "reason", "until", "told"),
    [
        ("sample:p0", REASON, None, "no publication 'sample:p0'"),
        (f"{HOME}/never/", REASON, None, "nothing was captured at"),
        (STORY, "  ", None, "say why"),
        (STORY, REASON, AT.date(), "no day to come"),
    ],
)
def test_what_is_wrong_is_said(
    collection: Collection, workers: Workers, named: str, reason: str, until: date | None, told: str
) -> None:
    with pytest.raises(CollectionError, match=told):
        withholding.withhold(collection, named, reason, "Nour", until, AT, workers)
    assert not Withheld.of(collection)
