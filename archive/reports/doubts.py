"""What is in doubt about the publications, field by field: codes of `warnings`, counted."""

from dataclasses import dataclass

from archive.extract.warnings import sentences

_FIELDS = {
    "title": ("no_title", "title_conflict"),
    "authors": ("no_author", "author_conflict"),
    "dates": ("no_date", "date_"),
    "language": ("language_",),
    "text": ("no_body", "body_", "short_body", "text_by_script", "part_missing", "too_many_blocks"),
    "legal case": ("case_",),
    "documents": ("document", "not_a_document"),
}
_PAGE = "the page itself"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One code: the field that it is about, what it says, and how many publications have it."""

    field: str
    code: str
    sentence: str
    count: int


def of(counts: dict[str, int]) -> list[Doubt]:
    """Sorted by field, the most frequent first."""
    known = sentences()
    order = [*_FIELDS, _PAGE]
    found = [Doubt(_field(code), code, known.get(code, ""), count) for code, count in counts.items()]
    return sorted(found, key=lambda doubt: (order.index(doubt.field), -doubt.count, doubt.code))


def _field(code: str) -> str:
    return next((name for name, codes in _FIELDS.items() if code.startswith(codes)), _PAGE)
