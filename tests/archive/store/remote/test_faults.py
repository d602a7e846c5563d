"""Uploads through 503s, cuts, lost answers, damage and other writers: nothing in the store is ever overwritten, and
nothing that was acknowledged is absent.
"""

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from archive.dataset.batch import files
from archive.dataset.batch.files import Target
from archive.errors import ArchiveError, CollectionError, Fenced, StoreError, Taken
from archive.store.collection import Collection
from archive.store.remote import address, by_obstore, objects
from tests.archive.store.remote import moto
from tests.archive.store.remote.faults import DAMAGED, FAULTS, LOST_ANSWER, OTHER_FIRST, Proxy, Request
from tests.archive.store.samples import ARABIC, BEGAN, exchange, writer

NAME = "demo"


@pytest.fixture
def proxy(store: str, keys: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """Between this process and the store; nobody waits between two tries."""
    monkeypatch.setattr(objects, "_FIRST", 0.0)
    with Proxy(store) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        yield proxy


def opened(prefix: str, machine: Path) -> Collection:
    """The collection of a home in the store, as a machine has it that works in that folder."""
    home = machine / "home"
    address._point(home, f"s3://{moto.BUCKET}/{prefix}")
    return Collection.named(home / "collections", NAME, create=True)


def crawl(collection: Collection, start: int, count: int = 3) -> None:
    """So many captures, a WARC each, then the line of a crawl with a dataset."""
    with collection.lock():
        collection.recover(BEGAN)
        hand = writer(collection, roll_at=1, revisits=False)
        for number in range(start, start + count):
            hand.write([exchange(f"{ARABIC}{number}/", after=number)])
        hand.seal()
        text = f'{{"id":"{start}","title":"تقرير"}}\n'
        (collection.dataset_dir / "publications.jsonl").write_text(text, encoding="utf-8")
        hand.close_crawl({"found": start + count})


def held(store: str, prefix: str) -> dict[str, bytes]:
    """All objects of the collection, straight from the store."""
    url = f"s3://{moto.BUCKET}/{prefix}/collections/{NAME}"
    there = objects.at(url)
    return {key: there.read(key) for folder in ("archive/", "indexes/", "ledger/", "snapshots/", "dataset/")
            for key in there.names(folder)}  # fmt: skip


def check(prefix: str, proxy: Proxy, found: dict[str, bytes]) -> list[str]:
    """Nothing was overwritten; what the ledger names is there, and was there before its line was."""
    root = f"/{moto.BUCKET}/{prefix}/collections/{NAME}/"
    landed = [path.removeprefix(root) for path, _ in proxy.landed if path.startswith(root)]
    final = [key for key in landed if not key.startswith("incoming/")]
    assert [key for key, count in Counter(final).items() if count > 1] == []
    sealed = []
    for key in sorted(key for key in found if key.startswith("ledger/")):
        entry = json.loads(found[key])
        if entry["event"] != "sealed":
            continue
        name = entry["warc"]
        sealed.append(name)
        assert sha256(found[f"archive/{name}"]).hexdigest() == entry["sha256"]
        assert sha256(found[f"indexes/{name}.members.jsonl"]).hexdigest() == entry["members"]
        indexed = sum(entry["records"].get(kind, 0) for kind in ("response", "revisit", "resource"))
        assert len(found[f"indexes/{name}.cdxj"].splitlines()) == indexed
        before = final[: final.index(key)]
        assert {f"archive/{name}", f"indexes/{name}.members.jsonl", f"indexes/{name}.cdxj"} <= set(before)
    return sealed


def through_faults(seed: int, store: str, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crawl whose every request may go wrong, then one that nothing disturbs."""
    rng = random.Random(seed)
    prefix = f"فحص-{seed}"
    monkeypatch.setattr(by_obstore, "WHOLE", 0 if seed % 3 == 0 else 1 << 26)  # else by parts, and a copy
    often = rng.choice((0.1, 0.3, 0.6))
    machine = tmp_path / f"machine-{seed}"
    proxy.plan = lambda _: rng.choice(FAULTS) if rng.random() < often else None
    told: list[ArchiveError] = []
    for turn in range(2):
        try:
            crawl(opened(prefix, machine), 10 * turn)
        except StoreError as error:
            told.append(error)
    proxy.plan = lambda _: None
    local = machine / "home" / "collections" / NAME / "ledger.jsonl"
    acknowledged = local.read_bytes().splitlines() if local.exists() else []
    found = held(store, prefix)
    check(prefix, proxy, found)
    lines = [found[key] for key in sorted(found) if key.startswith("ledger/")]
    assert lines[: len(acknowledged)] == acknowledged
    crawl(opened(prefix, machine), 20)
    collection = opened(prefix, machine)
    sealed = check(prefix, proxy, held(store, prefix))
    assert sealed == [entry["warc"] for entry in collection.ledger if entry["event"] == "sealed"]
    assert not list(collection.archive_dir.glob("*.warc.gz*"))
    urls = {line.url for line in collection.captures()}
    expected = 3 if len(told) == 2 else 6 if told else 9
    assert len(urls) >= expected  # of a crawl that was broken off, what had been written before
    for line in collection.captures():
        assert collection.read(line.location).status == 200


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(8))
def test_what_is_acknowledged_is_there_and_nothing_is_overwritten(
    seed: int, store: str, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    through_faults(seed, store, proxy, tmp_path, monkeypatch)


@pytest.mark.soak
@pytest.mark.parametrize("first", range(100, 400, 50))
def test_through_three_hundred_sequences_of_faults(
    first: int, store: str, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(first, first + 50):
        through_faults(seed, store, proxy, tmp_path, monkeypatch)
    assert all(proxy.done[fault] > 50 for fault in FAULTS)
    print(f"{sum(proxy.done.values())} faults in {len(proxy.requests)} requests")


def of_warcs(request: Request, method: str = "PUT") -> bool:
    return request.method == method and "/archive/" in request.path.removeprefix(f"/{moto.BUCKET}/")


@pytest.mark.parametrize("fault", [DAMAGED, OTHER_FIRST])
def test_other_bytes_under_the_name_are_told_and_left(fault: str, store: str, proxy: Proxy, tmp_path: Path) -> None:
    prefix = f"أسماء-{FAULTS_BY_NAME[fault]}"
    collection = opened(prefix, tmp_path / "one")
    proxy.plan = lambda request: fault if of_warcs(request) else None
    with pytest.raises(Taken, match=r"SHA-256 there [0-9a-f]{64}, here [0-9a-f]{64}"):
        crawl(collection, 0)
    before = held(store, prefix)
    assert not any(key.startswith("ledger/") for key in before)
    proxy.plan = lambda _: None
    with pytest.raises(Taken):
        crawl(opened(prefix, tmp_path / "one"), 0)
    assert held(store, prefix) == before
    kept = list(collection.archive_dir.glob("*.warc.gz"))
    assert len(kept) == 1
    (key,) = [key for key in before if key.startswith("archive/")]
    assert before[key] != kept[0].read_bytes()


FAULTS_BY_NAME = {DAMAGED: "damaged", OTHER_FIRST: "other"}


def test_the_same_bytes_under_the_name_are_no_error(store: str, proxy: Proxy, tmp_path: Path) -> None:
    """An answer that was lost, or a writer that had died behind it."""
    lost = iter([LOST_ANSWER])
    proxy.plan = lambda request: next(lost, None) if of_warcs(request) else None
    collection = opened("نفسها", tmp_path)
    crawl(collection, 0)
    assert proxy.done[LOST_ANSWER] == 1
    assert len(check("نفسها", proxy, held(store, "نفسها"))) == 3


def test_a_store_that_is_gone_acknowledges_nothing_and_loses_nothing(store: str, proxy: Proxy, tmp_path: Path) -> None:
    collection = opened("غائب", tmp_path)
    proxy.plan = lambda _: FAULTS[0]
    with pytest.raises(StoreError, match=r"in 8 tries .*503.*run the same command again"):
        crawl(collection, 0)
    assert not list(collection.ledger)
    assert len(list(collection.archive_dir.glob("*.warc.gz"))) == 1
    proxy.plan = lambda _: None
    again = opened("غائب", tmp_path)
    with again.lock():
        assert len(again.recover(BEGAN).sealed) == 1
    assert [entry["event"] for entry in again.ledger] == ["sealed"]


def test_of_two_machines_that_write_one_is_stopped(store: str, proxy: Proxy, tmp_path: Path) -> None:
    """Both have opened the collection; the second that writes a line of the ledger hears that it is not its own."""
    one, two = (opened("اثنان", tmp_path / name) for name in ("one", "two"))
    crawl(one, 0)
    before = held(store, "اثنان")
    with pytest.raises(Fenced, match=r"another machine .*ledger is not ours"):
        crawl(two, 50, count=1)
    after = held(store, "اثنان")
    assert {key: data for key, data in after.items() if key in before} == before
    assert not list(two.ledger)
    with pytest.raises(Fenced):  # and it stays so, until it has looked at what the other has done
        crawl(two, 60, count=1)
    assert {key for key in held(store, "اثنان") if key.startswith("ledger/")} == {
        key for key in before if key.startswith("ledger/")
    }
    crawl(opened("اثنان", tmp_path / "two"), 70, count=1)
    third = opened("اثنان", tmp_path / "three")
    numbers = sorted(int(line.url.rstrip("/").rpartition("/")[2]) for line in third.captures())
    assert numbers == [0, 1, 2, 50, 70]
    check("اثنان", proxy, held(store, "اثنان"))


def test_a_bucket_that_is_not_there_is_told_at_once(
    store: str, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moto, "BUCKET", "nothing")
    with pytest.raises(CollectionError, match="is there such a bucket"):
        opened("دلو", tmp_path)
    assert len(proxy.requests) == 1


def test_what_is_derived_into_a_bucket_that_is_not_there_is_told(store: str, proxy: Proxy, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text("{}")
    with pytest.raises(CollectionError, match=r"^s3://nothing: is there such a bucket"):
        Target("s3://nothing/x").put(path)
    with pytest.raises(CollectionError, match=r"^s3://nothing: is there such a bucket"):
        files.below("s3://nothing/x", (".warc.gz",))
    assert len(proxy.requests) == 2


@pytest.mark.parametrize(("url", "names"), [("gs://b/x", "GOOGLE_APPLICATION"), ("az://b/x", "AZURE_STORAGE_ACCOUNT")])
def test_each_store_names_its_own_credentials(url: str, names: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("GOOGLE_", "AZURE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere.json")
    with pytest.raises(CollectionError, match=names):
        objects.at(url).names("x/")


def test_no_credentials_are_told(store: str, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", f"{proxy.url}/169.254.169.254")  # as where there is none
    with pytest.raises(CollectionError, match=r"no credentials in the environment \(AWS_ACCESS_KEY_ID"):
        opened("مفاتيح", tmp_path)


def test_one_that_was_stopped_is_in_nobodys_way(store: str, proxy: Proxy, tmp_path: Path) -> None:
    """Two that have the same beginning: the second, which comes too late, tries to put its dataset there in between."""
    one, two = (opened("بينهما", tmp_path / name) for name in ("one", "two"))
    with one.lock():
        hand = writer(one, roll_at=1, revisits=False)
        hand.write([exchange(f"{ARABIC}0/")])
        hand.seal()
        for folder in (one, two):
            text = f'{{"id":"{folder.path.parents[2].name}"}}\n'
            (folder.dataset_dir / "publications.jsonl").write_text(text, encoding="utf-8")
        with pytest.raises(Fenced):
            two.ledger.append("derived", BEGAN)
        two.publish()  # behind a line that is there: what is behind a later one is newer
        hand.close_crawl({"found": 1})
    third = opened("بينهما", tmp_path / "three")
    assert (third.dataset_dir / "publications.jsonl").read_text() == '{"id":"one"}\n'
    assert [entry["event"] for entry in third.ledger] == ["sealed", "crawl"]


def test_a_snapshot_is_in_force_with_its_line_alone(store: str, proxy: Proxy, tmp_path: Path) -> None:
    """A writer that dies, or is fenced, between the dataset and the ledger's line has published nothing."""
    one = opened("صورة", tmp_path / "one")
    crawl(one, 0)
    proxy.plan = lambda request: FAULTS[0] if request.method == "PUT" and "/ledger/" in request.path else None
    (one.dataset_dir / "publications.jsonl").write_text('{"id":"later"}\n')
    with pytest.raises(StoreError):
        one.ledger.append("derived", BEGAN)
    proxy.plan = lambda _: None
    two = opened("صورة", tmp_path / "two")
    assert (two.dataset_dir / "publications.jsonl").read_text() == '{"id":"0","title":"تقرير"}\n'
    crawl(two, 30, count=1)
    again = opened("صورة", tmp_path / "three")
    assert (again.dataset_dir / "publications.jsonl").read_text() == '{"id":"30","title":"تقرير"}\n'
