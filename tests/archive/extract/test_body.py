"""Which nodes are the body, and what is kept out of it."""

from datetime import date

import pytest

from archive.extract import body
from archive.institutes.profile import FieldRule, Profile
from tests.archive.extract.pages import HOME, LONG, LONG_ARABIC, PLAIN, article, content, document, page, texts

PARAGRAPHS = "".join(f"<p>{number}. {LONG}{LONG}</p>" for number in range(8))
TEMPLATE = (
    "<html><body><nav><a href='/a'>Analysis</a> <a href='/b'>Events</a></nav><div class='page-wrap'>{}</div>"
    "<footer><p>© 2024 Example Institute, all rights reserved in every country of the world.</p></footer></body></html>"
)


def test_a_page_without_a_profile_gets_the_body_that_trafilatura_chooses() -> None:
    found = page(TEMPLATE.format(f"<h1>T</h1><div class='rte'>{PARAGRAPHS}</div>"), PLAIN).content
    assert found is not None
    assert len(found.blocks) == 8


def test_what_trafilatura_drops_among_chosen_paragraphs_is_put_back() -> None:
    case = "<div class='case-meta'><div><span>Court</span> High Court of the Region</div></div>"
    found = page(TEMPLATE.format(f"<h1>T</h1><div class='rte'>{PARAGRAPHS}{case}{PARAGRAPHS}</div>"), PLAIN).content
    assert found is not None
    assert "Court High Court of the Region" in [block.text for block in found.blocks]


def test_an_arabic_page_without_a_profile() -> None:
    paragraphs = "".join(f"<p>{LONG_ARABIC * 2}</p><h2>عنوان {number}</h2>" for number in range(6))
    found = page(
        TEMPLATE.format(f"<h1>عنوان</h1><div class='rte'>{paragraphs}<p>{LONG_ARABIC}</p></div>"), PLAIN
    ).content
    assert found is not None
    assert [block.type for block in found.blocks].count("heading") == 6
    assert (found.language, found.direction) == ("ar", "rtl")


def test_the_profiles_rule_holds_until_its_day() -> None:
    rules = (
        FieldRule(field="body", select=".old", until=date(2020, 1, 1)),
        FieldRule(field="body", select=".new"),
    )
    profile = Profile(id="x", home=HOME, fields=rules)
    found = document("<div class='old'>قديم</div><div class='new'>جديد</div>")
    assert [root.text for root in body.by_profile(found, profile, date(2020, 1, 1))] == ["قديم"]
    assert [root.text for root in body.by_profile(found, profile, date(2020, 1, 2))] == ["جديد"]


@pytest.mark.parametrize(
    "part",
    [
        "<div class='sharedaddy'><a href='/s'>Share this on a network</a></div>",
        "<div class='newsletter-signup'><p>Leave your address with us today</p></div>",
        "<form><p>Your mail address and your name</p></form>",
        "<nav class='breadcrumbs'><a href='/'>Home</a> › Analysis</nav>",
        "<p>Tags: Egypt, Lebanon</p>",
        "<p>الوسوم: مصر، لبنان</p>",
        "<p>Share this article on Facebook</p>",
        "<p>timep single page</p>",
        "<p><strong>Read also:</strong> <a href='/o'>Another page of the site</a></p>",
        "<p>اقرأ أيضاً: <a href='/o'>صفحة أخرى من الموقع</a></p>",
        "<p>* * *</p>",
    ],
)
def test_furniture_is_no_part_of_the_body(part: str) -> None:
    assert texts(f"<p>{LONG}</p>{part}<p>{LONG_ARABIC}</p>") == [LONG.strip(), LONG_ARABIC.strip()]


def test_a_paragraph_that_begins_like_furniture_stays() -> None:
    long = "Share of the budget: " + LONG * 4
    assert texts(f"<p>{LONG}</p><p>{long}</p>") == [LONG.strip(), long.strip()]


