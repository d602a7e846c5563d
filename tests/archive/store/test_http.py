import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import DamagedRecord
from archive.store import http
from tests.archive.store.samples import CHUNKED, EARLY, GZIP, HOSTILE, PAGE, PLAIN


@pytest.mark.parametrize("name", HOSTILE)
def test_no_byte_is_lost_in_splitting(name: str) -> None:
    message = http.split(HOSTILE[name])
    assert message.interim + message.head + message.body == HOSTILE[name]


def test_odd_spacing_and_reason_are_read() -> None:
    message = http.split(HOSTILE["odd spacing and case"])
    assert (message.version, message.status, message.reason) == ("HTTP/1.1", 200, "Fine,  thanks")
    assert message.headers == (("X-Odd_CASE", "spaced"), ("A", "nospace"), ("b", "c"))


def test_folded_lines_are_joined_and_colonless_ones_left_out() -> None:
    assert http.split(HOSTILE["folded"]).header("x-long") == "one two three"
    assert http.split(HOSTILE["colon-less"]).headers == (("Content-Length", "4"),)


def test_no_line_end_or_nul_is_in_a_value() -> None:
    assert http.split(HOSTILE["NUL and bare CR"]).headers == (("X-Nul", "a b"), ("X-CR", "a b"))


def test_arabic_in_a_header_comes_as_latin_1() -> None:
    value = http.split(HOSTILE["Arabic in a header"]).header("Content-Disposition")
    assert value is not None
    assert value.encode("latin-1").decode() == 'inline; filename="تقرير.pdf"'


def test_interim_responses_are_split_off() -> None:
    message = http.split(EARLY * 2 + PLAIN)
    assert message.interim == EARLY * 2
    assert message.status == 200


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_line_ends_of_either_kind_end_the_head(line_end: bytes) -> None:
    message = http.split(line_end.join([b"HTTP/1.1 200 OK", b"A: b", b"", b"body\r\n\r\nmore"]))
    assert message.body == b"body\r\n\r\nmore"


@pytest.mark.parametrize(
    "data", [b"", b"<html>HTTP/0.9</html>", b"SSH-2.0-OpenSSH\r\n", EARLY, EARLY + b"HT", b"HTTP/1.1 abc OK\r\n\r\n"]
)
def test_what_is_no_response_is_refused(data: bytes) -> None:
    with pytest.raises(DamagedRecord, match="no HTTP status line"):
        http.split(data)


def test_a_head_that_was_cut_is_all_head() -> None:
    message = http.split(b"HTTP/1.1 200 OK\r\nContent-Len")
    assert (message.body, message.headers) == (b"", ())


ENTITIES = {
    "plain": (PLAIN, PAGE, True),
    "chunked": (CHUNKED, PAGE, True),
    "chunked, cut": (CHUNKED[:-28], PAGE, False),
    "chunked, trailer cut": (CHUNKED[:-2], PAGE, False),
    "short": (PLAIN[:-7], PAGE[:-7], False),
    "longer than stated": (HOSTILE["bytes behind the body"], b"body", True),
    "two lengths": (HOSTILE["two lengths"], b"body and", False),
    "not chunked": (HOSTILE["says chunked, is not"], b"<html>plain</html>", False),
    "not modified": (HOSTILE["no body"], b"", True),
    "until the connection closes": (HOSTILE["HTTP/1.0"], b"nothing here", True),
    "the same length twice": (b"HTTP/1.1 200 OK\r\nContent-Length: 4, 4\r\n\r\nbody", b"body", True),
    "LF chunks": (b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n4\nbody\n0\n\n", b"body", True),
}


@pytest.mark.parametrize("name", ENTITIES)
def test_entity(name: str) -> None:
    response, entity, whole = ENTITIES[name]
    assert http.entity(http.split(response)) == (entity, whole)


@given(st.binary(max_size=300), st.lists(st.integers(1, 40), min_size=1, max_size=9), st.booleans())
def test_any_body_in_any_chunks_comes_back(body: bytes, sizes: list[int], bare: bool) -> None:
    end = b"\n" if bare else b"\r\n"
    chunks, rest = [], body
    while rest:
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(b"%X" % len(rest[:size]) + end + rest[:size] + end)
        rest = rest[size:]
    response = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(chunks) + b"0" + end + end
    assert http.entity(http.split(response)) == (body, True)


@given(st.binary(max_size=400))
def test_wild_bytes_are_split_or_refused(data: bytes) -> None:
    for response in (
        data,
        b"HTTP/1.1 200 OK\r\n" + data,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + data,
    ):
        try:
            message = http.split(response)
        except DamagedRecord:
            continue
        assert message.interim + message.head + message.body == response
        assert http.entity(message)[0] is not None
        assert not any(set(name + value) & set("\r\n\0") for name, value in message.headers)


def _says(coding: str) -> http.Headers:
    return (("content-encoding", coding),)


DECODED = {
    "gzip": (gzip.compress(PAGE), "gzip"),
    "gzip of many members": (gzip.compress(PAGE[:99]) + gzip.compress(PAGE[99:]) + b"\0\0", "x-gzip"),
    "gzip within gzip": (gzip.compress(gzip.compress(PAGE)), "gzip, gzip"),
    "zlib": (zlib.compress(PAGE), "deflate"),
    "bare deflate": (zlib.compress(PAGE, wbits=-15), "Deflate"),
    "plain that says gzip": (PAGE, "gzip"),
    "plain that says deflate": (PAGE, "deflate"),
    "identity": (PAGE, "identity"),
    "no coding": (PAGE, ""),
}


@pytest.mark.parametrize("name", DECODED)
def test_decode(name: str) -> None:
    entity, coding = DECODED[name]
    assert http.decode(entity, _says(coding), limit=len(PAGE)) == PAGE


def test_decode_of_a_stored_response() -> None:
    message = http.split(GZIP)
    assert http.decode(http.entity(message)[0], message.headers, 1 << 20) == PAGE


BOMB = gzip.compress(bytes(1 << 20))
REFUSED = {
    "cut": (gzip.compress(PAGE)[:-9], "gzip", "cut off"),
    "broken": (gzip.compress(PAGE)[:30] + bytes(60), "gzip", "broken"),
    "bomb": (BOMB, "gzip", "longer than"),
    "bomb of many members": (gzip.compress(b"") * 2000, "gzip", "more than 1,000 gzip members"),
    "nested bomb": (gzip.compress(BOMB), "gzip, gzip", "longer than"),
    "too long": (bytes(10_001), "identity", "longer than"),
    "unasked": (b"x", "br", "not one that was asked for"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_decode_refuses(name: str) -> None:
    entity, coding, why = REFUSED[name]
    with pytest.raises(DamagedRecord, match=why):
        http.decode(entity, _says(coding), limit=10_000)
