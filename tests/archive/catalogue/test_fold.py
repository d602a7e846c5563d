import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.catalogue.fold import fold, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("القاهره", "القاهرة"),
        ("القَاهِرَةُ", "القاهرة"),
        ("مـــصر", "مصر"),
        ("أحمد، إلى آخر", "احمد، الي اخر"),
        ("ٱلقانون", "القانون"),
        ("مستشفى", "مستشفي"),
        ("سنة ٢٠٢٤", "سنه 2024"),
        ("۱۲ ژوئن", "12 ژوين"),
        ("کتاب یک", "كتاب يك"),
        ("ﻻ ﷲ", "لا الله"),
        ("مسؤول", "مسوول"),
        ("Société ﬁnancière", "SOCIETE FINANCIERE"),
        ("Straße", "strasse"),
        ("ʿAbd al-Raḥmān", "Abd al-Rahman"),
        ("a\u200fb\u202ec", "abc"),
    ],
)
def test_two_spellings_fold_to_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("قلب", "كلب"), ("سورة", "صورة"), ("ha", "he"), ("12", "13")])
def test_different_words_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_words_are_found_where_they_stand() -> None:
    text = "في القَاهِرَةُ: «مـــصر» O’Neill ٢٠٢٤"
    found = [(text[start:end], form) for start, end, form in words(text)]
    assert found == [
        ("في", "في"),
        ("القَاهِرَةُ", "القاهره"),
        ("مـــصر", "مصر"),
        ("O", "o"),
        ("Neill", "neill"),
        ("٢٠٢٤", "2024"),
    ]


@given(st.text())
def test_folding_is_done_once_and_keeps_no_mark(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert not any(unicodedata.category(one) in ("Mn", "Cf") for one in folded)


@given(st.text())
def test_spans_are_in_order_and_inside(text: str) -> None:
    at = 0
    for start, end, form in words(text):
        assert at <= start < end <= len(text)
        assert form == fold(text[start:end])
        at = end