@pytest.mark.parametrize("label", ["Read next", "اقرأ التالي :"])
def test_cards_behind_read_next_are_related(label: str) -> None:
    found = content(
        f"<p>{LONG}</p><h3>{label}</h3><div><a href='/one/'>One</a></div><p>by A. Author</p><p>May 1, 2024</p>"
        "<div><a href='/two/'>اثنان</a></div>"
    )
    assert [block.text for block in found.blocks] == [LONG.strip()]
    assert [(one.url, one.title) for one in found.related] == [
        ("https://institute.example/one/", "One"), ("https://institute.example/two/", "اثنان"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "bio",
    [
        "<p><em>Lina Farah is a nonresident fellow at the institute focusing on law.</em></p>",
        "<p><strong>لينا فرح</strong>: زميلة غير مقيمة في المعهد تهتم بالقانون.</p>",
        "<h4>About the author</h4><p>Lina Farah is a fellow and teaches law in Beirut.</p>",
        "<div class='author-box'><p>Lina Farah is a lawyer and researcher who lives in Beirut.</p></div>",
    ],
)
def test_a_bio_at_the_end_is_an_author_note(bio: str) -> None:
    found = content(f"<p>{LONG}</p><p>{LONG}</p>{bio}<p><a href='/wp-content/x.pdf'>Download PDF</a></p>")
    assert len(found.author_notes) == 1
    assert not any("farah" in block.text.lower() or "فرح" in block.text for block in found.blocks)
    assert [one.url for one in found.documents] == ["https://institute.example/wp-content/x.pdf"]


def test_the_links_of_a_bio_are_kept() -> None:
    found = content(
        f"<p>{LONG_ARABIC}</p><p>{LONG_ARABIC}</p><p><strong>لينا فرح</strong>: زميلة غير مقيمة في المعهد، وتكتب "
        '<a href="/author/lina/">هنا</a>. <a href="https://social.example/lina">linafarah@</a></p>'
    )
    [note] = found.author_notes
    assert [(link.text, link.url) for link in note.links] == [
        ("هنا", "https://institute.example/author/lina/"),
        ("linafarah@", "https://social.example/lina"),
    ]
    assert all(note.text[link.start : link.end] == link.text for link in note.links)


def test_the_links_of_an_author_box_are_kept() -> None:
    found = content(
        f"<p>{LONG}</p><p>{LONG}</p><div class='author-box'><p>Lina Farah is a lawyer and <a href='/r/'>researcher</a> "
        "who lives in Beirut.</p></div>"
    )
    assert [[link.text for link in note.links] for note in found.author_notes] == [["researcher"]]


def test_a_translation_note_leads_to_the_translation() -> None:
    found = content(
        "<p>تم ترجمة هذا المقال من اللغة الإنجليزية. لقراءة النسخة الأصلية اضغط <a href='/en/'>هنا</a>.</p><p>***</p>"
        f"<p>{LONG_ARABIC}</p>"
    )
    assert [block.text for block in found.blocks] == [LONG_ARABIC.strip()]
    assert [one.url for one in found.translations] == ["https://institute.example/en/"]


def test_a_bold_first_paragraph_is_the_standfirst_and_stays_the_first() -> None:
    found = content(f"<p><strong>{LONG}</strong></p><p>{LONG_ARABIC}</p><p>{LONG}</p>")
    assert found.standfirst == LONG.strip()
    assert [block.text for block in found.blocks] == [LONG.strip(), LONG_ARABIC.strip(), LONG.strip()]


def test_the_title_is_not_repeated_in_the_body() -> None:
    assert texts(f"<h1>A title</h1><p>{LONG}</p>") == [LONG.strip()]


def test_images_and_files_of_the_body_are_listed() -> None:
    found = content(f"<p>{LONG}</p><img src='/a.jpg' alt='صورة'><object data='/b.pdf'></object><p>{LONG}</p>")
    assert [(image.url, image.alt) for image in found.images] == [("https://institute.example/a.jpg", "صورة")]
    assert [one.url for one in found.documents] == ["https://institute.example/b.pdf"]


def test_a_huge_page_is_bounded_by_counts() -> None:
    found = page(article("<p>كلمة word</p>" * 40_000))
    assert found.content is not None
    assert len(found.content.blocks) == 20_000
    assert "too_many_blocks" in found.warnings


def test_an_empty_page_says_so() -> None:
    assert "no_body" in page("<html><body></body></html>", PLAIN).warnings


def test_a_rule_that_finds_a_card_is_not_believed() -> None:
    text = "".join(f"<p>{LONG_ARABIC}{LONG}{number}</p>" for number in range(40))
    cards = "<div class='entry-content'><p>One more of our posts.</p></div>" * 3
    found = page(f"<html><body><main><h1>A title</h1><div class='text'>{text}</div></main>{cards}</body></html>")
    assert found.content is not None
    assert len(found.content.blocks) == 40
    assert "body_doubted" in found.warnings


def test_a_short_body_above_long_cards_is_believed() -> None:
    cards = f"<section class='related-posts'>{f'<p>{LONG}</p>' * 60}</section>"
    found = page(article("<p>We condemn it.</p>").replace("</main>", f"{cards}</main>"))
    assert found.content is not None
    assert [block.text for block in found.content.blocks] == ["We condemn it."]
    assert "body_doubted" not in found.warnings


def test_the_picture_above_the_body_has_its_caption() -> None:
    card = "<div class='card'><figure class='wp-block-post-featured-image'><img src='/card.png'></figure></div>"
    lead = (
        "<figure class='wp-block-post-featured-image'><img src='/a.png' alt='صورة'><figcaption>The port. "
        "<span class='image-credit'>Photo: N. Saad</span></figcaption></figure>"
    )
    found = page(article(f"<p>{LONG}</p>").replace("<h1>", f"{card}{lead}<h1>"))
    assert found.content is not None
    assert [image.model_dump() for image in found.content.images] == [
        {"url": "https://institute.example/a.png", "alt": "صورة", "caption": "The port.", "credit": "Photo: N. Saad"}
    ]


def test_a_link_to_an_author_within_a_sentence_is_no_byline() -> None:
    line = f"{LONG} As <a href='/author/lina/'>Lina Farah</a> wrote, it did."
    found = page(f"<html><body><main><h1>A title</h1><p>{line}</p><p>{LONG_ARABIC * 3}</p></main></body></html>", PLAIN)
    assert found.content is not None
    assert found.content.authors == ()
    assert "Lina Farah" in found.content.blocks[0].text


@pytest.mark.parametrize("words", [LONG, LONG_ARABIC])
@pytest.mark.parametrize(
    "part",
    [
        "<details><summary>{}</summary><p>{}</p></details>",
        "<div class='faq-list'><div style='display:none' aria-hidden='true'><p>{}</p></div></div>",
    ],
)
def test_parts_that_open_at_a_click_are_put_back(part: str, words: str) -> None:
    paragraphs = f"<p>{words * 2}</p>" * 6
    hidden = words.replace(" ", " (1) ", 1).strip()
    found = page(
        TEMPLATE.format(f"<h1>T</h1><div class='entry-content'>{paragraphs}{part.format(hidden, hidden)}</div>"), PLAIN
    ).content
    assert found is not None
    assert hidden in [block.text for block in found.blocks]


@pytest.mark.parametrize("words", [LONG, LONG_ARABIC])
def test_a_long_part_without_links_is_put_back_and_the_captions_of_a_gallery_are_not(words: str) -> None:
    paragraphs = f"<p>{words * 2}</p>" * 5
    part = (
        "<div class='{}'><img src='/i.jpg' alt=''><div class='embed'>"
        + f"<p>{' '.join(words.split()[::-1]) * 4}</p>" * 3
        + "</div></div>"
    )
    for name, count in (("profile", 13), ("photo-gallery", 10)):
        found = page(
            TEMPLATE.format(f"<h1>T</h1><div class='entry-content'>{paragraphs}{part.format(name)}{paragraphs}</div>"),
            PLAIN,
        ).content
        assert found is not None
        assert sum(block.type == "paragraph" for block in found.blocks) == count


def test_lists_that_lead_to_other_sites_stand_among_the_words_and_those_of_the_site_do_not() -> None:
    items = "<ul><li><a href='{}'>The ruling</a></li><li><a href='{}'>The appeal</a></li></ul>"
    away, home = items.format("https://court.example/1", "https://court.example/2"), items.format("/1/", "/2/")
    found = page(
        TEMPLATE.format(f"<h1>T</h1><div class='rte'>{PARAGRAPHS}{away}{PARAGRAPHS}{home}{PARAGRAPHS}</div>"), PLAIN
    ).content
    assert found is not None
    assert sum(block.type == "list" for block in found.blocks) == 1


@pytest.mark.parametrize("words", [LONG, LONG_ARABIC])
def test_a_first_paragraph_that_stands_apart_is_kept(words: str) -> None:
    lead = f"<div class='first'><p>{words * 2}</p></div>"
    body = "".join(f"<p>{number}. {words * 2}</p>" for number in range(9))
    found = page(
        f"<html><body><article><h1>T</h1>{lead}<div class='rte'>{body}</div></article></body></html>", PLAIN
    ).content
    assert found is not None
    assert len(found.blocks) == 10


@pytest.mark.parametrize("words", [LONG, LONG_ARABIC])
def test_a_figure_among_paragraphs_is_kept_with_its_caption(words: str) -> None:
    paragraphs = f"<p>{words * 2}</p>" * 6
    figure = "<figure class='wp-block-image'><img src='/i.jpg' alt=''><figcaption>القاعة The hall</figcaption></figure>"
    found = page(
        TEMPLATE.format(f"<h1>T</h1><div class='entry-content'>{paragraphs}{figure}{paragraphs}</div>"), PLAIN
    ).content
    assert found is not None
    assert [block.caption for block in found.blocks if block.type == "image"] == ["القاعة The hall"]


@pytest.mark.parametrize("label", ["Sources", "المصادر"])
def test_a_list_of_sources_behind_the_last_paragraph_is_kept(label: str) -> None:
    sources = "".join(f"<li><a href='https://court.example/{at}/'>Ruling {at}</a></li>" for at in range(4))
    body = f"{PARAGRAPHS}<h2>{label}</h2><ol>{sources}</ol>"
    found = page(TEMPLATE.format(f"<h1>T</h1><div class='entry-content'>{body}</div>"), PLAIN).content
    assert found is not None
    assert [block.type for block in found.blocks[-2:]] == ["heading", "list"]
