"""From elements to drafts of blocks: a walk over the page's own nodes, so that not a letter is lost or changed on the
way."""

import re
from collections.abc import Callable, Iterable

from lxml.html import HtmlElement

from archive.extract import boilerplate, figures, footnotes, lists
from archive.extract.boilerplate import Sort
from archive.extract.draft import Aside, Draft
from archive.extract.html import Document, plain
from archive.extract.phrase import INLINE, SILENT, Phrases, formula, is_note_in_text, mark_of
from archive.extract.run import Run, joined

MAX_BLOCKS = 20_000  # a book of 2,000 pages has as many paragraphs

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BOLD = frozenset(("b", "strong"))
_ITALIC = frozenset(("i", "em"))
_TABS = frozenset(("button", "tab"))
_OPENERS = frozenset(("a", "span"))
_PULLQUOTE = re.compile(r"(?:^|[\s_-])pull-?(?:ed-?)?quote", re.IGNORECASE)


class Serializer:
    """One walk. `drafts` are the blocks in document order; `asides` what was left out by rule."""

    def __init__(
        self,
        document: Document,
        consumed: Iterable[HtmlElement] = (),
        keep: Callable[[HtmlElement], bool] | None = None,
    ) -> None:
        """`keep` says of an element that rules call boilerplate that it is too large a part of the page to be."""
        self.drafts: list[Draft] = []
        self.asides: list[Aside] = []
        self.overfull = False
        self._phrases = Phrases(document.base, consumed)
        self._keep = keep
        self._run = Run()
        self._level = 1  # of the last heading
        self._owner: HtmlElement = document.body
        self._special: dict[str, Callable[[HtmlElement], None]] = {
            **dict.fromkeys(lists.LISTS, self._list),
            **dict.fromkeys(_HEADINGS, self._heading),
            "table": self._table,
            "dl": self._definitions,
            "blockquote": self._quote,
            "figure": self._figure,
            "pre": self._preformatted,
            "aside": self._aside,
            "summary": self._title_of_part,
        }

    def walk(self, root: HtmlElement) -> "Serializer":
        """Serialize what lies in `root`."""
        self._owner = root
        special = self._special.get(root.tag)
        if special:
            special(root)
        else:
            self._flow(root)
        self._flush()
        return self

    # ---- the flow: two frames a level

    def _flow(self, element: HtmlElement) -> None:
        if element.text:
            self._run.add(element.text)
        for child in element:
            tag = child.tag
            if not isinstance(tag, str) or tag in SILENT:
                pass
            elif tag in INLINE:
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
        elif child.get("role") in _TABS and _opens(child) and not lists.has(child, *_HEADINGS):
            self._title_of_part(child)
        elif tag == "div" and figures.is_captioned(child):
            self._figure(child)
        else:
            self._flow(child)
            self._flush()
        self._owner = owner

    def _parts(self, element: HtmlElement) -> None:
        """An element of its own shape whose parts say more than the shape does."""
        self._flow(element)
        self._flush()

    def _inline(self, child: HtmlElement, tag: str) -> None:
        run = self._run
        if tag == "br":
            if run.after_line_end:
                self._flush()  # two line ends are a new paragraph
            else:
                run.end_line()
        elif tag == "img":
            self._image(child)
        elif tag == "math":
            run.add(formula(child) or " ")
        elif child in self._phrases.consumed or (child.get("class") and self._left_out(child)):
            pass
        elif tag in _OPENERS and child.get("role") in _TABS and _opens(child) and _is_alone(child):
            self._block(child, "summary")
        elif (tag == "a" and (url := self._phrases.address(child.get("href")))) or (
            tag == "sup" and (url := mark_of(child))
        ):
            run.start_link(url)
            self._flow(child)
            self._run.end_link()
        elif tag in _BOLD:
            run.bold += 1
            self._flow(child)
            self._run.bold -= 1
        elif tag in _ITALIC:
            run.italic += 1
            self._flow(child)
            self._run.italic -= 1
        elif tag == "button":
            if not _opens(child):
                pass  # a control; one that opens a part of an accordion is that part's title
            elif _is_alone(child):
                self._block(child, "summary")
            else:
                self._flow(child)
        else:
            self._flow(child)

    def _left_out(self, element: HtmlElement) -> bool:
        if element in self._phrases.consumed:
            return True
        if is_note_in_text(element):
            self._phrases.note(self._run, element)
            return True
        sort = boilerplate.of_element(element) or (Sort.OTHER if element.tag == "form" else None)
        if sort is None or (self._keep is not None and self._keep(element)):
            return False
        self.asides.append(Aside(sort, element))
        return True

    def _flush(self) -> None:
        """Close the run of words: what was gathered is a paragraph of the element around it."""
        run = self._run
        if not run.length:
            self._notes_in_text()
            return
        self._run = run.successor()
        text, links = run.close()
        if not text:
            return
        draft = Draft("paragraph", self._owner, text, links)
        draft.bold = run.strong >= run.inked > 0
        draft.italic = run.slanted >= run.inked > 0
        if 0 < run.strong < run.inked:
            draft.lead = _lead(self._owner)
        footnotes.of_paragraph(draft)
        self._emit(draft)

    def _emit(self, draft: Draft | None) -> None:
        if draft is not None and len(self.drafts) >= MAX_BLOCKS:
            self.overfull = True
        elif draft is not None:
            links = self._run.open
            if links and not draft.links and draft.text and links[-1][0][0] != "#":
                # A card: the link stands around the whole block.
                draft.places.append((links[-1][0], 0, len(draft.text)))
            self.drafts.append(draft)
        if self._phrases.notes:
            self._notes_in_text()

    def _notes_in_text(self) -> None:
        """The notes that stood inside the block before."""
        notes, self._phrases.notes = self._phrases.notes, []
        for element, anchor in notes:
            self._emit(footnotes.in_text(element, anchor, self._phrases))

    # ---- blocks of their own shape

    def _heading(self, element: HtmlElement) -> None:
        text, links = self._phrases(element)
        level = _HEADINGS.get(element.tag)
        if level is None:
            stated = element.get("aria-level") or ""
            level = int(stated) if stated in ("1", "2", "3", "4", "5", "6") else 2
        self._images(element)
        if text:
            self._level = level
            self._emit(Draft("heading", element, text, links, level=level))

    def _title_of_part(self, element: HtmlElement) -> None:
        """What opens a collapsed part is its heading, one level below the one above it."""
        heading = next(element.iterdescendants(*_HEADINGS), None)
        text, links = self._phrases(element)
        self._images(element)
        if text:
            level = _HEADINGS[heading.tag] if heading is not None else min(max(self._level, 1) + 1, 6)
            self._emit(Draft("heading", element, text, links, level=level))

    def _preformatted(self, element: HtmlElement) -> None:
        """Lines as they stand, without spaces at their ends."""
        self._images(element)
        text, links = self._phrases.preformatted(element)
        if text:
            self._emit(Draft("paragraph", element, text, links))

    def _list(self, element: HtmlElement) -> None:
        if lists.is_layout(element):
            self._parts(element)
            return
        if footnotes.is_list(element):
            notes = footnotes.of_list(element, self._phrases)
        else:
            notes = footnotes.of_items(element, self._phrases)
        for note in notes:
            self._emit(note)
        if not notes:
            self._emit(lists.of_list(element, self._phrases))
        self._images(element)

    def _table(self, element: HtmlElement) -> None:
        if lists.is_layout_table(element):
            self._parts(element)
            return
        for text, links in lists.outside_rows(element, self._phrases):
            if text:
                self._emit(Draft("paragraph", element, text, links))
        self._emit(lists.of_table(element, self._phrases))
        self._images(element)

    def _definitions(self, element: HtmlElement) -> None:
        if lists.is_layout(element):
            self._parts(element)
            return
        self._emit(lists.of_definitions(element, self._phrases))
        self._images(element)

    def _quote(self, element: HtmlElement, pulled: bool = False) -> None:
        pulled = pulled or _is_pulled(element)
        if not pulled and lists.has(element, "h1", "h2", "h3", "table", "figure"):
            self._parts(element)  # a whole section that is set as a quotation
            return
        sources = _sources(element)
        text, links = self._phrases(element, sources, lines=True)
        cite = joined([self._phrases(source) for source in sources], " ")[0].strip("—–- ")
        self._images(element)
        if text:
            self._emit(Draft("pullquote" if pulled else "quote", element, text, links, cite=cite or None))
        elif cite:
            self._emit(Draft("paragraph", element, cite))

    def _aside(self, element: HtmlElement) -> None:
        if _is_pulled(element):
            self._quote(element, pulled=True)
        else:
            self._parts(element)

    def _figure(self, element: HtmlElement) -> None:
        if _is_pulled(element) or any(_is_pulled(child) for child in element):
            self._quote(element, pulled=True)
        elif figures.holds_more(element):
            self._parts(element)
        else:
            for draft in figures.of_figure(element, self._phrases):
                self._emit(draft)

    def _images(self, element: HtmlElement) -> None:
        for image in element.iter("img"):
            if figures.emoji(image) is None:
                self._emit(figures.of_image(image, self._phrases))

    def _image(self, image: HtmlElement) -> None:
        """An image among words stands before their paragraph, which is not cut."""
        sign = figures.emoji(image)
        if sign is None:
            self._emit(figures.of_image(image, self._phrases))
        elif sign:
            self._run.add(sign)


