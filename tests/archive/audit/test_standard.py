"""The examples of WARC 1.1, annex B: their headers keep every rule.

Their blocks are abridged in the standard, so that lengths and digests here are those of what stands in for them; what
an example does otherwise than the standard's own text says, is told.
"""

import base64
import hashlib
from pathlib import Path

import pytest

from archive.audit import standard
from archive.audit.finding import error
from archive.audit.reading import Files
from archive.audit.source import of_path
from tests.archive.audit.samples import record, warc_file

JPEG = b"\xff\xd8\xff\xe0 [image/jpeg binary data here]"
ANSWER = (
    b"HTTP/1.1 200 OK\r\nDate: Tue, 19 Sep 2006 17:18:40 GMT\r\nServer: Apache/2.0.54 (Ubuntu)\r\n"
    b'Last-Modified: Mon, 16 Jun 2003 22:28:51 GMT\r\nETag: "3e45-67e-2ed02ec0"\r\nAccept-Ranges: bytes\r\n'
    b"Content-Length: %d\r\nConnection: close\r\nContent-Type: image/jpeg\r\n\r\n%b" % (len(JPEG), JPEG)
)
LOGO = "WARC-Target-URI: http://www.archive.org/images/logoc.jpg"
CRAWL = "WARC-Warcinfo-ID: <urn:uuid:d7ae5c10-e6b3-4d27-967d-34780c58ba39>"
RESPONSE_ID = "<urn:uuid:92283950-ef2f-4d72-b224-f54c6ec90bb0>"


def sha1(data: bytes) -> str:
    return f"sha1:{base64.b32encode(hashlib.sha1(data).digest()).decode()}"


def digests(block: bytes, payload: bytes | None = None) -> str:
    stated = f"WARC-Block-Digest: {sha1(block)}"
    return stated if payload is None else f"{stated}\nWARC-Payload-Digest: {sha1(payload)}"


