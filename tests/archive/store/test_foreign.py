"""Walking WARCs of other tools: every record in its place, whatever lies before it."""

import gzip
import io
import random
from pathlib import Path

import pytest

from archive.errors import DamagedRecord
from archive.store import foreign
from archive.store.capture import of_record
from archive.store.exchange import Location
from tests.archive.dataset.batch import warcs


def records(count: int) -> list[bytes]:
    """Small ones, ones that are longer than what is inflated at a time, and some that do not shrink."""
    rng = random.Random(7)
    bodies = [b"x" * rng.choice((10, 70_000, 3_000_000)) + rng.randbytes(rng.choice((0, 9_000))) for _ in range(count)]
    urls = [f"https://مثال.example/{number}" for number in range(count)]
    told = zip(urls, bodies, strict=True)
    return [warcs.record("response", url, warcs.response(body), number=at) for at, (url, body) in enumerate(told)]


@pytest.mark.parametrize("compressed", [True, False])
def test_every_record_lies_where_the_walk_says(compressed: bool) -> None:
    stored = [gzip.compress(one, mtime=0) if compressed else one for one in records(25)]
    file = io.BytesIO(b"".join(stored))
    heads = list(foreign.walk(file))
    assert [head.broken for head in heads] == [None] * 25
    assert [head.length for head in heads] == [len(one) for one in stored]
    for number, head in enumerate(heads):
        record = foreign.read(file, head.offset, head.length)
        assert record.record_id.endswith(f"{number:012}")
        assert head.url == record.need("WARC-Target-URI") == f"https://مثال.example/{number}"


@pytest.mark.parametrize("compressed", [True, False])
def test_damage_costs_itself_alone(compressed: bool) -> None:
    stored = [gzip.compress(one, mtime=0) if compressed else one for one in records(6)]
    at = len(stored[0]) + len(stored[1])
    data = bytearray(b"".join(stored))
    data[at : at + 20] = bytes(20)
    heads = list(foreign.walk(io.BytesIO(data)))
    assert [(head.offset, head.broken is not None) for head in heads] == [
        (sum(map(len, stored[:number])), number == 2) for number in range(6)
    ]


def test_a_length_that_is_not_so_is_no_record(tmp_path: Path) -> None:
    [one] = records(1)
    wrong = one.replace(b"Content-Length: ", b"Content-Length: 9", 1)
    [head] = foreign.walk(io.BytesIO(gzip.compress(wrong)))
    with pytest.raises(DamagedRecord, match="not as long as it says"):
        list(foreign.read(io.BytesIO(gzip.compress(wrong)), 0, head.length).pieces)
    [plain] = foreign.walk(io.BytesIO(wrong))
    assert plain.broken is not None
    assert "cut off" in plain.broken


def test_chunks_that_a_tool_took_off_are_no_damage() -> None:
    """And what it says was cut off is."""
    block = warcs.response("whole", "text/html", "Transfer-Encoding: chunked").replace(b"Content-Length: 5\r\n", b"")
    place = Location("a", 0, 0)
    for more, truncated in (((), None), (("WARC-Truncated: time",), "time"), (("WARC-Truncated: odd",), "unspecified")):
        raw = warcs.record("response", "<https://a.example/>", block, *more)
        found = of_record(foreign.read(io.BytesIO(raw), 0, len(raw)), place, unchunked=True)
        assert (found.url, found.entity, found.truncated) == ("https://a.example/", b"whole", truncated)
