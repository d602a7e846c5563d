"""What a look at a site has shown: facts that a profile can be drafted from, and how single answers are read for
them."""

import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from archive.errors import DamagedRecord
from archive.extract.html import Document
from archive.extract.links import links
from archive.institutes.urls import absolute, host
from archive.store import http
from archive.store.capture import Capture

MOST = 32 * 1024 * 1024  # bytes of an answer, decoded
_FEEDS = ("application/rss+xml", "application/atom+xml")
_CODE = re.compile(r"[a-z]{2,3}(?=$|[-_])")
_ARABIC = re.compile("[\u0621-\u064a]")
_LANGUAGE_PATH = re.compile(r"/(ar|arabic|en|english|fr|fa|tr|ku|he)/?$")
_NAMES = {"arabic": "ar", "english": "en"}
_PAGED = re.compile(r"/page/[0-9]+/?$|[?&](?:page|paged|p|pg|pagenum|start|offset)=[0-9]+")
_WORDPRESS = re.compile(r"/wp-(?:content|includes|json)/|<meta[^>]{0,80}content=.WordPress", re.IGNORECASE)


@dataclass
class Site:
    """All that was seen; empty where it was not looked for, or was not there."""

    home: str  # where the home page stands in the end
    asked: str  # the address that was given
    name: str = ""
    languages: list[str] = field(default_factory=list)  # home's first
    wordpress: bool = False
    rest: str | None = None  # the root of WordPress' REST API, once it answered
    rest_shut: str | None = None  # why it does not say what there is
    types: dict[str, str] = field(default_factory=dict)  # REST collections beside posts and pages, and their names
    timezone: str | None = None
    sitemaps: dict[str, int] = field(default_factory=dict)  # address → addresses in it
    robots_sitemaps: list[str] = field(default_factory=list)
    feeds: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)  # a source's address → what is wrong
    listings: dict[str, int] = field(default_factory=dict)  # pages that list others → how many
    paged: list[str] = field(default_factory=list)  # what their next pages look like
    menu: list[str] = field(default_factory=list)  # home's own links, in order
    found: dict[str, str] = field(default_factory=dict)  # addresses of publications → the kind of source that named it
    captures: dict[str, Capture] = field(default_factory=dict)  # the pages that were chosen to be read

    def speaks(self, code: str | None) -> None:
        """A language that the site says it publishes in, in whatever spelling."""
        known = _CODE.match((code or "").lower().strip())
        if known and known[0] not in self.languages:
            self.languages.append(known[0])


def body(capture: Capture) -> bytes:
    """The entity without its coding; nothing where it is damaged."""
    try:
        return http.decode(capture.entity, capture.headers, MOST)
    except DamagedRecord:
        return b""


def document(capture: Capture) -> Document:
    return Document.from_bytes(body(capture), capture.url, capture.header("Content-Type"), capture.headers)


def read_home(site: Site, capture: Capture) -> Document:
    """Name, languages, menu, and whether it is WordPress."""
    page = document(capture)
    site.name = site.name or _name(page, site.home)
    site.speaks(page.tree.get("lang"))
    site.wordpress = bool(_WORDPRESS.search(body(capture).decode("utf-8", "replace"))) or "api.w.org" in str(
        capture.headers
    )
    site.menu = [link.url for link in links(page) if host(link.url) == host(site.home)]
    return page


def feeds(page: Document) -> list[str]:
    """The feeds that a page names, those of comments left out."""
    found = []
    for link in _alternates(page):
        about = f"{link.get('title') or ''} {link.get('href')}".lower()
        if (link.get("type") or "").lower() in _FEEDS and "comment" not in about and "تعليق" not in about:
            found.append(absolute(link.get("href"), page.base))
    return list(dict.fromkeys(url for url in found if url))


def languages(page: Document) -> dict[str, str]:
    """The same page in other languages: code → address; by hreflang, or by a link such as /ar/."""
    found: dict[str, str] = {}
    for link in _alternates(page):
        code = _CODE.match((link.get("hreflang") or "").lower())
        url = absolute(link.get("href") or "", page.base)
        if code and url:
            found.setdefault(code[0], url)
    for named in links(page):
        path = _LANGUAGE_PATH.search(urlsplit(named.url).path)
        if path and urlsplit(named.url).path.count("/") <= 2 and host(named.url) == host(page.url):
            found.setdefault(_NAMES.get(path[1], path[1]), named.url)
    return found


