"""A publication's text and markdown, both written from the same blocks."""

import re
from collections.abc import Iterable, Sequence

from archive.extract.page import Block

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~]|&(?=#?\w+;))")
# What begins a list, a rule or an underlined heading where it stands first in a line.
_AT_START = re.compile(r"^(?=[-+=]|\d+[.)](?:\s|$))(\d*)", re.MULTILINE | re.ASCII)
_IN_ADDRESS = re.compile(r"([()\\]|&(?=#?\w+;))")
_LABEL = re.compile(r"[^\w*†‡.-]+")
Place = tuple[int, int, str, bool]  # start, end, address or label, whether it is the mark of a note


def text(blocks: Iterable[Block]) -> str:
    """The blocks' texts, joined by blank lines."""
    return "\n\n".join(block.text for block in blocks if block.text)


def markdown(blocks: Sequence[Block]) -> str:
    """CommonMark, with tables and footnotes as GitHub writes them. A note that no mark leads to is a paragraph."""
    labels = _labels(blocks)
    written = []
    before = None
    for number, block in enumerate(blocks):
        words = _Writer(block, labels).written(labels.get(number))
        if words and block.type == before == "list":
            written.append("<!-- -->")  # else they would be one list
        if words:
            written.append(words)
            before = block.type
    return "\n\n".join(written)


def _labels(blocks: Sequence[Block]) -> dict[int, str]:
    """For the number of each note that a mark leads to, a label of its own: pages count from 1 more than once."""
    labels: dict[int, str] = {}
    for number in sorted({note.block for block in blocks for note in block.notes}):
        mark = _LABEL.sub("", blocks[number].mark or "") or "note"
        label = mark if mark not in labels.values() else f"{mark}-{number}"
        labels[number] = label
    return labels


class _Writer:
    """Writes one block. `labels` are those of the notes."""

    def __init__(self, block: Block, labels: dict[int, str]) -> None:
        self._block = block
        places = [(link.start, link.end, link.url, False) for link in block.links]
        places += [(note.start, note.end, labels[note.block], True) for note in block.notes]
        self._places: list[Place] = sorted(places)

    def written(self, label: str | None) -> str:
        block = self._block
        if block.type == "heading" or (block.type == "question" and block.level):
            return f"{'#' * (block.level or 2)} {_one_line(self._inline(0, len(block.text)))}"
        if block.type == "list" and block.items is not None:
            return self._list()
        if block.type == "table":
            return self._table()
        if block.type == "definitions":
            return self._definitions()
        if block.type in ("quote", "pullquote"):
            return self._quote()
        if block.type == "image":
            return self._image()
        if block.type == "footnote":
            before = f"[^{label}]: " if label else _escaped(f"[{block.mark}] ") if block.mark else ""
            return f"{before}{self._line()}"
        if block.type in ("question", "answer") and block.speaker:
            return f"{_bold(f'{_escaped(block.speaker)}:')} {self._lines()}"
        if block.type == "question":
            return _bold(self._line())
        return self._lines()

    def _image(self) -> str:
        block = self._block
        image = f"![{_escaped(block.alt or '')}]({_address(block.url or '')})"
        if not block.caption:
            return image
        caption = Block(type="paragraph", text=block.caption, links=block.caption_links)
        return f"{image}\n\n{_Writer(caption, {}).written(None)}"

    def _line(self) -> str:
        return _started(_one_line(self._inline(0, len(self._block.text))))

    def _lines(self) -> str:
        """Line ends as hard breaks. A line's first spaces would make code of it."""
        lines = [line.strip(" ") for line in _started(self._inline(0, len(self._block.text))).split("\n")]
        return "\n".join([*(f"{line}  " if line else "" for line in lines[:-1]), lines[-1]])

    def _inline(self, start: int, end: int) -> str:
        """A part of the text with its links and marks."""
        words = self._block.text
        parts = []
        at = start
        for since, to, target, is_note in self._places:
            if since < at or to > end:
                continue
            before = _escaped(words[at:since])
            # An exclamation mark before a link would make an image of it.
            parts.append(f"{before[:-1]}\\!" if before.endswith("!") else before)
            parts.append(f"[^{target}]" if is_note else f"[{_escaped(words[since:to])}]({_address(target)})")
            at = to
        parts.append(_escaped(words[at:end]))
        return "".join(parts)

    def _list(self) -> str:
        lines: list[str] = []
        open_: list[tuple[int, int]] = []  # depth, and the column where the item's words begin
        start = depth = 0
        for item in self._block.items or ():
            while open_ and open_[-1][0] >= item.depth:
                open_.pop()
            column = open_[-1][1] if open_ else 0
            bullet = f"{max(item.number or 0, 0)}." if item.ordered else "-"
            if lines and lines[-1] and item.depth > depth and item.ordered and item.number != 1:
                lines.append("")  # only a list that begins with 1 may follow words without a space
            depth = item.depth
            open_.append((item.depth, column + len(bullet) + 1))
            words = _one_line(self._inline(start, start + len(item.text)))
            lines.append(f"{' ' * column}{bullet} {_started(words)}")
            start += len(item.text) + 1
        return "\n".join(lines)

    def _cells(self) -> list[list[str]]:
        start = 0
        rows = []
        for row in self._block.rows or ():
            cells = []
            for cell in row:
                cells.append(_one_line(self._inline(start, start + len(cell))))
                start += len(cell) + 1
            rows.append(cells)
        return rows

    def _table(self) -> str:
        rows = self._cells()
        width = max((len(row) for row in rows), default=0)
        written = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
        rule = "|" + " --- |" * width
        if self._block.header_rows:
            return "\n".join([written[0], rule, *written[1:]])
        return "\n".join(["|" + "  |" * width, rule, *written])

    def _definitions(self) -> str:
        """A paragraph for each term, in bold, with its values in the lines below."""
        found: list[list[str]] = []
        for term, value in self._cells():
            if term or not found:
                found.append([_bold(term)] if term else [])
            if value:
                found[-1].append(_started(value))
        return "\n\n".join("  \n".join(lines) for lines in found)

    def _quote(self) -> str:
        lines = _started(self._inline(0, len(self._block.text))).split("\n")
        if self._block.cite:
            lines.append(f"— {_escaped(self._block.cite)}")
        return "\n>\n".join(f"> {line.strip(' ')}" for line in lines if line.strip(" "))


def _escaped(words: str) -> str:
    return _MARKUP.sub(r"\\\1", words)


def _started(words: str) -> str:
    """Words at the beginning of a line, as words."""
    return _AT_START.sub(r"\1\\", words)


def _address(url: str) -> str:
    return _IN_ADDRESS.sub(r"\\\1", url)


def _bold(words: str) -> str:
    """White space inside the stars would make them stars."""
    bare = words.strip()
    if not bare:
        return words
    before, _, behind = words.partition(bare)
    return f"{before}**{bare}**{behind}"


def _one_line(words: str) -> str:
    return words.replace("\n", " ")
