"""The demo institute as a web site: an address in, an answer out. Knows nothing of sockets."""

import gzip
import re
import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import parse_qsl, unquote

from crawler.demo import documents, pdf, people, theme
from crawler.demo.institute import Institute
from crawler.demo.listings import Listings
from crawler.demo.outline import ZONE, first_at, revised_at
from crawler.demo.publication import document_text
from crawler.demo.render import Renderer
from crawler.demo.sources import Sources, dump, no_route

Fault = Literal["off", "403", "html"]
ROUTES = ("robots", "sitemap", "feed", "wordpress", "listing", "dates")
HTML, XML, RSS, JSON = (
    "text/html; charset=UTF-8",
    "text/xml; charset=UTF-8",
    "application/rss+xml; charset=UTF-8",
    "application/json; charset=UTF-8",
)

_SITEMAP = re.compile(
    r"/(?:sitemap_index\.xml|sitemap\.xml|wp-sitemap\.xml|((?:post|page|category)-sitemap\d*\.xml(?:\.gz)?))"
)
_LISTING = re.compile(r"(/(category|tag|author|areas-of-focus)/([^/]+)/)(?:page/(\d{1,9})/)?")
_ARCHIVE = re.compile(r"(/(?:archive/)?)(?:page/(\d{1,9})/)?")
_DATES = re.compile(r"(/(\d{4})/(?:(\d\d)/(?:(\d\d)/)?)?)(?:page/(\d{1,9})/)?")
_POST = re.compile(r"/(\d{4}/\d\d/\d\d)/([^/]+)/(?:([2-9])/)?")
_CALENDAR = re.compile(r"/events/month/(\d{4})-(\d\d)/")
_IMAGE = re.compile(r"/wp-content/uploads/.+-(300|768|1024)x(\d{3})\.png")


@dataclass(slots=True)
class Answer:
    body: bytes
    media_type: str = HTML
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    modified: datetime | None = None
    etag: str | None = None

    @property
    def compressible(self) -> bool:
        return self.media_type.startswith(("text/", "application/json", "application/rss"))


