"""Answers that are cut off, late, or lead in circles: kept as they came, tried again, and never taken for a
whole page.
"""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from archive.store.collection import Collection
from tests.archive.store.samples import stored
from tests.crawler.command import environment, lines, policy_archive, profile
from tests.crawler.sockets import Script, scripted

WORDS = "".join(
    f"<p>فقرة رقم {number} عن القانون والدستور والمحاكم في البلاد، وفيها ما يكفي من الكلمات.</p>" for number in range(9)
)
ARTICLE = f"<html lang='ar'><body class='single postid-7'><h1>سوريا بعد عام</h1><article>{WORDS}".encode()
LINKS = "".join(f'<a href="/2024/12/05/{name}/">{name}</a>' for name in ("cut", "late", "circle", "away", "once"))


def answer(body: bytes, status: str = "200 OK", length: int | None = None, *headers: str) -> bytes:
    told = (
        *headers,
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body) if length is None else length}",
    )
    return (
        f"HTTP/1.1 {status}\r\n{''.join(one + chr(13) + chr(10) for one in told)}Connection: close\r\n\r\n".encode()
        + body
    )


def late(path: str, connection: socket.socket) -> None:
    """Begins, and never ends: until the client goes away."""
    connection.sendall(answer(ARTICLE, length=100_000))
    connection.recv(1)


class CutOnce:
    """Cut off the first time, whole the second."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, path: str, connection: socket.socket) -> None:
        self.times += 1
        once = ARTICLE.replace(b"postid-7", b"postid-8")
        connection.sendall(
            answer(once, length=100_000) if self.times == 1 else answer(once + b"</article></body></html>")
        )


@pytest.mark.slow
def test_cut_late_and_circling_answers(tmp_path: Path) -> None:
    robots = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    home = answer(f"<html lang='ar'><body>{LINKS}</body></html>".encode())
    served: dict[str, bytes | Script] = {
        "/robots.txt": robots, "/": home,
        "/2024/12/05/cut/": answer(ARTICLE.replace(b"postid-7", b"postid-9"), length=100_000),
        "/2024/12/05/late/": late,
        "/2024/12/05/once/": CutOnce(),
        "/2024/12/05/circle/": answer(b"", "302 Found", None, "Location: /2024/12/05/circle-2/"),
        "/2024/12/05/circle-2/": answer(b"", "302 Found", None, "Location: /2024/12/05/circle/"),
        "/2024/12/05/away/": answer(b"", "301 Moved", None, "Location: http://127.0.0.9:9/elsewhere/"),
    }  # fmt: skip
    with scripted(served) as server:
        discovery = {"feeds": [], "sitemaps": [], "wordpress": [], "listings": []}
        site = profile(tmp_path, f"http://127.0.0.1:{server.port}/", discovery=discovery)
        arguments = {"institute": site, "home": tmp_path / "home", "collection": "failing", "allow_private": "1"}
        command = [sys.executable, "-m", "scrapy", "crawl", "publications", "-s", "DOWNLOAD_TIMEOUT=1"]
        done = subprocess.run(
            [*command, *(word for name, value in arguments.items() for word in ("-a", f"{name}={value}"))],
            cwd=Path(__file__).parents[2], env=environment(), capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        asked = [request.split(b" ")[1].decode() for request in server.requests]
    (found,) = (tmp_path / "home").rglob("urls.jsonl")
    ends = {line["url"].split("/", 3)[3]: line for line in lines(found)}
    assert ends["2024/12/05/cut/"]["end"] == "archived"
    assert asked.count("/2024/12/05/cut/") == 2
    assert ends["2024/12/05/once/"]["end"] == "archived"
    assert ends["2024/12/05/late/"]["end"] == "failed"
    assert asked.count("/2024/12/05/late/") == 3
    assert ends["2024/12/05/circle/"]["end"] == ends["2024/12/05/circle-2/"]["end"] == "redirected"
    assert asked.count("/2024/12/05/circle/") <= 2
    assert ends["elsewhere/"]["end"] == "out-of-scope"
    collection = Collection.open(tmp_path / "home/collections/failing")
    truncated = [
        (record.field("WARC-Target-URI") or "").rsplit("/", 2)[1] + " " + (record.field("WARC-Truncated") or "")
        for name in collection.sealed_warcs()
        for record in stored(collection.resolve(name))
        if record.type == "response" and record.field("WARC-Truncated")
    ]
    assert sorted(set(truncated)) == ["cut disconnect", "late time", "once disconnect"]
    by_url = {one["url"].split("/", 3)[3]: one for one in lines(collection.dataset_dir / "publications.jsonl")}
    for name in ("cut", "late"):
        one = by_url[f"2024/12/05/{name}/"]
        assert one["text"] is None
        assert "truncated_capture" in one["warnings"]
    assert "فقرة رقم 8" in by_url["2024/12/05/once/"]["text"]
    assert "truncated_capture" not in by_url["2024/12/05/once/"]["warnings"]
    assert policy_archive(tmp_path, "verify", "failing").returncode == 0
