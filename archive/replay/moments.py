"""The captures of one address, as pywb would replay them: which one stands nearest to a moment, and which are its
neighbours.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Self

_REVISIT = "warc/revisit"
DIGITS = 14


@dataclass(frozen=True, slots=True)
class Moment:
    """One capture. `same` says that its bytes are those of the capture before it; `blocked`, that it may not be
    shown. `status` is None where the index does not know it, as of many revisits.
    """

    at: str  # 14 digits
    url: str
    status: int | None
    media_type: str | None
    digest: str
    same: bool = False
    blocked: bool = False

    @classmethod
    def of(cls, line: Mapping[str, Any]) -> Self:
        """From a line of the index, as pywb's lookup gives it."""
        status, mime = str(line.get("status") or ""), str(line.get("mime") or "")
        return cls(
            at=str(line["timestamp"]),
            url=str(line["url"]),
            status=int(status) if status.isascii() and status.isdigit() else None,
            media_type=mime if mime not in ("", "-", _REVISIT) else None,
            digest=str(line.get("digest") or ""),
            same=mime == _REVISIT,
            blocked=line.get("access", "allow") != "allow",
        )

    @property
    def when(self) -> datetime:
        return moment(self.at)


class Moments:
    """All captures of an address, the oldest first. Of two in one second, which an address and its redirect to another
    spelling are, the page stands.
    """

    def __init__(self, found: Iterable[Moment]) -> None:
        by_second: dict[str, Moment] = {}
        for one in found:
            known = by_second.get(one.at)
            if known is None or (_leads_on(known) and not _leads_on(one)):
                by_second[one.at] = one
        ordered = [by_second[at] for at in sorted(by_second)]
        repeated = {new.at for old, new in pairwise(ordered) if new.digest and new.digest == old.digest}
        self.all = [
            one if one.same or one.at not in repeated
            else Moment(one.at, one.url, one.status, one.media_type, one.digest, True, one.blocked)
            for one in ordered
        ]  # fmt: skip

    def nearest(self, asked: str) -> Moment | None:
        """The capture nearest to a moment of up to 14 digits; the last one where none is asked for."""
        if not self.all:
            return None
        if not asked:
            return self.all[-1]
        wanted = moment(asked)
        return min(self.all, key=lambda one: (abs((one.when - wanted).total_seconds()), one.at))

    def beside(self, shown: Moment) -> tuple[Moment | None, Moment | None]:
        """The captures before and after."""
        before = [one for one in self.all if one.at < shown.at]
        after = [one for one in self.all if one.at > shown.at]
        return (before[-1] if before else None, after[0] if after else None)


def moment(digits: str) -> datetime:
    """What up to 14 digits mean; what is missing is the beginning, and what no calendar has is the nearest that it
    has."""
    whole = digits[:DIGITS].ljust(4, "0") + "0101000000"[max(len(digits) - 4, 0) :]
    parts = (whole[0:4], whole[4:6], whole[6:8], whole[8:10], whole[10:12], whole[12:14])
    year, month, day, hour, minute, second = (int(part) for part in parts)
    year, month = min(max(year, 1), 9999), min(max(month, 1), 12)
    for last in (day, 30, 29, 28):
        try:
            return datetime(
                year, month, min(max(last, 1), day or 1), min(hour, 23), min(minute, 59), min(second, 59), tzinfo=UTC
            )
        except ValueError:
            continue
    return datetime(year, month, 1, tzinfo=UTC)


def _leads_on(one: Moment) -> bool:
    return one.status is not None and 300 <= one.status < 400
