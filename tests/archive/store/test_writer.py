import errno
import json
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from archive.errors import ArchiveError, OutOfSpace
from archive.store.collection import Collection
from tests.archive.store.samples import GZIP, PLAIN, exchange, sealed, stored, writer


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """No file grows past `size`: the kernel answers EFBIG, in the middle of a write too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_rolls_over_and_is_listed(tmp_path: Path) -> None:
    collection = Collection.open(tmp_path / "demo", create=True)
    with collection.lock():
        hand = writer(collection, roll_at=1000, revisits=False)
        locations = [hand.write([exchange(after=n)])[0] for n in range(3)]
        assert len(collection.open_warcs()) == 1
        hand.close_crawl({"found": 3})
    assert len({location.warc for location in locations}) == 3
    assert collection.sealed_warcs() == [f"demo-20261122180000-{n:05}.warc.gz" for n in range(3)]
    *seals, crawl = collection.ledger
    for entry in seals:
        data = collection.resolve(entry["warc"]).read_bytes()
        assert (entry["size"], entry["sha256"]) == (len(data), sha256(data).hexdigest())
        assert entry["records"] == {"warcinfo": 1, "response": 1, "request": 1}
        assert entry["members"] == sha256(collection.members_of(entry["warc"]).read_bytes()).hexdigest()
    assert (crawl["event"], crawl["crawl"], crawl["report"]) == ("crawl", "crawl-1", {"found": 3})


def test_members_are_listed_with_their_digests(tmp_path: Path) -> None:
    collection, _ = sealed(tmp_path / "demo", exchange(), exchange(response=GZIP, after=1))
    (name,) = collection.sealed_warcs()
    data = collection.resolve(name).read_bytes()
    listed = [json.loads(line) for line in collection.members_of(name).read_bytes().splitlines()]
    assert [entry["type"] for entry in listed] == ["warcinfo", "response", "request", "response", "request"]
    for entry, record in zip(listed, stored(collection.resolve(name)), strict=True):
        part = data[entry["offset"] : entry["offset"] + entry["length"]]
        assert (entry["sha256"], entry["id"]) == (sha256(part).hexdigest(), record.record_id)


def test_a_writer_without_records_leaves_no_file(tmp_path: Path) -> None:
    collection = Collection.open(tmp_path / "demo", create=True)
    with collection.lock():
        hand = writer(collection)
        assert hand.write([]) == []
        hand.seal()
    assert list(collection.archive_dir.iterdir()) == []
    assert list(collection.ledger) == []


@pytest.mark.parametrize("room", range(0, 1800, 60))
def test_a_full_disk_rolls_back_and_goes_on_later(room: int, tmp_path: Path) -> None:
    collection = Collection.open(tmp_path / "demo", create=True)
    batch = [exchange(after=1), exchange(after=2, response=GZIP)]
    with collection.lock():
        hand = writer(collection)
        (kept,) = hand.write([exchange()])
        open_file = collection.resolve(kept.warc)
        before = open_file.read_bytes()
        with files_end_at(len(before) + room):
            try:
                locations = hand.write(batch)
            except OutOfSpace:
                locations = []
        if not locations:
            assert open_file.read_bytes() == before
            locations = hand.write(batch)
        hand.seal()
    assert {line.location for line in collection.captures()} == {kept, *locations}
    assert collection.recover().sealed == ()


@pytest.mark.parametrize("room", [0, 100, 600])
def test_a_disk_that_is_full_from_the_start(room: int, tmp_path: Path) -> None:
    collection = Collection.open(tmp_path / "demo", create=True)
    with collection.lock():
        hand = writer(collection)
        with files_end_at(room), pytest.raises(OutOfSpace):
            hand.write([exchange()])
        (location,) = hand.write([exchange()])
        hand.seal()
    assert [line.location for line in collection.captures()] == [location]


def test_a_disk_that_is_full_at_the_seal(tmp_path: Path) -> None:
    collection, _ = sealed(tmp_path / "demo", *(exchange(after=n) for n in range(5)), revisits=False)
    with collection.lock():
        hand = writer(collection)
        (location,) = hand.write([exchange(after=9)])
        with files_end_at(collection.index.path.stat().st_size + 50), pytest.raises(OutOfSpace):
            hand.seal()
        assert not list(collection.indexes_dir.glob("*.tmp"))
        (later,) = hand.write([exchange(after=10)])
        hand.seal()
    assert {location, later} <= {line.location for line in collection.captures()}
    assert len(collection.ledger.sealed()) == 3


def test_a_broken_disk_gives_up_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collection = Collection.open(tmp_path / "demo", create=True)

    def broken(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with collection.lock():
        hand = writer(collection)
        (kept,) = hand.write([exchange()])
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", broken)
            with pytest.raises(ArchiveError, match="cannot be written"):
                hand.write([exchange(after=1)])
        (other,) = hand.write([exchange(after=1, response=PLAIN)])
        hand.seal()
    assert kept.warc != other.warc
    assert {line.location for line in collection.captures()} == {kept, other}
