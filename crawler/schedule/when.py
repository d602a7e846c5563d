"""When: the words of a schedule as times. Planned are local times, kept are UTC ones.

A local time that occurs twice, when clocks go back, is the first of the two; one that never occurs, when clocks go
forward, is the moment at which they do. So every planned time comes once, on each machine and after each restart.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from archive.mistakes import nearest
from crawler.schedule.cron import WEEKDAYS, Cron

FORMS = "'every day at 03:00', 'every monday at 04:30', 'every month on 1 at 02:00', 'every 6 hours', 'cron: 0 3 * * *'"
_DAY = 24 * 60  # minutes
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}


@dataclass(frozen=True, slots=True)
class Times:
    """What a schedule's `when` names, in a time zone. Times that count from midnight (`every 6 hours`) count in UTC."""

    cron: Cron
    zone: ZoneInfo

    @classmethod
    def parse(cls, text: str, zone: str = "UTC") -> Self:
        """Raises ValueError, which says what would be right."""
        fields, from_midnight = _cron(text)
        return cls(Cron.parse(fields), ZoneInfo("UTC" if from_midnight else zone))

    def after(self, moment: datetime) -> datetime:
        """The first planned time (UTC) later than that one."""
        local = moment.astimezone(self.zone).replace(tzinfo=None)
        while True:
            named = self.cron.after(local)
            if named is None:
                raise ValueError(f"{self.cron.text!r} names no time after {moment}")
            found = instant(named, self.zone)
            if found > moment:
                return found
            local = named

    def between(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """The planned times later than `since` up to `until`, both of UTC."""
        found = self.after(since)
        while found <= until:
            yield found
            found = self.after(found)


@dataclass(frozen=True, slots=True)
class Window:
    """The hours of a day in which a crawl may run, in local time; one that ends before it begins goes over midnight."""

    begins: time
    ends: time
    zone: ZoneInfo

    @classmethod
    def parse(cls, text: str, zone: str = "UTC") -> Self:
        """`22:00-06:00`. Raises ValueError."""
        found = re.fullmatch(r"\s*(\S+?)\s*[-–]\s*(\S+)\s*", text)
        if not found:
            raise ValueError(f"{text!r} is no window: write when it begins and ends, as in '22:00-06:00'")
        begins, ends = _clock(found[1]), _clock(found[2])
        if begins == ends:
            raise ValueError(f"{text!r} begins when it ends: leave it out where a crawl may run at any hour")
        return cls(begins, ends, ZoneInfo(zone))

    def next(self, moment: datetime) -> tuple[datetime, datetime]:
        """Beginning and end (UTC) of the window that holds that moment, else of the next one."""
        day = moment.astimezone(self.zone).date() - timedelta(1)
        while True:
            over_midnight = timedelta(1) if self.ends < self.begins else timedelta(0)
            begins = instant(datetime.combine(day, self.begins), self.zone)
            ends = instant(datetime.combine(day + over_midnight, self.ends), self.zone)
            if moment < ends and begins < ends:
                return begins, ends
            day += timedelta(1)


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment (UTC) of a local time: the first of two, or where there is none, when clocks go forward past it."""
    late = local.replace(tzinfo=zone).astimezone(UTC)
    if late.astimezone(zone).replace(tzinfo=None) == local:
        return late
    early = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after, seconds = late.astimezone(zone).utcoffset(), int((late - early).total_seconds())
    low, high = 0, seconds  # the change is later than `early + low`, and not later than `early + high`
    while high - low > 1:
        middle = (low + high) // 2
        if (early + timedelta(seconds=middle)).astimezone(zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return early + timedelta(seconds=high)


def duration(text: str) -> timedelta:
    """`10 minutes`, `90 seconds`, `1 hour`. Raises ValueError."""
    found = re.fullmatch(r"\s*([0-9]{1,6})\s*(second|minute|hour)s?\s*", text.lower())
    if not found:
        raise ValueError(f"{text!r} is no length of time: write it as '10 minutes', '90 seconds' or '1 hour'")
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


def _cron(text: str) -> tuple[str, bool]:
    """The five fields, and whether they count from midnight UTC."""
    words = " ".join(text.lower().split())
    if words.startswith("cron:"):
        return " ".join(text.split())[len("cron:") :].strip(), False
    if found := re.fullmatch(r"every day at (\S+)", words):
        return f"{_minute_and_hour(found[1])} * * *", False
    if found := re.fullmatch(r"every month on (\S+) at (\S+)", words):
        return f"{_minute_and_hour(found[2])} {_day_of_month(found[1])} * *", False
    if found := re.fullmatch(r"every (?:([0-9]{1,4}) )?(hour|minute)s?", words):
        return _steps(text, int(found[1] or 1), found[2]), True
    if found := re.fullmatch(r"every (.+?) at (\S+)", words):
        return f"{_minute_and_hour(found[2])} * * {_weekdays(found[1])}", False
    raise ValueError(f"{text!r} is no time that can be planned{_near(words)}; there are {FORMS}")


def _near(words: str) -> str:
    return nearest(words, ["every day at 03:00", "every monday at 04:30", "every month on 1 at 02:00", "every 6 hours"])


def _clock(text: str) -> time:
    found = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", text)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError(f"{text!r} is no time of day: write it as 03:00, from 00:00 to 23:59")
    return time(int(found[1]), int(found[2]))


def _minute_and_hour(text: str) -> str:
    clock = _clock(text)
    return f"{clock.minute} {clock.hour}"


def _day_of_month(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,2}", text) or not 1 <= int(text) <= 28:
        raise ValueError(f"{text!r} is no day that every month has: take 1 to 28")
    return int(text)


def _weekdays(text: str) -> str:
    numbers = []
    for word in re.split(r",\s*and |,\s*| and ", text):
        if word not in WEEKDAYS:
            raise ValueError(f"{word!r} is no day of the week{nearest(word, ['day', *WEEKDAYS])}; there are {FORMS}")
        numbers.append((WEEKDAYS.index(word) + 1) % 7)
    return ",".join(map(str, sorted(numbers)))


def _steps(text: str, count: int, unit: str) -> str:
    """Steps that divide a day: the same times on every day, and after every restart."""
    whole = _DAY // 60 if unit == "hour" else 60
    valid = [step for step in range(1, whole + 1) if whole % step == 0]
    if count not in valid:
        nearby = min(valid, key=lambda step: abs(step - count))
        of = "a day" if unit == "hour" else "an hour"
        raise ValueError(
            f"{text!r} does not divide {of}: every {nearby} {unit}s is the nearest; {', '.join(map(str, valid))} do"
        )
    if unit == "hour":
        return f"0 */{count} * * *" if count < whole else "0 0 * * *"
    return f"*/{count} * * * *" if count < whole else "0 * * * *"
