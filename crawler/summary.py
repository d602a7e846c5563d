"""What a person reads when a crawl has ended: a short table, and what to run next."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.report import COMPLETE, INTERRUPTED, LIMITED, Outcome

_WORDS = {
    0: "complete",
    1: "finished, not all of it well",
    3: "out of space",
    4: "stopped at a limit",
    5: "nothing archived",
    130: "interrupted",
}


def show(outcome: Outcome, console: Console, seconds: float, next_steps: bool = True) -> None:
    """Prints the end of a crawl."""
    good = outcome.exit_code == COMPLETE
    head = Text.assemble(
        (f"{outcome.institute}", "bold"),
        f" · crawl {outcome.crawl} · ",
        (_WORDS.get(outcome.exit_code, "failed"), "bold green" if good else "bold yellow"),
        f" · {seconds:.0f} s · {outcome.bytes / 1e6:,.1f} MB written",
    )
    console.print(head)
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    table.add_row("URLs", f"{outcome.found:,} found: " + _counts(outcome.urls))
    total = sum(outcome.publications.values())
    if total:
        languages = _counts(outcome.languages)
        table.add_row(
            "Publications", f"{total:,}: {_counts(outcome.publications)}" + (f"  ({languages})" if languages else "")
        )
    table.add_row("Sources", _sources(outcome))
    if outcome.why:
        table.add_row("Note", Text(outcome.why, style="yellow"))
    console.print(table)
    if next_steps:
        console.print(Text("Next:  " + "\n       ".join(_next(outcome)), style="cyan"))


def _counts(counts: dict[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return " · ".join(f"{count:,} {name}" for name, count in ordered)


def _sources(outcome: Outcome) -> str:
    shown = []
    for source in outcome.sources:
        name = source["name"].partition("&")[0].replace("{page}", "N")
        if source["state"] == "absent":
            continue
        if source["state"] == "failed":
            shown.append(f"{name} FAILED ({source['problem']})")
        else:
            stated = f" of {source['stated']:,} stated" if source["stated"] is not None else ""
            shown.append(f"{name} {source['found']:,}{stated}")
    return "\n".join(shown) or "none"


def _next(outcome: Outcome) -> list[str]:
    if outcome.exit_code in (LIMITED, INTERRUPTED):
        return [f"policy-archive crawl {outcome.institute}"]
    if not sum(outcome.publications.values()):
        return [f"policy-archive institute show {outcome.institute}"]
    return [f"policy-archive verify {outcome.collection}", f"policy-archive replay {outcome.collection}"]
