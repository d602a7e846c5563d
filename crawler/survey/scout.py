"""Which addresses of a site are asked for, one stage after another: the home page; what it and robots.txt name; what
these name; three pages. Never more than MOST requests, robots.txt aside.
"""

import re
from collections.abc import Callable, Iterable
from urllib.parse import unquote, urljoin, urlsplit

from archive.errors import ArchiveError
from archive.extract.html import Document
from archive.institutes.urls import absolute, canonical, host
from archive.store.capture import Capture
from crawler.discovery import feed, sitemap, wordpress
from crawler.discovery.found import Entry, SourceError
from crawler.frontier import Found, Role
from crawler.survey import site as read
from crawler.survey.site import Site

MOST = 25
PAGES = 3  # that are read in the end; so many requests are kept for them
_SITEMAPS = ("/wp-sitemap.xml", "/sitemap_index.xml", "/sitemap.xml")
_POSTS = "_fields=id,link,type,title&per_page=20"
_UNLIKELY = re.compile(r"(?:category|tag|author|user|taxonom|page|image|attachment|video)", re.IGNORECASE)
_STATIC = re.compile(
    r"/(?:about|contact|donate|privacy|terms|team|staff|people|experts?|careers?|jobs|login|search|subscribe|feed|wp-|tag|"
    r"author|cart|من-نحن|اتصل|تواصل|الخصوصية)",
    re.IGNORECASE,
)


