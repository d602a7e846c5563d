"""robots.txt as RFC 9309 says, of one answer at a time and over loopback."""

import gzip
import socket
import time
from pathlib import Path

import pytest
from scrapy.http import Headers, Response

from crawler.etiquette.robots import MAX_BYTES, Rules, _rules
from tests.crawler.command import lines, policy_archive, profile
from tests.crawler.sockets import Script, Wire, scripted

URL = "https://institute.example/robots.txt"
AGENT = "policy-archive"
PAGE = "https://institute.example/2024/12/05/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/"  # سوريا


def rules(body: bytes = b"", status: int = 200, **headers: str) -> Rules:
    named = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    return _rules(URL, Response(URL, status, named, body), time.monotonic() + 60)


def allowed(body: str, url: str = PAGE) -> bool:
    return rules(body.encode()).allow(url, AGENT)


def test_the_longest_match_decides() -> None:
    text = "User-agent: *\nDisallow: /2024/\nAllow: /2024/12/\nDisallow: /2024/12/05/secret\n"
    assert allowed(text)
    assert not allowed(text, "https://institute.example/2024/11/x/")
    assert not allowed(text, "https://institute.example/2024/12/05/secret/")


def test_wildcards_and_ends() -> None:
    text = "User-agent: *\nDisallow: /*.pdf$\nDisallow: /*?replytocom=\n"
    assert not allowed(text, "https://institute.example/a.pdf")
    assert allowed(text, "https://institute.example/a.pdf?x=1")
    assert not allowed(text, PAGE + "?replytocom=7")


def test_arabic_paths_match_in_either_spelling() -> None:
    assert not allowed("User-agent: *\nDisallow: /2024/12/05/سوريا/\n")
    assert not allowed("User-agent: *\nDisallow: /2024/12/05/%d8%b3%d9%88%d8%b1%d9%8a%d8%a7/\n")
    assert allowed("User-agent: *\nDisallow: /2024/12/05/لبنان/\n")


def test_our_own_group_comes_before_everyones() -> None:
    text = "User-agent: *\nDisallow: /\n\nUser-agent: Policy-Archive\nDisallow: /private/\n"
    assert allowed(text)
    assert not allowed(text, "https://institute.example/private/")
    assert not allowed("User-agent: policy-archive\nDisallow: /\n\nUser-agent: *\nAllow: /\n")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_what_is_not_there_allows_all_whatever_its_body_says(status: int) -> None:
    assert rules(b"User-agent: *\nDisallow: /\n", status).allow(PAGE, AGENT)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 599])
def test_a_server_in_trouble_forbids_all(status: int) -> None:
    told = rules(b"", status)
    assert not told.allow(PAGE, AGENT)
    assert str(status) in told.why


@pytest.mark.parametrize(
    "body", ["", "\n\n", "<!doctype html><p>User-agent: *\nDisallow: /</p>", "nonsense", "\x00\x01"]
)
def test_what_holds_no_rules_allows_all(body: str) -> None:
    assert allowed(body)


def test_a_byte_order_mark_hides_no_rule() -> None:
    assert not allowed("\ufeffUser-agent: *\nDisallow: /\n")


def test_rules_are_read_through_their_coding() -> None:
    body = gzip.compress(b"User-agent: *\nDisallow: /\n")
    assert not rules(body, Content_Encoding="gzip").allow(PAGE, AGENT)
    assert not rules(body[:12] + b"\xff" * 20, Content_Encoding="gzip").allow(PAGE, AGENT)  # not read, so not allowed


def test_five_hundred_kibibytes_are_read_and_no_more() -> None:
    head = b"User-agent: *\n"
    filler = b"#" * (MAX_BYTES - len(head) - 1) + b"\n"
    late = head + filler + b"Disallow: /\n"
    assert rules(late).allow(PAGE, AGENT)
    early = head + b"Disallow: /\n" + filler
    assert not rules(early).allow(PAGE, AGENT)


def test_a_delay_that_is_asked_for_is_kept_up_to_a_minute() -> None:
    assert rules(b"User-agent: *\nCrawl-delay: 7\n").delay(AGENT) == 7
    assert rules(b"User-agent: *\nCrawl-delay: 9999\n").delay(AGENT) == 60
    assert rules(b"").delay(AGENT) == 0


def answer(status: str, body: bytes = b"", *headers: str) -> bytes:
    head = "".join(f"{header}\r\n" for header in (*headers, f"Content-Length: {len(body)}", "Connection: close"))
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def closed(path: str, connection: socket.socket) -> None:
    """Hangs up without a word."""


ALL = b"User-agent: *\nDisallow: /\n"
NOT_ARABIC = "User-agent: *\nDisallow: /سوريا/\n".encode()
PAGE_ANSWER = answer("200 OK", "<p>سوريا</p>".encode(), "Content-Type: text/html")
ORIGINS: dict[str, tuple["bytes | Script", str]] = {
    "allows": (answer("200 OK", b"User-agent: *\nDisallow: /other/\n"), "archived"),
    "forbids": (answer("200 OK", NOT_ARABIC), "robots"),
    "missing": (answer("404 Not Found", ALL), "archived"),
    "shut": (answer("403 Forbidden", ALL), "archived"),
    "broken": (answer("503 Service Unavailable"), "robots"),
    "html": (answer("200 OK", b"<html><body>User-agent: *\nDisallow: /\n</body></html>"), "archived"),
    "moved": (answer("301 Moved", b"", "Location: /elsewhere.txt"), "robots"),
    "circle": (answer("302 Found", b"", "Location: /robots.txt"), "archived"),
    "closed": (closed, "failed"),
}


@pytest.mark.slow
def test_every_origin_is_asked_first_and_obeyed(tmp_path: Path) -> None:
    """One crawl of one page on each of nine origins, whose robots.txt answer in nine ways."""
    servers: dict[str, Wire] = {}
    contexts = []
    for number, (name, (robots, _)) in enumerate(ORIGINS.items()):
        served: dict[str, bytes | Script] = {
            "/robots.txt": robots, "/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/": PAGE_ANSWER,
            "/elsewhere.txt": answer("200 OK", ALL),
        }  # fmt: skip
        contexts.append(scripted(served, host=f"127.0.0.{number + 1}"))
        servers[name] = contexts[-1].__enter__()
    try:
        home = {name: f"http://127.0.0.{number + 1}:{servers[name].port}/" for number, name in enumerate(servers)}
        (tmp_path / "urls.txt").write_text("".join(f"{url}سوريا/\n" for url in home.values()), encoding="utf-8")
        site = profile(tmp_path, home["allows"])
        done = policy_archive(
            tmp_path, "crawl", str(site), "--urls", "urls.txt", "--allow-private", "--delay", "0", "--collection", "r"
        )
        assert done.returncode == 0, done.stdout + done.stderr
    finally:
        for context in contexts:
            context.__exit__(None, None, None)
    (urls,) = (tmp_path / "home").rglob("urls.jsonl")
    ends = {line["url"]: line for line in lines(urls)}
    for name, (_, end) in ORIGINS.items():
        asked = [request.split(b" ")[1] for request in servers[name].requests]
        assert asked[0] == b"/robots.txt", name
        line = ends[home[name] + "%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/"]
        assert line["end"] == end, (name, line)
        assert (b"/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/" in asked) == (end == "archived"), name
        assert end == "archived" or ".txt" in line["reason"], line
    assert (
        len([request for request in servers["circle"].requests if b"robots.txt" in request]) == 6
    )  # RFC 9309, 2.3.1.2
