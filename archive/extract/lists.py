"""Lists, definition lists and tables: items with their depth and number, rows with their cells."""

from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from archive.extract.draft import BlockType, Draft, Item
from archive.extract.phrase import SILENT, Phrases
from archive.extract.run import Place, Run, joined

LISTS = frozenset(("ul", "ol", "menu"))
MAX_SPANNED = 20_000  # cells of a table whose spans are filled up; a larger one keeps the cells that it has
_MAX_SPAN = 1000  # HTML Standard, 4.9.11
_LARGER_PARTS = ("h1", "h2", "h3", "h4", "h5", "h6", "table", "figure", "blockquote", "article", "section")
_STYLES = {"lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A", "lower-roman": "i"} | {
    "upper-roman": "I",
    "decimal": "1",
}
Cell = tuple[str, list[Place]]


def is_layout(element: HtmlElement) -> bool:
    """A list that only places larger parts below or beside each other."""
    return has(element, *_LARGER_PARTS)


def has(element: HtmlElement, *tags: str) -> bool:
    return next(element.iterdescendants(*tags), None) is not None


# ---- lists


def of_list(element: HtmlElement, phrases: Phrases) -> Draft | None:
    """A list with the lists in it; null when it has no words."""
    items = list(_items(element, 0, phrases))
    if not items:
        return None
    text, links = joined([cell for cell, _ in items], "\n")
    return Draft("list", element, text, links, items=[item for _, item in items])


def _items(element: HtmlElement, depth: int, phrases: Phrases) -> Iterator[tuple[Cell, Item]]:
    """The items of a list in order, those of inner lists among them. Words that stand in no item are one of their
    own."""
    ordered = element.tag == "ol"
    style = _style(element) if ordered else None
    numbers = _numbers(element) if ordered else None

    def found(cell: Cell, number: int | None) -> Iterator[tuple[Cell, Item]]:
        if cell[0]:
            yield cell, Item(cell[0], depth, number is not None, number, style if number is not None else None)

    yield from found(_stray(element.text), None)
    for child in element:
        if child.tag in LISTS:
            yield from _items(child, depth + 1, phrases)
        elif isinstance(child.tag, str) and child.tag not in SILENT and child not in phrases.consumed:
            if child.tag != "li" and has(child, "li"):  # an element that only holds items together
                yield from _items(child, depth, phrases)
            else:
                number = next(numbers) if numbers is not None and child.tag == "li" else None
                if number is not None:
                    number = _stated(child, number)
                    numbers = _counting(number, -1 if element.get("reversed") is not None else 1)
                yield from found(phrases(child, LISTS), number)
                for nested in _outermost(child):
                    yield from _items(nested, depth + 1, phrases)
        yield from found(_stray(child.tail), None)


def _stray(words: str | None) -> Cell:
    if not words or not words.strip():
        return "", []
    run = Run()
    run.add(words)
    return run.close()


def _style(element: HtmlElement) -> str:
    """How the items of an ordered list are counted: as HTML's `type` has it."""
    kind = element.get("type") or ""
    if kind in ("1", "a", "A", "i", "I"):
        return str(kind)
    style = element.get("style") or ""
    return next((sign for name, sign in _STYLES.items() if name in style), "1")


def _numbers(element: HtmlElement) -> Iterator[int]:
    down = element.get("reversed") is not None
    start = _whole(element.get("start"))
    if start is None:
        start = sum(child.tag == "li" for child in element) if down else 1
    return _counting(start - (-1 if down else 1), -1 if down else 1)


def _counting(before: int, step: int) -> Iterator[int]:
    while True:
        before += step
        yield before


def _stated(item: HtmlElement, number: int) -> int:
    stated = _whole(item.get("value"))
    return number if stated is None else stated


def _whole(value: str | None) -> int | None:
    """A number as an attribute has it; null for none, and for one that no list of people reaches."""
    digits = (value or "").strip()
    return int(digits) if digits.removeprefix("-").isdecimal() and len(digits) <= 9 else None


def _outermost(item: HtmlElement) -> Iterator[HtmlElement]:
    """The lists of an item that are in no other list of it."""
    for found in item.iterdescendants(*LISTS):
        if next(found.iterancestors("li", *LISTS), None) is item:
            yield found


# ---- tables


def is_layout_table(element: HtmlElement) -> bool:
    """A table that holds no data: it says so, has one column, other tables, or headings where header cells would be."""
    if element.get("role") in ("presentation", "none") or has(element, "table"):
        return True
    if max((sum(cell.tag in ("td", "th") for cell in row) for row in element.iter("tr")), default=0) < 2:
        return True
    return has(element, "h1", "h2") and not has(element, "th")


