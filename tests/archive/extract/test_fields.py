"""The cascade of fields: what wins, and what is never taken for a field."""

from datetime import date

import pytest

from archive.extract import fields
from archive.extract.fields import Fields
from archive.extract.html import Document
from archive.institutes.profile import FieldRule, Profile

PROFILE = Profile(
    name="Example Institute", names=("EI", "معهد المثال"), home="https://example.org/", timezone="Africa/Cairo"
)
URL = "https://example.org/a-page/"
TEXT = "<p>The committee delayed the law, and nobody said why.</p><p>A second paragraph follows it.</p>"


def read(body: str, head: str = "", url: str = URL, profile: Profile = PROFILE) -> Fields:
    page = f"<html><head>{head}</head><body>{body}</body></html>"
    return fields.read(Document.from_bytes(page.encode(), url), profile, date(2026, 1, 1))


def jsonld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


# ---- title


@pytest.mark.parametrize(
    ("body", "head", "title", "source"),
    [
        ("<h1>A Long Delay</h1>", "<title>A Long Delay | Example Institute</title>", "A Long Delay", "h1"),
        (
            "<h1>Example Institute</h1><h1>A Long Delay</h1>",
            "<title>A Long Delay – Example Institute</title>",
            "A Long Delay",
            "h1",
        ),
        (
            "<h1>Site name</h1><h1>A Long Delay</h1>",
            "<title>A Long Delay – Site name</title>"
            '<link rel="alternate" type="application/rss+xml" title="Site name » Feed">',
            "A Long Delay",
            "h1",
        ),
        ("<p>x</p>", '<meta property="og:title" content="A Long Delay - EI">', "A Long Delay", "og"),
        ("<p>x</p>", "<title>تأجيل طويل | معهد المثال</title>", "تأجيل طويل", "title"),
        ("<h1>تأجيل طويل</h1>", "<title>تأجيل طويل – Example Institute</title>", "تأجيل طويل", "h1"),
        ("<h1>Blog: A Long Delay</h1>", '<meta property="og:title" content="A Long Delay">', "A Long Delay", "h1"),
        (
            "<p>x</p>",
            jsonld('{"@type": "NewsArticle", "headline": "A Long Delay &amp; More"}'),
            "A Long Delay & More",
            "json-ld",
        ),
        ("<p>x</p>", "", None, None),
    ],
)
def test_title(body: str, head: str, title: str | None, source: str | None) -> None:
    found = read(body, head)
    assert (found.title, found.title_source) == (title, source)


def test_the_profile_wins_while_it_holds() -> None:
    rules = (FieldRule(field="title", select=".old", until=date(2025, 12, 31)), FieldRule(field="title", select=".new"))
    found = read(
        '<h1 class="old">Old</h1><h2 class="new">New</h2>', profile=PROFILE.model_copy(update={"fields": rules})
    )
    assert (found.title, found.title_source) == ("New", "profile")


# ---- authors


@pytest.mark.parametrize(
    ("body", "head", "authors", "source"),
    [
        (
            '<h1>T</h1><p class="byline">By <a rel="author" href="/author/o/">Omar Selim</a></p>',
            "",
            ["Omar Selim"],
            "byline",
        ),
        (
            '<h1>T</h1><div class="authors"><a class="author">Omar Selim</a> <a class="author">Nadia Haddad</a></div>',
            "",
            ["Omar Selim", "Nadia Haddad"],
            "byline",
        ),
        ("<h1>T</h1><p>By Omar Selim</p>", '<meta name="author" content="webteam">', ["Omar Selim"], "byline"),
        ("<h1>ع</h1><p>بقلم: نادية حداد وعمر سليم</p>", "", ["نادية حداد", "عمر سليم"], "byline"),
        ('<h1>T</h1><p class="byline">EI</p>', "", ["EI"], "byline"),  # the page's own byline says so
        ("<h1>T</h1>", '<meta name="author" content="Example Institute">', [], None),  # the head alone cannot
        ("<h1>T</h1>", jsonld('{"@type": "Article", "author": {"@type": "Organization", "name": "EI"}}'), [], None),
        (
            "<h1>T</h1>",
            jsonld(
                '{"@graph": [{"@type": "Article", "author": {"@id": "#o"}}, '
                '{"@type": "Person", "@id": "#o", "name": "Omar Selim"}]}'
            ),
            ["Omar Selim"],
            "json-ld",
        ),
        (
            "<h1>T</h1>",
            jsonld('{"@type": "Article", "author": {"@type": "Person", "name": "https://example.org/o.jpg"}}'),
            [],
            None,
        ),
        (
            "<h1>T</h1>",
            '<meta name="author" content="Omar Selim, Nadia Haddad">',
            ["Omar Selim", "Nadia Haddad"],
            "meta",
        ),
        (
            '<h1>T</h1><div class="comment-author">Somebody Else</div>'
            '<div class="related"><span class="author">Another One</span></div>',
            "",
            [],
            None,
        ),
        ("<h1>T</h1><p>By the end of the year, the law was forgotten.</p>", "", [], None),
    ],
)
def test_authors(body: str, head: str, authors: list[str], source: str | None) -> None:
    found = read(body + TEXT, head)
    assert [author.name for author in found.authors] == authors
    assert found.authors_source == source
    assert ("no_author" in found.warnings) == (not authors)


