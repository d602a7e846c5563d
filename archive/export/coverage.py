"""What an export holds, counted while it is written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Coverage:
    """Counts of lines; memory does not follow their number."""

    KEYS = ("institute", "kind", "language", "state", "published", "warnings")

    lines: int = 0
    institutes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    years: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)

    def count(self, told: Mapping[str, Any]) -> None:
        """One line, or the values of KEYS."""
        self.lines += 1
        self.institutes[told["institute"]] += 1
        self.kinds[told["kind"]] += 1
        self.languages[told["language"] or "not known"] += 1
        self.states[told["state"]] += 1
        self.years[told["published"][:4] if told["published"] else "not known"] += 1
        self.warnings.update(told["warnings"])
