"""The words of one element, whatever lies in it: headings, items, cells, captions, quotations."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable

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
        "math",
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
_LINE_ENDS = re.compile(r"[ \t\r\f\v]+(?=\n|$)")
# Notes that stand inside the paragraph that they belong to (the Modern Footnotes and Footnotes plugins).
_NOTE_IN_TEXT = re.compile(
    r"(?:^|\s)(?:modern-footnotes-footnote__note|footnote-tooltip|footnote_tooltip)(?=\s|$)", re.IGNORECASE
)


# A mark of a note that is no link: `<sup>1</sup>`.
_MARK = re.compile(r"\s*[\[(]?\s*(\d{1,3}|[*†‡]{1,3}|[٠-٩]{1,3})\s*[\])]?\s*")


def mark_of(element: HtmlElement) -> str | None:
    """The place that a superscript mark leads to, which no link names: `#^1`."""
    if element.tag != "sup" or next(element.iter("a"), None) is not None:
        return None
    found = _MARK.fullmatch("".join(element.itertext()))
    return f"#^{found[1]}" if found else None


def formula(element: HtmlElement) -> str:
    """The signs of a formula, without the copies of it in other notations."""
    whole = "".join(element.itertext())
    for copy in element.iterdescendants("annotation", "annotation-xml"):
        whole = whole.replace("".join(copy.itertext()), "", 1)
    return whole


def is_note_in_text(element: HtmlElement) -> bool:
    classes = element.get("class")
    return bool(classes) and bool(_NOTE_IN_TEXT.search(classes))


class Phrases:
    """Reads phrases of one page. `consumed` are elements that are no part of any; `notes` are those that stand inside
    the paragraphs that were read, each with the place that its mark leads to, until they are fetched."""

    def __init__(self, base: str, consumed: Iterable[HtmlElement]) -> None:
        self._base = base
        self._known: dict[str, str | None] = {}
        self.consumed = frozenset(consumed)
        self.notes: list[tuple[HtmlElement, str]] = []
        self._noted = 0

    def address(self, href: str | None) -> str | None:
        """An address as `urls.absolute` writes it, or `#…` for a place on the same page; null for what is not http, and
        for the page that Cloudflare puts in the place of a mail address."""
        if not href or "/cdn-cgi/l/email-protection" in href:
            return None
        if href not in self._known:
            page, _, place = href.partition("#")
            url = absolute(page, self._base) if page else None
            if place and (not page or url == absolute(self._base)):
                url = f"#{place}"
            self._known[href] = url
        return self._known[href]

    def note(self, run: Run, element: HtmlElement) -> None:
        """A note that stands in the text that `run` gathers: its mark is its attribute's, or the element before it."""
        self._noted += 1
        anchor = f"#~{self._noted}"
        run.mark(mark_before(element), anchor)
        self.notes.append((element, anchor))

    def __call__(
        self, element: HtmlElement, without: Collection[str | HtmlElement] = (), lines: bool = False
    ) -> tuple[str, list[Place]]:
        """Text and links. `without` are tags and elements that are passed over; `lines` keeps line ends where blocks or
        <br> end."""
        run = Run()
        self._gather(run, element, without, lines)
        return run.close()

    def preformatted(self, element: HtmlElement) -> tuple[str, list[Place]]:
        """Text and links of an element whose white space is part of what it says. The spaces at the ends of its lines
        are none."""
        run = Run()
        self._gather_lines(run, element)
        text, links, taken = "".join(run.parts), [], [0]
        gaps = [(found.start(), found.end()) for found in _LINE_ENDS.finditer(text)]
        for start, end in gaps:
            taken.append(taken[-1] + end - start)
        ends = [end for _, end in gaps]
        for url, start, end in run.links:
            moved = [place - taken[bisect_right(ends, place)] for place in (start, end)]
            links.append((url, moved[0], moved[1]))
        text = _LINE_ENDS.sub("", text)
        return Run(parts=[text], length=len(text), links=links).close()

    def _gather_lines(self, run: Run, element: HtmlElement) -> None:
        run.add_raw(element.text)
        for child in element:
            url = self.address(child.get("href")) if child.tag == "a" else None
            if child.tag == "br":
                run.add_raw("\n")
            elif not self._is_silent(child):
                if url:
                    run.start_link(url)
                self._gather_lines(run, child)
                if url:
                    run.end_link()
            run.add_raw(child.tail)

    def _is_silent(self, element: HtmlElement) -> bool:
        return not isinstance(element.tag, str) or element.tag in SILENT or element in self.consumed

    def _gather(self, run: Run, element: HtmlElement, without: Collection[str | HtmlElement], lines: bool) -> None:
        if element.text:
            run.add(element.text)
        for child in element:
            tag = child.tag
            if (
                not isinstance(tag, str)
                or tag in SILENT
                or child in self.consumed
                or tag in without
                or child in without
            ):
                pass
            elif tag == "br":
                _end(run, lines)
            elif (tag == "a" and (url := self.address(child.get("href")))) or (
                tag == "sup" and (url := mark_of(child))
            ):
                run.start_link(url)
                self._gather(run, child, without, lines)
                run.end_link()
            elif tag == "img":
                if "emoji" in (child.get("class") or "") and child.get("alt"):
                    run.add(child.get("alt"))
            elif tag == "math":
                run.add(formula(child) or " ")
            elif is_note_in_text(child):
                self.note(run, child)
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
    return bool(classes) and boilerplate.of_classes(classes) is not None


def mark_before(note: HtmlElement) -> str:
    """The mark of a note that stands inside its paragraph."""
    before = note.getprevious()
    return note.get("data-mfn") or ("".join(before.itertext()).strip() if before is not None else "")
