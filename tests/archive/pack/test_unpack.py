"""From a package back to a collection: ours, and those of others; and nothing that a hostile one could do."""

import gzip
import shutil
import zipfile
from collections import namedtuple
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.audit.package import Package
from archive.audit.verify import Audit
from archive.errors import BadPackage, OutOfSpace
from archive.pack.directory import collection_name
from archive.pack.unpack import Unpacked, unpack
from archive.pack.wacz import pack
from archive.store.collection import Collection
from tests.archive.audit import samples
from tests.archive.audit.samples import record
from tests.archive.pack import making
from tests.crawler.command import policy_archive

AT = datetime(2026, 11, 22, 20, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return making.collection(tmp_path_factory.mktemp("home"))


def unpacked(package: Path, into: Path, name: str = "copy") -> Unpacked:
    audit = Package(package, processes=1)
    list(audit.container())
    return unpack(package, into, name, audit.manifest)


def test_a_whole_collection_comes_back_as_it_was(collection: Collection, tmp_path: Path) -> None:
    package = pack(collection, tmp_path / "a.wacz", at=AT).path
    made = unpacked(package, tmp_path / "collections")
    assert (made.warcs, made.dataset) == (3, True)
    there = made.collection
    for path in collection.path.rglob("*"):
        inside = path.relative_to(collection.path)
        if (path.is_file() and inside.parts[0] in ("archive", "indexes", "ledger.jsonl")) or inside.suffix == ".jsonl":
            assert (there.path / inside).read_bytes() == path.read_bytes(), inside
    assert there.ledger.head() == collection.ledger.head()
    assert list(Audit(there, processes=1).findings()) == []


@pytest.mark.slow
@pytest.mark.parametrize("part", ["crawl", "publications"])
def test_a_part_comes_back_and_derives_the_same_lines(collection: Collection, tmp_path: Path, part: str) -> None:
    chosen = {"crawl": "20261102120000", "publications": [making.ident(collection, making.TITLE)]}[part]
    package = pack(collection, tmp_path / "a.wacz", at=AT, **{part: chosen}).path  # type: ignore[arg-type]
    there = unpacked(package, tmp_path / "collections").collection
    assert list(Audit(there, processes=1).findings()) == []


def plain(url: str, body: bytes, number: int) -> bytes:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    head = f"""WARC-Type: response
        WARC-Target-URI: {url}
        WARC-Date: 2026-11-01T12:0{number}:00Z
        Content-Type: application/http; msgtype=response"""
    return record(head, http)


def foreign(path: Path, name: str, content: bytes) -> Path:
    """A package as small tools make them: a WARC, an index that we do not believe, pages."""
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(f"archive/{name}", content)
        made.writestr("indexes/index.cdx", b"")
        made.writestr("pages/pages.jsonl", b'{"format": "json-pages-1.0", "id": "pages"}\n')
    return path


@pytest.mark.parametrize("kind", ["by-members", "plain", "one-member", "misnamed"])
def test_warcs_of_others_become_ours(tmp_path: Path, kind: str) -> None:
    """One gzip member a record, none at all, or one for all: every record is found, and its bytes are the same."""
    bodies = [f"<title>خبر {number}</title>".encode() for number in range(3)]
    records = [plain(f"{samples.HOME}/خبر/{number}", body, number) for number, body in enumerate(bodies)]
    content = {
        "by-members": b"".join(gzip.compress(one, mtime=0) for one in records),
        "plain": b"".join(records),
        "one-member": gzip.compress(b"".join(records), mtime=0),
        "misnamed": b"".join(records),
    }[kind]
    name = "data.warc" if kind == "plain" else "data.warc.gz"
    made = unpacked(foreign(tmp_path / "a.wacz", name, content), tmp_path / "collections")
    assert (made.warcs, made.records, made.dataset) == (1, 3, False)
    lines = list(made.collection.captures())
    assert [made.collection.read(line.location).entity for line in lines] == bodies
    assert [one for _, one in samples.members(made.collection.archive_dir / "data.warc.gz")] == records
    assert list(Audit(made.collection, only_bytes=True, processes=1).findings()) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../out.warc.gz", None),
        ("sub/../../out.warc", None),
        (".hidden.warc.gz", "hidden.warc.gz"),
        ("تقرير 1.warc.gz", "1.warc.gz"),
    ],
)
def test_a_hostile_name_stays_inside(tmp_path: Path, name: str, kept: str | None) -> None:
    """The command does not come so far: the container's check refuses such names."""
    content = gzip.compress(plain(f"{samples.HOME}/a", b"a", 1))
    made = unpacked(foreign(tmp_path / "a.wacz", name, content), tmp_path / "c")
    assert [path.name for path in made.collection.archive_dir.iterdir()] == [kept or "out.warc.gz"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wacz", "c"]


def test_what_cannot_be_unpacked_leaves_nothing(collection: Collection, tmp_path: Path) -> None:
    into = tmp_path / "collections"
    good = pack(collection, tmp_path / "good.wacz", at=AT).path
    cut = foreign(tmp_path / "cut.wacz", "data.warc", plain(f"{samples.HOME}/أ", b"a" * 100, 1)[:-60])
    with pytest.raises(BadPackage, match="the last record is cut off"):
        unpacked(cut, into)
    with pytest.raises(BadPackage, match="not a WARC record"):
        unpacked(foreign(tmp_path / "none.wacz", "data.warc", "ليس سجلاً\r\n\r\n".encode()), into)
    with pytest.raises(BadPackage, match="holds no WARC"):
        unpacked(foreign(tmp_path / "empty.wacz", "readme.txt", b""), into)
    bad = bytearray(good.read_bytes())
    bad[700] ^= 1
    (tmp_path / "bad.wacz").write_bytes(bad)
    with pytest.raises(BadPackage, match="checksum"):
        unpacked(tmp_path / "bad.wacz", into)
    assert list(into.iterdir()) == []
    unpacked(good, into)
    with pytest.raises(BadPackage, match="there is a collection 'copy'"):
        unpacked(good, into)


@pytest.mark.parametrize("name", ["../out", "/tmp/out", "a/b", "تقرير", ".hidden", "-x", "x" * 101, "a.wacz"])
def test_a_name_that_no_collection_has_is_refused(collection: Collection, tmp_path: Path, name: str) -> None:
    package = pack(collection, tmp_path / "a.wacz", at=AT).path
    with pytest.raises(BadPackage, match="name"):
        unpacked(package, tmp_path / "deep" / "collections", name)
    assert list(tmp_path.iterdir()) == [package]


def test_a_long_name_is_no_trouble(collection: Collection, tmp_path: Path) -> None:
    package = pack(collection, tmp_path / "a.wacz", at=AT).path
    assert unpacked(package, tmp_path / "collections", "x" * 100).collection.name == "x" * 100


def test_a_disk_without_room_is_told_before_anything_is_written(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = pack(collection, tmp_path / "a.wacz", at=AT).path
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1, 1, 1000))
    with pytest.raises(OutOfSpace, match="has 1,000 bytes left"):
        unpacked(package, tmp_path / "collections")


