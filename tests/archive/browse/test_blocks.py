"""A text drawn from its blocks: links stand where they stood, in lists, tables, captions and notes too."""

from typing import Any

import pytest

from archive.browse.blocks import linked, rendered
from archive.extract.page import Block, ListItem, NoteMark, TextLink


def link(text: str, words: str, url: str) -> TextLink:
    return TextLink(text=words, url=url, start=text.index(words), end=text.index(words) + len(words))


def drawn(*blocks: Block) -> str:
    return str(rendered([block.model_dump() for block in blocks]))


def test_the_links_of_a_list_are_in_its_items() -> None:
    items = ("لائحة الدعوى", "نص القرار (PDF)", "The appeal")
    text = "\n".join(items)
    links = (link(text, "القرار", "https://institute.example/قرار.pdf"), link(text, "The appeal", "https://b.example/"))
    shown = drawn(Block(type="list", text=text, links=links, items=tuple(ListItem(text=item) for item in items)))
    assert shown.startswith("<ul><li ")
    assert ">لائحة الدعوى</li>" in shown
    assert 'نص <a href="https://institute.example/قرار.pdf" rel="noreferrer nofollow">القرار</a> (PDF)</li>' in shown
    assert '<a href="https://b.example/" rel="noreferrer nofollow">The appeal</a></li></ul>' in shown


def test_a_list_keeps_its_numbers_and_how_they_are_written() -> None:
    items = (
        ListItem(text="one", ordered=True, number=3),
        ListItem(text="below", depth=1),
        ListItem(text="two", ordered=True, number=4, style="i"),
    )
    shown = drawn(Block(type="list", text="one\nbelow\ntwo", items=items))
    assert '<ol><li style="--depth:0;list-style-type:decimal" value="3">one</li>' in shown
    assert '<li style="--depth:1;list-style-type:disc">below</li>' in shown
    assert '<li style="--depth:0;list-style-type:lower-roman" value="4">two</li></ol>' in shown


@pytest.mark.parametrize("kind", ["table", "definitions"])
def test_the_links_of_a_table_are_in_its_cells(kind: Any) -> None:
    rows = (("المرسوم", "التاريخ"), ("المرسوم 63 لسنة 2016", "8-3-2016"))
    text = "\n".join("\t".join(row) for row in rows)
    block = Block(type=kind, text=text, links=(link(text, "63", "https://a.example/"),), rows=rows, header_rows=1)
    shown = drawn(block)
    assert 'المرسوم <a href="https://a.example/" rel="noreferrer nofollow">63</a> لسنة 2016</' in shown
    assert '<span class="nowrap">8-3-2016</span>' in shown  # a date is not broken at its hyphens


def test_a_note_may_be_marked_in_a_list() -> None:
    mark = NoteMark(text="[1]", start=7, end=10, mark="1", block=1)
    items = (ListItem(text="first"), ListItem(text="x[1]"))
    shown = drawn(
        Block(type="list", text="first\nx[1]", notes=(mark,), items=items),
        Block(type="footnote", text="ملاحظة", mark="1"),
    )
    assert 'x<sup><a id="mark-1" href="#note-1">[1]</a></sup></li>' in shown
    assert '<p id="note-1"><a href="#mark-1" aria-label="back to the text">1</a> ملاحظة</p>' in shown


def test_captions_and_lines_about_authors_keep_their_links() -> None:
    caption = "الميناء كما رآه المصوّر"
    links = (link(caption, "المصوّر", "https://photo.example/"),)
    shown = drawn(Block(type="image", text="", url="https://a.example/b.png", caption=caption, caption_links=links))
    assert '<a href="https://photo.example/" rel="noreferrer nofollow">المصوّر</a></figcaption>' in shown
    assert str(linked("A <b> & C", [])) == "A &lt;b&gt; &amp; C"
    assert "javascript" not in linked("here", [{"start": 0, "end": 4, "url": "javascript:alert(1)"}])
