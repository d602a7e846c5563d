"""What a host sees of a crawl: how many connections at a time, how far apart, and that it is left alone when it says
so.
"""

import json
import socket
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from crawler.demo.server import DemoServer
from tests.crawler.command import lines, policy_archive, profile
from tests.crawler.sockets import Script, scripted

ROBOTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
ARABIC = "/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/"  # /سوريا/


@pytest.mark.parametrize("connections", [1, 3])
def test_no_more_connections_to_a_host_than_the_profile_says(tmp_path: Path, connections: int) -> None:
    log = tmp_path / "requests.jsonl"
    with DemoServer(pages=10, log=log) as server:
        site = profile(
            tmp_path,
            server.url,
            extends="demo",
            etiquette={"concurrency": connections, "delay": 0.001, "contact": "a@b.example"},
        )
        done = policy_archive(tmp_path, "crawl", str(site), "--collection", "slots", "--allow-private")
    assert done.returncode == 0, done.stdout + done.stderr
    requests = [json.loads(line) for line in log.read_text().splitlines()]
    assert len(requests) > 50
    assert requests[0]["path"] == "/robots.txt"
    assert len({one["port"] for one in requests}) <= connections  # connections are kept alive
    assert {one["agent"] for one in requests if "a@b.example" not in one["agent"]} == set()


class Site:
    """Pages that note when they were asked for and how many were being answered at that time."""

    def __init__(self, answers: Callable[[str, int], bytes]) -> None:
        self.answers = answers
        self.asked: list[tuple[float, str]] = []
        self.busy = self.busiest = 0
        self._lock = threading.Lock()

    def __call__(self, path: str, connection: socket.socket) -> None:
        with self._lock:
            self.asked.append((time.monotonic(), path))
            number = sum(one == path for _, one in self.asked)
            self.busy += 1
            self.busiest = max(self.busiest, self.busy)
        connection.sendall(self.answers(path, number))
        with self._lock:
            self.busy -= 1


def page(status: str = "200 OK", *headers: str) -> bytes:
    body = "<p>سوريا</p>".encode()
    told = "".join(f"{header}\r\n" for header in headers)
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n"
        f"Connection: close\r\n{told}\r\n".encode()
        + body
    )


def crawl(folder: Path, site: Site, count: int, delay: str, *words: str) -> tuple[int, list[dict[str, object]]]:
    """Crawls `count` given pages; exit code and urls.jsonl."""
    paths = [f"{ARABIC}{number}/" for number in range(count)]
    served: dict[str, bytes | Script] = {"/robots.txt": ROBOTS, **dict.fromkeys(paths, site)}
    with scripted(served) as server:
        home = f"http://127.0.0.1:{server.port}"
        (folder / "urls.txt").write_text("".join(f"{home}{path}\n" for path in paths))
        done = policy_archive(
            folder, "crawl", str(profile(folder, home + "/")), "--urls", "urls.txt", "--allow-private",
            "--delay", delay, "--collection", "slots", *words,
        )  # fmt: skip
    assert "Traceback" not in done.stderr
    (urls,) = (folder / "home").rglob("urls.jsonl")
    return done.returncode, lines(urls)


def test_requests_are_as_far_apart_as_the_delay(tmp_path: Path) -> None:
    site = Site(lambda path, number: page())
    code, _ = crawl(tmp_path, site, 6, "0.2")
    assert code == 0
    times = [at for at, _ in site.asked]
    assert len(times) == 6
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.15
    assert site.busiest == 1


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_host_that_says_wait_is_left_alone_by_all_requests_in_line(tmp_path: Path, status: str) -> None:
    first = f"{ARABIC}0/"
    site = Site(lambda path, number: page(status, "Retry-After: 2") if path == first and number == 1 else page())
    code, urls = crawl(tmp_path, site, 8, "0.05")
    assert code == 0
    refused_at = next(at for at, path in site.asked if path == first)
    after = sorted(at for at, _ in site.asked if at > refused_at)
    assert len(after) == 8
    assert after[0] - refused_at > 1.8
    assert {line["end"] for line in urls} == {"archived"}
    assert {str(line["url"])[-2]: line["tries"] for line in urls} == {
        "0": 2,
        **{str(number): 1 for number in range(1, 8)},
    }


def test_nobody_waits_an_hour_for_a_host_when_minutes_are_limited(tmp_path: Path) -> None:
    site = Site(lambda path, number: page("503 Service Unavailable", "Retry-After: 3600"))
    began = time.monotonic()
    code, urls = crawl(tmp_path, site, 4, "0.05", "--max-minutes", "0.05")
    assert time.monotonic() - began < 300
    assert code == 4
    assert len(site.asked) == 1
    assert {line["end"] for line in urls} == {"limit"}
