"""What a hostile or broken server can say: kept as it came, told for what it is, and never taken for a page.

One crawl over all of it, then a second one in which what was whole comes back broken (rows 17 and 19 to 23 of the fault
catalogue).
"""

import gzip
import json
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.store import warc
from archive.store.collection import Collection
from tests.archive.store.samples import stored
from tests.crawler.command import environment, lines, peak_memory, policy_archive, profile
from tests.crawler.sockets import Script, scripted

pytestmark = [pytest.mark.slow, pytest.mark.faults]

MEMORY = 300 * 1024  # KiB
WORDS = "".join(
    f"<p>فقرة رقم {number} عن القضاء المستقل وحقوق المتقاضين، وفيها ما يكفي من الكلمات لتكون نصا.</p>"
    for number in range(9)
)
LINE = b"\r\n"


def article(number: int) -> bytes:
    return (
        f"<html lang='ar'><head><title>مقال {number}</title></head><body class='single postid-{number}'>"
        f"<h1>مقال {number}</h1><article>{WORDS}</article></body></html>"
    ).encode()


def answer(body: bytes, *headers: bytes, length: int | None = None, status: bytes = b"200 OK") -> bytes:
    told = (
        *headers,
        b"Content-Type: text/html; charset=utf-8",
        b"Content-Length: %d" % (len(body) if length is None else length),
        b"Connection: close",
    )
    return b"HTTP/1.1 " + status + LINE + b"".join(header + LINE for header in told) + LINE + body


