"""Who wrote it: bylines with and without a class, the head's word against the page's, both scripts of one name."""

import pytest

from archive.extract.page import Author
from tests.archive.extract.pages import LONG, LONG_ARABIC, PLAIN, content, page


def authors(body: str, head: str = "") -> tuple[Author, ...]:
    """The authors of a page without a profile, `body` standing between its title and its text."""
    text = f"<article><p>{LONG}</p><p>{LONG}</p></article>"
    markup = f"<html><head>{head}</head><body><main><h1>A title</h1>{body}{text}</main></body></html>"
    found = page(markup, PLAIN).content
    assert found is not None
    return found.authors


def named(body: str, head: str = "") -> list[str]:
    return [author.name for author in authors(body, head)]


def meta(name: str) -> str:
    return f'<meta name="author" content="{name}">'


# ---- what the head says and what the page shows


@pytest.mark.parametrize(
    ("body", "head", "wanted"),
    [
        # the page's own word beats the head's, which nobody sees
        ('<div class="post-author-name">Omar Selim</div>', meta("Nadia Haddad"), ["Omar Selim"]),
        ('<p class="byline">عمر سليم</p>', meta("Nadia Haddad"), ["عمر سليم"]),
        # a login is beaten by a name, on either side
        ('<div class="author-info">Omar Selim</div>', meta("omar.selim24"), ["Omar Selim"]),
        (
            '<p>Written by <span class="author fn">OmarAtExample</span></p><footer class="entry"><h4>Omar Selim</h4>'
            "</footer>",
            meta("Omar Selim"),
            ["Omar Selim"],
        ),
        # cards and boxes of others
        (
            "<p><b>Omar Selim</b></p>" + "<i class=x></i>" * 200 + '<h3 class="author">by Nadia Haddad</h3>',
            meta("Omar Selim"),
            ["Omar Selim"],
        ),
        # what runs on behind the name
        ("<p>By Omar Selim Global Affairs</p>", meta("Omar Selim"), ["Omar Selim"]),
        ("<p>by <b>Omar Selim</b>—10 min read</p>", "", ["Omar Selim"]),
        ("<p>بقلم: عمر سليم – ٥ دقائق للقراءة</p>", "", ["عمر سليم"]),
        ("<p>by Omar Selim | Courts</p>", "", ["Omar Selim"]),
        # the card for Twitter
        (
            "",
            '<meta name="twitter:label1" content="Interview by"><meta name="twitter:data1" content="Omar Selim">',
            ["Omar Selim"],
        ),
        (
            "",
            '<meta name="twitter:label1" content="كُتب بواسطة"><meta name="twitter:data1" content="عمر سليم">',
            ["عمر سليم"],
        ),
        (
            "",
            '<meta name="twitter:label1" content="Est. reading time"><meta name="twitter:data1" content="Ten Minutes">',
            [],
        ),
        # an image's address, an id, an account of the site's
        ("", meta("https://example.org/omar.jpg"), []),
        ("", meta("analyst 24428"), []),
        ("", meta("Site Admin"), []),
        ('<p class="author">analyst 24428</p>', "", []),
        # a reviewer is no author
        (
            '<div class="hero-author">Written by Omar Selim</div>'
            '<div class="hero-author">Reviewed by Nadia Haddad</div>',
            "",
            ["Omar Selim"],
        ),
        # a book and its author
        ("<h3>A Book About Courts<br>by Nadia Haddad</h3>", "", []),
        # several people, an element each, and what they are
        (
            '<p><span class="byline">By Omar Selim</span> <span class="byline">Contributor, The Daily</span></p>',
            "",
            ["Omar Selim"],
        ),
        # the date glued to the name
        ('<p class="post-meta-author">Oct 24, 2022Omar Selim</p>', "", ["Omar Selim"]),
        ('<p class="post-author">٢٤ تشرين الأول ٢٠٢٢ عمر سليم</p>', "", ["عمر سليم"]),
        # a label above a list
        ("<h6>Author(s)</h6><ul><li>Omar Selim</li><li>Nadia Haddad</li></ul>", "", ["Omar Selim", "Nadia Haddad"]),
        ("<h6>المؤلفون</h6><ul><li>عمر سليم</li><li>نادية حداد</li></ul>", "", ["عمر سليم", "نادية حداد"]),
        # links to their pages
        (
            '<p><a href="/author/o/">Omar Selim</a>, <a href="/author/n/">Nadia Haddad</a></p>',
            meta("Omar Selim"),
            ["Omar Selim", "Nadia Haddad"],
        ),
        ('<p><a href="/author/o/">عمر سليم</a></p>', "", ["عمر سليم"]),
        # beside their picture
        (
            '<div><div><img class="avatar author-image" alt="Photo of author"></div><div><p>Omar Selim</p></div></div>',
            "",
            ["Omar Selim"],
        ),
        # sentences that begin as bylines do
        ("<p>By the end of the year nobody spoke of it.</p>", "", []),
        ("<p>كتب الرئيس رسالة إلى القضاة</p>", "", []),
        ("<h3>إعداد خطة وطنية</h3>", "", []),
        ("<p>كتب: عمر سليم</p>", "", ["عمر سليم"]),
        ("<p>إعداد: عمر سليم</p>", "", ["عمر سليم"]),
    ],
)
def test_who_wrote_it(body: str, head: str, wanted: list[str]) -> None:
    assert named(body, head) == wanted


