"""WARCs that other tools write are good: no error is found in them. And what we write is good to other tools."""

import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
import venv
from hashlib import sha256
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator

from archive.audit.finding import Finding, Level
from archive.audit.reading import Files
from archive.audit.source import of_path
from archive.store.collection import Collection
from tests.archive.audit import samples
from tests.archive.audit.samples import chunked, record, response
from tests.crawler.sockets import scripted

TEXT = "<p>تقرير عن المحاكم والمراسيم</p>".encode() * 40
HTML = "Content-Type: text/html; charset=utf-8"
CLOSE = "Connection: close"
ANSWERS = {
    "/": response(TEXT, HTML, CLOSE, f"Content-Length: {len(TEXT)}"),
    "/again": response(TEXT, HTML, CLOSE, f"Content-Length: {len(TEXT)}"),
    "/chunked": response(chunked(TEXT), HTML, CLOSE, "Transfer-Encoding: chunked"),
    "/%D8%AA%D9%82%D8%B1%D9%8A%D8%B1/": response(TEXT, HTML, CLOSE),
    "/moved": response(b"", "Location: /", CLOSE, "Content-Length: 0", status="301 Moved Permanently"),
}


def found(path: Path) -> list[Finding]:
    return list(Files(of_path(path)).findings())


def errors(path: Path) -> list[Finding]:
    return [finding for finding in found(path) if finding.level is Level.ERROR]


@pytest.mark.skipif(shutil.which("wget") is None, reason="no wget: apt-get install wget")
@pytest.mark.parametrize("more", [[], ["--no-warc-compression"], ["--warc-max-size=1k"]])
def test_what_wget_writes_is_good(tmp_path: Path, more: list[str]) -> None:
    """It digests chunked bodies with their framing, which is a warning."""
    with scripted(dict(ANSWERS)) as wire:
        urls = [f"http://127.0.0.1:{wire.port}{path}" for path in (*ANSWERS, "/missing")]
        command = ["wget", "-q", "--no-proxy", "--no-hsts", "--tries=1", "-O", "page", "--warc-file=wget", *more, *urls]
        subprocess.run(command, cwd=tmp_path, timeout=300, check=False)  # 8, for the page that is missing
    told = found(tmp_path)
    assert {(finding.level, finding.rule) for finding in told} == {(Level.WARNING, "payload-digest-framed")}
    audit = Files(of_path(tmp_path))
    list(audit.findings())
    assert audit.checked.records >= 2 * len(urls) + 2


