"""Digests as records state them, held against those of their bytes."""

import base64
import binascii
import re

from archive.audit.payload import Hashes

SIZES = {"sha256": 32, "sha1": 20, "md5": 16, "sha512": 64}  # digest algorithms that can be checked, bytes of a digest
_USUAL = re.compile("sha256:[0-9a-f]{64}")


class Stated:
    """A digest as a header says it: `algorithm:value`, Base16 or Base32."""

    def __init__(self, text: str) -> None:
        self.text = text
        if _USUAL.fullmatch(text):
            self.algorithm, self.value = "sha256", text[7:]
            self.bytes: bytes | None = bytes.fromhex(self.value)
            return
        name, colon, self.value = text.partition(":")
        self.algorithm = name.lower().replace("-", "") if colon else ""
        # the digest itself; None where the value has no form that the algorithm could have
        self.bytes = _digest(self.value, SIZES.get(self.algorithm, -1))

    def __str__(self) -> str:
        return self.text

    @property
    def plain(self) -> str | None:
        """In one spelling, `algorithm:` and lower-case hex; as it stands where it cannot be read."""
        return f"{self.algorithm}:{self.bytes.hex()}" if self.bytes is not None else self.text

    def contradicts(self, hashes: Hashes) -> bool:
        """Whether the digest can be read and is not that of the bytes.

        One that cannot be read is the header rules' to tell.
        """
        return self.bytes is not None and self.bytes != hashes.digest(self.algorithm)

    def of(self, hashes: Hashes) -> str:
        """The digest of the bytes in the form of this one."""
        digest = hashes.digest(self.algorithm)
        hexadecimal = len(self.value) == SIZES[self.algorithm] * 2
        return f"{self.algorithm}:" + (digest.hex() if hexadecimal else base64.b32encode(digest).decode().rstrip("="))


def _digest(value: str, size: int) -> bytes | None:
    try:
        if len(value) == size * 2:
            return bytes.fromhex(value)
        padded = value.rstrip("=").upper()
        decoded = base64.b32decode(padded + "=" * (-len(padded) % 8))
    except (ValueError, binascii.Error):
        return None
    return decoded if len(decoded) == size else None
