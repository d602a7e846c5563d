"""The signature of a package, as wacz-auth 0.1.0 says: `signedData` in datapackage-digest.json, its anonymous form.

What is signed is the text of the manifest's hash (`sha256:…`), and through the manifest's hashes every byte of the
package. ReplayWeb.page checks it with P-384; py-wacz wants `created` to be the manifest's.
"""

import base64
import binascii
from typing import Any

from archive.proof.key import Key, PublicKey

VERSION = "0.1.0"  # of wacz-auth
ANONYMOUS = ("hash", "created", "software", "version", "signature", "publicKey")
DOMAIN = (
    *("hash", "created", "software", "version", "signature", "domain", "domainCert"),
    *("timeSignature", "timestampCert", "crossSignedCert"),
)


def signed(key: Key, digest: str, created: str, software: str) -> dict[str, str]:
    """`signedData` for a manifest's hash."""
    return {
        "hash": digest,
        "created": created,
        "software": software,
        "version": VERSION,
        "signature": base64.b64encode(key.sign(digest.encode())).decode("ascii"),
        "publicKey": key.public.encoded,
    }


def signature(told: dict[str, Any]) -> bytes:
    """The signature's bytes; b"" where it is no base64, which no key verifies."""
    try:
        return base64.b64decode(str(told.get("signature")), validate=True)
    except (ValueError, binascii.Error):
        return b""


def holds(told: dict[str, Any], key: PublicKey) -> bool:
    """Whether the key signed the hash that `signedData` names."""
    return key.verifies(signature(told), str(told.get("hash")).encode("utf-8", "replace"))
