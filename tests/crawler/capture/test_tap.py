"""How much of an answer is kept: heads have a measure, those of interim responses with them."""

import pytest

from archive.store.exchange import Truncation
from crawler.capture.tap import MAX_HEAD, Tap

EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </%D9%82>; rel=preload\r\n\r\n"
FINAL = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
ARABIC = "قضاء".encode()


def tap() -> Tap:
    return Tap("https://institute.example/", "GET", max_body=10 * len(ARABIC))


@pytest.mark.parametrize("size", [1, 2, 7])
@pytest.mark.parametrize("before", [b"", EARLY, EARLY * 3])
def test_a_body_has_its_measure_behind_all_heads(size: int, before: bytes) -> None:
    one, sent = tap(), before + FINAL + ARABIC * 11
    taken = [one.received(sent[start : start + size]) for start in range(0, len(sent), size)]
    assert taken[-1] is False
    assert one.truncated is Truncation.LENGTH
    assert not one.head_too_long
    assert one.exchange().response == before + FINAL + ARABIC * 10


def test_interim_responses_have_an_end() -> None:
    one = tap()
    while one.received(EARLY * 100):
        pass
    assert one.head_too_long
    response = one.exchange().response
    assert response is not None
    assert len(response) == MAX_HEAD


def test_what_follows_a_switch_of_protocols_is_no_head() -> None:
    one = tap()
    assert one.received(b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + ARABIC * 10)
    assert not one.received(b"x")
    assert not one.head_too_long
