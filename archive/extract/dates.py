"""Dates as people write them, in English, Arabic and a few other languages, to ISO 8601.

Months by name in all their systems (months.py), digits in three sets, day and month by the order that is asked for.
Hijri dates are recognised and never converted: tables differ by a day from country to country. Nothing here reads the
clock.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from urllib.parse import unquote, urlsplit

from archive.extract.months import HIJRI_MONTH, MONTH, number

Order = Literal["day-first", "month-first"]

_TH = r"(?:\s?(?:st|nd|rd|th|er|º|ª)(?![^\W\d_])|\.)?"
_OF = r"(?:\s*(?:of|de|من|شهر|من\s+شهر)\s+|\s*[-/.,،]\s*|\s*)"
_YEAR_OF = r"(?:\s*[,،]?\s*(?:de|del|سنه|عام|من\s+عام|لعام)\s+|\s*[-/.,،]\s*|\s+)"
_CLOCK = r"(?:[T ]\s?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,9})?\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?"
_HIJRI_YEAR = r"1[2-5]\d\d(?!\d)"
_DATE = re.compile(
    rf"""
      (?P<iso>(?<![\d./-])(?P<iy>\d{{4}})[-/.](?P<im>\d{{1,2}})[-/.](?P<id>\d{{1,2}})(?!\d|[-/.]\d){_CLOCK})
    | (?P<hijri>(?<!\d)(?:\d{{1,2}}\s*(?:من\s+)?(?:شهر\s+)?)?(?<!\w)(?:{HIJRI_MONTH})(?!\w)
        (?:\s+\d{{1,2}}(?=\s*[,،]))?\s*[,،]?\s*(?:(?:من\s+)?(?:عام|سنه)\s+)?{_HIJRI_YEAR}(?:\s*ه\b|\s*A\.?H\b\.?)?)
    | (?P<dmy>(?<!\d)(?P<dd>\d{{1,2}}){_TH}{_OF}(?P<dm>{MONTH}){_YEAR_OF}(?P<dy>\d{{4}})(?!\d))
    | (?P<mdy>(?P<mm>{MONTH})\s*(?P<md>\d{{1,2}}){_TH}(?:\s*[,،]\s*|\s+|\s+of\s+)(?P<my>\d{{4}})(?!\d))
    | (?P<ymd>(?<!\d)(?P<yy>\d{{4}}),?\s+(?P<ym>{MONTH})\s+(?P<yd>\d{{1,2}})(?!\d))
    | (?P<num>(?<![\d./-])(?P<n1>\d{{1,2}})(?P<sep>\s?[/.-]\s?)(?P<n2>\d{{1,2}})(?P=sep)(?P<n3>\d{{4}}|\d{{2}})(?!\d|
    [/.-]\d))
    | (?P<my1>(?P<om>{MONTH})(?:\s+of|\s+de|\s+عام|\s+سنه)?[\s,،-]+(?P<oy>\d{{4}})(?!\d))
    | (?P<nmy>(?<![\d./-])(?P<om2>0?[1-9]|1[0-2])[/](?P<oy2>(?:19|20)\d\d)(?!\d|[/.-]\d))
    | (?P<year>(?<![\w./-])(?P<y>(?:19|20)\d\d)(?![\w/-]|\.\d))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DIGITS: dict[int, str] = {
    ord(digit): str(value) for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for value, digit in enumerate(digits)
}
_LETTERS = str.maketrans("أإآٱىةیۀک\u00a0\u202f\u2009\u2011\u2212", "اااايهيهك   --")
_FOLD: dict[int, str | int | None] = {**_DIGITS, **_LETTERS}
# Harakat, tatweel, direction marks and isolates: they stand inside dates and say nothing there.
_MARKS = re.compile("[\u064b-\u0652\u0670\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff]")
MAY_HOLD = re.compile(r"\d\d")  # what no date can be without
_NUMERIC = re.compile(
    rf"\d(?:\s|{_MARKS.pattern})*[/.-](?:\s|{_MARKS.pattern})*\d"
)  # what 25/02/2019 cannot be without
_ARABIC = re.compile("[\u0620-\u064a\u0660-\u0669\u06f0-\u06f9]")
_HIJRI_MARK = re.compile(r"\s*(?:ه\b|A\.?H\b\.?)", re.IGNORECASE)
# Between the two dates of one day: «١٤ رمضان ١٤٤٥ هـ الموافق ٢٤ مارس ٢٠٢٤ م».
_SAME_DAY = re.compile(
    r"[\s,،/()=|–—-]*(?:ه|م|AH|CE|AD)?[\s,،/()=|–—.-]*(?:ال?مواف[قـ]ه?\s*(?:لـ?|ل)?|corresponding\s+to)?\s*(?:يوم\s+)?"
    r"(?:(?:السبت|الاحد|الاثنين|الثلاثاء|الاربعاء|الخميس|الجمعه)[\s,،]*)?[\s,،/()=|–—-]*",
    re.IGNORECASE,
)
_URL_DAY = re.compile(
    r"/((?:19|20)\d\d)(?:[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]))(?=[/._-]|$)"
)
_URL_MONTH = re.compile(r"/(?P<y>(?:19|20)\d\d)[/-](?P<m>0[1-9]|1[0-2])(?=/)")


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a text. `raw` is the text's own `[start:end]`; `iso` is YYYY, YYYY-MM or YYYY-MM-DD, and null for a
    Hijri date that has no other beside it."""

    raw: str
    start: int
    end: int
    iso: str | None
    other: str | None = None  # the other reading of 04/11/2018
    hijri: bool = False

    @property
    def day(self) -> date | None:
        return date.fromisoformat(self.iso) if self.iso and len(self.iso) == 10 else None

    @property
    def other_day(self) -> date | None:
        return date.fromisoformat(self.other) if self.other else None


def find_all(
    text: str, order: Order = "day-first", order_arabic: Order = "day-first", *, years: bool = False
) -> Iterator[Found]:
    """Every date of a text, from left to right. `order` reads 04/11/2018, `order_arabic` the same in a text that has
    Arabic letters.

    A year alone is a date only with `years`. A Hijri date and the Gregorian one beside it are one date.
    """
    if not MAY_HOLD.search(text):
        return
    folded, places = _fold(text)
    chosen = order_arabic if _ARABIC.search(text) else order
    waiting: Found | None = None
    until = 0  # where `waiting` ends in `folded`
    for match in _DATE.finditer(folded):
        if match["year"] and not years:
            continue
        iso, other, hijri = _read(match, chosen)
        if not (hijri or iso):
            continue
        end = match.end()
        if hijri and (mark := _HIJRI_MARK.match(folded, end)):
            end = mark.end()
        found = _found(text, places, match.start(), end, iso, other, hijri)
        if waiting and waiting.hijri != hijri and _SAME_DAY.fullmatch(folded, until, match.start()):
            read = waiting if hijri else found
            last = found.end + (text[found.end : found.end + 1] == ")" and "(" in text[waiting.start : found.end])
            waiting = replace(read, raw=text[waiting.start : last].strip(), start=waiting.start, end=last)
        else:
            if waiting:
                yield waiting
            waiting = found
        until = end
    if waiting:
        yield waiting


def find(
    text: str, order: Order = "day-first", order_arabic: Order = "day-first", *, years: bool = False
) -> Found | None:
    """The first date of a text."""
    return next(find_all(text, order, order_arabic, years=years), None)


def in_url(url: str) -> date | None:
    """The day in an address such as `/2024/12/05/slug/`; a month alone is none."""
    match = _URL_DAY.search(unquote(urlsplit(url).path))
    return _day(int(match[1]), int(match[2] or match[4]), int(match[3] or match[5])) if match else None


def month_in_url(url: str) -> str | None:
    """The month in an address such as `/2024/12/slug/`, as YYYY-MM."""
    match = _URL_MONTH.search(unquote(urlsplit(url).path))
    return f"{match['y']}-{match['m']}" if match else None


def evidence(texts: Iterable[str]) -> Order | None:
    """What the numeric dates of these texts say about their order: 25/02/2019 is day-first, 02/25/2019 month-first.
    Null where they disagree."""
    orders: set[Order] = set()
    for text in texts:
        if not _NUMERIC.search(text):
            continue
        for match in _DATE.finditer(_fold(text)[0]):
            if match["num"]:
                first, second = int(match["n1"]), int(match["n2"])
                if first > 12 >= second:
                    orders.add("day-first")
                elif second > 12 >= first:
                    orders.add("month-first")
    return orders.pop() if len(orders) == 1 else None


def fold(text: str) -> str:
    """The text with ASCII digits, folded letters and no marks: what labels and month names are compared in."""
    return _fold(text)[0]


def _fold(text: str) -> tuple[str, list[int] | None]:
    """As `fold`; and where each character stood, where any was taken out."""
    folded = text.translate(_FOLD)
    if not _MARKS.search(folded):
        return folded, None
    places = [place for place, char in enumerate(folded) if not _MARKS.match(char)]
    return "".join(folded[place] for place in places), places


def _found(
    text: str, places: list[int] | None, start: int, end: int, iso: str | None, other: str | None, hijri: bool
) -> Found:
    if places:
        start, end = places[start], places[end - 1] + 1
    while end < len(text) and text[end] == "ـ":  # the tatweel of «هـ»
        end += 1
    return Found(text[start:end].strip(), start, end, iso, other, hijri)


def _read(match: re.Match[str], order: Order) -> tuple[str | None, str | None, bool]:
    """(ISO date, the other reading, whether it is Hijri) of a match."""
    if match["hijri"]:
        return None, None, True
    if match["iso"]:
        year = int(match["iy"])
        hijri = 1300 <= year <= 1500
        return (None if hijri else _iso(year, int(match["im"]), int(match["id"]))), None, hijri
    for group, of_year, of_month, of_day in (
        ("dmy", "dy", "dm", "dd"),
        ("mdy", "my", "mm", "md"),
        ("ymd", "yy", "ym", "yd"),
    ):
        if match[group]:
            return _iso(int(match[of_year]), number(match[of_month]), int(match[of_day])), None, False
    if match["num"]:
        return _numeric(int(match["n1"]), int(match["n2"]), match["n3"], order)
    if match["my1"]:
        month = number(match["om"])
        return (f"{match['oy']}-{month:02}" if month else None), None, False
    if match["nmy"]:
        return f"{match['oy2']}-{int(match['om2']):02}", None, False
    return match["y"], None, False


def _numeric(first: int, second: int, year_text: str, order: Order) -> tuple[str | None, str | None, bool]:
    year = int(year_text)
    if len(year_text) == 2:
        year += 1900 if year >= 70 else 2000  # POSIX strptime's %y, moved by one
    if 1300 <= year <= 1500:
        return None, None, True
    day_first, month_first = _iso(year, second, first), _iso(year, first, second)
    one, two = (day_first, month_first) if order == "day-first" else (month_first, day_first)
    return (one, two if two != one else None, False) if one else (two, None, False)


def _iso(year: int, month: int | None, day: int) -> str | None:
    found = _day(year, month, day) if month else None
    return found.isoformat() if found else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
