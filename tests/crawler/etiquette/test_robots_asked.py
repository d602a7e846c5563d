"""robots.txt over loopback: each origin is asked before its first page, and obeyed whatever it answers, or does not."""

import hashlib
import json
import socket
from pathlib import Path

import pytest

from archive.store.collection import Collection
from tests.crawler.command import lines, policy_archive, profile, scrapy_crawl
from tests.crawler.sockets import Script, Wire, scripted

ARABIC = "%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/"  # سوريا/
ALL = b"User-agent: *\nDisallow: /\n"
OTHER = "User-agent: *\nDisallow: /لبنان/\n".encode()
NOT_ARABIC = "# من معهد\nUser-agent: *\nDisallow: /سوريا/\n".encode()


def answer(status: str, body: bytes = b"", *headers: str) -> bytes:
    head = "".join(f"{header}\r\n" for header in (*headers, f"Content-Length: {len(body)}", "Connection: close"))
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def closed(path: str, connection: socket.socket) -> None:
    """Hangs up without a word."""


def hangs(path: str, connection: socket.socket) -> None:
    connection.recv(1)  # until the client goes away


def once(first: bytes, then: bytes) -> Script:
    """Another answer the first time."""
    answers = [first]

    def script(path: str, connection: socket.socket) -> None:
        connection.sendall(answers.pop() if answers else then)

    return script


PAGE = answer("200 OK", "<p>سوريا</p>".encode(), "Content-Type: text/html")
HOPS = {f"/{hop}.txt": answer("302 Found", b"", f"Location: /{hop + 1}.txt") for hop in range(1, 9)}
RULES = "".join(f"Disallow: /{number:x}*\nAllow: /ا{number}/\n" for number in range(150_000)).encode()
FAILS, ONCE = "robots", 1
# what /robots.txt answers, how the page ends, and how often robots.txt is asked for
ORIGINS: dict[str, tuple["bytes | Script", str, int]] = {
    "allows": (answer("200 OK", OTHER), "archived", ONCE),
    "forbids": (answer("200 OK", NOT_ARABIC), "robots", ONCE),
    "500": (answer("500 Internal Server Error", OTHER), "robots", 4),
    "503": (answer("503 Service Unavailable", b"", "Retry-After: 1"), "robots", 4),
    "429": (answer("429 Too Many Requests", OTHER, "Retry-After: 0"), "robots", 4),
    "recovers": (once(answer("502 Bad Gateway"), answer("200 OK", OTHER)), "archived", 2),
    "timeout": (hangs, "robots", 4),
    "closed": (closed, "robots", 4),
    "404": (answer("404 Not Found", ALL), "archived", ONCE),
    "403": (answer("403 Forbidden", ALL), "archived", ONCE),
    "five hops": (answer("301 Moved", b"", "Location: /5.txt"), "robots", ONCE),  # 5 to 9, which has the rules
    "six hops": (answer("302 Found", b"", "Location: /3.txt"), "archived", ONCE),  # RFC 9309, 2.3.1.2
    "600 KiB": (answer("200 OK", ALL + b"#" * 600 * 1024), "robots", ONCE),
    "300,000 rules": (answer("200 OK", b"User-agent: *\n" + RULES), "archived", ONCE),
    "mark": (answer("200 OK", b"\xef\xbb\xbf" + ALL), "robots", ONCE),
    "utf-16": (answer("200 OK", NOT_ARABIC.decode().encode("utf-16")), "robots", ONCE),
    "html": (answer("200 OK", b"<html><body>\n" + ALL + b"</body></html>"), "archived", ONCE),
}  # fmt: skip


