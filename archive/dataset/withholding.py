"""Withholding a publication, or what was captured at an address, and lifting it: lines of the ledger, then the dataset
anew. Truth is the ledger; the bytes of the WARCs and their proof stay as they are.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from archive.dataset.derive import PROFILE_URI, derive, stored_profile
from archive.dataset.derived import key_of
from archive.dataset.jsonl import HISTORY
from archive.dataset.worker import Underived, Workers
from archive.errors import CollectionError
from archive.institutes.profile import Profile
from archive.institutes.urls import absolute, canonical
from archive.store import access, cdxj
from archive.store.cdxj import IndexLine
from archive.store.collection import Collection
from archive.store.warc import target_uri
from archive.store.withheld import LIFTED, WITHHELD, Withheld, Withholding

_AT_A_TIME = 64  # captures that the workers are given
_PAGES = ("text/html", "application/xhtml+xml")
# What a theme has, and pages share: it says nothing about one publication.
_SHARED = ("text/css", "text/javascript", "application/javascript", "application/x-javascript", "font/")

Progress = Callable[[int, int], None]  # pages read, of how many


@dataclass(frozen=True, slots=True)
class _Named:
    """What a person named."""

    id: str | None
    url: str  # canonical
    addresses: tuple[str, ...]


def withhold(
    collection: Collection,
    named: str,
    reason: str,
    by: str,
    until: date | None = None,
    at: datetime | None = None,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> Withholding:
    """Hide the publication of that id or address, or what else was captured at the address; `until` is the first day on
    which it is shown again.

    Raises CollectionError where there is no such thing, or it is withheld already.
    """
    at = at or datetime.now(UTC)
    if not reason.strip() or not by.strip():
        raise CollectionError("say why it is withheld (--reason) and who does it (--by): the ledger keeps both")
    if until is not None and until <= at.astimezone(UTC).date():
        raise CollectionError(f"--until {until} is no day to come: name a later one, or leave it out")
    with collection.lock():
        collection.recover(at)
        profile = stored_profile(collection) if collection.resource(PROFILE_URI) else None
        if why := _found(Withheld.of(collection), named, profile):
            raise CollectionError(f"{named} is withheld since {why.at[:10]}: lift it first (--lift)")
        what = _named(collection, named, profile)
        files: tuple[str, ...] = ()
        if profile is not None and what.id is not None:
            files = _files(collection, profile, what, workers, progress or (lambda done, of: None))
        collection.ledger.append(
            WITHHELD,
            at,
            id=what.id,
            url=what.url,
            addresses=what.addresses,
            files=files,
            reason=reason.strip(),
            by=by.strip(),
            until=until.isoformat() if until else None,
        )
        _again(collection, profile, workers, at)
        return next(one for one in Withheld.of(collection) if one.url == what.url and one.id == what.id)


def lift(
    collection: Collection,
    named: str,
    reason: str,
    by: str,
    at: datetime | None = None,
    workers: Workers | None = None,
) -> Withholding:
    """Show it again; returns what is ended. Raises CollectionError where nothing of that name is withheld."""
    at = at or datetime.now(UTC)
    if not reason.strip() or not by.strip():
        raise CollectionError("say why it is shown again (--reason) and who decides it (--by): the ledger keeps both")
    with collection.lock():
        collection.recover(at)
        profile = stored_profile(collection) if collection.resource(PROFILE_URI) else None
        found = _found(Withheld.of(collection), named, profile)
        if found is None:
            raise CollectionError(f"{named} is not withheld in {collection.name}: --list shows what is")
        collection.ledger.append(LIFTED, at, lifts=found.line, id=found.id, reason=reason.strip(), by=by.strip())
        _again(collection, profile, workers, at)
        return found


def _again(collection: Collection, profile: Profile | None, workers: Workers | None, at: datetime) -> None:
    """The dataset as the ledger says now; of WARCs without a profile, the access rules alone."""
    if profile is not None:
        derive(collection, profile, workers=workers, at=at)
        return
    rules: access.Rules = {key: (one.line,) for key, one in Withheld.of(collection).keys().items()}
    access.write(collection.access_rules, rules)


def _found(withheld: Withheld, named: str, profile: Profile | None) -> Withholding | None:
    """By id, by address, or by any other address that led to it."""
    known = withheld.publication(named, [_key(named, profile)])
    if known is not None or (spelled := absolute(named)) is None:
        return known
    return next((one for one in withheld if cdxj.key(target_uri(spelled)) in _own(one)), None)


def _own(one: Withholding) -> set[str]:
    return {cdxj.key(target_uri(url)) for url in (one.url, *one.addresses)}


def _key(named: str, profile: Profile | None) -> str:
    """The identity key of an address; the text itself where it is none."""
    return key_of(named, profile) if profile is not None else canonical(named)


def _named(collection: Collection, named: str, profile: Profile | None) -> _Named:
    key = _key(named, profile)
    ident: str | None = None
    addresses: set[str] = set()
    url = key
    for line in _versions(collection):
        spellings = [line["url"], *line["aliases"], *(part["url"] for part in line["parts"])]
        if line["id"] == named or (ident is None and key in {_key(one, profile) for one in spellings}):
            if ident not in (None, line["id"]):
                continue
            ident, url = line["id"], _key(line["url"], profile)
            addresses.update(spellings)
    if ident is not None:
        return _Named(ident, url, tuple(sorted(addresses)))
    spelled = absolute(named)
    captured = [line.url for line in collection.captures_at(cdxj.key(target_uri(spelled)))] if spelled else []
    if captured:
        return _Named(None, key, tuple(sorted(set(captured))))
    what = "nothing was captured at" if spelled else "has no publication"
    raise CollectionError(
        f"{collection.name}: {what} {named!r}; ids stand in dataset/publications.jsonl; give one, or an address"
    )


def _versions(collection: Collection) -> Iterator[dict[str, Any]]:
    path = collection.dataset_dir / HISTORY
    if path.exists():
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    yield json.loads(line)
                except ValueError:
                    raise CollectionError(f"{path} line {number} is damaged: run `policy-archive derive`") from None


def _files(
    collection: Collection, profile: Profile, what: _Named, workers: Workers | None, progress: Progress
) -> tuple[str, ...]:
    """The addresses of what the publication's pages load, and no other page of the collection does: images, sounds,
    embedded files. Its documents are told from the dataset, each time."""
    if workers is None:
        with Workers(collection.path, profile) as own:
            return _files(collection, profile, what, own, progress)
    own_keys = {cdxj.key(target_uri(url)) for url in what.addresses}
    pages = {line.location: line for line in collection.captures() if _is_page(line)}
    mine = [line for line in pages.values() if line.key in own_keys]
    others = [line for line in pages.values() if line.key not in own_keys]
    loaded = {cdxj.key(target_uri(url)): url for url in _loaded(mine, workers, lambda done: None)}
    captured: dict[str, str] = {}
    shared: set[str] = set()
    for line in collection.captures():
        if line.key in loaded:
            captured[line.key] = line.url
            if (line.mime or "").startswith(_SHARED):  # revisits do not say
                shared.add(line.key)
    captured = {key: url for key, url in captured.items() if key not in shared}
    if captured:
        for url in _loaded(others, workers, lambda done: progress(done, len(others))):
            captured.pop(cdxj.key(target_uri(url)), None)
    return tuple(sorted(captured.values()))


def _is_page(line: IndexLine) -> bool:
    return line.status == 200 and (line.mime or "").startswith(_PAGES)


def _loaded(lines: Iterable[IndexLine], workers: Workers, read: Callable[[int], None]) -> Iterator[str]:
    remaining, done = iter(lines), 0
    while batch := list(islice(remaining, _AT_A_TIME)):
        for future in [workers.submit(line.location, links_only=True) for line in batch]:
            try:
                yield from future.result().requisites
            except Underived:  # what it loads cannot be told: `derive` names the page
                continue
        done += len(batch)
        read(done)
