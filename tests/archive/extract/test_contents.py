"""Tables of contents: they repeat the headings, and are no part of the text."""

import pytest

from tests.archive.extract.pages import LONG, LONG_ARABIC, content

ENGLISH = ("The court", "The verdict", "What comes next")
ARABIC = ("المحكمة", "الحكم الصادر", "ما الذي يأتي بعد ذلك")


def of_parts(names: tuple[str, ...]) -> str:
    return "".join(f'<li><a href="#part-{at}">{name}</a></li>' for at, name in enumerate(names))


def parts(names: tuple[str, ...], words: str) -> str:
    return "".join(f'<h2 id="part-{at}">{at + 1}. {name}</h2><p>{words}</p>' for at, name in enumerate(names))


def read(markup: str, language: str = "en") -> list[str]:
    return [block.text for block in content(markup, language=language).blocks]


@pytest.mark.parametrize(
    ("language", "label", "names", "words"),
    [
        ("en", "<p>In this article:</p>", ENGLISH, LONG),
        ("en", "", ENGLISH, LONG),
        ("en", "<h3>Contents</h3>", (*ENGLISH, "An annex"), LONG),
        ("ar", "<p>في هذا التقرير:</p>", ARABIC, LONG_ARABIC),
        ("ar", "<h3>المحتويات</h3>", (*ARABIC, "ملحق"), LONG_ARABIC),
        ("ar", "", ARABIC, LONG_ARABIC),
    ],
)
def test_a_list_of_the_headings_is_none_of_the_text(
    language: str, label: str, names: tuple[str, ...], words: str
) -> None:
    wanted = read(f"<p>{words}</p>{parts(names[:3], words)}", language)
    assert read(f"<p>{words}</p>{label}<ul>{of_parts(names)}</ul>{parts(names[:3], words)}", language) == wanted


@pytest.mark.parametrize(("language", "names", "words"), [("en", ENGLISH, LONG), ("ar", ARABIC, LONG_ARABIC)])
def test_lists_that_only_look_like_one_stay(language: str, names: tuple[str, ...], words: str) -> None:
    plain = "".join(f"<li>{name}</li>" for name in names)  # the points, named before they are made
    others = of_parts(tuple(f"{words[at : at + 20]}" for at in range(3)))  # links into the text, and no headings
    elsewhere = "".join(f'<li><a href="https://court.example/{at}">{name}</a></li>' for at, name in enumerate(names))
    for items in (plain, others, elsewhere):
        texts = read(f"<p>{words}</p><ul>{items}</ul>{parts(names, words)}", language)
        assert len(texts) == 8


@pytest.mark.parametrize(
    ("language", "above", "names", "words"),
    [
        ("en", "In this article we ask three things.", ENGLISH, LONG),
        ("ar", "في هذا المقال نطرح ثلاثة أسئلة.", ARABIC, LONG_ARABIC),
    ],
)
def test_what_is_written_above_stays_where_it_says_more(
    language: str, above: str, names: tuple[str, ...], words: str
) -> None:
    texts = read(f"<p>{words}</p><p>{above}</p><ul>{of_parts(names)}</ul>{parts(names, words)}", language)
    assert texts[1] == above
    assert len(texts) == 8