@pytest.mark.slow
def test_every_origin_is_asked_first_and_obeyed(tmp_path: Path) -> None:
    """One crawl of one page on each of many origins: 0 requests for a page that is not allowed."""
    servers: dict[str, Wire] = {}
    contexts = []
    for number, (name, (robots, _, _)) in enumerate(ORIGINS.items()):
        served = {"/robots.txt": robots, f"/{ARABIC}": PAGE, **HOPS, "/9.txt": answer("200 OK", ALL)}
        contexts.append(scripted(served, host=f"127.0.0.{number + 1}"))
        servers[name] = contexts[-1].__enter__()
    try:
        home = {name: f"http://127.0.0.{number + 1}:{servers[name].port}/" for number, name in enumerate(servers)}
        links = "".join(f"<a href='{url}سوريا/'>سوريا</a>" for url in home.values()).encode()
        servers["allows"].answers["/"] = answer("200 OK", links, "Content-Type: text/html; charset=utf-8")
        hosts = [url.split("/")[2] for url in home.values()]
        nothing: dict[str, list[str]] = {"feeds": [], "sitemaps": [], "wordpress": [], "listings": []}
        site = profile(tmp_path, home["allows"], hosts=hosts, discovery=nothing)
        done = scrapy_crawl(tmp_path, site, ROBOTS_RETRY=0.05, BACKOFF_FIRST=0.05, DOWNLOAD_TIMEOUT=1)
        assert done.returncode == 0, done.stdout + done.stderr
    finally:
        for context in contexts:
            context.__exit__(None, None, None)
    (urls,) = (tmp_path / "home").rglob("urls.jsonl")
    ends = {line["url"]: line for line in lines(urls)}
    right = 0
    for name, (_, end, times) in ORIGINS.items():
        asked = [request.split(b" ")[1].decode() for request in servers[name].requests]
        line = ends[home[name] + ARABIC]
        assert asked[0] == "/robots.txt", name
        assert line["end"] == end, (name, line)
        assert (f"/{ARABIC}" in asked) == (end == "archived"), name
        assert end == "archived" or ".txt" in line["reason"], line
        assert asked.count("/robots.txt") == times, (name, asked)
        right += 1
    print(f"robots.txt: {right} of {len(ORIGINS)} ways obeyed")
    assert all(b"From: " not in request for server in servers.values() for request in server.requests)
    digest = hashlib.sha256(NOT_ARABIC).hexdigest()
    assert ends[home["forbids"] + ARABIC]["robots"] == f"sha256:{digest} line 3 Disallow: /سوريا/"
    assert ends[home["forbids"] + ARABIC]["reason"].endswith("/robots.txt, line 3: Disallow: /سوريا/")
    assert ends[home["404"] + ARABIC]["robots"] == f"- {home['404']}robots.txt answered 404 no rule"
    collection = Collection.open(tmp_path / "home/collections/test")
    for name in ORIGINS:
        kept = list(collection.captures_of(home[name] + "robots.txt"))
        assert kept or name in ("closed", "timeout"), name
    (copy,) = collection.captures_of(home["forbids"] + "robots.txt")
    assert copy.digest == f"sha256:{digest}"
    assert b"User-Agent: policy-archive/" in servers["404"].requests[0]
    assert policy_archive(tmp_path, "verify", "test", "--bytes").returncode == 0


@pytest.mark.slow
def test_a_days_copy_is_asked_for_again_and_a_new_one_holds(tmp_path: Path) -> None:
    """A crawl longer than a day, made short: the rules of the second day forbid what those of the first allowed."""
    pages = {f"/{ARABIC}{number}/": PAGE for number in range(6)}
    links = "".join(f"<a href='{path}'>سوريا</a>" for path in pages).encode()
    served: dict[str, bytes | Script] = {
        **pages, "/": answer("200 OK", links, "Content-Type: text/html; charset=utf-8"),
        "/robots.txt": once(answer("200 OK", OTHER), answer("200 OK", NOT_ARABIC)),
    }  # fmt: skip
    with scripted(served) as server:
        site = profile(
            tmp_path, f"http://127.0.0.1:{server.port}/", etiquette={"contact": "hello@institute.example", "delay": 0}
        )
        done = scrapy_crawl(tmp_path, site, ROBOTS_DAY=0)
        assert done.returncode in (0, 1), done.stdout + done.stderr
        asked = [request.split(b" ")[1].decode() for request in server.requests]
        assert all(b"\r\nFrom: hello@institute.example\r\n" in request for request in server.requests)
        assert all(b"hello@institute.example)" in request for request in server.requests)
    assert asked.count("/robots.txt") > 1
    assert not set(pages) & set(asked)
    (urls,) = (tmp_path / "home").rglob("urls.jsonl")
    told = [json.dumps(line) for line in lines(urls) if line["end"] == "robots"]
    assert len(told) >= len(pages)
