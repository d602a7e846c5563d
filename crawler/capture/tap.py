"""A tap on one request's connection: keeps what was written and what was received, and what is known of the peer."""

from datetime import UTC, datetime
from typing import Any

from archive.store.exchange import Exchange, Truncation

MAX_HEAD = 256 * 1024  # bytes of status line and headers; servers refuse more than 8 to 64 KiB of it themselves
PAGE_BYTES = 32 * 1024 * 1024  # contracts.md, Sizes
DOCUMENT_BYTES = 512 * 1024 * 1024


class Tap:
    """What crossed the wire for one request. The protocol feeds it; `exchange()` is called once, when the request has
    ended.
    """

    def __init__(self, url: str, method: str, max_body: int = PAGE_BYTES) -> None:
        self.url = url
        self.method = method
        self.began = datetime.now(UTC)
        self.truncated: Truncation | None = None
        self._max_body = max_body
        self._sent: list[bytes] = []
        self._received: list[bytes] = []
        self._size = 0
        self._head_ends = False
        self._ip: str | None = None
        self._protocols: tuple[str, ...] = ()
        self._cipher: str | None = None
        self._certificates: tuple[bytes, ...] = ()

    def sent(self, data: bytes) -> None:
        """Bytes handed to the transport."""
        if not self._sent:
            self.began = datetime.now(UTC)
        self._sent.append(data)

    def received(self, data: bytes) -> bool:
        """Bytes from the transport. False when no more is wanted: the connection is then to be aborted."""
        if self.truncated:
            return False
        self._received.append(data)
        self._size += len(data)
        if not self._head_ends:
            head = b"".join(self._received[-2:]) if len(self._received) > 1 else data
            self._head_ends = b"\r\n\r\n" in head or b"\n\n" in head or b"\n\r\n" in head
            if not self._head_ends and self._size > MAX_HEAD:
                self.truncated = Truncation.LENGTH
                return False
        elif self._size > self._max_body + MAX_HEAD:
            self.truncated = Truncation.LENGTH
            return False
        return True

    @property
    def empty(self) -> bool:
        return not self._size

    def describe(self, transport: Any) -> None:
        """Read the peer's address and the TLS state: they are not there before the first bytes have come."""
        if self._ip is not None:
            return
        self._ip = str(transport.getPeer().host)
        handle = transport.getHandle()
        if hasattr(handle, "get_cipher_name"):
            version = str(handle.get_protocol_version_name())  # "TLSv1.3"
            self._protocols = ("http/1.1", version.lower().replace("tlsv", "tls/"))
            self._cipher = handle.get_cipher_name()
            chain = handle.get_peer_cert_chain(as_cryptography=True) or ()
            self._certificates = tuple(_der(certificate) for certificate in chain)
        else:
            self._protocols = ("http/1.1",)

    def exchange(self, error: str | None = None) -> Exchange:
        """The whole exchange. `error` is kept where nothing came back."""
        response = b"".join(self._received)
        return Exchange(
            url=self.url,
            method=self.method,
            began=self.began,
            request=b"".join(self._sent),
            response=response,
            truncated=self.truncated if response else None,
            ip=self._ip,
            protocols=self._protocols,
            cipher=self._cipher,
            certificates=self._certificates,
            error=None if response else " ".join((error or "no answer").split()),
        )


def _der(certificate: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return bytes(certificate.public_bytes(Encoding.DER))
