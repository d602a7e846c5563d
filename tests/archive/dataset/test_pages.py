"""The store of derived pages, and what a Reader says about one capture."""

import sqlite3
from pathlib import Path

import pytest

from archive.dataset.pages import PageStore, languages
from archive.extract.page import Page, Role
from tests.archive.dataset.making import MARK, Site, at, content, link

HOME = "https://nile.example/"
ARABIC = HOME + "%D8%B9%D8%B1%D8%A8%D9%89/%D9%82%D8%B6%D9%8A%D8%A9/"  # /عربى/قضية/


def test_a_row_holds_what_was_derived(tmp_path: Path) -> None:
    site = Site()
    derived = site.page(ARABIC, content(title="ملف قضية", text="نصّ"), post_id=7, warnings=("no_author",))
    with PageStore(tmp_path / "state" / "pages.sqlite") as store:
        store.add([derived], MARK)
        [row] = store.rows()
        page = Page.model_validate_json(store.body(row.id))
    assert (row.url, row.key, row.title, row.post_id) == (ARABIC, ARABIC.removesuffix("/"), "ملف قضية", 7)
    assert (row.captured_at, row.warnings) == ("2026-01-01T12:00:00.123456Z", '["no_author"]')
    assert page.content
    assert page.content.title == "ملف قضية"
    assert page.captured_at == at(1)


def test_adding_again_replaces(tmp_path: Path) -> None:
    site = Site()
    derived = site.page(ARABIC)
    with PageStore(tmp_path / "pages.sqlite") as store:
        store.add([derived], MARK)
        store.add([derived], "newer tools")
        assert len(store) == 1
        assert store.connection.execute("SELECT count(*) FROM body").fetchone() == (1,)


def test_sift_keeps_what_is_listed_and_was_derived_by_these_tools(tmp_path: Path) -> None:
    site = Site()
    kept, unlisted, other_tools, missing = (site.page(ARABIC) for _ in range(4))
    with PageStore(tmp_path / "pages.sqlite") as store:
        store.add([kept, unlisted], MARK)
        store.add([other_tools], "other tools")
        assert store.sift((one.location for one in (missing, other_tools, kept)), MARK) == 3
        assert [row.record_id for row in store.rows()] == [kept.record_id]
        assert list(store.missing()) == [other_tools.location, missing.location]
        assert store.connection.execute("SELECT count(*) FROM body").fetchone() == (1,)


def test_languages_are_told_and_nothing_is_changed(tmp_path: Path) -> None:
    site, path = Site(), tmp_path / "صفحات" / "pages.sqlite"
    assert list(languages(path)) == []
    said, silent = site.page(ARABIC, content(title="ملف", language="ar")), site.page(ARABIC + "2/")
    with PageStore(path) as store:
        store.add([said, silent], MARK)
        assert list(languages(path))[:1] == [(said.location.warc, said.location.offset, "ar")]
    for damage in (b"not a database" * 100, b""):
        path.write_bytes(damage)
        assert list(languages(path)) == []
        assert path.read_bytes() == damage


@pytest.mark.parametrize("damage", ["not a database", "another version"])
def test_a_store_that_cannot_be_used_is_made_anew(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "pages.sqlite"
    if damage == "not a database":
        path.write_bytes(b"not a database" * 100)
    else:
        other = sqlite3.connect(path)
        other.execute("PRAGMA user_version = 999")
        other.close()
    with PageStore(path) as store:
        assert len(store) == 0


def test_links_are_judged_once_a_canonical_key_and_the_others_counted(tmp_path: Path) -> None:
    found = (
        link(HOME + "2021/04/06/a/", "First"),
        link("http://nile.example/2021/04/06/a", "The same"),
        link(ARABIC, "قضية"),
        link("https://elsewhere.example/"),
        link("https://elsewhere.example"),
        link(HOME + "a/a/a/a/a/a/a/a/a/"),
    )
    derived = Site().add(HOME, Role.LISTING, links=found, requisites=(HOME + "style.css",))
    assert [(one.key, one.text) for one in derived.links] == [
        (HOME + "2021/04/06/a", "First"),
        (ARABIC.removesuffix("/"), "قضية"),
    ]
    assert derived.links[0].url.startswith("https://nile.example/2021/04/06/a")
    assert derived.cut == {"outside": 1, "trap": 1}
    assert {one.rule for one in derived.cut_urls} == {"outside", "trap"}
    assert derived.requisites == (HOME + "style.css",)
    assert b"2021/04/06" not in derived.page_json
