"""Time-stamps after RFC 3161: an authority's word that some bytes were there at a moment."""

import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from archive.errors import BadKey, BadStamp

_SECONDS = 30
_MOST = 1024 * 1024  # bytes of an answer: real ones have 2 to 10 KB
_QUERY = "application/timestamp-query"  # RFC 3161, 3.4


@dataclass(frozen=True, slots=True)
class Stamp:
    """An authority's answer, as it came (DER of a TimeStampResp)."""

    der: bytes

    @classmethod
    def asked(cls, url: str, message: bytes) -> "Stamp":
        """Have `message` stamped by the authority at `url`; raises BadStamp where it gives none that holds."""
        query = (
            TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).cert_request(cert_request=True)
        )
        request = query.build()
        stamp = cls(_answer(url, request.as_bytes()))
        response = stamp._response()
        if response.status not in (0, 1):
            told = "; ".join(response.status_string) or f"status {response.status}"
            raise BadStamp(f"the time-stamping authority {url} refuses: {told}")
        if response.tst_info.nonce != request.nonce:
            raise BadStamp(f"the time-stamping authority {url} answered another request: ask again, or another one")
        stamp.check(message)
        return stamp

    @property
    def time(self) -> datetime:
        """When, with its zone."""
        return self._response().tst_info.gen_time

    @property
    def authority(self) -> str:
        """The subject of the certificate that signed it."""
        (signer,) = self._response().signed_data.signer_infos
        for certificate in self._certificates():
            if (certificate.issuer, certificate.serial_number) == (signer.issuer, signer.serial_number):
                return certificate.subject.rfc4514_string()
        return signer.issuer.rfc4514_string()

    def check(self, message: bytes, roots: Sequence[x509.Certificate] = ()) -> None:
        """Raises BadStamp where this is not a stamp of `message`, signed by a certificate below one of `roots`.

        Without roots, the certificates that it brings itself are believed: that shows that it is whole, not whose it
        is.
        """
        # Intermediate ones that are given to the verifier would be believed as roots are; the stamp brings its own.
        verifier = VerifierBuilder(roots=list(roots or self._certificates())).build()
        try:
            verifier.verify_message(self._response(), message)
        except (VerificationError, ValueError) as error:
            raise BadStamp(f"the time-stamp does not hold: {' '.join(str(error).split())}") from None

    def _response(self) -> TimeStampResponse:
        try:
            return decode_timestamp_response(self.der)
        except ValueError as error:
            raise BadStamp(f"not a time-stamp (RFC 3161): {error}") from None

    def _certificates(self) -> list[x509.Certificate]:
        try:
            found = self._response().signed_data.certificates
        except ValueError as error:
            raise BadStamp(f"not a time-stamp with its certificates: {error}") from None
        return [x509.load_der_x509_certificate(certificate) for certificate in sorted(found)]


def roots(path: Path) -> list[x509.Certificate]:
    """The certificates in a PEM file; raises BadKey."""
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except OSError as error:
        raise BadKey(f"{path} cannot be read ({error.strerror}): name a PEM file of root certificates") from None
    except ValueError:
        raise BadKey(f"{path} holds no certificate in PEM: name the authority's root certificate") from None


def _answer(url: str, query: bytes) -> bytes:
    if not url.startswith(("http://", "https://")):
        raise BadStamp(f"--tsa {url!r} is no http or https address: give the authority's address")
    request = urllib.request.Request(url, query, {"Content-Type": _QUERY})
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as response:
            found: bytes = response.read(_MOST)
    except (OSError, ValueError) as error:
        raise BadStamp(
            f"the time-stamping authority {url} does not answer ({error}): try again, or another one"
        ) from None
    return found
