import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from archive.catalogue.build import Catalogue
from archive.catalogue.lines import line_at
from archive.catalogue.search import Search
from archive.errors import CollectionError
from tests import shelf
from tests.archive.audit import samples

COUNT = 40


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shelf.fill(tmp_path, COUNT)
    return tmp_path


def query(home: Path, sql: str, *values: Any) -> list[Any]:
    with sqlite3.connect(home / "catalogue.sqlite") as connection:
        return connection.execute(sql, values).fetchall()


def test_every_publication_has_its_rows(home: Path) -> None:
    catalogue = Catalogue(home)
    assert not catalogue.is_current()
    assert catalogue.refresh() == COUNT
    assert catalogue.is_current()
    told = {one["id"]: one for one in shelf.publications(COUNT)}
    rows = query(home, "SELECT id, title, language, kind, year, authors, tags FROM publications")
    assert {row[0] for row in rows} == set(told)
    for ident, title, language, kind, year, authors, tags in rows:
        one = told[ident]
        assert (title, language, kind) == (one["title"], one["language"], one["kind"])
        assert year == int(one["published"][:4])
        assert (authors or "") == "; ".join(one["authors"])
        assert json.loads(tags) == one["tags"]
    parties = query(home, "SELECT id, name FROM parties WHERE side = 'claimant' ORDER BY id, position")
    assert parties == [
        (ident, name) for ident, one in sorted(told.items()) if one["case"] for name in one["case"]["claimants"]
    ]
    assert {row[0] for row in query(home, "SELECT language FROM cases")} == {"en", "ar"}
    assert query(home, "SELECT count(*) FROM links WHERE own = 0")[0][0] > 0


def test_nothing_is_written_when_nothing_changed_and_the_changed_one_when_it_did(home: Path) -> None:
    catalogue = Catalogue(home)
    catalogue.refresh()
    assert catalogue.refresh() == 0
    arabic = next(one["id"] for one in shelf.publications(COUNT) if one["language"] == "ar")
    shelf.fill(home, COUNT, edited={arabic: "نصٌّ جديدٌ عن الزلازل."})
    assert not catalogue.is_current()
    assert catalogue.refresh() == 1
    search = Search.open(catalogue.path)
    assert [hit.row["id"] for hit in search.find("الزلازل").hits] == [arabic]
    title = query(home, "SELECT title FROM publications WHERE id = ?", arabic)[0][0]
    assert arabic in {hit.row["id"] for hit in search.find(title).hits}
    search.close()
    assert query(home, "SELECT number, words FROM versions WHERE id = ? ORDER BY number", arabic)[1] == (2, 4)


def test_each_line_is_found_again_at_its_place(home: Path) -> None:
    catalogue = Catalogue(home)
    catalogue.refresh()
    shelf.fill(home, COUNT, edited={"demo:p1207": "Longer than it was. " * 50})
    catalogue.refresh()  # lines behind the changed one have moved
    history = home / "collections" / "demo" / "dataset" / "history.jsonl"
    for ident, number, version, offset, length in query(
        home, "SELECT id, number, version, line, line_length FROM versions"
    ):
        line = line_at(history, offset, length, ident)
        assert (line["id"], line["version"]) == (ident, version), number
    with pytest.raises(CollectionError, match="policy-archive catalogue"):
        line_at(history, 3, 100, "demo:p1207")


def test_what_is_there_no_more_is_forgotten(home: Path) -> None:
    catalogue = Catalogue(home)
    catalogue.refresh()
    shelf.fill(home, COUNT - 10)
    assert catalogue.refresh() == 10
    search = Search.open(catalogue.path)
    assert search.find().total == COUNT - 10
    left = query(home, "SELECT count(*) FROM search WHERE search MATCH 'the OR في'")[0][0]
    assert left <= COUNT - 10
    search.close()
    (home / "collections" / "demo").rename(home / "elsewhere")
    catalogue.refresh()
    for table in ("publications", "versions", "links", "collections", "authors"):
        assert query(home, f"SELECT count(*) FROM {table}") == [(0,)], table


def test_a_damaged_catalogue_or_one_of_another_version_is_made_anew(home: Path) -> None:
    catalogue = Catalogue(home)
    catalogue.path.write_bytes(b"this is no database at all, and longer than a header" * 50)
    assert not catalogue.is_current()
    assert catalogue.refresh() == COUNT
    with sqlite3.connect(catalogue.path) as connection:
        connection.execute("PRAGMA user_version = 99")
    assert not catalogue.is_current()
    assert catalogue.refresh() == COUNT


def test_captures_and_crawls_stand_in_it(tmp_path: Path) -> None:
    made = samples.collection(tmp_path)
    folder = made.crawls_dir / "20261101120000"
    folder.mkdir(parents=True)
    report = {
        "crawl": folder.name,
        "institute": "sample",
        "urls": {"archived": 5, "failed": 1},
        "exit_code": 0,
        "found": 6,
    }
    (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")
    lost = {"url": samples.ARABIC, "end": "failed", "reason": "مغلق", "role": "page", "source": "pages"}
    kept = lost | {"url": samples.ENGLISH, "end": "archived", "reason": None}
    (folder / "urls.jsonl").write_text("".join(json.dumps(one) + "\n" for one in (lost, kept)), encoding="utf-8")
    Catalogue(tmp_path).refresh()
    assert query(tmp_path, "SELECT crawl, archived, failed FROM crawls") == [("20261101120000", 5, 1)]
    assert query(tmp_path, "SELECT url, reason FROM failures") == [(samples.ARABIC, "مغلق")]
    captures = query(tmp_path, "SELECT url, timestamp FROM captures WHERE url = ? ORDER BY 2", samples.ARABIC)
    assert [stamp[:8] for _, stamp in captures] == ["20261101", "20261102"]


def test_a_title_with_markup_or_a_quote_in_an_id_is_data(tmp_path: Path) -> None:
    shelf.fill(tmp_path, 10)
    Catalogue(tmp_path).refresh()
    search = Search.open(tmp_path / "catalogue.sqlite")
    for typed in ('"', 'a"b OR 1', "NEAR(x y)", "title:x", "* -", "'; DROP TABLE publications", "«»", "\x00"):
        search.find(typed)
    search.close()
