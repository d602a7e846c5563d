"""Records that break a rule, each named with the right one; and good ones of other tools, with none."""

import gzip
import io
from hashlib import sha256
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.audit.finding import Finding
from archive.audit.integrity import of_file, whole
from archive.audit.inventory import Inventory
from archive.audit.source import WarcFile
from tests.archive.audit import samples

RESPONSE = """WARC-Type: response
    WARC-Target-URI: https://institute.example/%D8%AA%D9%82%D8%B1%D9%8A%D8%B1/
    Content-Type: application/http; msgtype=response"""
ARABIC = samples.response("تقرير".encode())
CHUNKED = samples.response(samples.chunked("تقرير طويل".encode()), "Transfer-Encoding: chunked")
SHA_OF = {
    "entity": "sha256:" + sha256("تقرير طويل".encode()).hexdigest(),
    "framed": "sha256:" + sha256(samples.chunked("تقرير طويل".encode())).hexdigest(),
}
REVISIT = """WARC-Type: revisit
    WARC-Target-URI: https://institute.example/
    Content-Type: application/http; msgtype=response"""
IDENTICAL = "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
ZEROS = "sha256:" + "0" * 64


def scan(path: Path, inventory: Inventory, still_open: bool = False) -> list[Finding]:
    """What is wrong in a file; its records go into the inventory."""
    warc = WarcFile.of(path, still_open=still_open)
    findings = list(of_file(warc))
    for seen in whole(warc):
        inventory.add(warc.name, seen)
        findings += seen.findings
    inventory.finish()
    return findings


def rules_of(path: Path) -> list[str]:
    with Inventory() as inventory:
        return [finding.rule for finding in scan(path, inventory)]


def with_headers(*lines: str, headers: str = RESPONSE, block: bytes = ARABIC) -> bytes:
    return samples.record("\n".join([headers, *lines]), block)


@pytest.mark.parametrize(
    ("record", "rule"),
    [
        (samples.record(RESPONSE, ARABIC, "WARC/2.0"), "record"),
        (b"no record at all", "record"),
        (with_headers("WARC-Date: -"), "header-missing"),
        (with_headers("WARC-Record-ID: -"), "header-missing"),
        (samples.record("WARC-Type: response\nContent-Type: application/http", ARABIC), "header-missing"),
        (samples.record("WARC-Target-URI: https://institute.example/", b""), "header-missing"),
        (with_headers("Content-Length: -"), "content-length"),
        (with_headers("Content-Length: 9999"), "content-length"),
        (with_headers("Content-Length: 4"), "record-end"),
        (samples.record(RESPONSE, ARABIC) + samples.record(RESPONSE, ARABIC), "one-record-per-member"),
        (with_headers("WARC-Block-Digest: " + ZEROS), "block-digest"),
        (with_headers("WARC-Payload-Digest: " + ZEROS), "payload-digest"),
        (with_headers("WARC-Payload-Digest: " + ZEROS, block=CHUNKED), "payload-digest"),
        (with_headers("WARC-Payload-Digest: " + SHA_OF["framed"], block=CHUNKED), "payload-digest-framed"),
        (with_headers("WARC-Payload-Digest: sha256:12"), "header-digest"),
        (with_headers("WARC-Payload-Digest: blake3:abcdef"), "digest-unknown"),
        (with_headers("WARC-Block-Digest: -"), "block-digest-missing"),
        (with_headers("WARC-Date: 2026-11-01 12:00"), "header-date"),
        (with_headers("WARC-Date: 2026-11-01T12:00:00+02:00"), "header-date"),
        (with_headers("WARC-Date: 2026-13-01T12:00:00Z"), "header-date"),
        (with_headers("WARC-Refers-To: <urn:uuid:1>"), "header-forbidden"),
        (with_headers("WARC-Refers-To-Date: 2026-11-01T12:00:00Z"), "header-forbidden"),
        (with_headers("WARC-Filename: x.warc.gz"), "header-forbidden"),
        (samples.record("WARC-Type: warcinfo\nWARC-Target-URI: https://institute.example/"), "header-forbidden"),
        (with_headers("WARC-Date: 2026-11-01T12:00:00Z", "WARC-Date: 2026-11-01T12:00:00Z"), "header-repeated"),
        (with_headers("WARC-Record-ID: urn:uuid:1"), "header-brackets"),
        (with_headers("WARC-Warcinfo-ID: urn:uuid:1"), "header-brackets"),
        (
            samples.record(
                "WARC-Type: request\nContent-Type: application/http\nWARC-Target-URI: <https://institute.example/>"
            ),
            "header-uri",
        ),
        (with_headers("WARC-Truncated: tired"), "header-truncated"),
        (samples.record("WARC-Type: memory"), "header-type"),
        (samples.record("WARC-Type: metadata", b"no type"), "header-content-type"),
        (samples.record(RESPONSE, ARABIC).replace(b"\r\nWARC-Date", b"\r\n folded\r\nWARC-Date"), "header-folded"),
        (with_headers("no colon in this line"), "header-line"),
        (with_headers("X-Note: nul\x00"), "header-control"),
        (samples.record(RESPONSE, ARABIC).replace(b"%D8", b"\xd8", 1), "header-encoding"),
        (with_headers(headers=REVISIT), "header-missing"),
        (with_headers(IDENTICAL, headers=REVISIT), "header-missing"),
        (
            with_headers(IDENTICAL, "WARC-Payload-Digest: " + ZEROS, headers=REVISIT, block=b"HTTP/1.1 200 OK\r\n\r\n"),
            "revisit-truncated",
        ),
        (
            with_headers("WARC-Profile: http://netpreserve.org/warc/1.0/revisit/server-not-modified", headers=REVISIT),
            "header-profile",
        ),
        (with_headers("WARC-Block-Digest: sha256:" + "A" * 64), "block-digest"),
    ],
)
def test_a_broken_record_is_named(tmp_path: Path, record: bytes, rule: str) -> None:
    path = samples.warc_file(tmp_path / "broken.warc.gz", record)
    assert rule in rules_of(path)


