"""Lines for people: within their columns, broken between parts, the same with and without a terminal."""

import io

import pytest
from rich.console import Console

from archive.lines import counts, filled, many, table, width


@pytest.mark.parametrize(("columns", "wanted"), [(80, 80), (10, 40), (500, 100)])
def test_lines_follow_the_terminal_within_reason(columns: int, wanted: int) -> None:
    assert width(Console(file=io.StringIO(), width=columns)) == wanted


def test_parts_are_never_broken() -> None:
    parts = counts({"مقال": 3, "legal_case": 1_200, "brief": 3})
    assert parts == ["1,200 legal_case", "3 brief", "3 مقال"]
    assert filled(parts, 30) == ["1,200 legal_case · 3 brief", "3 مقال"]
    assert filled(["a word that is longer than the line"], 10) == ["a word that is longer than the line"]
    assert filled([], 80) == []


def test_one_is_one() -> None:
    assert (many(1, "source"), many(0, "source"), many(2_000, "source")) == ("1 source", "0 sources", "2,000 sources")


def test_a_table_has_no_blanks_at_its_ends_and_no_colours_in_a_file() -> None:
    file = io.StringIO()
    table(
        Console(file=file, width=40),
        [("العنوان", ["[b]x[/b]", "y"]), ("url", ["https://x.example/" + "a" * 60])],
        9,
        "  ",
    )
    assert file.getvalue().splitlines() == [
        "  العنوان  [b]x[/b]",
        "           y",
        "  url      https://x.example/" + "a" * 60,
    ]
