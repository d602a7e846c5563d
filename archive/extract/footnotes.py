"""Footnotes and their marks: WordPress' own, those of plugins, Word's `_ftn`, lists that lead back to the text, and
plain lists whose marks stand in it."""

import re
from bisect import bisect_right

from lxml.html import HtmlElement

from archive.extract.draft import Draft, without_start
from archive.extract.phrase import Phrases, mark_before
from archive.extract.run import Place

_LIST = re.compile(
    r"(?:^|\s)(?:wp-block-footnotes|(?:easy-)?footnotes?(?:-(?:list|wrapper|wrap))?|endnotes?|modern-footnotes-list)(?=\s|$)",
    re.IGNORECASE,
)
# `#fn1`, `#_ftn1`, `#cite_note-1`; WordPress numbers its notes with UUIDs.
_ID = re.compile(
    r"^(?:_?(?:ftn|edn|fn|endnote|footnote|note|cite_note|easy-footnote-bottom)[-_:]?\d+|"
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})",
    re.IGNORECASE,
)
_BACK = re.compile(r"^#(?:.*ref|.*-link$|_?(?:ftn|edn|fn)(?:_?anchor|back)|easy-footnote-\d)", re.IGNORECASE)
_NUMBER = r"\d{1,3}|[٠-٩]{1,3}|[۰-۹]{1,3}"
_MARK = re.compile(rf"^[\[(]?\s*({_NUMBER}|[*†‡]{{1,3}}|[ivxl]{{1,6}})\s*[\])]?[.:]?\s*")
_SET_APART = re.compile(r"[\[(]|.*[\])]|.*[.:]")
_ARROW = re.compile("\\s*[\u21a9\u2191\u21b5\u2934\u27f5^]+[\ufe0e\ufe0f]?\\s*$")
_PLAIN = re.compile(rf"^[\[(]({_NUMBER}|[*†‡]{{1,3}})[\])]\s*(?=\S)")
_BARE = re.compile(rf"^({_NUMBER})[.)\-–]?\s+(?=\S)")
_HEADING = re.compile(
    r"\W*(?:(?:end|foot)?notes?|references|(?:notes|sources) and (?:references|notes)|(?:ال)?هوامش|(?:ال)?حواشي|"
    r"(?:ال)?(?:مراجع|مصادر)|(?:ال)?ملاحظات)\W*",
    re.IGNORECASE,
)


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
    if not text:
        return None
    return Draft("footnote", item, text, links, mark=mark or item.get("value") or str(number), anchors=_anchors(item))


def _anchors(element: HtmlElement) -> frozenset[str]:
    """The places that an element and those in it are: what a mark in the text may lead to."""
    names = (part.get(key) for part in element.iter() for key in ("id", "name") if isinstance(part.tag, str))
    return frozenset(f"#{name}" for name in names if name)


def of_paragraph(draft: Draft) -> None:
    """A paragraph that begins with a link back to its mark (Word's `#_ftnref1`) becomes a footnote."""
    first = next(iter(draft.element.iter("a")), None)
    if first is None:
        return
    target, name = first.get("href") or "", first.get("name") or first.get("id") or ""
    if not (_BACK.match(f"#{target.rpartition('#')[2]}") if "#" in target else _ID.match(name)):
        return
    found = _MARK.match(draft.text)
    if found and len(found[0]) < len(draft.text) and draft.text.startswith("".join(first.itertext()).strip()):
        _become(draft, found[1], found.end())


def _become(draft: Draft, mark: str, length: int) -> None:
    """A paragraph turns into the note of that mark, without its first characters."""
    draft.type, draft.mark = "footnote", mark
    draft.anchors = _anchors(draft.element)
    draft.cut(length)


def in_text(element: HtmlElement, anchor: str, phrases: Phrases) -> Draft | None:
    """A note that stands inside the paragraph that it belongs to."""
    text, links = phrases(element)
    mark = mark_before(element)
    return Draft("footnote", element, text, links, mark=mark or None, anchors=frozenset((anchor,))) if text else None


def _without_mark(text: str, links: list[Place]) -> tuple[str, list[Place], str | None]:
    """Without the arrow that leads back, and without a mark that the note repeats."""
    text = _ARROW.sub("", text)
    links = [(url, start, min(end, len(text))) for url, start, end in links if start < len(text)]
    found = _MARK.match(text)
    if found and len(found[0]) < len(text) and _SET_APART.match(found[0]):
        text, links = without_start(text, links, found.end())
        return text, links, found[1]
    return text, links, None


# ---- notes that are set as plain text


