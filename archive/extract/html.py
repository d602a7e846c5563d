"""A page, decoded and parsed once: all parts of the extraction read the same `Document`."""

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from bs4 import BeautifulSoup
from lxml import etree
from lxml.html import HtmlElement, HTMLParser

from archive.extract.charset import decode
from archive.extract.selector import compiled, query
from archive.extract.warnings import Warning
from archive.institutes.urls import absolute

# Limits are counts, so that they cut at the same place on every machine (contracts.md).
MAX_BYTES = 32 * 1024 * 1024  # the capture's own limit for a page
MAX_DEPTH = 255  # what libxml2 allows without `huge_tree`: no honest page comes near, and our own recursion stays small
MAX_ATTRIBUTES = 400  # the longest honest tag seen had 60; libxml2 needs quadratic time for tens of thousands
MAX_TAGS = 250_000  # that open: the longest book in HTML has 60,000; a page of so many takes 4 s and 400 MB
MAX_FIELD = 10_000  # characters of <title> and of a <meta>: such fields are lines
MAX_JSONLD = 50
MAX_SHORT = 320  # characters: the longest note on a translation that was seen has 290

_SILENT = frozenset(("script", "style", "noscript", "template", "option", "button", "label"))
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_OPENS = re.compile("<(?!/)")
_ANY_TAG = re.compile(r"<[a-zA-Z!?/]")
# A tag to its end; a quote without its other half is a sign like any other.
_TAG = re.compile(r"([a-zA-Z][\w:-]*)(\s(?:[^<>\"']+|\"[^\"]*\"|'[^']*'|[\"'])*)")
_ATTRIBUTE = re.compile(r"[^\s=]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'][^\s]*))?")
# Taken out of a page that is nested too deep: they say nothing about the text but where it stands.
_CONTAINER = re.compile(
    r"</?(?:div|span|section|article|main|center|font|b|i|u|em|strong|small|big|form|blockquote|table|tbody|tr|td|ul|ol|li|dl|dd|dt|"
    r"custom|[a-z]+-[\w-]+)(?:\s[^>]*)?>",
    re.IGNORECASE,
)
_IS_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")
_NOT_FLAT = re.compile(
    r"</?(?!(?:html|head|title|meta|link|script|style|body|p|br|a|img)[\s>/])[a-z!?/][^<>]*>", re.IGNORECASE
)


