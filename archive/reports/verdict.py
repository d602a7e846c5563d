"""How a crawl went in one sentence, and what to do about each thing that went wrong."""

from dataclasses import dataclass, field
from typing import Any

from archive.lines import many, percent

GOOD, DOUBTFUL, BAD = "good", "doubtful", "bad"
_HEADS = {
    0: "Complete",
    1: "Finished with failures",
    3: "Out of space",
    4: "Stopped at a limit",
    5: "Nothing could be archived",
    130: "Interrupted",
}
_WRONG = {
    "failed": (
        "could not be had",
        "The server erred or did not answer, three times over. {patch} asks for them again, and for nothing else.",
    ),
    "botwall": (
        "answered with a challenge page",
        "The site takes the crawler for a robot to be kept out: ask its operator to let it in, by the contact that the "
        "user agent names, then {patch} --from blocked.",
    ),
    "robots": (
        "are forbidden by robots.txt",
        "That is the site's word, and it is kept. Ask its operator; if it was a server's error, {patch} --from "
        "blocked asks again.",
    ),
    "private": (
        "are at private addresses",
        "A crawl does not reach into private networks; if this site stands in yours, crawl with --allow-private.",
    ),
    "limit": (
        "were kept back by a limit",
        "Run the same crawl again to go on, or {patch} --from queued for just these.",
    ),
    "queued": ("are still to be fetched", "The crawl ended before their turn: run the same crawl again to go on."),
    "gone": (
        "answered that there is nothing",
        "404 or 410. What was archived before stays; for the others there is nothing to do: links die.",
    ),
    "trap": (
        "were left alone as traps",
        "Addresses that a site can make without end: calendars, filters, sessions. Where one is a real page, its "
        "pattern belongs into the profile's [urls].",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wrong:
    """One sort of thing that went wrong, with what to do, why it happened (with counts), and the first URLs."""

    name: str
    what: str
    todo: str
    count: int
    reasons: list[tuple[str, int]] = field(default_factory=list)
    urls: list[dict[str, Any]] = field(default_factory=list)

    @property
    def grave(self) -> bool:
        return self.name not in ("gone", "trap")


def tone(report: dict[str, Any]) -> str:
    """The colour of the verdict."""
    if report.get("exit_code") == 0:
        told = report.get("completeness") or {}
        return GOOD if told.get("held") == told.get("named") else DOUBTFUL
    return BAD if report.get("exit_code") in (3, 5) else DOUBTFUL


def sentence(report: dict[str, Any]) -> str:
    """The verdict: how it ended, and how much of what the site names is archived."""
    told = report.get("completeness") or {}
    named, held = told.get("named") or 0, told.get("held") or 0
    code = report.get("exit_code")
    head = "Finished" if code == 0 and held < named else _HEADS.get(code or 0, "Ended")
    if not named:
        archived = sum((report.get("urls") or {}).get(end, 0) for end in ("archived", "unchanged"))
        found = report.get("found") or 0
        return f"{head}: {archived:,} of {found:,} addresses archived; no source named a publication."
    if held == named:
        return f"{head}: all {many(named, 'publication')} that the site's sources name are archived."
    return (
        f"{head}: {held:,} of {many(named, 'publication')} that the site's sources name are archived "
        f"({percent(held, named)}), {named - held:,} missing."
    )


def wrongs(report: dict[str, Any]) -> list[Wrong]:
    """What went wrong, the gravest first."""
    patch = f"policy-archive patch {report.get('collection', 'COLLECTION')}"
    found: list[Wrong] = []
    for end, (what, todo) in _WRONG.items():
        count = (report.get("urls") or {}).get(end, 0)
        if count:
            reasons = list(((report.get("reasons") or {}).get(end) or {}).items())
            urls = ((report.get("lists") or {}).get(end) or {}).get("urls") or []
            found.append(Wrong(end, what, todo.format(patch=patch), count, reasons, urls))
    underived = report.get("underived") or []
    if underived:
        again = f"policy-archive derive {report.get('collection', 'COLLECTION')} tries again."
        reasons = [(line, 1) for line in underived[:20]]
        todo = f"Their bytes are safe. {again}"
        found.insert(0, Wrong("underived", "could not be read", todo, len(underived), reasons))
    return found
