"""Who vouches for the ledger: its signatures and time-stamps, and what they do not reach."""

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.x509 import Certificate

from archive.audit.chain import LEDGER, Chain
from archive.audit.finding import Finding, error, warning
from archive.errors import BadKey, BadStamp
from archive.proof.attest import ALGORITHM, SIGNED, message
from archive.proof.key import PublicKey
from archive.proof.stamp import Stamp

_FORGED = "do not trust what stands before it: compare with a copy from elsewhere, and ask the archivist"
_SIGN = "run `policy-archive sign` after each crawl"


@dataclass(frozen=True, slots=True)
class Vouched:
    """One attestation that holds: up to which line, by whom, and when an authority says that was."""

    line: int
    by: str  # a key's fingerprint, or the authority's name
    time: str | None = None  # ISO 8601

    def __str__(self) -> str:
        if self.time is None:
            return f"lines 1 to {self.line - 1} signed by {self.by}"
        return f"lines 1 to {self.line - 1} time-stamped {self.time} by {self.by}"


def check(
    chain: Chain, found: list[Vouched], trust: str | None = None, roots: Sequence[Certificate] = ()
) -> Iterator[Finding]:
    """Each attestation against the head that it was made over; those that hold are added to `found`.

    `trust` is the fingerprint of the key that must have signed; `roots` are those that a time-stamp's certificate must
    be below.
    """
    for number, entry in chain.attested:
        try:
            found.append(_signature(number, entry) if entry["event"] == SIGNED else _stamp(number, entry, roots))
        except BadStamp as fault:
            yield error(LEDGER, "ledger-stamp", str(fault), _FORGED, line=number)
        except (BadKey, KeyError, TypeError, ValueError, binascii.Error) as fault:
            yield error(LEDGER, "ledger-signature", _why(fault), _FORGED, line=number)
    if trust is None:
        return
    reached = max((vouched.line for vouched in found if vouched.by == trust), default=0)
    others = sorted({vouched.by for vouched in found if vouched.time is None} - {trust})
    if not reached:
        detail = f"no line is signed by {trust}" + (f", but by {', '.join(others)}" if others else "")
        yield error(LEDGER, "ledger-trust", detail, _FORGED)
    elif behind := chain.lines - max(vouched.line for vouched in found):
        detail = f"{behind} lines after the last signature are vouched for by nobody"
        yield warning(LEDGER, "ledger-unsigned", detail, _SIGN, line=reached + 1)


class _Forged(ValueError):
    """The signature is not the key's over this head."""


def _signature(number: int, entry: dict[str, Any]) -> Vouched:
    if entry["algorithm"] != ALGORITHM:
        raise _Forged(f"algorithm {entry['algorithm']!r} is not {ALGORITHM}")
    key = PublicKey.decoded(entry["key"])
    if not key.verifies(base64.b64decode(entry["signature"], validate=True), message(str(entry["previous"]))):
        raise _Forged(f"the signature is not that of its key {key.fingerprint} over the line before")
    return Vouched(number, key.fingerprint)


def _stamp(number: int, entry: dict[str, Any], roots: Sequence[Certificate]) -> Vouched:
    try:
        stamp = Stamp(base64.b64decode(entry["token"], validate=True))
    except (KeyError, TypeError, ValueError) as fault:
        raise BadStamp(f"no time-stamp in base64 ({_why(fault)})") from None
    stamp.check(message(str(entry["previous"])), roots)
    return Vouched(number, stamp.authority, stamp.time.isoformat())


def _why(fault: Exception) -> str:
    return f"it has no {fault}" if isinstance(fault, KeyError) else str(fault)
