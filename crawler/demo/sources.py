# ruff: noqa: E501 - lines of markup and lists of words are easier to read whole
"""What the demo says of itself to machines: robots.txt, sitemaps, feed, REST."""

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from crawler.demo import people, theme
from crawler.demo.institute import Institute
from crawler.demo.outline import Outline, first_at

FEED_ITEMS = 10
SITEMAP_MOST = 1000


class Sources:
    def __init__(self, institute: Institute) -> None:
        self.institute, self.home = institute, institute.home.rstrip("/")
        # Small sites too have several children, so that index, plain and gzipped child are met by every test.
        self.sitemap_size = min(SITEMAP_MOST, max(10, institute.total // 3 + 1))

    def robots(self) -> str:
        return (
            "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\nDisallow: /?s=\nDisallow: /subscribe/\n\n"
            f"Sitemap: {self.home}/sitemap_index.xml\n"
        )

    def sitemap_children(self) -> list[str]:
        """Paths; the first, of the oldest publications, is gzipped."""
        count = -(-len(self.institute.everything) // self.sitemap_size)
        posts = [f"/post-sitemap{n + 1}.xml{'.gz' if n == 0 else ''}" for n in range(count)]
        return [*posts, "/page-sitemap.xml", "/category-sitemap.xml"]

    def sitemap_index(self) -> str:
        entries = "".join(
            f"\t<sitemap>\n\t\t<loc>{self.home}{path}</loc>\n\t</sitemap>\n" for path in self.sitemap_children()
        )
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</sitemapindex>\n'

    def sitemap(self, name: str) -> str | None:
        """A child by its name, such as `post-sitemap2.xml`, or None if there is none of this name."""
        if f"/{name}" not in self.sitemap_children():
            return None
        if name == "page-sitemap.xml":
            return _urlset(_url(f"{self.home}/{page}/", None) for page in theme.STATIC_PAGES)
        if name == "category-sitemap.xml":
            return _urlset(_url(f"{self.home}/category/{term.slug}/", None) for term in people.CATEGORIES.values())
        everything = self.institute.everything
        start = (int(name.removeprefix("post-sitemap").split(".")[0]) - 1) * self.sitemap_size
        numbers = [everything[at] for at in range(start, min(start + self.sitemap_size, len(everything)))]
        return _urlset(_url(self.home + self.institute.outline(n).path, self.institute.modified(n)) for n in numbers)

    def feed(self, page: int) -> str | None:
        """Page `page` of the RSS feed, or None past the end."""
        numbers = list(self.institute.everything.newest((page - 1) * FEED_ITEMS, FEED_ITEMS)) if page >= 1 else []
        if not numbers:
            return None
        items = "".join(self._item(self.institute.outline(n)) for n in numbers)
        newest = format_datetime(self.institute.outline(numbers[0]).published.astimezone(UTC))
        return (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">\n'
            f'<channel>\n\t<title>{people.INSTITUTE}</title>\n\t<atom:link href="{self.home}/feed/" rel="self" type="application/rss+xml" />\n\t<link>{self.home}</link>\n'
            f"\t<description>Made-up publications</description>\n\t<lastBuildDate>{newest}</lastBuildDate>\n\t<language>en-US</language>\n{items}</channel>\n</rss>\n"
        )

    def _item(self, about: Outline) -> str:
        creator = about.people[0].name if about.people else people.SHORT
        categories = "".join(f"<category><![CDATA[{term.name}]]></category>" for term in (about.category, *about.tags))
        return (
            f"\t<item>\n\t\t<title>{escape(about.title)}</title>\n\t\t<link>{self.home}{about.path}</link>\n\t\t<dc:creator><![CDATA[{creator}]]></dc:creator>\n"
            f"\t\t<pubDate>{format_datetime(about.published.astimezone(UTC))}</pubDate>\n\t\t{categories}\n"
            f'\t\t<guid isPermaLink="false">{self.home}/?p={about.post_id}</guid>\n\t\t<description><![CDATA[{(about.standfirst or about.title)[:120]} [&#8230;]]]></description>\n\t</item>\n'
        )

    def posts(self, query: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        """`/wp-json/wp/v2/posts`: status, what to write as JSON, headers. Knows page, per_page, order, after, modified_after (the last one first) and _fields."""
        page, size = _number(query.get("page", "1")), _number(query.get("per_page", "10"))
        if page is None or size is None or page < 1 or not 1 <= size <= 100:
            return 400, _error("rest_invalid_param", "Invalid parameter(s): per_page", 400), {}
        everything = self.institute.everything
        total = len(everything)
        changed = self.institute.modified_after(_stamp(query["modified_after"])) if "modified_after" in query else None
        if changed is not None:
            total = len(changed)
        elif "after" in query:
            total -= everything.below(first_at(_stamp(query["after"]), self.institute.total))
        pages = -(-total // size)
        if page > max(pages, 1):
            return (
                400,
                _error(
                    "rest_post_invalid_page_number",
                    "The page number requested is larger than the number of pages available.",
                    400,
                ),
                {},
            )
        start = (page - 1) * size
        if changed is not None:
            numbers = changed[start : start + size]
        elif query.get("order") == "asc":
            oldest = len(everything) - total
            numbers = [everything[at] for at in range(oldest + start, min(oldest + start + size, len(everything)))]
        else:
            numbers = list(everything.newest(start, min(size, total - start)))
        posts = [self._post(n) for n in numbers]
        if "_fields" in query:
            wanted = {field.split(".")[0] for field in query["_fields"].split(",")}
            posts = [{key: value for key, value in post.items() if key in wanted} for post in posts]
        return (
            200,
            posts,
            {
                "X-WP-Total": str(total),
                "X-WP-TotalPages": str(pages),
                "Access-Control-Expose-Headers": "X-WP-Total, X-WP-TotalPages, Link",
            },
        )

    def _post(self, number: int) -> dict[str, Any]:
        about = self.institute.outline(number)
        modified = self.institute.modified(number)
        excerpt = f"<p>{escape(about.standfirst[:200])} [&hellip;]</p>\n" if about.standfirst else ""
        return {
            "id": about.post_id, "date": _local(about.published), "date_gmt": _local(about.published.astimezone(UTC)),
            "guid": {"rendered": f"{self.home}/?p={about.post_id}"}, "modified": _local(modified), "modified_gmt": _local(modified.astimezone(UTC)),
            "slug": about.slug, "status": "publish", "type": "post", "link": self.home + about.path, "title": {"rendered": escape(about.title).replace("’", "&#8217;")},
            "excerpt": {"rendered": excerpt, "protected": False}, "author": 2, "featured_media": 0, "comment_status": "closed", "ping_status": "closed",
            "sticky": False, "template": "", "format": "standard", "categories": [list(people.CATEGORIES).index(about.kind) + 3], "tags": [],
        }  # fmt: skip

    def pages(self) -> tuple[int, Any, dict[str, str]]:
        """`/wp-json/wp/v2/pages`"""
        pages = [
            {
                "id": 2 + n,
                "slug": slug,
                "type": "page",
                "link": f"{self.home}/{quote(slug)}/",
                "title": {"rendered": slug.title()},
            }
            for n, slug in enumerate(theme.STATIC_PAGES)
        ]
        return 200, pages, {"X-WP-Total": str(len(pages)), "X-WP-TotalPages": "1"}


def no_route() -> tuple[int, Any, dict[str, str]]:
    return 404, _error("rest_no_route", "No route was found matching the URL and request method.", 404), {}


def dump(value: Any) -> bytes:
    """JSON as WordPress writes it: slashes escaped, nothing but ASCII."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode()


def _error(code: str, message: str, status: int) -> dict[str, Any]:
    return {"code": code, "message": message, "data": {"status": status}}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _stamp(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _local(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")


def _url(address: str, modified: datetime | None) -> str:
    lastmod = f"\n\t\t<lastmod>{modified.astimezone(UTC).isoformat(timespec='seconds')}</lastmod>" if modified else ""
    return f"\t<url>\n\t\t<loc>{address}</loc>{lastmod}\n\t</url>\n"


def _urlset(urls: Any) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{"".join(urls)}</urlset>\n'
