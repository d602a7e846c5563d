"""What `fleet status` and `fleet drain` say, for people and for programs."""

import json
from collections.abc import Iterator
from dataclasses import asdict

from rich.cells import cell_len

from archive.fleet.standing import Standing
from archive.lines import harmless, many
from crawler.fleet.presence import Drained

_LEFT = "\N{LEFT-TO-RIGHT MARK}"  # behind an Arabic name: else a terminal draws the numbers that follow to its left


def dumps(found: Standing) -> str:
    told = asdict(found) | {"pages_per_second": round(found.pages_per_second, 2)}
    return json.dumps(told, ensure_ascii=False, default=lambda moment: moment.isoformat())


def lines(found: Standing) -> Iterator[str]:
    """Every line is safe to print."""
    for line in _lines(found):
        yield harmless(line)


def drained(one: Drained, undo: bool) -> str:
    """A line that is safe to print."""
    told = f"takes jobs {'as before' if one.before else 'again'}" if undo else _drains(one)
    silent = f" (it has said nothing for {one.silent:,.0f} s: should it come back)" if one.silent else ""
    return harmless(f"{one.name}: {told}{silent}")


def _drains(one: Drained) -> str:
    told = "drains already: it" if one.before else "takes nothing new, and"
    return f"{told} ends when it has finished {', '.join(one.running)}" if one.running else f"{told} ends now"


def _lines(found: Standing) -> Iterator[str]:
    queue = found.queue
    there = f"{many(len(found.workers), 'worker')} · {many(len(found.crawled), 'institute')} running"
    yield (
        f"{there} · {queue['waiting']} wait"
        f"{f' ({len(found.late)} late)' if found.late else ''} · {queue['later']} planned · "
        f"{len(found.failing)} failing · {found.pages_per_second:.1f} pages a second"
    )
    if found.workers:
        yield from _table(
            ("worker", "state", "jobs", "why"),
            [(one.name, one.state, f"{one.running} of {one.at_once}", one.held or "") for one in found.workers],
        )
    if found.crawled:
        yield from _table(
            ("institute", "state", "pages", "a second", "queued", "owner", "number"),
            [
                (one.collection, one.state, f"{one.pages:,}", f"{one.pages_per_second:.1f}", f"{one.queued:,}",
                 one.owner, str(one.fence))
                for one in found.crawled
            ],
        )  # fmt: skip
    if found.failing:
        yield from _table(
            ("failing", "job", "exit", "since", "why"),
            [
                (one.collection, one.task, str(one.exit_code), f"{one.ended:%Y-%m-%d %H:%M}", (one.why or "")[:80])
                for one in found.failing
            ],
        )
    if found.late:
        yield f"late       {', '.join(found.late)}"
    base = found.database
    yield (f"database   {base['bytes'] / 1e6:,.0f} MB, {base['connections']} of {base['most_connections']} connections")


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(cell_len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, *rows):
        cells = (
            word + _LEFT * (not word.isascii()) + " " * (width - cell_len(word))
            for word, width in zip(row, widths, strict=True)
        )
        yield "  ".join(cells).rstrip()
