"""Plain lines for people: they fit 80 columns, are broken between parts alone, and have no blanks at their end.

What a site says reaches a terminal through `harmless` or a `Terminal`: a title can hold what moves the cursor, writes
the clipboard, or turns the line around.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

_NARROW, _WIDE = 40, 100  # columns that lines are filled to, whatever the terminal has
# Each is shown as one sign, so that styles stay in their place: ␛ for ESC, � for what has no picture.
_HARMFUL = {
    **{code: 0x2400 + code for code in range(0x20)},
    0x7F: 0x2421,
    **dict.fromkeys((*range(0x80, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD),
    **dict.fromkeys(range(0xD800, 0xE000), 0xFFFD),  # halves of a sign: no terminal takes them
}


def harmless(text: str) -> str:
    """One line in which nothing commands a terminal: controls, escapes, line ends, and marks that override the
    direction of what follows.

    Marks that only join or part letters, or say a direction (ZWJ, ZWNJ, LRM, RLM), stay: Arabic and Persian need them.
    """
    return text if text.isascii() and text.isprintable() else text.translate(_HARMFUL)


class Terminal(Console):
    """A console whose lines are harmless. Every text that is printed is one line."""

    def print(self, *objects: Any, **options: Any) -> None:
        super().print(*map(_harmless, objects), **options)


def _harmless(told: Any) -> Any:
    if isinstance(told, str):
        return harmless(told)
    if isinstance(told, Text):
        told.plain = harmless(told.plain)
    return told


def width(console: Console) -> int:
    """The columns to fill on that console."""
    return min(max(console.width, _NARROW), _WIDE)


def counts(counted: dict[str, int]) -> list[str]:
    """`65 analysis`, the most frequent first."""
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [f"{count:,} {name}" for name, count in ordered]


def many(count: int, noun: str) -> str:
    """`1 source`, `2 sources`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def percent(part: int, whole: int) -> str:
    """`99.9 %`; 100 is said of the whole alone, and 0 of nothing alone."""
    if part in (0, whole):
        return "100 %" if part else "0 %"
    return f"{min(99.9, max(0.1, 100 * part / whole)):.1f} %"


def filled(parts: Iterable[str], columns: int) -> list[str]:
    """The parts with dots between them, in lines of so many columns."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(part) + 3 <= columns:
            lines[-1] += f" · {part}"
        else:
            lines.append(part)
    return lines


def table(console: Console, rows: Iterable[tuple[str, Sequence[str | Text]]], label: int, indent: str = "") -> None:
    """A label each, `label` columns wide, and the lines that go with it; the terminal breaks what is too long."""
    for name, lines in rows:
        for number, line in enumerate(lines):
            head = f"{indent}{'' if number else name + ' ':<{label}}"
            console.print(_harmless(Text.assemble((head, "dim"), line)), soft_wrap=True)
