"""schedule.toml: which institute is crawled when, and how. A mistake is one line: file, entry, key, value, nearest."""

import hashlib
import json
import tomllib
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, ValidationError, model_validator

from archive.errors import ProfileError
from archive.folder_names import mistake
from archive.institutes import registry
from archive.institutes.profile import Strict
from archive.institutes.values import Zone
from archive.mistakes import told
from crawler.errors import CrawlError
from crawler.schedule.when import Times, Window, duration

NAME = "schedule.toml"
EXAMPLE = """\
timezone = "Africa/Cairo"       # of the times below; UTC unless given
at_once = 2                     # institutes that are crawled at the same time

[[entry]]
institute = "timep"             # a name (`institute list`), or the path of a profile, from this file's folder
when = "every day at 03:00"     # every monday at 04:30 | every month on 1 at 02:00 | every 6 hours | cron: 0 3 * * *
window = "22:00-06:00"          # outside it no crawl is begun, and one that runs is stopped at its end
jitter = "10 minutes"           # begins so much later at the most
max_minutes = 120               # max_pages, max_megabytes
mode = "incremental"            # or full
overlap = "skip"                # or queue: where a crawl of the collection is still running
catch_up = "once"               # after downtime: once, all, none
"""


class Mode(StrEnum):
    INCREMENTAL = "incremental"
    FULL = "full"


class Overlap(StrEnum):
    """What becomes of a run whose collection is still being crawled."""

    SKIP = "skip"
    QUEUE = "queue"


class CatchUp(StrEnum):
    """What becomes of runs that were planned while nothing ran the schedule: the newest, each, or none is made up."""

    ONCE = "once"
    ALL = "all"
    NONE = "none"


def _parsed(parse: Any) -> Any:
    def sound(text: str) -> str:
        parse(text)
        return text

    return AfterValidator(sound)


def _sound_name(name: str) -> str:
    if not name or len(name) > 64 or not all(letter.isalnum() or letter in "-_" for letter in name):
        raise ValueError(f"{name!r} must be letters, digits, - and _, at most 64 of them")
    return name


def _sound_collection(name: str) -> str:
    problem = mistake(name)
    if problem:
        raise ValueError(problem)
    return name


class Entry(Strict):
    """When one institute is crawled, into which collection, and how."""

    institute: str = Field(min_length=1)
    name: Annotated[str, AfterValidator(_sound_name)] = ""
    collection: Annotated[str, AfterValidator(_sound_collection)] | None = None
    when: Annotated[str, _parsed(Times.parse)]
    timezone: Zone = ""
    jitter: Annotated[str, _parsed(duration)] = "0 seconds"
    window: Annotated[str, _parsed(Window.parse)] | None = None
    max_pages: int = Field(0, ge=0)
    max_minutes: float = Field(0.0, ge=0)
    max_megabytes: float = Field(0.0, ge=0)
    allow_private: bool = False
    mode: Mode = Mode.INCREMENTAL
    overlap: Overlap = Overlap.SKIP
    catch_up: CatchUp = CatchUp.ONCE

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone or "UTC")

    @cached_property
    def times(self) -> Times:
        return Times.parse(self.when, self.timezone or "UTC")

    @cached_property
    def hours(self) -> Window | None:
        return Window.parse(self.window, self.timezone or "UTC") if self.window else None

    @property
    def mark(self) -> str:
        """What tells one plan of times from another: after a change, what the new one would have planned is not
        missed."""
        return hashlib.sha256(f"{self.times.cron.text}|{self.times.zone.key}".encode()).hexdigest()[:16]

    def begins(self, planned: datetime) -> datetime:
        """When a planned run begins: later by the jitter, which is the same after a restart."""
        longest = duration(self.jitter)
        drawn = int.from_bytes(hashlib.sha256(f"{self.name}|{planned.isoformat()}".encode()).digest()[:6])
        return planned + timedelta(seconds=int(longest.total_seconds() * drawn / 2**48))

    def open(self, moment: datetime) -> tuple[datetime, datetime | None]:
        """When a crawl that is due at that moment may begin, and when its window closes."""
        if self.hours is None:
            return moment, None
        begins, ends = self.hours.next(moment)
        return max(begins, moment), ends

    def command(self, home: Path, left: timedelta | None = None) -> list[str]:
        """The words after `policy-archive`; `left` is how long the window stays open."""
        minutes = [self.max_minutes] if self.max_minutes else []
        minutes += [max(0.01, left.total_seconds() / 60)] if left is not None else []
        limits = {
            "--max-pages": self.max_pages,
            "--max-minutes": round(min(minutes), 2) if minutes else 0,
            "--max-megabytes": self.max_megabytes,
        }
        words = ["--home", str(home), "crawl", self.institute, "--collection", self.collection or self.name]
        words += [word for option, value in limits.items() if value for word in (option, f"{value:g}")]
        words += ["--allow-private"] if self.allow_private else []
        return [*words, "--full"] if self.mode is Mode.FULL else words


