"""How much one run of a crawl may fetch: pages, bytes and minutes, in all and of one host.

Counted when a request is let through, so that what comes over a limit is what was on its way by then. Whoever runs the
same command again has the same limits again.
"""

import time
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

from archive.institutes.profile import Profile
from crawler.frontier import Role, Row
from crawler.options import Options

HOST_LIMIT = "host limit: "  # how the reason of a URL begins that its host's limit kept out
_PAGES = (Role.LISTING, Role.PAGE)


class Limits:
    """The limits of a run and what was used of them. Limits that are 0 are none."""

    def __init__(self, options: Options, profile: Profile) -> None:
        self._options = options
        self._host_pages = options.max_pages_per_host or profile.limits.pages_per_host
        self._host_bytes = (options.max_megabytes_per_host or profile.limits.megabytes_per_host) * 1e6
        self.reached: str | None = None  # the limit of the whole crawl that was reached
        self.hosts: dict[str, str] = {}  # those that came to theirs, and which
        self._pages = self._listings = 0  # claimed
        self._pages_of: Counter[str] = Counter()
        self.waiting: Counter[str] = Counter()  # host → bytes that came and are not written yet (recorder.py)
        self.written: Counter[str] = Counter()  # host → bytes that are written
        self._began = time.monotonic()
        self._rested = 0.0  # seconds of pauses that are over
        self._pause: float | None = None  # when the one that is on began

    @property
    def minutes(self) -> float:
        """How long the crawl has run, pauses left out."""
        now = time.monotonic() if self._pause is None else self._pause
        return (now - self._began - self._rested) / 60

    def begin(self) -> None:
        """The minutes run from here."""
        self._began = time.monotonic()

    def rest(self, paused: bool) -> None:
        """The crawl has been paused, or goes on."""
        now = time.monotonic()
        if paused and self._pause is None:
            self._pause = now
        elif not paused and self._pause is not None:
            self._rested += now - self._pause
            self._pause = None

    def over(self, written: int) -> bool:
        """Whether the crawl has come to its end: its minutes, or the bytes that it has written."""
        options = self._options
        if options.max_minutes and self.minutes >= options.max_minutes:
            self.reached = self.reached or f"--max-minutes {options.max_minutes:g}"
        if options.max_megabytes and written >= options.max_megabytes * 1e6:
            self.reached = self.reached or f"--max-megabytes {options.max_megabytes:g}"
        return self.reached is not None

    def brim(self, written: int) -> bool:
        """Whether what came and is not written yet may reach the limit: nobody asks for more before that is known."""
        most = self._options.max_megabytes * 1e6
        return bool(most) and written + self.waiting.total() >= most

    def open_roles(self, count: int, roles: tuple[Role, ...]) -> tuple[int, tuple[Role, ...]]:
        """How many URLs may be claimed now, and of which of these roles. No pages and listings after `--max-pages`;
        listings come first and lead to more of them, so that they have half of it, and pages the rest.
        """
        most = self._options.max_pages
        if not most:
            return count, roles
        left, listings = most - self._pages, (most + 1) // 2 - self._listings
        if left <= 0:
            return count, tuple(role for role in roles if role not in _PAGES)
        if listings <= 0:
            return min(count, left), tuple(role for role in roles if role is not Role.LISTING)
        return min(count, left, listings), roles

    def claimed(self, rows: Sequence[Row]) -> None:
        """These are fetched next."""
        self._pages += sum(row.role in _PAGES for row in rows)
        self._listings += sum(row.role is Role.LISTING for row in rows)

    def returned(self, rows: Sequence[Row]) -> None:
        """These were claimed, and are not fetched now."""
        self._pages -= sum(row.role in _PAGES for row in rows)
        self._listings -= sum(row.role is Role.LISTING for row in rows)

    def refusal(self, row: Row) -> str | None:
        """Why the URL is kept out by its host's limit; None where it may be fetched, and then it counts."""
        if not self._host_pages and not self._host_bytes:
            return None
        host = _host(row)
        pages = row.role in _PAGES
        if self._host_bytes and self.written[host] >= self._host_bytes:
            self.hosts[host] = f"{self._host_bytes / 1e6:g} MB of {host}"
        elif self._host_pages and pages and self._pages_of[host] >= self._host_pages:
            self.hosts[host] = f"{self._host_pages:,} pages of {host}"
        else:
            self._pages_of[host] += pages
            return None
        return HOST_LIMIT + self.hosts[host]

    def full(self, host: str) -> bool:
        """Whether no more bytes of a host are wanted, or what came of it and is not written yet may be enough."""
        return bool(self._host_bytes) and self.written[host] + self.waiting[host] >= self._host_bytes

    def unsent(self, row: Row) -> None:
        """A URL that was let through was not asked for."""
        if row.role in _PAGES:
            self._pages_of[_host(row)] -= 1

    def told(self, pages_left: bool) -> str:
        """Which limits ended the crawl, in words; empty where none did."""
        words = [self.reached] if self.reached else []
        if pages_left and not self.reached:
            words.append(f"--max-pages {self._options.max_pages:,}")
        shown = list(self.hosts.values())
        words += shown[:3] + ([f"limits of {len(shown) - 3:,} more hosts"] if len(shown) > 3 else [])
        return ", ".join(words)


def _host(row: Row) -> str:
    return urlsplit(row.url).hostname or ""
