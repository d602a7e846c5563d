"""The bytes that a hostile server sent are the bytes in the WARC, over HTTP and TLS."""

import ssl
from pathlib import Path

import pytest
import trustme

from archive.store import warc
from archive.store.collection import Collection
from tests.archive.store.samples import stored
from tests.crawler.command import policy_archive, profile
from tests.crawler.sockets import scripted

PAGE = b"<html><body><p>body</p></body></html>"
LENGTH = b"Content-Length: %d\r\n" % len(PAGE)
CLOSE = b"Connection: close\r\n"
HOSTILE = {
    "/spacing": b"HTTP/1.1 200  OK then \r\nX-Odd_CASE:  spaced  \r\ncontent-TYPE:text/html\r\n" + LENGTH + CLOSE + b"\r\n" + PAGE,
    "/folded": b"HTTP/1.1 200 OK\r\nX-Folded: one\r\n  two\r\n\tthree\r\nContent-Type: text/html\r\n" + LENGTH + CLOSE + b"\r\n" + PAGE,
    "/colonless": b"HTTP/1.1 200 OK\r\nthis line has none\r\nContent-Type: text/html\r\n" + LENGTH + CLOSE + b"\r\n" + PAGE,
    "/arabic": "HTTP/1.1 200 OK\r\nContent-Disposition: inline; filename=\"تقرير.html\"\r\nX-Latin: caf\u00e9\r\n".encode()
    + b"Content-Type: text/html\r\n" + LENGTH + CLOSE + b"\r\n" + PAGE,
    "/chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Trailer\r\nContent-Type: text/html\r\n" + CLOSE + b"\r\n"
    b"5;ext=1\r\n" + PAGE[:5] + b"\r\n" + b"%X\r\n" % len(PAGE[5:]) + PAGE[5:] + b"\r\n0\r\nX-Trailer: yes\r\n\r\n",
    "/early": b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    + LENGTH + CLOSE + b"\r\n" + PAGE,
    "/repeated": b"HTTP/1.1 200 OK\r\nX-Twice: a\r\nx-twice: b\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Type: text/html\r\n"
    + LENGTH + CLOSE + b"\r\n" + PAGE,
    "/lf": b"HTTP/1.1 200 OK\nContent-Type: text/html\n" + LENGTH.replace(b"\r", b"") + CLOSE.replace(b"\r", b"") + b"\n" + PAGE,
    "/http10": b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE,
    "/empty": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + CLOSE + b"\r\n",
    "/notfound": b"HTTP/1.1 404 Gone Fishing\r\nContent-Type: text/html\r\n" + LENGTH + CLOSE + b"\r\n" + PAGE,
    "/cut": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4000\r\n" + CLOSE + b"\r\n" + PAGE,
}  # fmt: skip
ROBOTS = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 14\r\nConnection: close\r\n\r\nUser-agent: *\n"
)


def records(collection: Collection) -> list[warc.Record]:
    return [record for name in collection.sealed_warcs() for record in stored(collection.resolve(name))]


def kept(collection: Collection) -> dict[str, bytes]:
    """Path → what the WARC holds of the server's answer: interim responses from their metadata record, then the
    response's block.
    """
    interim: dict[str, bytes] = {}
    blocks: dict[str, bytes] = {}
    for record in records(collection):
        uri = record.field("WARC-Target-URI") or ""
        path = "/" + uri.split("/", 3)[-1]
        if record.type == "response":
            blocks[path] = record.block
        elif uri.startswith("urn:policy-archive:interim:"):
            interim["/early"] = record.block
    return {path: interim.get(path, b"") + block for path, block in blocks.items()}


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_bytes_are_kept_as_they_were_sent(tmp_path: Path, scheme: str) -> None:
    tls = None
    if scheme == "https":
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    with scripted({"/robots.txt": ROBOTS, **HOSTILE}, tls) as server:
        home = f"{scheme}://127.0.0.1:{server.port}/"
        site = profile(tmp_path, home, etiquette={"broken_certificates": ["127.0.0.1"]} if tls else {})
        (tmp_path / "urls.txt").write_text("".join(f"{home[:-1]}{path}\n" for path in HOSTILE))
        done = policy_archive(
            tmp_path,
            "crawl",
            str(site),
            "--urls",
            "urls.txt",
            "--allow-private",
            "--delay",
            "0",
            "--collection",
            "wire",
        )
        assert done.returncode in (0, 1), done.stderr
        collection = Collection.open(tmp_path / "home" / "collections" / "wire")
        found = kept(collection)
        for path, sent in HOSTILE.items():
            assert found[path] == sent, path
        assert found["/robots.txt"] == ROBOTS
        assert {record.block for record in records(collection) if record.type == "request"} == set(server.requests)
    verified = policy_archive(tmp_path, "verify", "wire")
    assert verified.returncode == 0, verified.stdout
