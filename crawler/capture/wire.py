"""The download handler that tees the bytes: what Scrapy's response has lost (header case and order, chunk framing,
trailers, 1xx, truncated bodies) is still there in the protocol that Twisted speaks.

The way of one request: `WireHandler.download_request` makes a Tap; `_TappedAgent` puts it on the request's headers
object, the one thing that Twisted passes through unchanged to the protocol; `_TappedProtocol` feeds it; when the
request has ended, however it ended, the exchange goes to the recorder, and `request.meta["recorded"]` is the Deferred
of its location.

Private API of Scrapy 2.19 and Twisted 26.10: tests/crawler/capture/test_wire.py compares what hostile servers send with
what is kept.
"""

import contextlib
from collections.abc import Callable
from functools import partial
from io import BytesIO
from time import monotonic
from typing import Any

from scrapy import Request
from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
    _ScrapyAgent,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError
from scrapy.http import Headers, Response
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web.client import ResponseDone
from twisted.web.http import PotentialDataLoss
from twisted.web.http_headers import Headers as TwistedHeaders
from twisted.web.http_headers import InvalidHeaderName
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface.declarations import implementer

from archive.store.exchange import Truncation
from crawler.capture import proxy
from crawler.capture.failure import HeadTooLong, words
from crawler.capture.tap import PAGE_BYTES, Tap

_LONGEST = 3600.0  # seconds for one answer, however steadily it comes
_PROGRESS = 1024  # bytes; an answer that brings fewer within its timeout is dripping, and is cut off


class _TappedHeaders(TwistedHeaders):
    """Request headers that carry a tap to the protocol. Twisted copies them to add `Host`."""

    tap: Tap

    def copy(self) -> "_TappedHeaders":
        copied = _TappedHeaders(dict(self.getAllRawHeaders()))
        copied.tap = self.tap
        return copied


class _Parser(_LenientHTTPClientParser):
    """Passes over header lines whose name is none, as browsers do: Twisted would give up the whole page."""

    def headerReceived(self, name: bytes, value: bytes) -> None:
        with contextlib.suppress(InvalidHeaderName):
            super().headerReceived(name, value)  # type: ignore[no-untyped-call]


class _TappedProtocol(_LenientHTTP11ClientProtocol):
    """Feeds the tap of the request that the connection is busy with."""

    _tap: Tap | None = None

    def request(self, request: Any) -> Deferred[Any]:
        tap: Tap | None = getattr(request.headers, "tap", None)
        self._tap = tap
        if tap is None:
            return self._ask(request)
        transport: Any = self.transport
        write, write_sequence = transport.write, transport.writeSequence

        def tee(data: bytes) -> None:
            tap.sent(data)
            write(data)

        def tee_sequence(parts: Any) -> None:
            parts = list(parts)
            tap.sent(b"".join(parts))
            write_sequence(parts)

        transport.write, transport.writeSequence = tee, tee_sequence
        try:
            return self._ask(request)
        finally:
            del transport.write, transport.writeSequence

    def _ask(self, request: Any) -> Deferred[Any]:
        answered = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = _Parser  # the parser's class is fixed in Twisted; Scrapy does the same
        return answered

    def dataReceived(self, data: bytes) -> None:
        tap, transport = self._tap, self.transport
        if tap is not None:
            tap.describe(transport)
            if not tap.received(data):
                transport.abortConnection()  # type: ignore[union-attr]
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class _TappedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _TappedProtocol:
        return _TappedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class _TappedAgent(_ScrapyAgent):
    """Puts the request's tap on the headers that its Twisted agent sends."""

    def _get_agent(self, request: Request, timeout: float) -> Any:
        agent = super()._get_agent(request, timeout)
        agent._requestWithEndpoint = partial(_with_tap, agent._requestWithEndpoint, request.meta["tap"])  # type: ignore[method-assign]
        return agent

    def _cb_bodyready(self, txresponse: Any, request: Request) -> Any:
        # Scrapy's own sends two signals and copies the headers for each piece; the tap has the bytes and counts them.
        if txresponse.length == 0:  # deliverBody hangs for responses without body
            return {"txresponse": txresponse}
        finished: Deferred[Any] = Deferred(partial(self._cancel, txresponse=txresponse))
        timeout = float(request.meta.get("download_timeout") or self._connectTimeout)
        progress = partial(self._came, timeout, monotonic() + max(_LONGEST, timeout))
        txresponse.deliverBody(_Body(finished, txresponse, bool(request.meta.get("keep_body")), progress))
        self._txresponse = txresponse  # for timeouts
        return finished

    def _came(self, timeout: float, deadline: float) -> None:
        # Scrapy's timeout is for the whole answer: a report of 100 MB takes longer. Ours is for each piece of it.
        timer: Any = self._timeout_cl  # zope's interfaces have no self
        if timer.active():
            timer.reset(max(0.0, min(timeout, deadline - monotonic())))

    def _cb_bodydone(self, result: Any, url: str) -> Response:
        # A plain Response: the reactor never looks into a page, so Scrapy need not guess its charset and class.
        # Nor does it need more than one header of a page's response: workers read them from the record.
        response, body = result["txresponse"], result.get("body", b"")
        wanted = body or response.code >= 300
        headers = self._headers_from_twisted_response(response) if wanted else Headers()
        return Response(url, int(response.code), headers, body, result.get("flags"))


