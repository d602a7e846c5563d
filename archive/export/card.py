"""The card of an export: a README that says what is in it, what is not, and how it is used and cited.

It holds no time of its own making: the same lines, ledger and collection.toml make the same card.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from archive.export.coverage import Coverage
from archive.export.selection import Source
from archive.extract.warnings import sentences
from archive.lines import many
from archive.store.collection import Meta
from archive.store.ledger import GENESIS

NAME = "README.md"
MARK = "<!-- policy-archive: the card of an export -->\n"
_LOST = {
    "failed": "could not be fetched",
    "queued": "were not fetched before the crawl ended",
    "limit": "were kept back by a limit",
    "botwall": "answered with a challenge page",
    "robots": "are forbidden by robots.txt",
    "private": "are at private addresses",
    "gone": "answered that there is nothing",
    "trap": "were left alone as endless",
}


@dataclass(frozen=True, slots=True)
class Holding:
    """What the card says of one collection."""

    name: str
    meta: Meta
    head: str | None
    crawls: int
    crawl: Mapping[str, Any] | None  # what the newest one's line in the ledger reports

    @classmethod
    def of(cls, source: Source) -> "Holding":
        return cls.told(source.name, source.collection.meta, source.head, source.collection.ledger)

    @classmethod
    def told(cls, name: str, meta: Meta, head: str | None, ledger: Iterable[Mapping[str, Any]]) -> "Holding":
        crawls, newest = 0, None
        for entry in ledger:
            if entry["event"] == "crawl":
                crawls, newest = crawls + 1, entry.get("report")
        return cls(name, meta, None if head == GENESIS else head, crawls, newest)

    @property
    def title(self) -> str:
        return self.meta.title or self.name


def card(
    holdings: list[Holding], coverage: Coverage, asked: str, files: str, versions: bool, release: str | None = None
) -> str:
    """Markdown. `asked` is what was selected, in words; `files` tells how the files are read."""
    noun = "version" if versions else "publication"
    sections = [
        f"# {_line(', '.join(one.title for one in holdings))}" + (f": release {release}" if release else ""),
        f"{many(coverage.lines, noun)} of {many(len(coverage.institutes), 'institute')}, {_span(coverage)}"
        + (f"; of all, {asked}" if asked else "")
        + ". Exported by policy-archive from the datasets that it derives from WARC files; each line names the record "
        "that it was read from. What is not known is null, never guessed.",
        "## Files\n\n" + files.strip(),
        "## Coverage\n\n" + _coverage(coverage),
        "## Known gaps\n\n" + "\n".join(_gaps(one) for one in holdings),
        "## Doubts\n\n" + _doubts(coverage),
        "## Rights\n\n" + "\n".join(_rights(one) for one in holdings),
        "## How to cite\n\n" + "\n".join(f"- {_line(cite(one, release))}" for one in holdings),
    ]
    return MARK + "\n\n".join(sections) + "\n"


def cite(holding: Holding, release: str | None = None) -> str:
    """The data as a whole, in a sentence."""
    by = holding.meta.operator or "policy-archive"
    what = f"release {release}" if release else "export"
    head = f" Ledger head sha256:{holding.head}." if holding.head else ""
    return f"{by}. {holding.title}: publications as archived ({what}).{head}"


def _span(coverage: Coverage) -> str:
    years = sorted(set(coverage.years) - {"not known"})
    return f"published {years[0]} to {years[-1]}" if years else "of unknown years"


def _coverage(coverage: Coverage) -> str:
    counted = (
        ("institute", coverage.institutes),
        ("kind", coverage.kinds),
        ("language", coverage.languages),
        ("state", coverage.states),
        ("year", coverage.years),
    )
    return "\n\n".join(_table(name, counts, sort=name == "year") for name, counts in counted)


def _table(name: str, counts: Counter[str], sort: bool) -> str:
    ordered = sorted(counts.items(), key=lambda one: one[0] if sort else (-one[1], one[0]))
    rows = "\n".join(f"| {value} | {count:,} |" for value, count in ordered)
    return f"| {name} | lines |\n|---|---:|\n{rows}"


def _gaps(holding: Holding) -> str:
    report = holding.crawl
    if report is None:
        return f"- {_line(holding.title)}: no crawl of it has left a report, so it is not known what is missing."
    told = [f"the last of {many(holding.crawls, 'crawl')}, {report.get('crawl')}, {_end(report)}"]
    complete = report.get("completeness") or {}
    if complete.get("named"):
        told.append(f"{complete['held']:,} of {complete['named']:,} publications that the site names are archived")
    urls = report.get("urls") or {}
    told += [f"{urls[end]:,} addresses {why}" for end, why in _LOST.items() if urls.get(end)]
    if report.get("underived"):
        told.append(f"{many(len(report['underived']), 'page')} could not be read")
    return f"- {_line(holding.title)}: {_line('; '.join(told))}."


def _end(report: Mapping[str, Any]) -> str:
    return (
        "ended well" if report.get("exit_code") == 0 else f"did not end well ({report.get('why') or 'no reason told'})"
    )


def _doubts(coverage: Coverage) -> str:
    if not coverage.warnings:
        return "No line carries a doubt."
    known = sentences()
    ordered = sorted(coverage.warnings.items(), key=lambda one: (-one[1], one[0]))
    rows = "\n".join(f"| `{code}` | {count:,} | {known.get(code, '')} |" for code, count in ordered)
    return f"| code in `warnings` | lines | what it says |\n|---|---:|---|\n{rows}"


def _rights(holding: Holding) -> str:
    rights = holding.meta.rights or (
        "the collection says nothing of rights. The texts are their institutes' and authors'; ask them before you "
        "publish them again"
    )
    contact = f" Contact: {holding.meta.contact}." if holding.meta.contact else ""
    return f"- {_line(holding.title)}: {_line(rights).rstrip('.')}.{_line(contact) and ' ' + _line(contact)}"


def _line(text: str) -> str:
    """An archivist's words, in one line."""
    return " ".join(text.split())