def of_table(element: HtmlElement, phrases: Phrases) -> Draft | None:
    """A table of data. Header rows are those of <thead>, or the first ones that have header cells alone; header
    columns the first ones that have such cells in every other row. A cell that spans several places has its text in
    the first."""
    found = [(row, [cell for cell in row if cell.tag in ("td", "th")]) for row in element.iter("tr")]
    found = [(row, cells) for row, cells in found if cells]
    headers = 0
    for number, (row, cells) in enumerate(found):
        heads = row.getparent().tag == "thead" or all(cell.tag == "th" for cell in cells)
        if headers == number and len(cells) > 1 and heads:
            headers += 1
    below = [cells for _, cells in found[headers:]]
    columns = min((_leading_heads(cells) for cells in below), default=0)
    rows = _spread([cells for _, cells in found], phrases)
    return _of_rows("table", element, rows, headers, columns)


def _leading_heads(cells: list[HtmlElement]) -> int:
    heads = next((place for place, cell in enumerate(cells) if cell.tag != "th"), len(cells))
    return heads if heads < len(cells) else 0


def _spread(rows: list[list[HtmlElement]], phrases: Phrases) -> list[list[Cell]]:
    """The rows with an empty cell for each place that another cell spans, so that columns stay columns."""
    read = [[(phrases(cell), _span(cell, "colspan"), _span(cell, "rowspan")) for cell in cells] for cells in rows]
    places = sum(
        across * min(down, len(read) - number) for number, cells in enumerate(read) for _, across, down in cells
    )
    if places > MAX_SPANNED or places == sum(map(len, read)):
        return [[cell for cell, _, _ in cells] for cells in read]
    taken: dict[int, int] = {}  # how many more rows a column is spanned in
    spread = []
    for cells in read:
        row: list[Cell] = []
        for cell, across, down in cells:
            _skip(row, taken)
            for place in range(across):
                if down > 1:
                    taken[len(row)] = down - 1
                row.append(("", []) if place else cell)
        _skip(row, taken)
        spread.append(row)
    return spread


def _skip(row: list[Cell], taken: dict[int, int]) -> None:
    """Empty cells where cells of the rows above reach down."""
    while left := taken.get(len(row), 0):
        taken[len(row)] = left - 1
        row.append(("", []))


def _span(cell: HtmlElement, name: str) -> int:
    stated = _whole(cell.get(name))
    return min(max(stated, 1), _MAX_SPAN) if stated is not None else 1


def outside_rows(element: HtmlElement, phrases: Phrases) -> Iterator[Cell]:
    """The words of a table that stand in no cell: its caption, and what broken markup leaves between the rows."""
    for caption in element.iterchildren("caption"):
        yield phrases(caption)
    for part in element.iter("table", "thead", "tbody", "tfoot", "tr"):
        yield _stray(part.text)
        for child in part:
            yield _stray(child.tail)
            if isinstance(child.tag, str) and child.tag not in _OF_TABLES and child.tag not in SILENT:
                yield phrases(child)


_OF_TABLES = frozenset(("thead", "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup", "col"))


# ---- definition lists


def of_definitions(element: HtmlElement, phrases: Phrases) -> Draft | None:
    """Terms and their values, a row of two each: a term's second value has a row with an empty term. What stands
    beside them is a value too."""
    rows: list[list[Cell]] = []
    for kind, cell in _defined(element, phrases):
        if kind == "dt":
            rows.append([cell, ("", [])])
        elif rows and not rows[-1][1][0]:
            rows[-1][1] = cell
        else:
            rows.append([("", []), cell])
    return _of_rows("definitions", element, rows, None, None)


def _defined(element: HtmlElement, phrases: Phrases) -> Iterator[tuple[str, Cell]]:
    def stray(words: str | None) -> Iterable[tuple[str, Cell]]:
        cell = _stray(words)
        return [("dd", cell)] if cell[0] else []

    yield from stray(element.text)
    for child in element:
        if isinstance(child.tag, str) and child.tag not in SILENT and child not in phrases.consumed:
            if child.tag not in ("dt", "dd") and has(child, "dt", "dd"):
                yield from _defined(child, phrases)
            else:
                yield child.tag, phrases(child)
        yield from stray(child.tail)


def _of_rows(
    kind: BlockType, element: HtmlElement, rows: list[list[Cell]], headers: int | None, columns: int | None
) -> Draft | None:
    headers = None if headers is None else sum(any(text for text, _ in row) for row in rows[:headers])
    rows = [row for row in rows if any(text for text, _ in row)]
    if not rows:
        return None
    text, links = joined([joined(row, "\t") for row in rows], "\n")
    cells = [[cell for cell, _ in row] for row in rows]
    return Draft(kind, element, text, links, rows=cells, header_rows=headers, header_columns=columns)
