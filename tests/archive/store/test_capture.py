"""A stored response as it is read back: joined, in pieces, and of a length that no memory should follow."""

import random
from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from archive.errors import DamagedRecord
from archive.store import capture, cdxj, http, warc
from archive.store.capture import Whole
from archive.store.exchange import Truncation
from archive.store.recovery import Survey
from tests.archive.store.samples import ARABIC_CODED, HOSTILE, exchange, sealed

BODY = random.Random(20261123).randbytes(50_000)
HEAD = "HTTP/1.1 200 OK\r\nX-Title: تقرير\r\n".encode()
FORMS: dict[str, Callable[[bytes], bytes]] = {
    "length": lambda body: HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body,
    "chunked": lambda body: HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks(body),
    "ended by the connection": lambda body: HEAD + b"\r\n" + body,
}


def chunks(body: bytes) -> bytes:
    cuts = [0, 1, 4_000, 4_001, 33_000, len(body)]
    return b"".join(b"%x\r\n%b\r\n" % (end - begin, body[begin:end]) for begin, end in pairwise(cuts)) + b"0\r\n\r\n"


@pytest.fixture(params=FORMS)
def response(request: pytest.FixtureRequest) -> bytes:
    return FORMS[request.param](BODY)


@pytest.mark.parametrize("piece", [1_500, 4_096, warc.PIECE])
def test_an_entity_is_the_same_in_pieces_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, response: bytes, piece: int
) -> None:
    _, [first] = sealed(tmp_path / "a", exchange(response=response))
    collection, [second] = sealed(tmp_path / "a", exchange(response=response, after=9))
    monkeypatch.setattr(warc, "PIECE", piece)
    monkeypatch.setattr(http, "MOST_HEADS", piece)
    for location in (first, second):
        found = collection.read(location)
        assert (found.url, found.entity, found.whole, found.truncated) == (ARABIC_CODED, BODY, None, None)
        assert (found.size, found.sha256) == (len(BODY), sha256(BODY).hexdigest())
    assert collection.record(second).type == "revisit"


@pytest.mark.parametrize(("held", "whole"), [(49_999, True), (50_000, False), (1, True)])
def test_of_one_that_is_longer_the_beginning_is_held_and_the_whole_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, response: bytes, held: int, whole: bool
) -> None:
    collection, [location] = sealed(tmp_path / "a", exchange(response=response))
    monkeypatch.setattr(warc, "PIECE", 1_000)
    monkeypatch.setattr(http, "MOST_HEADS", 1_000)
    monkeypatch.setattr(capture, "MOST", held)
    found = collection.read(location)
    assert found.entity == BODY[:held]
    assert found.whole == (Whole(len(BODY), sha256(BODY).hexdigest()) if whole else None)
    assert (found.size, found.sha256) == (len(BODY), sha256(BODY).hexdigest())


@pytest.mark.parametrize("form", ["length", "chunked"])
def test_what_is_less_than_it_says_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    collection, [location] = sealed(tmp_path / "a", exchange(response=FORMS[form](BODY)[:-2_000]))
    monkeypatch.setattr(capture, "MOST", 10_000)
    found = collection.read(location)
    assert found.truncated is Truncation.UNSPECIFIED
    assert found.entity == BODY[:10_000]
    assert 0 < found.size < len(BODY)


@pytest.mark.parametrize("back", [5, 20_000])
def test_damage_behind_what_is_held_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, back: int) -> None:
    collection, [location] = sealed(tmp_path / "a", exchange(response=FORMS["length"](BODY)))
    path = collection.archive_dir / location.warc
    data = bytearray(path.read_bytes())
    data[location.offset + location.length - back] ^= 0xFF
    path.chmod(0o644)
    path.write_bytes(data)
    monkeypatch.setattr(capture, "MOST", 1)
    with pytest.raises(DamagedRecord, match=f"{location.warc} at offset {location.offset}: "):
        collection.read(location)


def test_a_file_is_surveyed_the_same_in_pieces_of_any_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    responses = [*HOSTILE.values(), *(form(BODY) for form in FORMS.values())]
    exchanges = [exchange(response=one, after=number) for number, one in enumerate(responses)]
    collection, _ = sealed(tmp_path / "a", *exchanges, revisits=False)
    (name,) = collection.sealed_warcs()
    path = collection.resolve(name)
    whole = Survey.of(path, name)
    assert whole.damage is None
    assert b"".join(whole.members) == (collection.indexes_dir / f"{name}.members.jsonl").read_bytes()
    assert {cdxj.parse(line).digest for line in whole.index} >= {f"sha256:{sha256(BODY).hexdigest()}"}
    monkeypatch.setattr(warc, "PIECE", 4_096)
    monkeypatch.setattr(http, "MOST_HEADS", 4_096)
    assert [member.plain for member in warc.members(path)].count(None) == len(FORMS)
    assert Survey.of(path, name) == whole
