"""Replay of a package as it lies, and of what pywb itself makes of one."""

import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.errors import BadPackage
from archive.pack.directory import Directory
from archive.pack.wacz import pack
from archive.replay import package
from archive.replay.server import Wayback
from archive.store.collection import Collection
from tests.archive.audit import samples
from tests.archive.pack import making
from tests.archive.replay.test_replay import get
from tests.archive.store.damage import Damage
from tests.crawler.command import started

AT = datetime(2026, 11, 22, 20, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    collection = making.collection(tmp_path_factory.mktemp("home"))
    wanted = making.ident(collection, making.TITLE)
    return pack(collection, collection.path / "قضية الميناء.wacz", publications=[wanted], at=AT).path


def test_a_package_is_replayed_as_it_lies(story: Path, tmp_path: Path) -> None:
    named = tmp_path / "story.wacz"
    named.write_bytes(story.read_bytes())
    with Wayback(named) as wayback:
        for timestamp in ("", "20261101121000", "20261102121000"):  # the second visit is a revisit
            status, _, body = get(wayback.content(making.STORY, timestamp))
            assert status == 200
            assert making.TITLE in body.decode()
        assert get(wayback.content(making.REPORT))[2] == making.PDF
        assert get(wayback.content(making.OLD))[0] == 301
        for needed in (making.SHEET, making.BASE, making.PICTURE):
            assert get(wayback.content(needed))[0] == 200
        assert get(wayback.content(samples.ENGLISH))[0] == 404
    assert package.newest(named) == [(making.STORY, making.TITLE)]


def test_a_capture_whose_record_is_damaged_is_said_to_be(story: Path, tmp_path: Path) -> None:
    data = bytearray(story.read_bytes())
    directory = Directory(story)
    for entry in (one for one in directory.entries if one.folder == "archive"):
        start = directory.start(entry)
        data[start : start + entry.size : 7] = bytes(len(range(0, entry.size, 7)))
    path = tmp_path / "تالفة damaged.wacz"
    path.write_bytes(data)
    with Wayback(path) as wayback:
        status, _, body = get(wayback.content(making.STORY))
    assert status == 503
    assert "This capture cannot be read" in body.decode()
    assert "policy-archive verify" in body.decode()
    assert "تالف" in body.decode()


def _struck(size: int) -> list[slice]:
    """Where a member of that size is written over with zeros, once for each."""
    return [slice(start, start + 8) for start in (0, 20, size // 3, size // 2, size * 9 // 10, size - 8)]


def test_no_part_of_a_damaged_record_is_shown(tmp_path: Path) -> None:
    """Of its own, pywb shows what can be read of one, as if it were all."""
    collection = making.collection(tmp_path)
    damage = Damage(collection, making.STORY)
    with Wayback(collection) as wayback:
        address = wayback.content(making.STORY, str(damage.line.timestamp))
        assert get(address)[0] == 200
        for struck in _struck(damage.line.length):
            member = damage.member
            member[struck] = bytes(8)
            damage.write(member)
            status, _, body = get(address)
            assert (status, making.TITLE in body.decode()) == (503, False), struck
            assert "This capture cannot be read" in body.decode()
        damage.write(damage.member)
        assert get(address)[0] == 200


def test_a_multi_wacz_is_replayed_as_one(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    collection = making.collection(tmp_path / "home")
    (tmp_path / "parts").mkdir()
    names = {title: f"parts/{number}.wacz" for number, title in enumerate((making.TITLE, making.RULING_TITLE))}
    for title, name in names.items():
        pack(collection, tmp_path / name, publications=[making.ident(collection, title)], at=AT)
    multi = tmp_path / "tour.json"
    told = {"profile": "multi-wacz-package", "resources": [{"name": name, "path": name} for name in names.values()]}
    multi.write_text(json.dumps(told), encoding="utf-8")
    with Wayback(multi) as wayback:
        for url, title in ((making.STORY, making.TITLE), (making.RULING, making.RULING_TITLE)):
            status, _, body = get(wayback.content(url))
            assert status == 200
            assert title in body.decode()
    assert {title for _, title in package.newest(multi)} == set(names)


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A multi-WACZ in one ZIP, as Browsertrix hands it out: packages beside a manifest, none of them compressed."""
    folder = tmp_path_factory.mktemp("together")
    collection = making.collection(folder)
    path = folder / "جولة tour.wacz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as made:
        for number, title in enumerate((making.TITLE, making.RULING_TITLE)):
            one = folder / f"ميناء-{number}.wacz"
            pack(collection, one, publications=[making.ident(collection, title)], at=AT)
            made.write(one, one.name)
        names = [{"name": name, "path": name} for name in made.namelist()]
        made.writestr("datapackage.json", json.dumps({"profile": "multi-wacz-package", "resources": names}))
    return path


def test_a_zip_of_packages_is_replayed_as_one(together: Path) -> None:
    with Wayback(together) as wayback:
        assert wayback.base.endswith("/tour/")
        for url, title in ((making.STORY, making.TITLE), (making.RULING, making.RULING_TITLE)):
            status, _, body = get(wayback.content(url))
            assert status == 200
            assert title in body.decode()
        assert get(wayback.content(making.REPORT))[2] == making.PDF
    assert {title for _, title in package.newest(together)} == {making.TITLE, making.RULING_TITLE}


def test_a_zip_of_packages_that_cannot_be_replayed_is_one_clear_line(together: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(together) as made:
        files = {name: made.read(name) for name in made.namelist()}
    first, second = (name for name in files if name.endswith(".wacz"))
    for kept, method, told in (
        ((first, "datapackage.json"), zipfile.ZIP_STORED, f"names {second}, which is not in it"),
        ((first, second), zipfile.ZIP_DEFLATED, "unzip that, and name what was in it"),
    ):
        path = tmp_path / "tour.zip"
        with zipfile.ZipFile(path, "w", method) as made:
            for name in kept:
                made.writestr(name, files[name])
        with pytest.raises(BadPackage, match=told), Wayback(path):
            pass
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a.wacz", b"x")
    with pytest.raises(BadPackage, match=r"a\.wacz in .*tour\.zip is no whole ZIP"), Wayback(path):
        pass


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{", "is no multi-WACZ"),
        ('{"resources": 1}', "is no multi-WACZ"),
        ('{"resources": []}', "names no package"),
        ('{"resources": [{"path": "https://elsewhere.example/a.wacz"}]}', "on the web"),
        ('{"resources": [{"path": "حزمة.wacz"}]}', "no WACZ file beside it"),
    ],
)
def test_a_multi_wacz_that_cannot_be_replayed_is_one_clear_line(tmp_path: Path, written: str, told: str) -> None:
    path = tmp_path / "tour.json"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(BadPackage, match=told), Wayback(path):
        pass


def test_pywb_serves_what_it_unpacks_itself(story: Path, tmp_path: Path) -> None:
    """`wb-manager add --unpack-wacz`, then pywb over the folder that it made."""
    (tmp_path / "story.wacz").write_bytes(story.read_bytes())
    for words in (["init", "tour"], ["add", "--unpack-wacz", "tour", "story.wacz"]):
        subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "pywb.manager.manager", *words],
            cwd=tmp_path, check=True, capture_output=True,
        )  # fmt: skip
    made = Collection.open(tmp_path / "made", create=True)
    folder = tmp_path / "collections" / "tour"
    for warc in (folder / "archive").iterdir():
        warc.rename(made.archive_dir / warc.name)
    (folder / "indexes" / "index.cdxj").rename(made.index.path)
    with Wayback(made) as wayback:
        status, _, body = get(wayback.content(making.STORY))
        assert status == 200
        assert making.TITLE in body.decode()
        assert get(wayback.content(making.REPORT))[2] == making.PDF


def test_the_command_prints_where_to_look(story: Path, tmp_path: Path) -> None:
    (tmp_path / "story.wacz").write_bytes(story.read_bytes())
    process = started(tmp_path, ["replay", "story.wacz", "--port", "0"])
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("http://127.0.0.1:")
        assert line.endswith(f"/story/{making.STORY}  {making.TITLE}\n")
        process.send_signal(2)
        assert process.wait(120) == 130
    finally:
        process.kill()
        process.communicate()


def test_what_cannot_be_replayed_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "حزمة.wacz"
    with pytest.raises(BadPackage, match="no such file"), Wayback(tmp_path / "none.wacz"):
        pass
    with pytest.raises(BadPackage, match="gives no name for a collection"):
        Wayback(path)
    with zipfile.ZipFile(tmp_path / "a.wacz", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("archive/a.warc.gz", b"x" * 1000)
        made.writestr("indexes/index.cdx", b"com,example)/ 2026 {}\n")
    with pytest.raises(BadPackage, match="no WARC that is stored as it is"), Wayback(tmp_path / "a.wacz"):
        pass
