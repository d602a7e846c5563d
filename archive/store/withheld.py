"""What is withheld: publications and addresses that the ledger says are not to be shown, though their bytes and their
proof stay.

A `withheld` line of the ledger names a publication (`id`, and `url`, its address) or an address alone; who asked, why,
and `until` when. A `lifted` line ends it by naming its line. Nothing but the ledger decides: `until` alone ends nothing
in the dataset before `derive` has written the `lifted` line, so that `verify` says the same on every day. What shows
pages (replay, packs) looks at the day, too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from archive.store import cdxj
from archive.store.folder import Folder
from archive.store.warc import target_uri

WITHHELD, LIFTED = "withheld", "lifted"  # events of the ledger


@dataclass(frozen=True, slots=True)
class Withholding:
    """One `withheld` line."""

    line: int  # of the ledger, from 1
    at: str  # when, RFC 3339
    id: str | None  # a publication's; None where an address alone is withheld
    url: str  # its canonical address
    addresses: tuple[str, ...]  # all addresses that are known to lead to it, as they were captured
    files: tuple[str, ...]  # what it alone needs: documents, images
    reason: str
    by: str
    until: date | None  # the first day on which it is shown again

    @classmethod
    def of(cls, line: int, entry: dict[str, Any]) -> Self:
        """From a line of the ledger."""
        until = entry.get("until")
        return cls(
            line=line,
            at=entry["at"],
            id=entry.get("id"),
            url=entry["url"],
            addresses=tuple(entry.get("addresses") or ()),
            files=tuple(entry.get("files") or ()),
            reason=entry["reason"],
            by=entry["by"],
            until=date.fromisoformat(until) if until else None,
        )

    def due(self, day: date) -> bool:
        """Whether it ends on that day, or has ended before."""
        return self.until is not None and day >= self.until


@dataclass(frozen=True, slots=True)
class Withheld:
    """All that is withheld. False where nothing is."""

    withholdings: tuple[Withholding, ...] = ()

    @classmethod
    def of(cls, folder: Folder, day: date | None = None) -> Self:
        """What the ledger of a collection says; with a day, without what ends on it or has ended before. Raises
        DamagedRecord where the ledger cannot be read."""
        found: dict[int, Withholding] = {}
        for number, entry in enumerate(folder.ledger, 1):
            if entry["event"] == WITHHELD:
                found[number] = Withholding.of(number, entry)
            elif entry["event"] == LIFTED:
                found.pop(entry["lifts"], None)
        return cls(tuple(one for one in found.values() if day is None or not one.due(day)))

    def __bool__(self) -> bool:
        return bool(self.withholdings)

    def __iter__(self) -> Iterator[Withholding]:
        return iter(self.withholdings)

    def publication(self, ident: str | None, keys: Iterable[str] = ()) -> Withholding | None:
        """Why a publication of that id, or whose canonical addresses are these, is withheld; None where it is not."""
        known = set(keys)
        return next((one for one in self if (ident is not None and one.id == ident) or one.url in known), None)

    def address(self, url: str) -> Withholding | None:
        """Why what was captured at an address is withheld, in any spelling that replay takes for it, as far as the
        ledger itself names it; `access.hidden` knows more."""
        return self.keys().get(cdxj.key(target_uri(url)))

    def keys(self) -> dict[str, Withholding]:
        """The index keys (SURT) of all that the ledger itself names."""
        return {key: one for one in self for key in _keys(one)}


def _keys(one: Withholding) -> set[str]:
    return {cdxj.key(target_uri(url)) for url in (one.url, *one.addresses, *one.files)}
