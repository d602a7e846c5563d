"""The addresses that a page names: links to follow, and what it needs to be seen again."""

import re
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from archive.extract.html import Document, plain
from archive.extract.page import FoundLink
from archive.extract.warnings import Warning
from archive.institutes.urls import absolute

MAX_LINKS = 20_000
MAX_REQUISITES = 1_000

_CSS_URL = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"'\s]+))\s*\)""", re.IGNORECASE)
_CSS_IMPORT = re.compile(r"""@import\s+(?:"([^"]+)"|'([^']+)')""", re.IGNORECASE)
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_CHARSET = re.compile(rb'^@charset "([\w-]{2,30})";')
# In srcset commas end a candidate only before white space or the end: addresses may hold commas (HTML Standard,
# 4.8.4.2.1).
_CANDIDATE = re.compile(r"\s*,*\s*([^\s,]\S*[^\s,]|[^\s,])\s*([^,]*)(?:,|$)")
_ICONS = frozenset(
    ("icon", "shortcut", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon", "fluid-icon", "manifest")
)
_PRELOADS = frozenset(("font", "style", "script", "image"))
_TAGS = (
    "link",
    "script",
    "img",
    "source",
    "iframe",
    "frame",
    "embed",
    "object",
    "video",
    "audio",
    "track",
    "input",
    "style",
    "body",
    "table",
    "td",
    "use",
    "image",
)
_SOURCES = {
    "script": ("src",),
    "iframe": ("src", "data-src"),
    "frame": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "track": ("src",),
    "body": ("background",),
    "table": ("background",),
    "td": ("background",),
    "use": ("href",),
    "image": ("href",),
    "img": ("src", "data-src", "data-lazy-src", "data-original"),
    "source": ("src", "data-src"),
}


class _Seen:
    """Addresses made absolute once each: most links of a page stand there several times."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._known: dict[str, str | None] = {}

    def __call__(self, address: str) -> str | None:
        if address not in self._known:
            self._known[address] = absolute(address, self._base)
        return self._known[address]


def links(document: Document, texts: bool = True) -> tuple[FoundLink, ...]:
    """Every address that a reader can follow, once each, in the page's order; with the first text that names it, unless
    `texts` is off: a crawl that only follows links does without.
    """
    seen = _Seen(document.base)
    found: dict[str, tuple[str | None, bool]] = {}
    for element in document.tree.iter("a", "area"):
        address = element.get("href")
        if not address or address[0] == "#":
            continue
        url = seen(address)
        if url is None:
            continue
        known = found.get(url)
        nofollow = "nofollow" in (element.get("rel") or "")
        if known is None:
            if len(found) >= MAX_LINKS:
                document.warnings.append(Warning.TOO_MANY_LINKS)
                break
            found[url] = (_text(element) if texts else None, nofollow)
        elif (texts and known[0] is None) or (known[1] and not nofollow):
            found[url] = (known[0] or (_text(element) if texts else None), known[1] and nofollow)
    for element in document.tree.iter("link"):
        relations = (element.get("rel") or "").lower().split()
        if (
            relations
            and relations[0] in ("next", "prev", "canonical", "alternate", "shortlink", "amphtml")
            and _may_be_read(element)
        ):
            url = seen(element.get("href") or "") if element.get("href") else None
            if url and relations[0] in ("next", "prev", "canonical", "alternate") and url not in found:
                found[url] = (None, False)
    return tuple(FoundLink(url=url, text=text, nofollow=nofollow) for url, (text, nofollow) in found.items())


def _may_be_read(element: HtmlElement) -> bool:
    """An alternate that is a page in another language, not a feed or an oEmbed answer."""
    return not element.get("type") or "html" in (element.get("type") or "")


def _text(element: HtmlElement) -> str | None:
    text = plain("".join(element.itertext()) if len(element) else element.text)
    if not text:
        image = next(element.iter("img"), None)
        text = plain(
            element.get("title") or element.get("aria-label") or (image.get("alt") if image is not None else "")
        )
    return text[:500] or None


def requisites(document: Document) -> tuple[str, ...]:
    """What the page needs to be seen again, once each, in the page's order: whatever a browser would load of itself."""
    seen = _Seen(document.base)
    found: dict[str, None] = {}
    for address in _addresses(document):
        url = seen(address) if address and not address.startswith(("data:", "blob:", "javascript:", "#")) else None
        if url:
            found[url] = None
            if len(found) >= MAX_REQUISITES:
                document.warnings.append(Warning.TOO_MANY_LINKS)
                break
    return tuple(found)


def _addresses(document: Document) -> Iterator[str]:
    for element in document.tree.iter(*_TAGS):
        tag = element.tag
        if tag == "link":
            if _is_needed(element):
                yield element.get("href") or ""
            if element.get("imagesrcset"):
                yield from srcset(element.get("imagesrcset"))
        elif tag == "style":
            yield from in_css(element.text or "")
        elif tag == "input":
            if (element.get("type") or "").lower() == "image":
                yield element.get("src") or ""
        else:
            for name in _SOURCES[tag]:
                yield element.get(name) or ""
            for name in ("srcset", "data-srcset"):
                if element.get(name):
                    yield from srcset(element.get(name))
    for style in document.tree.xpath("//@style[contains(., 'url(')]"):
        yield from in_css(str(style))


def _is_needed(element: HtmlElement) -> bool:
    relations = (element.get("rel") or "").lower().split()
    if "stylesheet" in relations or not _ICONS.isdisjoint(relations) or "modulepreload" in relations:
        return True
    return ("preload" in relations or "prefetch" in relations) and (element.get("as") or "").lower() in _PRELOADS


def srcset(value: str) -> list[str]:
    """The addresses of a srcset's candidates."""
    return [match[1] for match in _CANDIDATE.finditer(value)]


def in_css(text: str) -> Iterable[str]:
    """The addresses of a stylesheet's @import and url(), comments left out; as they are written."""
    if "url(" not in text and "@import" not in text and "URL(" not in text:
        return []
    text = _CSS_COMMENT.sub("", text)
    found = [next(part for part in match if part) for match in _CSS_IMPORT.findall(text)]
    found += [part for match in _CSS_URL.findall(text) if (part := next((part.strip() for part in match if part), ""))]
    return found


def of_stylesheet(body: bytes, url: str) -> tuple[str, ...]:
    """What a captured stylesheet needs: imports, fonts, images; absolute, once each."""
    charset = _CSS_CHARSET.match(body)
    try:
        text = body.decode(charset[1].decode("ascii") if charset else "utf-8", "replace")
    except LookupError:
        text = body.decode("utf-8", "replace")
    found = (absolute(address, url) for address in in_css(text) if not address.startswith(("data:", "#")))
    return tuple(dict.fromkeys(address for address in found if address))[:MAX_REQUISITES]
