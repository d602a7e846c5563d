"""The elements of a page that say by tag, class, `itemprop` or `rel` what they hold: gathered in one pass, read by the
fields' modules."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from lxml.html import HtmlElement

from archive.extract.html import Document, plain
from archive.extract.selector import query

_MARKED = query("descendant::*[@class or @itemprop or @rel or self::time or self::h1]")
_WORDS = {
    "author": re.compile(
        r"author(?!iz|is|it)|by-?line|byline|posted-?by|written-?by|post_?by|by_line|contributor|(?:^|[\s_-])(?:fn|by|"
        r"writer|writers|vcard|expert-name)(?:$|[\s_-])"
    ),
    "date": re.compile(
        r"date(?!picker|-picker|base)|publish|posted|time(?:stamp)?(?:$|[\s_-])|(?:^|[\s_-])(?:pub|created|when|"
        r"day)(?:$|[\s_-])|meta"
    ),
    "standfirst": re.compile(
        r"(?:^|[\s_-])(?:standfirst|dek|deck|sub-?title|sub-?head(?:ing|line)?|kicker-text|lede|lead|excerpt|"
        r"intro(?:duction)?|summary|teaser-text|tagline)(?:$|[\s_-])"
    ),
}
_WORDS["body"] = re.compile(
    r"(?:^|\s)(?:entry-content|wp-block-post-content|post-content|article-content|articlebody)(?:\s|$)"
)
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|respond|related\w*|side-?bar|recommend\w*|popular|recents?|more-?(?:posts|"
    r"articles|stories|from)|read-?(?:next|more|also)|"
    r"carousel|slider|navigation|nav|menu|bread-?crumbs?|cards?|teasers?|promos?|newsletter|latest|trending|up-?next|"
    r"next-?posts?|footer-widgets?|loop|"
    r"post-?list|posts-?list|site-?footer|colophon|reply|pingback|testimonials?|modal|popup|review-?list|"
    r"also-?like)(?:$|[\s_-])",
    re.IGNORECASE,
)
_OWN_FOOTER = re.compile(r"entry|post|article|author|meta", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mark:
    """An element that stands out, and its place among those that do, in document order."""

    element: HtmlElement
    place: int


@dataclass(slots=True)
class Signals:
    """What one pass over the page found. `title` is set by `title.read`, and `place` says where it stands."""

    headlines: list[Mark] = field(default_factory=list)
    authors: list[Mark] = field(default_factory=list)
    dates: list[Mark] = field(default_factory=list)
    times: list[Mark] = field(default_factory=list)
    standfirsts: list[Mark] = field(default_factory=list)
    bodies: list[Mark] = field(default_factory=list)
    terms: list[Mark] = field(default_factory=list)
    title: HtmlElement | None = None
    place: int = -1
    ancestors: frozenset[HtmlElement] = frozenset()

    def settle(self, title: HtmlElement | None) -> None:
        """Note which element is the title: what shares its containers is the page's own."""
        self.title = title
        if title is not None:
            self.ancestors = frozenset(title.iterancestors())
            self.place = next((mark.place for mark in self.headlines if mark.element is title), -1)

    def aside(self, element: HtmlElement) -> bool:
        """Whether an element stands in a part that is not about this publication: comments, cards, side rail, menus,
        the site's footer.

        Containers that hold the title too are never aside, whatever their classes say (`content-sidebar-wrap`).
        """
        node: HtmlElement | None = element
        while node is not None and node not in self.ancestors:
            if node.tag in ("nav", "form", "blockquote"):
                return True
            if node.tag == "footer" and not _own_footer(node):
                return True
            if _is_aside(f"{node.get('class') or ''} {node.get('id') or ''}") and node is not self.title:
                return True
            if node.tag == "li" and "wp-block-post" in (node.get("class") or "").split():
                return True
            node = node.getparent()
            if node is not None and node.tag in ("body", "html"):
                return False
        return False


@lru_cache(maxsize=8192)
def _is_aside(words: str) -> bool:
    return bool(_ASIDE.search(words))


def _own_footer(footer: HtmlElement) -> bool:
    return bool(_OWN_FOOTER.search(footer.get("class") or "")) or any(
        node.tag == "article" for node in footer.iterancestors()
    )


@lru_cache(maxsize=65536)
def _meanings(words: str) -> tuple[str, ...]:
    """What class names speak of; pages repeat them, so few are looked at twice."""
    found: dict[str, None] = {}
    for word in words.lower().split():
        if meanings := _meaning(word):
            found.update(meanings)
    return tuple(found)


@lru_cache(maxsize=65536)
def _meaning(word: str) -> dict[str, None]:
    return {name: None for name, pattern in _WORDS.items() if pattern.search(word)}


def gather(document: Document) -> Signals:
    """One pass over the page."""
    signals = Signals()
    lists = {
        "author": signals.authors,
        "date": signals.dates,
        "body": signals.bodies,
        "standfirst": signals.standfirsts,
    }
    for place, element in enumerate(_MARKED(document.body)):
        tag, get = element.tag, element.get
        if tag == "h1":
            signals.headlines.append(Mark(element, place))
            continue
        words, prop, rel = get("class") or "", get("itemprop"), get("rel")
        if prop:
            words = f"{words} {prop}"
        if rel:
            if "author" in rel:
                words = f"{words} author"
            if tag == "a" and ("tag" in rel.split() or "category" in rel):
                signals.terms.append(Mark(element, place))
        if tag == "time":
            signals.times.append(Mark(element, place))
        for meaning in _meanings(words):
            lists[meaning].append(Mark(element, place))
    return signals


def short_text(element: HtmlElement, limit: int) -> str | None:
    """The element's text on one line, without scripts and styles; null where it is empty or longer than `limit`
    characters."""
    pieces: list[str] = []
    length = 0
    for piece in _texts(element):
        pieces.append(piece)
        length += len(piece.strip())
        if length > limit:
            return None
    return plain("".join(pieces)) or None


_BREAKS = frozenset(
    [
        "p",
        "div",
        "li",
        "ul",
        "ol",
        "br",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "tr",
        "td",
        "section",
        "article",
        "header",
        "footer",
        "dt",
        "dd",
    ]
)


def _texts(element: HtmlElement) -> Iterator[str]:
    if element.tag in ("script", "style", "noscript", "template", "svg", "button", "select", "option"):
        return
    if element.tag in _BREAKS:
        yield "\n"
    if element.text:
        yield element.text
    for child in element:
        if isinstance(child.tag, str):
            yield from _texts(child)
        if child.tail:
            yield child.tail
    if element.tag in _BREAKS:
        yield "\n"


def lines(element: HtmlElement, limit: int) -> str | None:
    """As `short_text`, but what stands in blocks of its own keeps its own line."""
    pieces: list[str] = []
    length = 0
    for piece in _texts(element):
        pieces.append(piece if piece == "\n" else re.sub(r"\s+", " ", piece))
        length += len(piece.strip())
        if length > limit:
            return None
    found = [plain(line) for line in "".join(pieces).split("\n")]
    return "\n".join(line for line in found if line) or None
