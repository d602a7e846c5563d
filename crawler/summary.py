"""What a person reads when a crawl has ended: a few lines that fit the screen, and what to run next."""

import textwrap
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.text import Text

from archive.lines import counts, filled, many, percent, table, width
from crawler.report import COMPLETE, INTERRUPTED, LIMITED, Outcome

_WORDS = {
    0: "complete",
    1: "finished with failures",
    3: "out of space",
    4: "stopped at a limit",
    5: "nothing archived",
    130: "interrupted",
}
_INDENT, _LABEL = "  ", 16  # columns of the labels


def show(outcome: Outcome, console: Console, seconds: float, next_steps: bool = True) -> None:
    """Prints the end of a crawl."""
    good = outcome.exit_code == COMPLETE
    head = Text.assemble(
        (outcome.institute, "bold"),
        f" · crawl {outcome.crawl} · ",
        (_WORDS.get(outcome.exit_code, "failed"), "bold green" if good else "bold yellow"),
        f" · {seconds:.0f} s · {outcome.bytes / 1e6:,.1f} MB written",
    )
    console.print(head, soft_wrap=True)
    table(console, _rows(outcome, width(console) - _LABEL - len(_INDENT)), _LABEL, _INDENT)
    if next_steps:
        for number, command in enumerate(_next(outcome)):
            console.print(Text(f"{'' if number else 'Next:':<7}{command}", style="cyan"), soft_wrap=True)


def _rows(outcome: Outcome, columns: int) -> Iterator[tuple[str, list[str]]]:
    """A label and its lines each."""
    yield many(outcome.found, "URL"), filled(counts(outcome.urls), columns)
    total = sum(outcome.publications.values())
    if total:
        told = [line for each in (outcome.publications, outcome.languages) for line in filled(counts(each), columns)]
        yield many(total, "publication"), told
    if outcome.changes.before is not None:
        told = [f"{count:,} {name}" for name, count in outcome.changes.counts().items() if count]
        yield "since before", filled(told, columns) or ["nothing has changed"]
    if outcome.completeness.get("named"):
        yield "completeness", filled(_completeness(outcome.completeness), columns)
    sources = [source for source in outcome.sources if source["state"] != "absent"]
    if sources:
        yield many(len(sources), "source"), [*_yields(sources), *_failures(sources, columns)]


def _completeness(told: dict[str, Any]) -> list[str]:
    """How many of the publications that the sources name are archived. 100 % is said of all of them, and of no less."""
    named, held = told["named"], told["held"]
    return [f"{held:,} of {named:,} publications that the sources name", f"{percent(held, named)} archived"]


def _yields(sources: list[dict[str, Any]]) -> Iterator[str]:
    """How much each gave, and of how much, where it says how much there is."""
    for source in sources:
        if source["state"] != "failed":
            stated = f" (of {source['stated']:,})" if source["stated"] is not None else ""
            yield f"{source['found']:,} from {_name(source)}{stated}"


def _failures(sources: list[dict[str, Any]], columns: int) -> Iterator[str]:
    """Those that gave nothing, and why: said once for all that failed alike."""
    failed = [source for source in sources if source["state"] == "failed"]
    for problem in dict.fromkeys(source["problem"] for source in failed):
        yield from (f"FAILED {_name(source)}" for source in failed if source["problem"] == problem)
        yield from (f"  {line}" for line in textwrap.wrap(problem, columns - 2))


def _name(source: dict[str, Any]) -> str:
    return str(source["name"]).partition("&")[0].replace("{page}", "N")


def _next(outcome: Outcome) -> list[str]:
    if outcome.exit_code in (LIMITED, INTERRUPTED):
        return ["the same command again, to go on"]
    if not sum(outcome.publications.values()):
        return [f"look into collections/{outcome.collection}/crawls/{outcome.crawl}/urls.jsonl"]
    report = f"policy-archive report {outcome.collection} --open"
    return [report, f"policy-archive verify {outcome.collection}", f"policy-archive replay {outcome.collection}"]
