"""The demo institute at one revision: which publications are live, how many, and where each address leads. Holds
numbers, never publications."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from math import lcm
from typing import Literal
from urllib.parse import unquote

from crawler.demo import people
from crawler.demo.editing import Editing
from crawler.demo.outline import (
    CYCLE,
    SLOTS,
    Outline,
    area_of,
    edits,
    numbers_in,
    outline,
    people_of,
    published_at,
    removed_in,
    revised_at,
    tags_of,
    updates,
)
from crawler.demo.publication import Publication
from crawler.demo.series import Chain, Series
from crawler.demo.writing import write

LEAST, MOST = 10, 1_000_000
Theme = Literal["current", "older"]


class Institute:
    """`theme` is the design in which its pages are shown; what they say is the same."""

    def __init__(
        self,
        home: str,
        pages: int = 60,
        seed: int = 1,
        revision: int = 0,
        theme: Theme = "current",
        editing: Editing | None = None,
    ) -> None:
        if not LEAST <= pages <= MOST:
            raise ValueError(f"the demo institute has {LEAST} to {MOST:,} publications, not {pages}")
        if revision < 0:
            raise ValueError(f"revisions count from 0, not {revision}")
        self.home, self.pages, self.seed, self.revision, self.theme = home, pages, seed, revision, theme
        self.total = pages + max(2, pages // 20) * revision  # every revision adds a twentieth
        self.editing = editing or Editing(revised_at(revision))
        self.total += self.editing.added
        self.gone = {removed_in(seed, r) for r in range(1, revision + 1)}
        self.outline: Callable[[int], Outline] = lru_cache(4096)(self._outline)
        self._chains: dict[tuple[str, str], Chain] = {}

    def _outline(self, number: int) -> Outline:
        about = outline(self.seed, number, self.revision_of(number))
        slug = self.editing.slug(number, about.slug)
        return about if slug == about.slug else replace(about, slug=slug)

    def revision_of(self, number: int) -> int:
        return self.revision + (number in self.editing.edited)

    def publication(self, number: int) -> Publication:
        publication = write(self.seed, number, self.revision_of(number), self.home)
        return replace(publication, outline=self.outline(number)) if number in self.editing.moved else publication

    def is_live(self, number: int) -> bool:
        return (
            0 <= number < self.total
            and number not in self.editing.removed
            and not (number < self.pages and number % CYCLE in self.gone)
        )

    def version(self, number: int) -> int:
        """The last revision in which the publication changed, 0 if never."""
        revision = self.revision_of(number)
        return max([0, *edits(self.seed, number, revision), *updates(self.seed, number, revision)])

    def modified(self, number: int) -> datetime:
        """When the publication was last saved, silent edits included: what sitemap and REST say."""
        if self.editing.touched(number) or number >= self.total - self.editing.added:
            return self.editing.at
        version = self.version(number)
        return revised_at(version) if version else published_at(number) + timedelta(hours=2)

    def chain(self, period: int, rule: Callable[[int], bool]) -> Chain:
        """The live publications that a rule with this period holds for."""
        whole = lcm(period, CYCLE)
        return Chain(
            Series(0, self.pages, whole, lambda n: rule(n) and n % CYCLE not in self.gone),
            Series(self.pages, self.total, whole, rule),
        ).without(self.editing.removed)

    @cached_property
    def everything(self) -> Chain:
        return self.chain(1, lambda n: True)

    def between(self, low: int, high: int) -> Chain:
        """The live publications from number `low` up to, not with, `high`."""
        return Chain(
            Series(low, min(high, self.pages), CYCLE, lambda n: n not in self.gone),
            Series(max(low, self.pages), high, 1, lambda n: True),
        ).without(self.editing.removed)

    def modified_after(self, moment: datetime) -> list[int]:
        """The live publications that were saved later, the last one first."""
        found = [
            (self.modified(number), number) for number in map(self.everything.__getitem__, range(len(self.everything)))
        ]
        return [number for modified, number in sorted(found, reverse=True) if modified > moment]

    def listing(self, sort: str, slug: str) -> Chain | None:
        """The live publications of a `category`, `tag`, `author` or `areas-of-focus`, or None if there is no such
        slug."""
        key = (sort, unquote(slug))
        if key not in self._chains:
            made = self._listing(*key)
            if made is None:
                return None
            self._chains[key] = made
        return self._chains[key]

    def _listing(self, sort: str, slug: str) -> Chain | None:
        if sort == "category":
            kinds = {
                kind
                for kind, term in people.CATEGORIES.items()
                if term.slug == slug or (slug == "commentary" and kind in ("analysis", "interview"))
            }
            return self.chain(CYCLE, lambda n: SLOTS[n % CYCLE][0] in kinds) if kinds else None
        if sort == "tag":
            tags = [at for at, term in enumerate(people.TAGS) if term.slug == slug]
            return self.chain(lcm(11, 7, 6, 8), lambda n: tags[0] in tags_of(n)) if tags else None
        if sort == "author":
            found = [at for at, person in enumerate(people.PEOPLE) if person.login == slug]
            return self.chain(len(people.PEOPLE) * CYCLE, lambda n: found[0] in people_of(n)) if found else None
        areas = [at for at, term in enumerate(people.AREAS) if term.slug == slug]
        return self.chain(len(people.AREAS), lambda n: area_of(n) == areas[0]) if areas else None

    def by_slug(self, slug: str) -> int | None:
        """The number, live or not, of the publication with this slug, in whatever case its percent-encoding is."""
        wanted = unquote(slug)
        for number in numbers_in(self.seed, slug):
            if number >= self.total:
                continue
            slug = self.outline(number).slug
            before = self.editing.slug_before(number, slug)
            if wanted in (unquote(slug), unquote(before or slug)):
                return number
        return None

    def by_post_id(self, post_id: int) -> int | None:
        number, rest = divmod(post_id - 1207, 3)
        return number if rest == 0 and 0 <= number < self.total else None

    def by_upload(self, path: str) -> int | None:
        """The publication that a file below /wp-content/uploads/ belongs to."""
        name = path.rsplit("/", 1)[-1]
        for word in name.replace(".", "-").split("-"):
            number = int(word) if word.isascii() and word.isdigit() else people.place_number(self.seed, word.lower())
            if (
                number is not None
                and number < self.total
                and path.startswith(f"/wp-content/uploads/{published_at(number):%Y/%m}/")
            ):
                return number
        return None

    def cards(self, number: int) -> list[int]:
        """The publications that «read next» shows on a page; some may have been removed since."""
        chosen = dict.fromkeys(
            [number - 1, (number * 7 + 3) % self.pages, (number * 13 + 11) % self.pages, number // 2]
        )
        return [n for n in chosen if n >= 0 and n != number][:3]
