"""The streamed entity is the store's, however the body is cut into pieces."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from archive.audit.payload import Payload
from archive.store import http
from tests.archive.audit.samples import chunked, response

BODIES = st.one_of(
    st.binary(max_size=200),
    st.binary(min_size=2, max_size=100).map(chunked),
    st.tuples(st.binary(min_size=2, max_size=60).map(chunked), st.integers(0, 80)).map(lambda pair: pair[0][: pair[1]]),
    st.just(chunked("تقرير عن المحاكم".encode())),
    st.sampled_from(
        [b"5\r\nabcde0\r\n\r\n", b"5\nabcde\n0\n\n", b"zz\r\n", b"5", b"0\r\n\r\nmore", b"\r\n", b"5;x=\r\nabc"]
    ),
)
HEADERS = st.sampled_from(
    [
        ("Transfer-Encoding: chunked",),
        ("Content-Length: 10",),
        ("Content-Length: 10", "Content-Length: 12"),
        ("Content-Length: ten",),
        ("X-Note: تقرير",),
        ("Transfer-Encoding: gzip, chunked", "Content-Length: 3"),
    ]
)
STATUS = st.sampled_from(["200 OK", "204 No Content", "304 Not Modified", "404 Not Found"])


@given(body=BODIES, headers=HEADERS, status=STATUS, interim=st.booleans(), size=st.integers(1, 70))
def test_any_cutting_gives_the_entity_of_the_store(
    body: bytes, headers: tuple[str, ...], status: str, interim: bool, size: int
) -> None:
    block = (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" if interim else b"") + response(
        body, *headers, status=status
    )
    payload = Payload(["sha256"], framed=["sha256"])
    for at in range(0, len(block), size):
        payload.update(block[at : at + size])
    payload.finish()
    message = http.split(block)
    entity, _ = http.entity(message)
    assert payload.entity.digest("sha256") == hashlib.sha256(entity).digest()
    assert payload.framed.length == len(message.body)
    if payload.chunked:
        assert payload.framed.digest("sha256") == hashlib.sha256(message.body).digest()
    assert payload.status == message.status
    assert payload.content_type == message.header("Content-Type")
