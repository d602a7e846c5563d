"""A tap on one request's connection: keeps what was written and what was received, and what is known of the peer."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from twisted.protocols.basic import LineReceiver

from archive.errors import OutOfSpace
from archive.store.exchange import Exchange, Truncation
from archive.store.spool import Spool
from crawler.room import Room

MAX_HEAD = 256 * 1024  # bytes of status line and headers; servers refuse more than 8 to 64 KiB of it themselves
PAGE_BYTES = 32 * 1024 * 1024  # contracts.md, Sizes
DOCUMENT_BYTES = 512 * 1024 * 1024
LOOK_EVERY = 8 * 1024 * 1024  # bytes received between two looks at the room on the disk
_END_OF_HEAD = re.compile(rb"\n\r?\n")
_INTERIM = re.compile(rb"HTTP/[0-9.]+[ \t]+1(?!01)[0-9]{2}", re.IGNORECASE)  # what follows 101 is no head


class Tap:
    """What crossed the wire for one request. The protocol feeds it; `exchange()` is called once, when the request has
    ended. What is received is on disk once it is large, and `room` is watched while it grows.
    """

    def __init__(
        self,
        url: str,
        method: str,
        max_body: int = PAGE_BYTES,
        room: Room | None = None,
        direct: bool = True,
        asked: Callable[[], None] | None = None,
    ) -> None:
        self.url = url
        self.method = method
        self.began = datetime.now(UTC)
        self.truncated: Truncation | None = None
        self.credentials: tuple[str, ...] = ()  # names of request fields whose values are not to be kept
        self._direct = direct  # else the peer is a proxy, and the site's address is not known
        self._asked = asked  # called when the first byte of the request is written
        self._max_body = max_body
        self.failed: OSError | OutOfSpace | None = None  # why what was received could not be kept
        self._sent: list[bytes] = []
        self._room = room
        self._received = room.spool() if room else Spool()
        self._head: bytearray | None = bytearray()  # what came, until the final head ends
        self._head_at = 0  # where in it the head begins that has not ended
        self._most = MAX_HEAD  # bytes that are kept
        self._described = False
        self.answered: float | None = None  # monotonic time of the first byte received
        self._ip: str | None = None
        self._protocols: tuple[str, ...] = ()
        self._cipher: str | None = None
        self._certificates: tuple[bytes, ...] = ()

    def sent(self, data: bytes) -> None:
        """Bytes handed to the transport."""
        if not self._sent:
            self.began = datetime.now(UTC)
            if self._asked:
                self._asked()
        self._sent.append(data)

    def received(self, data: bytes) -> bool:
        """Bytes from the transport. False when no more is wanted: the connection is then to be aborted."""
        if self.answered is None:
            self.answered = monotonic()
        if self.truncated or self.failed:
            return False
        taken = data[: max(0, self._most - len(self._received))]
        try:
            if self._room and (len(self._received) + len(data)) // LOOK_EVERY > len(self._received) // LOOK_EVERY:
                self._room.check()
            self._received.write(taken)
        except (OSError, OutOfSpace) as error:
            self.failed = error
            return False
        if self._head is not None:
            self._look_for_the_end_of_the_head(self._head, taken)
        if len(taken) < len(data):
            self.truncated = Truncation.LENGTH
        return not self.truncated

    def _look_for_the_end_of_the_head(self, head: bytearray, data: bytes) -> None:
        """A blank line may lie across two pieces. The heads of 1xx responses count with the final one's: there may be
        no end of them.
        """
        looked = max(self._head_at, len(head) - 3)
        head += data
        while found := _END_OF_HEAD.search(head, looked):
            if not _INTERIM.match(head, self._head_at):
                self._head = None
                self._most = found.end() + self._max_body
                return
            looked = self._head_at = found.end()

    @property
    def head_too_long(self) -> bool:
        """Whether what came was cut off within the head, by us or by Twisted at a line that is too long for it."""
        return self._head is not None and (
            self.truncated is Truncation.LENGTH or len(self._received) > LineReceiver.MAX_LENGTH
        )

    def discard(self) -> None:
        """What came is not the site's: it is not kept."""
        self._received = self._room.spool() if self._room else Spool()

    def describe(self, transport: Any) -> None:
        """Read the peer's address and the TLS state: they are not there before the first bytes have come."""
        if self._described:
            return
        self._described = True
        if self._direct:
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
        response = self._received.content()
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
            credentials=self.credentials,
            error=None if response else " ".join((error or "no answer").split()),
        )


def _der(certificate: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return bytes(certificate.public_bytes(Encoding.DER))
