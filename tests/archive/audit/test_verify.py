"""Whole collections: a good one has no finding, and each kind of damage is named where it is."""

import json
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from archive.audit.finding import Finding, Level
from archive.audit.verify import Audit, verify
from archive.errors import CollectionError
from archive.store.collection import Collection
from archive.store.exchange import Truncation
from archive.store.writer import Writer
from tests.archive.audit import samples


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return samples.collection(tmp_path)


def found(collection: Collection) -> list[Finding]:
    return list(verify(collection, only_bytes=True))


def warcs(collection: Collection) -> list[Path]:
    return [collection.archive_dir / name for name in collection.sealed_warcs()]


def test_a_good_collection_has_no_finding(collection: Collection) -> None:
    audit = Audit(collection, only_bytes=True)
    assert list(audit.findings()) == []
    assert (audit.checked.files, audit.checked.records, audit.checked.ledger_lines) == (2, 28, 4)
    assert audit.checked.index_lines == 12
    assert audit.head == collection.ledger.head()


def test_warcio_agrees_on_a_good_one(collection: Collection) -> None:
    command = [sys.executable, "-m", "warcio.cli", "check", *map(str, warcs(collection))]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_truncated_and_hostile_responses_are_no_finding(tmp_path: Path) -> None:
    cut = samples.chunked("مقطوع".encode())[:-9]
    hostile = b"HTTP/1.0 200\nX-Odd  :  a\n folded\nno colon\n\xd8\xaa: \xff\n\n" + "متن".encode()
    more = [
        replace(
            samples.exchange(f"{samples.HOME}/cut/", samples.response(cut, "Transfer-Encoding: chunked")),
            truncated=Truncation.DISCONNECT,
            error="connection lost",
        ),
        samples.exchange(f"{samples.HOME}/short/", samples.response("قصير".encode(), "Content-Length: 900")),
        samples.exchange(f"{samples.HOME}/hostile/?q=تقرير", hostile),
        samples.exchange(f"{samples.HOME}/nine/", b"<html>no status line</html>"),
        samples.exchange(f"{samples.HOME}/liar/", samples.response(b"zz\r\nabc", "Transfer-Encoding: chunked")),
        samples.exchange(f"{samples.HOME}/empty/", samples.response(b"", status="204 No Content")),
    ]
    assert found(samples.collection(tmp_path, more=more)) == []


def flipped(collection: Collection) -> None:
    data = bytearray(warcs(collection)[0].read_bytes())
    data[600] ^= 4
    warcs(collection)[0].write_bytes(data)


def cut(collection: Collection) -> None:
    path = warcs(collection)[1]
    path.write_bytes(path.read_bytes()[:-20])


def removed(collection: Collection) -> None:
    warcs(collection)[0].unlink()


def copied(collection: Collection) -> None:
    path = warcs(collection)[0]
    (path.parent / "copy-of-it.warc.gz").write_bytes(path.read_bytes())


def without_a_record(collection: Collection) -> None:
    samples.rewrite(warcs(collection)[1], lambda number, record: None if number == 2 else record)


def with_another_body(collection: Collection) -> None:
    samples.rewrite(warcs(collection)[0], lambda _, record: record.replace("القضاة".encode(), "الولاة".encode(), 1))


def with_another_url(collection: Collection) -> None:
    samples.rewrite(warcs(collection)[0], lambda _, record: record.replace(b"/style.css\r\n", b"/stile.css\r\n"))


def index_line_gone(collection: Collection) -> None:
    path = collection.index.path
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))


def index_line_twice(collection: Collection) -> None:
    path = collection.index.path
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], *lines]))


def index_unsorted(collection: Collection) -> None:
    path = collection.index.path
    path.write_bytes(b"".join(reversed(path.read_bytes().splitlines(keepends=True))))


def index_edited(collection: Collection) -> None:
    path = collection.index.path
    path.write_bytes(path.read_bytes().replace(b'"status": "200"', b'"status": "404"', 1))


def index_to_nowhere(collection: Collection) -> None:
    path = collection.index.path
    path.write_bytes(path.read_bytes().replace(b'"offset": "', b'"offset": "1', 1))


def index_garbage(collection: Collection) -> None:
    path = collection.index.path
    path.write_bytes(path.read_bytes() + b"zz not a line\n")


def ledger_edited(collection: Collection) -> None:
    path = collection.ledger.path
    path.write_bytes(path.read_bytes().replace(b'"found":6', b'"found":7', 1))


def ledger_line_gone(collection: Collection) -> None:
    path = collection.ledger.path
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))


def members_edited(collection: Collection) -> None:
    path = collection.members_of(warcs(collection)[0].name)
    path.write_bytes(path.read_bytes().replace(b'"type": "request"', b'"type": "revisit"', 1))


def members_gone(collection: Collection) -> None:
    collection.members_of(warcs(collection)[0].name).unlink()


