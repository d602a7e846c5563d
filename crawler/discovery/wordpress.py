"""Collections of the WordPress REST API, such as `/wp-json/wp/v2/posts?per_page=100&page=1`."""

import html
import json
import urllib.parse
from typing import Any

from archive.institutes.urls import absolute
from crawler.discovery.found import Entry, Found, Headers, SourceError, header, next_page, refuse_html

LARGEST = 32 * 1024 * 1024  # bytes; a hundred posts in full have 10 MB
MOST_VALUES = 2_000_000  # commas and brackets, those of texts too; each value takes some 60 bytes of memory
_PAST_THE_END = "rest_post_invalid_page_number"
_SHUT = "the site may have shut its REST API: take it out of the profile's discovery.wordpress if it stays so"
_DEFAULT_PER_PAGE = 10
_STAMPS = {
    "modified_gmt": ("lastmod", "Z"),
    "modified": ("lastmod", ""),
    "date_gmt": ("published", "Z"),
    "date": ("published", ""),
}


def read(body: bytes, url: str, headers: Headers = ()) -> Found:
    """The collection's posts as entries, with hints `id, type, title, published, lastmod`. `more` is the next page as
    long as X-WP-TotalPages says that there is one, or, without that header, as this page is full. `stated_total` is
    X-WP-Total."""
    headers = tuple(headers)
    refuse_html(body, url, "WordPress' JSON")
    if len(body) > LARGEST or sum(map(body.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise SourceError(
            f"{url} is over {LARGEST:,} bytes, or has more than {MOST_VALUES:,} values",
            "a page of it has at most 100 posts: ask for fewer with per_page in the profile's discovery.wordpress",
        )
    try:
        answer = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{url} is not JSON ({error})", _SHUT) from None
    if isinstance(answer, dict) and answer.get("code") == _PAST_THE_END:
        return Found()
    if isinstance(answer, dict) and "code" in answer:
        raise SourceError(f"{url} answered {answer['code']!s:.60} ({answer.get('message', '')!s:.120})", _SHUT)
    if not isinstance(answer, list):
        raise SourceError(f"{url} is JSON, but no list of posts", "name a collection, such as /wp-json/wp/v2/posts")
    entries = [entry for item in answer if (entry := _entry(item, url))]
    unusable = len(answer) - len(entries)
    return Found(
        entries,
        _more(url, len(answer), _number(header(headers, "X-WP-TotalPages"))),
        _number(header(headers, "X-WP-Total")),
        f"{url} has {unusable} items without an http or https link; they were left out" if unusable else None,
    )


def _entry(item: Any, url: str) -> Entry | None:
    link = item.get("link") if isinstance(item, dict) else None
    spelled = absolute(link, url) if isinstance(link, str) and link else None
    if spelled is None:
        return None
    hints: dict[str, str] = {}
    title = item.get("title")
    rendered = title.get("rendered") if isinstance(title, dict) else title
    if isinstance(rendered, str) and rendered.strip():
        hints["title"] = html.unescape(rendered).strip()
    for key in ("id", "type"):
        if isinstance(item.get(key), (int, str)):
            hints[key] = str(item[key])
    for key, (hint, zone) in _STAMPS.items():
        if isinstance(item.get(key), str) and item[key]:
            hints.setdefault(hint, item[key] + zone)
    return Entry(spelled, hints)


def _more(url: str, count: int, total_pages: int | None) -> list[str]:
    following = next_page(url)
    if not following or not count:
        return []
    query = dict(urllib.parse.parse_qsl(url.partition("?")[2]))
    if total_pages is None:
        full = count >= (_number(query.get("per_page")) or _DEFAULT_PER_PAGE)
        return [following] if full else []
    return [following] if (_number(query.get("page")) or 1) < total_pages else []


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
