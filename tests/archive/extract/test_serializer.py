"""Every shape that a body's words can have, and that not a letter of them is lost."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.extract import markdown
from archive.extract.serializer import Serializer
from tests.archive.extract.pages import LONG, LONG_ARABIC, article, blocks, document, page, texts


def test_headings_keep_their_level_and_paragraphs_their_order() -> None:
    found = blocks(f"<h2>One</h2><p>{LONG}</p><h3>اثنان</h3><p>{LONG_ARABIC}</p>")
    assert [(block.type, block.level) for block in found] == [
        ("heading", 2), ("paragraph", None), ("heading", 3), ("paragraph", None),
    ]  # fmt: skip
    assert found[2].text == "اثنان"


def test_text_of_plain_divs_and_spans_is_kept() -> None:
    found = texts(f"<p>{LONG}</p><div>Row one</div><section><div><span>صف ثان</span></div></section><p>{LONG}</p>")
    assert found == [LONG.strip(), "Row one", "صف ثان", LONG.strip()]


def test_text_between_blocks_is_a_paragraph() -> None:
    assert texts("Before <p>inside</p> after <b>it</b>") == ["Before", "inside", "after it"]


def test_a_line_end_stays_and_two_begin_a_paragraph() -> None:
    assert texts("<p>one<br>two<br><br>three</p>") == ["one\ntwo", "three"]


@pytest.mark.parametrize("sign", ["\u200f", "\u200e", "\u061c", "\u2067", "\u2069", "\u200c", "\u0640", "\u00a0", "٣"])
def test_signs_that_mean_something_are_kept(sign: str) -> None:
    assert texts(f"<p>قبل{sign}بعد</p>") == [f"قبل{sign}بعد"]


def test_white_space_is_tidied_and_nothing_else() -> None:
    assert texts("<p>\n  weve   seen\tit <i> challengesand </i> more\n</p>") == ["weve seen it challengesand more"]


def test_text_is_nfc_and_links_point_into_it() -> None:
    [block] = blocks('<p>cafe\u0301 <a href="/x">Ame\u0301lie</a> را\u0654س</p>')
    assert block.text == unicodedata.normalize("NFC", block.text)
    [link] = block.links
    assert (link.text, block.text[link.start : link.end]) == ("Amélie", "Amélie")


def test_links_are_absolute_and_those_to_the_page_itself_are_none() -> None:
    [block] = blocks(
        '<p>see <a href="../other/">this </a>, <a href="#n1">[1]</a> <a href="mailto:a@b.example">mail</a></p>'
    )
    assert [(link.text, link.url) for link in block.links] == [("this", "https://institute.example/2024/03/05/other/")]
    assert block.text == "see this , [1] mail"


def test_a_list_has_items_with_depth_and_order() -> None:
    [block] = blocks("<ul><li>one <b>bold</b></li><li>two<ol><li>أول</li><li>ثان</li></ol></li></ul>")
    assert block.items is not None
    assert [(item.text, item.depth, item.ordered) for item in block.items] == [
        ("one bold", 0, False), ("two", 0, False), ("أول", 1, True), ("ثان", 1, True),
    ]  # fmt: skip
    assert block.text == "one bold\ntwo\nأول\nثان"
    assert markdown.markdown([block]) == "- one bold\n- two\n  1. أول\n  2. ثان"


def test_links_of_items_and_cells_point_into_the_blocks_text() -> None:
    found = blocks(
        '<ul><li>a <a href="/1">one</a></li><li><a href="/2">two</a></li></ul>'
        '<table><tr><th>k</th><th>v</th></tr><tr><td>x</td><td>see <a href="/3">ثلاثة</a></td></tr></table>'
    )
    assert [[block.text[link.start : link.end] for link in block.links] for block in found] == [
        ["one", "two"],
        ["ثلاثة"],
    ]
    assert "[ثلاثة](https://institute.example/3)" in markdown.markdown(found)


def test_a_table_has_rows_and_header_rows() -> None:
    [block] = blocks(
        "<table><thead><tr><th>Decree</th><th>Date</th></tr></thead><tr><td>قرار ١</td><td>6/24/2014</td></tr></table>"
    )
    assert block.rows == (("Decree", "Date"), ("قرار ١", "6/24/2014"))
    assert block.header_rows == 1
    assert block.text == "Decree\tDate\nقرار ١\t6/24/2014"


def test_a_table_with_terms_in_its_first_column_has_no_header_row() -> None:
    [block] = blocks(
        "<table><tr><th>Court</th><td>High Court</td></tr><tr><th>الحالة</th><td>قيد النظر</td></tr></table>"
    )
    assert (block.header_rows, block.rows) == (0, (("Court", "High Court"), ("الحالة", "قيد النظر")))


def test_a_table_of_one_column_is_layout() -> None:
    assert [block.type for block in blocks(f"<table><tr><td><h2>A</h2><p>{LONG}</p></td></tr></table>")] == [
        "heading",
        "paragraph",
    ]


def test_a_definition_list_has_terms_and_values() -> None:
    [block] = blocks("<dl><dt>المدعون</dt><dd>نقابة</dd><dd>آخرون</dd><dt>Court</dt><dd>High Court</dd></dl>")
    assert block.type == "definitions"
    assert block.rows == (("المدعون", "نقابة"), ("", "آخرون"), ("Court", "High Court"))


def test_quotes_and_pull_quotes_are_told_apart_and_keep_who_is_quoted() -> None:
    found = blocks(
        f"<p>{LONG}</p><blockquote><p>One.</p><p>Two.</p><cite>— A Witness</cite></blockquote>"
        '<figure class="wp-block-pullquote"><blockquote><p>اقتباس</p><cite>شاهد</cite></blockquote></figure>'
        '<aside class="pullquote">Set apart</aside>'
    )
    assert [(block.type, block.text, block.cite) for block in found[1:]] == [
        ("quote", "One.\nTwo.", "A Witness"), ("pullquote", "اقتباس", "شاهد"), ("pullquote", "Set apart", None),
    ]  # fmt: skip


def test_a_figure_has_alt_caption_and_credit() -> None:
    [block] = blocks(
        '<figure><img src="/a.jpg" alt="صورة"><figcaption>A street. <span class="credit">Photo: R. Nader</span>'
        "</figcaption></figure>"
    )
    assert (block.type, block.url, block.alt) == ("image", "https://institute.example/a.jpg", "صورة")
    assert (block.caption, block.credit) == ("A street.", "Photo: R. Nader")


def test_a_lazy_image_has_its_real_address_and_an_avatar_is_none() -> None:
    [block] = blocks('<img src="data:image/gif;base64,R0" data-src="b.png"><img class="avatar" src="c.png">')
    assert block.url == "https://institute.example/2024/03/05/a-page/b.png"


def test_hidden_parts_of_accordions_and_their_buttons_are_read() -> None:
    assert texts(
        '<h3><button aria-expanded="false">السؤال</button></h3>'
        '<div style="display:none" aria-hidden="true"><p>hidden</p></div>'
        "<div><button aria-controls='x'>Title</button></div><button>Close</button><p>end</p>"
    ) == ["السؤال", "hidden", "Title", "end"]


def test_classes_that_only_contain_a_word_of_boilerplate_are_no_boilerplate() -> None:
    assert texts(
        '<p class="case-meta">One</p><p class="social-contract">Two</p><div class="elementor-widget-text">ثلاثة</div>'
        '<p class="authoritarian">Four</p>'
    ) == ["One", "Two", "ثلاثة", "Four"]


def test_emoji_that_are_drawn_as_images_are_their_characters() -> None:
    assert texts('<p>Good <img class="emoji" alt="🙂" src="/e.svg"> day</p>') == ["Good 🙂 day"]


def test_preformatted_lines_stand_as_they_are() -> None:
    assert texts("<pre>a  b \n  c</pre>") == ["a  b\n  c"]


FOOTNOTES = {
    "core": f'<p>{LONG}<sup><a href="#f1">1</a></sup></p>'
    '<ol class="wp-block-footnotes"><li id="f1">ملاحظة <a href="#f1-link">↩</a></li></ol>',
    "word": f'<p>{LONG}<a href="#_ftn1" name="_ftnref1">[1]</a></p>'
    '<p><a href="#_ftnref1" name="_ftn1">[1]</a> ملاحظة</p>',
    "plain": f"<p>{LONG}[1]</p><p>{LONG}</p><p>[1] ملاحظة</p>",
    "list": f'<p>{LONG}</p><ol><li id="fn1">ملاحظة <a href="#fnref1">^</a></li></ol>',
    "modern": f'<p>{LONG}<sup>1</sup><span class="modern-footnotes-footnote__note" data-mfn="1">ملاحظة</span></p>',
}


@pytest.mark.parametrize("how", FOOTNOTES)
def test_footnotes_are_tied_to_their_marks(how: str) -> None:
    notes = [block for block in blocks(FOOTNOTES[how]) if block.type == "footnote"]
    assert [(note.mark, note.text) for note in notes] == [("1", "ملاحظة")]


def test_an_arabic_paragraph_of_an_english_page_says_so() -> None:
    found = blocks(f"<p>{LONG * 3}</p><p>{LONG_ARABIC}</p>")
    assert (found[0].direction, found[1].direction, found[1].language) == (None, "rtl", "ar")


WORDS = st.text(alphabet="ab لم\u064b\u0301\u200f\u00a0\n<&é", max_size=12)


@st.composite
def markups(draw: st.DrawFn) -> str:
    parts = []
    for _ in range(draw(st.integers(0, 6))):
        shape = draw(
            st.sampled_from(
                [
                    "<p>{}</p>",
                    "<a href='/x'>{}</a>",
                    "<b>{}</b>",
                    "<div>{}",
                    "<ul><li>{}</ul>",
                    "{}<br>",
                    "<td>{}",
                    "<table><tr><td>{}<td><a href='/y'>{}</a></table>",
                    "<h2><a href=/z>{}</a>",
                    "<blockquote>{}<cite>{}</cite></blockquote>",
                    "</div>",
                ]
            )
        )
        parts.append(
            shape.replace("{}", draw(WORDS).replace("<", "&lt;").replace("&l", "&amp;l"), 1).replace(
                "{}", draw(WORDS).replace("<", "")
            )
        )
    return "".join(parts)


@settings(max_examples=150, deadline=None)
@given(markups())
def test_text_blocks_and_offsets_agree_on_every_page(markup: str) -> None:
    found = page(article(markup)).content
    assert found is not None
    for block in found.blocks:
        assert block.text == unicodedata.normalize("NFC", block.text)
        assert block.text == block.text.strip(" \n") or block.rows
        assert all(block.text[link.start : link.end] == link.text and link.text for link in block.links)
        if block.items is not None:
            assert block.text == "\n".join(item.text for item in block.items)
        if block.rows is not None:
            assert block.text == "\n".join("\t".join(row) for row in block.rows)


def test_what_was_left_out_is_told() -> None:
    found = document(article(f'<p>{LONG}</p><div class="sharedaddy">Share</div>'))
    assert [aside.element.get("class") for aside in Serializer(found).walk(found.body).asides] == ["sharedaddy"]


def test_ordered_items_have_the_numbers_that_are_shown() -> None:
    [block] = blocks('<ol type="a" start="3"><li>ثالث<li value="9">nine<li>ten</ol>')
    assert block.items is not None
    assert [(item.number, item.style) for item in block.items] == [(3, "a"), (9, "a"), (10, "a")]


def test_columns_stay_columns_where_cells_span() -> None:
    [block] = blocks(
        '<table><tr><th rowspan="2">السنة</th><th colspan="2">Decrees</th></tr><tr><th>a</th><th>b</th></tr>'
        "<tr><th>2014</th><td>١</td><td>٢</td></tr></table>"
    )
    assert block.rows == (("السنة", "Decrees", ""), ("", "a", "b"), ("2014", "١", "٢"))
    assert (block.header_rows, block.header_columns) == (2, 1)


def test_what_opens_a_collapsed_part_is_its_heading() -> None:
    found = blocks(
        f"<h2>Above</h2><details><summary>السؤال الأول</summary><p>{LONG}</p></details>"
        '<div role="button" aria-controls="p">Second</div><div id="p" hidden><p>جواب</p></div>'
        '<div><a role="button" aria-expanded="false" href="#q">Third</a></div><div id="q"><p>answer</p></div>'
    )
    heads = [(block.text, block.level) for block in found if block.type == "heading"]
    assert heads == [("Above", 2), ("السؤال الأول", 3), ("Second", 3), ("Third", 3)]
    assert [block.text for block in found if block.type == "paragraph"] == [LONG.strip(), "جواب", "answer"]


TIED = {
    **FOOTNOTES,
    "arabic digits": f"<p>{LONG_ARABIC}[١] ثم[٢].</p><h3>الهوامش</h3><p>[١] ملاحظة</p><p>[٢] أخرى</p>",
    "lines": f"<p>{LONG}[1] more[2].</p><p>[1] one<br>[2] اثنان</p>",
    "numbered list": f"<p>{LONG}<sup>1</sup></p><h2>Notes</h2><ol><li>ملاحظة</li></ol>",
}
del TIED["list"]  # its mark is not in the text


@pytest.mark.parametrize("how", TIED)
def test_marks_point_at_their_notes(how: str) -> None:
    found = blocks(TIED[how])
    notes = [block for block in found if block.type == "footnote"]
    marks = [mark for block in found for mark in block.notes]
    assert [found[mark.block] for mark in marks] == notes
    for block in found:
        assert all(block.text[mark.start : mark.end].strip("[]") == mark.mark for mark in block.notes)
