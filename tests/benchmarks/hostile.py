"""What a hostile answer costs a crawl: `python -m tests.benchmarks.hostile [CASE…]`.

Each bomb or endless stream in a crawl of its own, by the real command over loopback. Another host serves 30 pages
meanwhile. Printed of each: the URL's end, the seconds that it took (from its first request, without the pauses between
two tries, until its end is in the frontier), how much of a processor the crawl used in that time (all of its pages: of
a machine that is busy with other things the seconds say little), the most memory of the crawling process and of a
worker, the bytes that the client took, and the longest time between two requests to the other host.
"""

import argparse
import contextlib
import gzip
import re
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import psutil

from tests.crawler.command import profile, started
from tests.crawler.sockets import Script, scripted

MEGABYTES, SECONDS = 200, 6  # the figures
BESIDE = 30  # pages of the other host
LINE = b"\r\n"
BLOCK = 1 << 20
WORDS = "<p>فقرة عن القضاء المستقل وحقوق المتقاضين، وفيها ما يكفي من الكلمات لتكون نصا.</p>" * 9
ARTICLE = f"<html lang='ar'><title>مقال</title><body><h1>مقال</h1><article>{WORDS}</article></body></html>".encode()
LINK = "<url><loc>%s/2024/12/05/%%s/</loc></url>"
BROTLI = b"\x0b\x02\x80" + bytes(60_000)  # not asked for, so never decoded: what is in it does not matter
ZSTD = b"\x28\xb5\x2f\xfd\x04\x58" + bytes(60_000)


def answer(body: bytes, *headers: bytes) -> bytes:
    told = (*headers, b"Content-Type: text/html; charset=utf-8", b"Content-Length: %d" % len(body))
    return b"HTTP/1.1 200 OK\r\n" + b"".join(one + LINE for one in (*told, b"Connection: close")) + LINE + body


