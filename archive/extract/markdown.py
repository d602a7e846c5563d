"""A publication's text and markdown, both written from the same blocks."""

import re
from collections.abc import Iterable

from archive.extract.page import Block, TextLink

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~])")
_AT_START = re.compile(r"^(\s*)([-+]|\d+[.)])(\s)", re.MULTILINE)


def text(blocks: Iterable[Block]) -> str:
    """The blocks' texts, joined by blank lines."""
    return "\n\n".join(block.text for block in blocks if block.text)


def markdown(blocks: Iterable[Block]) -> str:
    """CommonMark, with tables and footnotes as GitHub writes them."""
    return "\n\n".join(written for block in blocks if (written := _block(block)))


def _block(block: Block) -> str:
    words = _inline(block.text, block.links)
    if block.type == "heading" or (block.type == "question" and block.level):
        return f"{'#' * (block.level or 2)} {_one_line(words)}"
    if block.type == "list" and block.items is not None:
        return _list(block)
    if block.type == "table" and block.rows is not None:
        return _table(block)
    if block.type in ("quote", "pullquote"):
        lines = words.split("\n") + ([f"— {_escaped(block.cite)}"] if block.cite else [])
        return "\n".join(f"> {line}" if line else ">" for line in "\n\n".join(lines).split("\n"))
    if block.type == "image":
        return f"![{_escaped(block.alt or '')}]({_address(block.url or '')})" + (f"\n\n{words}" if words else "")
    if block.type == "footnote":
        return f"[^{block.mark or '*'}]: {_one_line(words)}"
    if block.type in ("question", "answer") and block.speaker:
        return f"**{_escaped(block.speaker)}:** {_hard(words)}"
    if block.type == "question":
        return f"**{_one_line(words)}**"
    return _hard(words)


def _list(block: Block) -> str:
    lines = []
    numbers: dict[int, int] = {}
    start = 0
    for item in block.items or ():
        end = start + len(item.text)
        links = tuple(
            link.model_copy(update={"start": link.start - start, "end": link.end - start})
            for link in block.links
            if start <= link.start and link.end <= end
        )
        numbers = {depth: number for depth, number in numbers.items() if depth <= item.depth}
        numbers[item.depth] = numbers.get(item.depth, 0) + 1
        bullet = f"{numbers[item.depth]}." if item.ordered else "-"
        lines.append(f"{'    ' * item.depth}{bullet} {_one_line(_inline(item.text, links))}")
        start = end + 1
    return "\n".join(lines)


def _table(block: Block) -> str:
    rows = block.rows or ()
    width = max((len(row) for row in rows), default=0)
    start = 0
    written = []
    for row in rows:
        cells = []
        for cell in row:
            end = start + len(cell)
            links = tuple(
                link.model_copy(update={"start": link.start - start, "end": link.end - start})
                for link in block.links
                if start <= link.start and link.end <= end
            )
            cells.append(_one_line(_inline(cell, links)))
            start = end + 1
        written.append("| " + " | ".join(cells + [""] * (width - len(cells))) + " |")
    rule = "|" + " --- |" * width
    if block.header_rows:
        return "\n".join([written[0], rule, *written[1:]])
    return "\n".join(["|" + "  |" * width, rule, *written])


def _inline(words: str, links: tuple[TextLink, ...]) -> str:
    parts = []
    at = 0
    for link in links:
        if link.start < at:
            continue
        parts.append(_escaped(words[at : link.start]))
        parts.append(f"[{_escaped(words[link.start : link.end])}]({_address(link.url)})")
        at = link.end
    parts.append(_escaped(words[at:]))
    return "".join(parts)


def _escaped(words: str) -> str:
    return _AT_START.sub(r"\1\\\2\3", _MARKUP.sub(r"\\\1", words))


def _address(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29")


def _one_line(words: str) -> str:
    return words.replace("\n", " ")


def _hard(words: str) -> str:
    return words.replace("\n", "  \n")