def rest_root(page: Document, capture: Capture, home: str) -> str:
    """Where the REST API should be: as the page says, else at its usual place."""
    for name, value in capture.headers:
        if name.lower() == "link" and (told := re.search(r'<([^>]+)>;\s*rel="https://api\.w\.org/"', value)):
            return str(urljoin(home, told[1]))
    for link in page.tree.iter("link"):
        if (link.get("rel") or "") == "https://api.w.org/" and link.get("href"):
            return str(urljoin(home, link.get("href")))
    return urljoin(home, "/wp-json/")


def rest(root: str, route: str, query: str) -> str:
    """A route of the REST API: with pretty addresses, or with `?rest_route=/`."""
    before, mark, _ = root.partition("?")
    return f"{before}?rest_route=/{route}&{query}" if mark else f"{root.rstrip('/')}/{route}?{query}"


def read_json(capture: Capture) -> Any:
    """What a REST route answers; None where it is no JSON, or an error."""
    if capture.status != 200:
        return None
    try:
        return json.loads(body(capture).decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


def read_root(site: Site, told: dict[str, Any]) -> None:
    """The API's own description: the site's name and its time zone."""
    name = " ".join(html.unescape(str(told.get("name") or "")).split())
    site.name = name or site.name
    zone, offset = str(told.get("timezone_string") or ""), told.get("gmt_offset")
    try:
        hours = float(offset or 0)
    except (TypeError, ValueError):
        hours = 0.0
    if zone and zone.upper() != "UTC":
        site.timezone = zone
    elif not zone and hours and hours == int(hours):
        site.timezone = f"Etc/GMT{-int(hours):+d}"  # the signs of these names are turned round


def read_types(site: Site, told: dict[str, Any]) -> None:
    """Post types beside posts, pages, and what no reader sees."""
    for slug, about in told.items():
        base = about.get("rest_base") if isinstance(about, dict) else None
        theirs = slug in ("post", "page", "attachment", "nav_menu_item") or slug.startswith(("wp_", "elementor", "e-"))
        if isinstance(base, str) and re.fullmatch(r"[\w-]+", base) and not theirs:
            site.types[base] = str(about.get("name") or slug)


def listed(page: Document, menu: Iterable[str]) -> list[str]:
    """What a page lists: addresses of one shape that the home page's menu does not have, at least five of them."""
    known = {*menu, page.url}
    groups: dict[str, list[str]] = {}
    for link in links(page):
        text = link.text or ""
        own = link.url not in known and host(link.url) == host(page.url) and not _PAGED.search(link.url)
        if own and (len(text) >= 15 or re.search(r"\d", urlsplit(link.url).path)):
            groups.setdefault(shape(link.url), []).append(link.url)
    best = max(groups.values(), key=len, default=[])
    return best if len(best) >= 5 else []


def paging(page: Document) -> list[str]:
    """The addresses of a listing's further pages."""
    own = urlsplit(page.url).path.rstrip("/")
    return [
        link.url for link in links(page) if _PAGED.search(link.url) and urlsplit(link.url).path.startswith(own or "/")
    ]


def shape(url: str) -> str:
    """What addresses of one kind of page have in common: their folder, dates as one."""
    path = unquote(urlsplit(url).path)
    parts = [part for part in path.split("/") if part]
    folder = ["#" if part.isdigit() else part for part in parts[:-1]]
    return "/" + "".join(f"{part}/" for part in folder)


def is_arabic(url: str) -> bool:
    return bool(_ARABIC.search(unquote(url))) or "/ar/" in url


def _alternates(page: Document) -> Iterable[Any]:
    return (link for link in page.tree.iter("link") if "alternate" in (link.get("rel") or "").lower().split())


def _name(page: Document, home: str) -> str:
    stated = page.meta("og:site_name", "application-name")
    if stated:
        return " ".join(stated.split())
    title = page.tree.find(".//title")
    words = " ".join((title.text or "").split()) if title is not None else ""
    parts = [part for part in re.split(r"\s+[|–—·»-]\s+", words) if part.lower() not in ("home", "الرئيسية")]
    return parts[-1] if parts else host(home)
