"""One flipped bit anywhere in a sealed collection is found: in a WARC, named by file and member, with all other records
still read; in the index, a list of members or the ledger, named by file.
"""

import bisect
import random
from pathlib import Path

import pytest

from archive.audit.finding import Finding
from archive.audit.verify import Audit
from archive.store.collection import Collection
from tests.archive.audit import samples

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return samples.collection(tmp_path_factory.mktemp("home"))


def flip_and_verify(collection: Collection, path: Path, bit: int, head: str) -> tuple[list[Finding], int]:
    """The findings of the collection with that bit flipped, and how many records were read."""
    whole = path.read_bytes()
    data = bytearray(whole)
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)
    try:
        audit = Audit(collection, only_bytes=True, head=head)
        return list(audit.findings()), audit.checked.records
    finally:
        path.write_bytes(whole)


def check_warcs(collection: Collection, flips: int, seed: int) -> None:
    rng = random.Random(seed)
    warcs = [collection.archive_dir / name for name in collection.sealed_warcs()]
    offsets = {path: [offset for offset, _ in samples.members(path)] for path in warcs}
    records = sum(len(found) for found in offsets.values())
    head = collection.ledger.head()
    for _ in range(flips):
        [path] = rng.choices(warcs, [path.stat().st_size for path in warcs])
        bit = rng.randrange(path.stat().st_size * 8)
        found, read = flip_and_verify(collection, path, bit, head)
        member = offsets[path][bisect.bisect(offsets[path], bit // 8) - 1]
        named = {(finding.where, finding.offset) for finding in found}
        assert (f"archive/{path.name}", member) in named, (path.name, bit)
        assert read >= records - 1, (path.name, bit)


def check_the_rest(collection: Collection, flips: int, seed: int) -> None:
    rng = random.Random(seed)
    lists = [collection.members_of(name) for name in collection.sealed_warcs()]
    files = [collection.index.path, collection.ledger.path, *lists]
    head = collection.ledger.head()
    for _ in range(flips):
        path = rng.choice(files)
        bit = rng.randrange(path.stat().st_size * 8)
        found, _ = flip_and_verify(collection, path, bit, head)
        where = {finding.where for finding in found}
        assert str(path.relative_to(collection.path)) in where, (path.name, bit, found)


def test_forty_flipped_bits_are_found(collection: Collection) -> None:
    check_warcs(collection, 40, seed=1)


def test_flipped_bits_beside_the_warcs_are_found(collection: Collection) -> None:
    check_the_rest(collection, 20, seed=2)


@pytest.mark.soak
def test_a_thousand_flipped_bits_are_found(collection: Collection) -> None:
    check_warcs(collection, 1000, seed=3)


@pytest.mark.soak
def test_five_hundred_flipped_bits_beside_the_warcs_are_found(collection: Collection) -> None:
    check_the_rest(collection, 500, seed=4)
