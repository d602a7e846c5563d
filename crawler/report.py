"""What a crawl did: every URL's end, each source's yield, what was derived, and the exit code that scripts rely on."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.dataset.derive import Summary
from archive.errors import OutOfSpace
from archive.institutes.urls import canonical
from archive.lines import many
from archive.reports import crawls
from archive.store.folder import Folder
from archive.store.whole import whole
from crawler.census import Census, Listed, Source
from crawler.changes import Changes
from crawler.crawl import Crawl
from crawler.discovery.sources import Tally, Yield
from crawler.exits import COMPLETE as COMPLETE  # named by their own names: those who report name them from here
from crawler.exits import INCOMPLETE as INCOMPLETE
from crawler.exits import INTERRUPTED as INTERRUPTED
from crawler.exits import LIMITED as LIMITED
from crawler.exits import NO_SPACE as NO_SPACE
from crawler.exits import UNREACHABLE as UNREACHABLE
from crawler.frontier import End, Frontier, Role
from crawler.known import KnownUrls


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
    extent: str = "institute"  # what was crawled: that, given `urls`, or a `patch`
    spared: int = 0  # bytes of bodies that revisits did without
    completeness: dict[str, Any] = field(default_factory=dict)  # publications that sources name, and those archived
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
        extent=crawl.options.extent,
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
    if crawl.refused:
        return UNREACHABLE, f"{crawl.refused}; run the same command again to go on, later or from another address"
    pages = Counter[str]()
    given = ("document", "requisite") if crawl.options.patch else ("document",) if crawl.options.urls else ()
    for role in ("page", "listing", *given):
        pages.update(by_role.get(role, {}))
    idle = KnownUrls(crawl.frontier).idle()  # known, not due, and not asked for
    unchanged = pages[End.UNCHANGED] - idle.get(Role.PAGE, 0) - idle.get(Role.LISTING, 0)
    unchanged -= idle.get(Role.DOCUMENT, 0) if crawl.options.urls else 0
    nothing = not pages[End.ARCHIVED] and unchanged <= 0
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
    if urls[End.QUEUED]:
        left = many(urls[End.QUEUED], "URL")
        return INCOMPLETE, f"the crawl ended with {left} still queued; run the same command again to go on"
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


_HELD = (End.ARCHIVED, End.UNCHANGED, End.REDIRECTED)
_YIELD = Tally({"": Yield("works")}).lines()[0]  # of a source that said nothing of itself


def counted(outcome: Outcome, census: Census) -> Outcome:
    """The outcome with what each source's publications came to."""
    lines = {source["name"]: source for source in outcome.sources}
    for name in census.sources:
        lines.setdefault(name, _YIELD | {"name": name})
    sources = [line | asdict(census.sources.get(name, Source())) for name, line in sorted(lines.items())]
    return replace(outcome, sources=sources, completeness=census.completeness, spared=census.spared)


def patched(folder: Folder, outcome: Outcome, census: Census, frontier: Frontier) -> tuple[Outcome, Census]:
    """A patch asks no source: the completeness that the crawl before stated, with what the patch has added to it."""
    before = next((one for one in reversed(_reports(folder, outcome.crawl)) if one.get("completeness")), None)
    if before is None:
        return outcome, census
    told = before["completeness"]
    held = told["held"] + census.held
    share = held / told["named"] if told["named"] else None
    sources = [
        {**one, "held": one.get("held", 0) + census.sources[one["name"]].held} if one["name"] in census.sources else one
        for one in before["sources"]
    ]
    missing = before.get("missing") or asdict(Listed())
    urls = [line for line in missing["urls"] if not _held(frontier, line["url"])]
    census = replace(census, missing=Listed(max(len(urls), missing["count"] - census.held), urls))
    completeness = {"named": told["named"], "held": held, "share": share}
    return replace(outcome, completeness=completeness, sources=sources), census


def _reports(folder: Folder, crawl: str) -> list[dict[str, Any]]:
    return [crawls.read(folder, one) for one in crawls.ids(folder)[-50:] if one < crawl]


def _held(frontier: Frontier, url: str) -> bool:
    row = frontier.of(canonical(url))
    return row is not None and row.end in _HELD


def details(census: Census) -> dict[str, Any]:
    """What report.json says beyond the outcome: lists of URLs, and counts by what they have in common."""
    return {
        "missing": asdict(census.missing),
        "lists": {end: asdict(listed) for end, listed in sorted(census.lists.items())},
        "reasons": {end: dict(found.most_common()) for end, found in sorted(census.reasons.items())},
        "by_host": {host: dict(sorted(ends.items())) for host, ends in _largest(census.hosts)},
        "by_type": {name: dict(found) for name, found in _largest(census.types)},
        "by_status": dict(sorted(census.statuses.items())),
    }


def _largest(counters: dict[str, Counter[str]]) -> list[tuple[str, Counter[str]]]:
    return sorted(counters.items(), key=lambda item: (-item[1].get("urls", item[1].total()), item[0]))


def waiting(outcome: Outcome) -> End:
    """What the URLs are called that are still in the queue."""
    return End.LIMIT if outcome.urls.get(End.LIMIT) and outcome.exit_code == LIMITED else End.QUEUED


def write(path: Path, outcome: Outcome, more: dict[str, Any] | None = None) -> None:
    """report.json, whole and renamed: the outcome, and what goes with it."""
    told = json.dumps(asdict(outcome) | (more or {}), ensure_ascii=False, indent=1)
    with whole(path) as file:
        file.write(told.encode() + b"\n")
