"""The demo institute over real sockets."""

import gzip
import http.client
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.demo.server import Cache, Cached, DemoServer
from crawler.demo.truth import truth


class Client:
    def __init__(self, server: DemoServer) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)

    def get(self, target: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, target, headers=fields)
        response = self.connection.getresponse()
        return response, response.read()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    with DemoServer(pages=60, log=tmp_path_factory.mktemp("demo") / "log.jsonl") as running:
        yield running


@pytest.fixture
def client(server: DemoServer):  # type: ignore[no-untyped-def]
    made = Client(server)
    yield made
    made.connection.close()


def test_addresses_on_pages_are_those_it_is_served_at(server: DemoServer, client: Client) -> None:
    institute = server.institute()
    response, body = client.get(institute.outline(4).path)
    assert response.status == 200
    assert truth(institute, 4)["url"].encode() in body
    assert b"127.0.0.1:8765" not in body


def test_gzip_when_accepted_and_only_then(server: DemoServer, client: Client) -> None:
    path = server.institute().outline(3).path
    plain, body = client.get(path)
    packed, compressed = client.get(path, Accept_Encoding="gzip, deflate")
    assert plain.getheader("Content-Encoding") is None
    assert packed.getheader("Content-Encoding") == "gzip"
    assert gzip.decompress(compressed) == body
    assert "ملف قضية" in body.decode()


def test_some_answers_are_chunked(server: DemoServer, client: Client) -> None:
    answers = [client.get(server.institute().outline(number).path)[0] for number in range(20)]
    chunked = [answer for answer in answers if answer.getheader("Transfer-Encoding") == "chunked"]
    assert 0 < len(chunked) < 20
    assert all(answer.getheader("Content-Length") is None for answer in chunked)


def test_unchanged_pages_answer_304(server: DemoServer, client: Client) -> None:
    institute = server.institute()
    for target in (institute.outline(4).path, "/category/analysis/", "/wp-content/themes/demo/style.css"):
        response, _ = client.get(target)
        etag, modified = response.getheader("ETag", ""), response.getheader("Last-Modified", "")
        assert client.get(target, If_None_Match=etag)[0].status == 304
        assert client.get(target, If_Modified_Since=modified)[0].status == 304
        assert client.get(target, If_None_Match='"other"', If_Modified_Since=modified)[0].status == 200


def test_a_page_never_made_answers_304_too(server: DemoServer) -> None:
    with DemoServer(pages=60) as other:
        first, second = Client(server), Client(other)
        path = server.institute().outline(4).path
        etag = first.get(path)[0].getheader("ETag", "")
        response, body = second.get(path, If_None_Match=etag)
        assert (response.status, body) == (304, b"")
        first.connection.close()
        second.connection.close()


def test_a_revision_changes_etags_of_what_changed(server: DemoServer, client: Client) -> None:
    with DemoServer(pages=60, revision=1) as later:
        institute, other = server.institute(), Client(later)
        changed = []
        for number in range(60):
            if later.institute().is_live(number):
                path = institute.outline(number).path
                etag = client.get(path)[0].getheader("ETag", "")
                if other.get(path, If_None_Match=etag)[0].status != 304:
                    changed.append(number)
        other.connection.close()
    wanted = [n for n in range(60) if later.institute().is_live(n) and later.institute().version(n)]
    assert set(wanted) <= set(changed)
    assert len(changed) < 50


def test_head_and_other_methods(server: DemoServer, client: Client) -> None:
    response, body = client.get(server.institute().outline(0).path, "HEAD")
    assert (response.status, body) == (200, b"")
    assert client.get("/subscribe/", "POST")[0].status == 405


def test_requests_are_logged(server: DemoServer, client: Client) -> None:
    client.get("/robots.txt?logged", User_Agent="test/1")
    assert server.log is not None
    lines = [json.loads(line) for line in server.log.read_text(encoding="utf-8").splitlines()]
    line = next(line for line in lines if line["path"] == "/robots.txt?logged")
    assert (line["agent"], line["status"], line["method"]) == ("test/1", 200, "GET")
    assert line["port"] > 1024
    assert line["time"] > 0


def test_faults_reach_the_server() -> None:
    with DemoServer(pages=10, faults={"sitemap": "html", "feed": "403"}) as server:
        client = Client(server)
        assert client.get("/sitemap_index.xml")[1].startswith(b"<!DOCTYPE html>")
        assert client.get("/feed/")[0].status == 403
        client.connection.close()


def test_it_ends_when_its_parent_does() -> None:
    server = DemoServer(pages=10)
    assert server.process.stdin is not None
    server.process.stdin.close()  # what the end of a parent is to it
    assert server.process.wait(10) == 0
    server.process.stdin = None
    server.stop()


def test_a_taken_port_is_an_error_that_says_so(server: DemoServer, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="did not come up"):
        DemoServer(port=urlsplit(server.url).port or 0)


def test_the_cache_is_bounded_by_bytes() -> None:
    cache = Cache(10_000)
    for n in range(100):
        cache.put(str(n), Cached(200, b"x" * 1_000, False, {}, None, None, False))
    assert cache.size <= 10_000
    assert cache.get("99") is not None
    assert cache.get("0") is None
