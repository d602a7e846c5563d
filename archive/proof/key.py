"""The archivist's key: what a package (and anything else that is to be proved) is signed with.

ECDSA on P-384 over SHA-256, as ReplayWeb.page and ArchiveWeb.page sign and verify. A private key is a PEM file (PKCS 8,
no password) that only its owner can read; the public key lies beside it, `.pub`, to be given to others. A key's
fingerprint is the SHA-256 of its public half in DER (SubjectPublicKeyInfo): short enough to be read out or printed.
"""

import base64
import binascii
import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from archive.errors import BadKey

CURVES = ("secp256r1", "secp384r1", "secp521r1")  # P-256, P-384, P-521: the curves of the Web Crypto API
_ALGORITHM = ec.ECDSA(hashes.SHA256())
_FINGERPRINT = re.compile(r"(?:sha256:)?([0-9a-f]{64})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half that others have, as DER."""

    der: bytes

    @classmethod
    def decoded(cls, text: str) -> "PublicKey":
        """From base64 of DER, as wacz-auth has it; raises BadKey where it is no ECDSA key."""
        try:
            der = base64.b64decode(text, validate=True)
            key = serialization.load_der_public_key(der)
        except (ValueError, binascii.Error, UnsupportedAlgorithm):
            raise BadKey(f"{text[:60]!r} is no public key in base64 (DER, SubjectPublicKeyInfo)") from None
        return cls.of(key)

    @classmethod
    def of(cls, key: object) -> "PublicKey":
        """From a key of the library; raises BadKey where it is none for ECDSA."""
        if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name not in CURVES:
            raise BadKey("the key is none for ECDSA on P-256, P-384 or P-521: make one with `policy-archive key new`")
        return cls(
            key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo),
        )

    @property
    def fingerprint(self) -> str:
        """`sha256:` and hex."""
        return "sha256:" + hashlib.sha256(self.der).hexdigest()

    @property
    def encoded(self) -> str:
        """Base64 of the DER."""
        return base64.b64encode(self.der).decode("ascii")

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Whether the signature over `data` is this key's: as r and s side by side (the Web Crypto API), or as DER."""
        key = serialization.load_der_public_key(self.der)
        assert isinstance(key, ec.EllipticCurvePublicKey)
        half = (key.curve.key_size + 7) // 8
        if len(signature) == 2 * half:
            r, s = int.from_bytes(signature[:half]), int.from_bytes(signature[half:])
            signature = encode_dss_signature(r, s)
        try:
            key.verify(signature, data, _ALGORITHM)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Key:
    """Both halves. `Key.new` makes one, `Key.read` reads one from its file."""

    _private: ec.EllipticCurvePrivateKey

    @classmethod
    def new(cls, path: Path) -> "Key":
        """Make a key and write it to `path`, and its public half beside it; raises BadKey where either is there."""
        public = path.with_name(path.name + ".pub")
        key = cls(ec.generate_private_key(ec.SECP384R1()))
        private = key._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        for place, content, mode in ((path, private, 0o600), (public, pem(key.public), 0o644)):
            try:
                descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            except FileExistsError:
                raise BadKey(f"{place} is there already, and a key is never overwritten: name another file") from None
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        return key

    @classmethod
    def read(cls, path: Path) -> "Key":
        """The private key in a file; raises BadKey where it is none, or others may read it."""
        content = _content(path)
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise BadKey(f"{path} can be read by others than its owner: chmod 600 {path}, or make a new key")
        try:
            private = serialization.load_pem_private_key(content, None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            hint = "; it is the public half: name the file without .pub" if b"PUBLIC KEY" in content else ""
            raise BadKey(f"{path} holds no private key in PEM without a password{hint}") from None
        if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name not in CURVES:
            raise BadKey(f"{path} holds no key for ECDSA on P-256, P-384 or P-521: make one with `key new`")
        return cls(private)

    @property
    def public(self) -> PublicKey:
        return PublicKey.of(self._private.public_key())

    def sign(self, data: bytes) -> bytes:
        """The signature over `data`, r and s side by side, as the Web Crypto API has it."""
        r, s = decode_dss_signature(self._private.sign(data, _ALGORITHM))
        half = (self._private.curve.key_size + 7) // 8
        return r.to_bytes(half) + s.to_bytes(half)


def pem(public: PublicKey) -> bytes:
    """A public key as its `.pub` file has it."""
    return serialization.load_der_public_key(public.der).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def fingerprint(text: str) -> str:
    """The fingerprint that a person names: itself, or the file of a key (`.pub`, or the private one); raises BadKey
    where it is neither.
    """
    found = _FINGERPRINT.fullmatch(text.strip())
    if found:
        return f"sha256:{found[1].lower()}"
    path = Path(text)
    content = _content(path)
    if b"PRIVATE KEY" in content:
        return Key.read(path).public.fingerprint
    try:
        return PublicKey.of(serialization.load_pem_public_key(content)).fingerprint
    except (ValueError, UnsupportedAlgorithm):
        raise BadKey(f"{path} holds no public key in PEM: name a .pub file, or a fingerprint") from None


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(100_000)
    except FileNotFoundError:
        told = "no such file, and no fingerprint (64 hexadecimal digits); `policy-archive key new FILE` makes a key"
        raise BadKey(f"key {str(path)!r}: {told}") from None
    except OSError as error:
        raise BadKey(f"key {str(path)!r} cannot be read: {error.strerror}") from None
