"""Traps beside real publications: all of these are found, and the traps cost little (row 25 of the fault catalogue)."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest

from archive.dataset.derived import Derived
from archive.extract.page import Role as PageRole
from archive.store.exchange import Location
from crawler.etiquette.endless import Shapes, shape
from crawler.frontier import Found, Role
from tests.crawler.command import lines, profile, scrapy_crawl
from tests.crawler.sockets import scripted

WORDS = "تقول المحكمة في حكمها إن القانون لا يجيز ذلك، وإن على الحكومة أن تراجع ما قررته في هذا الشأن. "
ENGLISH = (
    "The court held that the law does not allow it, and that the government has to look again at what it decided. "
)


class Site:
    """`count` publications, and next to them a calendar without end, ids of sessions in three forms, links that repeat
    a folder, facets that combine, and a list that has a next page for ever.
    """

    def __init__(self, count: int) -> None:
        self.real = {self._address(number): number for number in range(count)}
        self.addresses = list(self.real)
        self.asked: list[str] = []

    def get(self, target: str, other: bytes) -> bytes:
        """The answer to a request, in the place of a dict's."""
        self.asked.append(target)
        path, _, query = unquote(target).partition("?")
        path = re.sub(r"/\(S\([a-z0-9]+\)\)", "", path)
        if path == "/robots.txt":
            return _answer(b"", "text/plain")
        for pattern, made in (
            (r"(/[0-9]{4}/[0-9/]+/[^/]+/)", self._publication),
            (r"/archive/", self._archive),
            (r"/(?:agenda|events/month)/([0-9]+)[/-]([0-9]+)/", self._month),
            (r"/research/", self._facets),
            (r"/(?:about/|team/)+", self._repeating),
            (r"/", self._archive),
        ):
            if found := re.fullmatch(pattern, path):
                return _answer(made(found, query).encode(), "text/html; charset=utf-8")
        return other

    def _address(self, number: int) -> str:
        day = date(2015, 1, 1) + timedelta(days=number * 11)
        slug = f"حكم-المحكمة-في-القضية-{number}" if number % 2 else f"the-court-and-case-{number}"
        return f"/{day:%Y/%m/%d}/{slug}/"

    def _publication(self, found: re.Match[str], query: str) -> str:
        number = self.real[found[1]]
        day = date(2015, 1, 1) + timedelta(days=number * 11)
        words = WORDS if number % 2 else ENGLISH
        session = f"{len(self.asked):032x}"
        seen = f'<a href="{self.addresses[number - 1]}?visit=v{session}">previous</a>'
        seen += (
            f'<a href="{found[1]}?PHPSESSID={session}">this</a><a href="/(S({session[:24]})){found[1]}">this too</a>'
        )
        return self._page(
            f"القضية {number}" if number % 2 else f"Case {number}",
            f'<article><time datetime="{day}T10:00:00Z">{day}</time><p>{number}. {words * 6}</p></article>{seen}',
            f'<meta property="article:published_time" content="{day}T10:00:00Z">',
        )

    def _archive(self, found: re.Match[str], query: str) -> str:
        page = int((re.search(r"page=([0-9]+)", query) or [0, 1])[1])
        shown = self.addresses[(page - 1) * 10 : page * 10]
        links = "".join(f'<li><a href="{one}">حكم {one}</a></li>' for one in shown) or "<li>لا نتائج</li>"
        return self._page(
            f"الأرشيف {page}", f'<ul>{links}</ul><a rel="next" href="/archive/?page={page + 1}">التالي</a>'
        )

    def _month(self, found: re.Match[str], query: str) -> str:
        year, month = int(found[1]), int(found[2])
        after, before = (year + month // 12, month % 12 + 1), (year - (month == 1), (month - 2) % 12 + 1)
        links = "".join(
            f'<a href="/agenda/{y}/{m}/">{y}/{m}</a><a href="/events/month/{y}-{m:02}/">شهر</a>'
            for y, m in (after, before)
        )
        return self._page(f"Agenda {month}/{year}", f"<p>لا توجد فعاليات في {month}/{year}.</p>{links}")

    def _facets(self, found: re.Match[str], query: str) -> str:
        links = "".join(
            f'<a href="/research/?{query}&{name}={value}">{value}</a><a href="/research/?{name}={value}">{value}</a>'
            for name in ("topic", "region", "year")
            for value in ("law", "مصر", "سوريا", "2019", "2020")
        )
        shown = "".join(f'<li><a href="{one}">حكم</a></li>' for one in self.addresses[:5])
        return self._page("Research", f"<ul>{shown}</ul>{links}")

    def _repeating(self, found: re.Match[str], query: str) -> str:
        return self._page("About", '<a href="about/">عن المعهد</a><a href="team/">الفريق</a>')

    def _page(self, title: str, body: str, head: str = "") -> str:
        menu = "".join(f'<a href="{one}">{one}</a>' for one in MENU)
        return f"<html><head><title>{title}</title>{head}</head><body><p>{menu}</p><h1>{title}</h1>{body}</body></html>"


MENU = ("/", "/archive/", "/agenda/2026/5/", "/events/month/2026-05/", "/research/", "/about/")


def _answer(body: bytes, media_type: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


@pytest.mark.slow
@pytest.mark.parametrize("count", [40, pytest.param(300, marks=pytest.mark.soak)])
def test_all_publications_are_found_and_traps_cost_little(tmp_path: Path, count: int) -> None:
    site = Site(count)
    with scripted(site) as server:  # type: ignore[arg-type]
        discovery: dict[str, list[str]] = {"feeds": [], "sitemaps": [], "wordpress": [], "listings": []}
        urls = {"allow": [".*"], "deny": [], "listing": ["^/archive/"]}
        home = f"http://127.0.0.1:{server.port}/"
        made = profile(tmp_path, home, discovery=discovery, urls=urls, etiquette={"delay": 0, "concurrency": 1})
        done = scrapy_crawl(tmp_path, made, timeout=550)
    assert done.returncode == 0, done.stderr
    (found,) = (tmp_path / "home").rglob("urls.jsonl")
    ends = lines(found)
    archived = {unquote(line["url"]).partition(home)[2] for line in ends if line["end"] in ("archived", "unchanged")}
    missed = [one for one in site.real if one[1:] not in archived]
    traps = Counter(line["reason"].partition(":")[0] for line in ends if line["end"] == "trap")
    print(f"traps: {count - len(missed)} of {count} publications with {len(site.asked)} requests; cut: {dict(traps)}")
    assert not missed
    assert {"calendar", "endless", "facets", "repeated-segments"} <= set(traps)
    assert any("?visit changes nothing" in line["reason"] for line in ends if line["end"] == "trap")
    # each kind of trap has its own patience, whatever the size of the site: 300 publications pay for all of them
    assert len(site.asked) <= 3 * max(count, 300)


def derived(url: str, text: str, role: PageRole = PageRole.PUBLICATION, *warnings: str) -> Derived:
    from crawler.frontier import fingerprint

    digest = fingerprint(text).hex() * 2
    return Derived(
        Location("w", 0, 1), "<urn:uuid:1>", url, url, datetime(2026, 5, 1, tzinfo=UTC), 200, role, None, "text/html",
        1, digest, kind="analysis", content_sha256=digest, warnings=warnings,
    )  # fmt: skip


HOME = "https://institute.example"


@pytest.mark.parametrize(
    ("url", "folded"),
    [
        (f"{HOME}/about/", None),
        (f"{HOME}/%D8%B9%D8%B1%D8%A8%D9%89/", None),
        (f"{HOME}/%D8%B9/%D9%A7/", "institute.example/ع/N/"),
        (f"{HOME}/agenda/2031/05/", "institute.example/agenda/N/N/"),
        (f"{HOME}/archive/?page=7&b=1&page=8", "institute.example/archive/?b&page"),
        (f"{HOME}/s/0a1b2c3d4e5f6a7b8c9d/x", "institute.example/s/N/x"),
    ],
)
def test_shapes(url: str, folded: str | None) -> None:
    assert shape(url) == folded


def test_a_shape_goes_on_as_long_as_it_gives() -> None:
    shapes = Shapes()
    for number in range(500):
        assert shapes.endless(f"{HOME}/node/{number}") is None
        shapes.read(derived(f"{HOME}/node/{number}", f"مقال {number}"), [])
    for number in range(500, 530):
        shapes.read(derived(f"{HOME}/node/{number}", "مقال 1"), [])
    assert "node/N" in str(shapes.endless(f"{HOME}/node/531"))
    assert shapes.endless(f"{HOME}/2024/05/12/مقال/") is None


def test_a_list_goes_on_while_it_names_what_no_page_named() -> None:
    shapes = Shapes()
    for number in range(200):
        lead = Found(f"{HOME}/مقال-{number}-x/", str(number), Role.PAGE, "listing:/")
        shapes.read(derived(f"{HOME}/archive/?page={number}", "x", PageRole.LISTING), [lead])
    assert shapes.endless(f"{HOME}/archive/?page=200") is None
    for number in range(200, 230):
        lead = Found(f"{HOME}/archive/?page={number + 1}", str(number), Role.PAGE, "listing:/")
        shapes.read(derived(f"{HOME}/archive/?page={number}", f"{number}", PageRole.LISTING), [lead])
    assert "archive/?page" in str(shapes.endless(f"{HOME}/archive/?page=231"))


def test_a_parameter_that_never_changed_anything_is_cut_wherever_it_stands() -> None:
    shapes = Shapes()
    for number in range(30):
        shapes.read(derived(f"{HOME}/مقال-{number}/", f"نص {number}"), [])
        shapes.read(derived(f"{HOME}/مقال-{number}/?visit=1{number}", f"نص {number}"), [])
    assert "?visit" in str(shapes.endless(f"{HOME}/مقال-جديد/?visit=7"))
    assert shapes.endless(f"{HOME}/مقال-جديد/?lang=ar") is None


def test_days_of_a_calendar_are_new_and_thin() -> None:
    shapes = Shapes()
    asked = 0
    while shapes.endless(f"{HOME}/agenda/{asked}/") is None:
        shapes.read(
            derived(f"{HOME}/agenda/{asked}/", f"لا فعاليات {asked}", PageRole.PUBLICATION, "no_date", "no_author"), []
        )
        asked += 1
    assert 80 < asked < 100


def test_two_shapes_that_lead_to_each_other_give_nothing() -> None:
    """Months that lead to days, days that lead to months; and an id of the visit in every link of either language."""
    shapes = Shapes()
    asked = 0
    while asked < 1000 and not (shapes.endless(f"{HOME}/يوم/{asked}/") and shapes.endless(f"{HOME}/شهر/{asked}/")):
        for here, there in (("يوم", "شهر"), ("شهر", "يوم")):
            lead = Found(f"{HOME}/{there}/{asked + 1}/", f"{there}{asked}", Role.PAGE, "pages")
            shapes.read(derived(f"{HOME}/{here}/{asked}/", "لا شيء"), [lead])
        asked += 1
    assert asked < 60
    for number in range(60):
        lead = Found(f"{HOME}/case-{number}/?visit=7", str(number), Role.PAGE, "pages")
        shapes.read(derived(f"{HOME}/حكم-{number}/?visit={number}", "لا شيء"), [lead])
    assert "?visit" in str(shapes.endless(f"{HOME}/عنوان/?visit=8"))


def test_a_parameter_that_changes_nothing_is_left_out() -> None:
    shapes = Shapes()
    for number in range(20):
        assert number > 8 or shapes.idle(f"{HOME}/حكم-جديد/?visit=8") is None
        shapes.read(derived(f"{HOME}/حكم-{number}/?visit={number}", f"نص {number}"), [])
        shapes.read(derived(f"{HOME}/حكم-{number}/", f"نص {number}"), [])
        shapes.read(derived(f"{HOME}/حكم-{number}/?lang=ar", f"نص {number}"), [])
        shapes.read(derived(f"{HOME}/?p={number}", f"صفحة {number}"), [])
        shapes.read(derived(f"{HOME}/?p={number}", f"صفحة {number}"), [])
    assert "?visit changes nothing" in str(shapes.idle(f"{HOME}/حكم-جديد/?visit=8"))
    assert shapes.idle(f"{HOME}/حكم-جديد/?lang=ar") is None
    assert shapes.idle(f"{HOME}/?p=99") is None
    assert shapes.idle(f"{HOME}/حكم-جديد/") is None
