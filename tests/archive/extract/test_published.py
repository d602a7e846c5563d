"""Published and modified: what wins where a page's stamps, its date line, its address and its cards say different
things."""

from datetime import date

import pytest

from archive.extract import fields
from archive.extract.fields import Fields
from archive.extract.html import Document
from archive.institutes.profile import FieldRule, Profile

PROFILE = Profile(name="Example Institute", home="https://example.org/", timezone="Africa/Cairo")
BARE = Profile(name="Example Institute", home="https://example.org/")
URL = "https://example.org/a-page/"
TEXT = "<p>The committee delayed the law, and nobody said why.</p>" * 3
ISSUED = '<meta property="article:published_time" content="{}">'
CHANGED = '<meta property="article:modified_time" content="{}">'


def read(
    body: str,
    head: str = "",
    url: str = URL,
    profile: Profile = PROFILE,
    language: str = "",
    on: date = date(2026, 1, 1),
) -> Fields:
    page = f"<html{language and f' lang={language}'}><head>{head}</head><body><main>{body}{TEXT}</main></body></html>"
    return fields.read(Document.from_bytes(page.encode(), url), profile, on)


def jsonld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


# ---- the line by the title


@pytest.mark.parametrize(
    "line",
    [
        "<p>By A Name &bull; March 5, 2024</p>",
        '<div class="x">Mar 5, 2024<b>Some Name</b></div>',
        "<div><span>By</span> <a href='/a'>A Name</a> <span>March 5<sup>th</sup>, 2024</span></div>",
        "<time>March 5, 2024</time>",
        '<span itemprop="datePublished" content="2024-03-05">5/3/2024</span>',
        "<div><h4>Published</h4><div>5 March 2024</div></div>",
        "<p>نُشر في ٥ آذار/مارس ٢٠٢٤</p>",
        "<p>بقلم: مي السعدني | 5 آذار 2024</p>",
        "<p>مركز حقوق الإنسان، 5 آذار 2024</p>",
        "<p>وزارة العدل - ٥ مارس ٢٠٢٤</p>",
        "<p>تاريخ النشر: 2024/03/05 - آخر تحديث: 2025/01/07</p>",
    ],
)
def test_a_line_by_the_title(line: str) -> None:
    assert read(f"<h1>T</h1>{line}").published == date(2024, 3, 5)


@pytest.mark.parametrize(
    "line",
    [
        "<p>Filed: 5 March 2024</p>",
        "<p>تاريخ رفع الدعوى: ٥ آذار ٢٠٢٤</p>",
        "<table><tr><td>Hearing</td><td>5 March 2024</td></tr></table>",
        '<div class="event-date">5 March 2024</div>',
        "<p>On <strong>5 March 2024</strong>, the committee met again and decided nothing at all, as before.</p>",
        f'<div class="entry-content"><p>Long words. {"word " * 250}</p><div class="date">5 March 2024</div></div>',
        "<p>&copy; 5 March 2024</p>",
        "<p>جميع الحقوق محفوظة ٥ آذار ٢٠٢٤</p>",
        '<ul class="comments"><li><time datetime="2024-03-05">5 March 2024</time></li></ul>',
        '<blockquote><span class="date">5 March 2024</span></blockquote>',
        "<p>March 2024</p>",
        "<p>آذار ٢٠٢٤</p>",
    ],
)
def test_what_is_no_day_of_publication(line: str) -> None:
    assert read(f"<h1>T</h1>{line}").published is None


def test_a_month_alone_stays_raw() -> None:
    found = read("<h1>T</h1><p>آذار ٢٠٢٤</p>")
    assert (found.published, found.published_raw, found.published_source) == (None, "آذار ٢٠٢٤", "line")
    assert "no_date" in found.warnings


def test_a_side_rail_may_name_the_day() -> None:
    rail = '<div class="post-sidebar"><h4>{}</h4><div class="post-date">5 March 2024</div></div>'
    assert read("<h1>T</h1>" + TEXT * 9 + rail.format("Published")).published == date(2024, 3, 5)
    assert read("<h1>T</h1>" + TEXT * 9 + rail.format("Recent")).published is None


