"""Reports in, alerts out: pure. A report is report.json as it was read; what one lacks, no rule speaks of."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import Field

from archive.institutes.profile import Strict
from crawler.exits import COMPLETE, INTERRUPTED, LIMITED

Report = Mapping[str, Any]
_JOINERS = "\u200c\u200d"  # format characters that words of Arabic script are spelled with


class Topic(StrEnum):
    FAILURE = "failure"
    BOTWALL = "botwall"
    COMPLETENESS = "completeness"
    FIELDS = "fields"
    DISK = "disk"
    MISSED = "missed"
    TEST = "test"


class Bounds(Strict):
    """What is too much. A crawl's own day-to-day changes lie below these: a publication more or less of a hundred."""

    completeness_drop: float = Field(
        2.0, ge=0, le=100, description="Percent points of what a source states that are archived no longer."
    )
    fields_drop: float = Field(
        5.0, ge=0, le=100, description="Percent points more of the publications that have one code of doubt."
    )
    disk_gigabytes: float = Field(2.0, ge=0, description="Free on the disk of the home folder, at the least.")


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to tell. Title and text are plain: no line end nor other control character of a site gets in."""

    topic: Topic
    title: str
    text: str


def alerts(reports: Sequence[Report], free: float, bounds: Bounds) -> list[Alert]:
    """What the last of a collection's reports (oldest first) is to be told of. `free` is bytes of the disk."""
    if not reports:
        return []
    last = reports[-1]
    before = next((one for one in reversed(reports[:-1]) if _settled(one)), None)
    found = [*_failure(last), *_botwall(last), *_disk(last, free, bounds)]
    if before is not None and _settled(last):
        found += [*_completeness(last, before, bounds), *_fields(last, before, bounds)]
    return found


def missed(entry: str, collection: str, count: int, then: str) -> Alert:
    """Runs that were planned while nothing ran the schedule."""
    runs = f"{count:,} planned run{'' if count == 1 else 's'}"
    text = f"{runs} of {plain(entry)} (collection {plain(collection)}) passed while nothing ran the schedule. {then}"
    return Alert(Topic.MISSED, f"{plain(entry)}: {runs} missed", text)


def failed_to_run(entry: str, collection: str, code: int, why: str) -> Alert:
    """A planned crawl that ended without a report."""
    text = f"The crawl of {plain(collection)} ended with exit code {code}, and without a report: {plain(why)}"
    return Alert(Topic.FAILURE, f"{plain(entry)}: the crawl could not run", text)


def plain(text: object, most: int = 300) -> str:
    """Text of anyone's as one line: control characters and those that turn the direction of writing become blanks."""
    spaced = "".join(" " if _turns(letter) else letter for letter in str(text))
    line = " ".join(spaced.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _turns(letter: str) -> bool:
    return letter not in _JOINERS and unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp", "Cs")


def _settled(report: Report) -> bool:
    """Whether a crawl of the institute went through: one that was stopped, or of given pages alone, says nothing of how
    complete the site is.
    """
    return report.get("exit_code") not in (LIMITED, INTERRUPTED, None) and report.get("extent") != "urls"


def _head(report: Report) -> str:
    return plain(report.get("collection") or report.get("institute") or "?", 80)


def _told(report: Report, words: str) -> str:
    return f"{words} (institute {plain(report.get('institute'), 80)}, crawl {plain(report.get('crawl'), 40)})"


def _failure(last: Report) -> Iterator[Alert]:
    code = last.get("exit_code")
    if isinstance(code, int) and code not in (COMPLETE, LIMITED, INTERRUPTED):
        why = plain(last.get("why") or f"exit code {code}")
        yield Alert(Topic.FAILURE, f"{_head(last)}: the crawl failed", _told(last, f"Exit code {code}: {why}"))


def _botwall(last: Report) -> Iterator[Alert]:
    count = _number(_table(last, "urls").get("botwall"))
    if count:
        text = _told(last, f"{count:,.0f} addresses answered with a challenge page, and not with what they hold.")
        yield Alert(Topic.BOTWALL, f"{_head(last)}: the site shows a bot wall", text)


def _disk(last: Report, free: float, bounds: Bounds) -> Iterator[Alert]:
    if free < bounds.disk_gigabytes * 1e9:
        text = _told(last, f"{free / 1e9:,.1f} GB are free, and {bounds.disk_gigabytes:g} GB are to be.")
        yield Alert(Topic.DISK, f"{_head(last)}: the disk is nearly full", text)


def _completeness(last: Report, before: Report, bounds: Bounds) -> Iterator[Alert]:
    now, then = completeness(last), completeness(before)
    if now is not None and then is not None and then - now > bounds.completeness_drop:
        text = _told(last, f"{now:.1f} % of what its sources state is there, after {then:.1f} % in the crawl before.")
        yield Alert(Topic.COMPLETENESS, f"{_head(last)}: less of the site is archived", text)


def completeness(report: Report) -> float | None:
    """Percent of what the site states that is archived; None where it states nothing.

    The report's own figure where it has one, else what its sources gave of what they state.
    """
    own = report.get("completeness")
    if isinstance(own, Mapping):
        for key in ("percent", "share"):
            if (found := _number(own.get(key))) is not None:
                return found * 100 if key == "share" else found
        stated, archived = _number(own.get("stated")), _number(own.get("archived"))
        if stated and archived is not None:
            return min(100.0, 100 * archived / stated)
    sources = [one for one in report.get("sources") or () if isinstance(one, Mapping)]
    stating = [(_number(one.get("stated")), _number(one.get("found")) or 0) for one in sources]
    whole = sum(stated for stated, _ in stating if stated)
    return 100 * sum(min(stated, found) for stated, found in stating if stated) / whole if whole else None


def _fields(last: Report, before: Report, bounds: Bounds) -> Iterator[Alert]:
    now, then = doubts(last), doubts(before)
    grown = {code: (then.get(code, 0.0), share) for code, share in now.items()}
    told = [
        f"{plain(code, 60)} {was:.1f} % → {share:.1f} %"
        for code, (was, share) in sorted(grown.items(), key=lambda one: one[1][0] - one[1][1])
        if share - was > bounds.fields_drop
    ]
    if told and then is not None:
        text = _told(last, f"Share of publications with a doubt, the crawl before and now: {', '.join(told[:10])}.")
        yield Alert(Topic.FIELDS, f"{_head(last)}: fields are read less well", text)


def doubts(report: Report) -> dict[str, float]:
    """Percent of the publications that have each code of doubt; none where there are no publications."""
    whole = sum(filter(None, map(_number, _table(report, "publications").values())))
    warnings = _table(report, "warnings")
    return {str(code): 100 * (_number(count) or 0) / whole for code, count in warnings.items()} if whole else {}


def _table(report: Report, key: str) -> Mapping[str, Any]:
    found = report.get(key)
    return found if isinstance(found, Mapping) else {}


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
