"""What is written, against what came over the wire and against other tools."""

import subprocess
import sys
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import is_warc_11
from warcio.archiveiterator import ArchiveIterator

from archive.store import records, warc
from archive.store.exchange import Resource, Truncation
from tests.archive.store import samples
from tests.archive.store.samples import (
    ARABIC,
    ARABIC_CODED,
    BEGAN,
    CHUNKED,
    EARLY,
    HOSTILE,
    PLAIN,
    REQUEST,
    exchange,
    sealed,
)


def stored(path: Path, *exchanges: object, **more: object) -> list[warc.Record]:
    collection, _ = sealed(path / "demo", *exchanges, **more)  # type: ignore[arg-type]
    (name,) = collection.sealed_warcs()
    return samples.stored(collection.resolve(name))


def of_type(found: list[warc.Record], kind: str) -> warc.Record:
    (record,) = [record for record in found if record.type == kind]
    return record


@pytest.mark.parametrize("name", HOSTILE)
def test_bytes_are_kept_as_they_came(name: str, tmp_path: Path) -> None:
    found = stored(tmp_path, exchange(response=HOSTILE[name]))
    interim = b"".join(record.block for record in found if record.type == "metadata")
    assert interim + of_type(found, "response").block == HOSTILE[name]
    assert of_type(found, "request").block == REQUEST


def test_other_tools_find_every_digest_right(tmp_path: Path) -> None:
    collection, _ = sealed(
        tmp_path / "demo", *(exchange(response=response, after=n) for n, response in enumerate(HOSTILE.values()))
    )
    (name,) = collection.sealed_warcs()
    path = collection.resolve(name)
    check = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)], capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, check.stdout
    assert "fail" not in check.stdout
    with path.open("rb") as file:
        fast = list(FastIterator(file, parse_http=False, func_filter=is_warc_11))
    with path.open("rb") as file:
        assert all(record.verify_block_digest() for record in FastIterator(file, parse_http=False))
    assert len(fast) == sum(1 for _ in warc.members(path))
    with path.open("rb") as file:
        assert len(list(ArchiveIterator(file, check_digests="raise"))) == len(fast)


def test_records_of_an_exchange_name_each_other(tmp_path: Path) -> None:
    info, *group = stored(
        tmp_path,
        exchange(
            response=EARLY + PLAIN,
            error="reset by peer",
            ip="2001:DB8:0::7%eth0",
            cipher="TLS_AES_128_GCM_SHA256",
            protocols=("http/1.1", "tls/1.3"),
        ),
    )
    assert [record.type for record in group] == ["response", "metadata", "request", "metadata"]
    everyone = {record.record_id for record in group}
    for record in group:
        assert set(record.ids("WARC-Concurrent-To")) == everyone - {record.record_id}
        assert record.ids("WARC-Warcinfo-ID") == [info.record_id]
        assert record.field("WARC-Date") == "2026-11-22T18:00:00.123456Z"
        assert record.field("WARC-IP-Address") == "2001:db8::7"
        assert record.field("WARC-Cipher-Suite") == "TLS_AES_128_GCM_SHA256"
        assert [value for name, value in record.fields if name == "WARC-Protocol"] == ["http/1.1", "tls/1.3"]
    assert len({record.record_id for record in [info, *group]}) == 5


def test_warcinfo_comes_first_and_tells(tmp_path: Path) -> None:
    info = stored(tmp_path, exchange())[0]
    assert info.type == "warcinfo"
    assert info.field("WARC-Filename") == "demo-20261122180000-00000.warc.gz"
    lines = info.block.decode().splitlines()
    for line in (
        "software: policy-archive/test",
        "robots: obey",
        "operator: the tests",
        "http-header-user-agent: policy-archive",
        "isPartOf: crawl-1",
    ):
        assert line in lines


def test_payload_digest_is_of_the_entity_and_left_out_where_tools_differ(tmp_path: Path) -> None:
    plain, chunked = (
        of_type(stored(tmp_path / name, exchange(response=response)), "response")
        for name, response in (("a", PLAIN), ("b", CHUNKED))
    )
    assert plain.field("WARC-Payload-Digest") == records.sha256(plain.block.partition(b"\r\n\r\n")[2])
    assert chunked.field("WARC-Payload-Digest") is None


