"""What is done to the demo institute between two crawls: a few publications are edited, added, moved, removed."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from crawler.demo.outline import CYCLE, SPREAD, edits, updates
from crawler.demo.writing import write

_JOINED = (*SPREAD, 12, 14, 34, 36)  # slots of what stands on two pages, or is a translation of another
_MOVED = "-moved"  # what a new address ends with


@dataclass(frozen=True, slots=True)
class Editing:
    """Numbers of publications. `at` is when it was done, as sitemap, REST and Last-Modified say."""

    at: datetime
    edited: frozenset[int] = frozenset()
    moved: frozenset[int] = frozenset()
    removed: frozenset[int] = frozenset()
    added: int = 0

    @classmethod
    def of(
        cls, seed: int, pages: int, at: datetime, edited: int = 0, moved: int = 0, removed: int = 0, added: int = 0
    ) -> "Editing":
        """So many of each, anywhere in the institute; ValueError where it has too few."""
        taken: set[int] = set()
        random = Random(seed)

        def some(count: int, suitable: list[int]) -> frozenset[int]:
            free = [number for number in suitable if number not in taken]
            if len(free) < count:
                raise ValueError(f"{pages} publications are too few for this: {len(free)} can be taken, not {count}")
            found = frozenset(random.sample(free, count))
            taken.update(found)
            return found

        plain = [
            number for number in range(pages) if number % CYCLE not in SPREAD and number % CYCLE not in (12, 14, 34, 36)
        ]
        changing = [number for number in plain if _changes(seed, number)]
        return cls(at, some(edited, changing), some(moved, plain), some(removed, plain), added)

    def slug(self, number: int, slug: str) -> str:
        return slug + _MOVED if number in self.moved else slug

    def slug_before(self, number: int, slug: str) -> str | None:
        """The slug under which a publication stood, where it has been moved."""
        return slug.removesuffix(_MOVED) if number in self.moved else None

    def touched(self, number: int) -> bool:
        return number in self.edited or number in self.moved


def _changes(seed: int, number: int) -> bool:
    """Whether a publication says something else in the revision that an edit gives it."""
    if not edits(seed, number, 1) and not updates(seed, number, 1):
        return False
    before, after = (write(seed, number, revision, "http://demo.example/") for revision in (0, 1))
    return (before.blocks, before.case) != (after.blocks, after.case)
