"""Plain lines for people: they fit 80 columns, are broken between parts alone, and have no blanks at their end."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

_NARROW, _WIDE = 40, 100  # columns that lines are filled to, whatever the terminal has


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
            console.print(Text.assemble((head, "dim"), line), soft_wrap=True)
