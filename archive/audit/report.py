"""What a person, or a program, reads of a verification."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.text import Text

from archive.audit.finding import Finding, Level
from archive.audit.verify import Audit
from archive.lines import many

SHOWN = 10  # findings of one rule that are printed; all are in --json
_REFRESH = 0.2  # seconds


def as_dict(audit: Audit, findings: Sequence[Finding]) -> dict[str, Any]:
    """For --json."""
    return {
        "collection": audit.collection.name,
        "good": not audit.errors,
        "errors": audit.errors,
        "warnings": audit.warnings,
        "checked": asdict(audit.checked),
        "head": audit.head,
        "findings": [finding.as_dict() for finding in findings],
    }


def show(audit: Audit, findings: Sequence[Finding], out: Console, talk: Console) -> None:
    """The findings, then what was checked and the verdict."""
    rules: Counter[str] = Counter()
    for finding in findings:
        rules[finding.rule] += 1
        if rules[finding.rule] > SHOWN:
            continue
        style = "bold red" if finding.level is Level.ERROR else "yellow"
        out.print(
            Text.assemble((f"{finding.level}", style), f" {finding.rule}: ", (finding.place, "bold")), soft_wrap=True
        )
        out.print(Text(f"    {' '.join(finding.detail.split())}"), soft_wrap=True)
        out.print(Text(f"    mend: {finding.mend}", style="dim"), soft_wrap=True)
    for rule, count in rules.items():
        if count > SHOWN:
            out.print(Text(f"… and {count - SHOWN:,} more of {rule}; --json has all"))
    out.print(Text.assemble(Text(_checked(audit) + ": "), _verdict(audit)), soft_wrap=True)
    if audit.checked.ledger_lines:
        talk.print(
            Text(f"ledger head {audit.head} (write it down elsewhere; --head holds the collection against it)"),
            soft_wrap=True,
        )


@contextmanager
def watched(audit: Audit, talk: Console) -> Iterator[None]:
    """Says on stderr how far the verification is, where that is a terminal."""
    if not talk.is_terminal:
        yield
        return
    over = threading.Event()
    with talk.status("") as status:

        def watch() -> None:
            while not over.wait(_REFRESH):
                share = f" {audit.done / audit.total:.0%}" if audit.total and audit.step.startswith("records") else ""
                status.update(Text(f"{audit.step}{share}"))

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _checked(audit: Audit) -> str:
    checked = audit.checked
    told = [
        (checked.records, "record"),
        (checked.index_lines, "index line"),
        (checked.ledger_lines, "ledger line"),
        (checked.publications, "publication"),
        (checked.versions, "version"),
    ]
    parts = [many(count, name) for count, name in told if count]
    return ", ".join(parts) + f" ({checked.bytes / 1e6:,.1f} MB)" if parts else "nothing"


def _verdict(audit: Audit) -> Text:
    warnings = many(audit.warnings, "warning")
    if audit.errors:
        return Text(f"{many(audit.errors, 'error')}, {warnings}", style="bold red")
    return Text(f"no errors, {warnings}", style="yellow") if audit.warnings else Text("all good", style="bold green")
