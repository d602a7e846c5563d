"""Headers that are read by a pattern are read as those that are read line by line: whatever stands in them, the same
fields and the same findings.
"""

import gzip
import io
import random
from typing import Any

import pytest

from archive.audit import shape
from archive.audit.integrity import one
from archive.audit.members import Member
from archive.audit.source import Stretch
from tests.archive.audit import samples

GET = "WARC-Type: request\nWARC-Target-URI: https://institute.example/\nContent-Type: application/http"
ARABIC = "https://institute.example/%D8%AA%D9%82%D8%B1%D9%8A%D8%B1/"
GOOD = [
    GET,
    f"WARC-Type: response\nWARC-Target-URI: {ARABIC}\nContent-Type: application/http\nWARC-IP-Address: 192.0.2.7\n"
    "WARC-Concurrent-To: <urn:uuid:1>\nWARC-Concurrent-To: <urn:uuid:2>\nWARC-Protocol: tls/1.3",
    "WARC-Type: revisit\nWARC-Profile: http://netpreserve.org/warc/1.1/revisit/server-not-modified\n"
    f"WARC-Target-URI: {ARABIC}\nWARC-Refers-To-Target-URI: {ARABIC}\nWARC-Refers-To-Date: 2026-11-01T12:00:00.5Z\n"
    "WARC-Truncated: length\nContent-Type: application/http",
    "WARC-Type: warcinfo\nWARC-Filename: x.warc.gz\nContent-Type: application/warc-fields",
]
VALUES = ["", " ", "تقرير", "<urn:a:b>", "urn:a:b", "a b", "2026-11-01T12:00:00.5Z", "2026-02-31T25:00:00Z", "sha256:0"]
VALUES += [
    "sha1:" + "A" * 32,
    "blake3:00",
    "999.1.1.1",
    "::1",
    "01.2.3.4",
    "\x00",
    "length",
    "later",
    "text/plain",
    "\u2028",
]


def read(record: bytes) -> tuple[Any, ...]:
    """What is read from a record's header, and what is wrong with it."""
    data = gzip.compress(record, mtime=0)
    found, findings = one(Member(Stretch(io.BytesIO(data), 0, len(data)), 0), "x.warc.gz")
    told = (found.version, found.type, found.headers, found.first) if found is not None else ()
    return *told, findings


def changed(rng: random.Random, record: bytes) -> bytes:
    """A record with something else in its header."""
    head, blank, block = record.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    at = rng.randrange(len(lines))
    name, _, _ = lines[at].partition(":")
    match rng.randrange(5):
        case 0:
            lines[at] = f"{name}: {rng.choice(VALUES)}"
        case 1:
            lines.insert(at + 1, rng.choice(lines))
        case 2:
            del lines[at]
        case 3:
            place = rng.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:place] + rng.choice(" :\t<>\ré0aZ\x7f") + lines[at][place + rng.randrange(2) :]
        case _:
            lines[at] = lines[at].swapcase()
    return "\r\n".join(lines).encode() + blank + block


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> list[shape.Shape]:
    monkeypatch.setattr(shape, "_known", [])
    return shape._known


def learn(records: list[bytes]) -> None:
    for record in records:
        head = record[: record.index(b"\r\n\r\n") + 4]
        version, _, headers, _, findings = read(record)
        assert findings == []
        shape.learn(head, version, headers)


def test_a_pattern_reads_what_reading_line_by_line_does(known: list[shape.Shape]) -> None:
    rng = random.Random(9)
    records = [samples.record(headers, version=version) for headers in GOOD for version in ("WARC/1.1", "WARC/1.0")][:2]
    records += [samples.record(headers) for headers in GOOD[1:]]
    tried = [*records, *(changed(rng, changed(rng, rng.choice(records))) for _ in range(3000))]
    by_lines = [read(record) for record in tried]
    learn(records)
    assert len(known) == len(records)
    assert all(shape.usual(record[: record.index(b"\r\n\r\n") + 4]) for record in records)
    for record, expected in zip(tried, by_lines, strict=True):
        assert read(record) == expected, record


def test_a_header_that_was_read_with_doubt_is_not_learnt(known: list[shape.Shape]) -> None:
    odd = samples.record(GET + "\nX-Note:  two blanks")
    version, _, headers, _, findings = read(odd)
    assert findings == []
    shape.learn(odd[: odd.index(b"\r\n\r\n") + 4], version, headers)
    assert known == []


def test_reserved_flags_of_a_gzip_header_are_an_error() -> None:
    data = bytearray(gzip.compress(samples.record(GET), mtime=0))
    data[3] |= 0x20
    found, [finding] = one(Member(Stretch(io.BytesIO(bytes(data)), 0, len(data)), 0), "x.warc.gz")
    assert found is None
    assert finding.rule == "gzip"
    assert "reserved flags" in finding.detail