def zeros(wrapped: bool) -> bytes:
    """2 GiB of zeros as 2 MB of deflate: a block of 1 MiB that ends on a byte and refers to nothing before it, over and
    over.
    """
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = deflate.compress(bytes(1 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)
    head = gzip.compress(b"")[:10] if wrapped else zlib.compress(b"", 9)[:2]
    return head + block * 2048 + deflate.flush() + bytes(8)


def endless_headers(path: str, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:  # until the client goes away
        connection.sendall(b"X-More: \xd8\xaa\xd9\x82\r\n" * 1000)


class Drip:
    """A byte now and then, until the client goes away. Keeps how many requests to others had come by its last time."""

    def __init__(self) -> None:
        self.others = 0
        self.seen = 0
        self.gone = threading.Event()

    def __call__(self, path: str, connection: socket.socket) -> None:
        self.seen = self.others
        connection.sendall(answer(b"", length=100_000))
        connection.settimeout(0.1)
        while True:
            connection.sendall(b"<")
            try:
                if not connection.recv(1):
                    return
            except TimeoutError:
                continue


@dataclass(frozen=True)
class Case:
    """What is sent for a page, and what is to become of it."""

    sent: bytes | Script
    end: str = "archived"
    truncated: str | None = None
    warning: str | None = None  # with which the text is null; None where the text is whole, or there is no line
    kept: bool = True  # whether the WARC's response is what was sent, byte for byte


GZIPPED = gzip.compress(article(21))
CASES = {
    # 17: bombs of 2 GiB once decoded
    "gzip-bomb": Case(answer(zeros(True), b"Content-Encoding: gzip"), warning="undecodable"),
    "قنبلة": Case(answer(zeros(False), b"Content-Encoding: deflate"), warning="undecodable"),
    "nested-bomb": Case(answer(gzip.compress(zeros(True)), b"Content-Encoding: gzip, gzip"), warning="undecodable"),
    # 19: heads without measure
    "endless-headers": Case(endless_headers, "failed", kept=False),
    "رأس-طويل": Case(answer(article(1), b"X-Long: " + b"\xd8\xb1" * 500_000), "failed", kept=False),
    "many-headers": Case(answer(article(2), *(b"X-%05d: a" % number for number in range(20_000)))),
    # 20: a drip
    "drip": Case(Drip(), "failed", "time", kept=False),
    # 21: cut off
    "cut": Case(answer(article(3)[:900], length=90_000), truncated="disconnect", warning="truncated_capture"),
    "مقطوع": Case(
        answer(GZIPPED[:-40], b"Content-Encoding: gzip", length=len(GZIPPED)),
        truncated="disconnect",
        warning="truncated_capture",
    ),
    "cut-gzip": Case(answer(GZIPPED[:-40], b"Content-Encoding: gzip"), warning="undecodable"),
    # 22: not what it says it is
    "no-gzip": Case(answer(article(4), b"Content-Encoding: gzip")),
    "ليس-gzip": Case(answer(article(5), b"Content-Encoding: deflate", b"X-Note: \xd9\x84\xd8\xa7")),
    "br": Case(answer(b"\x0b\x02\x80" + article(6), b"Content-Encoding: br"), warning="undecodable"),
    # 23: two meanings, and what could forge a line or a record
    "cl-te": Case(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n"
        b"Connection: close\r\n\r\n%X\r\n" % len(article(7)) + article(7) + b"\r\n0\r\n\r\n"
    ),
    "two-lengths": Case(answer(article(8), b"Content-Length: 7"), "failed"),
    "nul": Case(answer(article(9), b"X-Nul: a\x00b\x01c \xd8\xa3")),
    "bare-cr": Case(answer(article(10), b"X-Cr: a\rWARC-Type: response\rX-Injected: yes")),
    "forged": Case(
        answer(article(11), b"X-Record: a\r\n\tWARC/1.1\r\n\tWARC-Type: resource", b'X-Log: "}\xe2\x80\xa8{"a": 1}')
    ),
    "body-is-a-warc": Case(
        answer(article(12) + b"\r\n\r\nWARC/1.1\r\nWARC-Type: response\r\nContent-Length: 0\r\n\r\n\r\n\r\n")
    ),
    "location": Case(
        answer(b"", b"Location: /2024/12/05/away%0d%0aSet-Cookie:%20x/\x0b\x85\xe2\x80\xa8forged", status=b"302 Found"),
        "redirected",
    ),
    "سطر": Case(answer(article(13), b"X-Header: \xd8\xb3\xd8\xb7\xd8\xb1", b": no name", b"no colon")),
}  # fmt: skip
WHOLE = {"later-cut": 31, "لاحقا": 32}  # pages that are whole in the first crawl
LINK_WITH_LINES = "/2024/12/05/in&#13;&#10;jected/&#10;{&quot;forged&quot;: 1}"


def path_of(name: str) -> str:
    return f"/2024/12/05/{quote(name)}/"


@dataclass
class Crawled:
    """What the crawl left, and what the tests ask of it."""

    folder: Path
    port: int
    requests: list[bytes]
    memory: int  # KiB
    answers: dict[str, bytes | Script]

    @property
    def collection(self) -> Collection:
        return Collection.open(self.folder / "home/collections/wire")

    def records(self) -> list[warc.Record]:
        collection = self.collection
        return [record for name in collection.sealed_warcs() for record in stored(collection.resolve(name))]

    def responses(self) -> dict[str, warc.Record]:
        """The last of each path."""
        return {
            "/" + (record.field("WARC-Target-URI") or "").split("/", 3)[-1]: record
            for record in self.records()
            if record.type == "response"
        }

    def publications(self) -> dict[str, dict[str, Any]]:
        return {
            "/" + quote(one["url"].split("/", 3)[3], safe="/%"): one
            for one in lines(self.collection.dataset_dir / "publications.jsonl")
        }


def served(port: int) -> tuple[dict[str, bytes | Script], bytes]:
    """The answers by path, and the home page that leads to them."""
    pages: dict[str, bytes | Script] = {path_of(name): case.sent for name, case in CASES.items()}
    pages |= {path_of(name): answer(article(number)) for name, number in WHOLE.items()}
    links = [*pages, LINK_WITH_LINES, *(f"http://127.0.0.2:{port}/2024/12/05/other-{n}/" for n in range(5))]
    home = "<html lang='ar'><body>" + "".join(f'<a href="{link}">خبر</a>' for link in links) + "</body></html>"
    return pages, answer(home.encode())


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("wire")
    robots = answer(b"")
    drip = CASES["drip"].sent
    assert isinstance(drip, Drip)

    def other(path: str, connection: socket.socket) -> None:
        drip.others += 1
        connection.sendall(answer(article(40 + drip.others)))

    beside: dict[str, bytes | Script] = {f"/2024/12/05/other-{number}/": other for number in range(5)}
    with scripted({"/robots.txt": robots, **beside}, host="127.0.0.2") as second:
        pages, home = served(second.port)
        with scripted({"/robots.txt": robots, "/": home, **pages}) as server:
            discovery = {"feeds": [], "sitemaps": [], "wordpress": [], "listings": []}
            own = f"http://127.0.0.1:{server.port}/"
            site = profile(folder, own, hosts=[f"127.0.0.2:{second.port}"], discovery=discovery)
            memory = crawl(folder, site)
            yield Crawled(folder, server.port, server.requests, memory, server.answers)


def crawl(folder: Path, site: Path) -> int:
    """Runs the crawl with a short timeout. Returns the most memory that it or a worker held, in KiB."""
    given = {"institute": site, "home": folder / "home", "collection": "wire", "allow_private": "1", "patience": "0.1"}
    settings = {"DOWNLOAD_TIMEOUT": "1.5", "DOWNLOAD_DELAY": "0", "CONCURRENT_REQUESTS_PER_DOMAIN": "4"}
    words = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
    words += [word for name, value in given.items() for word in ("-a", f"{name}={value}")]
    with (folder / "said").open("w+", encoding="utf-8") as said, subprocess.Popen(
        [sys.executable, "-m", "scrapy", "crawl", "publications", *words],
        cwd=Path(__file__).parents[2], env=environment(), stdout=said, stderr=said,
    ) as process:  # fmt: skip
        used = peak_memory(process)
        said.seek(0)
        assert process.returncode == 0, said.read()
    return used


def test_every_url_has_its_end(crawled: Crawled) -> None:
    (found,) = crawled.folder.rglob("urls.jsonl")
    ends = {"/" + line["url"].split("/", 3)[3]: line for line in lines(found)}
    assert {name: ends[path_of(name)]["end"] for name in CASES} == {name: case.end for name, case in CASES.items()}
    reasons = [ends[path_of(name)]["reason"] for name, case in CASES.items() if case.end == "failed"]
    assert all(reason and "twisted" not in reason for reason in reasons), reasons
    assert "16,384" in ends[path_of("رأس-طويل")]["reason"]


def test_bytes_are_kept_as_they_came(crawled: Crawled) -> None:
    responses = crawled.responses()
    for name, case in CASES.items():
        if case.kept and case.end != "failed":
            assert responses[path_of(name)].block == case.sent, name
            assert responses[path_of(name)].field("WARC-Truncated") == case.truncated, name


def test_what_has_no_measure_is_cut_off(crawled: Crawled) -> None:
    """Of heads without end, as much is kept as a head may have; of a drip, what came."""
    raw = {
        record.field("WARC-Target-URI"): record
        for record in crawled.records()
        if record.field("WARC-Truncated") and record.type == "response"
    }
    by_path = {"/" + (uri or "").split("/", 3)[-1]: record for uri, record in raw.items()}
    assert by_path[path_of("drip")].field("WARC-Truncated") == "time"
    heads = [record for record in crawled.records() if b"X-More:" in record.block and record.type != "request"]
    assert heads
    assert all(len(record.block) <= 256 * 1024 and record.field("WARC-Truncated") for record in heads)


def test_nothing_broken_becomes_a_text(crawled: Crawled) -> None:
    publications = crawled.publications()
    for name, case in CASES.items():
        one = publications.get(path_of(name))
        if case.warning:
            assert one is not None, name
            assert one["text"] is None, name
            assert case.warning in one["warnings"], (name, one["warnings"])
        elif case.end == "archived":
            assert one is not None, name
            assert "فقرة رقم 8" in one["text"], name
        else:
            assert one is None or one["text"] is None, name


def test_no_line_is_forged(crawled: Crawled) -> None:
    """Neither in the log nor in the lists; and other readers count the records that we count."""
    (urls,) = crawled.folder.rglob("urls.jsonl")
    said = urls.read_text(encoding="utf-8").split("\n")[:-1]
    assert all(json.loads(line).keys() == json.loads(said[0]).keys() for line in said)
    ours = crawled.records()
    theirs = 0
    for name in crawled.collection.sealed_warcs():
        with crawled.collection.resolve(name).open("rb") as file:
            theirs += sum(1 for _ in ArchiveIterator(file, check_digests="raise"))
    assert theirs == len(ours)
    assert all(
        len(request.split(b"\r\n\r\n")) == 2 and b"forged" not in request.split(b"\r\n", 1)[1]
        for request in crawled.requests
    )


def test_only_what_can_be_read_for_decades_is_asked_for(crawled: Crawled) -> None:
    asked = [line for request in crawled.requests for line in request.lower().split(b"\r\n") if b"encoding" in line]
    assert set(asked) == {b"accept-encoding: gzip, deflate"}


def test_memory_is_bounded_and_other_hosts_are_served(crawled: Crawled) -> None:
    drip = CASES["drip"].sent
    assert isinstance(drip, Drip)
    assert crawled.memory < MEMORY
    assert drip.seen == 5  # when the drip was asked for the last time, the other host had answered all


def test_a_broken_later_capture_supersedes_nothing(crawled: Crawled) -> None:
    before = crawled.publications()
    gzipped = gzip.compress(article(99))
    names = list(WHOLE)
    crawled.answers[path_of(names[0])] = answer(article(98)[:700], length=50_000)
    crawled.answers[path_of(names[1])] = answer(gzipped[:-30], b"Content-Encoding: gzip")
    site = crawled.folder / "institute.toml"
    (crawled.folder / "urls.txt").write_text(
        "".join(f"http://127.0.0.1:{crawled.port}{path_of(name)}\n" for name in names), encoding="utf-8"
    )
    words = ["crawl", str(site), "--urls", "urls.txt", "--allow-private", "--delay", "0", "--collection", "wire"]
    done = policy_archive(crawled.folder, *words)
    assert done.returncode in (0, 1), done.stderr
    after = crawled.publications()
    for name in names:
        assert crawled.responses()[path_of(name)].block == crawled.answers[path_of(name)]
        assert after[path_of(name)]["text"] == before[path_of(name)]["text"] is not None
        assert after[path_of(name)]["version"] == before[path_of(name)]["version"]
    verified = policy_archive(crawled.folder, "verify", "wire")
    assert verified.returncode == 0, verified.stdout
