"""What is shown of a publication's change: bounded, and only of those that were asked for."""

import json
from pathlib import Path

from archive.reports import changed
from tests.archive.reports.making import NEW, OLD, made, publication

LISTED = [{"id": "test:p7", "version": NEW}]


def test_the_version_that_is_named_is_held_against_the_one_before_it(tmp_path: Path) -> None:
    found = changed.of(made(tmp_path / "test"), LISTED)["test:p7"]
    assert found.kinds == ["retitle", "byline", "update"]
    assert [name for name, _, _ in found.fields] == ["title", "authors"]
    assert [(piece.op, piece.text) for piece in found.blocks[0]] == [
        ("same", "بلغت الميزانية "),
        ("removed", "مليون"),
        ("added", "مليوني"),
        ("same", " دينار."),
    ]
    assert changed.of(made(tmp_path / "again"), [{"id": "test:p7", "version": OLD}]) == {}
    assert changed.of(made(tmp_path / "third"), [{"id": "test:p8", "version": NEW}]) == {}


def test_long_texts_and_many_blocks_are_cut(tmp_path: Path) -> None:
    folder = made(tmp_path / "test")
    long = " ".join(f"كلمة{number}" for number in range(500))
    before = publication(OLD, f"{long} قديم", *(f"فقرة {number}" for number in range(40)))
    after = publication(NEW, long.replace("كلمة", "خبر"), f"{long} جديد")
    lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in (before, after))
    (folder.dataset_dir / "history.jsonl").write_text(lines, encoding="utf-8")
    found = changed.of(folder, LISTED)["test:p7"]
    assert len(found.blocks) == 12
    assert found.more == 30
    assert "380 more words" in found.blocks[0][0].text
    assert len(found.blocks[1][0].text.split()) == 9