@pytest.mark.parametrize(
    ("damage", "rules"),
    [
        (flipped, {"gzip", "file-hash"}),
        (cut, {"gzip", "file-hash"}),
        (removed, {"file-missing", "revisit-unresolved", "index-dangling"}),
        (copied, {"duplicate-record-id", "ledger-missing", "index-missing"}),
        (without_a_record, {"dangling-reference", "file-hash", "members-mismatch"}),
        (with_another_body, {"block-digest", "payload-digest", "revisit-digest", "index-mismatch", "members-mismatch"}),
        (with_another_url, {"revisit-unresolved", "index-mismatch", "members-mismatch"}),
        (index_line_gone, {"index-missing"}),
        (index_line_twice, {"index-duplicate"}),
        (index_unsorted, {"index-order"}),
        (index_edited, {"index-mismatch"}),
        (index_to_nowhere, {"index-dangling", "index-missing"}),
        (index_garbage, {"index-line"}),
        (ledger_edited, {"ledger-chain"}),
        (ledger_line_gone, {"ledger-chain", "ledger-missing"}),
        (members_edited, {"members-hash"}),
        (members_gone, {"members-missing"}),
    ],
)
def test_damage_is_named(collection: Collection, damage: Callable[[Collection], None], rules: set[str]) -> None:
    damage(collection)
    findings = found(collection)
    assert rules <= {finding.rule for finding in findings}
    assert any(finding.level is Level.ERROR for finding in findings)
    assert all(finding.detail and finding.mend and finding.where for finding in findings)


def test_a_flipped_byte_is_named_by_file_and_member(collection: Collection) -> None:
    path = warcs(collection)[0]
    offsets = [offset for offset, _ in samples.members(path)]
    assert offsets[1] < 600 < offsets[2]
    flipped(collection)
    [damage] = [finding for finding in found(collection) if finding.rule == "gzip"]
    assert (damage.where, damage.offset) == (f"archive/{path.name}", offsets[1])


def test_every_flipped_bit_is_found(collection: Collection) -> None:
    """Not gzip's checks alone do it: its header has none, so that the ledger and the list of members must."""
    path = warcs(collection)[0]
    whole = path.read_bytes()
    places = random.Random(11).sample(range(len(whole) * 8), 60)
    for place in places:
        data = bytearray(whole)
        data[place // 8] ^= 1 << place % 8
        path.write_bytes(data)
        audit = Audit(collection, only_bytes=True)
        assert f"archive/{path.name}" in [finding.where for finding in audit.findings()], place
        assert audit.checked.records >= 27, place


def test_what_a_killed_crawl_left_is_a_warning(collection: Collection) -> None:
    with collection.lock():
        writer = Writer(collection, "20261103120000", "policy-archive test", {}, clock=lambda: samples.BEGAN)
        writer.write([samples.exchange(samples.ARABIC + "3/", samples.response("خبر".encode()))])
        findings = found(collection)
        assert [(finding.level, finding.rule) for finding in findings] == [(Level.WARNING, "unsealed")]
        [left] = collection.open_warcs()
        with (collection.archive_dir / f"{left}.open").open("ab") as file:
            file.write(b"\x1f\x8b\x08torn")
    assert [finding.rule for finding in found(collection)] == ["torn-tail", "unsealed"]
    Collection.open(collection.path).recover()
    assert found(collection) == []


def test_a_head_that_was_noted_holds_the_chain(collection: Collection) -> None:
    first = json.loads(collection.ledger.path.read_bytes().splitlines()[1])["previous"]
    assert list(verify(collection, only_bytes=True, head=collection.ledger.head())) == []
    assert list(verify(collection, only_bytes=True, head=f"sha256:{first.upper()}")) == []
    findings = list(verify(collection, only_bytes=True, head="0" * 64))
    assert [finding.rule for finding in findings] == ["ledger-head"]
    with pytest.raises(CollectionError, match="64 hexadecimal digits"):
        Audit(collection, head="abc")


def test_a_rewritten_ledger_is_betrayed_by_the_head(collection: Collection) -> None:
    noted = collection.ledger.head()
    collection.ledger.path.unlink()
    collection.recover()
    assert found(collection) == []
    assert [finding.rule for finding in verify(collection, only_bytes=True, head=noted)] == ["ledger-head"]


def test_an_empty_collection_is_a_warning(tmp_path: Path) -> None:
    empty = Collection.open(tmp_path / "empty", create=True)
    assert [finding.rule for finding in found(empty)] == ["empty"]


def test_a_dataset_that_the_ledger_knows(collection: Collection) -> None:
    (collection.dataset_dir / "publications.jsonl").write_bytes(b"{}\n")
    with collection.lock():
        writer = Writer(collection, "20261103120000", "policy-archive test", {}, clock=lambda: samples.BEGAN)
        writer.close_crawl(
            {"dataset": {"publications.jsonl": "sha256:" + "0" * 64, "history.jsonl": "sha256:" + "0" * 64}}
        )
    rules = [finding.rule for finding in Audit(collection).findings()]
    assert "dataset-hash" in rules
    assert "dataset-missing-file" in rules
