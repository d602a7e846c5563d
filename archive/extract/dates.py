"""Dates as people write them, in English, Arabic and a few other languages, to ISO 8601.

Arabic months come in four naming systems (Egypt and the Gulf, the Levant, Tunisia and Algeria, Morocco) and in double
forms
(«حزيران/يونيو»), digits in two sets. Hijri dates are recognised and never converted: tables differ by a day from
country to country.
Nothing here reads the clock.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Order = Literal["day-first", "month-first"]

# One line a month: English, French, German, Spanish (without accents where people drop them) | the Arabic systems,
# letters folded.
_MONTHS = """
january jan janvier januar jänner enero ene | يناير|كانون الثاني|جانفي
february feb février fevrier fevr februar febrero | فبراير|شباط|فيفري
march mar mars märz maerz marzo | مارس|اذار
april apr avril avr abril abr | ابريل|نيسان|افريل
may mai mayo | مايو|ايار|ماي
june jun juin juni junio | يونيو|يونيه|حزيران|جوان
july jul juillet juil juli julio | يوليو|يوليه|تموز|جويليه|يوليوز
august aug août aout agosto ago | اغسطس|اب|اوت|غشت
september sept sep septembre septiembre | سبتمبر|ايلول|شتنبر
october oct octobre oktober okt octubre | اكتوبر|تشرين الاول|اوكتوبر
november nov novembre noviembre | نوفمبر|تشرين الثاني|نونبر
december dec décembre decembre dezember dez diciembre dic | ديسمبر|كانون الاول|دجنبر
"""
_HIJRI = (
    r"محرم|صفر|ربيع\s+(?:الاول|الاخر|الثاني)|جمادي\s+(?:الاولي|الاخره|الثانيه|الاول|الاخر)|رجب|شعبان|رمضان|شوال|"
    r"ذو\s+القعده|ذي\s+القعده|ذو\s+الحجه|ذي\s+الحجه"
)


def _month_table() -> dict[str, int]:
    table: dict[str, int] = {}
    for number, line in enumerate(_MONTHS.strip().splitlines(), 1):
        latin, arabic = line.split(" | ")
        table.update(dict.fromkeys(latin.split() + arabic.strip().split("|"), number))
    return table


_MONTH_OF = _month_table()
_NAME = "|".join(sorted((re.escape(name).replace(r"\ ", r"\s+") for name in _MONTH_OF), key=len, reverse=True))
# «حزيران/يونيو», «حزيران (يونيو)»: the first name decides, the second is only passed over.
_MONTH = rf"(?<![^\W\d_])(?:{_NAME})(?![^\W\d_])\.?(?:\s*[/\\(–-]\s*(?:{_NAME})(?![^\W\d_])\s*\)?)?"
_TH = r"(?:\s?(?:st|nd|rd|th|er|º|ª)(?![^\W\d_])|\.)?"
_OF = r"(?:\s*(?:of|de|من|شهر|من\s+شهر)\s+|\s*[-/.,،]\s*|\s*)"
_YEAR_OF = r"(?:\s*[,،]?\s*(?:de|del|سنه|عام|من\s+عام)\s+|\s*[-/.,،]\s*|\s+)"
_CLOCK = (
    r"(?:[T ]\s?(?P<clock>\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,9})?)\s?(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?"
)
_DATE = re.compile(
    rf"""
      (?P<iso>(?<![\d./-])(?P<iy>\d{{4}})[-/.](?P<im>\d{{1,2}})[-/.](?P<id>\d{{1,2}})(?!\d|[-/.]\d){_CLOCK})
    | (?P<hijri>(?<!\d)(?:\d{{1,2}}\s*(?:من\s+)?(?:شهر\s+)?)?(?<!\w)(?:{_HIJRI})(?!\w)\s*,?،?\s*(?:عام|
    سنه)?\s*1[2-5]\d\d(?!\d)\s*(?:ه(?:ـ|\b))?)
    | (?P<dmy>(?<!\d)(?P<dd>\d{{1,2}}){_TH}{_OF}(?P<dm>{_MONTH}){_YEAR_OF}(?P<dy>\d{{4}})(?!\d))
    | (?P<mdy>(?P<mm>{_MONTH})\s*(?P<md>\d{{1,2}}){_TH}(?:\s*[,،]\s*|\s+|\s+of\s+)(?P<my>\d{{4}})(?!\d))
    | (?P<ymd>(?<!\d)(?P<yy>\d{{4}}),?\s+(?P<ym>{_MONTH})\s+(?P<yd>\d{{1,2}})(?!\d))
    | (?P<num>(?<![\d./-])(?P<n1>\d{{1,2}})(?P<sep>\s?[/.-]\s?)(?P<n2>\d{{1,2}})(?P=sep)(?P<n3>\d{{4}}|\d{{2}})(?!\d|
    [/.-]\d))
    | (?P<my1>(?P<om>{_MONTH})(?:\s+of|\s+de|\s+عام|\s+سنه)?[\s,،-]+(?P<oy>\d{{4}})(?!\d))
    | (?P<nmy>(?<![\d./-])(?P<om2>0?[1-9]|1[0-2])[/](?P<oy2>(?:19|20)\d\d)(?!\d|[/.-]\d))
    | (?P<year>(?<![\w./-])(?P<y>(?:19|20)\d\d)(?![\w/-]|\.\d))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NAMED = (("dmy", "dy", "dm", "dd"), ("mdy", "my", "mm", "md"), ("ymd", "yy", "ym", "yd"))