@dataclass(frozen=True, eq=False)
class Document:
    """One HTML page. `tree` is read only for all but `archive.extract`'s own body rules, which work on what it holds
    and never add to it.

    `warnings` collects codes while the page is read (archive/extract/warnings.py).
    """

    url: str
    tree: HtmlElement
    headers: tuple[tuple[str, str], ...] = ()
    warnings: list[str] = field(default_factory=list)

    @classmethod
    def from_bytes(
        cls, body: bytes, url: str, content_type: str | None = None, headers: tuple[tuple[str, str], ...] = ()
    ) -> "Document":
        """Decode and parse. Never raises: what is wrong becomes a warning, and an unreadable page an empty tree."""
        warnings: list[str] = []
        if len(body) > MAX_BYTES:
            body = body[:MAX_BYTES]
            warnings.append(Warning.TOO_LARGE)
        return cls(url, _parse(decode(body, content_type, warnings), warnings), headers, warnings)

    @cached_property
    def body(self) -> HtmlElement:
        """The <body>, or the root where there is none."""
        body = self.tree.find("body")
        return self.tree if body is None else body

    @cached_property
    def body_classes(self) -> frozenset[str]:
        return frozenset((self.body.get("class") or "").split())

    @cached_property
    def base(self) -> str:
        """What relative addresses are joined to: <base href>, else the page's address."""
        element = self.tree.find(".//base[@href]")
        return (absolute(element.get("href"), self.url) if element is not None else None) or self.url

    @cached_property
    def of_class(self) -> dict[str, list[HtmlElement]]:
        """The elements of every class, in document order: most selectors of a profile can be answered from it."""
        found: dict[str, dict[HtmlElement, None]] = {}
        for element in _classed(self.tree):
            for name in element.get("class").split():
                found.setdefault(name, {})[element] = None
        return {name: list(elements) for name, elements in found.items()}

    @cached_property
    def _places(self) -> dict[HtmlElement, int]:
        return {element: place for place, element in enumerate(self.tree.iter())}

    @cached_property
    def short_texts(self) -> list[tuple[str, HtmlElement]]:
        """The texts of up to 320 characters between two tags of the body, each with the element that it stands in, in
        document order; without scripts and what a form shows. Gathered once: bylines and notes are looked for here."""
        found = []
        for element in self.body.iter():
            text, tail = element.text, element.tail
            if text and len(text) <= MAX_SHORT and element.tag not in _SILENT and not text.isspace():
                found.append((text, element))
            if tail and len(tail) <= MAX_SHORT and not tail.isspace() and (parent := element.getparent()) is not None:
                found.append((tail, parent))
        return found

    def place(self, element: HtmlElement) -> int:
        """Which element of the page it is, counted in document order."""
        return self._places[element]

    @cached_property
    def _metas(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for element in self.tree.iter("meta"):
            content = element.get("content")
            if content and content.strip():
                for key in ("name", "property", "itemprop", "http-equiv"):
                    # Microdata in the body may be a comment's or a card's.
                    if (name := element.get(key)) and (key != "itemprop" or _in_head(element)):
                        found.setdefault(name.strip().lower(), []).append(content.strip()[:MAX_FIELD])
        return found

    def meta(self, *names: str) -> str | None:
        """The content of the first <meta> with one of these names (or properties), the names tried in order."""
        return next((self._metas[name][0] for name in names if name in self._metas), None)

    def metas(self, name: str) -> list[str]:
        """The contents of all <meta> of that name, in order: `article:tag` stands many times."""
        return self._metas.get(name, [])

    @cached_property
    def jsonld(self) -> list[dict[str, Any]]:
        """The objects of all JSON-LD scripts, `@graph` unrolled; what does not parse is left out."""
        found: list[dict[str, Any]] = []
        for script in self.tree.iter("script"):
            if "ld+json" in (script.get("type") or "").lower() and len(found) < MAX_JSONLD:
                found.extend(_objects(_loads(script.text or "")))
        return found[:MAX_JSONLD]

    def select(self, css: str, within: HtmlElement | None = None) -> list[HtmlElement]:
        """The elements that a CSS selector matches, in document order. What cannot be said in XPath goes to
        soupsieve, which is slow."""
        choices = compiled(css)
        if choices is None:
            return _by_soup(self.tree if within is None else within, css)
        groups = [choice(self.tree, self.of_class) for choice in choices]
        if within is not None:
            groups = [[one for one in group if one is within or within in one.iterancestors()] for group in groups]
        groups = [group for group in groups if group]
        if len(groups) < 2:
            return groups[0] if groups else []
        return sorted({element for group in groups for element in group}, key=self._places.__getitem__)


def _parse(text: str, warnings: list[str]) -> HtmlElement:
    if "\0" in text:
        warnings.append(Warning.NUL_BYTES)
        if len(_CONTROLS.findall(text[:4096])) > 40:  # one in a hundred: a picture or a program
            warnings.append(Warning.NOT_HTML)
            text = ""
        text = text.replace("\0", "")
    if not text.strip():
        if Warning.NOT_HTML not in warnings:
            warnings.append(Warning.EMPTY_BODY)
        text = "<html><body></body></html>"
    if not _ANY_TAG.search(text):
        warnings.append(Warning.NOT_HTML)
        text = f"<html><body><pre>{text.replace('<', '&lt;')}</pre></body></html>"
    fewer = _fewer_tags(text)
    if len(fewer) < len(text):
        warnings.append(Warning.TOO_LARGE)
    text, fewer = fewer, _fewer_attributes(fewer)
    if len(fewer) < len(text):
        warnings.append(Warning.TOO_MANY_ATTRIBUTES)
    root = _tree(fewer)
    if root is not None and _IS_DEEP(root):
        warnings.append(Warning.TOO_DEEP)
        root = _tree(fewer := _CONTAINER.sub(" ", fewer))
        if root is not None and _IS_DEEP(root):
            root = _tree(_NOT_FLAT.sub(" ", fewer))
    if root is None:
        warnings.append(Warning.NOT_HTML)
        root = _tree("<html><body></body></html>")
        assert root is not None
    for title in root.iter("title"):
        title.text = (title.text or "")[:MAX_FIELD]
    return root


def _tree(text: str) -> HtmlElement | None:
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    # The classes of lxml.html for forms and inputs are looked up in Python, element by element: a quarter of all
    # time, for nothing.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.ParserError:
        return None


def _fewer_tags(text: str) -> str:
    """The page to the last tag that it may open."""
    if text.count("<") - text.count("</") <= MAX_TAGS:
        return text
    opened = (found.start() for found in _OPENS.finditer(text))
    return text[: next(islice(opened, MAX_TAGS, None), len(text))]


def _fewer_attributes(text: str) -> str:
    """Without the attributes of a tag that are past the limit: libxml2 compares each with all before it."""
    pieces = text.split("<")
    if max(map(len, pieces)) < 4 * MAX_ATTRIBUTES:
        return text
    for number, piece in enumerate(pieces):
        if len(piece) >= 4 * MAX_ATTRIBUTES and (tag := _TAG.match(piece)) and len(tag[2]) >= 4 * MAX_ATTRIBUTES:
            kept = [found[0] for found in islice(_ATTRIBUTE.finditer(tag[2]), MAX_ATTRIBUTES + 1)]
            if len(kept) > MAX_ATTRIBUTES:
                pieces[number] = f"{tag[1]} {' '.join(kept[:MAX_ATTRIBUTES])}{piece[tag.end() :]}"
    return "<".join(pieces)


def _loads(text: str) -> Any:
    text = (
        text.strip()
        .removeprefix("<!--")
        .removeprefix("//<![CDATA[")
        .removesuffix("-->")
        .removesuffix("//]]>")
        .strip()
        .rstrip(";")
    )
    try:
        found = json.loads(text, strict=False)
        if _SURROGATE.search(text):  # `\ud83d` without its other half: no text, and no file can hold it
            whole = json.dumps(found, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            found = json.loads(whole)
    except (ValueError, RecursionError):
        return None
    return found


def _objects(value: Any, depth: int = 0) -> list[dict[str, Any]]:
    if isinstance(value, list) and depth < 4:
        return [found for item in value for found in _objects(item, depth + 1)]
    if not isinstance(value, dict):
        return []
    graph = _objects(value["@graph"], depth + 1) if "@graph" in value and depth < 4 else []
    return [value, *graph] if "@type" in value else graph


def _in_head(element: HtmlElement) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag == "head"


_classed = query("//*[@class]")


def _by_soup(root: HtmlElement, css: str) -> list[HtmlElement]:
    """Through BeautifulSoup, on a copy whose elements carry their number."""
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    for number, element in enumerate(elements):
        element.set("data-pa-number", str(number))
    markup = etree.tostring(root, encoding="unicode", method="html")
    for element in elements:
        del element.attrib["data-pa-number"]
    return [
        elements[int(str(tag["data-pa-number"]))]
        for tag in BeautifulSoup(markup, "lxml").select(css)
        if tag.get("data-pa-number")
    ]


def plain(text: str | None) -> str:
    """Spaces and line ends tidied, for fields of one line: runs of white space become one space, NBSP stays, nothing
    else changes."""
    return _SPACES.sub(" ", text or "").strip(" \n\t")


# Any run but the one space that it becomes: most spaces are that already.
_SPACES = re.compile(r"[ \t\n\r\f\v\u0085\u2028\u2029]{2,}|[\t\n\r\f\v\u0085\u2028\u2029]")
