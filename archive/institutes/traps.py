"""Traps: addresses of which there is no end, told by their shape alone, the same for every institute.

A trap is cut and counted by its name. Where real pages of an institute look like one, its profile says so in
`urls.no_trap`.
"""

import re
from collections import Counter

LONGEST = 2083  # characters: what Scrapy's URLLENGTH_LIMIT and Internet Explorer allow
DEEPEST = 20  # path segments, as Heritrix' TooManyPathSegmentsDecideRule
MOST_PARAMETERS = 4

# Parameters that make endless or useless variants of a page, by the trap's name. Names are compared in lower case.
_NAMES = {
    "calendar": {
        "month", "date", "day", "week", "yearmonth", "calendar", "ical", "outlook-ical", "eventdisplay", "eventdate",
        "tribe-bar-date", "tribe_event_display", "tribe_paged",
    },
    "reply": {"replytocom", "comment_id", "unapproved", "moderation-hash"},
    "sort": {"sort", "sort_by", "sortby", "sortorder", "sort_order", "order", "order_by", "orderby", "dir"},
    "share": {"share", "shared", "openlinkedinshare"},
    "print": {"print", "printable", "print_view", "tmpl"},
    "filter": {"filter", "filters", "filter_by", "filterby"},
}  # fmt: skip
_TRAPS = {name: trap for trap, names in _NAMES.items() for name in names}
_FACETS = frozenset({
    "topic", "topics", "region", "regions", "country", "countries", "theme", "themes", "issue", "issues", "category",
    "categories", "cat", "tag", "tags", "author", "authors", "expert", "experts", "program", "programs", "programme",
    "type", "types", "post_type", "content_type", "format", "year", "language", "lang", "taxonomy", "term", "facet",
    "f",
})  # fmt: skip
_PAGERS = frozenset({
    "page", "paged", "pg", "pagenum", "page_num", "pageno", "page_no", "pagenumber", "pageon", "currentpage", "_page",
    "sf_paged", "query-0-page",
})  # fmt: skip
_PAGE_IN_PATH = re.compile(r"/page/([0-9]+)(?:/|$)")
_CALENDAR_PATH = re.compile(
    r"(?i)/(?:calendar|ical|تقويم)(?:/|$)|/events?/(?:month|week|day|today|[12][0-9]{3}-[0-9]{2})(?:/|$)|\.ics$"
)
_PRINT_PATH = re.compile(r"(?i)/print/?$")


def trap(path: str, query: str, furthest: int) -> str:
    """The name of the trap that a path and a query, both percent-decoded, lead into; empty when none.

    `furthest` is the last page of a listing that is still believed (the profile's `max_pages_per_listing`).
    """
    if path.count("/") > 3:
        segments = [segment for segment in path.split("/") if segment]
        if len(segments) > DEEPEST:
            return "deep-path"
        if len(set(segments)) + 2 <= len(segments) and _repeats(segments):
            return "repeated-segments"
    page = _PAGE_IN_PATH.search(path)
    if page and _beyond(page[1], furthest):
        return "endless-paging"
    if _CALENDAR_PATH.search(path):
        return "calendar"
    if _PRINT_PATH.search(path):
        return "print"
    return _in_query(query, furthest) if query else ""


def _repeats(segments: list[str]) -> bool:
    """Whether one segment stands three times, wherever, or a run of two to four three times in a row: /a/a/a/ or
    /a/b/b/a/c/a/. Numbers may: /12/12/12/.
    """
    if any(count > 2 and not segment.isdecimal() for segment, count in Counter(segments).items()):
        return True
    for width in range(1, 5):
        for start in range(len(segments) - 3 * width + 1):
            run = segments[start : start + width]
            if run == segments[start + width : start + 2 * width] == segments[start + 2 * width : start + 3 * width]:
                return True
    return False


def _beyond(digits: str, furthest: int) -> bool:
    return len(digits) > 9 or int(digits) > furthest


def _in_query(query: str, furthest: int) -> str:
    facets = 0
    parts = query.split("&")
    for part in parts:
        name, _, value = part.partition("=")
        bare, bracket, _ = name.lower().removeprefix("amp;").partition("[")
        known = _TRAPS.get(bare)
        if known:
            return known
        if bare in _PAGERS and value.isdecimal() and _beyond(value, furthest):
            return "endless-paging"
        facets += bool(bracket) or bare in _FACETS
    return "facets" if facets > 1 or len(parts) > MOST_PARAMETERS else ""