def test_arabic_target_uri_is_percent_encoded(tmp_path: Path) -> None:
    assert of_type(stored(tmp_path, exchange(ARABIC)), "response").field("WARC-Target-URI") == ARABIC_CODED


@pytest.mark.parametrize(
    "url", ["http://e.example/a\r\nWARC-Type: x", "http://e.example/\0", "http://user:secret@e.example/ b"]
)
def test_nothing_breaks_out_of_a_target_uri(url: str, tmp_path: Path) -> None:
    uri = of_type(stored(tmp_path, exchange(url)), "response").need("WARC-Target-URI")
    assert uri.isascii()
    assert not set(uri) & set("\r\n\0 ")
    assert "secret" not in uri


def test_a_header_value_with_a_line_end_is_refused() -> None:
    with pytest.raises(ValueError, match="line end or NUL in WARC-Cipher-Suite"):
        records.of_exchange(exchange(cipher="A\r\nWARC-Type: warcinfo"), "urn:uuid:x")


CREDENTIALS = (
    b"GET http://user:s3cret@e.example/@home HTTP/1.1\r\nauthorization: Basic s3cret\r\nProxy-Authorization:s3cret\r\n"
    b"Cookie: a=s3cret;\r\n b=s3cret\r\nX-Cookie: kept\r\n\r\nCookie: of the body"
)


def test_credentials_are_replaced(tmp_path: Path) -> None:
    request = of_type(stored(tmp_path, exchange(request=CREDENTIALS)), "request").block
    assert request == (
        b"GET http://[redacted]@e.example/@home HTTP/1.1\r\nauthorization: [redacted]\r\n"
        b"Proxy-Authorization: [redacted]\r\n"
        b"Cookie: [redacted]\r\nX-Cookie: kept\r\n\r\nCookie: of the body"
    )


def test_a_failure_is_a_metadata_record_under_the_url(tmp_path: Path) -> None:
    collection, (location,) = sealed(
        tmp_path / "demo", exchange(response=b"", request=b"", error="DNS: no such host\nx", ip=None)
    )
    record = collection.record(location)
    assert (record.type, record.field("WARC-Target-URI")) == ("metadata", ARABIC_CODED)
    assert record.block.decode().splitlines() == ["error: DNS: no such host x", "method: GET", "bytes-received: 0"]
    assert record.ids("WARC-Concurrent-To") == []
    assert list(collection.captures()) == []


def test_bytes_that_are_not_http_are_kept_under_a_urn(tmp_path: Path) -> None:
    found = stored(tmp_path, exchange(response=b"SSH-2.0-OpenSSH\r\n", truncated=Truncation.DISCONNECT))
    assert [record.type for record in found] == ["warcinfo", "metadata", "request", "metadata"]
    assert found[3].block == b"SSH-2.0-OpenSSH\r\n"
    assert found[3].need("WARC-Target-URI").startswith("urn:policy-archive:unparsed:")
    assert found[3].field("WARC-Truncated") == "disconnect"


@pytest.mark.parametrize(
    ("response", "said", "kept"),
    [
        (PLAIN, None, None),
        (PLAIN[:-3], Truncation.LENGTH, "length"),
        (PLAIN[:-3], None, "unspecified"),
        (CHUNKED[:-9], Truncation.TIME, "time"),
    ],
)
def test_truncation_is_told(response: bytes, said: Truncation | None, kept: str | None, tmp_path: Path) -> None:
    record = of_type(stored(tmp_path, exchange(response=response, truncated=said)), "response")
    assert record.field("WARC-Truncated") == kept


def test_a_certificate_is_kept_once(tmp_path: Path) -> None:
    chain = (b"leaf", b"issuer")
    found = stored(tmp_path, exchange(certificates=chain), exchange(certificates=chain, after=1))
    record = of_type(found, "resource")
    assert record.need("WARC-Target-URI").startswith("urn:policy-archive:certificate:institute.example:")
    assert record.block.count(b"BEGIN CERTIFICATE") == 2


def test_a_resource_goes_under_a_urn_only() -> None:
    body = "عنوان = 1".encode()
    built = records.of_resource(Resource("urn:policy-archive:profile:1", "application/toml", body, BEGAN), "urn:uuid:x")
    assert built.type == "resource"
    with pytest.raises(ValueError, match="goes under a urn:"):
        records.of_resource(Resource(ARABIC_CODED, "text/html", body, BEGAN), "urn:uuid:x")