def zeros(window: int, letter: bytes = b"\0") -> bytes:
    """2 GiB of one letter as 2 MB of deflate: a block that refers to nothing before it, over and over."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = deflate.compress(letter * BLOCK) + deflate.flush(zlib.Z_FULL_FLUSH)
    head = {31: gzip.compress(b"")[:10], 15: zlib.compress(b"", 9)[:2], -15: b""}[window]
    return head + block * 2048 + deflate.flush() + bytes(8)


class Endless:
    """Sends `first`, then `again` until the client goes away. Counts the bytes that it could send."""

    def __init__(self, first: bytes, again: bytes) -> None:
        self._first, self._again = first, again * max(1, 65536 // len(again))
        self.taken = 0

    def __call__(self, path: str, connection: socket.socket) -> None:
        connection.sendall(self._first)
        while True:
            connection.sendall(self._again)
            self.taken += len(self._again)


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
XML = OK.replace(b"text/html", b"application/xml") + LINE
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
LAUGHS = b"<?xml version='1.0'?><!DOCTYPE urlset [<!ENTITY a0 '\xd8\xb6\xd8\xad\xd9\x83'>" + b"".join(
    b"<!ENTITY a%d '%s'>" % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 12)
) + b"]><urlset><url><loc>http://127.0.0.1/&a11;</loc></url></urlset>"  # fmt: skip


def many_urls() -> bytes:
    """A sitemap of 1.3 million addresses, in 50 MB, as 1 MB of gzip."""
    one = "".join(f"<url><loc>http://127.0.0.1/2024/12/05/{number:x}/</loc></url>" for number in range(20_000)).encode()
    return gzip.compress(b"<urlset>" + one * (52_000_000 // len(one)) + b"</urlset>", 1)


@dataclass(frozen=True)
class Case:
    """What is sent where, and with which end the URL is to come out."""

    make: Callable[[], bytes | Script]
    end: str
    path: str = "/2024/12/05/%D9%82%D9%86%D8%A8%D9%84%D8%A9/"  # قنبلة


SITEMAP = "/sitemap-bomb.xml"
CASES = {
    "gzip bomb": Case(lambda: answer(zeros(31), b"Content-Encoding: gzip"), "archived"),
    "deflate bomb": Case(lambda: answer(zeros(15), b"Content-Encoding: deflate"), "archived"),
    "bare deflate bomb": Case(lambda: answer(zeros(-15), b"Content-Encoding: deflate"), "archived"),
    "nested bomb": Case(lambda: answer(gzip.compress(zeros(31)), b"Content-Encoding: gzip, gzip"), "archived"),
    "br, not asked for": Case(lambda: answer(BROTLI, b"Content-Encoding: br"), "archived"),
    "zstd, not asked for": Case(lambda: answer(ZSTD, b"Content-Encoding: zstd"), "archived"),
    "endless body": Case(lambda: Endless(OK + LINE, "<p>لا نهاية ".encode()), "archived"),
    "endless headers": Case(lambda: Endless(OK, b"X-More: \xd8\xaa\r\n"), "failed"),
    "endless header line": Case(lambda: Endless(OK + b"X-Long: ", b"\xd8\xaa"), "failed"),
    "endless 1xx": Case(lambda: Endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), "failed"),
    "endless chunk extension": Case(lambda: Endless(CHUNKED + b"5;a=", b"b"), "archived"),
    "endless tiny chunks": Case(lambda: Endless(CHUNKED, b"1;a=b\r\nx\r\n"), "archived"),
    "endless trailers": Case(lambda: Endless(CHUNKED + b"5\r\n<p>ab\r\n0\r\n", b"X-More: a\r\n"), "archived"),
    "500,000 links": Case(
        lambda: answer("".join(f"<a href=/2024/12/05/خبر-{n}/>x</a>" for n in range(500_000)).encode()), "archived"
    ),
    "200,000 nested tags": Case(lambda: answer(b"<div>" * 200_000 + WORDS.encode()), "archived"),
    "50,000 attributes": Case(
        lambda: answer(b"<div " + b" ".join(b"a%d=1" % n for n in range(50_000)) + b">" + WORDS.encode()), "archived"
    ),
    "3 MB of paragraphs": Case(lambda: answer(WORDS.encode() * 2_200), "archived"),
    "endless robots.txt": Case(lambda: Endless(OK + LINE, b"Disallow: /x\n"), "archived", "/robots.txt"),
    "endless sitemap": Case(
        lambda: Endless(XML + b"<urlset>", b"<url><loc>http://127.0.0.1/2024/12/05/a/</loc></url>"), "failed", SITEMAP
    ),
    "sitemap of 1.3 million": Case(lambda: answer(many_urls()), "failed", SITEMAP),
    "gzip bomb as sitemap": Case(lambda: answer(zeros(31, b" ")), "failed", SITEMAP + ".gz"),
    "XML bomb": Case(lambda: answer(LAUGHS), "failed", SITEMAP),
    "XML of empty tags": Case(lambda: answer(b"<urlset>" + b"<url/>" * 4_000_000 + b"</urlset>"), "failed", SITEMAP),
    "feed of empty tags": Case(lambda: answer(b"<rss>" + b"<a/>" * 4_000_000 + b"</rss>"), "failed", "/feed-bomb/"),
    "JSON of empty lists": Case(
        lambda: answer(b"[" + b"[]," * 4_000_000 + b"[]]"), "failed", "/wp-json/wp/v2/posts?per_page=100&page=1"
    ),
}  # fmt: skip


@dataclass
class Cost:
    """What one case came to. Memory in MB, of the most that a process held at any time."""

    end: str = "none"
    reason: str = ""
    seconds: float = 0.0
    processor: float = 0.0  # seconds
    samples: list[tuple[float, float]] = field(default_factory=list)  # when, and seconds of processor until then
    crawler: float = 0.0
    worker: float = 0.0
    taken: int = 0  # bytes of an endless stream
    gap: float = 0.0  # seconds
    beside: int = 0  # pages of the other host that were archived
    exit_code: int = -1
    said: str = ""


@dataclass
class Clock:
    """When the case's URL was asked for and let go of, and the other host was asked."""

    spans: list[tuple[float, float]] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)

    def timed(self, sent: bytes | Script) -> Script:
        def serve(path: str, connection: socket.socket) -> None:
            began = time.monotonic()
            try:
                if isinstance(sent, bytes):
                    connection.sendall(sent)
                else:
                    sent(path, connection)
            finally:
                self.spans.append((began, time.monotonic()))

        return serve

    def other(self, path: str, connection: socket.socket) -> None:
        self.beside.append(time.monotonic())
        connection.sendall(answer(ARTICLE))