_DIGITS: dict[int, str] = {
    ord(digit): str(value) for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for value, digit in enumerate(digits)
}
_LETTERS = str.maketrans("أإآٱىةی\u00a0\u202f", "اااايهي  ")
_FOLD: dict[int, str | int | None] = {**_DIGITS, **_LETTERS}
# Harakat, tatweel, direction marks and isolates: they stand inside dates and say nothing there.
_MARKS = re.compile("[\u064b-\u0652\u0670\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff]")
_NUMERIC = re.compile(
    rf"\d(?:\s|{_MARKS.pattern})*[/.-](?:\s|{_MARKS.pattern})*\d"
)  # what 25/02/2019 cannot be without
_ARABIC = re.compile("[\u0620-\u064a]")
_STAMP = re.compile(
    r"\s*(\d{4})-?(\d{2})-?(\d{2})(?:[T\s]\s*(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|"
    r"[+-]\d{2}:?\d{2}|[+-]\d{2})?)?"
)
_URL_DAY = re.compile(r"/(?P<y>(?:19|20)\d\d)[/-](?P<m>0?[1-9]|1[0-2])[/-](?P<d>0?[1-9]|[12]\d|3[01])(?=[/._-]|$)")


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a text. `raw` is the text's own `[start:end]`; `iso` is YYYY, YYYY-MM or YYYY-MM-DD, and null for a
    Hijri date."""

    raw: str
    start: int
    end: int
    iso: str | None
    other: str | None = None  # the other reading of 04/11/2018
    hijri: bool = False

    @property
    def day(self) -> date | None:
        return date.fromisoformat(self.iso) if self.iso and len(self.iso) == 10 else None


@dataclass(frozen=True, slots=True)
class Stamp:
    """A machine's date: the day as it is written, and the whole stamp where it has a time."""

    day: date
    at: datetime | None  # aware where the page gives an offset

    def text(self) -> str | None:
        """ISO 8601 with the offset that the page gives."""
        return self.at.isoformat() if self.at else None

    def local(self, timezone: str) -> date:
        """The day in the site's zone: a UTC stamp can be the day before the one that the reader sees. Another offset is
        the site's own."""
        if self.at is None or self.at.utcoffset() is None or self.at.utcoffset() != UTC.utcoffset(None):
            return self.day
        zone = _zone(timezone)
        return self.at.astimezone(zone).date() if zone else self.day


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def find_all(
    text: str, order: Order = "day-first", order_arabic: Order = "day-first", *, years: bool = False
) -> Iterator[Found]:
    """Every date of a text, from left to right. `order` reads 04/11/2018, `order_arabic` the same in a text that has
    Arabic letters.

    A year alone is a date only with `years`.
    """
    if not any(char.isdigit() for char in text):
        return
    folded, places = _fold(text)
    chosen = order_arabic if _ARABIC.search(text) else order
    for match in _DATE.finditer(folded):
        if match["year"] and not years:
            continue
        start = places[match.start()] if places else match.start()
        end = places[match.end() - 1] + 1 if places else match.end()
        while end < len(text) and text[end] == "ـ":  # the tatweel of «هـ»
            end += 1
        raw = text[start:end].strip()
        if match["hijri"]:
            yield Found(raw, start, end, None, hijri=True)
            continue
        iso, other, hijri = _read(match, chosen)
        if hijri or iso:
            yield Found(raw, start, end, iso, other, hijri)


