"""RSS 0.9x, 1.0, 2.0 and Atom feeds."""

from lxml import etree

from archive.institutes.urls import absolute
from crawler.discovery.found import Entry, Found, Headers, SourceError, next_page, refuse_html

# A hundred posts in full have 10 MB; their tags are text of the feed, and its own are some 20 a post.
LARGEST = 16 * 1024 * 1024  # bytes
MOST_TAGS = 300_000  # each takes some 200 bytes of memory
_ROOTS = frozenset({"rss", "rdf", "feed"})
_HINTS = {  # by local name, in whatever namespace: pubDate, dc:date, atom:published, …
    "title": "title",
    "pubdate": "published",
    "date": "published",
    "published": "published",
    "updated": "lastmod",
    "modified": "lastmod",
    "creator": "author",
}


def read(body: bytes, url: str, headers: Headers = ()) -> Found:
    """A feed's items as entries. `more` is the page after this one: the feed's own `rel="next"` (RFC 5005), else the
    next number in the address. A feed without items is the end of its pages and no error."""
    refuse_html(body, url, "a feed")
    if len(body) > LARGEST or body.count(b"<") > MOST_TAGS:
        raise SourceError(
            f"{url} is over {LARGEST:,} bytes, or has more than {MOST_TAGS:,} tags", "a feed has some 10 to 100 items"
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(body.strip(), parser)
    except etree.XMLSyntaxError as error:
        raise SourceError(f"{url} is not XML ({error.msg})", "mend or remove it in the profile's [discovery]") from None
    if root is None or _local(root) not in _ROOTS:
        named = f"its outermost element is <{_local(root)}>" if root is not None else "it is not XML"
        raise SourceError(f"{url} is no feed: {named}", "mend or remove it in the profile's [discovery]")
    entries: list[Entry] = []
    unusable = 0
    for item in root.iter("{*}item", "{*}entry"):
        link = _link(item)
        spelled = absolute(link, url) if link else None
        if spelled is None:
            unusable += 1
        else:
            entries.append(Entry(spelled, _hints(item)))
    return Found(entries, _more(root, url) if entries else [], problem=_problem(url, parser, unusable))


def _link(item: etree._Element) -> str:
    """The item's page: RSS `link`, Atom `link` that is alternate, RSS `guid` that is a permanent link."""
    guid = ""
    for child in item:
        name = _local(child)
        if name == "link":
            if child.get("href") and child.get("rel", "alternate") == "alternate":
                return str(child.get("href"))
            if child.text and child.text.strip() and not child.get("href"):
                return child.text.strip()
        elif name == "guid" and child.get("isPermaLink", "true").lower() == "true":
            guid = (child.text or "").strip()
    return guid


def _hints(item: etree._Element) -> dict[str, str]:
    hints: dict[str, str] = {}
    for child in item:
        hint = _HINTS.get(_local(child))
        text = "".join(map(str, child.itertext())).strip() if hint else ""
        if hint and text:
            hints.setdefault(hint, text)
    return hints


def _more(root: etree._Element, url: str) -> list[str]:
    for link in root.iter("{http://www.w3.org/2005/Atom}link"):
        if link.get("rel") == "next" and link.get("href"):
            spelled = absolute(str(link.get("href")), url)
            return [spelled] if spelled and spelled != url else []
    following = next_page(url)
    return [following] if following else []


def _local(element: etree._Element) -> str:
    """The tag without its namespace, in lower case; empty for comments and entity references."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _problem(url: str, parser: etree.XMLParser, unusable: int) -> str | None:
    if len(parser.error_log):
        first = parser.error_log[0]
        return f"{url} is damaged XML at line {first.line} ({first.message}); what could be read was taken"
    if unusable:
        return f"{url} has {unusable} items without an http or https address; they were left out"
    return None
