"""What an audit says about one thing that is not as it should be."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from archive.audit.standard import RULES, of_field


class Level(StrEnum):
    """How bad: an error is a claim of the archive that does not hold, a warning is what an archivist should know."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, where it is, and how to mend it.

    The rules' names are stable: scripts may rely on them.
    """

    level: Level
    where: str  # a file, relative to the collection's folder, or a publication's id
    rule: str  # such as "block-digest": kebab-case, one per check
    detail: str  # one line: what was expected, what is there
    mend: str  # one line: what to do
    offset: int | None = None  # bytes, of the gzip member within the file
    line: int | None = None  # from 1, within a file of lines
    standard: str | None = None  # where the rule stands, such as "WARC 1.1, 5.8"; None for what no standard says

    @property
    def place(self) -> str:
        """`where` with the offset or the line, as people read it."""
        if self.offset is not None:
            return f"{self.where} at byte {self.offset}"
        return f"{self.where} line {self.line}" if self.line is not None else self.where

    def as_dict(self) -> dict[str, Any]:
        """For JSON: what is not known is left out."""
        return {key: value for key, value in asdict(self).items() if value is not None}


def error(
    where: str,
    rule: str,
    detail: str,
    mend: str,
    *,
    offset: int | None = None,
    line: int | None = None,
    about: str | None = None,
) -> Finding:
    """A Finding of level error; `about` is the field (lower-case name) that it is about, if it is about one."""
    return Finding(Level.ERROR, where, rule, detail, mend, offset, line, _standard(rule, about))


def warning(
    where: str,
    rule: str,
    detail: str,
    mend: str,
    *,
    offset: int | None = None,
    line: int | None = None,
    about: str | None = None,
) -> Finding:
    """A Finding of level warning."""
    return Finding(Level.WARNING, where, rule, detail, mend, offset, line, _standard(rule, about))


def _standard(rule: str, about: str | None) -> str | None:
    return (of_field(about) if about is not None else None) or RULES.get(rule)
