"""The history is read in stretches, wherever they begin, and by other processes."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from archive.catalogue import build, reading, refresh
from archive.catalogue.build import Catalogue
from archive.catalogue.lines import groups
from archive.catalogue.search import Search
from archive.dataset.jsonl import HISTORY
from tests import shelf

COUNT = 25
NEW = "نصٌّ جديدٌ عن الزلازل في القاهرة."


def filled(home: Path, edited: int = 5) -> Path:
    some = [one["id"] for one in shelf.publications(COUNT)][:edited]
    return shelf.fill(home, COUNT, edited=dict.fromkeys(some, NEW)).dataset_dir / HISTORY


def told(home: Path) -> dict[str, list[Any]]:
    """All rows of a catalogue, but for times and keys, which follow the order of writing."""
    with sqlite3.connect(home / "catalogue.sqlite") as connection:
        return {
            table: sorted(
                connection.execute(f"SELECT {columns} FROM {table}").fetchall(),
                key=str,
            )
            for table, columns in (
                ("publications", "id, title, tags, words, versions, line, line_length, line_digest"),
                ("texts", "text"),
                ("versions", "id, number, version, words, line, line_length"),
                ("links", "id, position, url, host, own"),
                ("parties", "id, position, side, name"),
                ("authors", "author, name, publications, first, last"),
                ("hosts", "host, links, publications"),
                ("cited", "host, url, links"),
                ("facets", "collection, institute, kind, language, state, year, publications, versions"),
            )
        }


@pytest.mark.parametrize("size", [700, 15_001, 100_000])
def test_stretches_of_any_size_have_every_publication_once(tmp_path: Path, size: int) -> None:
    history = filled(tmp_path)
    whole = [(ident, group.places) for ident, group in groups(history)]
    assert len(whole) == COUNT
    assert sum(len(places) for _, places in whole) == COUNT + 5
    end = history.stat().st_size
    begins = range(0, end, size)
    assert [
        (ident, group.places) for begin in begins for ident, group in groups(history, begin, min(begin + size, end))
    ] == whole
    starts = [places[0][0] for _, places in whole]
    for begin, after in zip(starts, [*starts[1:], end], strict=True):  # and where they begin with a line
        assert [ident for ident, _ in groups(history, begin, after)] == [whole[starts.index(begin)][0]]


def test_other_processes_read_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path)
    catalogue = Catalogue(tmp_path)
    catalogue.refresh()
    alone = told(tmp_path)
    catalogue.delete()
    monkeypatch.setattr(refresh, "_SMALL", 0)
    monkeypatch.setattr(reading, "_SIZE", 60_000)
    assert catalogue.refresh() == COUNT
    assert told(tmp_path) == alone


@pytest.mark.parametrize("most", [0, 2000])
def test_what_is_changed_one_by_one_and_what_is_made_anew_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """And whoever reads the catalogue meanwhile sees the new one."""
    shelf.fill(tmp_path, COUNT + 3)
    catalogue = Catalogue(tmp_path)
    catalogue.refresh()
    search = Search.open(catalogue.path)
    assert search.find("الزلازل").total == 0
    filled(tmp_path)  # five are changed, and three there no more
    monkeypatch.setattr(build, "_MOST", most)
    assert catalogue.refresh() == (COUNT if most == 0 else 8)
    assert catalogue.is_current()
    assert search.find("الزلازل").total == 5
    assert search.find().total == COUNT
    assert not list(tmp_path.glob(".*.new*"))
    changed = told(tmp_path)
    catalogue.delete()
    catalogue.refresh()
    assert told(tmp_path) == changed
    search.close()


def test_counted_beforehand_is_what_the_tables_hold(tmp_path: Path) -> None:
    filled(tmp_path)
    Catalogue(tmp_path).refresh()
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as connection:
        for counted, from_tables in (
            ("SELECT sum(publications), sum(versions) FROM facets", "SELECT count(*), sum(versions) FROM publications"),
            ("SELECT sum(links) FROM hosts", "SELECT count(*) FROM links WHERE own = 0"),
            (
                "SELECT kind, sum(publications) FROM facets GROUP BY 1 ORDER BY 1",
                "SELECT kind, count(*) FROM publications GROUP BY 1 ORDER BY 1",
            ),
            ("SELECT sum(publications) FROM authors", "SELECT count(*) FROM publication_authors"),
        ):
            assert connection.execute(counted).fetchall() == connection.execute(from_tables).fetchall()


def test_a_search_of_more_than_are_ranked_has_them_all_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those with the word in title, standfirst or authors first, then the others, the newest of each first."""
    shelf.fill(tmp_path, 60)
    Catalogue(tmp_path).refresh()
    search = Search.open(tmp_path / "catalogue.sqlite")
    for typed in ("the", "في"):
        ranked = search.find(typed, limit=60)
        assert ranked.ranked
        monkeypatch.setattr("archive.catalogue.search._RANKED", 5)
        assert not search.find(typed).ranked
        pages = [search.find(typed, limit=7, offset=at).hits for at in range(0, 60, 7)]
        monkeypatch.undo()
        ids = [hit.row["id"] for page in pages for hit in page]
        assert len(ids) == len(set(ids)) == ranked.total > 5
        assert set(ids) == {hit.row["id"] for hit in ranked.hits}
        heads = [any(piece.hit for piece in hit.title) for page in pages for hit in page]
        assert any(heads)
        days = [hit.row["published"] for page in pages for hit in page]
        cut = next((at for at in range(1, len(days)) if days[at] > days[at - 1]), len(days))
        assert days[cut:] == sorted(days[cut:], reverse=True)
        assert not any(heads[cut:])
    search.close()
