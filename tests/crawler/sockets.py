"""A server that says exactly the bytes it is told to, over HTTP and TLS, on loopback: what no HTTP library
would send.
"""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Script = Callable[[str, socket.socket], None]


@dataclass
class Wire:
    """What the server got and sent, by path, in order."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    sent: dict[str, bytes] = field(default_factory=dict)
    answers: dict[str, "bytes | Script"] = field(default_factory=dict)


@contextlib.contextmanager
def scripted(
    answers: dict[str, bytes | Script], tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> Iterator[Wire]:
    """Serves `answers` by path, one request a connection; a function may write to the socket as it likes. Else 404."""
    listener = socket.create_server((host, 0))
    wire = Wire(listener.getsockname()[1], answers=answers)
    ended = threading.Event()

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.settimeout(20)
            if tls is not None:
                connection = tls.wrap_socket(connection, server_side=True)
            with connection:
                request = b""
                while b"\r\n\r\n" not in request:
                    data = connection.recv(65536)
                    if not data:
                        return
                    request += data
                wire.requests.append(request)
                path = request.split(b" ", 2)[1].decode("latin-1")
                answer = answers.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                if isinstance(answer, bytes):
                    connection.sendall(answer)
                    wire.sent[path] = answer
                else:
                    answer(path, connection)
                if tls is not None:
                    with contextlib.suppress(OSError):
                        connection.unwrap()

    def accept() -> None:
        while not ended.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield wire
    finally:
        ended.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
