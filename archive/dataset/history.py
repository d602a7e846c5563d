"""What the captures of one publication say about it over time: its versions and its state (contracts.md, "Versions",
"State").

Pure: no database, no files. assemble.py brings the captures of one publication in order, each with what it shows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from archive.dataset.pages import Row
from archive.dataset.publication import State


class Sight(StrEnum):
    """What one capture shows of a publication."""

    WHOLE = "whole"
    PARTIAL = "partial"  # cut off, or no content could be read: never supersedes, and says nothing about the state
    RESTRICTED = "restricted"  # password or login in its place
    MISSING = "missing"  # 404, 410, or led home, to a listing or to another publication
    MOVED = "moved"  # led to another address of the same publication


@dataclass(frozen=True, slots=True)
class Seen:
    row: Row
    sight: Sight


@dataclass(frozen=True, slots=True)
class Version:
    """One version: the capture that first said so, and when it was last seen."""

    row: Row
    last_seen: str
    whole: bool = True


@dataclass(frozen=True, slots=True)
class History:
    """Versions in order, at least one. `latest` is the last whole capture, which the address is told from."""

    versions: tuple[Version, ...]
    state: State
    first_seen: str
    latest: Row


def fold(seen: Iterable[Seen], crawl_of: Callable[[str], str]) -> History | None:
    """The history of a publication from its captures in order; `crawl_of` tells a WARC file's crawl.

    None where no capture shows anything that a line could say.
    """
    everything = list(seen)
    wholes = [one for one in everything if one.sight is Sight.WHOLE]
    # A page that is shut or cut off still has a title to tell; an error page or a redirect to a login has not.
    shown = wholes or [
        one for one in everything if one.sight in (Sight.PARTIAL, Sight.RESTRICTED) and one.row.content_sha256
    ]
    if not shown:
        return None
    folding = _Folding(shown[0])
    for _, crawl in groupby(everything, key=lambda one: crawl_of(one.row.warc)):
        folding.add(list(crawl))
    first = min(one.row.captured_at for one in everything if one.row.content_sha256 and one.sight is not Sight.MISSING)
    if not wholes:
        version = Version(shown[0].row, shown[-1].row.captured_at, whole=False)
        return History((version,), folding.state, first, shown[-1].row)
    return History(tuple(folding.versions), folding.state, first, folding.latest)


class _Folding:
    """The state machine over crawls, in order."""

    def __init__(self, first: Seen) -> None:
        self.versions: list[Version] = []
        self.state = State.LIVE
        self.latest = first.row
        self._key = first.row.key  # where the publication was last seen
        self._views: set[str] = set()  # addresses that showed it beside that one: in print, as AMP, by an old spelling

    def add(self, crawl: Sequence[Seen]) -> None:
        """One crawl's captures. The best that it found counts: an old address that is gone says nothing where the new
        one answers.
        """
        main = _main_key(crawl)
        if main is not None and self._shows_views_alone(crawl):
            for one in crawl:
                if one.sight is Sight.WHOLE:
                    self._touch(one.row)
            return
        if main is not None:
            self._add_whole(crawl, main)
            return
        last = [
            one.sight
            for one in crawl
            if one.sight in (Sight.RESTRICTED, Sight.MISSING) and one.row.key in self._watched(crawl)
        ]
        self._lose(last[-1] if last else None)

    def _shows_views_alone(self, crawl: Sequence[Seen]) -> bool:
        """Whether a crawl asked for views of the publication, and not for the address where it stands: not all is due
        at each crawl, and a view says otherwise what has not changed.
        """
        if not self.versions or any(one.row.key == self._key for one in crawl):
            return False
        rows = [one.row for one in crawl if one.sight is Sight.WHOLE]
        return all(row.key in self._views or row.canonical_key == self._key for row in rows)

    def _add_whole(self, crawl: Sequence[Seen], main: str) -> None:
        self._key, self.state = main, State.LIVE
        self._views |= {one.row.key for one in crawl if one.sight is Sight.WHOLE}
        self._views.discard(main)
        since: Sight | None = None
        for one in crawl:
            if one.sight is Sight.WHOLE:
                if one.row.key == main:
                    self._add_capture(one.row)
                    since = None
                elif self.versions:
                    self._touch(one.row)
            elif one.row.key == main and one.sight in (Sight.RESTRICTED, Sight.MISSING):
                since = one.sight
        self._lose(since)

    def _add_capture(self, row: Row) -> None:
        if self.versions and self.versions[-1].row.content_sha256 == row.content_sha256:
            self._touch(row)
        else:
            self.versions.append(Version(row, row.captured_at))
        self.latest = row

    def _touch(self, row: Row) -> None:
        self.versions[-1] = Version(self.versions[-1].row, max(self.versions[-1].last_seen, row.captured_at))

    def _lose(self, sight: Sight | None) -> None:
        """Missing once is missing, missing at the next crawl too is gone."""
        if sight is Sight.RESTRICTED:
            self.state = State.RESTRICTED
        elif sight is Sight.MISSING:
            self.state = State.GONE if self.state in (State.MISSING, State.GONE) else State.MISSING

    def _watched(self, crawl: Sequence[Seen]) -> set[str]:
        """The address where it was last seen, and those that this one led to within the crawl."""
        keys = {self._key}
        for one in crawl:  # in order of capture, so a chain is followed as it was walked
            if one.sight is Sight.MOVED and one.row.key in keys and one.row.redirect_key:
                keys.add(one.row.redirect_key)
        return keys


def _main_key(crawl: Sequence[Seen]) -> str | None:
    """The one address of a crawl whose captures make versions, where several show the publication whole (an AMP or
    print view, `/2/`).

    One that names another of them as its canonical is a view of that; then the shortest address, then the first by
    its letters.
    """
    rows = [one.row for one in crawl if one.sight is Sight.WHOLE]
    keys = {row.key for row in rows}
    if not keys:
        return None
    views = {
        row.key for row in rows if row.canonical_key and row.canonical_key != row.key and row.canonical_key in keys
    }
    return min(keys, key=lambda key: (key in views, len(key), key))
