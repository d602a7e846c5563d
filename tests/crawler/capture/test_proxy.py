"""A crawl through a proxy: what is recorded is what the site said, and nobody's password."""

import asyncio
import base64
import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trustme
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError

from archive.store import warc
from archive.store.collection import Collection
from crawler.capture import proxy
from crawler.errors import CrawlError
from tests.archive.store.samples import stored
from tests.crawler.command import lines, policy_archive, profile
from tests.crawler.sockets import scripted

PAGE = "<html lang='ar'><body class='single postid-3'><article><p>نص عن المحكمة العليا.</p></article></body></html>"
HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nX-Odd_CASE:  yes \r\nConnection: close\r\n"
ANSWER = f"{HEAD}Content-Length: {len(PAGE.encode())}\r\n\r\n{PAGE}".encode()
ROBOTS = f"{HEAD}Content-Length: 0\r\n\r\n".encode()
PATH = "/2024/12/05/%D9%85%D9%82%D8%A7%D9%84/"
PASSWORD = "كلمة-السر"
ASKS = b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Proxy:
    """What it was asked for: heads of requests."""

    port: int = 0
    asked: list[bytes] = field(default_factory=list)


@contextlib.contextmanager
def proxied(plain: int, tls: int, password: str | None) -> Iterator[Proxy]:
    """Takes every name to `plain` on loopback, and every tunnel to `tls`; 407 to whoever lacks the password."""
    listener = socket.create_server(("127.0.0.1", 0))
    made = Proxy(listener.getsockname()[1])
    wanted = base64.b64encode(f"user:{password}".encode()) if password else b""

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.settimeout(20)
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(65536)
            made.asked.append(head)
            if wanted not in head:
                connection.sendall(ASKS)
                return
            tunnel = head.startswith(b"CONNECT ")
            with socket.create_connection(("127.0.0.1", tls if tunnel else plain), timeout=20) as site:
                if tunnel:
                    connection.sendall(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n")
                else:
                    method, url, rest = head.split(b" ", 2)
                    site.sendall(b" ".join((method, b"/" + url.split(b"/", 3)[3], rest)))
                back = threading.Thread(target=copy, args=(site, connection), daemon=True)
                back.start()
                if tunnel:
                    copy(connection, site)
                back.join(20)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def records(folder: Path) -> list[warc.Record]:
    collection = Collection.open(folder / "home/collections/proxied")
    return [record for name in collection.sealed_warcs() for record in stored(collection.resolve(name))]


@pytest.mark.parametrize(
    "password", [PASSWORD, pytest.param(None, marks=pytest.mark.soak)], ids=["password", "no password"]
)
def test_the_exchange_with_the_site_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, password: str | None
) -> None:
    """Over http in absolute form, over https through a tunnel; nothing, where the proxy lacks its password."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "roots.pem"))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("secure.invalid").configure_cert(tls)
    answers = {"/robots.txt": ROBOTS, PATH: ANSWER}
    urls = [f"http://institute.invalid{PATH}", f"https://secure.invalid{PATH}"]
    with (
        scripted(dict(answers)) as plain,
        scripted(dict(answers), tls) as secure,
        proxied(plain.port, secure.port, PASSWORD) as through,
    ):
        user = f"user:{password}@" if password else ""
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            monkeypatch.setenv(name, f"http://{user}127.0.0.1:{through.port}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "roots.pem"))
        site = profile(tmp_path, "http://institute.invalid/", hosts=["secure.invalid"])
        (tmp_path / "urls.txt").write_text("\n".join(urls), encoding="utf-8")
        words = ["crawl", str(site), "--urls", "urls.txt", "--allow-private", "--delay", "0", "--collection", "proxied"]
        done = policy_archive(tmp_path, *words)
    (found,) = tmp_path.rglob("urls.jsonl")
    kept = records(tmp_path)
    secret = base64.b64encode(f"user:{PASSWORD}".encode())
    written = b"".join(one.block for one in kept) + b"".join(path.read_bytes() for path in tmp_path.rglob("*.jsonl"))
    assert secret not in written
    assert PASSWORD.encode() not in written + done.stderr.encode()
    assert not any(one.field("WARC-IP-Address") for one in kept)
    assert not any(b"CONNECT" in one.block for one in kept if one.type in ("request", "response"))
    responses = {one.field("WARC-Target-URI"): one for one in kept if one.type == "response"}
    if password is None:
        assert done.returncode == 5
        assert not responses
        assert all("407" in line["reason"] and "proxy" in line["reason"] for line in lines(found))
        return
    assert done.returncode == 0, done.stderr
    assert {line["url"]: line["end"] for line in lines(found)} == dict.fromkeys(urls, "archived")
    assert [responses[url].block for url in urls] == [ANSWER, ANSWER]
    assert responses[urls[1]].field("WARC-Cipher-Suite")
    assert all(secret in head for head in through.asked)
    assert not any(b"proxy-authorization" in request.lower() for request in secure.requests)
    requests = {one.field("WARC-Target-URI"): one.block for one in kept if one.type == "request"}
    assert requests[urls[0]].startswith(f"GET {urls[0]} HTTP/1.1\r\n".encode())
    assert b"Proxy-Authorization: [redacted]" in requests[urls[0]]
    assert requests[urls[1]].startswith(f"GET {PATH} HTTP/1.1\r\n".encode())
    (info,) = [one for one in kept if one.type == "warcinfo"]
    assert f"proxy: http through 127.0.0.1:{through.port}, https".encode() in info.block
    assert policy_archive(tmp_path, "verify", "proxied").returncode == 0


@pytest.mark.parametrize("value", ["socks5://user:سر@127.0.0.1:1080", "https://127.0.0.1:3128", "http://:0"])
def test_a_proxy_of_another_kind_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("https_proxy", value)
    with pytest.raises(CrawlError, match=r"HTTPS_PROXY is .*: name such a one") as refused:
        proxy.of_environment()
    assert "سر" not in str(refused.value)


def test_no_proxy_leads_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numeric hosts in all their spellings, and the proxy's own; loopback is not asked for through a proxy."""
    monkeypatch.setenv("http_proxy", "http://10.9.8.7:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setattr(proxy.guard, "doors", set())
    middleware = proxy.ProxyMiddleware()
    for host in ("10.1.2.3", "0xa.1", "[::ffff:10.0.0.1]", "169.254.169.254", "10.9.8.7:3128"):
        with pytest.raises(CannotResolveHostError, match="not a public address"):
            asyncio.run(middleware.process_request(Request(f"http://{host}/خبر")))
    outside = Request("http://8.8.8.8/خبر")
    asyncio.run(middleware.process_request(outside))
    assert outside.meta["proxy"] == "http://10.9.8.7:3128"
    here = Request("http://127.0.0.1:8080/خبر")
    asyncio.run(middleware.process_request(here))
    assert "proxy" not in here.meta
