"""The five fields of cron, and the local times that they name."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

from archive.mistakes import nearest

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# What each field is called, its lowest and highest value, and the names that begin at the lowest.
_FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("weekday", 0, 7, _DAYS),
)
_LONGEST = 8 * 366 + 1  # days between two 29ths of February, as in 1896 and 1904


@dataclass(frozen=True, slots=True)
class Cron:
    """Sets of values; weekdays count from 0, a Sunday. With both days restricted, either is enough (crontab(5))."""

    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    @classmethod
    def parse(cls, text: str) -> Self:
        """`minute hour day month weekday`. Raises ValueError, which says which field is wrong and what it may be."""
        words = text.split()
        if len(words) != len(_FIELDS):
            raise ValueError(
                f"{text!r} has {len(words)} fields and not the five of cron: minute hour day month weekday, as in "
                "'0 3 * * *'"
            )
        minutes, hours, days, months, weekdays = (
            _field(word.lower(), *field) for word, field in zip(words, _FIELDS, strict=True)
        )
        weekdays = frozenset(day % 7 for day in weekdays)
        made = cls(" ".join(words), tuple(sorted(minutes)), tuple(sorted(hours)), days, months, weekdays)
        if made.after(datetime(2000, 1, 1)) is None:
            raise ValueError(f"{text!r} names a day that no year has: take one that comes, such as '0 3 1 * *'")
        return made

    @property
    def either(self) -> bool:
        """Whether a day is one that either its number or its weekday names."""
        return len(self.days) < 31 and len(self.weekdays) < 7

    def after(self, local: datetime) -> datetime | None:
        """The first local time (naive) that is named, later than that one."""
        for ahead in range(_LONGEST):
            day = local.date() + timedelta(ahead)
            if self._names(day):
                for hour in self.hours:
                    for minute in self.minutes:
                        found = datetime.combine(day, time(hour, minute))
                        if found > local:
                            return found
        return None

    def _names(self, day: date) -> bool:
        by_number, by_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return day.month in self.months and (by_number or by_weekday if self.either else by_number and by_weekday)


def _field(text: str, name: str, low: int, high: int, names: tuple[str, ...]) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        if step and not (step.isascii() and step.isdigit() and int(step)):
            raise ValueError(f"the {name} {part!r} has the step {step!r}: write a number from 1, as in '*/6'")
        if span == "*":
            first, last = low, high if names != _DAYS else 6
        else:
            begin, dash, end = span.partition("-")
            first = _value(begin, part, name, low, high, names)
            last = _value(end, part, name, low, high, names) if dash else high if step else first
        if first > last:
            raise ValueError(f"the {name} {part!r} ends before it begins: write the smaller one first")
        found.update(range(first, last + 1, int(step or 1)))
    return frozenset(found)


def _value(word: str, part: str, name: str, low: int, high: int, names: tuple[str, ...]) -> int:
    if word in names:
        return low + names.index(word)
    if word.isascii() and word.isdigit() and low <= int(word) <= high:
        return int(word)
    also = f", or {names[0]} to {names[-1]}{nearest(word, list(names))}" if names else ""
    raise ValueError(f"the {name} {part!r} is not known: {low} to {high}{also}")
