"""Attestations: lines of the ledger by which someone vouches for all the lines before.

A `signed` line holds an archivist's signature over the head of the ledger as it was then, a `stamped` one an
authority's time-stamp of it. The head is the line's own `previous`, so that neither can be moved to another place.
"""

import base64
from datetime import UTC, datetime

from archive.proof.key import Key
from archive.proof.stamp import Stamp
from archive.store.collection import Collection

SIGNED, STAMPED = "signed", "stamped"
ALGORITHM = "ecdsa-sha256"


def message(head: str) -> bytes:
    """The bytes that are signed and stamped: what they are, and the SHA-256 of the ledger's last line in hex."""
    return f"policy-archive ledger head sha256:{head}\n".encode("ascii")


def sign(collection: Collection, key: Key, at: datetime | None = None) -> str:
    """Sign the ledger as it is now; returns its new head."""
    with collection.lock():
        collection.recover(at)
        ledger = collection.ledger
        signature = key.sign(message(ledger.head()))
        ledger.append(
            SIGNED,
            at or datetime.now(UTC),
            algorithm=ALGORITHM,
            key=key.public.encoded,
            signature=base64.b64encode(signature).decode("ascii"),
        )
        return ledger.head()


def stamp(collection: Collection, url: str, at: datetime | None = None) -> Stamp:
    """Have the ledger as it is now stamped by the authority at `url`; raises BadStamp."""
    with collection.lock():
        collection.recover(at)
        ledger = collection.ledger
        given = Stamp.asked(url, message(ledger.head()))
        ledger.append(
            STAMPED,
            at or datetime.now(UTC),
            authority=url,
            token=base64.b64encode(given.der).decode("ascii"),
        )
        return given
