"""How often a host is asked: it is left alone for as long as it says (`Retry-After`), and longer each time that it says
so again.
"""

import random
import time
from email.utils import parsedate_to_datetime

from crawler.clock import LONGEST_WAIT

_FIRST = 5.0  # seconds after the first 429 or 503 that does not say how long; doubled each time


class Pace:
    """Which hosts are not to be asked now. Monotonic time, so that a clock that is set cannot undo it."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._strikes: dict[str, int] = {}

    def held(self, host: str) -> float:
        """Seconds for which the host is to be left alone; 0 when it may be asked."""
        return max(0.0, self._until.get(host, 0.0) - time.monotonic())

    def waits(self) -> dict[str, float]:
        """The hosts that are to be left alone now, and for how many seconds."""
        now = time.monotonic()
        return {host: round(until - now, 1) for host, until in self._until.items() if until > now}

    def slow_down(self, host: str, retry_after: str | None) -> float:
        """The host answered 429 or 503. Returns for how many seconds it is left alone."""
        strikes = self._strikes[host] = self._strikes.get(host, 0) + 1
        wait = read_retry_after(retry_after, time.time())
        if wait is None:
            wait = min(LONGEST_WAIT, _FIRST * 2 ** (strikes - 1) * random.uniform(1, 1.25))
        self._until[host] = max(self._until.get(host, 0.0), time.monotonic() + wait)
        return wait

    def answered(self, host: str) -> None:
        """The host answered as it should."""
        self._strikes.pop(host, None)


def read_retry_after(value: str | None, now: float) -> float | None:
    """Seconds to wait, from a `Retry-After` of seconds or an HTTP date (RFC 9110, 10.2.3), capped; None for
    nonsense.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(LONGEST_WAIT, float(text)) if len(text) < 10 else LONGEST_WAIT
    try:
        seconds = parsedate_to_datetime(text).timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return None
    return min(LONGEST_WAIT, max(0.0, seconds))
