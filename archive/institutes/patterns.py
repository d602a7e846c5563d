"""Profiles' patterns: the `regex` library, which knows Unicode properties and can be told to give up.

`re` cannot be stopped: one `(a|aa)+$` in a profile would hang a crawl for good.
"""

from typing import Any, NamedTuple

import regex

PATIENCE = 0.05  # seconds that one pattern may take on one text: those of real profiles take microseconds
PROBES = tuple(f"/{text}!" for text in ("a" * 64, "a/" * 32, "1" * 64, "ع" * 64, "a-" * 32, "a b " * 16))

_engine: Any = regex  # it has no types
_STATEFUL = _engine.compile(r"\(\?(?![:=!]|<[=!])|\\[1-9gkLGKR]|\(\*")  # flags, names, back references


class PatternTooSlow(Exception):
    """A pattern took longer than PATIENCE. Raised by `Patterns.find`; whoever catches it says what is then assumed."""


class Found(NamedTuple):
    """Where a pattern was found, and which groups it has."""

    text: str
    groups: dict[str, str]  # named groups that took part


class Patterns:
    """Several patterns, of which any may be found. Plain ones are searched as one, which is several times faster."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        plain = [pattern for pattern in patterns if not _STATEFUL.search(pattern)]
        joined = ["|".join(f"(?:{pattern})" for pattern in plain)] if plain else []
        stateful = [pattern for pattern in patterns if _STATEFUL.search(pattern)]
        self._compiled: list[Any] = [_engine.compile(pattern) for pattern in (*joined, *stateful)]

    def __bool__(self) -> bool:
        return bool(self._compiled)

    def find(self, text: str) -> Found | None:
        """The first match, None when there is none. Raises PatternTooSlow."""
        for pattern in self._compiled:
            try:
                match = pattern.search(text, timeout=PATIENCE)
            except TimeoutError:
                raise PatternTooSlow(pattern.pattern) from None
            if match:
                return Found(match[0], {name: value for name, value in match.groupdict().items() if value})
        return None


class Rewrite:
    """A pattern and what stands in the place of all that it matches, as `re.sub` does."""

    def __init__(self, pattern: str, replace: str) -> None:
        self._compiled: Any = _engine.compile(pattern)
        self._replace = replace

    def __call__(self, text: str) -> str:
        """The text rewritten. A pattern that takes too long changes nothing."""
        try:
            return str(self._compiled.sub(self._replace, text, timeout=PATIENCE))
        except TimeoutError:
            return text


def groups(pattern: str) -> int:
    """How many groups a pattern has."""
    return int(_engine.compile(pattern).groups)


class Reading:
    """A pattern, and what it reads of a text: its first group where it has one, else all that it matches."""

    def __init__(self, pattern: str) -> None:
        self._compiled: Any = _engine.compile(pattern)
        self._group = min(int(self._compiled.groups), 1)

    def __call__(self, text: str) -> str | None:
        """Null where the pattern is not found. One that takes too long is not."""
        try:
            match = self._compiled.search(text, timeout=PATIENCE)
        except TimeoutError:
            return None
        return str(match[self._group] or "") if match else None


def mistake(pattern: str) -> str | None:
    """Why a pattern is not to be used: it does not compile, or explodes on simple text; None when it is good."""
    try:
        compiled = _engine.compile(pattern)
    except _engine.error as error:
        return f"{pattern!r} is not a regular expression: {error}"
    try:
        for probe in PROBES:
            compiled.search(probe, timeout=PATIENCE)
    except TimeoutError:
        return f"{pattern!r} takes too long on simple text; avoid a repeat inside a repeat"
    return None


def mistake_in_rewrite(pattern: str, replace: str) -> str | None:
    """Why `replace` cannot stand for what `pattern` matches: it names a group that is not there; None when it can."""
    try:
        _engine.compile(f"(?:{pattern})?").sub(replace, "")
    except (_engine.error, IndexError) as error:
        return f"{replace!r} cannot replace {pattern!r}: {error}"
    return None
