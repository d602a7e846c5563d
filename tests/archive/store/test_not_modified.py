"""Answers that say that nothing has changed: a revisit without a block, served as what it refers to."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from archive.store import cdxj
from archive.store.collection import Collection
from archive.store.exchange import Location
from archive.store.originals import Originals
from tests.archive.store.samples import ARABIC, ARABIC_CODED, EARLY, PLAIN, exchange, sealed, writer

TAGGED = PLAIN.replace(b"200 OK\r\n", b'200 OK\r\nETag: W/"a-1"\r\nLast-Modified: Sun, 22 Nov 2026 10:00:00 GMT\r\n', 1)
ANSWER = b'HTTP/1.1 304 Not Modified\r\nETag: "a-1"\r\nDate: Mon, 23 Nov 2026 10:00:00 GMT\r\n\r\n'
BY_TAG = b'GET / HTTP/1.1\r\nHost: institute.example\r\nif-none-match: "other", "a-1"\r\n\r\n'
BY_DATE = b"GET / HTTP/1.1\r\nHost: institute.example\r\nIf-Modified-Since: Sun, 22 Nov 2026 10:00:00 GMT\r\n\r\n"


def asked_again(path: Path, **more: object) -> tuple[Collection, Location, Location]:
    collection, (original,) = sealed(path / "demo", exchange(response=TAGGED))
    with collection.lock():
        hand = writer(collection)
        (again,) = hand.write([exchange(after=60, **{"response": ANSWER, "request": BY_TAG, **more})])  # type: ignore[arg-type]
        hand.seal()
    return collection, original, again


@pytest.mark.parametrize("request_", [BY_TAG, BY_DATE])
def test_a_304_is_a_revisit_and_is_read_as_the_original(request_: bytes, tmp_path: Path) -> None:
    collection, original, again = asked_again(tmp_path, request=request_, response=EARLY + ANSWER)
    record, first = collection.record(again), collection.record(original)
    assert (record.type, record.block) == ("revisit", b"")
    assert {name: record.field(name) for name in ("WARC-Profile", "WARC-Refers-To-Target-URI", "WARC-Truncated")} == {
        "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/server-not-modified",
        "WARC-Refers-To-Target-URI": ARABIC_CODED,
        "WARC-Truncated": None,
    }
    assert record.ids("WARC-Refers-To") == [first.record_id]
    assert record.field("WARC-Refers-To-Date") == first.field("WARC-Date")
    assert record.field("WARC-Payload-Digest") == first.field("WARC-Payload-Digest")
    capture = collection.read(again)
    assert (capture.status, capture.entity) == (200, collection.read(original).entity)
    assert capture.header("last-modified") == "Sun, 22 Nov 2026 10:00:00 GMT"
    line = collection.captures_of(ARABIC)[-1]
    assert (line.mime, line.status, line.location) == (cdxj.REVISIT, None, again)


def test_what_the_server_answered_is_kept_beside_it(tmp_path: Path) -> None:
    collection, _, again = asked_again(tmp_path, response=EARLY + ANSWER)
    revisit = collection.record(again)
    found = {}
    for line in collection.members_of(again.warc).read_text().splitlines():
        told = json.loads(line)
        record = collection.record(Location(again.warc, told["offset"], told["length"]))
        found[(record.field("WARC-Target-URI") or "").rpartition(":")[0]] = record
    assert found["urn:policy-archive:not-modified"].block == ANSWER
    assert found["urn:policy-archive:interim"].block == EARLY
    assert found["urn:policy-archive:not-modified"].record_id in revisit.ids("WARC-Concurrent-To")


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nHost: institute.example\r\n\r\n",
        b'GET / HTTP/1.1\r\nIf-None-Match: "other"\r\nIf-Modified-Since: Sun, 22 Nov 2026 10:00:00 GMT\r\n\r\n',
        b"GET / HTTP/1.1\r\nIf-Modified-Since: Sat, 21 Nov 2026 10:00:00 GMT\r\n\r\n",
    ],
)
def test_a_304_that_was_not_asked_for_is_a_response(request_: bytes, tmp_path: Path) -> None:
    collection, _, again = asked_again(tmp_path, request=request_)
    assert collection.record(again).type == "response"
    assert collection.read(again).status == 304


def test_the_index_is_the_same_from_the_warcs_alone_and_by_cdxj_indexer(tmp_path: Path) -> None:
    collection, _, again = asked_again(tmp_path)
    lines = list(collection.index)
    collection.rebuild_index()
    assert list(collection.index) == lines
    command = [sys.executable, "-m", "cdxj_indexer.main", str(collection.resolve(again.warc))]
    theirs = subprocess.run(command, capture_output=True, check=True).stdout.splitlines()[0]  # then what lies beside
    (ours,) = [line for line in lines if b"warc/revisit" in line]
    head, _, told = theirs.partition(b"{")
    own_head, _, own_told = ours.partition(b"{")
    assert (own_head, json.loads(b"{" + own_told)) == (head, json.loads(b"{" + told))


def test_the_next_request_asks_with_the_validators_of_the_newest_whole_answer(tmp_path: Path) -> None:
    collection, _, _ = asked_again(tmp_path)
    originals = Originals(collection)
    assert originals.validators(ARABIC) == {
        "If-None-Match": 'W/"a-1"',
        "If-Modified-Since": "Sun, 22 Nov 2026 10:00:00 GMT",
    }
    assert originals.validators("https://institute.example/other") == {}
    with collection.lock():
        hand = writer(collection)
        hand.write([exchange(after=120, response=b'HTTP/1.1 404 Not Found\r\nETag: "x"\r\nContent-Length: 0\r\n\r\n')])
        hand.seal()
    assert originals.validators(ARABIC)["If-None-Match"] == 'W/"a-1"'


def test_a_304_to_the_tag_of_a_revisit_stands_for_what_that_repeats(tmp_path: Path) -> None:
    """Servers behind a balancer tag the same bytes each in its own way."""
    collection, (original,) = sealed(tmp_path / "demo", exchange(response=TAGGED))
    with collection.lock():
        for after, sent in ((60, {"response": TAGGED.replace(b"a-1", b"b-2")}), (120, {})):
            asked = BY_TAG.replace(b'"a-1"', b'"b-2"')
            hand = writer(collection)
            (last,) = hand.write([exchange(after=after, **{"response": ANSWER, "request": asked, **sent})])
            hand.seal()
    assert Originals(collection).validators(ARABIC)["If-None-Match"] == 'W/"b-2"'
    record = collection.record(last)
    assert (record.type, record.block) == ("revisit", b"")
    assert record.ids("WARC-Refers-To") == [collection.record(original).record_id]
    assert collection.read(last).entity == collection.read(original).entity