# ---- stamps and lines


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("December 5, 2024", date(2024, 12, 5)),  # what readers see, a day before the stamp in Cairo
        ("٦ كانون الأول ٢٠٢٤", date(2024, 12, 6)),
        ("12 November 2012", date(2012, 11, 12)),  # an older text, put on the site later
        ("Updated: 9 March 2025", date(2024, 12, 6)),
        ("آخر تحديث ٩ مارس ٢٠٢٥", date(2024, 12, 6)),
        ("9 March 2025", date(2025, 3, 9)),  # the site shows the day of its last change as the publication's
        ("17 July 2025", date(2024, 12, 6)),  # neither: the stamp stays
    ],
)
def test_the_line_and_the_stamp(line: str, day: date) -> None:
    head = ISSUED.format("2024-12-05T23:30:00+00:00") + CHANGED.format("2025-03-09T08:00:00+00:00")
    found = read(f'<h1>T</h1><span class="date">{line}</span>', head)
    assert found.published == day
    near = abs(day - date(2024, 12, 5)).days <= 1
    assert found.published_at == ("2024-12-05T23:30:00+00:00" if near else None)


def test_the_address_decides_between_the_line_and_the_stamp() -> None:
    head = ISSUED.format("2024-12-05T10:00:00+02:00") + CHANGED.format("2025-03-09T08:00:00+02:00")
    shown = '<h1>T</h1><span class="date">9 March 2025</span>'
    assert read(shown, head, url="https://example.org/2024/12/05/slug/").published == date(2024, 12, 5)
    assert read(shown, head, url="https://example.org/2024/12/slug/").published == date(2024, 12, 5)
    assert "date_conflict" in read(shown, head).warnings


@pytest.mark.parametrize(
    "update",
    [
        '<span class="updated-on"><time class="entry-date published updated">9 March 2025</time></span>',
        '<time itemprop="dateModified" datetime="2025-03-09">9 March 2025</time>',
        "<div><span>Last updated</span> <span>on</span> <span>9 March 2025</span></div>",
        "<p><span class='l'>تاريخ التحديث</span> <span class='d'>٩ مارس ٢٠٢٥</span></p>",
        '<span class="date updated">9 March 2025</span>',
    ],
)
def test_an_update_is_no_publication(update: str) -> None:
    head = ISSUED.format("2024-12-05T10:00:00+02:00") + CHANGED.format("2025-03-09T08:00:00+02:00")
    found = read(f"<h1>T</h1>{update}", head)
    assert (found.published, found.modified) == (date(2024, 12, 5), date(2025, 3, 9))


def test_an_update_alone_leaves_the_publication_unknown() -> None:
    found = read("<h1>T</h1><p>Last updated: 9 March 2025</p>")
    assert (found.published, found.modified, found.modified_source) == (None, date(2025, 3, 9), "line")


def test_the_day_of_a_stamp_in_utc_by_the_pages_other_stamps() -> None:
    head = ISSUED.format("2024-12-05T23:30:00+00:00") + CHANGED.format("2025-03-09T08:00:00+02:00")
    assert read("<h1>T</h1>", head, profile=BARE).published == date(2024, 12, 6)
    assert read("<h1>T</h1>", ISSUED.format("2024-12-05T23:30:00Z"), profile=BARE).published == date(2024, 12, 5)


# ---- which stamp


def test_of_several_objects_the_one_about_this_page() -> None:
    other = '{"@type": "Article", "url": "https://example.org/other/", "datePublished": "2020-01-02"}'
    own = '{"@type": "WebPage", "@id": "https://www.example.org/a-page#webpage", "datePublished": "2024-12-05"}'
    assert read("<h1>T</h1>", jsonld(f'{{"@graph": [{other}, {own}]}}')).published == date(2024, 12, 5)
    assert read("<h1>T</h1>", jsonld(f"[{other}, {other.replace('other', 'third')}]")).published is None


def test_json_ld_that_does_not_parse() -> None:
    assert read("<h1>T</h1>", jsonld('{"@type": "Article", "datePublished": "2024-12-05",, }')).published == date(
        2024, 12, 5
    )