def measure(case: Case, folder: Path) -> Cost:
    """Crawls a site with this case on it."""
    cost, clock, sent = Cost(), Clock(), case.make()
    beside: dict[str, bytes | Script] = {f"/2024/12/05/{number}/": clock.other for number in range(BESIDE)}
    with scripted({"/robots.txt": answer(b""), **beside}, host="127.0.0.2") as second:
        links = [case.path, "/2024/12/05/a/", *(f"http://127.0.0.2:{second.port}{path}" for path in beside)]
        home = "<html lang='ar'><body>" + "".join(f"<a href='{link}'>خبر</a>" for link in links) + "</body></html>"
        pages: dict[str, bytes | Script] = {"/robots.txt": answer(b""), "/2024/12/05/a/": answer(ARTICLE)}
        pages |= {"/": answer(home.encode()), case.path: clock.timed(sent)}
        with scripted(pages) as server:
            discovery = {
                "sitemaps": [case.path] if "sitemap" in case.path else [],
                "feeds": [case.path] if "feed" in case.path else [],
                "wordpress": ["/wp-json/wp/v2/posts?per_page=100&page={page}"] if "json" in case.path else [],
                "listings": [],
            }
            own = f"http://127.0.0.1:{server.port}/"
            site = profile(folder, own, hosts=[f"127.0.0.2:{second.port}"], discovery=discovery)
            with (folder / "said").open("w+", encoding="utf-8") as said:
                words = ["crawl", str(site), "--collection", "hostile", "--allow-private", "--delay", "0.05"]
                ended = _watch(started(folder, words, said.fileno()), folder, case.path, cost)
                said.seek(0)
                cost.said = said.read()
    if clock.spans:
        busy = sum(end - began for began, end in clock.spans[:-1])
        cost.seconds = busy + max(ended, clock.spans[-1][1]) - clock.spans[-1][0]
        used = [seconds for when, seconds in cost.samples if clock.spans[0][0] <= when <= ended + 0.1]
        cost.processor = max(used, default=0.0) - min(used, default=0.0)
    cost.taken = sent.taken if isinstance(sent, Endless) else 0
    times = sorted(clock.beside)
    cost.gap = max((later - before for before, later in pairwise(times)), default=float("inf"))
    cost.beside = len(times)
    return cost


def _watch(process: "subprocess.Popen[str]", folder: Path, path: str, cost: Cost) -> float:
    """Looks on until the crawl has ended. Returns when the URL had its end."""
    ended = 0.0
    try:
        while process.poll() is None:
            cost.crawler = max(cost.crawler, _memory(process.pid))
            used = 0.0
            with contextlib.suppress(psutil.NoSuchProcess):
                main = psutil.Process(process.pid)
                for one in (main, *main.children(recursive=True)):
                    used += sum(one.cpu_times()[:2])
                    if one is not main:
                        cost.worker = max(cost.worker, _memory(one.pid))
            cost.samples.append((time.monotonic(), used))
            row = _row(folder, path)
            if row and row[0] and not ended:
                ended, cost.end, cost.reason = time.monotonic(), row[0], row[1] or ""
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()
    cost.exit_code = process.returncode
    row = _row(folder, path)
    if row and row[0] and not ended:
        ended, cost.end, cost.reason = time.monotonic(), row[0], row[1] or ""
    return ended


def _memory(pid: int) -> float:
    with contextlib.suppress(OSError):  # it has just ended
        found = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
        return int(found[1]) * 1024 / 1e6 if found else 0.0
    return 0.0


def _row(folder: Path, path: str) -> tuple[str | None, str | None] | None:
    """End and reason in the frontier; of robots.txt, which is not in it, those of a page behind it."""
    file = folder / "home/collections/hostile/state/frontier.sqlite"
    wanted = "%/2024/12/05/a/" if path == "/robots.txt" else "%" + path
    with contextlib.suppress(sqlite3.OperationalError):  # not there yet
        connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        with contextlib.closing(connection):
            asked = 'SELECT "end", reason FROM urls WHERE url LIKE ? AND url NOT LIKE "%127.0.0.2%"'
            return connection.execute(asked, (wanted,)).fetchone()  # type: ignore[no-any-return]
    return None


def costs(names: list[str]) -> Iterator[tuple[str, Cost]]:
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            yield name, measure(CASES[name], Path(folder))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of: {', '.join(CASES)}")
    wanted = parser.parse_args().cases or list(CASES)
    head = f"{'':24} {'end':9} {'s':>6} {'CPU s':>6} {'crawl MB':>9} {'worker MB':>9} {'taken MB':>9} {'other':>6}"
    print(head + f" {'gap s':>6}  reason")
    for name, cost in costs(wanted):
        wrong = cost.end != CASES[name].end or cost.seconds > SECONDS or max(cost.crawler, cost.worker) > MEGABYTES
        print(
            f"{name:24} {cost.end:9} {cost.seconds:6.2f} {cost.processor:6.2f} {cost.crawler:9.0f} {cost.worker:9.0f} "
            f"{cost.taken / 1e6:9.1f} {cost.beside:6} {cost.gap:6.2f} {'!' if wrong else ' '} {cost.reason[:90]}",
            flush=True,
        )


if __name__ == "__main__":
    main()
