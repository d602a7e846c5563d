"""What became of every URL that was found, and which publications that a source names are archived.

One pass over the frontier's table, a row in memory at a time: urls.jsonl has every URL with its end, what is counted
here agrees with it by being counted from the same lines, and lists hold the first few of their kind.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive.dataset.jsonl import escaped
from archive.institutes.urls import canonical
from archive.store import cdxj
from archive.store.collection import Collection
from archive.store.whole import whole
from crawler.frontier import End, Frontier, Role, spelling

MOST = 100  # URLs of a list: urls.jsonl has them all
_VALUES = 200  # hosts, types, reasons that are told apart: what comes later is counted together
OTHERS = "others"
_HOPS = 10  # of a redirect that is followed to where it ends
_PUBLICATIONS = (Role.PAGE, Role.DOCUMENT)
_HELD = (End.ARCHIVED, End.UNCHANGED)
_LEFT_OUT = (End.OUT_OF_SCOPE, End.TRAP)  # the profile says that these are no publications
_LISTED = (
    End.FAILED, End.BOTWALL, End.ROBOTS, End.PRIVATE, End.GONE, End.LIMIT, End.QUEUED, End.TRAP, End.OUT_OF_SCOPE,
)  # fmt: skip

Earlier = Callable[[str], bool]


def archived_before(collection: Collection, crawl: str) -> Earlier:
    """Whether a URL was archived by a crawl before this one."""

    def found(url: str) -> bool:
        lines = collection.index.captures(url)
        return any(line.timestamp < crawl and (line.status == 200 or line.mime == cdxj.REVISIT) for line in lines)

    return found


@dataclass
class Listed:
    """How many there are, and the first MOST of them."""

    count: int = 0
    urls: list[dict[str, Any]] = field(default_factory=list)

    def add(self, line: dict[str, Any]) -> None:
        self.count += 1
        if len(self.urls) < MOST:
            self.urls.append({name: line[name] for name in ("url", "end", "reason", "role", "named")})


@dataclass
class Source:
    """The publications that one source names."""

    found: int = 0
    held: int = 0
    only: int = 0  # that no other source names
    left_out: int = 0  # addresses that the profile says are no publications


@dataclass
class Census:
    """Counts over all URLs. `hosts`, `types` and `statuses` have at most _VALUES keys, and OTHERS."""

    ends: Counter[str] = field(default_factory=Counter)
    roles: dict[str, Counter[str]] = field(default_factory=dict)
    hosts: dict[str, Counter[str]] = field(default_factory=dict)
    types: dict[str, Counter[str]] = field(default_factory=dict)  # `urls` and `bytes` of each
    statuses: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, Counter[str]] = field(default_factory=dict)
    lists: dict[str, Listed] = field(default_factory=dict)
    missing: Listed = field(default_factory=Listed)
    sources: dict[str, Source] = field(default_factory=dict)
    named: int = 0  # publications that a source names
    held: int = 0  # of them: archived now or before
    bytes: int = 0  # of the records that answered
    spared: int = 0  # bytes of bodies that revisits did without

    def add(self, line: dict[str, Any], spared: int) -> None:
        end, role = line["end"], line["role"]
        self.ends[end] += 1
        self.roles.setdefault(role, Counter())[end] += 1
        _kept(self.hosts, urlsplit(line["url"]).hostname or "")[end] += 1
        if line["status"] is not None:
            self.statuses[str(line["status"])] += 1
            of_type = _kept(self.types, (line["type"] or "not stated").lower())
            of_type["urls"] += 1
            of_type["bytes"] += line["bytes"] or 0
        self.bytes += line["bytes"] or 0
        self.spared += spared
        if end in _LISTED:
            self.lists.setdefault(end, Listed()).add(line)
            reasons = self.reasons.setdefault(end, Counter())
            reason = line["reason"] or "not said"
            reasons[reason if reason in reasons or len(reasons) < _VALUES else OTHERS] += 1

    def name(self, line: dict[str, Any], held: bool) -> None:
        """A publication that sources name."""
        for name in line["named"]:
            source = self.sources.setdefault(name, Source())
            source.found += 1
            source.held += held
            source.only += len(line["named"]) == 1
        self.named += 1
        self.held += held
        if not held:
            self.missing.add(line)

    def leave_out(self, named: Iterable[str]) -> None:
        for name in named:
            self.sources.setdefault(name, Source()).left_out += 1

    @property
    def completeness(self) -> dict[str, Any]:
        """`share` is null where no source names anything."""
        share = self.held / self.named if self.named else None
        return {"named": self.named, "held": self.held, "share": share}


def _kept(counters: dict[str, Counter[str]], name: str) -> Counter[str]:
    return counters.setdefault(name if name in counters or len(counters) < _VALUES else OTHERS, Counter())


def take(path: Path, frontier: Frontier, waiting: End, earlier: Earlier | None = None) -> Census:
    """Counts every URL, and writes urls.jsonl: a line for each, in order of finding. `waiting` is the end of those that
    are still in the queue; `earlier` tells what a crawl before has archived.
    """
    census = Census()
    with whole(path) as file:
        for row, named in frontier.all():
            line = _line(row, named, waiting)
            if named and row.role in _PUBLICATIONS and line["end"] in _LEFT_OUT:
                census.leave_out(named)
            elif named and row.role in _PUBLICATIONS:
                held, why = _held(row, frontier, earlier)
                line["missing"] = not held
                census.name(line if why is None else {**line, "reason": why}, held)
            census.add(line, row.spared)
            file.write(escaped(json.dumps(line, ensure_ascii=False).encode()) + b"\n")
    return census


def _line(row: Any, named: tuple[str, ...], waiting: End) -> dict[str, Any]:
    return {
        "url": row.url,
        "end": row.end or str(waiting),
        "reason": row.reason,
        "role": Role(row.role).name.lower(),
        "what": row.detail,
        "source": row.source,
        "named": list(named),  # the sources that name it
        "missing": False,  # whether a source names it as a publication, and it is not archived
        "tries": row.tries,
        "status": row.status,
        "type": row.media_type,
        "bytes": row.length,
        "warc": row.warc,
        "offset": row.offset,
        "modified": row.modified,  # when it changed last, as sources say
        "robots": row.robots,  # the copy of robots.txt, and the line of it that decided
    }


def _held(row: Any, frontier: Frontier, earlier: Earlier | None) -> tuple[bool, str | None]:
    """Whether a publication is archived; where it is not, why, if its own row does not say so."""
    why = None
    end = row
    for _ in range(_HOPS):
        if end is None or end.end != End.REDIRECTED or not end.reason:
            break
        end = frontier.of(spelling(end.reason), canonical(end.reason))
    if end is not None and end.end in _HELD:
        if end is row or end.role in _PUBLICATIONS:
            return True, None
        why = f"it leads to {end.url}, which is no publication"
    elif end is not row:
        why = f"it leads to {row.reason}, which is {(end.end if end is not None else None) or 'not fetched'}"
    return (earlier is not None and earlier(row.url)), why
