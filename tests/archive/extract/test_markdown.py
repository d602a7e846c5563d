"""Text and markdown are written from the same blocks."""

from archive.extract import markdown
from tests.archive.extract.pages import LONG, blocks


def test_text_joins_the_blocks_by_blank_lines() -> None:
    assert markdown.text(blocks("<h2>عنوان</h2><p>one</p><ul><li>two</li></ul>")) == "عنوان\n\none\n\ntwo"


def test_markdown_of_every_shape() -> None:
    found = blocks(
        f'<h2>A [heading]</h2><p>See <a href="/x(1)">*this*</a>.<br>1. line</p>'
        "<blockquote>قول<cite>قائل</cite></blockquote>"
        "<table><tr><th>k|</th><th>v</th></tr><tr><td>ا</td><td>ب</td></tr></table>"
        f'<img src="/i.png" alt="صورة"><p>{LONG}[1]</p>'
        "<p>[1] Note</p>"
    )
    assert markdown.markdown(found).split("\n\n") == [
        r"## A \[heading\]",
        r"See [\*this\*](https://institute.example/x\(1\))." + "  \n" + r"1\. line",
        "> قول\n>\n> — قائل",
        "| k\\| | v |\n| --- | --- |\n| ا | ب |",
        "![صورة](https://institute.example/i.png)",
        LONG.strip() + " [^1]",
        "[^1]: Note",
    ]
