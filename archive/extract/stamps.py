"""Stamps as machines write them in a page's head, its JSON-LD and its `datetime` attributes."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_ISO = re.compile(
    r"\s*(\d{4})([-/.]?)(\d{2})\2(\d{2})"
    r"(?:(?:T|\s)\s*(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?|(?!\d))",
    re.IGNORECASE,
)
_MAIL = re.compile(
    r"\s*[A-Za-z]{3},\s\d{1,2}\s[A-Za-z]{3}\s\d{4}\s\d{2}:\d{2}"
)  # RFC 5322: Tue, 05 Nov 2019 23:30:00 GMT
_SCRIPT = re.compile(  # a JavaScript Date: Thu Dec 05 2024 14:00:00 GMT+0200 (EET)
    r"\s*[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) (?P<day>\d{2}) (?P<year>\d{4}) (?P<clock>\d{2}:\d{2}:\d{2}) "
    r"(?:GMT|UTC)(?P<zone>[+-]\d{4})?"
)
_EPOCH = re.compile(r"\s*([1-9]\d{8,9})(\d{3})?\s*$")  # seconds or milliseconds since 1970
_OLDEST = 1600  # an older year is of another calendar


@dataclass(frozen=True, slots=True)
class Stamp:
    """A machine's date: the day as it is written, and the whole stamp where it has a time."""

    day: date
    at: datetime | None  # aware where the page gives an offset

    def text(self) -> str | None:
        """ISO 8601 with the offset that the page gives."""
        return self.at.isoformat() if self.at else None

    @property
    def offset(self) -> timedelta | None:
        return self.at.utcoffset() if self.at else None

    def local(self, zone: tzinfo | None) -> date:
        """The day in the site's zone: a UTC stamp can be the day before the one that the reader sees. Another offset is
        the site's own."""
        if self.at is None or self.offset != timedelta(0) or zone is None:
            return self.day
        try:
            return self.at.astimezone(zone).date()
        except OverflowError:  # the years 1 and 9999
            return self.day


def read(text: str | None) -> Stamp | None:
    """Read a machine's stamp, such as `2024-12-05T14:00:00+00:00`, `2024-12-05`, `20241205`, a mail's or a script's
    date, or seconds since 1970."""
    if not text:
        return None
    match = _ISO.match(text)
    try:
        if match:
            return _iso(match)
        if _MAIL.match(text):
            at = parsedate_to_datetime(text.strip())
            return Stamp(at.date(), at)
        if match := _SCRIPT.match(text):
            at = parsedate_to_datetime(
                f"{match['day']} {match['month']} {match['year']} {match['clock']} {match['zone'] or '+0000'}"
            )
            return Stamp(at.date(), at)
        if match := _EPOCH.match(text):
            at = datetime.fromtimestamp(int(match[1]), UTC)
            return Stamp(at.date(), at)
    except (ValueError, OverflowError):
        return None
    return None


def _iso(match: re.Match[str]) -> Stamp | None:
    year, month, day = int(match[1]), int(match[3]), int(match[4])
    if year < _OLDEST:
        return None
    plain = date(year, month, day)
    if match[5] is None:
        return Stamp(plain, None)
    at = f"{plain.isoformat()}T{int(match[5]):02}:{match[6]}:{match[7] or '00'}{_offset(match[8])}"
    return Stamp(plain, datetime.fromisoformat(at))


def _offset(zone: str | None) -> str:
    if not zone:
        return ""
    if zone.upper() in ("Z", "UTC", "GMT"):
        return "+00:00"
    return zone if len(zone) == 6 else f"{zone[:3]}:{zone[3:] or '00'}"


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo | None:
    """The zone of an IANA name; null where the machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None
