"""A disk that is full, that breaks, that forgets: nothing that was acknowledged is lost, and the same crawl goes on."""

import errno
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.audit.finding import Finding, Level
from archive.audit.verify import Audit
from archive.errors import ArchiveError
from archive.store import http
from archive.store.collection import Collection
from archive.store.exchange import Exchange, Location
from archive.store.http import split
from tests.archive.store.samples import ARABIC, CHUNKED, EARLY, GZIP, PLAIN, exchange, writer
from tests.faults.disk import Fault, Memory

pytestmark = pytest.mark.faults

EXCHANGES = [
    exchange(f"{ARABIC}{number}/", response, number)
    for number, response in enumerate([PLAIN, GZIP, CHUNKED, EARLY + PLAIN, b""] * 12)
]
ROLL_AT = 5_000  # bytes: several files
Acknowledged = dict[str, Location]


@pytest.fixture
def folder() -> Iterator[Path]:
    """In memory: a real disk's syncs would take minutes."""
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="policy-archive-") as found:
        yield Path(found)


def crawl(collection: Collection, acknowledged: Acknowledged) -> None:
    """Stores what is not acknowledged yet, one exchange at a time, and ends the crawl."""
    with collection.lock():
        collection.recover()
        hand = writer(collection, roll_at=ROLL_AT, revisits=False)
        for one in EXCHANGES:
            if one.url not in acknowledged:
                (acknowledged[one.url],) = hand.write([one])
        hand.close_crawl({"urls": len(EXCHANGES)})


def lost(collection: Collection, acknowledged: Acknowledged) -> list[str]:
    """Addresses whose answer does not lie where it was said to, byte for byte."""
    return [
        one.url for one in EXCHANGES if one.url in acknowledged and not held(collection, one, acknowledged[one.url])
    ]


def held(collection: Collection, one: Exchange, location: Location) -> bool:
    record = collection.record(location)
    if not one.response:
        return record.type == "metadata"
    assert isinstance(one.response, bytes)
    return record.block == one.response[len(split(one.response).interim) :]


def errors(collection: Collection) -> list[Finding]:
    return [finding for finding in Audit(collection, only_bytes=True).findings() if finding.level is Level.ERROR]


def calls(call: str, folder: Path) -> int:
    """How often a crawl without faults makes the call."""
    counted = Fault(call, 0)
    collection = Collection.open(folder / "counted", create=True)
    with counted():
        crawl(collection, {})
    return counted.calls


def broken(folder: Path, fault: Fault) -> None:
    """A crawl that meets the fault, and goes on once it is mended: checks that nothing is lost in between or after."""
    place = folder / f"{fault.call}-{fault.at}"
    collection = Collection.open(place, create=True)
    acknowledged: Acknowledged = {}
    with fault(), pytest.raises((ArchiveError, OSError)) as caught:  # the commands make a line of an OSError
        crawl(collection, acknowledged)
    if isinstance(caught.value, ArchiveError):
        assert ("make room" if fault.error == errno.ENOSPC else "mend the disk") in str(caught.value), fault.at
    again = Collection.open(place)
    with again.lock():
        again.recover()
    assert lost(again, acknowledged) == [], fault.at
    crawl(again, acknowledged)
    assert len(acknowledged) == len(EXCHANGES)
    assert lost(again, acknowledged) == [], fault.at
    assert errors(again) == [], fault.at
    shutil.rmtree(place)


@pytest.mark.parametrize("step", [pytest.param(29, id="quick"), pytest.param(1, id="whole", marks=pytest.mark.soak)])
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("call", ["write", "fdatasync", "fsync", "rename"])
def test_nothing_is_lost_when_a_call_fails(folder: Path, call: str, error: int, step: int) -> None:
    most = calls(call, folder)
    assert most >= (200 if call == "write" else 10)
    for at in range(1, min(most, 200) + 1, step):
        broken(folder, Fault(call, at, error))


def test_nothing_acknowledged_is_lost_when_the_power_is_cut(folder: Path) -> None:
    memory = Memory(folder / "demo")
    with memory.watched():
        collection = Collection.open(folder / "demo", create=True)
        acknowledged: Acknowledged = {}
        with collection.lock():
            hand = writer(collection, roll_at=ROLL_AT, revisits=False)
            for number, one in enumerate(EXCHANGES):
                (acknowledged[one.url],) = hand.write([one])
                left = Collection.open(memory.after_power_loss(folder / f"after-{number}"))
                with left.lock():
                    left.recover()
                assert lost(left, acknowledged) == [], number
                assert errors(left) == [], number
            hand.close_crawl({})
    left = Collection.open(memory.after_power_loss(folder / "after"))
    assert lost(left, acknowledged) == []
    assert errors(left) == []


@pytest.mark.parametrize("step", [pytest.param(37, id="quick"), pytest.param(1, id="whole", marks=pytest.mark.soak)])
def test_a_file_cut_anywhere_in_its_last_exchange_is_whole_up_to_there(folder: Path, step: int) -> None:
    collection = Collection.open(folder / "demo", create=True)
    with collection.lock():
        hand = writer(collection)
        *kept, last = hand.write(EXCHANGES[:3])
        hand.give_up()
    (path,) = collection.archive_dir.iterdir()
    whole = path.stat().st_size
    for size in range(last.offset, whole, step):
        copy = folder / f"cut-{size}"
        shutil.copytree(folder / "demo", copy)
        with (copy / "archive" / path.name).open("r+b") as file:
            file.truncate(size)
        cut = Collection.open(copy)
        with cut.lock():
            recovery = cut.recover()
        assert [torn.offset for torn in recovery.torn] == ([last.offset] if size > last.offset else [])
        assert [http.entity(http.split(cut.record(location).block))[1] for location in kept] == [True, True]
        assert errors(cut) == []
        shutil.rmtree(copy)
