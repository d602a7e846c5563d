"""The words of one element, whatever lies in it: headings, items, cells, captions, quotations."""

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from archive.extract import boilerplate
from archive.extract.run import Place, Run
from archive.institutes.urls import absolute

INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "br",
        "button",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "label",
        "mark",
        "meter",
        "nobr",
        "output",
        "picture",
        "progress",
        "q",
        "rb",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
SILENT = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "title",
        "meta",
        "link",
        "svg",
        "math",
        "object",
        "embed",
        "applet",
        "param",
        "iframe",
        "frame",
        "frameset",
        "video",
        "audio",
        "source",
        "track",
        "canvas",
        "input",
        "select",
        "option",
        "optgroup",
        "textarea",
        "datalist",
        "map",
        "area",
        "base",
        "basefont",
        "bgsound",
        "colgroup",
        "col",
        "dialog",
        "rp",
        "legend",
    ]
)
# Notes that stand inside the paragraph that they belong to (the Modern Footnotes and Footnotes plugins).
_NOTE_IN_TEXT = re.compile(
    r"(?:^|\s)(?:modern-footnotes-footnote__note|footnote-tooltip|footnote_tooltip)(?=\s|$)", re.IGNORECASE
)


def is_note_in_text(element: HtmlElement) -> bool:
    classes = element.get("class")
    return bool(classes) and bool(_NOTE_IN_TEXT.search(classes))


class Phrases:
    """Reads phrases of one page. `consumed` are elements that are no part of any."""

    def __init__(self, base: str, consumed: Iterable[HtmlElement]) -> None:
        self._base = base
        self._known: dict[str, str | None] = {}
        self.consumed = frozenset(consumed)

    def address(self, href: str | None) -> str | None:
        """An address as `urls.absolute` writes it; null for a place on the same page, for what is not http, and for the
        page that Cloudflare puts in the place of a mail address."""
        if not href or href.startswith("#") or "/cdn-cgi/l/email-protection" in href:
            return None
        if href not in self._known:
            self._known[href] = absolute(href, self._base)
        return self._known[href]

    def __call__(
        self, element: HtmlElement, without: frozenset[str] = frozenset(), lines: bool = False
    ) -> tuple[str, list[Place]]:
        """Text and links. `without` are tags that are passed over; `lines` keeps line ends where blocks or <br> end."""
        run = Run()
        self._gather(run, element, without, lines)
        return run.close()

    def _gather(self, run: Run, element: HtmlElement, without: frozenset[str], lines: bool) -> None:
        if element.text:
            run.add(element.text)
        for child in element:
            tag = child.tag
            if not isinstance(tag, str) or tag in SILENT or tag in without or child in self.consumed:
                pass
            elif tag == "br":
                _end(run, lines)
            elif tag == "a" and (url := self.address(child.get("href"))):
                run.start_link(url)
                self._gather(run, child, without, lines)
                run.end_link()
            elif tag == "img":
                if "emoji" in (child.get("class") or "") and child.get("alt"):
                    run.add(child.get("alt"))
            elif tag in INLINE:
                if not _is_no_word(child):
                    self._gather(run, child, without, lines)
            else:
                _end(run, lines)
                self._gather(run, child, without, lines)
                _end(run, lines)
            if child.tail:
                run.add(child.tail)


def _end(run: Run, lines: bool) -> None:
    if lines:
        run.end_line()
    else:
        run.add(" ")


def _is_no_word(element: HtmlElement) -> bool:
    classes = element.get("class")
    return bool(classes) and (is_note_in_text(element) or boilerplate.of_classes(classes) is not None)
