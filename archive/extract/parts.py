"""Which part of a publication a page is, where one is spread over several: told by the numbered links between them and
by their addresses, or, for chapters, by the profile's patterns."""

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from lxml.html import HtmlElement

from archive.extract.html import Document, plain
from archive.extract.page import Part, PartLink
from archive.institutes.patterns import Patterns, PatternTooSlow
from archive.institutes.profile import Profile
from archive.institutes.urls import UrlRule, absolute, canonical, decoded, judge, normal

MAX_PARTS = 100  # of one publication; the longest seen has 12
_MAY_BE = re.compile(r"(?:^|[/=-])[1-9][0-9]{0,2}/?(?:[#&].*)?$")
_IN_PATH = re.compile(r"(.+)/(?:page[/-])?([1-9][0-9]{0,2})/?")
_PAGERS = frozenset(("page", "paged", "pg", "pagenum", "page_num", "pageno", "pageon"))
# "Next page", «الصفحة التالية»: what such a link says where it does not say a number.
_ONWARD = re.compile(r"\b(?:next|previous|prev|back)\b|التالي|السابق|[»«›‹→←]", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")


def read(document: Document, profile: Profile) -> Part | None:
    """What a page says of the parts of its publication; null where it stands alone.

    A part is the page's own address with a number behind it (`/slug/2/`, `?page=2`), as WordPress, Joomla and Drupal
    write them, and a link to it says that number, “next” or “previous”, or has `rel=next`. WordPress' `rel=next` alone
    leads to the next post.
    """
    own = absolute(document.url) or document.url
    chapters = _Chapters.of(profile)
    of_chapter = chapters.split(own)
    numbered = _split(own)
    linked = list(_links(document, chapters, numbered is not None and numbered[1] > 1))
    if of_chapter is not None:
        return Part(number=of_chapter[1], first=of_chapter[0], others=_others(linked, of_chapter[0], own, profile))
    if numbered is not None and numbered[1] > 1:
        first, number = numbered
        before = any(_same(url, first) or (_split(url) or ("", 0)) == (first, number - 1) for url, _ in linked)
        if before and canonical(first) != canonical(profile.home or first + "/"):
            return Part(number=number, first=first, others=_others(linked, first, own, profile))
    others = _others(linked, own, own, profile)
    return Part(number=1, first=None, others=others) if others and (others[0].number == 2 or chapters) else None


def _others(linked: list[tuple[str, int]], first: str, own: str, profile: Profile) -> tuple[PartLink, ...]:
    """The parts behind the first that a page names, in order, itself left out."""
    found: dict[int, str] = {}
    for url, number in linked:
        split = _Chapters.of(profile).split(url) or _split(url)
        if (
            number > 1
            and split is not None
            and _same(split[0], first)
            and not _same(url, own)
            and judge(normal(url, profile), profile).rule is UrlRule.PAGE
        ):
            found.setdefault(number, url)
    return tuple(PartLink(number=number, url=found[number]) for number in sorted(found))[:MAX_PARTS]


def _links(document: Document, chapters: "_Chapters", back: bool) -> Iterator[tuple[str, int]]:
    """The addresses that a page's pager or its list of chapters names, each with the number of its part; with `back`
    also those without one, as 1."""
    for element in document.tree.iter("a", "link"):
        href = element.get("href")
        if not href or element.get("hreflang"):
            continue
        if chapters and (url := absolute(href, document.base)) and (found := chapters.split(url)):
            yield url, found[1]
        elif _MAY_BE.search(href) or (back and _may_be_first(element)):
            url = absolute(href, document.base)
            split = _split(url) if url else None
            number = split[1] if split else 1
            if url and _says(element, number):
                yield url, number


def _may_be_first(element: HtmlElement) -> bool:
    text = "".join(element.itertext()).strip() if element.tag == "a" else ""
    return len(text) < 30 and ("prev" in (element.get("rel") or "") or (bool(text) and _says(element, 1)))


def _says(element: HtmlElement, number: int) -> bool:
    """Whether a link is one of a pager: by its number, by its words or by its `rel`."""
    if {"next", "prev", "previous"} & set((element.get("rel") or "").lower().split()):
        return True
    text = plain("".join(element.itertext()))
    if element.tag != "a" or len(text) > 30:
        return False
    digits = _DIGITS.search(text)
    return int(digits[0]) == number if digits else bool(_ONWARD.search(text))


def _split(url: str) -> tuple[str, int] | None:
    """The address without its number, and the number; null where it has none."""
    parts = urlsplit(url)
    if parts.query:
        for name, value in parse_qsl(parts.query):
            if name.lower() in _PAGERS and value.isascii() and value.isdecimal() and len(value) < 4:
                rest = "&".join(part for part in parts.query.split("&") if part.partition("=")[0] != name)
                return urlunsplit((parts.scheme, parts.netloc, parts.path, rest, "")), int(value)
        return None
    found = _IN_PATH.fullmatch(parts.path)
    if found is None:
        return None
    slash = "/" if parts.path.endswith("/") else ""
    return urlunsplit((parts.scheme, parts.netloc, found[1] + slash, "", "")), int(found[2])


@lru_cache(maxsize=4096)
def _key(url: str) -> str:
    return canonical(url)


def _same(one: str, other: str) -> bool:
    return _key(one) == _key(other)


class _Chapters:
    """The profile's patterns of chapters, compiled."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        self._patterns = Patterns(patterns)

    @staticmethod
    def of(profile: Profile) -> "_Chapters":
        return _compiled(profile.urls.chapters)

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def split(self, url: str) -> tuple[str, int] | None:
        """The address of the publication that a chapter belongs to, and its place behind the first page."""
        if not self:
            return None
        try:
            found = self._patterns.find(decoded(url))
        except PatternTooSlow:
            return None
        if found is None or not found.groups.get("number", "").isdecimal() or "of" not in found.groups:
            return None
        first = absolute(found.groups["of"], url)
        return (first, int(found.groups["number"]) + 1) if first else None


@lru_cache(maxsize=64)
def _compiled(patterns: tuple[str, ...]) -> _Chapters:
    return _Chapters(patterns)
