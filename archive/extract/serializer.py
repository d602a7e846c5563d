"""From elements to drafts of blocks: a walk over the page's own nodes, so that not a letter is lost or changed on the way."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from archive.extract import boilerplate
from archive.extract.boilerplate import Sort
from archive.extract.html import Document, plain
from archive.extract.run import Place, Run, joined
from archive.institutes.urls import absolute

MAX_BLOCKS = 20_000  # a book of 2,000 pages has as many paragraphs

_INLINE = frozenset(
    "a abbr acronym b bdi bdo big br button cite code data del dfn em font i img ins kbd label mark meter nobr output picture progress q rp rt ruby s samp "
    "small span strike strong sub sup time tt u var wbr".split()
)
_SILENT = frozenset(
    "script style noscript template head title meta link svg math object embed applet param iframe frame frameset video audio source track canvas input select "
    "option optgroup textarea datalist map area base basefont bgsound colgroup col dialog rp legend".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS_IN_ITEM = frozenset("h1 h2 h3 h4 h5 h6 table figure blockquote article section".split())
_BOLD = frozenset(("b", "strong"))
_ITALIC = frozenset(("i", "em"))
_FOOTNOTE_ID = re.compile(r"^(?:_?(?:ftn|edn|fn|endnote|footnote|note|cite_note|easy-footnote-bottom)[-_:]?\d+|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})", re.IGNORECASE)
_FOOTNOTE_BACK = re.compile(r"#_?(?:ftnref|ednref|fnref|ref|cite_ref|footnote-?ref|endnote-?ref)|-link$|#.*?ref", re.IGNORECASE)
_FOOTNOTE_LIST = re.compile(r"(?:^|\s)(?:wp-block-footnotes|footnotes?|footnotes?-list|endnotes?|modern-footnotes-list)(?=\s|$)", re.IGNORECASE)
_PULLQUOTE = re.compile(r"(?:^|[\s_-])pull-?(?:ed-?)?quote", re.IGNORECASE)
_NOTE_IN_TEXT = re.compile(r"(?:^|\s)(?:modern-footnotes-footnote__note|footnote-tooltip|footnote_tooltip)(?=\s|$)")
_MARK = re.compile(r"^[\[(]?\s*(\d{1,3}|[*†‡]{1,3}|[٠-٩]{1,3}|[a-z]|[ivxl]{1,6})\s*[\])]?[.:]?\s*")
_BACK = re.compile("\\s*[\u21a9\u2191\u21b5\u2934\u27f5^]+[\ufe0e\ufe0f]?\\s*$")
_CREDIT = re.compile(r"(?:^|[\s_-])(?:credits?|photo-?credits?|image-?credits?|source|copyright|attribution|media-credit)(?:$|[\s_-])", re.IGNORECASE)
_CREDIT_WORDS = re.compile(r"(?:^|(?<=[.\s(\[|/]))((?:photo|image|picture|credit|source|photograph|الصورة|المصدر|تصوير|مصدر الصورة)(?:\s+(?:credit|by|courtesy(?: of)?))?\s*[:：]?\s*\S.{1,120}?)[)\].]?$", re.IGNORECASE)  # noqa: E501
_TINY = re.compile(r"(?:^|\s)(?:avatar|wp-smiley|emoji|gravatar|icon|pixel|tracking)(?=\s|$)", re.IGNORECASE)
_ADDRESSES = ("src", "data-src", "data-lazy-src", "data-original", "data-orig-file", "data-large-file")


@dataclass(slots=True, eq=False)
class Draft:
    """A block in the making: it still knows its element and how it was set."""

    type: str
    element: HtmlElement
    text: str
    links: list[Place] = field(default_factory=list)
    level: int | None = None
    items: list[tuple[str, int, bool]] | None = None  # text, depth, ordered
    rows: list[list[str]] | None = None
    header_rows: int | None = None
    cite: str | None = None
    mark: str | None = None
    speaker: str | None = None
    url: str | None = None
    alt: str | None = None
    caption: str | None = None
    credit: str | None = None
    bold: bool = False  # all of it
    italic: bool = False  # all of it
    lead: str = ""  # the bold words that it begins with

    @property
    def linked(self) -> float:
        """The share of its characters that are links."""
        return sum(end - start for _, start, end in self.links) / len(self.text) if self.text else 0.0


@dataclass(slots=True)
class Aside:
    """A part that was left out of the body: what it is, and its element."""

    sort: Sort
    element: HtmlElement


class Serializer:
    """One walk. `drafts` are the blocks in document order; `asides` what was left out by rule."""

    def __init__(self, document: Document, consumed: Iterable[HtmlElement] = (), keep: Callable[[HtmlElement], bool] | None = None) -> None:
        self.drafts: list[Draft] = []
        self.asides: list[Aside] = []
        self.overfull = False
        self._base = document.base
        self._addresses: dict[str, str | None] = {}
        self._consumed = frozenset(consumed)
        self._keep = keep  # says of an element that rules call boilerplate that it is too large a part to be
        self._run = Run()
        self._owner: HtmlElement = document.body
        self._special: dict[str, Callable[[HtmlElement], None]] = {
            "ul": self._list, "ol": self._list, "menu": self._list, "table": self._table, "dl": self._definitions, "blockquote": self._quote,
            "figure": self._figure, "pre": self._preformatted, "aside": self._aside, **dict.fromkeys(_HEADINGS, self._heading),
        }  # fmt: skip

    def walk(self, root: HtmlElement) -> "Serializer":
        """Serialize what lies in `root`."""
        self._owner = root
        if root.tag in self._special:
            self._special[root.tag](root)
        else:
            self._flow(root)
        self._flush()
        return self

    # ---- the flow: one frame a level

    def _flow(self, element: HtmlElement) -> None:
        if element.text:
            self._run.add(element.text)
        for child in element:
            tag = child.tag
            if not isinstance(tag, str) or tag in _SILENT:
                pass
            elif tag in _INLINE:
                self._inline(child, tag)
            elif not self._left_out(child):
                self._block(child, tag)
            if child.tail:
                self._run.add(child.tail)

    def _block(self, child: HtmlElement, tag: str) -> None:
        self._flush()
        owner, self._owner = self._owner, child
        special = self._special.get(tag)
        if special is not None:
            special(child)
        elif child.get("role") == "heading":
            self._heading(child)
        else:
            self._flow(child)
            self._flush()
        self._owner = owner

    def _inline(self, child: HtmlElement, tag: str) -> None:
        run = self._run
        if tag == "br":
            if run.after_line_end:
                self._flush()
            else:
                run.end_line()
        elif tag == "img":
            self._image(child)
        elif child in self._consumed or (child.get("class") and self._left_out(child)):
            pass
        elif tag == "a":
            url = self._address(child.get("href"))
            if url:
                run.start_link(url)
            self._flow(child)
            if url:
                self._run.end_link()
        elif tag in _BOLD:
            run.bold += 1
            self._flow(child)
            self._run.bold -= 1
        elif tag in _ITALIC:
            run.italic += 1
            self._flow(child)
            self._run.italic -= 1
        elif tag == "button" and not (child.get("aria-expanded") or child.get("aria-controls")):
            pass
        else:
            self._flow(child)

    def _left_out(self, element: HtmlElement) -> bool:
        if element in self._consumed:
            return True
        if element.get("class") and _NOTE_IN_TEXT.search(element.get("class")):
            self._note(element)
            return True
        sort = boilerplate.of_element(element)
        if sort is None and element.tag == "form":
            sort = Sort.OTHER
        if sort is None or (self._keep is not None and self._keep(element)):
            return False
        self.asides.append(Aside(sort, element))
        return True

    def _flush(self) -> None:
        run = self._run
        if not run.length:
            if run.links or run.parts:
                self._run = run.successor()
            return
        self._run = run.successor()
        text, links = run.close()
        if not text:
            return
        draft = Draft("paragraph", self._owner, text, links)
        if run.inked and not links and run.strong == run.inked:
            draft.bold = True
        draft.bold = run.strong >= run.inked > 0
        draft.italic = run.slanted >= run.inked > 0
        if 0 < run.strong < run.inked:
            draft.lead = _lead(self._owner)
        self._footnote(draft)
        self._emit(draft)

    def _emit(self, draft: Draft) -> None:
        if len(self.drafts) >= MAX_BLOCKS:
            self.overfull = True
            return
        self.drafts.append(draft)

    def _address(self, href: str | None) -> str | None:
        if not href or href.startswith("#"):
            return None
        if href not in self._addresses:
            self._addresses[href] = absolute(href, self._base)
        return self._addresses[href]

    # ---- phrases: the text of one element, whatever lies in it

    def _phrase(self, element: HtmlElement, without: frozenset[str] = frozenset(), line: str = " ") -> tuple[str, list[Place]]:
        run = Run()
        self._gather(run, element, without, line)
        return run.close()

    def _gather(self, run: Run, element: HtmlElement, without: frozenset[str], line: str) -> None:
        if element.text:
            run.add(element.text)
        for child in element:
            tag = child.tag
            if not isinstance(tag, str) or tag in _SILENT or tag in without or child in self._consumed:
                pass
            elif tag == "br":
                run.end_line(line) if line == "\n" else run.add(" ")
            elif tag == "a" and (url := self._address(child.get("href"))):
                run.start_link(url)
                self._gather(run, child, without, line)
                run.end_link()
            elif tag == "img":
                if "emoji" in (child.get("class") or "") and child.get("alt"):
                    run.add(child.get("alt"))
            elif tag in _INLINE:
                if child.get("class") and (_NOTE_IN_TEXT.search(child.get("class")) or boilerplate.of_classes(f"{child.get('class')} ") is not None):
                    pass
                else:
                    self._gather(run, child, without, line)
            else:
                run.end_line(line) if line == "\n" else run.add(" ")
                self._gather(run, child, without, line)
                run.end_line(line) if line == "\n" else run.add(" ")
            if child.tail:
                run.add(child.tail)

    # ---- blocks of their own shape

    def _heading(self, element: HtmlElement) -> None:
        text, links = self._phrase(element)
        level = _HEADINGS.get(element.tag)
        if level is None:
            stated = element.get("aria-level") or ""
            level = int(stated) if stated.isdigit() and 1 <= int(stated) <= 6 else 2
        for image in element.iter("img"):
            self._image(image)
        if text:
            self._emit(Draft("heading", element, text, links, level=level))

    def _preformatted(self, element: HtmlElement) -> None:
        text = "\n".join(line.rstrip() for line in "".join(element.itertext()).replace("\r\n", "\n").strip("\n").split("\n"))
        run = Run()
        run.parts, run.length = [text], len(text)
        text, _ = run.close()
        if text:
            self._emit(Draft("paragraph", element, text))

    def _list(self, element: HtmlElement) -> None:
        if _FOOTNOTE_LIST.search(element.get("class") or "") or _FOOTNOTE_LIST.search(element.getparent().get("class") or "" if element.getparent() is not None else ""):
            self._notes(element)
            return
        if _is_layout(element):
            self._flow(element)
            self._flush()
            return
        items: list[tuple[str, list[Place], int, bool]] = []
        self._items(element, 0, items)
        notes = [self._as_note(li) for li in element if li.tag == "li"]
        if notes and all(notes):
            for draft in notes:
                if draft:
                    self._emit(draft)
            return
        if items:
            text, links = joined([(words, places) for words, places, _, _ in items], "\n")
            draft = Draft("list", element, text, links, items=[(words, depth, ordered) for words, _, depth, ordered in items])
            self._emit(draft)
        for image in element.iter("img"):
            self._image(image)

    def _items(self, element: HtmlElement, depth: int, items: list[tuple[str, list[Place], int, bool]]) -> None:
        ordered = element.tag == "ol"
        for child in element:
            if child.tag in ("ul", "ol", "menu"):
                self._items(child, depth + 1, items)
            elif isinstance(child.tag, str) and child.tag not in _SILENT and child not in self._consumed:
                text, links = self._phrase(child, _LISTS)
                if text:
                    items.append((text, links, depth, ordered))
                for nested in _nested(child):
                    self._items(nested, depth + 1, items)

    def _definitions(self, element: HtmlElement) -> None:
        """Terms and their values as a table of two columns; several values of a term are several rows, the term given once."""
        rows: list[list[tuple[str, list[Place]]]] = []
        for child in element.iter("dt", "dd"):
            phrase = self._phrase(child)
            if child.tag == "dt":
                rows.append([phrase, ("", [])])
            elif rows and not rows[-1][1][0]:
                rows[-1][1] = phrase
            else:
                rows.append([("", []), phrase])
        self._emit_table(element, rows, 0)

    def _table(self, element: HtmlElement) -> None:
        if element.get("role") in ("presentation", "none") or _is_layout_table(element):
            self._flow(element)
            self._flush()
            return
        rows: list[list[tuple[str, list[Place]]]] = []
        headers = 0
        for caption in element.iterchildren("caption"):
            text, links = self._phrase(caption)
            if text:
                self._emit(Draft("paragraph", caption, text, links))
        for row in element.iter("tr"):
            cells = [cell for cell in row if cell.tag in ("td", "th")]
            if not cells:
                continue
            if headers == len(rows) and len(cells) > 1 and (row.getparent().tag == "thead" or all(cell.tag == "th" for cell in cells)):
                headers += 1
            rows.append([self._phrase(cell) for cell in cells])
        self._emit_table(element, rows, headers)

    def _emit_table(self, element: HtmlElement, rows: list[list[tuple[str, list[Place]]]], headers: int) -> None:
        rows = [row for row in rows if any(text for text, _ in row)]
        if rows:
            text, links = joined([joined(row, "\t") for row in rows], "\n")
            self._emit(Draft("table", element, text, links, rows=[[cell for cell, _ in row] for row in rows], header_rows=min(headers, len(rows))))

    def _quote(self, element: HtmlElement, pulled: bool = False) -> None:
        pulled = pulled or bool(_PULLQUOTE.search(element.get("class") or ""))
        if not pulled and _has(element, "h1", "h2", "h3", "table", "figure"):
            self._flow(element)  # a whole section set as a quotation: its parts say more
            self._flush()
            return
        cite = next((found for found in element.iter("cite", "footer", "figcaption")), None)
        text, links = self._phrase(element, frozenset(("cite", "footer", "figcaption")) if cite is not None else frozenset(), "\n")
        if text:
            who = plain("".join(cite.itertext())).strip("—–- ") if cite is not None else None
            self._emit(Draft("pullquote" if pulled else "quote", element, text, links, cite=who or None))

    def _aside(self, element: HtmlElement) -> None:
        if _PULLQUOTE.search(f"{element.get('class', '')}"):
            self._quote(element, pulled=True)
        else:
            self._flow(element)
            self._flush()

    def _figure(self, element: HtmlElement) -> None:
        if _PULLQUOTE.search(element.get("class") or "") or _PULLQUOTE.search(" ".join(child.get("class") or "" for child in element)):
            self._quote(element, pulled=True)
            return
        if _has(element, "table", "blockquote", "ul", "p") and not _has(element, "img"):
            self._flow(element)
            self._flush()
            return
        captions = list(element.iter("figcaption"))
        caption = joined([self._phrase(found) for found in captions], " ") if captions else ("", [])
        images = [image for image in element.iter("img") if self._source(image)]
        for number, image in enumerate(images):
            self._emit(self._image_draft(image, caption if number == len(images) - 1 else ("", []), captions))

    def _image(self, image: HtmlElement) -> None:
        if "emoji" in (image.get("class") or "") or "wp-smiley" in (image.get("class") or ""):
            if image.get("alt"):
                self._run.add(image.get("alt"))
            return
        if _TINY.search(image.get("class") or "") or not self._source(image) or (image.get("width") or "99") in ("0", "1", "2"):
            return
        draft = self._image_draft(image, ("", []), [])
        if self._run.length:
            self._waiting(draft)
        else:
            self._emit(draft)

    def _waiting(self, draft: Draft) -> None:
        """An image inside a paragraph stands before it: the words are not cut."""
        self._emit(draft)

    def _source(self, image: HtmlElement) -> str | None:
        for name in _ADDRESSES:
            value = image.get(name)
            if value and not value.startswith("data:") and (url := self._address(value)):
                return url
        return None

    def _image_draft(self, image: HtmlElement, caption: tuple[str, list[Place]], captions: list[HtmlElement]) -> Draft:
        text, links = caption
        credit = next((plain("".join(part.itertext())) for found in captions for part in found.iter("span", "cite", "small", "div", "p") if _CREDIT.search(part.get("class") or "")), None)  # noqa: E501
        if credit is None and (found := _CREDIT_WORDS.search(text)):
            credit = found[1]
        return Draft("image", image, text, links, url=self._source(image), alt=plain(image.get("alt")) or None, caption=text or None, credit=credit or None)

    # ---- footnotes

    def _notes(self, element: HtmlElement) -> None:
        for number, item in enumerate((child for child in element if child.tag == "li"), 1):
            text, links = self._phrase(item)
            text, links, mark = _without_mark(text, links)
            if text:
                self._emit(Draft("footnote", item, text, links, mark=mark or item.get("value") or str(number)))

    def _as_note(self, item: HtmlElement) -> Draft | None:
        """A list item that its id or its way back to the text calls a footnote."""
        back = any(_FOOTNOTE_BACK.search(link.get("href") or "") and (link.get("href") or "").startswith("#") for link in item.iter("a"))
        if not (_FOOTNOTE_ID.match(item.get("id") or "") or back):
            return None
        text, links = self._phrase(item)
        text, links, mark = _without_mark(text, links)
        siblings = [child for child in item.getparent() if child.tag == "li"]
        return Draft("footnote", item, text, links, mark=mark or str(siblings.index(item) + 1)) if text else None

    def _footnote(self, draft: Draft) -> None:
        """Word's notes: a paragraph that begins with a link back to its mark (`#_ftnref1`)."""
        first = next(iter(draft.element.iter("a")), None)
        if first is None:
            return
        target = first.get("href") or ""
        name = first.get("name") or first.get("id") or ""
        if ("#_ftnref" in target or "#_ednref" in target or re.match(r"_(?:ftn|edn)\d", name)) and (found := _MARK.match(draft.text)):
            draft.type, draft.mark = "footnote", found[1]
            draft.text, draft.links = _cut(draft.text, draft.links, found.end())

    def _note(self, element: HtmlElement) -> None:
        text, links = self._phrase(element)
        mark = element.get("data-mfn") or (element.getprevious().text_content().strip() if element.getprevious() is not None else None)
        if text:
            self._emit(Draft("footnote", element, text, links, mark=mark))


