"""Exchanges as servers really answer, made up: what the tests of the store write and read."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.store import warc
from archive.store.collection import Collection
from archive.store.exchange import Exchange, Location
from archive.store.writer import Writer

BEGAN = datetime(2026, 11, 22, 18, 0, 0, 123456, UTC)
ARABIC = "https://institute.example/2024/05/تقرير-جديد/"
ARABIC_CODED = "https://institute.example/2024/05/%D8%AA%D9%82%D8%B1%D9%8A%D8%B1-%D8%AC%D8%AF%D9%8A%D8%AF/"
PAGE = "<!doctype html><title>تقرير</title><p>نص عربي for testing</p>".encode() * 40
REQUEST = b"GET / HTTP/1.1\r\nHost: institute.example\r\nUser-Agent: policy-archive\r\n\r\n"

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Length: %d\r\n\r\n%s" % (len(PAGE), PAGE)
CHUNKED = (
    b"HTTP/1.1 200 OK\r\ncontent-TYPE: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"%x;ext=1\r\n%s\r\n0;last\r\nX-Trailer: yes\r\n\r\n" % (len(PAGE), PAGE)
)
_CODED = gzip.compress(PAGE, mtime=0)
GZIP = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(_CODED), _CODED)
EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"

HOSTILE = {
    "odd spacing and case": b"HTTP/1.1  200   Fine,  thanks \r\nX-Odd_CASE:   spaced  \r\nA:nospace\r\n"
    b"b : c\r\n\r\nbody",
    "folded": b"HTTP/1.1 200 OK\r\nX-Long: one\r\n two\r\n\tthree\r\nContent-Length: 4\r\n\r\nbody",
    "colon-less": b"HTTP/1.1 200 OK\r\nthis is no header\r\nContent-Length: 4\r\n\r\nbody",
    "Arabic in a header": 'HTTP/1.1 200 OK\r\nContent-Disposition: inline; filename="تقرير.pdf"\r\n\r\nbody'.encode(),
    "Latin-1": b"HTTP/1.1 200 D\xe9j\xe0 vu\r\nX-Name: \xe9\xff\r\n\r\nbody",
    "chunk extensions, trailers": CHUNKED,
    "early hints": EARLY + PLAIN,
    "repeated": b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nset-cookie: a=1\r\n\r\nbody",
    "LF line ends": b"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 4\n\nbody",
    "mixed line ends": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\n\r\nbody",
    "no reason": b"HTTP/1.1 200\r\nContent-Length: 4\r\n\r\nbody",
    "HTTP/1.0": b"HTTP/1.0 404 Not Found\r\n\r\nnothing here",
    "NUL and bare CR": b"HTTP/1.1 200 OK\r\nX-Nul: a\0b\r\nX-CR: a\rb\r\n\r\nbody",
    "no body": b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 9\r\n\r\nbody and",
    "bytes behind the body": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody and more",
    "says chunked, is not": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n<html>plain</html>",
    "looks like a WARC record": b"HTTP/1.1 200 OK\r\nX: y\r\n\r\nbody\r\n\r\nWARC/1.1\r\nWARC-Type: response\r\n\r\n",
}


def exchange(url: str = ARABIC, response: bytes = PLAIN, after: float = 0, **more: object) -> Exchange:
    """An exchange that began `after` seconds behind BEGAN."""
    told: dict[str, object] = {"ip": "192.0.2.7", "protocols": ("http/1.1",), "request": REQUEST, **more}
    return Exchange(url, "GET", BEGAN + timedelta(seconds=after), response=response, **told)  # type: ignore[arg-type]


def writer(collection: Collection, **more: object) -> Writer:
    """A writer whose clock stands still."""
    told = {"operator": "the tests", "robots": "obey", "http-header-user-agent": "policy-archive"}
    return Writer(collection, "crawl-1", "policy-archive/test", told, clock=lambda: BEGAN, **more)  # type: ignore[arg-type]


def sealed(path: Path, *exchanges: Exchange, **more: object) -> tuple[Collection, list[Location]]:
    """A collection with the exchanges in one sealed file, and where they lie."""
    collection = Collection.open(path, create=True)
    with collection.lock():
        hand = writer(collection, **more)
        locations = hand.write(exchanges)
        hand.seal()
    return collection, locations


def stored(path: Path) -> list[warc.Record]:
    """The records of a file, each whole."""
    return [warc.read(path, member.offset, member.length) for member in warc.members(path)]