class Plan(Strict):
    """The whole schedule. `load` names and places what an entry leaves out."""

    timezone: Zone = "UTC"
    at_once: int = Field(2, ge=1, le=64, description="Institutes that are crawled at the same time, a worker each.")
    entry: tuple[Entry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _distinct(self) -> "Plan":
        seen: dict[str, int] = {}
        for number, one in enumerate(self.entry, 1):
            if one.name and one.name in seen:
                raise ValueError(
                    f"entries {seen[one.name]} and {number} are both called {one.name!r}: give one of them another "
                    '`name = "…"`'
                )
            seen[one.name] = number
        return self

    def named(self, name: str) -> Entry:
        """The entry of that name. Raises CrawlError, which names those that are there."""
        for one in self.entry:
            if one.name == name:
                return one
        raise CrawlError(f"{NAME} has no entry {name!r}; there are {', '.join(one.name for one in self.entry)}")


def load(home: Path) -> Plan:
    """The schedule of a home folder. Raises CrawlError: file, entry, key, value and how to mend it."""
    path = home / NAME
    raw = read_toml(path, "write one; `policy-archive schedule example` prints one to begin with")
    zone = raw.get("timezone", "UTC")
    entries = raw.get("entry")
    if isinstance(entries, list):
        raw = {**raw, "entry": [_placed(path, number, one, zone) for number, one in enumerate(entries, 1)]}
    try:
        return Plan.model_validate_json(json.dumps(raw, default=str), strict=True)
    except ValidationError as error:
        raise CrawlError(told(str(path), error, Plan)) from None


def read_toml(path: Path, missing: str) -> dict[str, Any]:
    """A TOML file that a person wrote. Raises CrawlError; `missing` is what to do where it is not there."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise CrawlError(f"{path} is not there: {missing}") from None
    except tomllib.TOMLDecodeError as error:
        raise CrawlError(f"{path} is not TOML: {error}") from None
    except UnicodeDecodeError as error:
        raise CrawlError(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8") from None


def _placed(path: Path, number: int, raw: Any, zone: Any) -> Any:
    """An entry with its name, zone, collection and the place of its profile written out. Raises CrawlError."""
    if not isinstance(raw, dict):
        return raw
    where = f"{path}: entry {number} ({raw.get('name') or raw.get('institute') or 'unnamed'})"
    given = {"timezone": zone, **raw} if isinstance(zone, str) and zone else raw
    try:
        entry = Entry.model_validate_json(json.dumps(given, default=str), strict=True)
    except ValidationError as error:
        raise CrawlError(told(where, error, Entry)) from None
    institute = entry.institute
    if institute.endswith(".toml") or "/" in institute:
        institute = str((path.parent / institute).resolve())
    try:
        profile = registry.load(institute, path.parent)
    except ProfileError as error:
        raise CrawlError(f"{where}: institute: {error}") from None
    collection = entry.collection or profile.id
    return {**given, "institute": institute, "collection": collection, "name": entry.name or collection}
