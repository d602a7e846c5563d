"""Two versions of a publication side by side, as one HTML page without a script or an address of its own."""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from archive.dataset.differences import BlockChange, Differences, Line, Piece

_STYLE = """
:root { color-scheme: light dark; --gone: #ffd7d5; --come: #ccf2d4; --edge: #8886; }
@media (prefers-color-scheme: dark) { :root { --gone: #6e2420; --come: #1c4f2c; } }
body { font: 1rem/1.6 system-ui, sans-serif; margin: 1.5rem auto; max-width: 80rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { border: 1px solid var(--edge); padding: .4rem .6rem; text-align: start; vertical-align: top; }
td { overflow-wrap: anywhere; }
del { background: var(--gone); } ins { background: var(--come); text-decoration: none; border-block-end: 2px solid; }
td.none { background: repeating-linear-gradient(45deg, transparent 0 8px, var(--edge) 8px 9px); }
"""
_MARKS = {"same": "{}", "removed": "<del>{}</del>", "added": "<ins>{}</ins>"}


def page(old: Line, new: Line, changed: Differences) -> str:
    """The whole page."""
    title = escape(new["title"] or new["id"])
    language, direction = escape(new["language"] or "und"), escape(new["direction"] or "auto")
    heads = "".join(f'<th scope="col">{escape(line["version"][:19])}Z</th>' for line in (old, new))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>"
        f'<h1 lang="{language}" dir="{direction}">{title}</h1>'
        f"<p>{escape(', '.join(changed.kinds) or 'the same')}"
        f" · −{changed.words_removed} +{changed.words_added} words</p>"
        f"{_fields(changed)}"
        f'<table lang="{language}" dir="{direction}"><caption>Text</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(rows(changed.blocks))}</tbody></table></body></html>\n"
    )


def rows(blocks: tuple[BlockChange, ...]) -> Iterator[str]:
    """A table row a block: the old version's side, and the new one's."""
    for block in blocks:
        yield f"<tr>{_cell(block, 'removed')}{_cell(block, 'added')}</tr>"


def _cell(block: BlockChange, side: str) -> str:
    if (block.old if side == "removed" else block.new) is None:
        return '<td class="none"></td>'
    return f'<td dir="auto">{marked(piece for piece in block.pieces if piece.op in ("same", side))}</td>'


def marked(pieces: Iterable[Piece]) -> str:
    """The words, those that went and those that came marked as such."""
    return "".join(_MARKS[piece.op].format(escape(piece.text)) for piece in pieces)


def _fields(changed: Differences) -> str:
    if not changed.fields:
        return ""
    told = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td dir="auto"><del>{escape(said(before))}</del></td>'
        f'<td dir="auto"><ins>{escape(said(after))}</ins></td></tr>'
        for name, (before, after) in changed.fields.items()
    )
    return f"<table><caption>Fields</caption><tbody>{told}</tbody></table>"


def said(value: Any) -> str:
    """A field's value in a few words: names, titles, texts or addresses of what has them."""
    if value is None or value == []:
        return "—"
    if isinstance(value, list):
        return "; ".join(map(said, value))
    if isinstance(value, dict):
        named = str(value.get("name") or value.get("title") or value.get("text") or value.get("url") or "…")
        return " · ".join([named, *(value[more] for more in ("name_other", "role") if value.get(more))])
    return str(value)
