"""The standfirst: where it is found, and that it stands only once."""

import pytest

from tests.archive.extract.pages import LONG, LONG_ARABIC, PLAIN, page

DECK = "Why nobody who took part in the meeting would say what had been decided there."
DECK_ARABIC = "لماذا لم يقل أحد ممن شاركوا في الاجتماع ما الذي تقرر في نهايته هذا العام؟"
BODY = f"<p>{LONG}</p><p>{LONG}</p><p>{LONG}</p>"
BODY_ARABIC = f"<p>{LONG_ARABIC}</p><p>{LONG_ARABIC}</p>"


def read(top: str, body: str = BODY, head: str = "") -> tuple[str | None, str | None, list[str]]:
    markup = (
        f"<html><head>{head}</head><body><main><article>{top}"
        f'<div class="entry-content">{body}</div></article></main></body></html>'
    )
    found = page(markup, PLAIN).content
    assert found is not None
    return found.standfirst, found.standfirst_source, [block.text for block in found.blocks]


@pytest.mark.parametrize(
    ("top", "body", "wanted", "source"),
    [
        (f'<h1>Courts</h1><p class="standfirst">{DECK}</p>', BODY, DECK, "element"),
        (f'<h1>Courts</h1><h2 class="article__deck">{DECK}</h2>', BODY, DECK, "element"),
        (f'<h1>محاكم</h1><div class="entry-subtitle">{DECK_ARABIC}</div>', BODY_ARABIC, DECK_ARABIC, "element"),
        (f"<header><h1>Courts</h1><p>{DECK}</p></header>", BODY, DECK, "element"),
        (f'<div class="page-header"><h1>محاكم</h1><p>{DECK_ARABIC}</p></div>', BODY_ARABIC, DECK_ARABIC, "element"),
        ("<h1>Courts</h1>", f"<p><strong>{DECK}</strong></p>{BODY}", DECK, "paragraph"),
        # what is none
        ("<h1>Courts</h1>", BODY, None, None),
        (f"<h1>Courts</h1><p>{DECK}</p>", BODY, None, None),  # a paragraph like any other
        ("<header><h1>Courts</h1><p>By Omar Selim and Nadia Haddad, Senior Fellows</p></header>", BODY, None, None),
        ("<header><h1>Courts</h1><p>Published on 5 March 2024 in Beirut, Lebanon</p></header>", BODY, None, None),
        ("<header><h1>محاكم</h1><p>بقلم: عمر سليم ونادية حداد من بيروت</p></header>", BODY_ARABIC, None, None),
        (f'<h1>Courts</h1><div class="related"><p class="excerpt">{DECK}</p></div>', BODY, None, None),
        ("<h1>Courts</h1>", f"<p><strong>{DECK_ARABIC}</strong></p>{BODY_ARABIC}", None, None),  # a question
    ],
)
def test_where_it_stands(top: str, body: str, wanted: str | None, source: str | None) -> None:
    standfirst, read_from, texts = read(top, body)
    assert (standfirst, read_from) == (wanted, source)
    assert (wanted in texts) == (source == "paragraph")  # else it is no part of the body


@pytest.mark.parametrize(("deck", "body"), [(DECK, BODY), (DECK_ARABIC, BODY_ARABIC)])
def test_a_first_paragraph_of_the_body_stays_its_own_whatever_its_class_says(deck: str, body: str) -> None:
    standfirst, source, texts = read("<h1>Courts</h1>", f'<p class="lead">{deck}</p>{body}')
    assert (standfirst, source) == (deck, "paragraph")
    assert texts[0] == deck


def test_a_heading_among_the_bodys_words_is_none() -> None:
    standfirst, _, texts = read("<h1>Courts</h1>", f'{BODY}<h2 class="is-style-subheading">{DECK}</h2>{BODY}')
    assert standfirst is None
    assert DECK in texts


def test_a_description_that_nobody_sees_is_none() -> None:
    head = f'<meta name="description" content="{DECK}"><meta property="og:description" content="{DECK}">'
    assert read("<h1>Courts</h1>", head=head)[:2] == (None, None)


@pytest.mark.parametrize(("deck", "body"), [(DECK, BODY), (DECK_ARABIC.rstrip("؟"), BODY_ARABIC)])
def test_a_first_paragraph_that_repeats_it_stays_the_bodys(deck: str, body: str) -> None:
    standfirst, _, texts = read(f'<h1>Courts</h1><p class="standfirst">{deck}</p>', f"<p>{deck}</p>{body}")
    assert standfirst == deck
    assert texts.count(deck) == 1


def test_one_that_is_set_apart_in_the_body_too_stands_once() -> None:
    standfirst, _, texts = read(f'<h1>Courts</h1><p class="standfirst">{DECK}</p>', f"<p><em>{DECK}</em></p>{BODY}")
    assert standfirst == DECK
    assert DECK not in texts
