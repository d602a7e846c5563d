"""What a person, or a program, reads of a verification."""

import json
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Self, TextIO

from rich.console import Console
from rich.text import Text

from archive.audit.finding import Finding, Level
from archive.audit.package import Package
from archive.audit.reading import Files
from archive.audit.repair import Repair
from archive.audit.verify import Audit
from archive.lines import many

Verification = Audit | Files | Package
SHOWN = 10  # findings of one rule that are printed; all are in --json
_REFRESH = 0.2  # seconds


class Found:
    """The findings as they come: of each rule the first few, and how many there are."""

    def __init__(self) -> None:
        self.rules: Counter[str] = Counter()
        self.shown: list[Finding] = []

    def take(self, findings: Iterable[Finding]) -> Self:
        """Takes them all."""
        for finding in findings:
            self.rules[finding.rule] += 1
            if self.rules[finding.rule] <= SHOWN:
                self.shown.append(finding)
        return self


def write(audit: Verification, findings: Iterable[Finding], file: TextIO, repairs: Iterable[Repair]) -> None:
    """For --json: one object, its findings written as they come."""
    done = json.dumps([one.as_dict() for one in repairs], ensure_ascii=False)
    file.write(f'{{"repairs": {done},\n"findings": [')
    comma = ""
    for finding in findings:
        file.write(f"{comma}\n  {json.dumps(finding.as_dict(), ensure_ascii=False)}")
        comma = ","
    told = {
        "collection": audit.name,
        "good": not audit.errors,
        "errors": audit.errors,
        "warnings": audit.warnings,
        "checked": asdict(audit.checked),
        "head": audit.head,
    }
    if isinstance(audit, Package):
        told["signed_by"] = audit.signed_by
    if isinstance(audit, Audit):
        told["vouched"] = [asdict(vouched) for vouched in audit.vouched]
    file.write(f"],\n{json.dumps(told, ensure_ascii=False, indent=2)[1:]}\n")


def show_repairs(repairs: Iterable[Repair], wanted: bool, out: Console) -> None:
    """What was mended, line by line as it is done."""
    any_done = False
    for one in repairs:
        any_done = True
        out.print(Text.assemble(("repair ", "bold green"), (one.where, "bold"), f": {one.did}"), soft_wrap=True)
    if wanted and not any_done:
        out.print("nothing to repair")


def show(audit: Verification, findings: Iterable[Finding], out: Console, talk: Console) -> None:
    """The findings, then what was checked and the verdict."""
    found = Found()
    with watched(audit, talk):
        found.take(findings)
    show_findings(found, out)
    out.print(Text.assemble(Text(_checked(audit) + ": "), _verdict(audit)), soft_wrap=True)
    if isinstance(audit, Package) and audit.signed_by:
        told = "it is the one that is trusted" if audit.trusted else "--trust holds it against a key that you know"
        talk.print(Text(f"signed by {audit.signed_by} ({told})"), soft_wrap=True)
    for vouched in audit.vouched if isinstance(audit, Audit) else ():
        talk.print(Text(f"ledger {vouched}"), soft_wrap=True)
    if audit.checked.ledger_lines:
        talk.print(
            Text(f"ledger head {audit.head} (write it down elsewhere; --head holds the collection against it)"),
            soft_wrap=True,
        )


def show_findings(found: Found, out: Console) -> None:
    """The first few of each rule, and how many more there are."""
    for finding in found.shown:
        style = "bold red" if finding.level is Level.ERROR else "yellow"
        head = Text.assemble((f"{finding.level}", style), f" {finding.rule}: ", (finding.place, "bold"))
        standard = f" ({finding.standard})" if finding.standard else ""
        out.print(head, soft_wrap=True)
        out.print(Text(f"    {' '.join(finding.detail.split())}{standard}"), soft_wrap=True)
        out.print(Text(f"    mend: {finding.mend}", style="dim"), soft_wrap=True)
    for rule, count in found.rules.items():
        if count > SHOWN:
            out.print(Text(f"… and {count - SHOWN:,} more of {rule}; --json has all"))


@contextmanager
def watched(audit: Verification, talk: Console) -> Iterator[None]:
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


def _checked(audit: Verification) -> str:
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


def _verdict(audit: Verification) -> Text:
    warnings = many(audit.warnings, "warning")
    if audit.errors:
        return Text(f"{many(audit.errors, 'error')}, {warnings}", style="bold red")
    return Text(f"no errors, {warnings}", style="yellow") if audit.warnings else Text("all good", style="bold green")
