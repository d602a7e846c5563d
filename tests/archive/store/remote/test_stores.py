"""What is the same whatever the store is: a folder, fsspec's memory, one that knows no conditional write, Azure's."""

import contextlib
import logging
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import fsspec
import pyarrow.parquet
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from archive.audit.verify import Audit
from archive.dataset import side
from archive.errors import CollectionError, Fenced, StoreError, Taken
from archive.export.view import view
from archive.replay.server import recovered
from archive.store.collection import Collection
from archive.store.remote import address, by_obstore, mirror, objects
from archive.store.remote.backend import Passing
from archive.store.remote.by_fsspec import Fsspec
from archive.store.remote.ranges import Ranges
from archive.urls import build
from tests.archive.store.remote import azurite
from tests.archive.store.remote.test_faults import NAME, crawl
from tests.archive.store.samples import ARABIC, BEGAN, exchange, sealed, writer


class Plain(MemoryFileSystem):
    """As most of fsspec's: it may be asked whether a name is free, and writes over it."""

    protocol = "plain"
    store: dict[str, object] = {}  # noqa: RUF012 (as MemoryFileSystem has it)


@pytest.fixture(params=["file", "memory", "plain", pytest.param("az", marks=pytest.mark.soak)])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "plain":
        fsspec.register_implementation("plain", Plain, clobber=True)
    if request.param == "az":
        for name, value in azurite.environment(request.getfixturevalue("azure")).items():
            monkeypatch.setenv(name, value)
        return f"az://{azurite.CONTAINER}{tmp_path}/مخزن"
    return f"{request.param}://{tmp_path}/مخزن"


def machine(url: str, folder: Path) -> Path:
    """The home's working folder on one machine."""
    folder.mkdir(exist_ok=True)
    (folder / "remote").write_text(url)
    return folder


def opened(url: str, folder: Path, create: bool = False) -> Collection:
    return Collection.named(machine(url, folder) / "collections", NAME, create)


def test_what_one_machine_writes_another_reads(url: str, tmp_path: Path) -> None:
    crawl(opened(url, tmp_path / "one", create=True), 0)
    crawl(opened(url, tmp_path / "two"), 5)
    third = opened(url, tmp_path / "three")
    assert [entry["event"] for entry in third.ledger] == ["sealed", "sealed", "sealed", "crawl"] * 2
    assert len({line.url for line in third.captures()}) == 6
    assert all(third.read(line.location).entity for line in third.captures())
    assert not list(third.archive_dir.iterdir())
    assert '"5"' in (third.dataset_dir / "publications.jsonl").read_text()
    assert not list(Audit(third, only_bytes=True).findings())


def test_a_store_without_conditional_writes_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    fsspec.register_implementation("plain", Plain, clobber=True)
    with caplog.at_level(logging.WARNING):
        crawl(opened(f"plain://{tmp_path}/تحذير", tmp_path / "one", create=True), 0)
    assert any("no conditional write" in record.message for record in caplog.records)
    caplog.clear()
    crawl(opened(f"memory://{tmp_path}/تحذير", tmp_path / "two", create=True), 0)
    assert not caplog.records


def test_the_index_that_was_made_anew_replaces_its_parts(url: str, tmp_path: Path) -> None:
    one = opened(url, tmp_path / "one", create=True)
    crawl(one, 0)
    with one.lock():
        lines = list(one.index)
        one.index.path.write_bytes(b"".join(lines[1:]))  # as other rules would have it
    crawl(opened(url, tmp_path / "one"), 5)
    two = opened(url, tmp_path / "two")
    assert two.index.path.read_bytes() == one.index.path.read_bytes()
    assert lines[0] not in list(two.index)


def test_what_is_edited_here_is_taken_along_and_what_another_changed_comes(url: str, tmp_path: Path) -> None:
    one, two = opened(url, tmp_path / "one", create=True), opened(url, tmp_path / "two")
    one.toml.write_text('title = "معهد"\n')
    with opened(url, tmp_path / "one").lock():
        pass
    assert opened(url, tmp_path / "two").meta.title == "معهد"
    assert two.toml.read_text() == 'title = "معهد"\n'


