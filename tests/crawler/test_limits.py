"""Limits: what comes over one is no more than what was on its way; a host's own; which one it was is told."""

import json
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from archive.institutes.profile import Limits as HostLimits
from archive.institutes.profile import Profile
from archive.store.collection import Collection
from crawler.frontier import Role, Row
from crawler.limits import Limits
from crawler.options import Options
from tests.crawler.command import lines, policy_archive, profile
from tests.crawler.sockets import Script, scripted

ROBOTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
ARABIC = "/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/"  # /سوريا/
ROLES = tuple(Role)


def rows(count: int, role: Role = Role.PAGE, host: str = "a.example") -> list[Row]:
    return [Row(number, f"https://{host}{ARABIC}{number}/", role, "pages", 0, 0) for number in range(count)]


def test_listings_have_half_of_the_pages_and_pages_the_rest() -> None:
    limits = Limits(Options(max_pages=5), Profile())
    assert limits.open_roles(9, ROLES) == (3, ROLES)
    limits.claimed(rows(3, Role.LISTING))
    assert limits.open_roles(9, ROLES) == (2, (Role.SOURCE, Role.PAGE, Role.DOCUMENT, Role.REQUISITE))
    limits.claimed(rows(2))
    assert limits.open_roles(9, ROLES) == (9, (Role.SOURCE, Role.DOCUMENT, Role.REQUISITE))
    limits.returned(rows(1))
    assert limits.open_roles(9, ROLES)[0] == 1
    assert limits.told(True) == "--max-pages 5"
    assert Limits(Options(), Profile()).open_roles(9, ROLES) == (9, ROLES)


def test_pauses_are_no_minutes() -> None:
    limits = Limits(Options(max_minutes=0.01), Profile())
    limits.rest(True)
    limits._pause = (limits._pause or 0) - 3600
    limits._began -= 3600
    assert not limits.over(0)
    limits.rest(False)
    assert limits.minutes < 0.01
    limits._began -= 1
    assert limits.over(0)
    assert limits.told(False) == "--max-minutes 0.01"


def test_a_host_has_limits_of_its_own() -> None:
    of_profile = Profile(limits=HostLimits(pages_per_host=2, megabytes_per_host=0.5))
    limits = Limits(Options(), of_profile)
    assert [limits.refusal(row) for row in rows(3)] == [None, None, "host limit: 2 pages of a.example"]
    assert limits.refusal(rows(1, host="b.example")[0]) is None
    assert limits.refusal(rows(1, Role.DOCUMENT)[0]) is None
    limits.waiting["a.example"] = 500_000
    assert limits.full("a.example")
    assert limits.refusal(rows(1, Role.DOCUMENT)[0]) is None
    limits.written["a.example"], limits.waiting["a.example"] = 500_000, 0
    assert limits.full("a.example")
    assert limits.refusal(rows(1, Role.DOCUMENT)[0]) == "host limit: 0.5 MB of a.example"
    assert not limits.full("b.example")
    assert Limits(Options(max_pages_per_host=1), of_profile).refusal(rows(1)[0]) is None
    assert limits.told(False) == "0.5 MB of a.example"


class Slow:
    """Pages of one size that come slowly, several at a time; counts what was begun."""

    def __init__(self, size: int, seconds: float) -> None:
        noise = __import__("random").Random(1).randbytes(size)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"
        self.answer, self.seconds = head.encode() + noise, seconds
        self.asked = 0
        self._lock = threading.Lock()

    def __call__(self, path: str, connection: Any) -> None:
        with self._lock:
            self.asked += 1
        time.sleep(self.seconds)
        connection.sendall(self.answer)


def crawl(folder: Path, site: Slow, count: int, *words: str, connections: int = 4) -> dict[str, Any]:
    """Crawls `count` given pages of a slow site; the report."""
    paths = [f"{ARABIC}{number}/" for number in range(count)]
    served: dict[str, bytes | Script] = {"/robots.txt": ROBOTS, **dict.fromkeys(paths, site)}
    with scripted(served) as server:
        home = f"http://127.0.0.1:{server.port}"
        (folder / "urls.txt").write_text("".join(f"{home}{path}\n" for path in paths))
        path = profile(folder, home + "/", etiquette={"concurrency": connections, "delay": 0.001})
        done = policy_archive(
            folder,
            "crawl",
            str(path),
            "--urls",
            "urls.txt",
            "--allow-private",
            "--collection",
            "slow",
            "--json",
            *words,
        )
    assert done.returncode == 4, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert sum(report["urls"].values()) == report["found"] == count
    return report


SIZE = 100_000  # bytes of an answer that cannot be compressed


@pytest.mark.parametrize(
    ("words", "allowed"),  # answers beyond the limit: those of four connections, and the one that reached it
    [(("--max-megabytes", "0.55"), 6), (("--max-pages", "7"), 7), (("--max-megabytes-per-host", "0.55"), 6)],
)
def test_what_comes_over_a_limit_was_on_its_way(tmp_path: Path, words: tuple[str, str], allowed: int) -> None:
    site = Slow(SIZE, 0.1)
    report = crawl(tmp_path, site, 40, *words)
    on_its_way = 0 if words[0] == "--max-pages" else 4
    assert allowed <= site.asked <= allowed + on_its_way
    assert report["urls"]["archived"] == site.asked  # what was on its way is kept, what was not is not asked for
    assert report["urls"]["limit"] == 40 - site.asked
    assert words[1] in report["why"]
    files = Collection.open(tmp_path / "home/collections/slow").archive_dir.iterdir()
    assert sum(path.stat().st_size for path in files) < (site.asked + 1) * SIZE


def test_a_slow_site_is_not_asked_on_once_the_minutes_are_over(tmp_path: Path) -> None:
    site = Slow(1000, 0.6)
    report = crawl(tmp_path, site, 40, "--max-minutes", "0.03", connections=2)
    assert site.asked <= 2 * 5
    assert report["urls"].get("archived", 0) == site.asked
    assert "--max-minutes 0.03" in report["why"]


def test_a_host_at_its_limit_says_so_for_each_page_and_the_same_command_goes_on(tmp_path: Path) -> None:
    site = Slow(1000, 0)
    words = ("--max-pages-per-host", "10")
    first = crawl(tmp_path, site, 25, *words)
    assert site.asked == 10
    assert "10 pages of 127.0.0.1" in first["why"]
    (path,) = (tmp_path / "home").rglob("urls.jsonl")
    reasons = Counter((line["end"], line["reason"]) for line in lines(path))
    assert reasons == {("archived", None): 10, ("limit", "host limit: 10 pages of 127.0.0.1"): 15}
