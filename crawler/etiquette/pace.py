"""How often a host is asked: it is left alone for as long as it says (`Retry-After`), longer each time that it says so
again, and for good when it goes on refusing.
"""

import random
import time
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime

from scrapy.exceptions import IgnoreRequest

from crawler.clock import LONGEST_WAIT

FIRST = 5.0  # seconds after the first 429 or 503 that does not say how long; doubled each time
WALL_PAUSE = 60.0  # seconds after the third challenge page in a row; doubled with each that follows
_MOST_REFUSALS = 10  # 429 or 503 in a row: 40 minutes of waiting, where none says how long
_WALLS = 3  # challenge pages in a row until the host is left alone
_MOST_WALLS = 7
_SLOWEST = 32.0  # times the delay, for a host that has refused
_FASTER = 0.95  # with each answer: half a minute of a second's delay from twice as slow to what it was


class HostRefuses(IgnoreRequest):
    """The host went on refusing, and is asked no more in this crawl. Raised before a request to it."""


class Pace:
    """Which hosts are not to be asked now, and how far the delay is stretched. Monotonic time, so that a clock that is
    set cannot undo it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.first, self.wall_pause = FIRST, WALL_PAUSE
        self._clock = clock
        self._until: dict[str, float] = {}
        self._refusals: dict[str, int] = {}
        self._walls: dict[str, int] = {}
        self._stretch: dict[str, float] = {}
        self._gave_up: dict[str, str] = {}

    def held(self, host: str) -> float:
        """Seconds for which the host is to be left alone; 0 when it may be asked."""
        return 0.0 if host in self._gave_up else max(0.0, self._until.get(host, 0.0) - self._clock())

    def stretch(self, host: str) -> float:
        """What the delay is multiplied by: doubled when the host refuses, and slowly 1 again while it answers."""
        return self._stretch.get(host, 1.0)

    def gave_up(self, host: str) -> str | None:
        """Why the host is asked no more; None while it is."""
        return self._gave_up.get(host)

    def waits(self) -> dict[str, float]:
        """The hosts that are to be left alone now, and for how many seconds."""
        now = self._clock()
        return {host: round(until - now, 1) for host, until in self._until.items() if until > now}

    def slow_down(self, host: str, retry_after: str | None) -> float:
        """The host answered 429 or 503. Returns for how many seconds it is left alone. Answers to requests that were on
        their way when it first said so count once.
        """
        stated = read_retry_after(retry_after, time.time())
        if held := self.held(host):
            return self._hold(host, max(held, stated or 0.0))
        refusals = self._refusals[host] = self._refusals.get(host, 0) + 1
        self._stretch[host] = min(_SLOWEST, self.stretch(host) * 2)
        if refusals >= _MOST_REFUSALS and host not in self._gave_up:
            self._gave_up[host] = f"{host} answered 429 or 503 {refusals} times in a row, and was left alone"
        grown = self.first * 2.0 ** (refusals - 1)
        if stated is None:
            return self._hold(host, grown * random.uniform(1, 1.25))
        # a host that says "0" again and again is not believed
        return self._hold(host, max(stated, grown / 2 if refusals > 1 else 0.0))

    def walled(self, host: str) -> None:
        """The host answered a challenge page in the place of what was asked for."""
        if self.held(host) or host in self._gave_up:
            return
        walls = self._walls[host] = self._walls.get(host, 0) + 1
        if walls >= _MOST_WALLS:
            self._gave_up[host] = f"{host} answered {walls} times in a row with a challenge page, and was left alone"
        elif walls >= _WALLS:
            self._hold(host, self.wall_pause * 2.0 ** (walls - _WALLS))

    def answered(self, host: str) -> None:
        """The host answered with something that is no refusal."""
        if not self.held(host):
            self._refusals.pop(host, None)
            faster = self.stretch(host) * _FASTER
            if faster > 1:
                self._stretch[host] = faster
            else:
                self._stretch.pop(host, None)

    def seen(self, host: str) -> None:
        """What the host answered was read, and is no challenge page."""
        self._walls.pop(host, None)

    def _hold(self, host: str, seconds: float) -> float:
        seconds = min(LONGEST_WAIT, seconds)
        self._until[host] = max(self._until.get(host, 0.0), self._clock() + seconds)
        return seconds


def read_retry_after(value: str | None, now: float) -> float | None:
    """Seconds to wait, from a `Retry-After` of seconds or an HTTP date in any of its three forms (RFC 9110, 5.6.7 and
    10.2.3), capped; None for nonsense.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(LONGEST_WAIT, float(text)) if len(text) < 10 else LONGEST_WAIT
    try:
        stated = parsedate_to_datetime(text)
        seconds = (stated if stated.tzinfo else stated.replace(tzinfo=UTC)).timestamp() - now  # asctime's is in GMT
    except (ValueError, TypeError, OverflowError):
        return None
    return min(LONGEST_WAIT, max(0.0, seconds))
