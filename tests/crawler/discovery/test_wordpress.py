"""WordPress' REST collections."""

import json
from typing import Any

import pytest

from crawler.discovery import wordpress
from crawler.discovery.found import SourceError

URL = "https://example.org/wp-json/wp/v2/posts?per_page=2&page=1"
POSTS: list[dict[str, Any]] = [
    {
        "id": 215,
        "date_gmt": "2024-12-05T14:00:00",
        "modified_gmt": "2025-01-01T00:00:00",
        "type": "post",
        "link": "https://example.org/%d8%b9%d8%b1%d8%a8%d9%89/",
        "title": {"rendered": "ملف قضية: أ &#8211; ب"},
    },
    {"id": 216, "link": "/b/", "date": "2024-12-05T16:00:00", "title": "B"},
]


def body(answer: Any) -> bytes:
    return json.dumps(answer).encode()


def test_posts_and_their_hints() -> None:
    found = wordpress.read(body(POSTS), URL, [("x-wp-total", "122"), ("X-WP-TotalPages", "61")])
    assert [entry.url for entry in found.entries] == [
        "https://example.org/%D8%B9%D8%B1%D8%A8%D9%89/",
        "https://example.org/b/",
    ]
    assert found.entries[0].hints == {
        "title": "ملف قضية: أ – ب",
        "id": "215",
        "type": "post",
        "lastmod": "2025-01-01T00:00:00Z",
        "published": "2024-12-05T14:00:00Z",
    }
    assert found.entries[1].hints["published"] == "2024-12-05T16:00:00"
    assert found.stated_total == 122
    assert found.more == ["https://example.org/wp-json/wp/v2/posts?per_page=2&page=2"]


def test_the_last_page() -> None:
    found = wordpress.read(body(POSTS), URL, [("X-WP-Total", "2"), ("X-WP-TotalPages", "1")])
    assert (found.more, found.stated_total) == ([], 2)


def test_without_totals_a_full_page_leads_on() -> None:
    assert wordpress.read(body(POSTS), URL).more
    assert wordpress.read(body(POSTS[:1]), URL).more == []
    assert wordpress.read(body([]), URL, [("X-WP-TotalPages", "9")]).more == []


def test_garbage_totals_are_none() -> None:
    found = wordpress.read(body(POSTS), URL, [("X-WP-Total", "-1"), ("X-WP-TotalPages", "٣")])
    assert found.stated_total is None


def test_past_the_end_is_no_failure() -> None:
    answer = {"code": "rest_post_invalid_page_number", "message": "The page number requested is larger …"}
    assert wordpress.read(body(answer), URL).entries == []


def test_items_without_a_link_are_told() -> None:
    found = wordpress.read(body([*POSTS, {"id": 3}, "عربى", {"link": "javascript:x"}]), URL)
    assert len(found.entries) == 2
    assert found.problem is not None
    assert "3 items" in found.problem


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"<html><title>\xd8\xb9</title>", "answered HTML ('ع') where WordPress' JSON was expected"),
        (b"", "answered nothing"),
        (b"{", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"\xff\xfe\xff", "is not JSON"),
        (body({"code": "rest_disabled", "message": "ممنوع"}), "answered rest_disabled (ممنوع)"),
        (body({"posts": []}), "no list of posts"),
        (body("x"), "no list of posts"),
    ],
)
def test_what_is_no_collection_is_a_failure(answer: bytes, words: str) -> None:
    with pytest.raises(SourceError) as caught:
        wordpress.read(answer, URL)
    assert words in str(caught.value)