# ---- dates


@pytest.mark.parametrize(
    ("body", "head", "day", "source"),
    [
        ('<h1>T</h1><time datetime="2024-12-05T10:00:00+02:00">December 5, 2024</time>', "", date(2024, 12, 5), "time"),
        (
            "<h1>T</h1>",
            jsonld('{"@type": "Article", "datePublished": "2024-12-05T23:30:00Z"}'),
            date(2024, 12, 6),
            "json-ld",
        ),  # the day in Cairo
        (
            '<h1>T</h1><span class="date">5 December 2024</span>',
            '<meta property="article:published_time" content="2024-12-05T23:30:00Z">',
            date(2024, 12, 5),
            "meta",
        ),
        ('<h1>ع</h1><span class="post-date">٥ كانون الأول ٢٠٢٤</span>', "", date(2024, 12, 5), "line"),
        ("<h1>T</h1><div><p>16 March 2018</p></div>", "", date(2018, 3, 16), "line"),
        ('<h1>T</h1><p class="date">Updated: 3 May 2024</p>', "", None, None),
        ('<h1>T</h1><footer class="site-footer"><p class="date">© 2024 Example</p></footer>', "", None, None),
        ('<h1>T</h1><div class="related"><time datetime="2020-01-02">2 January 2020</time></div>', "", None, None),
        ('<h1>T</h1><p class="date">2017</p>', "", None, None),  # a year is no day, and never its first of January
    ],
)
def test_published(body: str, head: str, day: date | None, source: str | None) -> None:
    found = read(body + TEXT, head)
    assert (found.published, found.published_source) == (day, source)
    assert ("no_date" in found.warnings) == (day is None)


def test_a_stamp_keeps_its_offset() -> None:
    found = read("<h1>T</h1>", '<meta property="article:published_time" content="2024-12-05T10:00:00+0200">')
    assert found.published_at == "2024-12-05T10:00:00+02:00"
    assert found.published_raw == "2024-12-05T10:00:00+0200"


def test_the_address_is_the_last_resort() -> None:
    found = read("<h1>T</h1>" + TEXT, url="https://example.org/2014/06/21/slug/")
    assert (found.published, found.published_source) == (date(2014, 6, 21), "url")
    assert "date_from_url" in found.warnings
    shown = read('<h1>T</h1><span class="date">22 June 2014</span>', url="https://example.org/2014/06/21/slug/")
    assert (shown.published, shown.published_source) == (date(2014, 6, 22), "line")


def test_the_pages_own_evidence_decides_the_order() -> None:
    shown = '<h1>T</h1><span class="date">04/11/2018</span>'
    assert read(shown).published == date(2018, 11, 4)
    assert "date_ambiguous" in read(shown).warnings
    assert read(shown, url="https://example.org/2018/04/11/slug/").published == date(2018, 4, 11)
    month_first = PROFILE.model_copy(update={"date_order": "month-first"})
    assert read(shown, profile=month_first).published == date(2018, 4, 11)


