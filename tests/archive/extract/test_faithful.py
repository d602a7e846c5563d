"""Made-up pages of every shape, nested at random: not a letter of what a reader sees is lost, invented or changed."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from html import escape, unescape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from archive.extract import blocks, markdown
from archive.extract.page import Block, Content
from archive.extract.serializer import Serializer
from tests.archive.extract.pages import article, document, page

# Words with what must stay: marks of direction, isolates, a joiner, tatweel, digits of three kinds, vowel signs, NBSP,
# signs of markdown and of HTML, and letters that NFC composes.
WORDS = (
    "law", "القانون", "\u200fقبل\u200f", "\u2067عزل\u2069", "می\u200cشود", "هـــذا", "٢٠٢٤", "۱۴۰۳", "2024", "كِتَابٌ",
    "a\u00a0b", "weve", "AT&T", "&copy;", "<b>", "*star*", "_low_", "[1]", "1.", "-", "+", "#", "=", "---", "`x`", "~",
    "|", "!", "\\", "cafe\u0301", "ر\u0654", "“quote”", "«قول»", "end.", "؟", "==", "12)", "\u061cAr", "🙂",
)  # fmt: skip
RENDERER = MarkdownIt("commonmark").enable("table").use(footnote_plugin)
TAGS = re.compile(r"<[^>]*>")


@dataclass
class Made:
    """Markup, the words that a reader sees of it, and its links, each with its words."""

    html: str = ""
    words: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)

    def __add__(self, other: "Made") -> "Made":
        return Made(self.html + other.html, self.words + other.words, self.links + other.links)

    def within(self, before: str, behind: str) -> "Made":
        return Made(before + self.html + behind, self.words, self.links)


def tidy(words: str) -> str:
    return unicodedata.normalize("NFC", words)


@st.composite
def runs(draw: st.DrawFn, inside_link: bool = False, depth: int = 0) -> Made:
    """Words with inline markup, always with a space between."""
    made = Made()
    for _ in range(draw(st.integers(1, 4))):
        shape = draw(st.sampled_from(["words", "words", "b", "em", "span", "link", "bdi", "button", "notes"]))
        space = draw(st.sampled_from([" ", "\n ", "  ", "\t"]))
        if shape == "link" and not inside_link:
            words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))
            url = f"https://institute.example/{draw(st.integers(0, 99))}?a=(1)&copy=2"
            html = escape(space.join(words))
            made += Made(f'<a href="{escape(url)}">{space}{html}</a>{space}', words, [(tidy(" ".join(words)), url)])
        elif shape in ("b", "em", "span", "bdi") and depth < 3:
            made += draw(runs(inside_link, depth + 1)).within(f"<{shape}>", f"</{shape}>{space}")
        elif shape == "notes":
            made += Made(f'<script>no()</script><span hidden></span><a href="#top"></a>{space}')
        else:
            words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5))
            made += Made(escape(space.join(words)) + space, words)
    return made


@st.composite
def items(draw: st.DrawFn, depth: int = 0) -> Made:
    made = Made()
    for _ in range(draw(st.integers(1, 3))):
        inner = draw(runs())
        if depth < 2 and draw(st.booleans()):
            inner += draw(items(depth + 1))
        made += inner.within("<li>", "</li>\n")
    start = draw(st.sampled_from(["", ' start="9"', ' type="a"', " reversed"]))
    return made.within(*draw(st.sampled_from([("<ul>", "</ul>"), (f"<ol{start}>", "</ol>")])))


@st.composite
def tables(draw: st.DrawFn) -> Made:
    made = Made()
    for row in range(draw(st.integers(1, 3))):
        cells = Made()
        for _ in range(draw(st.integers(2, 3))):
            span = draw(st.sampled_from(["", ' colspan="2"', ' rowspan="2"', ' rowspan="9" colspan="x"']))
            tag = "th" if row == 0 else "td"
            cells += draw(runs()).within(f"<{tag}{span}>", f"</{tag}>")
        made += cells.within("<tr>", "</tr>\n")
    return made.within("<table>", "</table>\n")


@st.composite
def parts(draw: st.DrawFn, depth: int = 0) -> Made:
    """Blocks, inside each other where HTML lets them be."""
    made = Made()
    for _ in range(draw(st.integers(1, 4))):
        shape = draw(
            st.sampled_from(["p", "h2", "div", "bare", "list", "table", "dl", "quote", "pull", "details", "section"])
        )
        if shape in ("div", "section", "details") and depth < 3:
            if shape == "details":
                made += (draw(runs()).within("<summary>", "</summary>") + draw(parts(depth + 1))).within(
                    "<details>", "</details>"
                )
            else:
                made += draw(parts(depth + 1)).within(f"<{shape}>", f"</{shape}>")
        elif shape == "list":
            made += draw(items())
        elif shape == "table":
            made += draw(tables())
        elif shape == "dl":
            made += (draw(runs()).within("<dt>", "</dt>") + draw(runs()).within("<dd>", "</dd>")).within(
                "<dl>", "</dl>"
            )
        elif shape == "quote":
            made += draw(runs()).within("<blockquote><p>", "</p></blockquote>")
        elif shape == "pull":
            made += draw(runs()).within(
                '<figure class="wp-block-pullquote"><blockquote><p>', "</p></blockquote></figure>"
            )
        elif shape == "bare":
            made += draw(runs()).within("", "<br><br>")
        else:
            tag = "h2" if shape == "h2" else "p"
            made += draw(runs()).within(f"<{tag}>", f"</{tag}>\n")
    return made


MADE = parts()
SOME = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def letters(text: str) -> Counter[str]:
    """The characters of a text, all but the white space between words."""
    return Counter(tidy(text).replace(" ", "").replace("\n", "").replace("\t", ""))


def read(made: Made) -> tuple[Block, ...]:
    """The blocks of the walk alone, before any rule says what belongs to other fields."""
    found = document(f"<html><body>{made.html}</body></html>")
    return blocks.written(Serializer(found).walk(found.body).drafts)


@SOME
@given(MADE)
def test_no_letter_is_lost_or_invented(made: Made) -> None:
    assert letters(markdown.text(read(made))) == letters("".join(made.words))


@SOME
@given(MADE)
def test_words_stay_in_their_order_and_apart(made: Made) -> None:
    # Inner lists come behind their item, and the row of a table keeps its place: no shape changes the order here.
    assert markdown.text(read(made)).split() == tidy(" ".join(made.words)).split()


@SOME
@given(MADE)
def test_every_link_points_at_its_own_words(made: Made) -> None:
    found = read(made)
    assert [(link.text, link.url) for block in found for link in block.links] == made.links
    assert all(block.text[link.start : link.end] == link.text for block in found for link in block.links)


@SOME
@given(MADE)
def test_markdown_reads_back_as_the_same_words_and_links(made: Made) -> None:
    found = read(made)
    html = RENDERER.render(markdown.markdown(found))
    assert shown(html) == expected(found)
    hrefs = [unescape(url) for url in re.findall(r'<a href="([^"]*)">', html)]
    assert hrefs == [link.url for block in found for link in block.links]


def shown(html: str) -> list[str]:
    return unescape(TAGS.sub(" ", html)).split()


def expected(found: tuple[Block, ...]) -> list[str]:
    """The words as a reader of HTML sees them: those of a link stand apart from what they touch."""
    words = []
    for block in found:
        at = 0
        for link in block.links:
            words += [block.text[at : link.start], block.text[link.start : link.end]]
            at = link.end
        words.append(block.text[at:])
    return " ".join(words).split()


@SOME
@given(MADE)
def test_a_whole_page_agrees_with_itself_and_with_its_second_reading(made: Made) -> None:
    found = whole(made.html)
    assert found == whole(made.html)
    for block in found.blocks:
        assert block.text == unicodedata.normalize("NFC", block.text)
        assert all(block.text[one.start : one.end] == one.text and one.text for one in (*block.links, *block.notes))
        assert all(found.blocks[note.block].mark == note.mark for note in block.notes)
        if block.items is not None:
            assert block.text == "\n".join(item.text for item in block.items)
        if block.rows is not None:
            assert block.text == "\n".join("\t".join(row) for row in block.rows)
    assert markdown.text(found.blocks) == "\n\n".join(block.text for block in found.blocks if block.text)


def whole(markup: str) -> Content:
    found = page(article(markup)).content
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<ul>stray<li>one</li>رابط</ul>", "stray\none\nرابط"),
        ("<ul><div><li>one</li><li>اثنان</li></div></ul>", "one\nاثنان"),
        ("<figure><figcaption>No picture</figcaption></figure>", "No picture"),
        ("<figure><video></video><p>نص</p></figure>", "نص"),
        ("<table>lost<tr><td>a</td>and<td>ب</td></tr></table>", "lost\n\nand\n\na\tب"),
        ("<pre>one<br>two <a href='/x'>three</a>  \n  أربعة</pre>", "one\ntwo three\n  أربعة"),
        ("<p>E = <math><mi>m</mi><mi>c</mi><annotation>x</annotation></math></p>", "E = mc"),
        ("<blockquote>قرأ <cite>الكتاب</cite> كله</blockquote>", "قرأ الكتاب كله"),
        ("<dl>loose<dt>مصطلح</dt><div><dd>value</dd></div></dl>", "\tloose\nمصطلح\tvalue"),
    ],
)
def test_words_in_odd_places_are_kept(markup: str, words: str) -> None:
    assert markdown.text(read(Made(markup))).strip("\n") == words


def test_links_in_preformatted_text_point_into_it() -> None:
    [block] = read(Made("<pre>one  \n<a href='/x'>\nثلاثة</a> end</pre>"))
    assert (block.text, [(link.text, link.start) for link in block.links]) == ("one\n\nثلاثة end", [("ثلاثة", 5)])


def test_a_letter_that_composes_across_a_link_s_edge_is_written_once() -> None:
    [block] = read(
        Made("<p>" + "e\u0301 x " * 3 + 'e<a href="/a">\u0301t</a> ا<a href="/b">\u0653</a><a href="/c">b</a></p>')
    )
    assert block.text == "é x é x é x ét آb"
    assert [(link.text, block.text[link.start : link.end]) for link in block.links] == [("t", "t"), ("b", "b")]
