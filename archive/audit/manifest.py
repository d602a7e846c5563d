"""A package's manifest, the hash of it, and its signature: what they claim, held against the bytes.

A signature is worth what it is bound to. That it verifies says only that some key signed some hash; here the hash must
be that of this manifest, the manifest must list every file with its hash, and the key must be the one that is trusted,
where one is named.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from cryptography import x509
from cryptography.x509.oid import ExtensionOID, NameOID

from archive.audit.finding import Finding, error, warning
from archive.errors import BadKey, BadPackage
from archive.pack.directory import Directory, Entry
from archive.pack.manifest import DIGEST, MANIFEST, PROFILE
from archive.pack.signature import ANONYMOUS, DOMAIN, holds
from archive.proof.key import PublicKey

LIMIT = 16 * 1024 * 1024  # bytes of a manifest: 100,000 files
VERSIONS = ("1.0.0", "1.1.0", "1.1.1", "1.2.0")
_HASHES = {"sha256": 64, "md5": 32}  # what py-wacz writes, and digits of each
_FORGED = "do not trust the package: ask whoever made it for another copy, and for the hash of its datapackage.json"
_MAKER = "the tool that made it breaks the standard: make the package again with another"


class Manifest:
    """What a package says of itself. `read` first; what could not be read is empty."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.told: dict[str, Any] = {}
        self.resources: dict[str, dict[str, Any]] = {}
        self.sha256 = ""  # of datapackage.json
        self.hashes: dict[str, str] = {}  # SHA-256 of each file that was read
        self.signed_by: str | None = None  # fingerprint of the key, where its signature holds

    def read(self) -> Iterator[Finding]:
        """datapackage.json: its shape."""
        entry = self.directory.find(MANIFEST)
        if entry is None:
            yield error(MANIFEST, "manifest-missing", "the package has no manifest", _MAKER)
            return
        try:
            content = self.directory.content(entry, LIMIT)
            self.sha256 = hashlib.sha256(content).hexdigest()
            self.told = _object(content)
            listed = self.told["resources"]
            if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
                raise ValueError("`resources` is no list of objects")
        except (BadPackage, ValueError, KeyError, RecursionError) as problem:
            yield error(MANIFEST, "manifest", f"not a manifest: {problem or type(problem).__name__}", _MAKER)
            return
        if self.told.get("profile") not in (PROFILE, "wacz"):
            yield warning(MANIFEST, "manifest-profile", f"profile is {self.told.get('profile')!r}", _MAKER)
        version = self.told.get("wacz_version", "1.2.0" if self.told.get("profile") == "wacz" else None)
        if version not in VERSIONS:
            yield warning(MANIFEST, "manifest-version", f"wacz_version is {version!r}: rules of 1.1.1 are used", _MAKER)
        for one in listed:
            path = one.get("path")
            if not isinstance(path, str):
                yield error(MANIFEST, "manifest", f"a resource without a path: {json.dumps(one)[:80]}", _MAKER)
            elif path in self.resources:
                yield error(MANIFEST, "manifest-duplicate", f"{path} is listed twice", _FORGED)
            else:
                self.resources[path] = one

    def check_files(self, unread: set[str]) -> Iterator[Finding]:
        """Every file against its line, and every line against its file. What is `unread` is told elsewhere."""
        there = {entry.name: entry for entry in self.directory.entries if not entry.is_folder}
        for path in self.resources:
            if path not in there:
                yield error(path, "manifest-absent", "the manifest lists it, and it is not in the package", _FORGED)
        for path, entry in there.items():
            listed = self.resources.get(path)
            if listed is None and path not in (MANIFEST, DIGEST):
                detail = "it is in the package, and the manifest does not list it: no hash and no signature covers it"
                yield error(path, "manifest-unlisted", detail, _FORGED)
            if path not in unread:
                yield from self._check_file(entry, listed)

    def _check_file(self, entry: Entry, listed: dict[str, Any] | None) -> Iterator[Finding]:
        algorithm, _, stated = str((listed or {}).get("hash")).partition(":")
        hashes = {name: hashlib.new(name, usedforsecurity=False) for name in {"sha256", algorithm} & _HASHES.keys()}
        try:
            for piece in self.directory.pieces(entry):
                for one in hashes.values():
                    one.update(piece)
        except BadPackage as problem:
            yield error(entry.name, "zip-bytes", str(problem), "the package is damaged: copy it again")
            return
        self.hashes[entry.name] = hashes["sha256"].hexdigest()
        if listed is None:
            return
        if listed.get("bytes") != entry.size:
            detail = f"{entry.size:,} bytes long, the manifest says {listed.get('bytes')!r}"
            yield error(entry.name, "manifest-size", detail, _FORGED)
        if len(stated) != _HASHES.get(algorithm):
            yield error(entry.name, "manifest-hash", f"the manifest has no hash of it: {listed.get('hash')!r}", _MAKER)
        elif (found := hashes[algorithm].hexdigest()) != stated:
            detail = f"its hash is {algorithm}:{found}, the manifest says {algorithm}:{stated}"
            yield error(entry.name, "manifest-hash", detail, _FORGED)
        elif algorithm != "sha256":
            detail = f"its hash is by {algorithm}, which can be forged"
            yield warning(entry.name, "manifest-hash-weak", detail, "make packages with sha256")

    def check_signature(self, trust: str | None) -> Iterator[Finding]:
        """datapackage-digest.json: the manifest's hash, and the signature; `trust` is the fingerprint that it must be
        of.
        """
        told: dict[str, Any] = {}
        entry = self.directory.find(DIGEST)
        if entry is None:
            yield warning(DIGEST, "digest-missing", "no hash of the manifest: a change of it would not show", _MAKER)
        else:
            try:
                told = _object(self.directory.content(entry, LIMIT))
            except (BadPackage, ValueError, RecursionError) as problem:
                yield error(DIGEST, "digest", f"not a digest of a manifest: {problem}", _MAKER)
                return
            if told.get("path") != MANIFEST:
                yield error(DIGEST, "digest", f"it is of {told.get('path')!r}, not of {MANIFEST}", _MAKER)
            if told.get("hash") != f"sha256:{self.sha256}":
                detail = f"it says that the manifest's hash is {told.get('hash')}, but it is sha256:{self.sha256}"
                yield error(DIGEST, "digest-hash", detail, _FORGED)
        signed = told.get("signedData")
        if signed is None:
            if trust is not None:
                yield error(DIGEST, "signature-missing", f"no signature: it should be by {trust}", _FORGED)
        elif isinstance(signed, dict):
            yield from self._check_signed(signed, trust)
        else:
            yield error(DIGEST, "signature", "signedData is no object", _MAKER)

    def _check_signed(self, signed: dict[str, Any], trust: str | None) -> Iterator[Finding]:
        by_domain = "domainCert" in signed
        if strange := sorted(signed.keys() - set(DOMAIN if by_domain else ANONYMOUS)):
            yield warning(DIGEST, "signature-property", f"signedData has {strange[0]!r}, which is none of its", _MAKER)
        if signed.get("hash") != f"sha256:{self.sha256}":
            detail = f"the signature is over {signed.get('hash')}, but this manifest is sha256:{self.sha256}"
            yield error(DIGEST, "signature-digest", detail, _FORGED)
        if signed.get("created") != self.told.get("created"):
            detail = f"signed at {signed.get('created')}, but the manifest was made at {self.told.get('created')}"
            yield error(DIGEST, "signature-created", detail, _FORGED)
        try:
            key = _of_certificate(signed) if by_domain else PublicKey.decoded(str(signed.get("publicKey")))
        except (BadKey, ValueError) as problem:
            yield error(DIGEST, "signature-key", str(problem), _FORGED)
            return
        if not holds(signed, key):
            yield error(DIGEST, "signature", f"the signature is not by the key {key.fingerprint}", _FORGED)
        elif signed.get("hash") == f"sha256:{self.sha256}":
            self.signed_by = key.fingerprint
        if trust is not None and key.fingerprint != trust:
            detail = f"signed by {key.fingerprint}, not by {trust}"
            yield error(DIGEST, "signature-trust", detail, _FORGED)
        elif by_domain:
            detail = f"signed for {signed.get('domain')!r}: its certificates and its time stamp are not checked here"
            yield warning(DIGEST, "signature-unproved", detail, "ask a tool that has roots to trust, such as authsign")


def _of_certificate(signed: dict[str, Any]) -> PublicKey:
    """The key of the first certificate, which must be the domain's; raises BadKey or ValueError."""
    certificate = x509.load_pem_x509_certificates(str(signed["domainCert"]).encode())[0]
    names = [str(one.value) for one in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    try:
        others = certificate.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
        assert isinstance(others, x509.SubjectAlternativeName)
        names += others.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        pass
    if signed.get("domain") not in names:
        raise BadKey(f"the certificate is of {', '.join(names)}, not of {signed.get('domain')!r}")
    return PublicKey.of(certificate.public_key())


def _object(content: bytes) -> dict[str, Any]:
    """A JSON object; raises ValueError."""
    told = json.loads(content)
    if not isinstance(told, dict):
        raise ValueError("it is no JSON object")
    return told
