"""Lists and tables: items with their depth, rows with their cells."""

from collections.abc import Iterator

from lxml.html import HtmlElement

from archive.extract.draft import Draft
from archive.extract.phrase import SILENT, Phrases
from archive.extract.run import Place, joined

LISTS = frozenset(("ul", "ol", "menu"))
_LARGER_PARTS = ("h1", "h2", "h3", "h4", "h5", "h6", "table", "figure", "blockquote", "article", "section")
Cell = tuple[str, list[Place]]


def is_layout(element: HtmlElement) -> bool:
    """A list that only places larger parts below or beside each other."""
    return has(element, *_LARGER_PARTS)


def has(element: HtmlElement, *tags: str) -> bool:
    return next(element.iterdescendants(*tags), None) is not None


def of_list(element: HtmlElement, phrases: Phrases) -> Draft | None:
    """A list with the lists in it; null when it has no words."""
    items = list(_items(element, 0, phrases))
    if not items:
        return None
    text, links = joined([(words, places) for words, places, _, _ in items], "\n")
    return Draft("list", element, text, links, items=[(words, depth, ordered) for words, _, depth, ordered in items])


def _items(element: HtmlElement, depth: int, phrases: Phrases) -> Iterator[tuple[str, list[Place], int, bool]]:
    ordered = element.tag == "ol"
    for child in element:
        if child.tag in LISTS:
            yield from _items(child, depth + 1, phrases)
        elif isinstance(child.tag, str) and child.tag not in SILENT and child not in phrases.consumed:
            text, links = phrases(child, LISTS)
            if text:
                yield text, links, depth, ordered
            for nested in _outermost(child):
                yield from _items(nested, depth + 1, phrases)


def _outermost(item: HtmlElement) -> Iterator[HtmlElement]:
    """The lists of an item that are in no other list of it."""
    for found in item.iterdescendants(*LISTS):
        if next(found.iterancestors("li", *LISTS), None) is item:
            yield found


def is_layout_table(element: HtmlElement) -> bool:
    """A table that holds no data: it says so, has one column, other tables, or headings where header cells would be."""
    if element.get("role") in ("presentation", "none") or has(element, "table"):
        return True
    if max((sum(cell.tag in ("td", "th") for cell in row) for row in element.iter("tr")), default=0) < 2:
        return True
    return has(element, "h1", "h2") and not has(element, "th")


def of_table(element: HtmlElement, phrases: Phrases) -> Draft | None:
    """A table of data. Header rows are those of <thead>, or the first ones that have header cells alone."""
    rows: list[list[Cell]] = []
    headers = 0
    for row in element.iter("tr"):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        if not cells:
            continue
        heads = row.getparent().tag == "thead" or all(cell.tag == "th" for cell in cells)
        if headers == len(rows) and len(cells) > 1 and heads:
            headers += 1
        rows.append([phrases(cell) for cell in cells])
    return _of_rows(element, rows, headers)


def of_definitions(element: HtmlElement, phrases: Phrases) -> Draft | None:
    """Terms and their values as a table of two columns; a term's second value has a row with an empty first cell."""
    rows: list[list[Cell]] = []
    for child in element.iter("dt", "dd"):
        phrase = phrases(child)
        if child.tag == "dt":
            rows.append([phrase, ("", [])])
        elif rows and not rows[-1][1][0]:
            rows[-1][1] = phrase
        else:
            rows.append([("", []), phrase])
    return _of_rows(element, rows, 0)


def _of_rows(element: HtmlElement, rows: list[list[Cell]], headers: int) -> Draft | None:
    headers = sum(any(text for text, _ in row) for row in rows[:headers])
    rows = [row for row in rows if any(text for text, _ in row)]
    if not rows:
        return None
    text, links = joined([joined(row, "\t") for row in rows], "\n")
    cells = [[cell for cell, _ in row] for row in rows]
    return Draft("table", element, text, links, rows=cells, header_rows=headers)
