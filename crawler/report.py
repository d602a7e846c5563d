"""What a crawl did: every URL's end, each source's yield, what was derived, and the exit code that scripts rely on."""

import json
import os
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.dataset.derive import Summary
from archive.errors import OutOfSpace
from archive.lines import many
from crawler.changes import Changes
from crawler.crawl import Crawl
from crawler.frontier import End, Frontier, Role

COMPLETE, INCOMPLETE, WRONG_USE, NO_SPACE, LIMITED, UNREACHABLE, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130


@dataclass(frozen=True)
class Outcome:
    """The end of a crawl. `urls` counts every URL that was found, by its end; the sum is what was found."""

    crawl: str
    institute: str
    collection: str
    resumed: bool
    began: str
    ended: str
    reason: str
    exit_code: int
    why: str | None
    found: int
    urls: dict[str, int]
    by_role: dict[str, dict[str, int]]
    sources: list[dict[str, Any]]
    bytes: int
    publications: dict[str, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    underived: list[str] = field(default_factory=list)
    warnings: dict[str, int] = field(default_factory=dict)
    dataset: dict[str, str] = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)  # since the crawl before


def outcome(crawl: Crawl, reason: str) -> Outcome:
    """The outcome as far as the frontier knows it; `complete` adds what was derived."""
    urls: Counter[str] = Counter()
    by_role: dict[str, Counter[str]] = {}
    waiting = End.LIMIT if crawl.stopping == "limit" or _pages_left(crawl) else End.QUEUED
    for (role, end), count in crawl.frontier.counts().items():
        name = str(waiting) if end == End.QUEUED else end
        urls[name] += count
        by_role.setdefault(role.name.lower(), Counter())[name] += count
    code, why = _verdict(crawl, reason, urls, by_role)
    return Outcome(
        crawl=crawl.id,
        institute=crawl.profile.id,
        collection=crawl.collection.name,
        resumed=crawl.resumed,
        began=str(crawl.frontier.fact("crawl")),
        ended=datetime.now(UTC).strftime("%Y%m%d%H%M%S"),
        reason=crawl.stopping or reason,
        exit_code=code,
        why=why,
        found=sum(urls.values()),
        urls=dict(sorted(urls.items())),
        by_role={role: dict(sorted(ends.items())) for role, ends in sorted(by_role.items())},
        sources=crawl.sources.lines(),
        bytes=crawl.recorder.bytes,
    )


def _pages_left(crawl: Crawl) -> bool:
    """Whether `--max-pages` left pages unfetched."""
    return bool(crawl.options.max_pages) and crawl.frontier.next_due((Role.PAGE, Role.LISTING)) is not None


def _verdict(crawl: Crawl, reason: str, urls: Counter[str], by_role: dict[str, Counter[str]]) -> tuple[int, str | None]:
    if isinstance(crawl.error, OutOfSpace):
        return NO_SPACE, str(crawl.error)
    if crawl.error is not None:
        return INCOMPLETE, f"the crawl broke off: {type(crawl.error).__name__}: {crawl.error}"
    if reason == "shutdown":
        return INTERRUPTED, "interrupted; run the same command again to go on"
    pages = Counter[str]()
    for role in ("page", "listing", *(("document",) if crawl.options.urls else ())):
        pages.update(by_role.get(role, {}))
    nothing = not pages[End.ARCHIVED] and not pages[End.UNCHANGED]
    if nothing and crawl.stopping != "limit":
        refusal = crawl.refusals.most_common(1)
        if refusal:
            return UNREACHABLE, f"nothing could be fetched: {refusal[0][0]}"
        if urls[End.BOTWALL]:
            return (
                UNREACHABLE,
                f"the site answers with a challenge page ({urls[End.BOTWALL]} times), not with its pages",
            )
        return UNREACHABLE, "no page could be archived; urls.jsonl says why for each"
    limits = crawl.limits.told(_pages_left(crawl))
    if urls[End.LIMIT] and limits:
        left = many(urls[End.LIMIT], "URL")
        return LIMITED, f"stopped at a limit ({limits}) with {left} left; run the same command again to go on"
    failed = [source["name"] for source in crawl.sources.lines() if source["state"] == "failed"]
    if failed:
        return INCOMPLETE, f"{len(failed)} of {len(crawl.sources.lines())} sources failed: {', '.join(failed)}"
    return COMPLETE, None


def complete(outcome: Outcome, summary: Summary, dataset: dict[str, str], changes: Changes | None = None) -> Outcome:
    """The outcome with what was derived, the SHA-256 of the dataset's files, and what is otherwise than before."""
    code, why = outcome.exit_code, outcome.why
    if summary.underived and code == COMPLETE:
        code, why = (
            INCOMPLETE,
            f"{len(summary.underived)} captures could not be derived; "
            f"`policy-archive derive {outcome.collection}` tries again",
        )
    return replace(
        outcome,
        exit_code=code,
        why=why,
        publications=dict(sorted(summary.kinds.items())),
        languages=dict(sorted(summary.languages.items())),
        underived=[f"{where}: {why}" for where, why in sorted(summary.underived.items())],
        warnings=dict(sorted(summary.warnings.items())),
        dataset=dataset,
        changes=changes or Changes(),
    )


def write_urls(path: Path, frontier: Frontier, outcome: Outcome) -> None:
    """urls.jsonl: a line for every URL that was found, in order of finding, with its one end."""
    waiting = str(End.LIMIT if outcome.urls.get(End.LIMIT) and outcome.exit_code == LIMITED else End.QUEUED)
    temporary = path.with_suffix(".tmp")
    with temporary.open("w", encoding="utf-8") as file:
        for row in frontier.all():
            line = {
                "url": row.url,
                "end": row.end or waiting,
                "reason": row.reason,
                "role": Role(row.role).name.lower(),
                "what": row.detail,
                "source": row.source,
                "tries": row.tries,
                "warc": row.warc,
                "offset": row.offset,
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def write(path: Path, outcome: Outcome) -> None:
    """report.json, whole and renamed."""
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(asdict(outcome), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    temporary.replace(path)
