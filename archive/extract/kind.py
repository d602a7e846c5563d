"""Which kind of publication a page is: the profile's rules in order, then the structure of an interview, then the
profile's default."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

import regex

from archive.institutes.profile import Kind, KindRule, Profile

_engine: Any = regex  # it has no types


def by_rule(
    profile: Profile,
    captured_on: date,
    *,
    title: str | None,
    sections: Iterable[str],
    body_classes: frozenset[str],
    url: str,
) -> Kind | None:
    """The kind that the first matching rule names; None when none matches."""
    names = frozenset(_folded(section) for section in sections)
    parts = urlsplit(url)
    path = unquote(parts.path + (f"?{parts.query}" if parts.query else ""))
    for rule in profile.kinds:
        if rule.holds(captured_on) and _matches(rule, title or "", names, body_classes, path):
            return rule.kind
    return None


def _matches(rule: KindRule, title: str, sections: frozenset[str], body_classes: frozenset[str], path: str) -> bool:
    """Every key that is given must match; of its values, any."""
    return (
        (not rule.title or any(_compiled(pattern).search(title) for pattern in rule.title))
        and (not rule.section or any(_folded(section) in sections for section in rule.section))
        and (not rule.body_class or not body_classes.isdisjoint(rule.body_class))
        and (not rule.url or any(_compiled(pattern).search(path) for pattern in rule.url))
    )


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    return _engine.compile(pattern)


@lru_cache(maxsize=4096)
def _folded(name: str) -> str:
    return " ".join(name.replace("-", " ").casefold().split())
