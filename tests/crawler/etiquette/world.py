"""A small world of its own for one crawl: a network namespace in which public-looking addresses exist beside private
ones, names are answered by a server of the test's, and every connection is counted by the address that it reached.

`python -m tests.crawler.etiquette.world FOLDER < world.json` is run by `outcome` inside `unshare`; it prints what came.
"""

import contextlib
import dataclasses
import json
import os
import selectors
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from twisted.names import dns

PUBLIC = "93.184.216.34"
PROXY = "10.9.9.9"
# Where something listens that must not be reached. All of 127/8 is there anyway.
INSIDE = (
    "10.0.0.7", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1", "fc00::7",
    "64:ff9b::7f00:1", "64:ff9b::a00:7", "2002:7f00:1::1", "2002:a00:7::1",
)  # fmt: skip
_NAMESPACES = (["unshare", "-Urnm"], ["unshare", "-nm"])  # the second where root may not make users


@dataclasses.dataclass(frozen=True)
class World:
    """What is served and asked for. Bodies by host and path; a body that begins with HTTP/ is a whole answer."""

    command: list[str]
    names: Mapping[str, list[list[str]]]  # host → the addresses of its first answer, of its second, …
    pages: Mapping[str, str]
    environment: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What the crawl said and whom it reached."""

    code: int
    said: str
    reached: dict[str, int]  # address:port → connections
    asked: list[str]  # host and path of what was asked for; of a proxy, what it was asked to fetch
    looked_up: dict[str, int]  # name → questions


def possible() -> str | None:
    """Why no such world can be made here; None where it can."""
    told = "unshare is not installed"
    for words in _NAMESPACES:
        with contextlib.suppress(OSError):
            tried = subprocess.run(
                [*words, "sh", "-c", "ip link set lo up && mount --bind /etc/hostname /etc/resolv.conf"],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            if tried.returncode == 0:
                return None
            told = tried.stderr.strip()
    return told


def outcome(folder: Path, world: World) -> Outcome:
    """Runs the world's command inside of it."""
    for words in _NAMESPACES:
        run = subprocess.run(
            [*words, sys.executable, "-m", __name__, str(folder)],
            input=json.dumps(dataclasses.asdict(world)), capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        if run.returncode == 0:
            return Outcome(**json.loads(run.stdout))
    raise AssertionError(run.stderr)


def _main(folder: Path, world: World) -> Outcome:
    _addresses()
    _resolver(folder)
    names = _Names(world.names)
    sites = _Sites(world.pages)
    names.start()
    sites.start()
    environment = {**os.environ, **world.environment}
    done = subprocess.run(
        world.command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=280
    )
    return Outcome(done.returncode, done.stdout + done.stderr, dict(sites.reached), sites.asked, dict(names.questions))


def _addresses() -> None:
    for words in (
        ["link", "set", "lo", "up"],
        *(["addr", "add", f"{address}/32", "dev", "lo"] for address in (PUBLIC, PROXY, *INSIDE) if ":" not in address),
        *(["-6", "addr", "add", f"{address}/128", "dev", "lo", "nodad"] for address in INSIDE if ":" in address),
    ):
        subprocess.run(["ip", *words], check=True, capture_output=True)


def _resolver(folder: Path) -> None:
    """The names of this world are asked for at 127.0.0.53, and nowhere else."""
    configuration = folder / "resolv.conf"
    configuration.write_text("nameserver 127.0.0.53\noptions timeout:1 attempts:1\n")
    subprocess.run(["mount", "--bind", configuration, "/etc/resolv.conf"], check=True, capture_output=True)


class _Names(threading.Thread):
    """Answers questions for IPv4 addresses, each name's answers in their order, and the last of them ever after."""

    def __init__(self, names: Mapping[str, list[list[str]]]) -> None:
        super().__init__(daemon=True)
        self._names = names
        self.questions: Counter[str] = Counter()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.53", 53))

    def run(self) -> None:
        while True:
            data, peer = self._socket.recvfrom(4096)
            message = dns.Message(recDes=1)
            message.fromStr(data)
            query = message.queries[0]
            name = query.name.name.decode("ascii").lower()
            message.answer, message.recAv = 1, 1
            if query.type == dns.A and name in self._names:
                answers = self._names[name]
                addresses = answers[min(self.questions[name], len(answers) - 1)]
                self.questions[name] += 1
                message.answers = [
                    dns.RRHeader(name, dns.A, ttl=0, payload=dns.Record_A(address, ttl=0)) for address in addresses
                ]
            elif name not in self._names:
                message.rCode = dns.ENAME
            self._socket.sendto(message.toStr(), peer)


class _Sites(threading.Thread):
    """Listens at every address; counts who comes; says at all of them what `pages` has for the host that is asked."""

    def __init__(self, pages: Mapping[str, str]) -> None:
        super().__init__(daemon=True)
        self._pages = pages
        self.reached: Counter[str] = Counter()
        self.asked: list[str] = []
        self._listening = selectors.DefaultSelector()
        for family, every in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
            for port in (80, 443, 3128):
                listener = socket.create_server((every, port), family=family, backlog=64)
                self._listening.register(listener, selectors.EVENT_READ)

    def run(self) -> None:
        while True:
            for key, _ in self._listening.select():
                connection, _ = key.fileobj.accept()  # type: ignore[union-attr]
                address, port = connection.getsockname()[:2]
                self.reached[f"{address.removeprefix('::ffff:')}:{port}"] += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.settimeout(20)
            head = b""
            while b"\r\n\r\n" not in head:
                data = connection.recv(65536)
                if not data:
                    return
                head += data
            lines = head.decode("latin-1").split("\r\n")
            target = lines[0].split(" ")[1]
            host = next((line[5:].strip() for line in lines if line.lower().startswith("host:")), "")
            place = target.partition("://")[2] if "://" in target else host + target
            self.asked.append(place)
            connection.sendall(self._answer(place))

    def _answer(self, place: str) -> bytes:
        body = self._pages.get(place)
        if body is None:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        if body.startswith("HTTP/"):
            return body.encode()
        kind = "application/xml" if body.startswith("<?xml") else "text/html" if "<" in body else "text/plain"
        coded = body.encode()
        return (
            f"HTTP/1.1 200 OK\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {len(coded)}\r\n"
            "Connection: close\r\n\r\n"
        ).encode() + coded


if __name__ == "__main__":
    print(json.dumps(dataclasses.asdict(_main(Path(sys.argv[1]), World(**json.loads(sys.stdin.read()))))))
