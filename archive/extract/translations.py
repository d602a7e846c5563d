"""Other languages of the same publication: hreflang, "Also available in", and the notes that say where the original
stands."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from archive.extract.html import MAX_SHORT, Document, plain
from archive.extract.page import Reference
from archive.extract.selector import query
from archive.extract.signals import Signals, lines, short_text
from archive.institutes.urls import absolute

MAX_NOTE = MAX_SHORT
_LANGUAGES = {
    "english": "en", "الإنجليزية": "en", "انجليزي": "en", "إنجليزي": "en", "بالإنجليزية": "en", "anglais": "en",
    "العربية": "ar", "عربي": "ar", "عربى": "ar", "arabic": "ar",
    "بالعربية": "ar", "arabe": "ar", "français": "fr", "french": "fr", "الفرنسية": "fr", "deutsch": "de",
    "german": "de", "español": "es", "spanish": "es", "فارسی": "fa",
    "persian": "fa", "farsi": "fa", "türkçe": "tr", "turkish": "tr", "italiano": "it", "עברית": "he", "hebrew": "he",
    "русский": "ru", "russian": "ru", "kurdî": "ku", "中文": "zh",
}  # fmt: skip
_NAME_ALONE = re.compile(
    rf"\W*(?:(?:in|en|auf|read in|النسخة|باللغة|اقرأ)\s+)?(?:{'|'.join(map(re.escape, _LANGUAGES))})"
    r"(?:\s+(?:version|translation))?\W*",
    re.IGNORECASE,
)
# The lone link "English", and sentences such as «تم ترجمة هذا المقال من اللغة الإنجليزية. لقراءة النسخة الأصلية اضغط
# هنا.»
_ENGLISH = r"(?:arabic|english|french|original|translation|version)"
_NOTE = re.compile(
    r"\b(?:also\s+)?available\s+in\b"
    rf"|\b(?:read|view)\s+(?:this|the|it|in)\b.{{0,60}}\b{_ENGLISH}"
    r"|\b(?:article|text|piece|post|was|been)\b.{0,40}\btranslated\b|\btranslated\s+(?:from|into|by)\b"
    r"|\b(?:original|arabic|english|french)\s+version\b|\btranslation\s+of\b|\boriginally\s+published\s+in\b"
    r"|\bclick\s+here\s+(?:for|to\s+read)\b.{0,60}\b(?:arabic|english)"
    r"|(?:ترجم|النسخة).{0,120}(?:اضغط|هنا|الأصل|الإنجليزية|العربية|الانجليزية)"
    r"|(?:متوفر|متاح).{0,30}(?:بال|باللغة)|لقراءة.{0,60}(?:النسخة|باللغة|بالإنجليزية|بالعربية)"
    r"|(?:إقرأ|اقرأ).{0,40}(?:باللغة|بالإنجليزية|بالعربية)",
    re.IGNORECASE | re.DOTALL,
)
# Without the name of a language: a note on where the text was first published is none.
_TRANSLATED = re.compile(r"translat|version|original\s+(?:text|article|here)|ترجم|النسخة|الأصل", re.IGNORECASE)
_KEYS = (
    *(
        "vailable in",
        "ranslat",
        " version",
        "riginally published in",
        "lick here",
        "ead this",
        "ead in",
        "ead the",
        "ead it",
    ),
    *("ترجم", "النسخة", "باللغة", "بالعربية", "بالإنجليزية", "لقراءة"),
)
_KEY = re.compile("|".join(map(re.escape, _KEYS)))
_LONE = query("descendant::p/descendant::a")
_SWITCH = query("descendant::a[@hreflang and @hreflang != 'x-default']")
_INLINE = frozenset(("a", "em", "i", "b", "strong", "span", "small", "u", "font", "time", "mark"))
_BLOCKS = frozenset(("p", "div", "li", "h4", "h5", "h6", "section", "aside", "td", "blockquote"))
_STARS = re.compile(r"[*•·\s—-]+")


@dataclass(frozen=True, slots=True)
class Translations:
    references: tuple[Reference, ...] = ()
    elements: tuple[HtmlElement, ...] = ()


def read(document: Document, chosen: Iterable[tuple[HtmlElement, str]], signals: Signals) -> Translations:
    """`chosen` are the profile's own elements."""
    found: dict[str, Reference] = {}
    elements: list[HtmlElement] = []
    own = (absolute(document.url, document.url) or document.url).rstrip("/")

    def add(href: str | None, title: str | None, language: str | None) -> bool:
        url = absolute(plain(href), document.base) if href else None
        if url is None or url.rstrip("/") == own:
            return False
        found.setdefault(url, Reference(url=url, title=title or None, language=language))
        return True

    for link in document.tree.iter("link"):
        tag = (link.get("hreflang") or "").strip()
        if tag and tag.lower() != "x-default" and "alternate" in (link.get("rel") or "").lower():
            add(link.get("href"), None, tag.split("-")[0].lower())
    for element, _ in chosen:
        for link in [element] if element.tag == "a" else element.iter("a"):
            add(link.get("href"), None, _language(short_text(link, 60), link))
        elements.append(element)
    for note in _notes(document):
        if note in elements or signals.aside(note) or note in signals.ancestors:
            continue
        links = [link for link in note.iter("a") if link.get("href") and not link.get("href").lower().endswith(".pdf")][
            :6
        ]
        languages = [_language(short_text(link, 60), link) or _language(lines(note, MAX_NOTE), link) for link in links]
        told = bool(_TRANSLATED.search(lines(note, MAX_NOTE) or ""))
        added = [
            (language is not None or told) and add(link.get("href"), None, language)
            for link, language in zip(links, languages, strict=True)
        ]
        if any(added):
            elements.append(note)
            following = note.getnext()
            if following is not None and _STARS.fullmatch(short_text(following, 20) or "-x"):
                elements.append(following)
    for link in _switch(document):
        add(link.get("href"), None, _language(None, link))
    for mark in _lone(document, signals):
        if add(mark.get("href"), None, _language(short_text(mark, 60), mark)):
            elements.append(mark)
    return Translations(tuple(found.values()), tuple(elements))


