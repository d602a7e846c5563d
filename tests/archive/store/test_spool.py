"""Bytes too many for memory: the same records as of bytes in memory, in pieces of any size."""

import dataclasses
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.store import http, records, warc
from archive.store.answer import Answer
from archive.store.exchange import Exchange
from archive.store.originals import Originals
from archive.store.spool import PIECE, Spool, first, pieces
from tests.archive.store.samples import CHUNKED, EARLY, GZIP, HOSTILE, PAGE, PLAIN, exchange, sealed

LARGE = "تقرير طويل ".encode() * 120_000  # 2.5 MB
LARGE_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(
    b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (LARGE[:1], LARGE[1:70_000], LARGE[70_000:])
) + b"0\r\n\r\n"  # fmt: skip


def spooled(data: bytes, folder: Path, in_memory: int = 1) -> Spool:
    spool = Spool(folder, in_memory)
    for start in range(0, len(data), 100_000):
        spool.write(data[start : start + 100_000])
    return spool


def test_small_bytes_stay_in_memory_and_large_ones_do_not(tmp_path: Path) -> None:
    small = spooled(PAGE, tmp_path, 1 << 20)
    assert small.content() == PAGE
    assert (first(PAGE, 9), list(pieces(PAGE, 7))) == (PAGE[:9], [PAGE[7:]])
    large = spooled(LARGE, tmp_path, 1 << 20)
    assert large.content() is large
    assert len(large) == len(LARGE)
    assert first(large, 9) == LARGE[:9]
    assert b"".join(pieces(large, 7)) == LARGE[7:]
    assert max(map(len, pieces(large))) == PIECE
    assert list(tmp_path.iterdir()) == []  # the file has no name: a crash leaves nothing behind
    large.close()


@pytest.mark.parametrize("response", [*HOSTILE.values(), PLAIN, GZIP, CHUNKED, EARLY + CHUNKED, LARGE_CHUNKED])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_records_are_the_same_from_disk_as_from_memory(response: bytes, method: str, tmp_path: Path) -> None:
    from_memory = dataclasses.replace(exchange(response=response), method=method)
    from_disk = dataclasses.replace(from_memory, response=spooled(response, tmp_path))
    assert told(from_disk) == told(from_memory)


def told(one: Exchange) -> list[tuple[object, ...]]:
    """Type, fields but for the random ids, and block of each record."""
    found = []
    for built in records.of_exchange(one, "urn:uuid:0"):
        member = b"".join(pieces(built.member))
        read = warc.parse(gzip.decompress(member))
        fixed = [(name, value) for name, value in read.fields if "urn:uuid" not in value and "urn:policy" not in value]
        found.append((built.type, fixed, read.block, built.told))
    return found


def test_a_large_body_is_stored_and_found_again_as_a_revisit(tmp_path: Path) -> None:
    collection, (location,) = sealed(tmp_path / "demo", exchange(response=spooled(LARGE_CHUNKED, tmp_path)))
    assert collection.read(location).entity == LARGE
    answer = Answer.of(exchange(response=spooled(LARGE_CHUNKED, tmp_path)))
    assert (answer.size, answer.whole, answer.digest) == (len(LARGE), True, records.sha256(LARGE))
    original = Originals(collection).of_exchange(exchange(response=spooled(LARGE_CHUNKED, tmp_path)), answer)
    assert original is not None
    assert original.record_id == collection.read(location).record_id


@given(st.sampled_from([*HOSTILE.values(), PLAIN, CHUNKED]), st.integers(1, 60))
def test_an_entity_is_the_same_in_pieces_of_any_size(response: bytes, size: int) -> None:
    message = http.split(response)
    reader = http.Entity(message.status, message.headers)
    body = [message.body[start : start + size] for start in range(0, len(message.body), size)]
    assert (b"".join(reader.read(body)), reader.whole) == http.entity(message)