class Site:
    """`faults` makes a route of ROUTES answer 404 (`off`), 403, or an HTML page with 200 (`html`), as sites that shut
    a door do."""

    def __init__(self, institute: Institute, faults: dict[str, Fault] | None = None) -> None:
        for route, fault in (faults or {}).items():
            if route not in ROUTES or fault not in ("off", "403", "html"):
                raise ValueError(f"no fault {route}={fault}: routes are {', '.join(ROUTES)}; faults are off, 403, html")
        self.institute, self.faults = institute, faults or {}
        self.home = institute.home.rstrip("/")
        self.renderer = Renderer(institute)
        self.listings = Listings(institute, self.renderer)
        self.sources = Sources(institute)
        self.built = max(revised_at(institute.revision), institute.editing.at)
        self.not_found = self._message("Page not found", "It looks like nothing was found at this location.", 404)

    def etag_of(self, target: str) -> str | None:
        """The ETag of a publication's page without making it; None for all else."""
        match = _POST.fullmatch(target)
        number = self._number_at(target) if match else None
        return self._etag(number) if number is not None else None

    def _etag(self, number: int) -> str:
        # Pages that list the newest titles, or name the build of the cache, change with every revision; others with
        # their text alone.
        editing = self.institute.editing
        linked = {number - 1, *self.institute.cards(number)}
        moving = number % 3 == 0 or number % 7 == 0 or not linked.isdisjoint(editing.moved | editing.removed)
        version = self.institute.revision if moving else self.institute.version(number)
        if moving or editing.touched(number):
            version += int(self.built.timestamp())
        theme = "" if self.institute.theme == "current" else f"-{self.institute.theme}"
        return f'"{self.institute.seed:x}-{self.institute.pages:x}-{number:x}-{version:x}{theme}"'

    def answer(self, target: str) -> Answer:
        """The answer to GET `target`, the path and query as they came over the wire."""
        path, _, query = target.partition("?")
        parameters = dict(parse_qsl(query, keep_blank_values=True))
        for answerer in (self._shut, self._for_machines, self._upload, self._post, self._list, self._static):
            answer = answerer(path, parameters)
            if answer is not None:
                return answer
        return self.not_found

    def _route(self, path: str, query: dict[str, str]) -> str | None:
        if path == "/robots.txt":
            return "robots"
        if _SITEMAP.fullmatch(path):
            return "sitemap"
        if path.rstrip("/") == "/feed":
            return "feed"
        if path.startswith("/wp-json"):
            return "wordpress"
        if _LISTING.fullmatch(path) or (path != "/" and _ARCHIVE.fullmatch(path)):
            return "listing"
        return "dates" if _DATES.fullmatch(path) else None

    def _shut(self, path: str, query: dict[str, str]) -> Answer | None:
        fault = self.faults.get(self._route(path, query) or "")
        if fault == "off":
            return self.not_found
        if fault == "403":
            return self._message("403 Forbidden", "You do not have permission to access this resource.", 403)
        return (
            self._message("One moment, please…", "Please wait while your request is being verified.", 200)
            if fault
            else None
        )

    def _message(self, title: str, text: str, status: int) -> Answer:
        main = f'<h1 class="wp-block-heading">{title}</h1>\n<p>{text}</p>\n'
        page = self.renderer.frame(
            f"<title>{title} &#8211; {people.INSTITUTE}</title>\n<meta name='robots' content='noindex'>\n",
            main,
            f"error{status}",
        )
        return Answer(page.encode(), status=status)

    def _redirect(self, path: str) -> Answer:
        return Answer(
            b"",
            status=301,
            headers={"Location": path if path.startswith("http") else self.home + path, "X-Redirect-By": "WordPress"},
        )

    def _for_machines(self, path: str, query: dict[str, str]) -> Answer | None:
        if path == "/robots.txt":
            return Answer(self.sources.robots().encode(), "text/plain; charset=utf-8")
        if match := _SITEMAP.fullmatch(path):
            if path == "/sitemap_index.xml":
                return Answer(self.sources.sitemap_index().encode(), XML, modified=self.built)
            if not match[1]:
                return self._redirect("/sitemap_index.xml")
            text = self.sources.sitemap(match[1])
            if text is None:
                return self.not_found
            packed = path.endswith(".gz")
            return Answer(
                gzip.compress(text.encode(), mtime=0) if packed else text.encode(),
                "application/gzip" if packed else XML,
                modified=self.built,
            )
        if path == "/feed":
            return self._redirect("/feed/")
        if path == "/feed/":
            page = query.get("paged", "1")
            feed = self.sources.feed(int(page)) if re.fullmatch(r"[0-9]{1,9}", page) else None
            return Answer(feed.encode(), RSS, modified=self.built) if feed else self.not_found
        if path.rstrip("/") == "/wp-json":
            return Answer(dump({"name": people.INSTITUTE, "url": self.home, "namespaces": ["wp/v2"]}), JSON)
        if path.startswith("/wp-json"):
            routes = {
                "/wp-json/wp/v2/posts": lambda: self.sources.posts(query),
                "/wp-json/wp/v2/pages": self.sources.pages,
            }
            status, value, headers = routes.get(path.rstrip("/"), no_route)()
            return Answer(dump(value), JSON, status, headers)
        return None

    def _upload(self, path: str, query: dict[str, str]) -> Answer | None:
        if path.startswith(theme.THEME):
            files: dict[str, tuple[bytes, str]] = {
                "/style.css": (theme.STYLE.encode(), "text/css"), "/base.css": (theme.BASE_STYLE.encode(),
                "text/css"), "/site.js": (theme.SCRIPT.encode(), "text/javascript"),
                "/fonts/demo-serif.woff2": (documents.FONT, "font/woff2"), "/paper.png": (documents.png(8, 8,
                0xF8F4EA), "image/png"),
            }  # fmt: skip
            found = files.get(path.removeprefix(theme.THEME))
            return Answer(*found, modified=self.built) if found else self.not_found
        if not path.startswith("/wp-content/uploads/"):
            return None
        if path == "/wp-content/uploads/2014/01/icon-32x32.png":
            return Answer(documents.png(32, 32, 0x123A5A), "image/png")
        number = self.institute.by_upload(path)
        if number is None:
            return self.not_found
        about = self.institute.outline(number)
        if match := _IMAGE.fullmatch(path):
            colour = zlib.crc32(path.rsplit("-", 1)[0].encode()) & 0xFFFFFF
            return Answer(documents.png(int(match[1]), int(match[2]), colour), "image/png", modified=about.published)
        publication = self.institute.publication(number)
        for document in publication.documents:
            if document.path == path:
                return Answer(
                    pdf.pdf(f"{about.title} ({document.title})", document_text(publication), people.INSTITUTE),
                    "application/pdf",
                    modified=publication.modified,
                )
        return self.not_found

    def _number_at(self, path: str) -> int | None:
        """The live publication that has its page exactly here."""
        match = _POST.fullmatch(path)
        number = self.institute.by_slug(match[2]) if match else None
        if match is None or number is None or not self.institute.is_live(number):
            return None
        about = self.institute.outline(number)
        if unquote(match[2]) != unquote(about.slug):  # it has moved
            return None
        if f"{about.published:%Y/%m/%d}" != match[1] or int(match[3] or 1) > about.pages:
            return None
        return number

    def _post(self, path: str, query: dict[str, str]) -> Answer | None:
        """A publication by its address, by its post id, or by an address of before; one that was taken down answers
        404 or 410."""
        if path == "/" and query.get("p", "").isdigit():
            number = self.institute.by_post_id(int(query["p"]))
            return (
                self._redirect(self.institute.outline(number).path)
                if number is not None and self.institute.is_live(number)
                else self.not_found
            )
        number = self._number_at(path)
        if number is not None:
            match = _POST.fullmatch(path)
            return self._page(number, int(match[3] or 1) if match else 1)
        if _LISTING.fullmatch(path) or path.count("/") < 2:
            return None
        number = self.institute.by_slug(path.rstrip("/").rsplit("/", 1)[-1])
        if number is None:
            return None
        about = self.institute.outline(number)
        if number in self.institute.editing.removed and number % 3 == 2:
            return self._redirect("/")
        if not self.institute.is_live(number):
            return (
                self._message("Gone", "This publication is no longer available.", 410) if number % 2 else self.not_found
            )
        if about.old_path and unquote(path) == unquote(about.old_path):
            return {301: self._redirect(about.path), 404: self.not_found}.get(about.old_answer) or self._page(number)
        return self._redirect(about.path)  # WordPress guesses by the slug

    def _page(self, number: int, page: int = 1) -> Answer:
        about = self.institute.outline(number)
        links = (
            f'<{self.home}/wp-json/>; rel="https://api.w.org/", <{self.home}/?p={about.post_id}>; rel=shortlink'
            if number % 8 != 5
            else ""
        )
        return Answer(
            self.renderer.publication(number, page).encode(),
            headers={"Link": links} if links else {},
            modified=self.built if number % 3 == 0 or number % 7 == 0 else self.institute.modified(number),
            etag=self._etag(number),
        )

    def _list(self, path: str, query: dict[str, str]) -> Answer | None:
        if match := _LISTING.fullmatch(path):
            sort, slug = match[2], unquote(match[3])
            chain = self.institute.listing(sort, slug)
            page = (
                self.listings.page(
                    match[1],
                    slug.replace("-", " ").title(),
                    chain,
                    int(match[4] or 1),
                    self.listings.design(sort, slug),
                )
                if chain
                else None
            )
        elif match := _ARCHIVE.fullmatch(path):
            page = self.listings.page(
                match[1],
                "Archive",
                self.institute.everything,
                int(match[2] or 1),
                "loops" if match[1] == "/" else "cut",
            )
        elif match := _DATES.fullmatch(path):
            page = self._date_archive(match)
        else:
            return None
        return Answer(page.encode(), modified=self.built) if page else self.not_found

    def _date_archive(self, match: re.Match[str]) -> str | None:
        year, month, day = (int(part) if part else None for part in match.group(2, 3, 4))
        try:
            low = datetime(year or 0, month or 1, day or 1, tzinfo=ZONE)
        except ValueError:
            return None
        high = (
            low + timedelta(days=1)
            if day
            else (low.replace(day=28) + timedelta(days=4)).replace(day=1)
            if month
            else low.replace(year=low.year + 1)
        )
        total = self.institute.total
        span = self.institute.between(first_at(low, total), first_at(high, total))
        if not len(span):
            return None
        name = match[1].strip("/").replace("/", "-")
        return self.listings.page(match[1], name, span, int(match[5] or 1), "cut")

    def _static(self, path: str, query: dict[str, str]) -> Answer | None:
        if path.strip("/") in theme.STATIC_PAGES:
            name = path.strip("/").replace("-", " ").title()
            if not path.endswith("/"):
                return self._redirect(path + "/")
            return self._plain(name, f"<p>The {people.INSTITUTE} is made up.</p>\n", "page-template-default page")
        if match := _CALENDAR.fullmatch(path):
            # The trap: a month always has a next one.
            month = int(match[1]) * 12 + int(match[2]) - 1
            links = ""
            for label, at in (("Previous month", month - 1), ("Next month", month + 1)):
                links += f'<a href="{self.home}/events/month/{at // 12:04}-{at % 12 + 1:02}/">{label}</a> '
            return self._plain("Events", f"<p>{links}</p>\n", "events-calendar")
        return None

    def _plain(self, title: str, main: str, body_class: str) -> Answer:
        head = f"<title>{title} &#8211; {people.INSTITUTE}</title>\n"
        return Answer(self.renderer.frame(head, f"<h1>{title}</h1>\n{main}", body_class).encode())
