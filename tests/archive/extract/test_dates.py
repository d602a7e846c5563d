"""Dates in all the ways that the institutes write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extract import dates


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("December 13, 2022", "2022-12-13"),
        ("Posted on Sept. 3, 2019 by someone", "2019-09-03"),
        ("Oct 24, 2022Some Name", "2022-10-24"),
        ("the 5th of May 2020", "2020-05-05"),
        ("20. März 2021", "2021-03-20"),
        ("1er janvier 2020", "2020-01-01"),
        ("15 de marzo de 2020", "2020-03-15"),
        ("2019/03/04", "2019-03-04"),
        ("6/24/2014", "2014-06-24"),  # no month 24, whatever the order
        ("31/12/99", "1999-12-31"),
        ("March 2020", "2020-03"),
        # Arabic: Egypt and the Gulf, the Levant, Tunisia and Algeria, Morocco
        ("23 أبريل، 2019", "2019-04-23"),
        ("٥ ديسمبر ٢٠٢٤", "2024-12-05"),
        ("ديسمبر 5, 2024", "2024-12-05"),
        ("٥ كانون الأول ٢٠٢٤", "2024-12-05"),
        ("14 كانون الثاني 2011", "2011-01-14"),
        ("5 آب 2020", "2020-08-05"),
        ("17 تشرين الأول 2019", "2019-10-17"),
        ("12 جويلية 2020", "2020-07-12"),
        ("1 أوت 2019", "2019-08-01"),
        ("14 جانفي 2011", "2011-01-14"),
        ("3 نونبر 2018", "2018-11-03"),
        ("20 غشت 2018", "2018-08-20"),
        # double forms
        ("5 حزيران/يونيو 2021", "2021-06-05"),
        ("٣ حُزيران (يونيو) ٢٠٢١", "2021-06-03"),
        ("في 17 تشرين الأول / أكتوبر من عام 2019", "2019-10-17"),
        ("\u200f16\u200f-3-2018", "2018-03-16"),
        ("٥ أيار أو مايو ٢٠٢٠", "2020-05-05"),
        ("كانون الأول (ديسمبر) ٥، ٢٠٢٤", "2024-12-05"),
        ("5 كانون أول 2024", "2024-12-05"),
        ("3 أغشت 2021", "2021-08-03"),  # Mauritania
        ("٢٠٢٤/١٢/٥", "2024-12-05"),
        ("۱۳/۰۷/۲۰۲۱", "2021-07-13"),  # Persian digits
        ("Some NameOct 24, 2022", "2022-10-24"),
        ("4 Mayıs 2023", "2023-05-04"),
        # a Hijri date and the same day beside it
        ("الأحد ١٤ رمضان ١٤٤٥ هـ الموافق ٢٤ مارس ٢٠٢٤ م", "2024-03-24"),
        ("24 مارس 2024 (14 رمضان 1445هـ)", "2024-03-24"),
    ],
)
def test_a_date_is_read(text: str, iso: str) -> None:
    found = dates.find(text)
    assert found is not None
    assert found.iso == iso
    assert text[found.start : found.end].strip() == found.raw


@pytest.mark.parametrize(
    "text",
    [
        "© 2024",
        "31/02/2020",
        "case 455/2017",
        "version 1.2.3",
        "2019",
        "May we meet 300 people",
        "مايو",
        "",
        "يونيو/يوليو 2020",
        "case 20190305",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert dates.find(text) is None


@pytest.mark.parametrize(
    "text", ["14 رمضان 1445 هـ", "14/03/1446 هـ", "١٤ ربيع الأول ١٤٤٥", "محرم 1442", "14 Ramadan 1445 AH", "1446-03-14"]
)
def test_hijri_is_kept_raw(text: str) -> None:
    found = dates.find(text)
    assert found is not None
    assert found.hijri
    assert found.iso is None
    assert found.day is None
    assert found.raw in text


def test_the_order_of_an_ambiguous_date() -> None:
    assert dates.find("04/11/2018", "month-first").iso == "2018-04-11"  # type: ignore[union-attr]
    assert dates.find("04/11/2018", "day-first").iso == "2018-11-04"  # type: ignore[union-attr]
    found = dates.find("في 04/11/2018", "month-first", "day-first")
    assert found is not None
    assert (found.iso, found.other) == ("2018-11-04", "2018-04-11")


def test_evidence_of_the_order() -> None:
    assert dates.evidence(["04/11/2018", "02/25/2019"]) == "month-first"
    assert dates.evidence(["٠٤/١١/٢٠١٨", "٢٥/٠٢/٢٠١٩"]) == "day-first"
    assert dates.evidence(["04/11/2018"]) is None
    assert dates.evidence(["25/02/2019", "02/25/2019"]) is None


def test_years_only_where_they_are_asked_for() -> None:
    assert dates.find("filed in 2015", years=True).iso == "2015"  # type: ignore[union-attr]
    assert dates.find("رُفعت عام ٢٠١٥", years=True).iso == "2015"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://example.org/2014/06/21/slug/", date(2014, 6, 21)),
        ("https://example.org/2014-06-21-slug/", date(2014, 6, 21)),
        ("https://example.org/%D8%B9/2014/06/21/%D9%85%D9%82%D8%A7%D9%84/", date(2014, 6, 21)),
        ("https://example.org/2014/06/slug/", None),
        ("https://example.org/20140621-slug", date(2014, 6, 21)),
        ("https://example.org/2014/99/99/slug/", None),
    ],
)
def test_a_day_in_an_address(url: str, day: date | None) -> None:
    assert dates.in_url(url) == day


@given(
    st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31)),
    st.sampled_from(["%d %B %Y", "%B %d, %Y", "%Y-%m-%d", "%d %b %Y", "%Y/%m/%d"]),
)
def test_any_day_in_any_form(day: date, form: str) -> None:
    found = dates.find(f"on {day.strftime(form)}, it was")
    assert found is not None
    assert found.day == day


_EGYPT = ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"]
_LEVANT = [
    "كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران", "تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني",
    "كانون الأول",
]  # fmt: skip
_ALGERIA = ["جانفي", "فيفري", "مارس", "أفريل", "ماي", "جوان", "جويلية", "أوت", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"]
_MOROCCO = ["يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر"]
_SYSTEMS = (_EGYPT, _LEVANT, _ALGERIA, _MOROCCO)
_DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31))
_DIGITS = st.sampled_from(["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"])


def _in_digits(text: str, digits: str) -> str:
    return text.translate({ord(str(value)): digit for value, digit in enumerate(digits)})


@given(
    _DAYS,
    st.sampled_from(_SYSTEMS),
    st.sampled_from(_SYSTEMS),
    st.sampled_from(["{}", "{}/{}", "{} / {}", "{} ({})", "{} أو {}"]),
    st.sampled_from(
        ["{d} {m} {y}", "{d} {m}، {y}", "{m} {d}, {y}", "{d} من {m} عام {y}", "{d}-{m}-{y}", "{y} {m} {d}"]
    ),
    _DIGITS,
)
def test_any_day_in_any_arabic_naming(
    day: date, first: list[str], second: list[str], both: str, form: str, digits: str
) -> None:
    month = both.format(first[day.month - 1], second[day.month - 1])
    text = _in_digits(f"يوم {form.format(d=day.day, m=month, y=day.year)}م، في بيروت", digits)
    found = dates.find(text)
    assert found is not None
    assert (found.day, found.other, found.hijri) == (day, None, False)
    assert text[found.start : found.end].strip() == found.raw


@given(_DAYS, st.sampled_from("/-."), st.sampled_from(["day-first", "month-first"]), _DIGITS, st.booleans())
def test_any_numeric_day(day: date, separator: str, order: dates.Order, digits: str, padded: bool) -> None:
    first, second = (day.day, day.month) if order == "day-first" else (day.month, day.day)
    width = 2 if padded else 1
    text = _in_digits(f"{first:0{width}}{separator}{second:0{width}}{separator}{day.year}", digits)
    found = dates.find(text, order, order)
    assert found is not None
    assert (found.day, found.raw) == (day, text)
    ambiguous = day.day <= 12 and day.day != day.month
    assert found.other_day == (date(day.year, day.day, day.month) if ambiguous else None)


@given(
    st.integers(1, 29), st.integers(1300, 1500), st.sampled_from(["رمضان", "ذو الحجة", "ربيع الأول", "مُحرّم"]), _DIGITS
)
def test_any_hijri_day_stays_unread(day: int, year: int, month: str, digits: str) -> None:
    text = _in_digits(f"{day} {month} {year} هـ", digits)
    found = dates.find(text)
    assert found is not None
    assert (found.hijri, found.iso, found.raw) == (True, None, text)


@given(st.text(alphabet="0123456789/-. ٠١٢٣٤٥٦٧٨٩abMayأبمايو\u200f\u064e,،ـ", max_size=60))
def test_wild_text_never_raises(text: str) -> None:
    for found in dates.find_all(text, years=True):
        assert text[found.start : found.end].strip() == found.raw