def find(
    text: str, order: Order = "day-first", order_arabic: Order = "day-first", *, years: bool = False
) -> Found | None:
    """The first date of a text."""
    return next(find_all(text, order, order_arabic, years=years), None)


def stamp(text: str | None) -> Stamp | None:
    """Read a machine's stamp, such as `2024-12-05T14:00:00+00:00`, `2024-12-05` or `20241205`."""
    match = _STAMP.match(text or "")
    if not match:
        return None
    year, month, day = (int(match[number]) for number in (1, 2, 3))
    try:
        plain = date(year, month, day)
        if match[4] is None:
            return Stamp(plain, None)
        at = f"{plain.isoformat()}T{int(match[4]):02}:{match[5]}:{match[6] or '00'}{_offset(match[7])}"
        return Stamp(plain, datetime.fromisoformat(at))
    except ValueError:
        return None


def in_url(url: str) -> date | None:
    """The day in an address such as `/2024/12/05/slug/`; a month alone is none."""
    match = _URL_DAY.search(unquote(urlsplit(url).path))
    return _day(int(match["y"]), int(match["m"]), int(match["d"])) if match else None


def evidence(texts: Iterator[str] | list[str] | tuple[str, ...]) -> Order | None:
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


def _fold(text: str) -> tuple[str, list[int] | None]:
    """The text with ASCII digits, folded letters and no marks; and where each character stood, where any was taken
    out."""
    folded = text.translate(_FOLD)
    if not _MARKS.search(folded):
        return folded, None
    places = [place for place, char in enumerate(folded) if not _MARKS.match(char)]
    return "".join(folded[place] for place in places), places


def _read(match: re.Match[str], order: Order) -> tuple[str | None, str | None, bool]:
    """(ISO date, the other reading, whether it is Hijri) of a match."""
    if match["iso"]:
        year = int(match["iy"])
        return (
            (None, None, True)
            if 1300 <= year <= 1500
            else (_iso(year, int(match["im"]), int(match["id"])), None, False)
        )
    for group, of_year, of_month, of_day in (
        ("dmy", "dy", "dm", "dd"),
        ("mdy", "my", "mm", "md"),
        ("ymd", "yy", "ym", "yd"),
    ):
        if match[group]:
            return _iso(int(match[of_year]), _month(match[of_month]), int(match[of_day])), None, False
    if match["num"]:
        return _numeric(int(match["n1"]), int(match["n2"]), match["n3"], order)
    if match["my1"]:
        return f"{match['oy']}-{_month(match['om']):02}", None, False
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


def _month(name: str) -> int:
    name = re.sub(r"\s+", " ", name.lower().rstrip("."))
    name = re.split(r"\s*[/\\(–-]\s*", name)[0].rstrip(".")
    return _MONTH_OF[name]


def _iso(year: int, month: int, day: int) -> str | None:
    found = _day(year, month, day)
    return found.isoformat() if found else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _offset(zone: str | None) -> str:
    if not zone:
        return ""
    if zone in ("Z", "UTC", "GMT"):
        return "+00:00"
    return zone if len(zone) == 6 else f"{zone[:3]}:{zone[3:] or '00'}"
