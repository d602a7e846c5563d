"""No door to the inside: a crawl that is led to private addresses in every spelling and by every way makes no
connection there.

It runs in a network namespace, where public-looking addresses exist and every connection is counted. Where none can be
made, the same spellings are put to the resolver with a double of the system's look-up, and the reason is printed.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from twisted.internet.defer import Deferred, succeed

from archive.institutes.urls import absolute
from crawler.etiquette import guard
from crawler.etiquette.guard import GuardedResolver, PrivateAddress
from tests.crawler.command import lines
from tests.crawler.etiquette import world
from tests.crawler.etiquette.world import INSIDE, PROXY, PUBLIC, World, outcome

HOST = "institute.example"
# Hosts as links have them. Names are answered by the world's own server.
SPELLINGS = [
    "127.0.0.1", "127.1", "127.0.1", "0177.0.0.1", "0177.1", "0x7f.0.0.1", "0x7f.1", "0x7f000001", "2130706433",
    "017700000001", "127.0.0.1.", "127.255.255.254", "0.0.0.0", "0", "10.0.0.7", "012.0.0.7", "167772167",
    "172.16.5.4", "192.168.1.1", "192.168.257", "169.254.169.254", "0xa9fea9fe", "2852039166", "100.64.0.1",
    "198.18.0.1", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[fc00::7]", "[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.7]", "[2002:7f00:1::1]", "[2002:a00:7::1]",
    "１２７.０.０.１", "127。0。0。1", "①②⑦.0.0.1", "١٢٧.٠.٠.١", "%31%32%37.0.0.1", "localhost", "LOCALHOST.",
    "name.localhost", "user:secret@127.0.0.1", "93.184.216.34@127.0.0.1", "private.example", "both.example",
    "داخلي.example",
]  # fmt: skip
NAMES = {
    HOST: [[PUBLIC]],
    "other.example": [[PUBLIC]],
    "robots.example": [[PUBLIC]],
    "private.example": [["10.0.0.7"]],
    "both.example": [["169.254.169.254", PUBLIC]],
    "rebinding.example": [[PUBLIC], ["127.0.0.1"]],
    "xn--mgbob0g4a.example": [["192.168.1.1"]],
    "localhost": [["127.0.0.1"]],
    "name.localhost": [["127.0.0.1"]],
}
ROUTES = [
    "redirect", "redirect-301-to-name", "redirect-of-redirect", "refresh", "sitemap-child", "sitemap-page", "feed-next",
    "feed-item", "robots-redirect", "robots-sitemap", "canonical", "hreflang", "next", "image", "srcset", "style",
    "css-url", "css-import", "script", "iframe", "document", "poster", "rest-link", "rest-next", "protocol-relative",
    "backslash", "refresh-header",
]  # fmt: skip
ROBOTS = f"User-agent: *\nDisallow:\nSitemap: http://10.0.0.7/robots-sitemap\nSitemap: http://{HOST}/map.xml\n"
TEXT = "<p>وهذه فقرة عن القضاء وحقوق المتقاضين، وفيها من الكلمات ما يكفي لتكون نصا يقرأ.</p>" * 4


def page(words: str, head: str = "") -> str:
    return f"<html lang='ar'><head><title>مقال</title>{head}</head><body><article>{TEXT}{words}</article></body></html>"


def address_of(host: str) -> str | None:
    return absolute(f"http://{host}/")


def sent_to(url: str, status: str = "302 Found") -> str:
    return f"HTTP/1.1 {status}\r\nLocation: {url}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def pages() -> dict[str, str]:
    """Each route leads to a private address whose path is the route's name."""
    links = [f"<a href='http://{host}/spelled-{number}'>خبر</a>" for number, host in enumerate(SPELLINGS)]
    links += [f"<a href='/2024/01/01/{name}/'>مقال</a>" for name in ("r1", "r2", "r3", "refresh", "parts", "rh")]
    links += [f"<a href='http://{host}.example/2024/01/01/{host}/'>مقال</a>" for host in ("other", "rebinding")]
    links += ["<a href='http://robots.example/2024/01/01/robots/'>مقال</a>"]
    links += ["<a href='http://10.0.0.7/document.pdf'>تقرير</a>", "<a href='//10.0.0.7/protocol-relative'>خبر</a>"]
    links += ["<a href='http:\\\\10.0.0.7\\backslash'>خبر</a>"]
    head = (
        "<link rel=canonical href='http://10.0.0.7/canonical'><link rel=next href='http://10.0.0.7/next'>"
        "<link rel=alternate hreflang=ar href='http://10.0.0.7/hreflang'>"
        "<link rel=stylesheet href='http://10.0.0.7/style'><link rel=stylesheet href='/own.css'>"
        "<script src='http://10.0.0.7/script'></script>"
    )
    parts = (
        "<img src='http://10.0.0.7/image' srcset='http://10.0.0.7/srcset 2x'><iframe src='http://10.0.0.7/iframe'>"
        "</iframe><video poster='http://10.0.0.7/poster'></video>"
    )
    site = {
        "/robots.txt": ROBOTS,
        "/": page("".join(links)),
        "/map.xml": "<?xml version='1.0'?><sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        "<sitemap><loc>http://10.0.0.7/sitemap-child</loc></sitemap><sitemap><loc>http://127.1/sitemap-page</loc>"
        f"</sitemap><sitemap><loc>http://{HOST}/urls.xml</loc></sitemap></sitemapindex>",
        "/urls.xml": "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        f"<url><loc>http://192.168.1.1/sitemap-page</loc></url><url><loc>http://{HOST}/2024/01/01/parts/</loc></url>"
        "</urlset>",
        "/feed/": "<?xml version='1.0'?><rss xmlns:a='http://www.w3.org/2005/Atom'><channel>"
        "<a:link rel='next' href='http://10.0.0.7/feed-next'/><item><link>http://10.0.0.7/feed-item</link></item>"
        "</channel></rss>",
        "/posts": "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-WP-TotalPages: 2\r\nConnection: close\r\n\r\n"
        '[{"id": 1, "link": "http://10.0.0.7/rest-link"}]',
        "/own.css": "HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nConnection: close\r\n\r\n"
        "@import 'http://10.0.0.7/css-import'; p { background: url(http://10.0.0.7/css-url) }",
        "/2024/01/01/r1/": sent_to("http://169.254.169.254/redirect"),
        "/2024/01/01/r2/": sent_to("http://private.example/redirect-301-to-name", "301 Moved"),
        "/2024/01/01/r3/": sent_to("/2024/01/01/r4/"),
        "/2024/01/01/r4/": sent_to("http://[::ffff:7f00:1]/redirect-of-redirect"),
        "/2024/01/01/refresh/": "<html><head><meta http-equiv=refresh content='0; url=http://127.1/refresh'></head>"
        "<body></body></html>",
        "/2024/01/01/rh/": "HTTP/1.1 200 OK\r\nRefresh: 0; url=http://127.1/refresh-header\r\nContent-Type: text/html"
        "\r\nConnection: close\r\n\r\n<p>نص",
        "/2024/01/01/parts/": page(parts, head),
    }
    found = {HOST + path: body for path, body in site.items()}
    found["robots.example/robots.txt"] = sent_to("http://10.0.0.7/robots-redirect")
    for host in ("other", "rebinding"):
        found[f"{host}.example/robots.txt"] = "User-agent: *\nDisallow:\n"
        found[f"{host}.example/2024/01/01/{host}/"] = page("")
    return found


