from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.catalogue.build import Catalogue
from archive.catalogue.excerpt import Marks, marked, snippet
from archive.catalogue.fold import fold
from archive.catalogue.query import Query
from archive.catalogue.search import Search
from tests import shelf

TEXTS = {
    "demo:p1207": "A decree on water, and the Supreme Court of Administration. "
    + "Filler words stand here. " * 60
    + "Then an earthquake.",
    "demo:p1216": "زلزالٌ في القاهِرة سنة ٢٠٢٤، وَمستشفى جديد. " + "كلمات كثيرة هنا. " * 60,
}


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    home: Path = tmp_path_factory.mktemp("home")
    shelf.fill(home, 30, edited=TEXTS)
    Catalogue(home).refresh()
    found = Search.open(home / "catalogue.sqlite")
    yield found
    found.close()


@pytest.mark.parametrize(
    "typed",
    [
        "القاهره",
        "القاهرة",
        "الْقَاهِرَة",
        "القـــاهرة",
        "زلزال 2024",
        "زلزال ٢٠٢٤",
        "«زلزال في القاهرة»",
        '"زلزال في القاهره"',
        "زلزا*",
        "زلزال -توقيف",
    ],
)
def test_arabic_is_found_in_any_spelling(search: Search, typed: str) -> None:
    hits = search.find(typed).hits
    assert [hit.row["id"] for hit in hits] == ["demo:p1216"]
    shown = [piece.text for piece in hits[0].snippet if piece.hit]
    assert shown
    assert all(word in TEXTS["demo:p1216"] for word in shown)  # as it stands, not folded


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("earthquake", True),
        ("EARTHQUAKE", True),
        ('"supreme court"', True),
        ('"court supreme"', False),
        ("earthqu*", True),
        ("earthqu", False),
        ("earthquake -decree", False),
        ("decree NOT", False),
    ],
)
def test_words_phrases_beginnings_and_what_must_not_be_there(search: Search, typed: str, found: bool) -> None:
    assert ("demo:p1207" in {hit.row["id"] for hit in search.find(typed).hits}) is found


def test_filters_and_facets_agree(search: Search) -> None:
    every = search.find(facets=("kind", "language", "year"))
    assert every.total == 30
    for name, values in every.facets.items():
        assert sum(count for _, count in values) == 30
        for value, count in values:
            assert search.find(filters={name: value}).total == count
    arabic = search.find(filters={"language": "ar"}, limit=100)
    assert {hit.row["direction"] for hit in arabic.hits} == {"rtl"}
    days = [hit.row["published"] for hit in arabic.hits]
    assert days == sorted(days, reverse=True)


def test_people_and_subjects_are_filters(search: Search) -> None:
    told = next(one for one in shelf.publications(30) if one["authors"] and one["tags"])

    for name, value in (
        ("author", fold(told["authors"][0])),
        ("tag", told["tags"][0]),
        ("section", told["sections"][0]),
    ):
        assert told["id"] in {hit.row["id"] for hit in search.find(filters={name: value}, limit=100).hits}
    with pytest.raises(ValueError, match="no filter"):
        search.find(filters={"1=1 --": "x"})
    with pytest.raises(ValueError, match="no facet"):
        search.find(facets=("text",))


def test_the_snippet_is_where_the_hits_are() -> None:
    pieces = list(snippet(TEXTS["demo:p1207"], Marks(Query.of("earthquake"))))
    assert pieces[0].text == "… "
    assert [piece.text for piece in pieces if piece.hit] == ["earthquake"]
    assert len("".join(piece.text for piece in pieces).split()) <= 35
    marks = Marks(Query.of("مصر"))
    assert "".join(piece.text for piece in marked("مـصرُ والمحكمةُ", marks)) == "مـصرُ والمحكمةُ"
    assert [piece.text for piece in marked("مـصرُ والمحكمةُ", marks) if piece.hit] == ["مـصرُ"]


def test_pages_of_results_do_not_overlap(search: Search) -> None:
    first, second = search.find(limit=20), search.find(limit=20, offset=20)
    ids = [hit.row["id"] for hit in (*first.hits, *second.hits)]
    assert len(ids) == len(set(ids)) == 30