class _Body(Protocol):
    """Waits for the end of a body; keeps its bytes where they are asked for (sources, robots.txt)."""

    def __init__(self, finished: "Deferred[Any]", txresponse: Any, keep: bool, progress: Callable[[], None]) -> None:
        self._finished = finished
        self._progress = progress
        self._unnoted = 0  # bytes since the last progress
        self._txresponse = txresponse
        self._kept = BytesIO() if keep else None  # gives its bytes away without copying them

    def dataReceived(self, data: bytes) -> None:
        self._unnoted += len(data)
        if self._unnoted >= _PROGRESS:
            self._unnoted = 0
            self._progress()
        if self._kept is not None:
            self._kept.write(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self._finished.called:
            return
        whole = reason.check(ResponseDone, PotentialDataLoss)  # type: ignore[no-untyped-call]
        body = self._kept.getvalue() if self._kept is not None else b""
        self._finished.callback(
            {"txresponse": self._txresponse, "body": body, "flags": None if whole else ["dataloss"]}
        )


def _with_tap(
    send: Any,
    tap: Tap,
    key: Any,
    endpoint: Any,
    method: bytes,
    parsedURI: Any,
    headers: Any,
    bodyProducer: Any,
    requestPath: bytes,
) -> Any:
    tapped = _TappedHeaders(dict(headers.getAllRawHeaders()))
    tapped.tap = tap
    return send(key, endpoint, method, parsedURI, tapped, bodyProducer, requestPath)


@implementer(IPolicyForHTTPS)  # type: ignore[no-untyped-call]
class _TrustByHost:
    """Checks certificates but for the hosts that the profile names (`etiquette.broken_certificates`)."""

    def __init__(self, crawler: Crawler, strict: Any, broken: frozenset[str]) -> None:
        self._strict = strict
        self._lax = _ScrapyClientContextFactory.from_crawler(crawler)
        self._lax._verify_certificates = False
        self._broken = broken

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:
        factory = self._lax if hostname.decode("ascii") in self._broken else self._strict
        return factory.creatorForNetloc(hostname, port)


class WireHandler(HTTP11DownloadHandler):
    """HTTP and HTTPS, with every exchange recorded. The spider has the recorder: `crawler.spider.crawl.recorder`."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _TappedFactory
        self._pool.retryAutomatically = False  # it would resend a request on a stale connection without a word
        crawl: Any = crawler.spider.crawl  # type: ignore[union-attr]
        broken = crawl.profile.etiquette.broken_certificates
        if broken:
            self._contextFactory = _TrustByHost(  # type: ignore[assignment]
                crawler, self._contextFactory, frozenset(broken)
            )

    async def download_request(self, request: Request) -> Response:
        crawl: Any = self._crawler.spider.crawl  # type: ignore[union-attr]
        proxied = bool(request.meta.get("proxy"))
        most, asked = request.meta.get("max_bytes", PAGE_BYTES), partial(crawl.gaps.asked, request.url)
        tap = Tap(request.url, request.method, most, crawl.room, not proxied, asked)
        tap.credentials = request.meta.get("credentials", ())
        request.meta["tap"] = tap
        error: str | None = None
        try:
            response = await self._send(request)
            downloader: Any = self._crawler.engine.downloader
            downloader.told(request, response)
            if proxied and response.status == 407:
                tap.discard()
                raise proxy.refused(request)
            if "dataloss" in response.flags:
                tap.truncated = tap.truncated or Truncation.DISCONNECT
                response.flags.append(str(tap.truncated))
            return response
        except BaseException as caught:
            error = words(caught)
            if isinstance(caught, DownloadTimeoutError):
                tap.truncated = tap.truncated or Truncation.TIME
            elif not isinstance(caught, DownloadCancelledError):
                tap.truncated = tap.truncated or Truncation.DISCONNECT
            if tap.head_too_long and not isinstance(caught, DownloadTimeoutError):
                raise HeadTooLong from caught
            raise
        finally:
            del request.meta["tap"]
            downloader = self._crawler.engine.downloader
            downloader.answered(request, tap.answered or monotonic())
            request.meta["recorded"] = (
                crawl.recorder.give_up(tap.failed)
                if tap.failed
                else crawl.recorder.record(tap.exchange(error), request.meta.get("row"))
            )

    async def _send(self, request: Request) -> Response:
        from scrapy.utils._download_handlers import wrap_twisted_exceptions
        from scrapy.utils.defer import maybe_deferred_to_future

        agent = _TappedAgent(
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=self._pool,
            maxsize=0,  # the tap counts, and keeps what came until then
            warnsize=0,
            fail_on_dataloss=False,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        with wrap_twisted_exceptions():
            return await maybe_deferred_to_future(agent.download_request(request))