def profile(folder: Path) -> Path:
    """Every host is the institute's own, so that links there are followed."""
    spelled = {urlsplit(url).netloc for url in map(address_of, SPELLINGS) if url}
    own = sorted(spelled | NAMES.keys() - {HOST})
    path = folder / "institute.toml"
    path.write_text(
        f'name = "Inside"\nhome = "http://{HOST}/"\nlanguages = ["ar"]\nhosts = {own}\n'
        '[discovery]\nsitemaps = ["/map.xml"]\nfeeds = ["/feed/"]\nwordpress = ["/posts?page={page}"]\n'
        "[etiquette]\ndelay = 0\nconcurrency = 8\n",
        encoding="utf-8",
    )
    return path


def crawled(folder: Path, *words: str, **environment: str) -> world.Outcome:
    """A crawl in a world of its own."""
    folder.mkdir()
    site = pages()
    site[f"{HOST}/posts?page=1"] = site.pop(f"{HOST}/posts")
    command = [sys.executable, "-m", "crawler.cli", "--home", "home", "crawl", str(profile(folder)), *words]
    cleared = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"), "")
    return outcome(folder, World(command, NAMES, site, {**cleared, **environment}))


def inside(reached: Iterable[str]) -> list[str]:
    """The addresses that are not public, of `address:port`."""
    return [place for place in reached if not guard.reachable(place.rpartition(":")[0])]