def _notes(document: Document) -> list[HtmlElement]:
    """The blocks that are such a note and nothing else. Most pages have none."""
    found: dict[HtmlElement, None] = {}
    for text, owner in document.short_texts:
        if not _KEY.search(text):
            continue
        block: HtmlElement | None = owner
        while block is not None and block.tag in _INLINE:
            block = block.getparent()
        if block is not None and block.tag in _BLOCKS and _NOTE.search(lines(block, MAX_NOTE) or ""):
            found[block] = None
    return list(found)[:20]


def _lone(document: Document, signals: Signals) -> list[HtmlElement]:
    """Links whose whole text is a language's name ("English", «النسخة العربية»), in a paragraph of their own next to
    the text: not the site's language switch."""
    links = []
    for link in _LONE(document.body):
        text = short_text(link, 40) or ""
        if not _NAME_ALONE.fullmatch(text) or signals.aside(link):
            continue
        paragraph = next(link.iterancestors("p"))
        if _NAME_ALONE.fullmatch(short_text(paragraph, 60) or ""):
            links.append(link)
    return links[:5]


def _switch(document: Document) -> Iterator[HtmlElement]:
    """The links of a language switch that lead to this publication, each with its `hreflang`: not to the home page in
    that language, where there is no translation."""
    for link in _SWITCH(document.body)[:40]:
        path = urlsplit(link.get("href") or "").path.strip("/")
        if "/" in path or len(path) > 5:
            yield link


def _language(text: str | None, link: HtmlElement) -> str | None:
    declared = (link.get("hreflang") or link.get("lang") or "").split("-")[0].lower()
    if declared:
        return declared
    words = re.findall(r"\w+", (text or "").lower())
    return next((_LANGUAGES[word] for word in words if word in _LANGUAGES), None)
