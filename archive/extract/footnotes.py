"""Footnotes and their marks: WordPress' own, those of plugins, Word's `_ftn`, and lists that lead back to the text."""

import re

from lxml.html import HtmlElement

from archive.extract.draft import Draft, without_start
from archive.extract.phrase import Phrases
from archive.extract.run import Place

_LIST = re.compile(
    r"(?:^|\s)(?:wp-block-footnotes|footnotes?|footnotes?-list|endnotes?|modern-footnotes-list)(?=\s|$)", re.IGNORECASE
)
# `#fn1`, `#_ftn1`, `#cite_note-1`; WordPress numbers its notes with UUIDs.
_ID = re.compile(
    r"^(?:_?(?:ftn|edn|fn|endnote|footnote|note|cite_note|easy-footnote-bottom)[-_:]?\d+|"
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})",
    re.IGNORECASE,
)
_BACK = re.compile(r"^#(?:.*ref|.*-link$)", re.IGNORECASE)
_WORD_NAME = re.compile(r"_(?:ftn|edn)\d")
_MARK = re.compile(r"^[\[(]?\s*(\d{1,3}|[*†‡]{1,3}|[٠-٩]{1,3}|[ivxl]{1,6})\s*[\])]?[.:]?\s*")
_SET_APART = re.compile(r"[\[(]|.*[\])]|.*[.:]")
_ARROW = re.compile("\\s*[\u21a9\u2191\u21b5\u2934\u27f5^]+[\ufe0e\ufe0f]?\\s*$")


def is_list(element: HtmlElement) -> bool:
    """A list whose class, or whose parent's, says that it holds the notes."""
    parent = element.getparent()
    return any(_LIST.search(found.get("class") or "") for found in (element, parent) if found is not None)


def of_list(element: HtmlElement, phrases: Phrases) -> list[Draft]:
    """The notes of a list of notes."""
    items = [child for child in element if child.tag == "li"]
    return [draft for number, item in enumerate(items, 1) if (draft := _of_item(item, number, phrases))]


def of_items(element: HtmlElement, phrases: Phrases) -> list[Draft]:
    """The notes of a list whose items all lead back to the text, or are numbered as notes; else none."""
    items = [child for child in element if child.tag == "li"]
    return of_list(element, phrases) if items and all(_leads_back(item) for item in items) else []


def _leads_back(item: HtmlElement) -> bool:
    if _ID.match(item.get("id") or ""):
        return True
    return any(_BACK.match(link.get("href") or "") for link in item.iter("a"))


def _of_item(item: HtmlElement, number: int, phrases: Phrases) -> Draft | None:
    text, links, mark = _without_mark(*phrases(item))
    return Draft("footnote", item, text, links, mark=mark or item.get("value") or str(number)) if text else None


def of_paragraph(draft: Draft) -> None:
    """Word's notes: a paragraph that begins with a link back to its mark (`#_ftnref1`) becomes a footnote."""
    first = next(iter(draft.element.iter("a")), None)
    if first is None:
        return
    target, name = first.get("href") or "", first.get("name") or first.get("id") or ""
    if "#_ftnref" in target or "#_ednref" in target or _WORD_NAME.match(name):
        found = _MARK.match(draft.text)
        if found and len(found[0]) < len(draft.text):
            draft.type, draft.mark = "footnote", found[1]
            draft.cut(found.end())


def in_text(element: HtmlElement, phrases: Phrases) -> Draft | None:
    """A note that stands inside the paragraph that it belongs to; its mark is its attribute's or the element's before
    it."""
    text, links = phrases(element)
    before = element.getprevious()
    mark = element.get("data-mfn") or ("".join(before.itertext()).strip() if before is not None else "")
    return Draft("footnote", element, text, links, mark=mark or None) if text else None


def _without_mark(text: str, links: list[Place]) -> tuple[str, list[Place], str | None]:
    """Without the arrow that leads back, and without a mark that the note repeats."""
    text = _ARROW.sub("", text)
    links = [(url, start, min(end, len(text))) for url, start, end in links if start < len(text)]
    found = _MARK.match(text)
    if found and len(found[0]) < len(text) and _SET_APART.match(found[0]):
        text, links = without_start(text, links, found.end())
        return text, links, found[1]
    return text, links, None
