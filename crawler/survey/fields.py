"""Selectors for the fields that the general extraction is in doubt about: usual places are tried, and one is taken that
takes the doubt away on every page that was read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.extract.extract import extract
from archive.extract.page import Page
from archive.extract.warnings import Warning
from archive.institutes.profile import FieldRule, Profile
from archive.store.capture import Capture

_LEAST = 2  # pages that must show the same doubt: one alone may just be so
_SHORTEST = 80  # characters of a title or a byline: what is longer is neither


@dataclass(frozen=True, slots=True)
class Rule:
    """A line for the profile, and why."""

    field: str
    select: str
    why: str


_DOUBTS: dict[str, tuple[frozenset[str], tuple[str, ...]]] = {
    "title": (
        frozenset({Warning.NO_TITLE, Warning.TITLE_CONFLICT}),
        ("main h1", "article h1", "h1", "[itemprop=headline]", ".title", "main h2"),
    ),
    "authors": (
        frozenset({Warning.NO_AUTHOR, Warning.AUTHOR_CONFLICT}),
        (
            "[rel~=author]",
            "[itemprop=author]",
            ".byline",
            ".author",
            ".authors",
            "[class*=author-name]",
            "[class*=byline]",
        ),
    ),
    "published": (
        frozenset({Warning.NO_DATE, Warning.DATE_FROM_URL, Warning.DATE_CONFLICT}),
        ("[itemprop=datePublished]", "main time", "article time", ".date", "[class*=publish]", "[class*=date]"),
    ),
    "body": (
        frozenset({Warning.NO_BODY, Warning.BODY_FALLBACK}),
        ("[itemprop=articleBody]", "article [class*=content]", "main [class*=content]", "article", "main"),
    ),
}


def needed(captures: Sequence[Capture], profile: Profile) -> tuple[Rule, ...]:
    """The rules that make these pages certain, field by field; none where they are, or where nothing helps."""
    rules: list[Rule] = []
    for field, (doubts, places) in _DOUBTS.items():
        before = [_doubtful(extract(capture, profile), doubts) for capture in captures]
        if sum(before) < min(_LEAST, len(captures)) or not captures:
            continue
        for select in places:
            rule = FieldRule.model_validate({"field": field, "select": select})
            trial = profile.model_copy(update={"fields": (rule, *profile.fields)})
            after = [extract(capture, trial) for capture in captures]
            if not any(_doubtful(page, doubts) or not _sensible(page, field) for page in after):
                codes = ", ".join(_codes(captures, profile, doubts))
                told = f"without it, {sum(before)} of {len(captures)} pages: {codes}"
                rules.append(Rule(field, select, told))
                profile = trial
                break
    return tuple(rules)


def _doubtful(page: Page, doubts: frozenset[str]) -> bool:
    return not doubts.isdisjoint(page.warnings)


def _codes(captures: Sequence[Capture], profile: Profile, doubts: frozenset[str]) -> Iterator[str]:
    found = {code for capture in captures for code in extract(capture, profile).warnings if code in doubts}
    yield from sorted(map(str, found))


def _sensible(page: Page, field: str) -> bool:
    content = page.content
    if content is None:
        return False
    if field == "authors":
        return bool(content.authors) and all(len(author.name) <= _SHORTEST for author in content.authors)
    return True
