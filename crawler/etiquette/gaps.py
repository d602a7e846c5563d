"""How long a host was left alone between two requests, as they were written to the wire: etiquette as it was, not as it
was meant.
"""

import json
import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

_STEPS = 50  # of the scale between 1 s and 2.7 s: what is told of a gap is right within 1 %
_SHORTEST = 1e-4  # seconds; shorter ones count as this
_HOSTS = 1_000  # that are measured: beyond them a crawl only fetches what pages embed


@dataclass
class _Host:
    requests: int = 0
    shortest: float | None = None
    counts: Counter[int] = field(default_factory=Counter)  # of gaps, by their place on a logarithmic scale

    def gap(self, seconds: float) -> None:
        self.shortest = seconds if self.shortest is None else min(self.shortest, seconds)
        self.counts[round(math.log(max(seconds, _SHORTEST)) * _STEPS)] += 1

    def quantile(self, share: float) -> float | None:
        wanted, seen = share * self.counts.total(), 0
        for place in sorted(self.counts):
            seen += self.counts[place]
            if seen >= wanted:
                return round(max(math.exp(place / _STEPS), self.shortest or 0.0), 3)
        return None


class Gaps:
    """Counts on a scale, so that memory does not follow the number of requests."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._hosts: dict[str, _Host] = {}
        self._last: dict[str, float] = {}  # when each was asked; not kept, since a pause is no gap

    def asked(self, url: str) -> None:
        """A request for this URL is being written."""
        host, now = urlsplit(url).hostname or "", self._clock()
        if host not in self._hosts and len(self._hosts) >= _HOSTS:
            return
        told = self._hosts.setdefault(host, _Host())
        told.requests += 1
        if host in self._last:
            told.gap(now - self._last[host])
        self._last[host] = now

    def lines(self) -> list[dict[str, Any]]:
        """Each host with its requests and its gaps in seconds (null where there was one request), the busiest first."""
        return [
            {
                "host": host,
                "requests": told.requests,
                "min": None if told.shortest is None else round(told.shortest, 3),
                "median": told.quantile(0.5),
                "p95": told.quantile(0.95),
            }
            for host, told in sorted(self._hosts.items(), key=lambda item: (-item[1].requests, item[0]))
        ]

    def dumps(self) -> str:
        return json.dumps({host: vars(told) for host, told in self._hosts.items()})

    def loads(self, text: str | None) -> None:
        """Go on counting where a crawl was stopped."""
        for host, told in json.loads(text or "{}").items():
            counts = Counter({int(place): count for place, count in told["counts"].items()})
            self._hosts[host] = _Host(told["requests"], told["shortest"], counts)