_LISTS = frozenset(("ul", "ol", "menu"))


def _has(element: HtmlElement, *tags: str) -> bool:
    return next(element.iter(*tags), None) is not None


def _nested(item: HtmlElement) -> list[HtmlElement]:
    """The lists of an item that are not inside another of its lists."""
    return [found for found in item.iterdescendants("ul", "ol", "menu") if next(found.iterancestors("li", "ul", "ol", "menu")) is item or not any(a.tag in _LISTS for a in _between(found, item))]  # noqa: E501


def _between(inner: HtmlElement, outer: HtmlElement) -> list[HtmlElement]:
    found = []
    for ancestor in inner.iterancestors():
        if ancestor is outer:
            break
        found.append(ancestor)
    return found


def _is_layout(element: HtmlElement) -> bool:
    """A list that only places larger parts side by side."""
    return any(child.tag in _BLOCKS_IN_ITEM for item in element if item.tag == "li" for child in item.iterdescendants() if isinstance(child.tag, str))


def _is_layout_table(element: HtmlElement) -> bool:
    rows = list(element.iter("tr"))
    if next(element.iterdescendants("table"), None) is not None:
        return True
    if max((sum(cell.tag in ("td", "th") for cell in row) for row in rows), default=0) < 2:
        return True
    return _has(element, "h1", "h2") and not _has(element, "th")


def _lead(element: HtmlElement) -> str:
    """The bold words that an element begins with."""
    if element.text and element.text.strip():
        return ""
    first = next((child for child in element if isinstance(child.tag, str)), None)
    while first is not None and first.tag not in _BOLD and first.tag in _INLINE and not (first.text and first.text.strip()) and len(first):
        first = first[0]
    return plain("".join(first.itertext())) if first is not None and first.tag in _BOLD else ""


def _without_mark(text: str, links: list[Place]) -> tuple[str, list[Place], str | None]:
    text = _BACK.sub("", text)
    links = [(url, start, min(end, len(text))) for url, start, end in links if start < len(text)]
    found = _MARK.match(text)
    if found and len(found[0]) < len(text) and not found[1].isalpha() and re.match(r"[\[(]|.*[\])]|.*[.:]", found[0]):
        text, links = _cut(text, links, found.end())
        return text, links, found[1]
    return text, links, None


def _cut(text: str, links: list[Place], start: int) -> tuple[str, list[Place]]:
    return text[start:], [(url, max(0, first - start), last - start) for url, first, last in links if last > start]
