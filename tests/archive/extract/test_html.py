"""Bytes to a tree: character sets, and pages that are hardly pages."""

import pytest

from tests.archive.extract.pages import LONG, PLAIN, article, document, page

ARABIC = "<html><head>{}</head><body><p>مرحبا بالعالم</p></body></html>"


@pytest.mark.parametrize(
    ("body", "content_type", "warnings"),
    [
        (ARABIC.format("").encode(), "text/html; charset=UTF-8", []),
        (ARABIC.format("").encode("utf-8-sig"), "text/html; charset=windows-1256", ["charset_conflict"]),
        (ARABIC.format("").encode("utf-16"), None, []),
        (ARABIC.format("").encode("utf-16-le"), None, ["charset_guessed"]),
        (ARABIC.format("").encode("windows-1256"), 'text/html; charset="windows-1256"', []),
        (ARABIC.format("<meta charset=windows-1256>").encode("windows-1256"), None, []),
        (ARABIC.format("<meta http-equiv=x content='text/html; charset=windows-1256'>").encode("cp1256"), None, []),
        (ARABIC.format("").replace("<html", "<html lang=ar").encode("windows-1256"), None, ["charset_guessed"]),
        (ARABIC.format("<meta charset=klingon>").encode(), None, []),
        (ARABIC.format("<meta charset=zip>").encode(), None, []),
        (ARABIC.format("<meta charset=iso-8859-6>").encode("iso-8859-6"), None, []),
        (ARABIC.format("").encode().replace(b"<p>", b"<p>\xff"), "text/html; charset=utf-8", ["charset_errors"]),
    ],
)  # fmt: skip
def test_character_sets(body: bytes, content_type: str | None, warnings: list[str]) -> None:
    found = document(body, content_type=content_type)
    assert found.body.text_content().strip("\ufffd") == "مرحبا بالعالم"
    assert found.warnings == warnings


@pytest.mark.parametrize("tag", ["div", "span", "blink", "custom-part"])
def test_tags_that_are_nested_too_deep_lose_their_nesting_and_no_text(tag: str) -> None:
    deep = f"<{tag}>" * 20_000 + f"<p>{LONG}</p><a href='/رابط'>link</a>" + f"</{tag}>" * 20_000
    found = page(f"<html><body>{deep}</body></html>", PLAIN)
    assert "too_deep" in found.warnings
    assert [link.text for link in found.links] == ["link"]
    assert found.content is not None
    assert LONG.strip() in found.content.blocks[0].text


@pytest.mark.parametrize("attribute", ['a{}="ب"', "a{}"])
def test_attributes_past_the_limit_are_left_out(attribute: str) -> None:
    attributes = " ".join(attribute.format(number) for number in range(50_000))
    found = document(f"<body><div {attributes}>نص</div>")
    assert "too_many_attributes" in found.warnings
    assert found.body.text_content() == "نص"


def test_nul_characters_are_left_out() -> None:
    found = document("<p>نـ\0ص</p>")
    assert (found.body.text_content(), found.warnings) == ("نـص", ["nul_bytes"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty_body"),
        (b" \n ", "empty_body"),
        ("نص بلا وسوم".encode(), "not_html"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "not_html"),
        (b"<!--" + b"<p>x" * 1000, "not_html"),
    ],
)
def test_what_is_no_page_is_told_and_never_raised(body: bytes, code: str) -> None:
    assert code in page(body).warnings


@pytest.mark.parametrize(
    "body", [b"<", b"<" * 5000, b"</p>", b"<![CDATA[x", b"<p" + b" a" * 9000, b"\xfe\xff", b"<html>" * 3]
)
def test_hostile_bytes_never_raise(body: bytes) -> None:
    page(body)
    page(body, PLAIN)


def test_meta_tags_and_json_ld_are_read_once_and_by_name() -> None:
    found = document(
        article("", head='<meta property="og:title" content=" عنوان "><meta name="twitter:title" content="x">'
        '<script type="application/ld+json">{"@graph": [{"@type": "Article", "headline": "ه\n"}, {"no": 1}]}</script>'
        '<script type="application/ld+json">{broken</script>')
    )  # fmt: skip
    assert found.meta("og:title", "twitter:title") == "عنوان"
    assert found.jsonld == [{"@type": "Article", "headline": "ه\n"}]


def test_selectors_choose_elements_in_order_and_an_absent_class_costs_nothing() -> None:
    found = document('<div class="a"><p>١</p></div><p class="b">٢</p>')
    assert [element.text for element in found.select(".a p, p.b")] == ["١", "٢"]
    assert found.select(".nowhere p") == []
    assert [element.text for element in found.select("p:not(.a *)")] == ["٢"]


def test_the_base_element_is_what_relative_addresses_are_joined_to() -> None:
    assert document('<base href="/ar/">').base == "https://institute.example/ar/"


def test_half_a_character_of_json_is_replaced() -> None:
    found = page(
        '<html><head><script type="application/ld+json">'
        '{"@type": "Article", "headline": "\\u0642 \\ud83d x \\ud83d\\ude00"}'
        f"</script></head><body><p>{LONG * 3}</p></body></html>",
        PLAIN,
    )
    assert found.content is not None
    assert found.content.title == "ق \ufffd x 😀"
    assert found.model_dump_json()