def test_a_hijri_date_is_kept_raw() -> None:
    found = read('<h1>ع</h1><span class="date">١٤ رمضان ١٤٤٥ هـ</span>')
    assert (found.published, found.published_raw) == (None, "١٤ رمضان ١٤٤٥ هـ")
    assert "date_hijri" in found.warnings


def test_a_day_after_the_capture_is_not_used() -> None:
    found = read("<h1>T</h1>", '<meta property="article:published_time" content="2031-01-01T10:00:00Z">')
    assert found.published is None
    assert "date_future" in found.warnings


def test_modified() -> None:
    found = read(
        "<h1>T</h1>"
        '<time class="published" datetime="2024-12-05">5 December 2024</time>'
        ' <time class="updated" datetime="2024-12-09">9 December 2024</time>'
    )
    assert (found.published, found.modified, found.modified_source) == (date(2024, 12, 5), date(2024, 12, 9), "time")


# ---- standfirst


@pytest.mark.parametrize(
    ("body", "standfirst"),
    [
        ('<h1>T</h1><p class="standfirst">A law that was never published.</p>', "A law that was never published."),
        (
            '<h1>ع</h1><div class="entry-content"><p><strong>قانون لم يُنشر قط حتى اليوم.</strong></p>'
            + TEXT
            + "</div>",
            "قانون لم يُنشر قط حتى اليوم.",
        ),
        (
            '<h1>T</h1><div class="entry-content"><p><strong>Who decides, and on what basis?</strong></p>'
            + TEXT
            + "</div>",
            None,
        ),
        (
            '<h1>T</h1><div class="entry-content"><p><strong>Claimants:</strong> Samira Khoury and her sister</p>'
            + TEXT
            + "</div>",
            None,
        ),
        ('<h1>T</h1><div class="entry-content">' + TEXT + "</div>", None),
    ],
)
def test_standfirst(body: str, standfirst: str | None) -> None:
    head = '<meta name="description" content="A description that nobody sees.">'
    found = read(body, head)
    assert found.standfirst == standfirst
    assert (found.standfirst_source is None) == (standfirst is None)


# ---- subjects and translations


def test_subjects() -> None:
    terms = (
        '<a rel="category tag" href="/category/analysis/">Analysis</a>'
        '<a rel="tag" href="/tag/%D9%85%D8%B5%D8%B1/">مصر</a>'
    )
    found = read(f'<h1>Courts in Lebanon</h1>{terms}<div class="related"><a rel="tag" href="/tag/x/">Other</a></div>')
    assert (found.sections, found.tags, found.countries) == (("Analysis",), ("مصر",), ("EG", "LB"))


def test_translations() -> None:
    note = (
        '<p><em>تم ترجمة هذا المقال من اللغة الإنجليزية. لقراءة النسخة الأصلية <a href="/en/a/">اضغط هنا</a>.</em></p>'
        "<p>***</p>"
    )
    head = (
        '<link rel="alternate" hreflang="fr" href="/fr/a/"><link rel="alternate" hreflang="x-default" href="/">'
        '<link rel="alternate" hreflang="ar" href="/a-page/">'
    )
    found = read(f"<h1>ع</h1><article>{note}{TEXT}</article>", head)
    assert [(one.url, one.language) for one in found.translations] == [
        ("https://example.org/fr/a/", "fr"),
        ("https://example.org/en/a/", "en"),
    ]
    assert [element.tag for element in found.consumed if element.tag == "p"] == ["p", "p"]


def test_also_available_in() -> None:
    found = read('<h1>T</h1><div class="languages">Also available in <a href="/ar/a/">العربية</a></div>' + TEXT)
    assert [(one.url, one.language) for one in found.translations] == [("https://example.org/ar/a/", "ar")]


def test_consumed_never_holds_the_body() -> None:
    found = read('<article class="author"><h1>T</h1><p class="byline">By Omar Selim</p>' + TEXT + "</article>")
    assert [element.tag for element in found.consumed] == ["h1", "p"]
    assert found.consumed[1].get("class") == "byline"


def test_nothing_at_all() -> None:
    found = read("")
    assert (found.title, found.authors, found.published, found.standfirst) == (None, (), None, None)
    assert found.warnings == ["no_title", "no_author", "no_date"]
