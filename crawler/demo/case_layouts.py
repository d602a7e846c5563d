# ruff: noqa: E501 - lines of markup are easier to read whole
"""How the demo's case files show their facts and their timeline: every layout that such pages have, each with its markup and with the pieces of text that a reader sees in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

Pair = tuple[str, str]  # a label and its value, or a day and what happened
Pairs = Sequence[Pair]


@dataclass(frozen=True, slots=True)
class Layout:
    """`pieces` are the texts of its paragraphs, headings, list items and table cells, in order."""

    html: Callable[[Pairs], str]
    pieces: Callable[[Pairs], list[str]]
    sort: Literal["rows", "items", "headings", "text"] = "text"

    def rows(self, pairs: Pairs) -> list[list[str]]:
        """The rows of its table or definition list; none where it is neither."""
        if self.sort != "rows":
            return []
        return (
            [list(row) for row in zip(*pairs, strict=True)]
            if self is FACTS["columns"]
            else [list(pair) for pair in pairs]
        )


def _each(start: str, row: str, end: str) -> Callable[[Pairs], str]:
    """The markup of a layout that has one row a pair: `row` holds {0} and {1}."""
    return lambda pairs: (
        start + "".join(row.format(escape(a, quote=False), escape(b, quote=False)) for a, b in pairs) + end + "\n\n"
    )


def _apart(pairs: Pairs) -> list[str]:
    return [text for pair in pairs for text in pair]


def _run_in(pairs: Pairs) -> list[str]:
    return [f"{first}: {second}" for first, second in pairs]


def _columns(pairs: Pairs) -> str:
    head, row = (
        "".join(f"<{tag}>{escape(text, quote=False)}</{tag}>" for text in texts)
        for tag, texts in zip(("th", "td"), zip(*pairs, strict=True), strict=True)
    )
    return f'<figure class="wp-block-table"><table><thead><tr>{head}</tr></thead><tbody><tr>{row}</tr></tbody></table></figure>\n\n'


def _prose(pairs: Pairs) -> str:
    return " ".join(text if text.endswith(".") else f"{text}." for text in _run_in(pairs))


FACTS: dict[str, Layout] = {
    "table": Layout(
        _each(
            '<figure class="wp-block-table"><table class="has-fixed-layout"><tbody>',
            '<tr><th scope="row">{0}</th><td>{1}</td></tr>',
            "</tbody></table></figure>",
        ),
        _apart,
        "rows",
    ),
    "definitions": Layout(_each('<dl class="case-facts">', "<dt>{0}</dt><dd>{1}</dd>", "</dl>"), _apart, "rows"),
    "bold": Layout(_each("", "<p><strong>{0}:</strong> {1}</p>\n", ""), _run_in),
    "divs": Layout(
        _each(
            '<section class="case-meta"><div class="case-meta__inner">',
            '<div class="case-meta__row"><div class="case-meta__label"><span>{0}</span></div><div class="case-meta__value"><span>{1}</span></div></div>',
            "</div></section>",
        ),
        _apart,
    ),
    "items": Layout(
        _each('<ul class="wp-block-list case-facts">', "<li><strong>{0}</strong>: {1}</li>", "</ul>"), _run_in, "items"
    ),
    "prose": Layout(lambda pairs: f"<p>{escape(_prose(pairs), quote=False)}</p>\n\n", lambda pairs: [_prose(pairs)]),
    "headings": Layout(_each("", '<h3 class="wp-block-heading">{0}</h3>\n<p>{1}</p>\n', ""), _apart, "headings"),
    "columns": Layout(_columns, lambda pairs: [text for column in zip(*pairs, strict=True) for text in column], "rows"),
}
TIMELINES: dict[str, Layout] = {
    "list": Layout(_each('<ul class="case-timeline">', "<li><strong>{0}</strong>: {1}</li>", "</ul>"), _run_in, "items"),
    "table": Layout(_each('<table class="case-timeline"><tbody>', "<tr><td>{0}</td><td>{1}</td></tr>", "</tbody></table>"), _apart, "rows"),
    "divs": Layout(_each('<div class="timeline">', '<div class="timeline-item"><div class="timeline-item__date">{0}</div><div class="timeline-item__text"><span>{1}</span></div></div>', "</div>"), _apart),
    "headings": Layout(_each("", '<h3 class="wp-block-heading">{0}</h3>\n<p>{1}</p>\n', ""), _apart, "headings"),
    "definitions": Layout(_each("<dl>", "<dt>{0}</dt><dd>{1}</dd>", "</dl>"), _apart, "rows"),
    "paragraphs": Layout(_each("", "<p><strong>{0}</strong> – {1}</p>\n", ""), lambda pairs: [f"{day} – {event}" for day, event in pairs]),
}  # fmt: skip
