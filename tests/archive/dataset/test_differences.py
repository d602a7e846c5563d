from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.dataset.differences import Change, differences, words
from archive.dataset.side_by_side import page, said

COURT = "The court ruled on 3 May that the decree was void, and ordered the ministry to pay."
ARABIC = "قضت المحكمة ببطلان القرار وألزمت الوزارة بالدفع إلى المدّعين جميعاً."
LAST = "Nobody appealed, and the file was closed within the year, as its clerks had said it would be."


def version(*texts: str, **more: Any) -> dict[str, Any]:
    lists = ("authors", "sections", "tags", "countries", "author_notes", "images", "documents", "translations")
    return {
        **dict.fromkeys(("standfirst", "modified", "case")),
        **{name: [] for name in lists},
        "id": "x:p1",
        "url": "u",
        "title": "عنوان",
        "published": "2020-01-01",
        "kind": "analysis",
        "language": "ar",
        "direction": "rtl",
        "version": "2026-11-01T12:00:00.000000Z",
        "blocks": [{"type": "paragraph", "text": text} for text in texts],
        "text": "\n\n".join(texts),
        **more,
    }


BEFORE = version(COURT, ARABIC, LAST)


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        (version(COURT.replace("void", "viod"), ARABIC, LAST), Change.TYPO),
        (version(COURT, ARABIC.replace("الوزارة", "الوزاره"), LAST), Change.TYPO),
        (version(COURT.replace("void,", "void"), ARABIC, LAST), Change.TYPO),
        (version(COURT.replace("3 May", "4 May"), ARABIC, LAST), Change.CORRECTION),
        (version(COURT.replace("was void", "was not void"), ARABIC, LAST), Change.CORRECTION),
        (version(COURT, ARABIC, LAST, "تصحيح: ورد خطأ في اسم المحكمة في نسخة سابقة من هذا النص."), Change.CORRECTION),
        (version(COURT, ARABIC, LAST, "A new paragraph with news that nobody had expected at all."), Change.UPDATE),
        (version(COURT, LAST), Change.REMOVAL),
        (version(COURT, ARABIC, LAST, title="عنوان آخر"), Change.RETITLE),
        (version(COURT, ARABIC, LAST, authors=[{"name": "ليلى"}]), Change.BYLINE),
        (version(COURT, ARABIC, LAST, published="2020-01-02"), Change.DATE),
        (version(COURT, ARABIC, LAST, tags=["egypt"]), Change.UPDATE),
    ],
)
def test_the_sort_of_change(after: dict[str, Any], kind: Change) -> None:
    assert differences(BEFORE, after).kinds == (kind,)


@pytest.mark.parametrize(("old", "new"), [("decree", "statute"), ("المرسوم", "القانون")])
def test_a_long_paragraph_written_anew_is_no_typo(old: str, new: str) -> None:
    before, after = f"{old} the court قضت " * 400, f"{new} the court ruled قضت " * 400
    assert differences(version(before), version(after)).kinds == (Change.UPDATE,)


def test_a_version_may_be_several_changes() -> None:
    after = version(COURT, LAST, title="x", published="2021-01-01")
    assert set(differences(BEFORE, after).kinds) == {Change.RETITLE, Change.DATE, Change.REMOVAL}


def test_only_the_changed_words_are_marked() -> None:
    found = differences(BEFORE, version(COURT, ARABIC.replace("القرار", "المرسوم"), LAST))
    assert [block.op for block in found.blocks] == ["same", "changed", "same"]
    changed = [(piece.op, piece.text) for piece in found.blocks[1].pieces if piece.op != "same"]
    assert changed == [("removed", "القرار"), ("added", "المرسوم")]
    assert (found.words_removed, found.words_added) == (1, 1)


def test_a_block_that_moved_in_is_added_and_the_others_stay() -> None:
    found = differences(BEFORE, version(COURT, "Something else stands here now.", ARABIC, LAST))
    assert [block.op for block in found.blocks] == ["same", "added", "same", "same"]


def test_no_text_is_a_removal_and_its_return_an_update() -> None:
    nothing = version() | {"blocks": None, "text": None}
    assert differences(BEFORE, nothing).kinds == (Change.REMOVAL,)
    assert differences(nothing, BEFORE).kinds == (Change.UPDATE,)


def test_huge_texts_take_no_quadratic_time() -> None:
    old, new = " ".join(f"a{n}" for n in range(50_000)), " ".join(f"b{n}" for n in range(50_000))
    assert {piece.op for piece in words(old, new)} == {"removed", "added"}


@given(st.text(), st.text())
def test_both_texts_can_be_read_off(old: str, new: str) -> None:
    pieces = words(old, new)
    assert "".join(piece.text for piece in pieces if piece.op != "added") == old
    assert "".join(piece.text for piece in pieces if piece.op != "removed") == new


def test_the_page_is_whole_and_titles_are_data() -> None:
    after = version(COURT, ARABIC, "<script>alert(1)</script>", title="<img src=x onerror=alert(1)> قضية")
    shown = page(BEFORE, after, differences(BEFORE, after))
    assert "<script" not in shown
    assert "<img" not in shown
    assert 'dir="rtl"' in shown
    assert "http" not in shown.replace("https://institute.example", "")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


DOCUMENT = {
    "url": "https://x.example/تقرير.pdf",
    "title": "تقرير",
    "sha256": "ab",
    "warc": "a",
    "offset": 1,
    "captured_at": "1",
}


@pytest.mark.parametrize(
    ("after", "changed"),
    [
        ({"warc": "b", "offset": 2, "captured_at": "2"}, False),
        ({"warc": "b", "sha256": "cd"}, True),
        ({"title": "بيان"}, True),
    ],
)
def test_a_file_that_is_the_same_and_captured_again_is_no_change(after: dict[str, Any], changed: bool) -> None:
    told = differences(version(COURT, documents=[DOCUMENT]), version(COURT, documents=[DOCUMENT | after]))
    assert ("documents" in told.fields) == changed


def test_an_author_s_other_name_is_shown_where_it_is_what_changed() -> None:
    author = {"name": "Omar Selim", "name_raw": "Omar Selim", "name_other": "عمر سليم", "url": None, "role": None}
    told = differences(version(COURT, authors=[author]), version(COURT, authors=[author | {"name_other": None}]))
    assert [said(value) for value in told.fields["authors"]] == ["Omar Selim · عمر سليم", "Omar Selim"]