def plain(drafts: list[Draft]) -> list[Draft]:
    """The drafts with the notes that are plain text named as such: paragraphs that begin with a mark, and the numbered
    list behind a heading such as “Notes”, each with its mark somewhere in the text before."""
    found: list[Draft] = []
    known: set[str] = set()  # the marks in the text so far, behind words
    heading = False  # whether a heading of notes stands above
    for draft in drafts:
        if draft.type == "heading" or (draft.bold and len(draft.text) < 40):
            heading = bool(_HEADING.fullmatch(draft.text))
        notes = _notes(draft, known, heading)
        found.extend(notes or [draft])
        if not notes and draft.type != "footnote":
            known.update(mark for mark, start, _ in marks_in(draft) if start)
    return found


def _notes(draft: Draft, known: set[str], heading: bool) -> list[Draft]:
    """The notes that a draft is; none where it is no note."""
    if draft.type == "list" and heading and draft.items and all(item.ordered for item in draft.items):
        marks = [str(item.number) for item in draft.items]
        if 2 * sum(mark in known for mark in marks) < len(marks):
            return []
        return [_cut_out(draft, place, mark) for place, mark in enumerate(marks)]
    if draft.type != "paragraph":
        return []
    notes = [_note(line, known, heading) for line in _lines(draft)]
    return [note for note in notes if note] if all(notes) else []


def _note(line: Draft, known: set[str], heading: bool) -> Draft | None:
    found = _PLAIN.match(line.text) or (_BARE.match(line.text) if heading or _begins_with_mark(line) else None)
    if found is None or value(found[1]) not in known:
        return None
    _become(line, found[1], found.end())
    return line


def _begins_with_mark(draft: Draft) -> bool:
    return any(url.startswith("#^") and start == 0 for url, start, _ in draft.places)


def _lines(draft: Draft) -> list[Draft]:
    """A paragraph whose lines are notes of their own."""
    if "\n" not in draft.text or not _PLAIN.match(draft.text):
        return [draft]
    lines: list[Draft] = []
    start = 0
    for words in draft.text.split("\n"):
        if lines and not _PLAIN.match(words):
            lines[-1] = _between(draft, start - len(lines[-1].text) - 1, start + len(words))
        else:
            lines.append(_between(draft, start, start + len(words)))
        start += len(words) + 1
    return lines


def _between(draft: Draft, start: int, end: int, kind: str = "paragraph") -> Draft:
    places = [
        (url, max(0, at - start), min(to, end) - start) for url, at, to in draft.places if at < end and to > start
    ]
    return Draft("footnote" if kind == "footnote" else "paragraph", draft.element, draft.text[start:end], places)


def _cut_out(draft: Draft, place: int, mark: str) -> Draft:
    """One item of a list as a note."""
    assert draft.items
    start = sum(len(item.text) + 1 for item in draft.items[:place])
    note = _between(draft, start, start + len(draft.items[place].text), "footnote")
    note.mark = mark
    return note


# ---- marks


_BRACKETED = re.compile(rf"\[({_NUMBER}|[*†‡]{{1,3}})\]")


def value(mark: str) -> str:
    """What a mark says, whatever its digits: ١ is 1."""
    return str(int(mark)) if mark.isdecimal() else mark


def marks_in(draft: Draft) -> list[tuple[str, int, int]]:
    """The marks in a draft's text that are no links: in brackets or superscript, each with its place."""
    found = [(value(match[1]), match.start(), match.end()) for match in _BRACKETED.finditer(draft.text)]
    found += [(value(url[2:]), start, end) for url, start, end in draft.places if url.startswith("#^")]
    return found


def tied(drafts: list[Draft]) -> dict[int, list[tuple[int, int, int]]]:
    """For each draft's number, its marks as `(start, end, number of the note's draft)`, in order. A mark is tied by the
    place that it leads to, else by what it says, to the next note that says so."""
    notes = [number for number, draft in enumerate(drafts) if draft.type == "footnote"]
    if not notes:
        return {}
    by_place = {anchor: number for number in reversed(notes) for anchor in drafts[number].anchors}
    by_mark: dict[str, list[int]] = {}
    for number in notes:
        by_mark.setdefault(value(drafts[number].mark or ""), []).append(number)
    found: dict[int, list[tuple[int, int, int]]] = {}
    for at, draft in enumerate(drafts):
        if draft.type == "image" or not draft.text:
            continue
        marks = {
            (start, end): by_place[url]
            for url, start, end in draft.places
            if url[0] == "#" and by_place.get(url, at) != at
        }
        if draft.type != "footnote":
            covered = {place for start, end in marks for place in range(start, end)}
            for said, start, end in marks_in(draft):
                same = by_mark.get(said, [])
                note = bisect_right(same, at)
                if note < len(same) and covered.isdisjoint(range(start, end)):
                    marks[start, end] = same[note]
        if marks:
            found[at] = sorted((start, end, note) for (start, end), note in marks.items())
    return found