def test_microdata_of_a_comment_is_not_the_pages() -> None:
    comment = '<div class="comments"><meta itemprop="datePublished" content="2020-01-02"></div>'
    assert read(f"<h1>T</h1>{comment}").published is None
    assert read('<h1>T</h1><meta itemprop="datePublished" content="2024-12-05">').published == date(2024, 12, 5)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("citation_publication_date", "2024/12/05"),
        ("DC.date.issued", "2024-12-05"),
        ("parsely-pub-date", "2024-12-05T10:00:00+02:00"),
        ("sailthru.date", "Thu, 05 Dec 2024 10:00:00 +0200"),
        ("date", "٥ ديسمبر ٢٠٢٤"),
    ],
)
def test_names_of_meta_tags(name: str, text: str) -> None:
    found = read("<h1>T</h1>", f'<meta name="{name}" content="{text}">')
    assert (found.published, found.published_raw, found.published_source) == (date(2024, 12, 5), text, "meta")


# ---- day and month


@pytest.mark.parametrize(
    ("head", "url", "language", "day"),
    [
        ("", URL, "en-US", date(2018, 4, 11)),
        ("", URL, "en-GB", date(2018, 11, 4)),
        ("", URL, "ar", date(2018, 11, 4)),
        ('<meta property="og:locale" content="en_US">', URL, "en", date(2018, 4, 11)),
        ("", "https://example.org/2018/04/slug/", "en-GB", date(2018, 4, 11)),
        (CHANGED.format("2018-04-11T09:00:00Z"), URL, "en-GB", date(2018, 4, 11)),
    ],
)
def test_the_order_of_day_and_month(head: str, url: str, language: str, day: date) -> None:
    assert read('<h1>T</h1><span class="date">04/11/2018</span>', head, url, BARE, language).published == day


def test_the_pages_other_dates_tell_the_order() -> None:
    other = '<aside class="related"><span class="date">02/25/2019</span></aside>'
    found = read(f'<h1>T</h1><span class="date">04/11/2018</span>{other}')
    assert found.published == date(2018, 4, 11)
    assert "date_ambiguous" not in found.warnings


def test_a_profiles_order_beats_the_language() -> None:
    profile = BARE.model_copy(update={"date_order": "day-first"})
    shown = '<h1>T</h1><span class="date">04/11/2018</span>'
    assert read(shown, profile=profile, language="en-US").published == date(2018, 11, 4)


def test_of_two_readings_the_one_before_the_capture() -> None:
    shown = '<h1>T</h1><span class="date">04/11/2025</span>'
    assert read(shown, on=date(2025, 6, 1)).published == date(2025, 4, 11)


# ---- the profile's elements, Hijri, the future


def test_a_profiles_element_that_holds_both_days() -> None:
    rules = (FieldRule(field="published", select=".when"), FieldRule(field="modified", select=".when"))
    profile = PROFILE.model_copy(update={"fields": rules})
    found = read('<h1>T</h1><p class="when">Updated 9 March 2025 | Published 5 December 2024</p>', profile=profile)
    assert (found.published, found.modified) == (date(2024, 12, 5), date(2025, 3, 9))
    assert (found.published_source, found.modified_source) == ("profile", "profile")


def test_a_hijri_line_beside_a_stamp_is_kept_raw() -> None:
    found = read('<h1>ع</h1><span class="date">١٤ رمضان ١٤٤٥ هـ</span>', ISSUED.format("2024-03-24T10:00:00+02:00"))
    assert (found.published, found.published_raw) == (date(2024, 3, 24), "١٤ رمضان ١٤٤٥ هـ")
    assert "date_hijri" in found.warnings


def test_both_calendars_on_one_line() -> None:
    found = read('<h1>ع</h1><span class="date">الأحد ١٤ رمضان ١٤٤٥ هـ الموافق ٢٤ آذار/مارس ٢٠٢٤ م</span>')
    assert (found.published, found.published_source) == (date(2024, 3, 24), "line")
    assert "date_hijri" not in found.warnings


@pytest.mark.parametrize("line", ["2 January 2026", "٢ كانون الثاني ٢٠٢٦"])
def test_a_line_after_the_capture_is_not_used(line: str) -> None:
    found = read(f'<h1>T</h1><span class="date">{line}</span>')
    assert found.published is None
    assert "date_future" in found.warnings


def test_todays_day_further_east_is_no_future() -> None:
    found = read("<h1>T</h1>", ISSUED.format("2026-01-02T03:00:00+10:00"))
    assert found.published == date(2026, 1, 2)
