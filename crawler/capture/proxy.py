"""The proxies that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name. What is recorded is the exchange with the site: over a
proxy, http asks in absolute form, and https goes through a tunnel (CONNECT), which is no part of the exchange.

A proxy resolves names itself, so what the guard's resolver keeps from going inside is looked at here. The proxy's own
host may be private, and is none to crawl. As in Go, hosts at loopback are never asked for through a proxy.
"""

import ipaddress
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy import Request
from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.exceptions import CannotResolveHostError
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.error import DNSLookupError

from crawler.errors import CrawlError
from crawler.etiquette import guard

_VARIABLES = {"http": "HTTP_PROXY", "https": "HTTPS_PROXY"}


class ProxyRefused(Exception):
    """The proxy asks for a user and a password, or does not take those that it was given. Its answer is not the
    site's.
    """


def of_environment() -> dict[str, str]:
    """Scheme → `host:port` of its proxy. Raises CrawlError where one is of a kind that cannot be used."""
    found: dict[str, str] = {}
    for scheme, value in getproxies().items():
        if scheme not in _VARIABLES or not value:
            continue
        parts = urlsplit(value if "//" in value else f"http://{value}")
        try:
            host, port = parts.hostname, parts.port or 80
        except ValueError:
            host, port = None, 0
        if parts.scheme != "http" or not host:
            shown = f"{parts.scheme}://{parts.hostname or '…'}"  # never the user and the password
            raise CrawlError(
                f"{_VARIABLES[scheme]} is {shown}, and a proxy that can be used is named http://host:port: "
                "name such a one, or unset the variable"
            )
        found[scheme] = f"{host}:{port}"
    return found


class ProxyMiddleware(HttpProxyMiddleware):
    """Says of each request which proxy it goes through, and refuses what lies inside the proxy's network."""

    def __init__(self, auth_encoding: str | None = "utf-8") -> None:
        super().__init__(auth_encoding)
        self._hosts = {address.rpartition(":")[0] for address in of_environment().values()}
        guard.doors.update(self._hosts)
        self._inside: dict[str, str | None] = {}  # host → its address, where that is not public

    async def process_request(self, request: Request) -> None:  # type: ignore[override]
        host = urlsplit(request.url).hostname or ""
        if not self.proxies:
            return
        if not _loopback(host):
            super().process_request(request)
        if not request.meta.get("proxy") and host not in self._hosts:
            return  # the resolver looks at it
        address = None if guard.EVERYWHERE in guard.doors else await self._private(host)
        if address is not None:
            raise CannotResolveHostError(str(guard.refused(host, address)))

    async def _private(self, host: str) -> str | None:
        """The host's address where it is not public; None where it is, or where this machine cannot tell."""
        if host not in self._inside:
            address = guard.numeric(host)
            if address is None:
                from twisted.internet import reactor

                resolving: Any = reactor
                try:
                    address = await maybe_deferred_to_future(resolving.resolve(host))
                except guard.PrivateAddress as error:
                    address = error.address
                except DNSLookupError:  # behind a proxy, outer names are often the proxy's alone to look up
                    address = None
            self._inside[host] = None if address is None or guard.reachable(address) else address
        return self._inside[host]


def _loopback(host: str) -> bool:
    literal = guard.numeric(host)
    return host == "localhost" if literal is None else ipaddress.ip_address(literal).is_loopback


def refused(request: Request) -> ProxyRefused:
    """What is said of a proxy's 407."""
    return ProxyRefused(
        f"the proxy {urlsplit(request.meta['proxy']).netloc} asks for a user and a password (407): "
        "name them in the variable, as in HTTP_PROXY=http://user:password@host:port"
    )
