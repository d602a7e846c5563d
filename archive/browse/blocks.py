"""The blocks of a publication as HTML, structured as the page was. Every text is data: nothing in it becomes markup."""

from collections.abc import Callable, Iterator
from typing import Any

from markupsafe import Markup, escape

Block = dict[str, Any]
Address = Callable[[str], str]  # where a link of the text leads: its own address, or its archived copy
_WEB = ("http://", "https://")


def rendered(blocks: list[Block], address: Address = str) -> Markup:
    """All blocks; footnotes stand together at the end, and their marks lead there and back."""
    drawn = Drawing(blocks, address)
    body = [drawn.block(number, block) for number, block in enumerate(blocks) if block["type"] != "footnote"]
    return Markup("\n").join([*body, drawn.footnotes()])


class Drawing:
    """One text being drawn."""

    def __init__(self, blocks: list[Block], address: Address) -> None:
        self._blocks = blocks
        self._address = address

    def block(self, number: int, block: Block) -> Markup:
        """One block but a footnote."""
        return getattr(self, f"_{block['type']}")(number, block)  # type: ignore[no-any-return]

    def footnotes(self) -> Markup:
        notes = [(number, block) for number, block in enumerate(self._blocks) if block["type"] == "footnote"]
        if not notes:
            return Markup("")
        items = [
            Markup('<p id="note-{0}"{1}><a href="#mark-{0}" aria-label="back to the text">{2}</a> {3}</p>').format(
                number, _spoken(block), block["mark"] or "↑", self._text(number, block)
            )
            for number, block in notes
        ]
        return Markup('<section class="notes" aria-label="Notes">{}</section>').format(Markup("").join(items))

    def _heading(self, number: int, block: Block) -> Markup:
        level = min(max((block["level"] or 2) + 1, 3), 6)  # below the page's own h1 and h2
        return Markup("<h{0}{1}>{2}</h{0}>").format(level, _spoken(block), self._text(number, block))

    def _paragraph(self, number: int, block: Block) -> Markup:
        return Markup("<p{}>{}</p>").format(_spoken(block), self._text(number, block))

    def _quote(self, number: int, block: Block) -> Markup:
        cite = Markup("<footer>{}</footer>").format(block["cite"]) if block["cite"] else ""
        return Markup("<blockquote{}><p>{}</p>{}</blockquote>").format(_spoken(block), self._text(number, block), cite)

    _pullquote = _quote

    def _question(self, number: int, block: Block) -> Markup:
        return Markup('<p class="question"{}>{}<strong>{}</strong></p>').format(
            _spoken(block), _speaker(block), self._text(number, block)
        )

    def _answer(self, number: int, block: Block) -> Markup:
        return Markup('<p class="answer"{}>{}{}</p>').format(_spoken(block), _speaker(block), self._text(number, block))

    def _list(self, _: int, block: Block) -> Markup:
        items = block["items"] or ()
        drawn = Markup("").join(
            Markup('<li style="--depth:{}"{}>{}</li>').format(
                int(item["depth"]), _attribute("value", item["number"]), item["text"]
            )
            for item in items
        )
        name = "ol" if items and items[0]["ordered"] else "ul"
        return Markup("<{0}{1}>{2}</{0}>").format(name, _spoken(block), drawn)

    def _table(self, _: int, block: Block) -> Markup:
        rows = Markup("").join(
            Markup("<tr>{}</tr>").format(Markup("").join(_cells(row, at < (block["header_rows"] or 0), block)))
            for at, row in enumerate(block["rows"] or ())
        )
        table = Markup("<table{}>{}</table>").format(_spoken(block), rows)
        return Markup('<div class="wide" tabindex="0" role="region" aria-label="Table">{}</div>').format(table)

    def _definitions(self, _: int, block: Block) -> Markup:
        pairs = Markup("").join(
            Markup("<dt>{}</dt><dd>{}</dd>").format(term, value) if term else Markup("<dd>{}</dd>").format(value)
            for term, value in (tuple(row[:2]) for row in block["rows"] or ())
        )
        return Markup("<dl{}>{}</dl>").format(_spoken(block), pairs)

    def _image(self, _: int, block: Block) -> Markup:
        told = " · ".join(one for one in (block["caption"], block["credit"]) if one)
        shown = block["alt"] or "Image"
        link = self._link(block["url"], shown) if block["url"] else escape(shown)
        return Markup("<figure{}><p>🖼 {}</p><figcaption>{}</figcaption></figure>").format(_spoken(block), link, told)

    def _link(self, url: str, text: str | Markup) -> Markup:
        """An address of a page is data too: only http and https become links."""
        if not url.startswith(_WEB):
            return escape(text)
        return Markup('<a href="{}" rel="noreferrer nofollow">{}</a>').format(self._address(url), text)

    def _text(self, number: int, block: Block) -> Markup:
        """The text with its links and marks of notes, line breaks kept."""
        text, at, parts = block["text"], 0, []
        marks = [(one["start"], one["end"], one) for one in (*block["links"], *block["notes"])]
        for start, end, one in sorted(marks, key=lambda mark: mark[:2]):
            if start < at:  # one inside another: the outer one stands
                continue
            parts.append(escape(text[at:start]))
            if "block" in one:
                parts.append(
                    Markup('<sup><a id="mark-{0}" href="#note-{0}">{1}</a></sup>').format(one["block"], text[start:end])
                )
            else:
                parts.append(self._link(one["url"], text[start:end]))
            at = end
        parts.append(escape(text[at:]))
        return Markup("").join(Markup("<br>").join(part.split("\n")) if "\n" in part else part for part in parts)


def _speaker(block: Block) -> Markup:
    return Markup("<b>{}</b> ").format(block["speaker"] + ":") if block["speaker"] else Markup("")


def _cells(row: list[str], is_head: bool, block: Block) -> Iterator[Markup]:
    columns = block["header_columns"] or 0
    for place, cell in enumerate(row):
        if is_head or place < columns:
            yield Markup('<th scope="{}">{}</th>').format("col" if is_head else "row", cell)
        else:
            yield Markup("<td>{}</td>").format(cell)


def _attribute(name: str, value: Any) -> Markup:
    return Markup(' {}="{}"').format(name, value) if value is not None else Markup("")


def _spoken(block: Block) -> Markup:
    """`lang` and `dir` where they are not the document's."""
    pairs = (("lang", block["language"]), ("dir", block["direction"]))
    return Markup("").join(_attribute(name, value) for name, value in pairs)
