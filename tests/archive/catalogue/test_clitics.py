"""What is written onto an Arabic word with the article is taken off in the index; what only looks so stays."""

from pathlib import Path

import pytest

from archive.catalogue.build import Catalogue
from archive.catalogue.clitics import plain, readings
from archive.catalogue.fold import WORD, fold, words
from archive.catalogue.query import Query
from archive.catalogue.search import Search
from tests import shelf

# The word, and how it is written with «and», «then», «by», «like», «for».
JOINED = {
    "القاهرة": "والقاهرة فالقاهرة بالقاهرة وبالقاهرة فبالقاهرة كالقاهرة وكالقاهرة للقاهرة وللقاهرة فللقاهرة",
    "الحق": "والحق بالحق للحق وللحق",
    "المحكمة": "والمحكمة بالمحكمة للمحكمة كالمحكمة",
    "اللجنة": "واللجنة باللجنة للجنة وللجنة",
    "اللاجئون": "واللاجئون للاجئون",
    "اليمن": "باليمن لليمن",
    "إلغاء": "وإلغاء بإلغاء لإلغاء",
    "التزام": "والتزام بالتزام لالتزام",
    "الله": "والله بالله",
    "الذي": "والذي بالذي كالذي",
}
# Each of these begins with such a letter, and it is the word's own.
WHOLE = """
وزارة وزير وكالة وكالات وكالتين والد والدة والدين والدته والدها ولاية وطن وسائل وثيقة واشنطن ورشة وفد وفاة وقف والي
بيروت بغداد بلد بلدية برلمان بنك بحر بيان باليه بالغ بالغين بالون بال بالي بروتوكول بريطانيا
كتاب كلمة كردستان كاتب كاميرا كالح كل كهرباء كوكب كفالة
فلسطين فرنسا فساد فقر فال فالح فتوى فيضان فيلم فاتورة
لبنان ليبيا لجنة لغة لقاء لاجئ لله لماذا لال لوائح لندن
""".split()  # noqa: SIM905


def form(word: str) -> str:
    return plain(fold(word))


@pytest.mark.parametrize("word", JOINED)
def test_a_word_is_found_by_every_way_to_write_it_and_they_by_it(word: str) -> None:
    for joined in JOINED[word].split():
        assert set(readings(form(joined))) & {form(word)}, joined
        assert set(readings(form(word))) & {form(joined)}, joined


@pytest.mark.parametrize("word", WHOLE)
def test_a_word_that_begins_with_such_a_letter_stays_whole(word: str) -> None:
    assert form(word) == fold(word)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ألوان", "وأن"),
        ("الدين", "والدين"),
        ("إليه", "باليه"),
        ("آلات", "وكالات"),
        ("القاهرة", "قاهرة"),
        ("لبنان", "البنان"),
        ("الم", "لم"),
    ],
)
def test_words_that_only_look_alike_stay_apart(one: str, other: str) -> None:
    """The first three would be one for a stemmer that takes off the article as well."""
    assert not set(readings(form(one))) & set(readings(form(other)))


def test_no_two_words_of_the_demo_institute_become_one_that_are_not() -> None:
    """Precision: whatever two words come together differ by what may be written onto an article."""
    vocabulary = {
        fold(word)
        for told in shelf.publications(200)
        if told["language"] == "ar"
        for word in WORD.findall(" ".join([told["title"], *told["paragraphs"]]))
    }
    assert len(vocabulary) > 1000
    together = {word: plain(word) for word in vocabulary if plain(word) != word and plain(word) in vocabulary}
    assert together
    for word, rest in together.items():
        assert rest[:2] in ("ال", "لل")
        assert word.removesuffix(rest) in ("و", "ف", "ب", "ك", "ل", "وب", "وك", "ول", "فب", "فك", "فل")


def test_what_is_found_is_marked_as_it_is_written(tmp_path: Path) -> None:
    text = "وبالْقَاهِرَةِ اجتماعٌ للجنة في وزارة العدل ببيروت."
    shelf.fill(tmp_path, 30, edited={"demo:p1216": text, "demo:p1207": "A decree in Beirut: الزّلازل والسلام."})
    Catalogue(tmp_path).refresh()
    search = Search.open(tmp_path / "catalogue.sqlite")
    for typed, marked in (
        ("القاهره", ["وبالْقَاهِرَةِ"]),
        ("كالقاهرة اجتماع", ["وبالْقَاهِرَةِ", "اجتماعٌ"]),
        ("اللجنة اجتماع", ["اجتماعٌ", "للجنة"]),
        ('"القاهرة اجتماع"', ["وبالْقَاهِرَةِ", "اجتماعٌ"]),
        ("اجتماع القاه*", ["وبالْقَاهِرَةِ", "اجتماعٌ"]),
    ):
        hits = {hit.row["id"]: hit for hit in search.find(typed, limit=50).hits}
        shown = [piece.text for piece in hits["demo:p1216"].snippet if piece.hit]
        assert sorted(shown) == sorted(marked), typed
    for typed in ("زارة", "يروت", '"اجتماع القاهرة"', "والقاهرة -بالقاهرة"):
        assert "demo:p1216" not in {hit.row["id"] for hit in search.find(typed, limit=50).hits}, typed
    both = search.find("decree السلام").hits
    assert [hit.row["id"] for hit in both] == ["demo:p1207"]
    assert [piece.text for piece in both[0].snippet if piece.hit] == ["decree", "والسلام"]
    search.close()


def test_a_query_asks_for_every_reading() -> None:
    assert Query.of("للجنة").fts == '(("للجنه" OR "الجنه" OR "اللجنه"))'
    assert Query.of("وزارة -والعدل").fts == '("وزاره") NOT ("العدل" OR "للعدل")'
    assert [found for _, _, found in words("وبالعدل، «وزارة»")] == ["العدل", "وزاره"]
