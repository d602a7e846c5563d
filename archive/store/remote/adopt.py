"""A collection that was made in a working folder, as `unpack` and `save` make one, put into the store as a whole."""

import json
from hashlib import sha256

from archive.errors import CollectionError, Taken
from archive.store.cdxj import Index, parse
from archive.store.journal import Journal
from archive.store.names import plain
from archive.store.remote import address
from archive.store.remote.remote import Remote


def adopt(remote: Remote) -> None:
    """Puts it line by line of its ledger, each with what it names, and the small files last; from then on the folder
    works for the store. Cut off, it is begun again, and finds what is there.

    Raises CollectionError where the store has another collection of that name.
    """
    folder = remote.folder
    parts: dict[str, list[bytes]] = {}
    for line in Index(folder / "indexes" / "index.cdxj"):
        parts.setdefault(parse(line).filename, []).append(line)
    try:
        for number, line in enumerate(Journal(folder / "ledger.jsonl"), 1):
            entry = json.loads(line)
            if entry["event"] == "sealed":
                remote.keep_warc(plain(entry["warc"]), entry["sha256"], parts.get(entry["warc"], []))
            elif entry["event"] == "torn":
                remote.keep_torn(folder / "archive" / plain(entry["kept"]))
            remote.put_line(number, line.rstrip(b"\n"), sha256(line.rstrip(b"\n")).hexdigest())
    except Taken as error:
        raise CollectionError(
            f"{folder} cannot go to {remote.url}, where another collection of that name is: {error}"
        ) from None
    remote.settled()
    address.bind(folder / "state", remote.url)
