"""A proxy before an object store that does to requests what networks and stores do, by a plan."""

import socket
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import unquote

SLOW_DOWN, CUT_REQUEST, LOST_ANSWER, CUT_ANSWER, DAMAGED, OTHER_FIRST = (
    "503", "request cut", "answer lost", "answer cut", "bytes damaged on their way", "another writer was first",
)  # fmt: skip
FAULTS = (SLOW_DOWN, CUT_REQUEST, LOST_ANSWER, CUT_ANSWER)  # what passes
_SLOW = b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"


@dataclass(frozen=True, slots=True)
class Request:
    """One that came."""

    method: str
    path: str  # as it was sent, with its query
    length: int
    conditional: bool
    range: str | None


@dataclass
class Proxy:
    """A loopback proxy; `plan` is asked of each request what becomes of it: one of the words above, or None."""

    upstream: str
    plan: Callable[[Request], str | None] = lambda _: None
    requests: list[Request] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)  # faults that were done
    sent: Counter[str] = field(default_factory=Counter)  # path → bytes that were given out
    landed: list[tuple[str, str]] = field(default_factory=list)  # path and SHA-256 of what the store took, in order

    def __enter__(self) -> Self:
        proxy = self

        class Handler(_Handler):
            owner = proxy

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever was cut off has gone: that is what the plan wanted."""


class _Handler(BaseHTTPRequestHandler):
    owner: Proxy
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(
            self.command,
            self.path,
            len(body),
            self.headers.get("If-None-Match") == "*",
            self.headers.get("Range"),
        )
        fault = self.owner.plan(request)
        self.owner.requests.append(request)
        if fault:
            self.owner.done[fault] += 1
        if fault == SLOW_DOWN:
            self._answer(503, [("Content-Type", "application/xml"), ("Retry-After", "0")], _SLOW)
            return
        if fault == CUT_REQUEST:
            self._cut()
            return
        if fault == DAMAGED and body:
            body = body[:-1] + bytes([body[-1] ^ 1])
        if fault == OTHER_FIRST:
            self._upstream(body[::-1] + b"!")
        status, headers, data = self._upstream(body)
        if fault == LOST_ANSWER:
            self._cut()
        elif fault == CUT_ANSWER:
            self._answer(status, headers, data, len(data) // 2)
            self._cut()
        else:
            self._answer(status, headers, data)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _serve

    def _upstream(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        host = self.owner.upstream.removeprefix("http://")
        sent = {name: value for name, value in self.headers.items() if name.lower() not in ("connection",)}
        if "Content-Length" in self.headers:
            sent["Content-Length"] = str(len(body))
        connection = HTTPConnection(host, timeout=30)
        try:
            connection.request(self.command, self.path, body, sent)
            answer = connection.getresponse()
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP]
            data = answer.read()
            if answer.status == 200 and self.command == "PUT" and "?" not in self.path:
                self.owner.landed.append((unquote(self.path), sha256(body).hexdigest()))
            elif answer.status == 200 and self.command == "POST" and "uploadId=" in self.path and b"<ETag>" in data:
                self.owner.landed.append((unquote(self.path.partition("?")[0]), "parts"))
            return answer.status, kept, data
        except (OSError, HTTPException) as error:
            return 502, [], str(error).encode()
        finally:
            connection.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], data: bytes, cut: int | None = None) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        length = next((value for name, value in headers if name.lower() == "content-length"), str(len(data)))
        if status != 204:
            self.send_header("Content-Length", length if self.command == "HEAD" else str(len(data)))
        self.end_headers()
        self.wfile.write(data if cut is None else data[:cut])
        self.owner.sent[self.path.partition("?")[0]] += len(data)

    def _cut(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        pass


_HOP = frozenset({"connection", "transfer-encoding", "keep-alive", "date", "server"})
