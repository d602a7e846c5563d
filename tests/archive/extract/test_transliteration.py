"""Names in Arabic and in Latin letters: which are one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extract.transliteration import is_arabic, same


@pytest.mark.parametrize(
    ("arabic", "latin"),
    [
        ("مي السعدني", "Mai El-Sadany"),
        ("مي السعدني", "May Elsaadany"),
        ("مَيّ السَّعْدَني", "Mai al-Sa'dani"),
        ("محسن المصطفى", "Muhsen AlMustafa"),
        ("عبد الرحمن الشامي", "Abdulrahman al-Shami"),
        ("عبد الرحمن الشامي", "Abdel Rahman Shami"),
        ("شيماء الشيخ", "Shaimaa El-Sheikh"),
        ("شيماء الشمري", "Shaimaa ash-Shammari"),
        ("يوسف حسين", "Youssef Hussein"),
        ("خالد منصور", "Khaled Mansour"),
        ("وائل غانم", "Wael Ghanem"),
        ("هبة عثمان", "Heba Osman"),
        ("هبة عثمان", "Hiba Othman"),
        ("تيموثي كالداس", "Timothy E. Kaldas"),
        ("ألكسندر حداد", "Alexander Haddad"),
        ("رلى خوري", "Rola Khoury"),
        ("ذكي بدر الدين", "Zaki Badreddine"),
    ],
)
def test_one_name(arabic: str, latin: str) -> None:
    assert same(arabic, latin)
    assert same(latin, arabic)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("مي السعدني", "Omar Selim"),
        ("مي السعدني", "May Sadler"),
        ("نادية حداد", "Nadia Hamdan"),
        ("عمر سليم", "Amr Salem Haddad"),
        ("علي", "Ali"),  # too little to tell: Ali, Lee, Leah
        ("عمر سليم", "عمر سليم"),  # one script: a matter of folding, not of this
        ("Omar Selim", "Omar Selim"),
        ("المعهد", "The Institute"),
        ("", ""),
        ("٢٠٢٤", "2024"),
    ],
)
def test_two_names(one: str, other: str) -> None:
    assert not same(one, other)


def test_the_script_of_most_letters() -> None:
    assert is_arabic("مي السعدني")
    assert not is_arabic("Mai")
    assert not is_arabic("2024")


@given(st.text(max_size=60), st.text(max_size=60))
def test_wild_names_never_raise(one: str, other: str) -> None:
    assert same(one, other) == same(other, one)
