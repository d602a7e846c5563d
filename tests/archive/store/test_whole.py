"""A file is there whole or not at all."""

import os
from pathlib import Path

import pytest

from archive.store.whole import whole


def test_it_takes_its_place_when_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "تقرير.json"
    path.write_text("old")
    with whole(path) as file:
        file.write("جديد".encode())
        assert path.read_text() == "old"
    assert path.read_text(encoding="utf-8") == "جديد"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("there", [True, False])
def test_what_fails_leaves_what_was_there(tmp_path: Path, there: bool) -> None:
    path = tmp_path / "report.json"
    if there:
        path.write_text("old")
    with pytest.raises(TypeError), whole(path) as file:
        file.writelines([b"half", "نصف"])  # type: ignore[list-item]
    assert [(one, one.read_text()) for one in tmp_path.iterdir()] == ([(path, "old")] if there else [])


@pytest.mark.parametrize(("durable", "synced"), [(True, ["file", "folder"]), (False, [])])
def test_it_is_synced_before_it_is_renamed_and_its_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, durable: bool, synced: list[str]
) -> None:
    told: list[str] = []

    def seen(descriptor: int) -> None:
        place = Path(f"/proc/self/fd/{descriptor}").readlink()
        assert (place == tmp_path) == (tmp_path / "x").exists()
        told.append("folder" if place == tmp_path else "file")

    monkeypatch.setattr(os, "fsync", seen)
    with whole(tmp_path / "x", durable) as file:
        file.write(b"1")
    assert told == synced
