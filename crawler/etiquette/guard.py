"""No door to the inside: a resolver that refuses every address that is not globally reachable.

With Scrapy's Twisted handler it is asked for every host at connect time, literals and odd spellings included (`127.1`,
`0x7f.1`, `[::ffff:127.0.0.1]`, `2130706433`), so that redirects and rebinding end here too (measured: facts of the
design).
"""

import ipaddress
import socket
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred, fail
from twisted.internet.error import DNSLookupError

# Hosts that may be visited wherever they are: the demo institute's own, or all with `--allow-private`. The resolver is
# the reactor's, one a process, and is made before the spider that knows its options: so this is the process's too.
doors: set[str] = set()
EVERYWHERE = "*"
_refusals: dict[str, str] = {}
_REMEMBERED = 10_000  # hosts
# The last 32 bits are an IPv4 address: RFC 6052 (NAT64), RFC 4291 (IPv4-compatible), RFC 2765 (IPv4-translated).
_ENDING_IN_IPV4 = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "::/96", "::ffff:0:0:0/96")))
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)  # RFC 5214: before those 32 bits, below any prefix
# Inside one's own network, or of nobody, where Python's own tables do not say so: RFC 8215, 3879, 9637, 9602.
_NOBODYS = tuple(map(ipaddress.ip_network, ("64:ff9b:1::/48", "fec0::/10", "3fff::/20", "5f00::/16")))


class PrivateAddress(DNSLookupError):
    """A host resolves to an address that is not globally reachable. Raised at connect time; `--allow-private` lets it
    through.
    """

    def __init__(self, why: str, address: str) -> None:
        super().__init__(why)
        self.address = address


class GuardedResolver(CachingThreadedResolver):
    """Refuses private, loopback, link-local, multicast and reserved addresses, but for the hosts in `doors`."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        return cls(reactor, crawler.settings.getint("DNSCACHE_SIZE"), crawler.settings.getfloat("DNS_TIMEOUT"))

    def getHostByName(self, name: str, timeout: Any = ()) -> "Deferred[str]":
        literal = numeric(name)
        if literal is not None and not may(name, literal):
            return fail(refused(name, literal))
        looked_up = super().getHostByName(name, timeout)
        looked_up.addCallback(self._check, name)
        return looked_up

    def _check(self, address: str, name: str) -> str:
        if not may(name, address):
            raise refused(name, address)
        return address


def may(name: str, address: str) -> bool:
    """Whether a host may be visited at an address."""
    return EVERYWHERE in doors or name in doors or reachable(address)


def numeric(name: str) -> str | None:
    """The address that a numeric host stands for, as the C library reads it (`127.1`, `0x7f.1`, `2130706433`); None for
    a name.
    """
    host = name.strip("[]")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def reachable(address: str) -> bool:
    """Whether an address is globally reachable; one that embeds an IPv4 address is judged by that."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if any(ip in network for network in _NOBODYS):
            return False
        ends = any(ip in network for network in _ENDING_IN_IPV4) or int(ip) >> 32 & 0xFFFF_FFFF in _ISATAP
        last = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF) if ends else None
        inner = last or ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return ip.is_global and not ip.is_multicast


def refused(name: str, address: str) -> PrivateAddress:
    why = f"{name} is at {address}, which is not a public address; --allow-private lets a crawl go there"
    if len(_refusals) < _REMEMBERED:
        _refusals[name] = why
    return PrivateAddress(why, address)


def refusal(host: str) -> str | None:
    """Why a host was refused. Twisted's endpoint reports "no results" for whatever a resolver raises, so it is asked
    for here.
    """
    return _refusals.get(host)