WARCINFO = record(
    "WARC-Type: warcinfo\nWARC-Date: 2006-09-19T17:20:14Z\n"
    "WARC-Record-ID: <urn:uuid:d7ae5c10-e6b3-4d27-967d-34780c58ba39>\nContent-Type: application/warc-fields",
    b"software: Heritrix 1.12.0 http://crawler.archive.org\r\nhostname: crawling017.archive.org\r\n"
    b"ip: 207.241.227.234\r\nisPartOf: testcrawl-20050708\r\ndescription: testcrawl with WARC output\r\n",
)
REQUEST = record(
    f"WARC-Type: request\n{LOGO}\n{CRAWL}\nWARC-Date: 2006-09-19T17:20:24Z\n"
    "WARC-Record-ID: <urn:uuid:4885803b-eebd-4b27-a090-144450c11594>\n"
    f"Content-Type: application/http;msgtype=request\nWARC-Concurrent-To: {RESPONSE_ID}",
    b"GET /images/logoc.jpg HTTP/1.0\r\nUser-Agent: Mozilla/5.0 (compatible; heritrix/1.10.0)\r\n"
    b"Connection: close\r\nHost: www.archive.org\r\n\r\n",
)
RESPONSE = record(
    f"WARC-Type: response\n{LOGO}\n{CRAWL}\nWARC-Date: 2006-09-19T17:20:24Z\n{digests(ANSWER, JPEG)}\n"
    f"WARC-IP-Address: 207.241.233.58\nWARC-Record-ID: {RESPONSE_ID}\n"
    "Content-Type: application/http;msgtype=response\nWARC-Identified-Payload-Type: image/jpeg",
    ANSWER,
)
RESOURCE = record(
    "WARC-Type: resource\nWARC-Target-URI: file://var/www/htdoc/images/logoc.jpg\nWARC-Date: 2006-09-30T16:40:32Z\n"
    "WARC-Record-ID: <urn:uuid:23200706-de3e-3c61-a131-g65d7fd80cc1>\nContent-Type: image/jpeg\n"
    f"{digests(JPEG, JPEG)}",
    JPEG,
)
METADATA = record(
    f"WARC-Type: metadata\n{LOGO}\nWARC-Date: 2006-09-19T17:20:24Z\n"
    "WARC-Record-ID: <urn:uuid:16da6da0-bcdc-49c3-927e-57494593b943>\n"
    f"WARC-Concurrent-To: {RESPONSE_ID}\nContent-Type: application/warc-fields",
    b"via: http://www.archive.org/\r\nhopsFromSeed: E\r\nfetchTimeMs: 565\r\n",
)
REVISIT = record(
    f"WARC-Type: revisit\n{LOGO}\nWARC-Date: 2007-03-06T00:43:35Z\n"
    "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/server-not-modified\n"
    f"WARC-Record-ID: <urn:uuid:16da6da0-bcdc-49c3-927e-57494593bbbb>\nWARC-Refers-To: {RESPONSE_ID}\n"
    "WARC-Refers-To-Target-URI: http://www.archive.org/images/logoc.jpg\n"
    "WARC-Refers-To-Date: 2006-09-19T17:20:24Z\nContent-Type: message/http",
    b"HTTP/1.x 304 Not Modified\r\nDate: Tue, 06 Mar 2007 00:43:35 GMT\r\nConnection: Keep-Alive\r\n\r\n",
)
CONVERSION = record(
    f"WARC-Type: conversion\n{LOGO}\nWARC-Date: 2016-09-19T19:00:40Z\n"
    "WARC-Record-ID: <urn:uuid:16da6da0-bcdc-49c3-927e-57494593dddd>\n"
    f"WARC-Refers-To: {RESPONSE_ID}\nContent-Type: image/neoimg",
    b"[image/neoimg binary data here]",
)
SEGMENTED = [
    record(
        f"WARC-Type: response\n{LOGO}\nWARC-Date: 2006-09-19T17:20:24Z\n{digests(ANSWER[:300], JPEG)}\n"
        "WARC-IP-Address: 207.241.233.58\nWARC-Record-ID: <urn:uuid:39509228-ae2f-11b2-763a-aa4c6ec90bb0>\n"
        "WARC-Segment-Number: 1\nContent-Type: application/http;msgtype=response",
        ANSWER[:300],
    ),
    record(
        f"WARC-Type: continuation\n{LOGO}\nWARC-Date: 2006-09-19T17:20:24Z\n{digests(ANSWER[300:])}\n"
        "WARC-Record-ID: <urn:uuid:70653950-a77f-b212-e434-7a7c6ec909ef>\n"
        "WARC-Segment-Origin-ID: <urn:uuid:39509228-ae2f-11b2-763a-aa4c6ec90bb0>\nWARC-Segment-Number: 2\n"
        f"WARC-Segment-Total-Length: {len(ANSWER)}\nWARC-Identified-Payload-Type: image/jpeg",
        ANSWER[300:],
    ),
]
EXAMPLES = [WARCINFO, REQUEST, RESPONSE, RESOURCE, METADATA, REVISIT, CONVERSION]


def rules(path: Path) -> list[str]:
    return [finding.rule for finding in Files(of_path(path)).findings()]


def test_the_examples_together_are_good(tmp_path: Path) -> None:
    assert rules(warc_file(tmp_path / "annex-b.warc.gz", *EXAMPLES)) == []


def test_the_segmented_example_is_good(tmp_path: Path) -> None:
    for number, one in enumerate(SEGMENTED):
        warc_file(tmp_path / f"segment-{number}.warc.gz", one)
    assert rules(tmp_path) == []


@pytest.mark.parametrize("version", ["WARC/1.0", "WARC/1.1"])
def test_the_profile_of_the_example_is_one_of_1_0_alone(tmp_path: Path, version: str) -> None:
    one = REVISIT.replace(b"1.1/revisit/", b"1.0/").replace(b"WARC/1.1", version.encode())
    found = set(rules(warc_file(tmp_path / "revisit.warc.gz", one)))
    assert ("header-profile" in found) == (version == "WARC/1.1")


def test_every_field_has_its_section() -> None:
    assert standard.of_field("warc-date") == "WARC 1.1, 5.4 WARC-Date"
    assert standard.of_field("warc-ip-address") == "WARC 1.1, 5.10 WARC-IP-Address"
    assert standard.of_field("x-extension") is None
    assert error("a", "header-missing", "", "", about="warc-record-id").standard == "WARC 1.1, 5.2 WARC-Record-ID"
    assert error("a", "index-order", "", "").standard is None
    assert sorted(standard.FIELDS.values(), key=lambda text: int(text[2:])) == [f"5.{n}" for n in range(2, 23)]