def test_a_torn_tail_is_in_the_store_too(url: str, tmp_path: Path) -> None:
    one = opened(url, tmp_path / "one", create=True)
    with one.lock():
        hand = writer(one)
        hand.write([exchange()])
        hand.give_up()
        (path,) = one.archive_dir.iterdir()
        with path.open("ab") as file:
            file.write(b"\x1f\x8b half a member")
        assert one.recover(BEGAN).torn
    two = opened(url, tmp_path / "two")
    assert [entry["event"] for entry in two.ledger] == ["torn", "sealed"]
    assert [path.name for path in two.archive_dir.iterdir()] == [next(iter(two.ledger))["kept"]]
    assert not list(Audit(two, only_bytes=True).findings())


def test_a_view_of_the_past_reads_from_the_store(url: str, tmp_path: Path) -> None:
    one = opened(url, tmp_path / "one", create=True)
    crawl(one, 0)
    entries = list(one.ledger)[:2]
    seen = view(one, entries, one.meta, tmp_path / "view")
    assert len(list(seen.captures())) == 2
    assert all(seen.read(line.location).status == 200 for line in Collection.open(seen.path).captures())


def test_what_was_made_in_the_folder_is_put_there_as_a_whole(url: str, tmp_path: Path) -> None:
    """As `unpack` does."""
    home = machine(url, tmp_path / "one")
    made, _ = sealed(home / "collections" / NAME, exchange(), exchange(f"{ARABIC}2/", after=1))
    head, index = made.ledger.head(), made.index.path.read_bytes()
    mirror.bring(made.path)
    assert made.archive_dir.is_dir()
    two = opened(url, tmp_path / "two")
    assert (two.ledger.head(), two.index.path.read_bytes()) == (head, index)
    assert len([two.read(line.location) for line in two.captures()]) == 2
    other, _ = sealed(machine(url, tmp_path / "three") / "collections" / NAME, exchange(f"{ARABIC}3/"))
    with pytest.raises(CollectionError, match="another collection of that name"):
        mirror.bring(other.path)


def test_a_test_crawl_is_saved_into_the_store(url: str, tmp_path: Path) -> None:
    home = machine(url, tmp_path / "one")
    sealed(side.home(home) / "collections" / NAME, exchange())
    side.save(home, NAME)
    two = opened(url, tmp_path / "two")
    assert [entry["event"] for entry in two.ledger] == ["sealed", "saved"]
    assert [line.url for line in two.captures()]


def test_a_reader_puts_nothing_there(url: str, tmp_path: Path) -> None:
    one = opened(url, tmp_path / "one", create=True)
    crawl(one, 0)
    two = opened(url, tmp_path / "two")
    (two.dataset_dir / "publications.jsonl").write_text("{}\n")
    backend = objects.at(two.remote.url)._store  # type: ignore[union-attr]
    create = backend.create
    put: list[str] = []
    try:
        backend.create = lambda key, source: put.append(key)  # type: ignore[method-assign]
        assert recovered(opened(url, tmp_path / "two"))
    finally:
        backend.create = create  # type: ignore[method-assign]
    assert put == []


def test_a_line_that_is_gone_from_the_store_is_missed(url: str, tmp_path: Path) -> None:
    one = opened(url, tmp_path / "one", create=True)
    crawl(one, 0)
    backend = objects.at(one.remote.url)._store  # type: ignore[union-attr]
    hide = backend.names
    try:
        backend.names = lambda *told: [name for name in hide(*told) if "00000002" not in name]  # type: ignore[method-assign]
        with pytest.raises(StoreError, match=r"not whole, at 00000002\.json"):
            opened(url, tmp_path / "one")
    finally:
        backend.names = hide  # type: ignore[method-assign]


