"""What `verify --repair` brings back, and that it writes to no WARC."""

import gzip
import hashlib
from pathlib import Path

import pytest

from archive.audit import repair
from archive.audit.reading import Files
from archive.audit.repair import Repair
from archive.audit.source import of_path
from archive.audit.verify import verify
from archive.store.collection import Collection
from tests.archive.audit import samples


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return samples.collection(tmp_path)


def first(collection: Collection) -> Path:
    return collection.archive_dir / collection.sealed_warcs()[0]


def flip(path: Path, place: int, bits: int = 4) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= bits
    path.write_bytes(data)


def rules(collection: Collection) -> set[str]:
    return {finding.rule for finding in verify(collection, only_bytes=True)}


def files(collection: Collection) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in collection.archive_dir.glob("*.warc.gz")}


def test_nothing_is_done_where_nothing_is_wrong(collection: Collection) -> None:
    before = {path: path.read_bytes() for path in collection.path.rglob("*") if path.is_file()}
    assert list(repair.of_collection(collection)) == []
    assert {path: path.read_bytes() for path in collection.path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("place", [1, 3, 9, 600, -1, -6])
def test_a_flipped_bit_is_found_again(collection: Collection, place: int) -> None:
    path = first(collection)
    sealed = path.read_bytes()
    flip(path, place)
    damaged = files(collection)
    done = list(repair.of_collection(collection))
    assert files(collection) == damaged
    assert any("byte for byte what was sealed" in one.did for one in done)
    copy = path.with_name(path.name + ".repaired")
    assert copy.read_bytes() == sealed
    copy.replace(path)
    list(repair.of_collection(collection))
    assert rules(collection) == set()


def test_what_cannot_be_healed_is_saved_without_it(collection: Collection) -> None:
    path = first(collection)
    members = samples.members(path)
    flip(path, members[3][0] + 40, 0x3C)
    done = list(repair.of_collection(collection))
    saved = samples.members(path.with_name(path.name + ".repaired"))
    assert [plain for _, plain in saved] == [plain for number, (_, plain) in enumerate(members) if number != 3]
    assert any(f"holds the {len(members) - 1} records that can be read" in one.did for one in done)
    assert "index-dangling" not in rules(collection)


def test_a_lost_capture_is_named_by_its_url(collection: Collection) -> None:
    path = first(collection)
    lines = [line for line in collection.captures() if line.filename == path.name and line.url == samples.ARABIC]
    flip(path, lines[0].offset + 40, 0x3C)
    done = list(repair.of_collection(collection))
    assert any(samples.ARABIC in one.did and "crawl it again" in one.did for one in done)


def test_an_index_is_made_again_and_the_old_one_kept(collection: Collection) -> None:
    path = collection.index.path
    whole = path.read_bytes()
    path.write_bytes(b"".join(whole.splitlines(keepends=True)[2:]) + "سطر ليس منه\n".encode())
    old = path.read_bytes()
    [done] = repair.of_collection(collection)
    assert done == Repair(
        "indexes/index.cdxj", "made again from the WARCs: 12 lines; the one before is kept in index.cdxj.old"
    )
    assert (path.read_bytes(), path.with_name("index.cdxj.old").read_bytes()) == (whole, old)


def test_a_list_of_members_is_made_again(collection: Collection) -> None:
    path = collection.members_of(first(collection).name)
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    [done] = repair.of_collection(collection)
    assert "it is what the ledger says" in done.did
    assert path.read_bytes() == whole


def test_a_torn_ledger_line_and_a_torn_file_are_cut(collection: Collection) -> None:
    with collection.ledger.path.open("ab") as file:
        file.write(b'{"event": "sea')
    (collection.archive_dir / "sample-20261104000000-00000.warc.gz.open").write_bytes(
        gzip.compress(samples.record("WARC-Type: warcinfo"), mtime=0) + b"\x1f\x8b\x08torn"
    )
    done = [one.where for one in repair.of_collection(collection)]
    assert done[:3] == ["ledger.jsonl", *["archive/sample-20261104000000-00000.warc.gz"] * 2]
    assert rules(collection) == set()


def test_any_file_gets_a_whole_copy_beside_it(tmp_path: Path) -> None:
    records = [samples.record(f"WARC-Type: metadata\nContent-Type: text/plain\nX-N: {n}", b"%d" % n) for n in range(4)]
    path = samples.warc_file(tmp_path / "others.warc.gz", *records)
    offset = samples.members(path)[1][0]
    flip(path, offset + 30)
    path.write_bytes(path.read_bytes()[:-5])
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    [done] = repair.of_files(of_path(path))
    assert "holds the 2 records" in done.did
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    copy = path.with_name("others.warc.gz.repaired")
    assert [plain for _, plain in samples.members(copy)] == [records[0], records[2]]


def test_records_in_one_member_are_parted(tmp_path: Path) -> None:
    records = [
        samples.record(f"WARC-Type: metadata\nContent-Type: text/plain\nX-N: {n}", "نصّ".encode()) for n in range(3)
    ]
    path = tmp_path / "together.warc.gz"
    path.write_bytes(gzip.compress(b"".join(records), mtime=0))
    assert [finding.rule for finding in Files(of_path(path)).findings()] == ["one-record-per-member"]
    [done] = repair.of_files(of_path(path))
    assert "each is a gzip member of its own now" in done.did
    copy = path.with_name("together.warc.gz.repaired")
    assert [plain for _, plain in samples.members(copy)] == records
    copy.rename(path)
    assert list(Files(of_path(path)).findings()) == []
