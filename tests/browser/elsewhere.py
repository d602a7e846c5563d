"""A web that no archived page may reach: a server on loopback that writes down what it hears, and a browser for which
every name leads to this machine.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.browser.looking import CHROMIUM, FLAGS, patient

HOST = "elsewhere.example"
_PATIENCE = 120.0  # seconds that what is to be heard may take on a busy machine


class Elsewhere:
    """`heard` has the method and path of everything that came over TCP, and `UDP` for each datagram. `pages` are
    served, and not written down.
    """

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.pages: dict[str, bytes] = {}
        self._news = threading.Condition()
        self._open = 0  # connections that are not yet answered
        self._tcp = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._tcp.getsockname()[1])
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self.port))
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._accept, self._receive)]
        for thread in self._threads:
            thread.start()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def wait(self, until: Callable[[list[str]], bool]) -> bool:
        """Whether that came true within some time."""
        with self._news:
            return self._news.wait_for(lambda: until(self.heard), _PATIENCE)

    def all_heard(self) -> list[str]:
        """Everything until now: what was on its way is waited for."""
        for kind, send in (("GET /fence", self._knock), ("UDP", lambda: self._udp_knock())):
            with self._news:
                before = self.heard.count(kind)
            send()
            assert self.wait(lambda heard, kind=kind, before=before: heard.count(kind) > before)  # type: ignore[misc]
            with self._news:
                self.heard.reverse()
                self.heard.remove(kind)
                self.heard.reverse()
        with self._news:
            return list(self.heard)

    def forget(self) -> None:
        """Begins anew, once every connection of a window that was closed has been answered or given up."""
        with self._news:
            assert self._news.wait_for(lambda: self._open == 0, _PATIENCE), f"{self._open} connections stay open"
        self.all_heard()
        with self._news:
            self.heard.clear()

    def _knock(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as one:
            one.sendall(b"GET /fence HTTP/1.1\r\n\r\n")
            one.recv(100)

    def _udp_knock(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.sendto(b"fence", ("127.0.0.1", self.port))

    def _note(self, line: str) -> None:
        with self._news:
            self.heard.append(line)
            self._news.notify_all()

    def _accept(self) -> None:
        while True:
            connection, _ = self._tcp.accept()
            with self._news:
                self._open += 1
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            try:
                asked = connection.recv(4096).split(b"\r\n")[0].decode("latin-1").rpartition(" ")[0]
                body = self.pages.get(asked.removeprefix("GET "))
                if body is None:
                    self._note(asked or "a connection")
                status = b"204 No Content" if body is None else b"200 OK\r\nContent-Type: text/html; charset=utf-8"
                length = b"Content-Length: %d" % len(body or b"")
                connection.sendall(b"HTTP/1.1 %b\r\n%b\r\nConnection: close\r\n\r\n%b" % (status, length, body or b""))
            except OSError:
                self._note("a connection that broke off")
            finally:
                with self._news:
                    self._open -= 1
                    self._news.notify_all()

    def _receive(self) -> None:
        while self._udp.recv(2048):
            self._note("UDP")

    def close(self) -> None:
        self._tcp.close()
        self._udp.close()


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    listening = Elsewhere()
    try:
        yield listening
    finally:
        listening.close()


@contextmanager
def misled() -> Iterator[Browser]:
    """A browser for which every name is this machine."""
    flags = [*FLAGS, "--host-resolver-rules=MAP * 127.0.0.1"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        patient(running)
        yield running
        running.close()
