"""Answers larger than memory should be: kept up to their cap, on disk, with what was cut off said."""

import socket
from pathlib import Path

import pytest

from archive.institutes.urls import absolute
from archive.store import http, warc
from archive.store.collection import Collection
from crawler.capture.tap import DOCUMENT_BYTES, PAGE_BYTES
from tests.crawler.command import peak_memory, policy_archive, profile, started
from tests.crawler.sockets import Script, scripted

PIECE = bytes(range(256)) * 4096  # 1 MiB
MEMORY = 300 * 1024  # KiB


def endless(media_type: bytes, pieces: int) -> Script:
    """An answer of `pieces` MiB, ended by the connection."""

    def send(path: str, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: " + media_type + b"\r\n\r\n")
        for _ in range(pieces):
            connection.sendall(PIECE)

    return send


# Of media types that are not read as pages: what a worker may take to read one is another limit.
@pytest.mark.parametrize(
    ("path", "media_type", "sent", "cap"),
    [
        pytest.param("/تقرير/", b"application/octet-stream", 40, PAGE_BYTES, marks=pytest.mark.slow, id="page"),
        pytest.param("/report.pdf", b"application/pdf", 2_048, DOCUMENT_BYTES, marks=pytest.mark.soak, id="document"),
    ],
)
def test_memory_does_not_follow_the_size_of_a_body(
    tmp_path: Path, path: str, media_type: bytes, sent: int, cap: int
) -> None:
    with scripted({}) as server:
        home = f"http://127.0.0.1:{server.port}/"
        url = absolute(path, home)
        assert url is not None
        server.answers[url.removeprefix(home[:-1])] = endless(media_type, sent)
        (tmp_path / "urls.txt").write_text(url, encoding="utf-8")
        site = str(profile(tmp_path, home))
        words = ["crawl", site, "--urls", "urls.txt", "--allow-private", "--delay", "0", "--collection", "large"]
        with (tmp_path / "said").open("w+") as said, started(tmp_path, words, said.fileno()) as crawl:
            used = peak_memory(crawl)
            said.seek(0)
            assert crawl.returncode == 0, said.read()
    assert 0 < used < MEMORY
    collection = Collection.open(tmp_path / "home/collections/large")
    (line,) = [line for line in collection.captures() if line.url == url]
    record = warc.read(collection.resolve(line.filename), line.offset, line.length)
    assert record.field("WARC-Truncated") == "length"
    assert len(http.split(record.block).body) == cap
    assert policy_archive(tmp_path, "verify", "large", "--bytes").returncode == 0
