"""From places to reading order: lines as programs draw them, from left to right."""

import pytest

from archive.extract import pdf_lines
from archive.extract.pdf_glyphs import Glyph
from crawler.demo.shaping import drawn, is_rtl


def line(shown: str, across: float = 700.0, start: float = 50.0, size: float = 10.0) -> list[Glyph]:
    """Each character is a glyph of half the size; a space is a gap."""
    return [
        Glyph(0, start + 5 * n, start + 5 * n + 5, across, size, character, False)
        for n, character in enumerate(shown)
        if character != " "
    ]


def printed(text: str) -> list[Glyph]:
    """A line in its shapes; a mark is a glyph of no width in the middle of its letter."""
    letters = drawn(text)
    marks = [
        Glyph(0, 52.5 + 5 * n, 52.5 + 5 * n, 702.0, 10.0, mark, False)
        for n, letter in enumerate(letters)
        for mark in letter.marks
    ]
    return [*line("".join(letter.letter for letter in letters)), *marks]


@pytest.mark.parametrize(
    "text",
    [
        "قرار المحكمة",
        "رقم ١٢٣ في ٥ آذار ٢٠١٧.",
        "القانون رقم 107 لسنة 2013، المعدّل في 12/5/2016",
        "قال «المدعي» (وهو محامٍ) إنّ الحكم صدر",
        "شركة Google LLC أو COVID-19 بنسبة 50.5 في المئة من أصوات الناخبين",
        "لا إلا الآن الأول",
        "The court’s judgment (no. 12) was “read” on 5 March.",
        "The word كلمة عربية stands in a line of English",
    ],
)
def test_a_line_is_read_as_it_was_written(text: str) -> None:
    assert pdf_lines.text(printed(text)) == text
    assert is_rtl(text) == ("The" not in text)


def test_where_a_line_ends_tells_its_direction() -> None:
    ltr = line("Gaza يف Law of the Sea", 700)
    full = line("يروس مادختسا نم ثيدحلا نوناقلا نم رشع", 680)
    assert pdf_lines.text([*ltr, *full]).split("\n")[0] == "Gaza في Law of the Sea"
    rtl = line("Law of the Sea نع باتك", 700, start=125)
    assert pdf_lines.text([*rtl, *full]).split("\n")[0] == "كتاب عن Law of the Sea"


def test_what_is_drawn_twice_is_read_once() -> None:
    twice = [
        glyph for one in line("bold خط") for glyph in (one, one._replace(along=one.along + 0.3, end=one.end + 0.3))
    ]
    assert pdf_lines.text(twice) == "bold طخ"


def test_shapes_of_letters_are_letters_and_an_authors_signs_stay() -> None:
    assert pdf_lines.tidy("ﻗﺮﺍﺭ ﻻ ﬁnal½ ² … ﷺ \u202bx\u202c") == "قرار لا final½ ² … ﷺ x"


def test_a_note_s_mark_stays_in_its_line_and_a_wider_gap_parts_paragraphs() -> None:
    first = [*line("a judgment"), *line("1", 704, start=100, size=6)]
    after = [*line("second line", 688), *line("third line", 676), *line("new paragraph", 646)]
    assert pdf_lines.text([*first, *after]) == "a judgment1\nsecond line\nthird line\n\nnew paragraph"


def test_text_that_stands_upright_is_a_line_of_its_own() -> None:
    upright = [glyph._replace(turn=1, along=glyph.along + 300, end=glyph.end + 300) for glyph in line("margin", 20)]
    assert pdf_lines.text([*line("text"), *upright]) == "text\nmargin"