@pytest.mark.slow
@pytest.mark.soak
def test_what_warcprox_writes_is_good(tmp_path: Path) -> None:
    """It pins old versions of much, so that it has an environment of its own."""
    venv.create(tmp_path / "env", with_pip=True)
    pip = [tmp_path / "env" / "bin" / "pip", "install", "-q", "warcprox"]
    made = subprocess.run(pip, capture_output=True, text=True, timeout=3000, check=False)
    if made.returncode:
        pytest.skip(f"warcprox cannot be installed: {made.stderr.strip().splitlines()[-1]}")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [tmp_path / "env" / "bin" / "warcprox", "-b", "127.0.0.1", "-p", str(port), "-d", "warcs", "-z"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as proxy:
        try:
            assert proxy.stdout is not None
            assert any("listening" in line for line in proxy.stdout)
            rest = threading.Thread(target=proxy.stdout.read, daemon=True)
            rest.start()
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": f"http://127.0.0.1:{port}"}))
            with scripted(dict(ANSWERS), host="127.0.0.2") as wire:  # it refuses 127.0.0.1
                for path in ANSWERS:
                    with opener.open(f"http://127.0.0.2:{wire.port}{path}", timeout=300) as answer:
                        answer.read()
        finally:
            proxy.terminate()
            proxy.wait(300)
    assert errors(tmp_path / "warcs") == []
    audit = Files(of_path(tmp_path / "warcs"))
    list(audit.findings())
    assert audit.checked.records >= 2 * len(ANSWERS) + 1


PYWB = """
import io, sys
from pywb.recorder.multifilewarcwriter import MultiFileWARCWriter
from warcio.statusandheaders import StatusAndHeaders

writer = MultiFileWARCWriter(sys.argv[1] + "/rec-{timestamp}-{random}.warc.gz")
url, text = "http://institute.example/%D8%AA%D9%82%D8%B1%D9%8A%D8%B1/", "تقرير".encode() * 99
head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
answer = writer.create_warc_record(url, "response", io.BytesIO(text), http_headers=head)
asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "institute.example")], is_http_request=True)
request = writer.create_warc_record(url, "request", io.BytesIO(b""), http_headers=asked)
date = answer.rec_headers.get_header("WARC-Date")
request.rec_headers.replace_header("WARC-Date", date)
writer.write_request_response_pair(request, answer, {})
digest = answer.rec_headers.get_header("WARC-Payload-Digest")
writer.write_record(writer.create_revisit_record(url + "?again", digest, url, date, http_headers=head), {})
writer.close()
"""


def test_what_pywb_records_is_good(tmp_path: Path) -> None:
    """A response with its request, and a revisit as its deduplication writes it; in a process of its own, for it leaves
    files for the garbage collector to close.
    """
    subprocess.run([sys.executable, "-c", PYWB, str(tmp_path)], timeout=300, check=True, capture_output=True)
    assert {(finding.level, finding.rule) for finding in found(tmp_path)} == {(Level.WARNING, "revisit-truncated")}
    audit = Files(of_path(tmp_path))
    list(audit.findings())
    assert audit.checked.records >= 3


def test_what_browsertrix_writes_is_good(tmp_path: Path) -> None:
    """Its own fields, a page's text and its list of resources under `urn:`, and HTTP/2 told as HTTP/1.1."""
    url = "https://institute.example/%D8%AA%D9%82%D8%B1%D9%8A%D8%B1/"
    page = response(TEXT, HTML)
    asked = b"GET / HTTP/1.1\r\nHost: institute.example\r\n\r\n"
    own = (
        "WARC-Page-ID: 6a0f1a7e-0f0c-4a57-9d3e-7f4c1c4c9e11\nWARC-Protocol: h2\nWARC-Protocol: tls/1.3\n"
        'WARC-Cipher-Suite: TLS_AES_128_GCM_SHA256\nWARC-JSON-Metadata: {"ipType":"Public","عنوان":"تقرير"}\n'
        "WARC-Resource-Type: document"
    )

    def named(number: int) -> str:
        return f"<urn:uuid:00000000-0000-4000-8000-00000000000{number}>"

    def payload(data: bytes) -> str:
        return f"WARC-Payload-Digest: sha256:{sha256(data).hexdigest()}"

    samples.warc_file(
        tmp_path / "rec-1.warc.gz",
        record(
            f"WARC-Type: warcinfo\nWARC-Record-ID: {named(1)}\nWARC-Filename: rec-1.warc.gz\n"
            "Content-Type: application/warc-fields",
            b"software: Browsertrix-Crawler\r\n",
        ),
        record(
            f"WARC-Type: response\nWARC-Record-ID: {named(2)}\nWARC-Target-URI: {url}\n{own}\n{payload(TEXT)}\n"
            "Content-Type: application/http; msgtype=response",
            page,
        ),
        record(
            f"WARC-Type: request\nWARC-Record-ID: {named(3)}\nWARC-Target-URI: {url}\nWARC-Concurrent-To: {named(2)}\n"
            f"{payload(b'')}\nContent-Type: application/http; msgtype=request",
            asked,
        ),
        record(
            f"WARC-Type: resource\nWARC-Record-ID: {named(4)}\nWARC-Target-URI: urn:text:{url}\n"
            f"Content-Type: text/plain\n{payload('تقرير'.encode())}",
            "تقرير".encode(),
        ),
        record(
            f"WARC-Type: resource\nWARC-Record-ID: {named(5)}\nWARC-Target-URI: urn:pageinfo:{url}\n"
            f"Content-Type: application/json\n{payload(b'{}')}",
            b"{}",
        ),
        record(
            f"WARC-Type: revisit\nWARC-Record-ID: {named(6)}\nWARC-Target-URI: {url}?a\n{payload(TEXT)}\n"
            "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest\n"
            f"WARC-Refers-To-Target-URI: {url}\nWARC-Refers-To-Date: 2026-11-01T12:00:00Z\n"
            "WARC-Refers-To-Container: rec-0.warc.gz\nContent-Type: application/http; msgtype=response",
            page[: -len(TEXT)],
        ),
    )
    assert {(finding.level, finding.rule) for finding in found(tmp_path)} == {(Level.WARNING, "revisit-truncated")}


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    more = [
        samples.exchange(f"{samples.HOME}/chunked/{number}/", response(chunked(TEXT), "Transfer-Encoding: chunked"))
        for number in range(3)
    ]
    return samples.collection(tmp_path_factory.mktemp("home"), more=more)


def test_fastwarc_holds_our_block_digests(ours: Collection) -> None:
    checked = 0
    for name in ours.sealed_warcs():
        with (ours.archive_dir / name).open("rb") as file:
            for one in ArchiveIterator(file, parse_http=False):
                assert one.verify_block_digest(), one.record_id
                checked += 1
    audit = Files(of_path(ours.archive_dir))
    assert list(audit.findings()) == []
    assert audit.checked.records == checked


def test_warcio_holds_our_digests(ours: Collection) -> None:
    warcs = [str(ours.archive_dir / name) for name in ours.sealed_warcs()]
    command = [sys.executable, "-m", "warcio.cli", "check", "-v", *warcs]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    assert "digest pass" in checked.stdout
    assert "failed" not in checked.stdout