def ends(folder: Path) -> dict[str, dict[str, Any]]:
    (found,) = folder.rglob("urls.jsonl")
    return {line["url"]: line for line in lines(found)}


@pytest.mark.slow
def test_nothing_inside_is_reached(tmp_path: Path) -> None:
    reason = world.possible()
    if reason is not None:
        print(f"no network namespace can be made here ({reason}): the resolver is asked with a double of the system's")
        refused_by_the_resolver()
        return
    shut = crawled(tmp_path / "shut")
    assert shut.reached[f"{PUBLIC}:80"] > 10, shut.said
    assert inside(shut.reached) == []
    became = ends(tmp_path / "shut")
    assert became[f"http://{HOST}/2024/01/01/parts/"]["end"] == "archived"
    assert became["http://other.example/2024/01/01/other/"]["end"] == "archived"
    for url, line in became.items():
        host = urlsplit(url).hostname or ""
        if host in (HOST, "other.example", "rebinding.example", "robots.example"):
            continue
        assert line["end"] in ("private", "out-of-scope"), line
        assert line["reason"], line
    assert "10.0.0.7" in became["http://robots.example/2024/01/01/robots/"]["reason"]
    # With the doors open the same crawl goes there by these ways: what is refused above is refused, and not overlooked.
    opened = crawled(tmp_path / "open", "--allow-private")
    by_way = {place.rpartition("/")[2] for place in opened.asked}
    spelled = {name for name in by_way if name.startswith("spelled-")}
    assert len(inside(opened.reached)) >= 8, opened.reached
    assert len(spelled) >= 25, sorted(spelled)
    assert sum(line["end"] == "private" for line in became.values()) >= 60
    assert len(by_way & set(ROUTES)) >= 15, sorted(set(ROUTES) - by_way)


@pytest.mark.slow
@pytest.mark.parametrize("address", ["127.0.0.1", pytest.param(PROXY, marks=pytest.mark.soak)])
def test_a_proxy_is_no_way_inside(tmp_path: Path, address: str) -> None:
    """Neither is it asked for what lies inside, nor does its own address become a site's."""
    reason = world.possible()
    if reason is not None:
        print(f"no network namespace can be made here ({reason}): test_proxy.py asks the middleware")
        return
    through = crawled(tmp_path / "proxied", http_proxy=f"http://{address}:3128")
    assert set(inside(through.reached)) == {f"{address}:3128"}, through.said
    asked = {place.partition("/")[0] for place in through.asked}
    assert asked <= {HOST, "other.example", "rebinding.example", "robots.example"}
    assert through.reached.get(f"{PUBLIC}:80", 0) == 0


def refused_by_the_resolver() -> None:
    """The spellings, as the reactor puts them to the resolver; names are answered as the world's server does."""

    class Double(GuardedResolver):
        def __init__(self) -> None:
            pass

        def getHostByName(self, name: str, timeout: Any = ()) -> "Deferred[str]":
            literal = guard.numeric(name)
            if literal is None or guard.may(name, literal):
                answered = succeed((NAMES.get(name) or [["127.0.0.1"]])[-1][0])
                answered.addCallback(self._check, name)
                return answered
            return super().getHostByName(name, timeout)

    for spelling in SPELLINGS:
        url = address_of(spelling)
        if url is None:
            continue
        failures: list[Any] = []
        Double().getHostByName(urlsplit(url).hostname or "").addErrback(failures.append)
        assert failures, spelling
        assert failures[0].check(PrivateAddress), spelling


def test_the_double_refuses_what_the_world_refuses() -> None:
    refused_by_the_resolver()


def test_addresses_of_the_world_are_private() -> None:
    assert not [address for address in (*INSIDE, PROXY) if guard.reachable(address)]
    assert guard.reachable(PUBLIC)
