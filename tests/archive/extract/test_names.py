"""Bylines to people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extract import names


@pytest.mark.parametrize(
    ("raw", "people"),
    [
        ("By Timothy E. Example", ["Timothy E. Example"]),
        ("Dr. Nadia Haddad and Omar Selim", ["Nadia Haddad", "Omar Selim"]),
        ("A. Haddad, B. Selim, and C. Mansour", ["A. Haddad", "B. Selim", "C. Mansour"]),
        ("Nadia Haddad with Omar Selim", ["Nadia Haddad", "Omar Selim"]),
        ("Nadia Haddad & Omar Selim", ["Nadia Haddad", "Omar Selim"]),
        ("02/25/2019 . By Omar Selim", ["Omar Selim"]),
        ("Oct 24, 2022Omar Selim", ["Omar Selim"]),
        ("Written by Omar Selim on March 3, 2020", ["Omar Selim"]),
        ("byOmar Selim", ["Omar Selim"]),
        ("Omar Selim, Jr.", ["Omar Selim, Jr."]),
        ("The Big Sphinx", ["The Big Sphinx"]),
        ("The Institute", ["The Institute"]),
        ("Anderson Bylund", ["Anderson Bylund"]),
        ("بقلم: نادية حداد", ["نادية حداد"]),
        ("نادية حداد و عمر سليم", ["نادية حداد", "عمر سليم"]),
        ("نادية حداد وعمر سليم", ["نادية حداد", "عمر سليم"]),
        ("نادية حداد ووليد سليم", ["نادية حداد", "وليد سليم"]),
        ("وليد حداد", ["وليد حداد"]),
        ("وائل سليم وولاء حداد", ["وائل سليم", "ولاء حداد"]),
        ("د. وليد حداد، نادية سليم", ["وليد حداد", "نادية سليم"]),
        ("المعهد", ["المعهد"]),
    ],
)
def test_who_is_named(raw: str, people: list[str]) -> None:
    assert [author.name for author in names.people(raw)] == people


@pytest.mark.parametrize(
    "raw",
    [
        "analyst 24428",
        "https://example.org/a.jpg",
        "omar@example.org",
        "photo.png",
        "admin",
        "",
        "3 comments",
        "Read more",
        "© 2024 Institute",
        "10:30 am",
        "12",
    ],
)
def test_who_is_nobody(raw: str) -> None:
    assert names.people(raw) == ()


@pytest.mark.parametrize(
    ("raw", "name", "role"),
    [
        ("Omar Selim, Nonresident Fellow", "Omar Selim", "Nonresident Fellow"),
        ("Omar Selim (Senior Editor)", "Omar Selim", "Senior Editor"),
        ("Omar Selim, PhD", "Omar Selim", "PhD"),
        ("عمر سليم: زميل غير مقيم", "عمر سليم", "زميل غير مقيم"),
        ("عمر سليم، باحث أول", "عمر سليم", "باحث أول"),
    ],
)
def test_a_role_is_taken_off(raw: str, name: str, role: str) -> None:
    (author,) = names.people(raw)
    assert (author.name, author.role) == (name, role)
    assert author.name in author.name_raw


def test_the_address_belongs_to_one_person() -> None:
    assert names.people("Omar Selim", "https://example.org/o/")[0].url == "https://example.org/o/"
    assert [author.url for author in names.people("Omar Selim and Nadia Haddad", "https://example.org/o/")] == [
        None,
        None,
    ]


def test_one_person_stands_once() -> None:
    found = names.unique([*names.people("Omar Selim"), *names.people("omar selim", "https://example.org/o/")])
    assert [(author.name, author.url) for author in found] == [("Omar Selim", "https://example.org/o/")]


@given(st.text(max_size=200))
def test_wild_bylines_never_raise(raw: str) -> None:
    for author in names.people(raw):
        assert names.is_name(author.name)
