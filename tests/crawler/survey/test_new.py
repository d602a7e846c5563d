"""`policy-archive institute new`: what is seen of a site, and the profile that comes of it."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest

from archive.institutes import registry
from archive.institutes.profile import Kind
from crawler.demo.server import DemoServer
from tests.crawler.command import lines, policy_archive
from tests.crawler.sockets import Script, scripted

TITLES = (
    "المحكمة والدستور",
    "قانون الصحافة الجديد",
    "سجون بلا قضاة",
    "انتخابات البلديات",
    "موازنة العام المقبل",
    "حرية التجمع",
)


def answer(body: str, kind: str = "text/html; charset=utf-8", status: str = "200 OK", *headers: str) -> bytes:
    data = body.encode()
    more = "".join(f"{line}\r\n" for line in headers)
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(data)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + data


def framed(body: str, language: str = "en", title: str = "") -> bytes:
    direction = "rtl" if language == "ar" else "ltr"
    head = (
        f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        f'<title>{title or "Home"} | Nile Policy Desk</title><meta property="og:site_name" content="Nile Policy Desk">'
        '<link rel="alternate" type="application/rss+xml" title="All" href="/rss.xml">'
        '<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments.xml"></head><body>'
        '<nav><a href="/">Home</a> <a href="/commentary/">Commentary</a> <a href="/events/">Events</a> '
        '<a href="/ar/">العربية</a> <a href="/about/">About us</a> <a href="/donate/">Donate</a></nav>'
    )
    return answer(f"{head}<main>{body}</main></body></html>")


def article(title: str, text: str, language: str = "en") -> bytes:
    body = f'<article><h1>{title}</h1><p class="who">Nour Adel</p><time datetime="2025-03-09">9 March 2025</time>'
    return framed(f"{body}<div class='words'>{'<p>' + text * 12 + '</p>'}</div></article>", language, title)


def site() -> dict[str, bytes | Script]:
    """No WordPress: a feed, two lists, one of them with a second page; an Arabic half below /ar/."""
    commentary = {f"/commentary/story-number-{n}": f"A story of the river, number {n}" for n in range(12)}
    events = {f"/events/meeting-number-{n}": f"A meeting at the river, number {n}" for n in range(6)}
    arabic = {f"/ar/مقالات/{title.replace(' ', '-')}": f"{title} في مصر اليوم" for title in TITLES}

    def listed(pages: dict[str, str], more: str = "") -> str:
        return "".join(f'<h2><a href="{quote(path)}">{title}</a></h2>' for path, title in pages.items()) + more

    def part(pages: dict[str, str], begin: int, end: int) -> dict[str, str]:
        return dict(list(pages.items())[begin:end])

    items = "".join(
        f"<item><title>{title}</title><link>http://HOST{quote(path)}</link></item>"
        for path, title in (part(commentary, 0, 3) | part(arabic, 0, 2) | part(events, 0, 2)).items()
    )
    answers: dict[str, bytes | Script] = {
        "/robots.txt": answer("User-agent: *\nDisallow: /donate/\n", "text/plain"),
        "/": framed(listed(part(commentary, 0, 3))),
        "/rss.xml": answer(
            f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>", "application/rss+xml"
        ),
        "/about/": framed("<h1>About us</h1>" + "<p>We are a desk beside a river. </p>" * 20, "en", "About us"),
        "/commentary/": framed(listed(part(commentary, 0, 8), '<a href="/commentary/?page=2">Older</a>')),
        "/commentary/?page=2": framed(listed(part(commentary, 8, 12))),
        "/events/": framed(listed(events)),
        "/ar/": framed(listed(arabic), "ar"),
    }
    text = "The court heard the ministers at length, and the river went on. "
    for path, title in (commentary | events).items():
        answers[path] = article(title, text)
    for path, title in arabic.items():
        answers[quote(path)] = article(title, "سمعت المحكمة الوزراء مطولا ومضى النهر في طريقه. ", "ar")
    return answers


def at(answers: dict[str, bytes | Script], port: int) -> None:
    """The feed names whole addresses."""
    feed = answers["/rss.xml"]
    assert isinstance(feed, bytes)
    body = feed.partition(b"\r\n\r\n")[2].decode().replace("HOST", f"127.0.0.1:{port}")
    answers["/rss.xml"] = answer(body, "application/rss+xml")


def test_a_site_of_an_unknown_platform_gets_a_profile_that_finds_all(tmp_path: Path) -> None:
    answers = site()
    with scripted(answers) as wire:
        at(answers, wire.port)
        url = f"http://127.0.0.1:{wire.port}/"
        done = policy_archive(tmp_path, "institute", "new", "nile", url, "--allow-private", "--delay", "0")
        assert done.returncode == 0, done.stderr
        asked = [request.split(b" ", 2)[1].decode() for request in wire.requests]
        assert len(asked) <= 26
        assert len(set(asked)) == len(asked)
        assert "/donate/" not in asked
        assert all(b"policy-archive" in request for request in wire.requests)
        crawled = policy_archive(tmp_path, "crawl", "nile", "--allow-private", "--delay", "0")
    assert crawled.returncode == 0, crawled.stdout + crawled.stderr
    profile = registry.load("nile", tmp_path / "home")
    assert (profile.name, profile.home, profile.extends) == ("Nile Policy Desk", url, None)
    assert profile.languages == ("en", "ar")
    assert profile.discovery.feeds == ("/rss.xml",)
    assert {"/commentary/", "/events/"} <= set(profile.discovery.listings)
    assert profile.default_kind is Kind.PAGE
    found = lines(tmp_path / "home" / "collections" / "nile" / "dataset" / "publications.jsonl")
    kinds = [(one["kind"], one["language"]) for one in found]
    assert kinds.count(("analysis", "en")) == 12
    assert kinds.count(("analysis", "ar")) == 6
    assert kinds.count(("event", "en")) == 6
    assert [one["title"] for one in found if one["kind"] == "page"] == ["About us"]
    assert {one["published"] for one in found if one["kind"] != "page"} == {"2025-03-09"}
    assert "المحكمة والدستور" in done.stdout
    assert "policy-archive crawl nile --max-pages 50 --allow-private" in done.stdout
    assert [line for line in done.stdout.splitlines() if line != line.rstrip()] == []


def test_the_demo_institute_is_wordpress_in_two_languages(tmp_path: Path) -> None:
    with DemoServer(pages=20) as server:
        done = policy_archive(tmp_path, "institute", "new", "own", server.url, "--allow-private", "--delay", "0")
    assert done.returncode == 0, done.stderr
    profile = registry.load("own", tmp_path / "home")
    assert (profile.extends, profile.languages) == ("wordpress", ("en", "ar"))
    written = (tmp_path / "home" / "institutes" / "own.toml").read_text(encoding="utf-8")
    assert len([line for line in written.splitlines() if line and not line.startswith("#")]) == 4
    assert re.search(r"language +ar \(rtl\)", done.stdout)
    listed = policy_archive(tmp_path, "institute", "list").stdout
    assert re.search(rf"^own +{server.url} +en, ar +Demo Institute", listed, re.MULTILINE)
    again = policy_archive(tmp_path, "institute", "new", "own", server.url, "--allow-private")
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
    assert "own.toml is there already" in again.stderr


WALL = (
    "<!doctype html><html><head><title>Just a moment...</title></head><body>"
    '<script src="/cdn-cgi/challenge-platform/x"></script></body></html>'
)


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"/robots.txt": answer("User-agent: *\nDisallow: /\n", "text/plain")}, "robots.txt forbids it"),
        ({"/": answer(WALL, "text/html", "403 Forbidden", "cf-mitigated: challenge")}, "a challenge page"),
        ({"/": answer("%PDF-1.7", "application/pdf")}, "not HTML"),
        ({}, "status 404"),
    ],
    ids=["robots", "bot wall", "no HTML", "nothing"],
)
def test_what_cannot_be_looked_at_is_one_line(tmp_path: Path, answers: dict[str, bytes | Script], told: str) -> None:
    with scripted(answers) as wire:
        url = f"http://127.0.0.1:{wire.port}/"
        done = policy_archive(tmp_path, "institute", "new", "nile", url, "--allow-private", "--delay", "0")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (5, "", 1), done.stderr
    assert told in done.stderr
    assert not (tmp_path / "home" / "institutes").exists()


@pytest.mark.parametrize(
    ("name", "url", "code", "told"),
    [
        ("timep", "https://institute.example/", 2, "there is an institute 'timep' already"),
        ("Nile Desk", "https://institute.example/", 2, "such as 'nile-desk'"),
        ("nile", "ftp://institute.example/", 2, "is not an http or https address"),
        ("nile", "http://127.0.0.1:9/", 5, "not a public address"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_asked(
    tmp_path: Path, name: str, url: str, code: int, told: str
) -> None:
    done = policy_archive(tmp_path, "institute", "new", name, url)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1), done.stderr
    assert told in done.stderr
