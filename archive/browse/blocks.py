"""The blocks of a publication as HTML, structured as the page was. Every text is data: nothing in it becomes markup."""

from collections.abc import Callable, Iterator
from typing import Any

from markupsafe import Markup, escape

Block = dict[str, Any]
_WEB = ("http://", "https://")
_MARKERS = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_DATE = 16  # characters of a table's cell that stand in one line when there is no space among them: dates, numbers


def rendered(blocks: list[Block]) -> Markup:
    """All blocks; footnotes stand together at the end, and their marks lead there and back."""
    body = [_DRAWN[block["type"]](block) for block in blocks if block["type"] != "footnote"]
    return Markup("\n").join([*body, _footnotes(blocks)])


def linked(text: str, links: list[dict[str, Any]]) -> Markup:
    """A text with its links that is no block: a caption, the line about an author."""
    return _words({"text": text, "links": links, "notes": ()})


def _footnotes(blocks: list[Block]) -> Markup:
    notes = [(number, block) for number, block in enumerate(blocks) if block["type"] == "footnote"]
    if not notes:
        return Markup("")
    items = [
        Markup('<p id="note-{0}"{1}><a href="#mark-{0}" aria-label="back to the text">{2}</a> {3}</p>').format(
            number, _spoken(block), block["mark"] or "↑", _words(block)
        )
        for number, block in notes
    ]
    return Markup('<section class="notes" aria-label="Notes">{}</section>').format(Markup("").join(items))


def _heading(block: Block) -> Markup:
    level = min(max((block["level"] or 2) + 1, 3), 6)  # below the page's own h1 and h2
    return Markup("<h{0}{1}>{2}</h{0}>").format(level, _spoken(block), _words(block))


def _paragraph(block: Block) -> Markup:
    return Markup("<p{}>{}</p>").format(_spoken(block), _words(block))


def _quote(block: Block) -> Markup:
    cite = Markup("<footer>{}</footer>").format(block["cite"]) if block["cite"] else ""
    return Markup("<blockquote{}><p>{}</p>{}</blockquote>").format(_spoken(block), _words(block), cite)


def _question(block: Block) -> Markup:
    return Markup('<p class="question"{}>{}<strong>{}</strong></p>').format(
        _spoken(block), _speaker(block), _words(block)
    )


def _answer(block: Block) -> Markup:
    return Markup('<p class="answer"{}>{}{}</p>').format(_spoken(block), _speaker(block), _words(block))


def _list(block: Block) -> Markup:
    items = block["items"] or ()
    start, drawn = 0, []
    for item in items:
        end = start + len(item["text"])
        marker = _MARKERS[item["style"] or "1"] if item["ordered"] else "disc"
        drawn.append(
            Markup('<li style="--depth:{};list-style-type:{}"{}>{}</li>').format(
                int(item["depth"]), marker, _attribute("value", item["number"]), _words(block, start, end)
            )
        )
        start = end + 1  # behind the line feed that joins them
    name = "ol" if any(item["ordered"] for item in items) else "ul"
    return Markup("<{0}{1}>{2}</{0}>").format(name, _spoken(block), Markup("").join(drawn))


def _table(block: Block) -> Markup:
    heads, columns = block["header_rows"] or 0, block["header_columns"] or 0
    rows = []
    for at, row in enumerate(_cells(block)):
        drawn = [
            Markup('<th scope="{}">{}</th>').format("col" if at < heads else "row", cell)
            if at < heads or place < columns
            else Markup("<td>{}</td>").format(cell)
            for place, cell in enumerate(row)
        ]
        rows.append(Markup("<tr>{}</tr>").format(Markup("").join(drawn)))
    table = Markup("<table{}>{}</table>").format(_spoken(block), Markup("").join(rows))
    return Markup('<div class="wide" tabindex="0" role="region" aria-label="Table">{}</div>').format(table)


def _definitions(block: Block) -> Markup:
    pairs = Markup("").join(
        Markup("<dt>{}</dt><dd>{}</dd>").format(term, value) if term else Markup("<dd>{}</dd>").format(value)
        for term, value in (row[:2] for row in _cells(block))
    )
    return Markup("<dl{}>{}</dl>").format(_spoken(block), pairs)


def _cells(block: Block) -> Iterator[list[Markup]]:
    """The rows' cells. In the block's text tabs join the cells of a row, and line feeds the rows."""
    start = 0
    for row in block["rows"] or ():
        drawn = []
        for cell in row:
            words = _words(block, start, start + len(cell))
            is_short = 0 < len(cell) <= _DATE and not any(map(str.isspace, cell))
            drawn.append(Markup('<span class="nowrap">{}</span>').format(words) if is_short else words)
            start += len(cell) + 1
        yield drawn


def _image(block: Block) -> Markup:
    caption = linked(block["caption"] or "", block["caption_links"])
    told = Markup(" · ").join(one for one in (caption, escape(block["credit"] or "")) if one)
    shown = block["alt"] or "Image"
    link = _link(block["url"], shown) if block["url"] else escape(shown)
    return Markup("<figure{}><p>🖼 {}</p><figcaption>{}</figcaption></figure>").format(_spoken(block), link, told)


def _link(url: str, text: str) -> Markup:
    """An address of a page is data too: only http and https become links."""
    if not url.startswith(_WEB):
        return escape(text)
    return Markup('<a href="{}" rel="noreferrer nofollow">{}</a>').format(url, text)


def _words(block: Block, start: int = 0, end: int | None = None) -> Markup:
    """A part of the block's text, all of it unless said, with its links and marks of notes, line breaks kept."""
    text, at, parts = block["text"], start, []
    end = len(text) if end is None else end
    marks = [(one["start"], one["end"], one) for one in (*block["links"], *block["notes"])]
    for first, last, one in sorted(marks, key=lambda mark: mark[:2]):
        if first < at or last > end:  # one inside another, where the outer one stands; or of another part
            continue
        parts.append(escape(text[at:first]))
        if "block" in one:
            parts.append(
                Markup('<sup><a id="mark-{0}" href="#note-{0}">{1}</a></sup>').format(one["block"], text[first:last])
            )
        else:
            parts.append(_link(one["url"], text[first:last]))
        at = last
    parts.append(escape(text[at:end]))
    return Markup("").join(Markup("<br>").join(part.split("\n")) if "\n" in part else part for part in parts)


def _speaker(block: Block) -> Markup:
    return Markup("<b>{}</b> ").format(block["speaker"] + ":") if block["speaker"] else Markup("")


def _attribute(name: str, value: Any) -> Markup:
    return Markup(' {}="{}"').format(name, value) if value is not None else Markup("")


def _spoken(block: Block) -> Markup:
    """`lang` and `dir` where they are not the document's."""
    pairs = (("lang", block["language"]), ("dir", block["direction"]))
    return Markup("").join(_attribute(name, value) for name, value in pairs)


_DRAWN: dict[str, Callable[[Block], Markup]] = {
    "heading": _heading, "paragraph": _paragraph, "list": _list, "quote": _quote, "pullquote": _quote,
    "question": _question, "answer": _answer, "table": _table, "definitions": _definitions, "image": _image,
}  # fmt: skip
