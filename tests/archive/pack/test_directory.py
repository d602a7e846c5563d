"""The ZIP reader on what no honest tool writes: it says so, and does nothing else."""

import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.audit.package import Package
from archive.errors import BadPackage
from archive.pack.directory import Directory, Entry

CONTENT = {
    "datapackage.json": '{"resources": [], "title": "حزمة"}'.encode(),
    "archive/تقرير.warc.gz": bytes(range(256)) * 4,
    "pages/pages.jsonl": "قضية\n".encode() * 200,
}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("zip") / "a.wacz"
    with zipfile.ZipFile(path, "w") as made:
        for name, content in CONTENT.items():
            method = zipfile.ZIP_DEFLATED if name.startswith("pages") else zipfile.ZIP_STORED
            made.writestr(name, content, method)
    return path


def read(path: Path) -> dict[str, bytes]:
    directory = Directory(path)
    return {entry.name: b"".join(directory.pieces(entry)) for entry in directory.entries}


def test_entries_are_read_whole(package: Path) -> None:
    assert read(package) == CONTENT
    directory = Directory(package)
    entry = directory.find("archive/تقرير.warc.gz")
    assert entry is not None
    with directory.open(entry) as file:
        file.seek(250)
        assert file.read(10) == CONTENT[entry.name][250:260]
        assert file.read() == CONTENT[entry.name][260:]


def test_zip64_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.wacz", "w") as made:
        for name, content in CONTENT.items():
            with made.open(name, "w", force_zip64=True) as entry:
                entry.write(content)
    assert read(tmp_path / "a.wacz") == CONTENT


def test_random_damage_is_told_and_never_more(package: Path, tmp_path: Path) -> None:
    """Cut, overwritten, or with bytes put in, wherever: BadPackage, or the very same files."""
    whole = package.read_bytes()
    wild = random.Random(7)
    path = tmp_path / "a.wacz"
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(wild.randint(1, 3)):
            at = wild.randrange(len(data)) if wild.random() < 0.4 else wild.randrange(len(data) - 300, len(data))
            kind = wild.randrange(4)
            if kind == 0:
                data[at] = wild.randrange(256)
            elif kind == 1:
                del data[at : at + wild.randint(1, 40)]
            elif kind == 2:
                data[at:at] = wild.randbytes(wild.randint(1, 40))
            else:
                data[at : at + 4] = b"\xff\xff\xff\xff"
        path.write_bytes(data)
        try:
            found = read(path)
        except BadPackage:
            continue
        assert {content for content in found.values() if content} <= set(CONTENT.values())


def test_damage_of_any_kind_is_a_finding_and_no_crash(package: Path, tmp_path: Path) -> None:
    whole = package.read_bytes()
    wild = random.Random(8)
    path = tmp_path / "a.wacz"
    for _ in range(25):
        data = bytearray(whole)
        data[wild.randrange(len(data))] ^= 1 << wild.randrange(8)
        path.write_bytes(data)
        assert list(Package(path, processes=1).findings())


@given(st.text(min_size=1, max_size=40))
def test_a_safe_name_stays_where_it_is_put(name: str) -> None:
    entry = Entry(name, 0, 0, 0, 0, 0, 0)
    if entry.safe:
        there = Path("/unpacked") / name
        assert Path("/unpacked") in [there, *there.parents]
        assert ".." not in there.parts
        assert name.isprintable()


@pytest.mark.parametrize(
    "name",
    ["", "/a", "a/../b", "../a", "./a", "a//b", "a\\b", "C:a", "a\0b", "a\nb", "a/..", "\u202eb.txt", "a/\u2028"],
)
def test_unsafe_names(name: str) -> None:
    assert not Entry(name, 0, 0, 0, 0, 0, 0).safe


@pytest.mark.parametrize("name", ["archive/a.warc.gz", "archive/", "تقرير.txt", "logs/قضية ١.txt", "a..b/c..d"])
def test_safe_names(name: str) -> None:
    assert Entry(name, 0, 0, 0, 0, 0, 0).safe
