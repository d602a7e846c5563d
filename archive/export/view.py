"""A collection as it was at a head of its ledger: only what was sealed up to then, for deriving from."""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from archive.store import cdxj
from archive.store.collection import Collection, Meta
from archive.store.remote import address


def view(collection: Collection, entries: Iterable[Mapping[str, Any]], meta: Meta, place: Path) -> Collection:
    """A collection of the same name in a folder `place`, whose WARCs are links to those that these lines of the ledger
    have sealed, or lie in the same store. Its ledger is today's: what is withheld now stays out, whenever the view is
    of.

    It can be deleted as any folder: links are not followed.
    """
    sealed = {entry["warc"] for entry in entries if entry["event"] == "sealed"}
    # What the archivist says of the collection is written as `create` writes it, whatever stands there now.
    made = Collection.open(place / collection.name, create=True, meta=meta)
    assert asdict(made.meta) == asdict(meta)
    if collection.remote:
        address.bind(made.state_dir, collection.remote.url)
    for warc in sorted(sealed):
        stored = collection.resolve(warc)
        if isinstance(stored, Path):
            (made.archive_dir / warc).symlink_to(stored)
    made.indexes_dir.mkdir(exist_ok=True)
    with made.index.path.open("wb") as index:
        for line in collection.index:
            if cdxj.parse(line).filename in sealed:
                index.write(line if line.endswith(b"\n") else line + b"\n")
    if collection.ledger.path.exists():
        shutil.copyfile(collection.ledger.path, made.ledger.path)
    return made
