"""What the last crawls did not get, and only that: which URLs a patch asks for, and how they are put into the
frontier.
"""

import json
from collections import Counter
from collections.abc import Collection as Several
from collections.abc import Iterator
from dataclasses import dataclass, field

from archive.institutes.urls import canonical
from archive.reports import crawls
from archive.store.folder import Folder
from crawler.frontier import End, Found, Frontier, Role
from crawler.options import Asked, From

URLS = "urls.jsonl"
_ROLES = {Role.PAGE.name.lower(), Role.DOCUMENT.name.lower(), Role.REQUISITE.name.lower()}


_ENDS = {
    From.FAILED: {End.FAILED},
    From.BLOCKED: {End.ROBOTS, End.BOTWALL, End.PRIVATE},
    From.QUEUED: {End.QUEUED, End.LIMIT},
    From.MISSING: set[End](),
}


@dataclass
class Plan:
    """What is to be asked for. `left` counts what only a crawl can ask for again: sources and listings lead on."""

    asked: list[Asked] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)


def plan(folder: Folder, of: Several[From]) -> Plan:
    """What the last crawl of the whole institute, and the crawls since, have left; the newest word on each URL counts.
    Memory follows the number of URLs that are left.
    """
    ends = {str(end) for one in of for end in _ENDS[one]}
    open_: dict[str, Asked] = {}
    left: dict[str, str] = {}
    for crawl in _last(folder):
        with (folder.crawls_dir / crawl / URLS).open(encoding="utf-8") as file:
            for line in map(json.loads, file):
                key = canonical(line["url"])
                missing = bool(line.get("missing"))
                wanted = line["end"] in ends or (missing and From.MISSING in of)
                if not wanted:
                    open_.pop(key, None)
                    left.pop(key, None)
                elif line["role"] in _ROLES:
                    known = open_[key].named if key in open_ else ()  # a redirect's target is a line of its own
                    named = tuple(line["named"]) if missing else ()
                    open_[key] = Asked(line["url"], line["role"], line["source"], named or known)
                else:
                    left[key] = line["role"]
    return Plan(list(open_.values()), Counter(left.values()))


def _last(folder: Folder) -> Iterator[str]:
    """The newest crawl that was not of given pages, and those after it, oldest first."""
    there = [crawl for crawl in crawls.ids(folder) if (folder.crawls_dir / crawl / URLS).exists()]
    whole = [crawl for crawl in there if crawls.read(folder, crawl).get("extent", "institute") == "institute"]
    return iter([crawl for crawl in there if not whole or crawl >= whole[-1]])


def seed(frontier: Frontier, asked: Several[Asked]) -> None:
    """Puts a patch's URLs in, and which sources named them. The caller commits."""
    frontier.add(Found(one.url, canonical(one.url), Role[one.role.upper()], one.source) for one in asked)
    for one in asked:
        for source in one.named:
            frontier.name(source, [canonical(one.url)])


def takes_over(folder: Folder, frontier: Frontier) -> bool:
    """Whether a patch may take the place of a crawl that is not finished: its URLs are written down, and no source or
    listing waits that would lead to more.
    """
    written = (folder.crawls_dir / str(frontier.fact("crawl")) / URLS).exists()
    return written and frontier.next_due((Role.SOURCE, Role.LISTING)) is None