def _opens(element: HtmlElement) -> bool:
    """Whether an element opens a part that may be collapsed, and no menu."""
    return bool(element.get("aria-expanded") or element.get("aria-controls")) and not element.get("aria-haspopup")


def _is_alone(element: HtmlElement) -> bool:
    """Whether no words stand beside an element in its block."""
    parent = element.getparent()
    while parent is not None:
        if (parent.text or "").strip() or any((child.tail or "").strip() for child in parent):
            return False
        if parent.tag not in INLINE:
            return True
        parent = parent.getparent()
    return False


def _sources(quote: HtmlElement) -> list[HtmlElement]:
    """The elements that say who is quoted. A <cite> among the words names a work, and is one of them."""
    return [
        found
        for found in quote.iterdescendants("cite", "footer", "figcaption")
        if found.tag != "cite" or not (_has_words_behind(found) or _is_in(found, quote, "footer", "figcaption"))
    ]


def _is_in(element: HtmlElement, outer: HtmlElement, *tags: str) -> bool:
    return any(outer in ancestor.iterancestors() for ancestor in element.iterancestors(*tags))


def _has_words_behind(element: HtmlElement) -> bool:
    """Whether words follow in the same element."""
    if (element.tail or "").strip():
        return True
    return any("".join(found.itertext()).strip() or (found.tail or "").strip() for found in element.itersiblings())


def _is_pulled(element: HtmlElement) -> bool:
    return bool(_PULLQUOTE.search(element.get("class") or ""))


def _lead(element: HtmlElement) -> str:
    """The bold words that an element begins with."""
    if element.text and element.text.strip():
        return ""
    first = next((child for child in element if isinstance(child.tag, str)), None)
    while first is not None and first.tag in INLINE and first.tag not in _BOLD and len(first):
        if first.text and first.text.strip():
            return ""
        first = first[0]
    return plain("".join(first.itertext())) if first is not None and first.tag in _BOLD else ""