def test_ranges_read_as_a_file_does(url: str, tmp_path: Path) -> None:
    there = objects.at(url)
    data = bytes(range(256)) * 5000
    path = tmp_path / "data"
    path.write_bytes(data)
    there.put("archive/بيانات", path, sha256(data).hexdigest())
    with Ranges(url, "archive/بيانات") as ranges:
        assert ranges.read(10) == data[:10]
        ranges.seek(1_000_000)
        assert ranges.read(300_000) == data[1_000_000:]
        assert ranges.read(1) == b""
        ranges.seek(-5, 2)
        assert (ranges.read(), ranges.tell()) == (data[-5:], len(data))
        ranges.seek(len(data) + 10)
        assert ranges.read(5) == b""
        ranges.seek(0)
        assert b"".join(iter(lambda: ranges.read(65_536), b"")) == data
    with pytest.raises(CollectionError, match="has no archive/nothing"):
        Ranges(url, "archive/nothing").read(1)


def test_a_home_is_brought_with_all_its_collections(url: str, tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(12)]
    for name in names:
        crawl(Collection.named(machine(url, tmp_path / "one") / "collections", name, create=True), 0, count=1)
    home = machine(url, tmp_path / "two")
    mirror.bring_all(home)
    assert sorted(path.name for path in (home / "collections").iterdir()) == sorted(names)
    assert all(len(list(Collection.open(home / "collections" / name).captures())) == 1 for name in names)


@pytest.mark.parametrize("whole", [1 << 26, 0])
def test_a_name_is_given_once_whole_or_by_parts(
    url: str, whole: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_obstore, "WHOLE", whole)
    there = objects.at(url)
    path = tmp_path / "ملف"
    for data in (b"first" * 100_000, b"other"):
        path.write_bytes(data)
        with contextlib.nullcontext() if data[:1] == b"f" else pytest.raises(Taken):
            there.put("archive/ملف", path, sha256(data).hexdigest())
    assert there.read("archive/ملف") == b"first" * 100_000
    assert there.names("archive/") == ["archive/ملف"]
    assert there.names("incoming/") == []


def test_of_two_writers_the_later_is_stopped(url: str, tmp_path: Path) -> None:
    """Both have seen the same ledger; the one that is late to write the next line changes nothing."""
    opened(url, tmp_path / "one", create=True)
    one, two = (opened(url, tmp_path / name) for name in ("one", "two"))
    crawl(one, 0)
    with pytest.raises(Fenced, match="another machine"):
        crawl(two, 50, count=1)
    third = opened(url, tmp_path / "three")
    assert len(list(third.captures())) == 3
    assert '"0"' in (third.dataset_dir / "publications.jsonl").read_text()


def test_a_host_that_does_not_answer_is_no_missing_file() -> None:
    def call(_: str) -> None:
        raise FileNotFoundError("http://ملف.example/a.warc.gz") from ConnectionRefusedError(111, "refused")

    with pytest.raises(Passing, match="refused"):
        Fsspec("memory://مخزن")._do(call, "a.warc.gz")


def test_a_plain_home_asks_no_store(tmp_path: Path) -> None:
    assert address.of_home(tmp_path) is None
    mirror.bring_all(tmp_path)
    assert Collection.named(tmp_path / "collections", "demo", create=True).remote is None


def test_an_index_of_addresses_reads_heads_of_records_from_the_store(tmp_path: Path) -> None:
    url = f"file://{tmp_path}/فهرس"
    crawl(opened(url, tmp_path / "one", create=True), 0)
    there = opened(url, tmp_path / "two")
    made = build.build([there], [], str(tmp_path / "index"))
    assert (made.rows, made.failures) == (3, [])
    [table] = [pyarrow.parquet.read_table(path) for path in (tmp_path / "index").iterdir()]
    assert table.column("content_charset").to_pylist() == ["UTF-8"] * 3
    ids = {there.record(line.location).record_id for line in there.captures()}
    assert {UUID(bytes=one).urn for one in table.column("warc_record_id").to_pylist()} == ids