@pytest.mark.parametrize(
    "record",
    [
        with_headers(),
        with_headers("WARC-Payload-Digest: " + SHA_OF["entity"], block=CHUNKED),
        with_headers(
            "WARC-Concurrent-To: <urn:uuid:1>",
            "WARC-Concurrent-To: <urn:uuid:2>",
            "WARC-Protocol: http/1.1",
            "WARC-Protocol: tls/1.3",
        ),
        with_headers("WARC-Date: 2026-11-01T12:00:00.123456789Z"),
        with_headers(block=b"not HTTP at all"),
        with_headers(block=b""),
    ],
)
def test_a_good_record_has_no_finding(tmp_path: Path, record: bytes) -> None:
    assert rules_of(samples.warc_file(tmp_path / "good.warc.gz", record)) == []


def test_what_warcio_writes_is_good(tmp_path: Path) -> None:
    path = tmp_path / "warcio.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "test"}))
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        body = "<p>تقرير</p>".encode()
        writer.write_record(
            writer.create_warc_record(
                "https://institute.example/", "response", payload=io.BytesIO(body), length=len(body), http_headers=head
            )
        )
    assert rules_of(path) == []


def test_a_target_in_brackets_is_an_error_in_warc_1_1_alone(tmp_path: Path) -> None:
    headers = RESPONSE.replace(
        "https://institute.example/%D8%AA%D9%82%D8%B1%D9%8A%D8%B1/", "<https://institute.example/>"
    )
    assert rules_of(samples.warc_file(tmp_path / "a.warc.gz", samples.record(headers, ARABIC, "WARC/1.0"))) == []
    assert rules_of(samples.warc_file(tmp_path / "b.warc.gz", samples.record(headers, ARABIC))) == ["header-uri"]


def test_a_broken_member_costs_only_itself(tmp_path: Path) -> None:
    records = [with_headers(f"X-Number: {number}", f"WARC-Record-ID: <urn:uuid:{number}>") for number in range(5)]
    path = samples.warc_file(tmp_path / "file.warc.gz", *records)
    data = bytearray(path.read_bytes())
    offsets = [offset for offset, _ in samples.members(path)]
    data[offsets[2] + 40] ^= 0x10
    path.write_bytes(data)
    with Inventory() as inventory:
        findings = scan(path, inventory)
        read = [row[0] for row in inventory.rows("SELECT offset FROM record ORDER BY offset")]
    assert [(finding.rule, finding.offset) for finding in findings] == [("gzip", offsets[2])]
    assert read == [offset for offset in offsets if offset != offsets[2]]


@pytest.mark.parametrize("cut", [1, 4, 8, 30])
def test_a_cut_tail_is_found(tmp_path: Path, cut: int) -> None:
    path = samples.warc_file(
        tmp_path / "file.warc.gz", samples.record(RESPONSE, ARABIC), with_headers("WARC-Record-ID: <urn:uuid:2>")
    )
    path.write_bytes(path.read_bytes()[:-cut])
    assert rules_of(path) == ["gzip"]


def test_records_behind_a_torn_tail_are_read(tmp_path: Path) -> None:
    path = samples.warc_file(tmp_path / "file.warc.gz", samples.record(RESPONSE, ARABIC))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + gzip.compress(with_headers("WARC-Record-ID: <urn:uuid:2>")))
    with Inventory() as inventory:
        assert [finding.rule for finding in scan(path, inventory)] == ["gzip"]
        assert inventory.one("SELECT id FROM record")[0] == "<urn:uuid:2>"


def test_an_open_file_may_end_within_a_member(tmp_path: Path) -> None:
    path = samples.warc_file(
        tmp_path / "file.warc.gz.open", samples.record(RESPONSE, ARABIC), with_headers("WARC-Record-ID: <urn:uuid:2>")
    )
    path.write_bytes(path.read_bytes()[:-9])
    with Inventory() as inventory:
        findings = scan(path, inventory, still_open=True)
    assert [(str(finding.level), finding.rule) for finding in findings] == [("warning", "torn-tail")]


def test_a_large_body_is_read_in_pieces(tmp_path: Path) -> None:
    body = "نص طويل ".encode() * 400_000
    block = samples.response(samples.chunked(body), "Transfer-Encoding: chunked")
    path = samples.warc_file(tmp_path / "large.warc.gz", with_headers(block=block))
    with Inventory() as inventory:
        assert scan(path, inventory) == []
        digest = inventory.one("SELECT entity FROM record")[0]
    assert digest == "sha256:" + sha256(body).hexdigest()