def test_cards_of_the_same_class_are_of_others() -> None:
    card = '<p class="byline">By {} | {}</p>'
    body = f"<div>{card.format('Omar Selim', 'Jan 2, 2025')}{card.format('Nadia Haddad', 'Oct 1, 2021')}</div>"
    assert named(body, meta("Omar Selim")) == ["Omar Selim"]


# ---- one person in both scripts


@pytest.mark.parametrize(
    ("body", "head", "name", "other"),
    [
        ('<p class="byline">Mai El-Sadany</p><p>بقلم: مي السعدني</p>', "", "Mai El-Sadany", "مي السعدني"),
        ('<p class="byline">مي السعدني</p>', meta("Mai El-Sadany"), "مي السعدني", "Mai El-Sadany"),
        ('<p class="byline">Mai El-Sadany</p>', meta("مي السعدني"), "Mai El-Sadany", "مي السعدني"),
        ("<p>بقلم: مي السعدني (Mai El-Sadany)</p>", "", "مي السعدني", "Mai El-Sadany"),
        ('<p class="byline">Mai El-Sadany / مي السعدني</p>', "", "Mai El-Sadany", "مي السعدني"),
        ('<p class="byline">Mai El-Sadany</p>', "", "Mai El-Sadany", None),
        ('<p class="byline">Mai El-Sadany</p><p>بقلم: نادية حداد</p>', "", "Mai El-Sadany", None),
    ],
)
def test_both_forms_are_one_author(body: str, head: str, name: str, other: str | None) -> None:
    assert [(author.name, author.name_other) for author in authors(body, head)] == [(name, other)]


def test_two_people_in_two_scripts_stay_two() -> None:
    assert named('<p class="byline">Omar Selim، مي السعدني</p>') == ["Omar Selim", "مي السعدني"]


def test_the_second_byline_is_no_part_of_the_body() -> None:
    body = f'<p>بقلم: مي السعدني</p><p>{LONG_ARABIC}</p><p>{LONG_ARABIC}</p><p class="byline">Mai El-Sadany</p>'
    found = content(body, language="ar")
    assert [(author.name, author.name_other) for author in found.authors] == [("Mai El-Sadany", "مي السعدني")]
    assert not any("السعدني" in block.text for block in found.blocks)


def test_a_note_on_the_author_has_the_other_form() -> None:
    body = (
        f'<p class="byline">Muhsen AlMustafa</p><p>{LONG_ARABIC}</p><p>{LONG_ARABIC}</p><hr>'
        "<p><strong>محسن المصطفى</strong>: زميل غير مقيم سابق في المعهد، وباحث في شؤون القضاء.</p>"
    )
    found = content(body, language="ar")
    assert [(author.name, author.name_other) for author in found.authors] == [("Muhsen AlMustafa", "محسن المصطفى")]


@pytest.mark.parametrize(
    ("byline", "head", "doubted"),
    [
        ("Omar Selim", meta("Nadia Haddad"), True),
        ("Omar Selim", meta("Omar Selim"), False),
        ("Omar Selim", meta("omarselim"), False),  # a login names nobody
        ("مي السعدني", meta("Mai El-Sadany"), False),
        ("مي السعدني", meta("Omar Selim"), True),
        ("Omar Selim", "", False),
    ],
)
def test_a_head_that_names_others_is_a_doubt(byline: str, head: str, doubted: bool) -> None:
    markup = f'<html><head>{head}</head><body><main><h1>A title</h1><p class="byline">{byline}</p><p>{LONG}</p></main>'
    found = page(markup, PLAIN)
    assert found.content is not None
    assert [author.name for author in found.content.authors] == [byline]
    assert ("author_conflict" in found.warnings) == doubted
