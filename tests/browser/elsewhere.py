"""A web that no archived page may reach: a listener on loopback that counts, and a browser for which every name leads
there.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.browser.looking import CHROMIUM, FLAGS

HOST = "elsewhere.example"


class Elsewhere:
    """`heard` has the first line of everything that came over TCP, and `UDP` for each datagram."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._tcp.getsockname()[1])
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self.port))
        self._threads = [threading.Thread(target=each) for each in (self._accept, self._receive)]
        for thread in self._threads:
            thread.start()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def _accept(self) -> None:
        while True:
            connection, _ = self._tcp.accept()
            with connection:
                connection.settimeout(0.5)
                try:
                    line = connection.recv(2048).split(b"\r\n")[0].decode("latin-1")
                except OSError:
                    line = ""
                if line == "END":
                    return
                self.heard.append(line or "a connection")
                connection.sendall(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    def _receive(self) -> None:
        while (got := self._udp.recv(2048)) != b"END":
            self.heard.append(f"UDP {len(got)}")

    def close(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as last:
            last.sendall(b"END")
        self._udp.sendto(b"END", ("127.0.0.1", self.port))
        for thread in self._threads:
            thread.join()
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
        yield running
        running.close()