def test_names_are_made_of_what_collections_may_be_called() -> None:
    assert collection_name(Path("x/timep 2026.wacz")) == "timep-2026"
    assert collection_name(Path("قضية-demo.wacz")) == "demo"
    with pytest.raises(BadPackage, match="--into NAME"):
        collection_name(Path("قضية.wacz"))


def test_the_commands_pack_verify_unpack_and_verify_again(collection: Collection, tmp_path: Path) -> None:
    shutil.copytree(collection.path, tmp_path / "home" / "collections" / "sample")
    printed = policy_archive(tmp_path, "key", "new", "a.key").stdout.strip()
    assert policy_archive(tmp_path, "pack", "sample", "--key", "a.key", "--to", "a.wacz").returncode == 0
    done = policy_archive(tmp_path, "verify", "a.wacz", "--trust", "a.key.pub")
    assert (done.returncode, done.stdout) == (0, "58 records, 27 index lines, 6 ledger lines (0.0 MB): all good\n")
    assert f"signed by {printed}" in done.stderr
    done = policy_archive(tmp_path, "verify", "a.wacz", "--trust", "0" * 64)
    assert (done.returncode, "error signature-trust" in done.stdout) == (1, True)
    done = policy_archive(tmp_path, "unpack", "a.wacz", "--into", "copy", "--trust", "0" * 64)
    assert (done.returncode, done.stdout) == (2, "")
    assert "a.wacz is not unpacked: 1 error" in done.stderr
    done = policy_archive(tmp_path, "unpack", "a.wacz", "--into", "copy", "--trust", printed)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1] == "  3 WARCs · 27 captures · with a dataset"
    done = policy_archive(tmp_path, "verify", "copy")
    assert done.returncode == 0, done.stdout
