"""The reports that a collection's crawls have left: which there are, and what one says."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.errors import CollectionError
from archive.store.folder import Folder

REPORT = "report.json"


def ids(folder: Folder) -> list[str]:
    """The crawls that have a report, oldest first."""
    return sorted(path.parent.name for path in folder.crawls_dir.glob(f"*/{REPORT}"))


def read(folder: Folder, crawl: str | None = None) -> dict[str, Any]:
    """The report of a crawl, the newest unless named. Raises CollectionError, which says which there are."""
    there = ids(folder)
    if not there:
        raise CollectionError(f"collection {folder.name} has no crawl with a report: `policy-archive crawl` makes one")
    wanted = crawl or there[-1]
    if wanted not in there:
        raise CollectionError(f"no crawl {wanted!r} in collection {folder.name}: there are {', '.join(there[-5:])}")
    path = folder.crawls_dir / wanted / REPORT
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CollectionError(f"{path} cannot be read ({error}): take it from a backup") from None
    if not isinstance(told, dict):
        raise CollectionError(f"{path} is no report: take it from a backup")
    return told


def newest(folder: Folder, until: str, count: int) -> Iterator[dict[str, Any]]:
    """The reports of the last `count` crawls up to and with `until`, oldest first; those that cannot be read are left
    out, and `read` says why.
    """
    for crawl in [one for one in ids(folder) if one <= until][-count:]:
        try:
            yield read(folder, crawl)
        except CollectionError:
            continue


def path_of(folder: Folder, crawl: str) -> Path:
    """Where the page of a crawl stands."""
    return folder.crawls_dir / crawl / "report.html"


def moment(stamp: str) -> str:
    """`23 November 2026, 01:23 UTC`, of 14 digits; what is no time is given back."""
    try:
        at = datetime.strptime(str(stamp), "%Y%m%d%H%M%S")
    except ValueError:
        return str(stamp)
    return f"{at.day} {_MONTHS[at.month - 1]} {at:%Y, %H:%M} UTC"


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
