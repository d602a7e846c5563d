"""Certificates that nobody should trust: refused, and said so in words; fetched where the profile names the host."""

import contextlib
import datetime
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme

from archive.store import warc
from archive.store.collection import Collection
from crawler.options import USUAL
from crawler.patch import plan
from tests.archive.store.samples import stored
from tests.crawler.command import lines, policy_archive, profile
from tests.crawler.sockets import Wire, scripted

PAGE = (
    "<html lang='ar'><body class='single postid-3'><article><p>نص المقال عن المحكمة العليا.</p></article></body></html>"
)
HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\nContent-Length: "
ANSWER = f"{HEAD}{len(PAGE.encode())}\r\n\r\n{PAGE}".encode()
ROBOTS = f"{HEAD}0\r\n\r\n".encode()
PATHS = ("/2024/12/05/%D9%85%D9%82%D8%A7%D9%84/", "/2024/12/05/english/")
CA = trustme.CA()
OTHER_CA = trustme.CA()
CERTIFICATES = {
    "expired": CA.issue_cert("127.0.0.1", "127.0.0.2", not_after=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)),
    "of-nobody-known": OTHER_CA.issue_cert("127.0.0.1", "127.0.0.2"),
    "of-another-host": CA.issue_cert("معهد.example", "other.example"),
    "good": CA.issue_cert("127.0.0.1"),
}


@dataclass
class Site:
    """Servers on loopback, one a certificate: where their pages are, and what they were asked."""

    servers: dict[str, Wire] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)  # by address


@contextlib.contextmanager
def served(folder: Path, monkeypatch: pytest.MonkeyPatch, *certificates: str) -> Iterator[Site]:
    """Serves two pages with each certificate, the first on 127.0.0.1, the next on 127.0.0.2, and so on."""
    CA.cert_pem.write_to_path(str(folder / "roots.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "roots.pem"))
    site = Site()
    with contextlib.ExitStack() as stack:
        for number, name in enumerate(certificates, 1):
            host = f"127.0.0.{number}"
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            CERTIFICATES[name].configure_cert(tls)
            answers = {"/robots.txt": ROBOTS, **dict.fromkeys(PATHS, ANSWER)}
            site.servers[name] = stack.enter_context(scripted(answers, tls, host))
            site.urls |= {f"https://{host}:{site.servers[name].port}{path}": name for path in PATHS}
        yield site


def crawled(folder: Path, site: Site, *broken: str) -> "subprocess.CompletedProcess[str]":
    hosts = sorted({url.split("/")[2] for url in site.urls})
    etiquette = {"broken_certificates": list(broken)}
    made = profile(folder, f"https://{hosts[0]}/", hosts=hosts[1:], etiquette=etiquette)
    (folder / "urls.txt").write_text("".join(f"{url}\n" for url in site.urls), encoding="utf-8")
    words = ["crawl", str(made), "--urls", "urls.txt", "--allow-private", "--delay", "0", "--collection", "tls"]
    return policy_archive(folder, *words)


def records(folder: Path) -> list[warc.Record]:
    collection = Collection.open(folder / "home/collections/tls")
    return [record for name in collection.sealed_warcs() for record in stored(collection.resolve(name))]


def ends(folder: Path) -> list[dict[str, Any]]:
    (found,) = folder.rglob("urls.jsonl")
    return lines(found)


@pytest.mark.slow
@pytest.mark.faults
def test_what_cannot_be_trusted_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = {
        "expired": "expired",
        "of-nobody-known": "no known issuer",
        "of-another-host": "is not for this host",
    }
    with served(tmp_path, monkeypatch, *faults) as site:
        done = crawled(tmp_path, site)
    assert done.returncode == 5
    assert "TLS certificate" in done.stderr
    assert not any(server.requests for server in site.servers.values())
    for line in ends(tmp_path):
        assert line["end"] == "failed"  # no choice of the host's: robots.txt was never asked for
        assert faults[site.urls[line["url"]]] in line["reason"]
        assert "broken_certificates" in line["reason"]
    kept = records(tmp_path)
    told = [one for one in kept if one.type == "metadata"]
    assert {(one.field("WARC-Target-URI") or "").split("/")[2] for one in told} == {
        url.split("/")[2] for url in site.urls
    }
    assert all(b"TLS certificate" in one.block for one in told)
    assert "response" not in {one.type for one in kept}
    assert policy_archive(tmp_path, "verify", "tls").returncode == 0
    asked = plan(Collection.open(tmp_path / "home/collections/tls"), USUAL).asked
    assert {one.url for one in asked} == set(site.urls)


@pytest.mark.faults
def test_what_is_named_or_good_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(tmp_path, monkeypatch, "good", "expired") as site:
        done = crawled(tmp_path, site, "127.0.0.2")
    assert done.returncode == 0, done.stderr
    assert {line["end"] for line in ends(tmp_path)} == {"archived"}
    kept = records(tmp_path)
    for host, name in (("127.0.0.1", "good"), ("127.0.0.2", "expired")):
        (chain,) = [one for one in kept if f"certificate:{host}" in (one.field("WARC-Target-URI") or "")]
        assert chain.type == "resource"
        assert CERTIFICATES[name].cert_chain_pems[0].bytes().splitlines()[1] in chain.block
    responses = [one for one in kept if one.type == "response"]
    assert len(responses) == 6
    assert all(one.field("WARC-Cipher-Suite") for one in responses)
    (info,) = [one for one in kept if one.type == "warcinfo"]
    assert b"certificates-not-checked: 127.0.0.2" in info.block
