"""Other languages of a publication, wherever a page tells of them."""

import pytest

from tests.archive.extract.pages import LONG, LONG_ARABIC, PLAIN, article, page

AR, EN = "https://institute.example/ar/a/", "https://institute.example/en/a/"
ENGLISH, ARABIC = f"<p>{LONG}</p><p>{LONG}</p>", f"<p>{LONG_ARABIC}</p><p>{LONG_ARABIC}</p>"


def read(body: str, head: str = "") -> tuple[list[tuple[str, str | None]], str]:
    """The translations, and the text of the body."""
    found = page(article(body, head=head), PLAIN).content
    assert found is not None
    return [(one.url, one.language) for one in found.translations], "\n".join(block.text for block in found.blocks)


@pytest.mark.parametrize(
    ("note", "text", "wanted"),
    [
        (f'<p><em>This article is also available in <a href="{AR}">Arabic</a>.</em></p>', ENGLISH, [(AR, "ar")]),
        (f'<p>Also available in <a href="{AR}">العربية</a></p>', ENGLISH, [(AR, "ar")]),
        (
            "<p>This article was translated from Arabic. To read the original version, "
            f'click <a href="{AR}">here</a>.</p>',
            ENGLISH,
            [(AR, "ar")],
        ),
        (f'<p><a href="{AR}">Read this in Arabic</a></p>', ENGLISH, [(AR, "ar")]),
        (
            "<p>تم ترجمة هذا المقال من اللغة الإنجليزية. لقراءة النسخة الأصلية "
            f'<a href="{EN}">اضغط هنا</a>.</p><p>***</p>',
            ARABIC,
            [(EN, "en")],
        ),
        (f'<p>هذا المقال متوفر أيضاً <a href="{EN}">باللغة الإنجليزية</a></p>', ARABIC, [(EN, "en")]),
        # the lone link
        (f'<p><a href="{EN}">English</a></p>', ARABIC, [(EN, "en")]),
        (f'<p><strong><a href="{EN}"><span>English version</span></a></strong></p>', ARABIC, [(EN, "en")]),
        (f'<p>[<a href="{AR}">النسخة العربية</a>]</p>', ENGLISH, [(AR, "ar")]),
        # a switch that leads to this publication, and one that leads to the home page
        (f'<ul><li><a hreflang="ar" href="{AR}">ع</a></li></ul>', ENGLISH, [(AR, "ar")]),
        ('<ul><li><a hreflang="ar" href="/ar/">ع</a></li></ul>', ENGLISH, []),
        # what is no translation
        ('<p>Originally published in <a href="https://daily.example/a/">The Daily</a>.</p>', ENGLISH, []),
        (f'<p>The committee spoke <a href="{EN}">English</a> all day.</p>', ENGLISH, []),
        (f'<p>قرأ القاضي <a href="{EN}">القرار</a> باللغة العربية أمام الحضور.</p>', ARABIC, []),
    ],
)
def test_what_the_page_says(note: str, text: str, wanted: list[tuple[str, str | None]]) -> None:
    found, words = read(note + text)
    assert found == wanted
    if wanted and "<p>" in note:
        assert "Arabic" not in words
        assert "English" not in words
        assert "ترجمة" not in words
        assert "***" not in words


def test_the_head_names_them() -> None:
    head = (
        f'<link rel="alternate" hreflang="ar" href="{AR}"><link rel="alternate" hreflang="x-default" href="/">'
        '<link rel="alternate" hreflang="en" href="/2024/03/05/a-page/">'
    )
    assert read(ENGLISH, head)[0] == [(AR, "ar")]  # this page's own address is none
    both = read(f'<p>Also available in <a href="{AR}">Arabic</a></p>{ENGLISH}', head)[0]
    assert both == [(AR, "ar")]


def test_a_switch_of_the_site_and_cards_are_none() -> None:
    body = (
        f'<nav><p><a href="{AR}">العربية</a></p></nav>{ENGLISH}'
        f'<div class="related"><p>Also available in <a href="{AR}">Arabic</a></p></div>'
    )
    assert read(body)[0] == []