class Scout:
    """Told what came of each address, it names the next ones. `site` fills on the way."""

    def __init__(self, url: str) -> None:
        self.site = Site(home=url, asked=url)
        self.problem: str | None = None  # why the home page could not be looked at
        self.requests = 1
        self._asked = {canonical(url)}
        self._waiting = 1
        self._stage = 0
        self._sources: list[str] = []  # that stage two adds
        self._seen: dict[str, list[str]] = {"wordpress": [], "feed": [], "sitemap": [], "listing": []}

    def redirected(self, url: str) -> bool:
        """Whether a redirect is to be followed: it is one request more."""
        self.requests += 1
        return self.requests <= MOST

    def came(self, purpose: str, url: str, capture: Capture | None, why: str | None) -> list[Found]:
        """An address has ended: with a capture, or for a reason."""
        self._waiting -= 1
        if capture is not None and capture.status == 200:
            self._read(purpose, url, capture)
        elif purpose == "home":
            self.problem = why or (f"it answers with status {capture.status}" if capture else "no answer")
        elif purpose in ("sitemap", "feed", "posts", "rest"):
            self.site.failed[url] = why or (f"status {capture.status}" if capture else "no answer")
        found: list[Found] = []
        while not self._waiting and not found and self._stage < len(self._stages) and self.problem is None:
            stage = self._stages[self._stage]
            self._stage += 1
            found = stage()
            self._waiting = len(found)
        return found

    @property
    def _stages(self) -> list[Callable[[], list[Found]]]:
        return [self._named, self._named_by_these, self._pages]

    def _want(self, purpose: str, urls: Iterable[str], most: int) -> list[Found]:
        found: list[Found] = []
        kept = 0 if purpose == "page" else PAGES
        for url in urls:
            spelled = absolute(url, self.site.home)
            if spelled is None or canonical(spelled) in self._asked:
                continue
            if len(found) >= most or self.requests >= MOST - kept:
                break
            self._asked.add(canonical(spelled))
            self.requests += 1
            found.append(Found(spelled, canonical(spelled), Role.PAGE, purpose))
        return found

    # What came

    def _read(self, purpose: str, url: str, capture: Capture) -> None:
        if purpose == "home":
            self._read_home(url, capture)
        elif purpose == "language":
            page = read.document(capture)
            self._sources += read.feeds(page)[:1]
            self.site.speaks(page.tree.get("lang"))
            if not self.site.wordpress:  # the home page of a language lists, as home does
                self._read_listing(url, page)
                self.site.listings.setdefault(url, 0)
        elif purpose in ("sitemap", "child", "feed", "posts"):
            self._read_source(purpose, url, capture)
        elif purpose == "rest":
            told = read.read_json(capture)
            if isinstance(told, dict) and "name" in told:
                self.site.wordpress, self.site.rest = True, url
                read.read_root(self.site, told)
            else:
                self.site.failed[url] = "no JSON"
        elif purpose == "types":
            told = read.read_json(capture)
            if isinstance(told, dict):
                read.read_types(self.site, told)
        elif purpose == "listing":
            self._read_listing(url, read.document(capture))
        elif purpose == "page":
            self.site.captures[url] = capture

    def _read_home(self, url: str, capture: Capture) -> None:
        kind = (capture.header("Content-Type") or "text/html").partition(";")[0].strip().lower()
        if kind not in ("text/html", "application/xhtml+xml"):
            self.problem = f"it answers {kind}, not HTML"
            return
        site, asked = self.site, urlsplit(self.site.asked)
        parts = urlsplit(url)
        path = "/" if asked.path in ("", "/") else parts.path.rpartition("/")[0] + "/"
        site.home = f"{parts.scheme}://{parts.netloc}{path}"
        self._home = page = read.read_home(site, capture)
        self._capture = capture
        self._languages = {
            code: there for code, there in read.languages(page).items() if canonical(there) != canonical(url)
        }
        for code in self._languages:
            site.speaks(code)

    def _read_source(self, purpose: str, url: str, capture: Capture) -> None:
        reader = {"feed": feed.read, "posts": wordpress.read}.get(purpose, sitemap.read)
        try:
            found = reader(read.body(capture), url, capture.headers)
        except (SourceError, ArchiveError) as error:
            self.site.failed[url] = str(error)
            return
        entries = [entry for entry in found.entries if host(entry.url) == host(self.site.home)]
        if purpose in ("feed", "sitemap"):
            counts = self.site.feeds if purpose == "feed" else self.site.sitemaps
            counts[url] = len(entries) + (len(found.more) if purpose == "sitemap" else 0)
        kind = {"posts": "wordpress", "child": "sitemap"}.get(purpose, purpose)
        self._seen[kind] += [entry.url for entry in _newest(entries)]
        if purpose == "sitemap":
            likely = [one for one in found.more if not _UNLIKELY.search(urlsplit(one).path)]
            self._sources += (likely[-1:] + likely[:1]) or found.more[:1]

    def _read_listing(self, url: str, page: Document) -> None:
        found = read.listed(page, self.site.menu)
        if found:
            self.site.listings[url] = len(found)
            self.site.paged += read.paging(page)
            self._seen["listing"] += found

    # What is asked next

    def _named(self) -> list[Found]:
        """What home and robots.txt name, and the usual places."""
        site = self.site
        found = self._want("rest", [read.rest_root(self._home, self._capture, site.home)], 1) if site.wordpress else []
        found += self._want("sitemap", site.robots_sitemaps or _SITEMAPS, 3)
        found += self._want("feed", read.feeds(self._home) or [urljoin(site.home, "/feed/")], 2)
        return found + self._want("language", self._languages.values(), 2)

    def _named_by_these(self) -> list[Found]:
        site = self.site
        found: list[Found] = []
        if site.rest is not None:
            found += self._want("posts", [read.rest(site.rest, "wp/v2/posts", _POSTS)], 1)
            found += self._want("types", [read.rest(site.rest, "wp/v2/types", "_fields=slug,name,rest_base")], 1)
        children = [url for url in self._sources if "sitemap" in url]
        found += self._want("child", children, 3)
        found += self._want("feed", [url for url in self._sources if url not in children], 2)
        if not site.wordpress:
            found += self._want("listing", self._likely_listings(), 5)
        return found

    def _likely_listings(self) -> list[str]:
        """What a menu leads to: addresses with one or two parts, and no digits."""
        site = self.site
        own = [url for url in site.menu if not _STATIC.search(unquote(urlsplit(url).path))]
        short = [url for url in own if 1 <= urlsplit(url).path.strip("/").count("/") + 1 <= 2]
        plain = [url for url in short if re.fullmatch(r"/\D+", urlsplit(url).path) and "?" not in url]
        languages = {canonical(url) for url in self._languages.values()}
        return [url for url in dict.fromkeys(plain) if canonical(url) not in languages]

    def _pages(self) -> list[Found]:
        """Three publications, in every language that they seem to have; what the best source names comes first."""
        site = self.site
        home = [url for url in site.menu if "-" in urlsplit(url).path and not _STATIC.search(urlsplit(url).path)]
        for kind in ("wordpress", "feed", "listing", "sitemap"):
            for url in self._seen[kind]:
                if canonical(url) != canonical(site.home) and canonical(url) not in map(canonical, site.listings):
                    site.found.setdefault(url, kind)
        for url in home if len(site.found) < PAGES else ():
            site.found.setdefault(url, "home")
        candidates = [url for url, kind in site.found.items() if kind != "sitemap"] or list(site.found)
        arabic = [url for url in candidates if read.is_arabic(url)]
        others = [url for url in candidates if not read.is_arabic(url)]
        chosen = [*others[:2], *arabic[:1], *others[2:], *arabic[1:]]
        return self._want("page", chosen, PAGES)


def _newest(entries: list[Entry]) -> list[Entry]:
    """By what the source says of their day; in its own order where it says nothing."""
    return sorted(entries, key=lambda entry: entry.hints.get("lastmod", "") if entry.hints else "", reverse=True)
