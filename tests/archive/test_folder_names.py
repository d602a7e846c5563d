"""A collection's name leads nowhere but to its own folder."""

from pathlib import Path

import pytest

from archive import folder_names
from archive.errors import CollectionError
from archive.store.collection import Collection
from archive.store.folder import Folder

ESCAPES = [
    "../../x", "..", ".", "", "a/b", "/tmp/x", "a\\b", "C:a", "a\0b", "a\nb", "%2e%2e", "%2e%2e%2fx", "CON", "nul.txt",
    "com1", "Lpt9.a", "x" * 300, "a" * 101, "\u202etxt.exe", "\u200fأرشيف", "أرشيف", " a", "a ", "a.", "-x", ".hidden",
    "~", "a:b", "a*",
]  # fmt: skip


@pytest.mark.parametrize("name", ESCAPES)
def test_no_name_escapes(tmp_path: Path, name: str) -> None:
    (tmp_path / "collections").mkdir()
    with pytest.raises(CollectionError) as refused:
        Collection.named(tmp_path / "collections", name, create=True)
    assert "\n" not in str(refused.value)
    assert str(refused.value).isascii()
    assert len(str(refused.value)) < 250
    assert [path.name for path in tmp_path.rglob("*")] == ["collections"]


@pytest.mark.parametrize("name", ["timep", "TIMEP-2026", "a.b_c-d", "x" * 100, "console"])
def test_good_names_are_taken(tmp_path: Path, name: str) -> None:
    assert folder_names.mistake(name) is None
    assert Collection.named(tmp_path, name, create=True).path == tmp_path / name


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd", "..", "", "a\0b", "ملفات/../../x", "a\\..\\b"])
def test_an_index_names_no_file_elsewhere(tmp_path: Path, name: str) -> None:
    for ask in (Folder(tmp_path).resolve, Folder(tmp_path).members_of):
        with pytest.raises(CollectionError, match="is no file's name"):
            ask(name)
