"""Why nothing whole came, in words that a person can act on: Twisted's own name classes and OpenSSL's routines."""

import re
from collections.abc import Iterator

from OpenSSL import SSL
from scrapy.core.downloader.handlers.http11 import TunnelError
from service_identity import VerificationError
from twisted.internet.error import ConnectionRefusedError as Refused
from twisted.internet.error import DNSLookupError
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure

from crawler.capture.proxy import ProxyRefused
from crawler.capture.tap import MAX_HEAD

_CERTIFICATE = (
    "its TLS certificate {fault}; nothing was asked of it. If the site is known to be so, name the host in the "
    "profile: [etiquette] broken_certificates"
)
_VERIFICATION = re.compile(r"certificate verify failed(?:: ([^'\"\]]+))?", re.IGNORECASE)
_OBJECT = re.compile(r"<twisted\.python\.failure\.Failure [\w.]+: (.*?)>(?=[\],]|$)", re.DOTALL)


class HeadTooLong(Exception):
    """A head without an end, or one longer than any server has need of. Raised by the wire's handler."""

    def __str__(self) -> str:
        return f"its head is longer than {MAX_HEAD:,} bytes, or has a line of more than {LineReceiver.MAX_LENGTH:,}"


def words(error: BaseException) -> str:
    """One line: the innermost reason that can be told, else the error's own name and message."""
    for cause in _causes(error):
        if isinstance(cause, VerificationError):
            return _CERTIFICATE.format(fault="is not for this host")
        if isinstance(cause, SSL.Error):
            return _of_tls(cause)
        if isinstance(cause, (HeadTooLong, ProxyRefused, TunnelError)):
            return _line(cause)
        if isinstance(cause, Refused):
            return "the connection was refused"
        if isinstance(cause, DNSLookupError):
            return f"the host cannot be found: {_line(cause)}"
    told = _OBJECT.sub(r"\1", _line(error)).strip("[]")
    return f"{type(error).__name__}: {told}" if told else type(error).__name__


def is_absence(error: BaseException) -> bool:
    """Whether not even a connection came about on which to ask: no such host, nobody there, or a host that TLS does
    not let us trust.
    """
    none = (Refused, DNSLookupError, SSL.Error, VerificationError)
    return any(isinstance(cause, none) for cause in _causes(error))


def _of_tls(error: SSL.Error) -> str:
    told = "; ".join(str(part[-1]) for part in error.args[0]) if error.args and error.args[0] else "no reason was told"
    found = _VERIFICATION.search(told)
    if found:
        return _CERTIFICATE.format(
            fault=f"cannot be trusted ({found[1] or 'expired, self-signed, or of no known issuer'})"
        )
    return f"TLS failed: {told}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, what it was raised from, and the reasons that Twisted wraps, innermost last."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        reasons = getattr(one, "reasons", None) or ()
        waiting += [reason.value for reason in reasons if isinstance(reason, Failure)]
        waiting += [one.__cause__, one.__context__]


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())
