"""What is in a package, and that nothing is left hanging in it."""

import errno
import hashlib
import json
import shutil
import stat
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator

from archive.audit.package import Package
from archive.errors import BadPackage, DamagedRecord, OutOfSpace
from archive.pack import container as containers
from archive.pack.container import Container
from archive.pack.wacz import Packed, pack
from archive.proof.key import Key
from archive.store.collection import Collection
from archive.store.writer import Writer
from tests.archive.audit import samples
from tests.archive.pack import making

AT = datetime(2026, 11, 22, 20, 0, 0, 999, UTC)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return making.collection(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    return Key.new(tmp_path_factory.mktemp("keys") / "مفتاح.key")


@pytest.fixture(scope="module")
def whole(collection: Collection, key: Key, tmp_path_factory: pytest.TempPathFactory) -> Packed:
    return pack(collection, tmp_path_factory.mktemp("out") / "whole.wacz", key=key, at=AT)


@pytest.fixture(scope="module")
def story(collection: Collection, tmp_path_factory: pytest.TempPathFactory) -> Packed:
    wanted = making.ident(collection, making.TITLE)
    return pack(collection, tmp_path_factory.mktemp("out") / "story.wacz", publications=[wanted], at=AT)


def records(package: Path) -> list[tuple[str, dict[str, str]]]:
    """Type and header of every record, as FastWARC reads them."""
    found = []
    for name in making.names(package):
        if name.startswith("archive/"):
            for record in ArchiveIterator(BytesIO(making.read(package, name)), parse_http=False):
                headers = {key.lower(): value for key, value in record.headers.items()}
                found.append((headers["warc-type"], headers))
    return found


def test_a_collection_is_packed_byte_for_byte(collection: Collection, whole: Packed) -> None:
    for name in collection.sealed_warcs():
        assert making.read(whole.path, f"archive/{name}") == (collection.archive_dir / name).read_bytes()
    for name in ("publications.jsonl", "history.jsonl"):
        assert making.read(whole.path, f"dataset/{name}") == (collection.dataset_dir / name).read_bytes()
    assert making.read(whole.path, "ledger/ledger.jsonl") == collection.ledger.path.read_bytes()
    assert (whole.warcs, whole.pages, whole.records) == (3, 4, 58)
    assert whole.head == collection.ledger.head()


def test_all_is_listed_with_its_hash(whole: Packed) -> None:
    manifest = json.loads(making.read(whole.path, "datapackage.json"))
    assert (manifest["profile"], manifest["wacz_version"]) == ("data-package", "1.1.1")
    assert (manifest["created"], manifest["title"]) == ("2026-11-22T20:00:00Z", "sample")
    assert manifest["policyArchive"]["ledgerHead"] == whole.head
    assert {one["type"] for one in manifest["resources"]} == {"file"}  # no table, whose types would be guessed
    listed = {one["path"]: (one["hash"], one["bytes"]) for one in manifest["resources"]}
    with zipfile.ZipFile(whole.path) as opened:
        assert opened.testzip() is None
        for one in opened.infolist():  # a record is found by its offset in what is stored as it is
            found_by_offset = one.filename.startswith(("archive/", "indexes/"))
            assert one.compress_type == (zipfile.ZIP_STORED if found_by_offset else zipfile.ZIP_DEFLATED)
        there = {
            one.filename: (f"sha256:{hashlib.sha256(opened.read(one)).hexdigest()}", one.file_size)
            for one in opened.infolist()
        }
    for name in ("datapackage.json", "datapackage-digest.json"):
        del there[name]
    assert listed == there


def test_the_index_leads_to_every_record(whole: Packed, collection: Collection) -> None:
    lines = list(making.index(whole.path))
    assert len(lines) == sum(1 for _ in collection.index)
    assert [(line["key"], line["timestamp"]) for line in lines] == sorted(
        (line["key"], line["timestamp"]) for line in lines
    )
    for line in lines:
        at = int(line["offset"])
        member = making.read(whole.path, f"archive/{line['filename']}")[at : at + int(line["length"])]
        assert f"sha256:{hashlib.sha256(member).hexdigest()}" == line["recordDigest"]


def test_the_signature_is_of_this_manifest(whole: Packed, key: Key) -> None:
    digest = json.loads(making.read(whole.path, "datapackage-digest.json"))
    signed = digest["signedData"]
    stated = "sha256:" + hashlib.sha256(making.read(whole.path, "datapackage.json")).hexdigest()
    assert digest["hash"] == signed["hash"] == stated == f"sha256:{whole.sha256}"
    assert signed["publicKey"] == key.public.encoded
    assert signed["created"] == json.loads(making.read(whole.path, "datapackage.json"))["created"]
    assert whole.signed_by == key.public.fingerprint


def test_pages_have_title_and_text_in_both_languages(whole: Packed) -> None:
    head, *pages = making.told(whole.path, "pages/pages.jsonl")
    assert (head["format"], head["id"], head["hasText"]) == ("json-pages-1.0", "pages", True)
    by_url = {page["url"]: page for page in pages}
    assert (by_url[making.STORY]["title"], by_url[making.STORY]["language"]) == (making.TITLE, "ar")
    assert "القرار باطل" in by_url[making.STORY]["text"]
    assert by_url[samples.ENGLISH]["title"] == "Courts & decrees"
    assert by_url[samples.ENGLISH]["ts"] == "2026-11-01T12:00:00Z"
    assert set(by_url) <= making.urls(whole.path)


def test_a_publication_comes_with_all_that_it_needs_and_no_more(story: Packed) -> None:
    needed = {making.STORY, making.OLD, making.SHEET, making.BASE, making.PICTURE, making.REPORT}
    assert making.urls(story.path) == needed
    found = records(story.path)
    targets = {headers.get("warc-target-uri") for _, headers in found}
    assert samples.ENGLISH not in targets
    assert any(str(target).startswith("urn:policy-archive:profile:") for target in targets)
    requests = {headers["warc-target-uri"] for kind, headers in found if kind == "request"}
    assert requests == needed


@pytest.mark.parametrize("package", ["whole", "story"])
def test_no_record_is_left_hanging(package: str, request: pytest.FixtureRequest) -> None:
    found = records(request.getfixturevalue(package).path)
    ids = [headers["warc-record-id"] for _, headers in found]
    assert len(ids) == len(set(ids)) == request.getfixturevalue(package).records
    for kind, headers in found:
        if kind != "warcinfo":
            assert headers["warc-warcinfo-id"] in ids
        if kind == "revisit":
            assert headers["warc-refers-to"] in ids
    revisits = [headers for kind, headers in found if kind == "revisit"]
    assert revisits


def test_every_part_begins_with_its_warcinfo(story: Packed) -> None:
    parts = [name for name in making.names(story.path) if name.startswith("archive/")]
    assert all(name.startswith("archive/part-of-sample-") for name in parts)
    for name in parts:
        first = next(iter(ArchiveIterator(BytesIO(making.read(story.path, name)), parse_http=False)))
        assert first.headers["WARC-Type"] == "warcinfo"


def test_the_lines_of_the_dataset_point_into_the_package(story: Packed, collection: Collection) -> None:
    [line] = making.told(story.path, "dataset/publications.jsonl")
    assert (line["title"], line["language"]) == (making.TITLE, "ar")
    places = {(one["filename"], int(one["offset"])): one for one in making.index(story.path)}
    source = places[line["source"]["warc"], line["source"]["offset"]]
    assert (source["url"], source["digest"]) == (making.STORY, line["source"]["payload_digest"])
    [document] = line["documents"]
    assert places[document["warc"], document["offset"]]["url"] == making.REPORT
    [original] = [one for one in making.publications(collection) if one["id"] == line["id"]]
    for pointer, other in ((line["source"], original["source"]), (document, original["documents"][0])):
        pointer["warc"], pointer["offset"] = other["warc"], other["offset"]
    assert line == original


def test_a_crawl_comes_with_the_originals_of_its_revisits(collection: Collection, tmp_path: Path) -> None:
    made = pack(collection, tmp_path / "crawl.wacz", crawl="20261102120000", at=AT)
    archived = [name for name in making.names(made.path) if name.startswith("archive/")]
    [whole] = [name for name in archived if not name.startswith("archive/part-of-")]
    assert making.read(made.path, whole) == (collection.archive_dir / Path(whole).name).read_bytes()
    found = records(made.path)
    ids = {headers["warc-record-id"] for _, headers in found}
    originals = {headers["warc-refers-to"] for kind, headers in found if kind == "revisit"}
    assert originals
    assert originals <= ids
    assert [line["title"] for line in making.told(made.path, "dataset/publications.jsonl")]
    assert "ledger/ledger.jsonl" not in making.names(made.path)


def test_the_same_input_makes_the_same_bytes(collection: Collection, tmp_path: Path) -> None:
    one, other = (pack(collection, tmp_path / name / "a.wacz", at=AT).path for name in ("one", "other"))
    assert one.read_bytes() == other.read_bytes()


def test_without_a_dataset_the_pages_are_those_of_the_index(tmp_path: Path) -> None:
    made = pack(samples.collection(tmp_path, crawls=1), tmp_path / "a.wacz", at=AT)
    _, *pages = making.told(made.path, "pages/pages.jsonl")
    assert {page["url"] for page in pages} == {samples.ENGLISH, samples.ARABIC}
    assert not [name for name in making.names(made.path) if name.startswith("dataset/")]


def test_what_a_crawl_is_writing_is_left_out(tmp_path: Path) -> None:
    made = making.collection(tmp_path)
    with made.lock():
        writer = Writer(made, "20261105120000", "policy-archive test", {}, clock=lambda: AT)
        writer.write([samples.exchange(f"{samples.HOME}/عاجل/", samples.response("خبر".encode()))])
        one = pack(made, tmp_path / "one.wacz", at=AT)
        writer.seal()
        other = pack(made, tmp_path / "other.wacz", at=AT)
    assert (one.warcs, other.warcs) == (3, 4)
    for packed in (one, other):
        assert list(Package(packed.path, head=packed.head, processes=1).findings()) == []


def test_what_cannot_be_packed_is_one_clear_line(collection: Collection, tmp_path: Path) -> None:
    to = tmp_path / "a.wacz"
    with pytest.raises(BadPackage, match="no publication 'خطأ': the ids stand in"):
        pack(collection, to, publications=["خطأ"])
    with pytest.raises(BadPackage, match="no crawl '2026': there are 20261101120000, "):
        pack(collection, to, crawl="2026")
    with pytest.raises(BadPackage, match="not both"):
        pack(collection, to, crawl="2026", publications=["x"])
    with pytest.raises(BadPackage, match=r"ends in \.wacz"):
        pack(collection, tmp_path / "a.zip")
    with pytest.raises(BadPackage, match="holds no sealed WARC: crawl first"):
        pack(Collection.open(tmp_path / "empty", create=True), to)
    to.write_bytes("هنا".encode())
    with pytest.raises(BadPackage, match="is there already"):
        pack(collection, to)
    assert to.read_bytes() == "هنا".encode()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wacz", "empty"]


def test_changed_bytes_are_never_packed(tmp_path: Path) -> None:
    made = making.collection(tmp_path)
    wanted = making.ident(made, making.TITLE)
    path = made.archive_dir / made.sealed_warcs()[0]
    data = bytearray(path.read_bytes())
    offset = next(line.offset for line in made.captures_of(making.STORY))
    data[offset + 9] ^= 1  # a byte of gzip's own header, which has no checksum
    path.write_bytes(data)
    for chosen in ({}, {"publications": [wanted]}):
        with pytest.raises(DamagedRecord, match="is not what was sealed"):
            pack(made, tmp_path / "a.wacz", **chosen)  # type: ignore[arg-type]
    assert not list(tmp_path.glob("*.wacz*"))


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with Container(tmp_path / "a.wacz", AT) as container:
            container.add("a", b"a")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_leaves_nothing(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: containers.Entry, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(containers.Entry, "write", refuse)
    with pytest.raises(OutOfSpace, match=r"no space left for .* make room and run the same command again"):
        pack(collection, tmp_path / "تقرير.wacz", at=AT)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(containers, "SPARE", 1 << 60)
    with pytest.raises(OutOfSpace, match="bytes left, and about"):
        pack(collection, tmp_path / "تقرير.wacz", at=AT)


def test_an_entry_past_2_gib_is_zip64(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "ZIP64_LIMIT", 10)
    with Container(tmp_path / "a.wacz", AT) as container:
        container.add("archive/كبير.warc.gz", b"0123456789")
        container.add("small", b"012")
    with zipfile.ZipFile(tmp_path / "a.wacz") as opened:
        assert opened.read("archive/كبير.warc.gz") == b"0123456789"
        assert [one.extract_version for one in opened.infolist()] == [45, 20]


def test_the_command_packs_and_says_what(collection: Collection, key: Key, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(collection.path, home / "collections" / "sample")
    Key.new(tmp_path / "a.key")
    assert stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == 0o600
    words = ["pack", "sample", "--key", str(tmp_path / "a.key"), "--to", str(tmp_path / "a.wacz")]
    done = subprocess.run(
        [sys.executable, "-c", "from archive.cli import main; main()", "--home", str(home), *words],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == str(tmp_path / "a.wacz")
    assert lines[1] == "  58 records · 3 WARCs · 4 pages · 0.1 MB"
    assert lines[3] == f"  signed by {Key.read(tmp_path / 'a.key').public.fingerprint}"
