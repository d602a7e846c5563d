"""What stands in a page's body and is none of its words goes to its own field, or nowhere."""

from archive.extract import markdown
from tests.archive.extract.pages import LONG, LONG_ARABIC, content

SAID = {
    "en": (
        "<p>By Lina Farah</p><p>March 5, 2024</p>",
        '<p>Read also: <a href="/other/">Another piece</a></p>',
        '<div class="share-bar">Share this</div><form class="newsletter"><p>Sign up for our newsletter</p></form>'
        '<nav class="breadcrumbs">Home</nav><p class="tags">Tags: <a href="/tag/x/">x</a></p>',
        "<p><strong>Lina Farah</strong> is a researcher at the Example Institute.</p>",
        '<h3>Read next</h3><p><a href="/next/">The next piece</a></p>',
    ),
    "ar": (
        "<p>بقلم: لينا فرح</p><p>5 آذار 2024</p>",
        '<p>اقرأ أيضاً: <a href="/other/">مقال آخر</a></p>',
        '<div class="share-bar">شارك المقال</div><form class="newsletter"><p>اشترك في النشرة</p></form>'
        '<nav class="breadcrumbs">الرئيسية</nav><p class="tags">وسوم: <a href="/tag/x/">س</a></p>',
        "<p><strong>لينا فرح</strong>: باحثة في معهد المثال.</p>",
        '<h3>اقرأ التالي :</h3><p><a href="/next/">المقال التالي</a></p>',
    ),
}


def test_furniture_goes_to_its_own_fields_in_both_languages() -> None:
    for language, words in (("en", LONG), ("ar", LONG_ARABIC)):
        head, also, furniture, bio, following = SAID[language]
        found = content(
            f"{head}<p>{words * 2}</p>{also}<p>{words}</p>{furniture}{bio}{following}",
            language=language,
            title=words[:30],
        )
        assert markdown.text(found.blocks) == f"{(words * 2).strip()}\n\n{words.strip()}", language
        assert [author.name for author in found.authors] == ["Lina Farah" if language == "en" else "لينا فرح"]
        assert len(found.author_notes) == 1, language
        assert str(found.published) == "2024-03-05"
        assert [one.url.removeprefix("https://institute.example") for one in found.related] == ["/other/", "/next/"]


def test_a_bold_first_paragraph_stands_once_and_a_note_on_the_translation_is_none_of_the_text() -> None:
    said = 'تم ترجمة هذا المقال من اللغة الإنجليزية. لقراءة النسخة الأصلية <a href="/en/">اضغط هنا</a>.'
    note = f"<p><em>{said}</em></p><p>***</p>"
    found = content(f"{note}<p><strong>{LONG_ARABIC}</strong></p><p>{LONG_ARABIC * 2}</p><p>{LONG_ARABIC}x</p>")
    assert found.standfirst == LONG_ARABIC.strip()
    assert [block.text for block in found.blocks] == [
        LONG_ARABIC.strip(),
        (LONG_ARABIC * 2).strip(),
        f"{LONG_ARABIC}x",
    ]
    assert [one.url for one in found.translations] == ["https://institute.example/en/"]
