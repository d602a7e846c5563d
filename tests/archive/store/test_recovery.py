"""A crash at every step, a cut at every byte: what was acknowledged is there, and all agrees."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive.store.collection import Collection
from archive.store.exchange import Location
from archive.store.recovery import Recovery
from tests.archive.store.samples import ARABIC_CODED, BEGAN, CHUNKED, EARLY, GZIP, PLAIN, exchange, stored, writer


class Crash(BaseException):
    """The process is gone: nobody catches this."""


@contextmanager
def crash_at(step: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The `step`-th call that changes the disk is the last thing that happens; half of it, where it is a write."""
    steps = [0]
    with monkeypatch.context() as patch:
        for name in ("write", "fsync", "fdatasync", "rename", "replace", "truncate", "unlink"):
            patch.setattr(os, name, _counted(name, getattr(os, name), steps, step))
        yield steps


def _counted(name: str, real: Callable[..., object], steps: list[int], last: int) -> Callable[..., object]:
    def call(*arguments: object, **more: object) -> object:
        steps[0] += 1
        if steps[0] == last and name == "write":
            descriptor, data = arguments
            real(descriptor, bytes(data)[: len(bytes(data)) // 2])  # type: ignore[call-overload]
        if steps[0] >= last:
            raise Crash
        return real(*arguments, **more)

    return call


def crawl(collection: Collection, acknowledged: list[Location]) -> None:
    """Two files, one of them sealed on the way, as a crawl writes them."""
    with collection.lock():
        hand = writer(collection, roll_at=1500)
        for n, response in enumerate((PLAIN, CHUNKED, GZIP, EARLY + PLAIN, PLAIN)):
            acknowledged += hand.write([exchange(f"{ARABIC_CODED}{n}", response, n)])
        hand.close_crawl({})


def as_after_a_restart(collection: Collection) -> Collection:
    """The folder as another process finds it."""
    copy = collection.path.with_name("restarted") / collection.name
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(collection.path, copy)
    return Collection.open(copy)


def check(collection: Collection, acknowledged: list[Location]) -> None:
    """All that holds once a collection is at rest."""
    assert collection.recover(BEGAN) == Recovery()
    assert collection.open_warcs() == []
    assert collection.ledger.sealed() == set(collection.sealed_warcs())
    found = {line.location for line in collection.captures()}
    assert set(acknowledged) <= found
    for location in found:
        assert collection.read(location).url.startswith(ARABIC_CODED)
    for name in collection.sealed_warcs():
        ids = stored(collection.resolve(name))
        known = {record.record_id for record in ids}
        assert all(set(record.ids("WARC-Concurrent-To")) <= known for record in ids)
    before = {"index.cdxj": b""} | {path.name: path.read_bytes() for path in collection.indexes_dir.iterdir()}
    assert not any(name.endswith(".tmp") for name in before)
    collection.rebuild_index()
    assert {path.name: path.read_bytes() for path in collection.indexes_dir.iterdir()} == before


def test_a_crash_at_any_step_loses_nothing_acknowledged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    step = 0
    while True:
        step += 1
        collection = Collection.open(tmp_path / f"{step}" / "demo", create=True)
        acknowledged: list[Location] = []
        with crash_at(step, monkeypatch):
            try:
                crawl(collection, acknowledged)
                break
            except Crash:
                pass
        restarted = as_after_a_restart(collection)
        restarted.recover(BEGAN)
        check(restarted, acknowledged)
    assert step > 60


@pytest.mark.faults
def test_a_crash_in_recovery_is_recovered_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for first in range(1, 90, 4):
        step = 0
        while True:
            step += 1
            collection = Collection.open(tmp_path / f"{first}-{step}" / "demo", create=True)
            acknowledged: list[Location] = []
            with crash_at(first, monkeypatch), pytest.raises(Crash):
                crawl(collection, acknowledged)
            restarted = as_after_a_restart(collection)
            with crash_at(step, monkeypatch):
                try:
                    restarted.recover(BEGAN)
                    break
                except Crash:
                    pass
            again = as_after_a_restart(restarted)
            again.recover(BEGAN)
            check(again, acknowledged)
        check(restarted, acknowledged)


@pytest.fixture(scope="module")
def left_open(tmp_path_factory: pytest.TempPathFactory) -> tuple[Collection, list[Location]]:
    """A collection whose last file a crash left open: three exchanges."""
    collection = Collection.open(tmp_path_factory.mktemp("open") / "demo", create=True)
    with collection.lock():
        hand = writer(collection)
        locations = [hand.write([exchange(f"{ARABIC_CODED}{n}", PLAIN, n)])[0] for n in range(3)]
    return collection, locations


@pytest.mark.faults
def test_a_cut_at_each_byte_of_the_last_record(left_open: tuple[Collection, list[Location]], tmp_path: Path) -> None:
    whole, locations = left_open
    data = whole.resolve(locations[0].warc).read_bytes()
    last = locations[-1].offset
    for size in range(last, len(data), 1):
        folder = tmp_path / "demo"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(whole.path, folder)
        collection = Collection.open(folder)
        os.truncate(collection.resolve(locations[0].warc), size)
        recovery = collection.recover(BEGAN)
        assert {line.location for line in collection.captures()} == set(locations[:-1])
        if size > last:
            (torn,) = recovery.torn
            assert (torn.offset, torn.kept.read_bytes()) == (last, data[last:size])
            assert [line.location for line in torn.lost] == [locations[-1]]
            assert [entry["event"] for entry in collection.ledger] == ["torn", "sealed"]
        assert collection.resolve(locations[0].warc).read_bytes() == data[:last]


def test_a_sealed_file_is_not_touched_again(tmp_path: Path) -> None:
    collection = Collection.open(tmp_path / "demo", create=True)
    crawl(collection, [])
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in collection.archive_dir.iterdir()}
    crawl(collection, [])
    for name, seen in before.items():
        path = collection.archive_dir / name
        assert (path.stat().st_mtime_ns, path.read_bytes()) == seen


def test_a_damaged_file_from_elsewhere_stops_nobody(tmp_path: Path) -> None:
    collection = Collection.open(tmp_path / "demo", create=True)
    crawl(collection, [])
    name = collection.sealed_warcs()[0]
    data = collection.resolve(name).read_bytes()
    (collection.archive_dir / "foreign.warc.gz").write_bytes(data[:-10])
    recovery = collection.recover(BEGAN)
    assert recovery.sealed == ("foreign.warc.gz",)
    assert "cut off" in list(collection.ledger)[-1]["damage"]
    assert (collection.archive_dir / "foreign.warc.gz").read_bytes() == data[:-10]


def flipped(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 0x10
    path.write_bytes(data)


@pytest.mark.faults
def test_what_lies_behind_damage_in_an_open_file_is_kept(left_open: tuple[Collection, list[Location]]) -> None:
    whole, locations = left_open
    folder = whole.path.with_name("damaged") / whole.name
    shutil.copytree(whole.path, folder)
    collection = Collection.open(folder)
    flipped(collection.resolve(locations[0].warc), locations[1].offset + 60)
    recovery = collection.recover(BEGAN)
    assert (len(recovery.sealed), recovery.torn) == (1, ())
    assert {line.location for line in collection.captures()} == {locations[0], locations[2]}
    assert f"offset {locations[1].offset} is broken" in list(collection.ledger)[-1]["damage"]


def test_an_index_is_rebuilt_beyond_damage(tmp_path: Path) -> None:
    collection = Collection.open(tmp_path / "demo", create=True)
    locations: list[Location] = []
    crawl(collection, locations)
    before = {line.location for line in collection.captures()}
    flipped(collection.resolve(locations[0].warc), locations[0].offset + 60)
    collection.rebuild_index()
    assert {line.location for line in collection.captures()} == before - {locations[0]}
