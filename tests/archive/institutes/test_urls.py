"""Spellings: what is one address, and what is not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.institutes.profile import Profile
from archive.institutes.urls import absolute, canonical, decoded, inside, normal

BASE = "https://timep.org/2018/06/12/a-post/"
MARKS = "مِن-أجل-العدالة"  # a kasra, and hamza on alef: never folded
ENCODED = "%D9%85%D9%90%D9%86-%D8%A3%D8%AC%D9%84-%D8%A7%D9%84%D8%B9%D8%AF%D8%A7%D9%84%D8%A9"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://timep.org/a/", "https://timep.org/a/"),
        ("/a/?p=1", "https://timep.org/a/?p=1"),
        ("b", "https://timep.org/2018/06/12/a-post/b"),
        ("../b/", "https://timep.org/2018/06/12/b/"),
        ("../../../../../b", "https://timep.org/b"),
        ("/a/./b/../c/.", "https://timep.org/a/c/"),
        ("/a/%2e%2E/b", "https://timep.org/b"),
        ("?p=3", "https://timep.org/2018/06/12/a-post/?p=3"),
        ("", BASE),
        ("#part", BASE),
        ("//www.timep.org/x", "https://www.timep.org/x"),
        ("HTTPS://TIMEP.ORG", "https://timep.org/"),
        ("https://timep.org:443/a", "https://timep.org/a"),
        ("http://timep.org:80/a", "http://timep.org/a"),
        ("http://timep.org:0443/a", "http://timep.org:443/a"),
        ("http://127.0.0.1:8090/a", "http://127.0.0.1:8090/a"),
        ("https://timep.org./a", "https://timep.org/a"),
        ("https://user:secret@timep.org/a", "https://timep.org/a"),
        ("  /a b/\t\r\n", "https://timep.org/a%20b/"),
        ("/a\r\nSet-Cookie: x", "https://timep.org/aSet-Cookie:%20x"),
        ("\\a\\b", "https://timep.org/a/b"),
        ("/%7euser/%41?q=%e2", "https://timep.org/~user/A?q=%E2"),
        ("/100%/%zz", "https://timep.org/100%25/%25zz"),
        ("/%2541", "https://timep.org/%2541"),
        ("/%%34%31", "https://timep.org/%2541"),
        ("/?location[0]=82&x='a'", "https://timep.org/?location%5B0%5D=82&x=%27a%27"),
        ("/it's", "https://timep.org/it's"),
        ("/a?", "https://timep.org/a"),
        ("/a\x00b", "https://timep.org/a%00b"),
        ("/\ud800", "https://timep.org/%EF%BF%BD"),
        (f"/{MARKS}/", f"https://timep.org/{ENCODED}/"),
        (f"/{ENCODED.lower()}/", f"https://timep.org/{ENCODED}/"),
        ("/عربى/", "https://timep.org/%D8%B9%D8%B1%D8%A8%D9%89/"),
        ("https://مثال.إختبار/", "https://xn--mgbh0fb.xn--kgbechtv/"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
        ("http://[0:0:0:0:0:0:0:1]/a", "http://[::1]/a"),
    ],
)
def test_one_spelling(url: str, expected: str) -> None:
    assert absolute(url, BASE) == expected
    assert absolute(expected) == expected


@pytest.mark.parametrize(
    "url",
    [
        "mailto:a@b.org", "javascript:void(0)", "data:text/html,x", "file:///etc/passwd", "ftp://timep.org/", "tel:+1",
        "http:", "http://", "https:///a", "http://a b/", "http://timep.org:99999/", "http://timep.org:x/", "http://[::g]/",
        "http://a..b/", "http://<script>/",
    ],
)  # fmt: skip
def test_no_web_address(url: str) -> None:
    assert absolute(url, BASE) is None


def test_relative_needs_a_base() -> None:
    assert absolute("/a") is None
    assert absolute("/a", "not a base") is None


def test_length_is_kept() -> None:
    path = "/" + "ع" * 5000
    spelled = absolute(path, BASE)
    assert spelled is not None
    assert len(spelled) == len("https://timep.org/") + 6 * 5000


def test_composed_and_decomposed_stay_two_addresses() -> None:
    composed = "/آراء/"
    assert absolute(composed, BASE) != absolute(unicodedata.normalize("NFD", composed), BASE)


@pytest.mark.parametrize(
    "url",
    [
        f"https://timep.org/{ENCODED}/",
        f"https://timep.org/{ENCODED.lower()}",
        f"http://timep.org/{MARKS}/",
        f"HTTP://TIMEP.org:80/{MARKS}//#top",
    ],
)
def test_all_spellings_of_an_arabic_address_have_one_key(url: str) -> None:
    assert canonical(url) == f"https://timep.org/{ENCODED}"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://timep.org", "https://timep.org/"),
        ("http://timep.org:443/a/", "https://timep.org/a"),
        ("http://127.0.0.1:8090/a/?b=/c/", "https://127.0.0.1:8090/a?b=/c/"),
        ("https://timep.org//", "https://timep.org/"),
        ("urn:policy-archive:x", "urn:policy-archive:x"),
    ],
)
def test_canonical(url: str, expected: str) -> None:
    assert canonical(url) == expected


def test_letters_are_never_folded() -> None:
    assert canonical("https://timep.org/عربى/") != canonical("https://timep.org/عربي/")
    assert canonical(f"https://timep.org/{MARKS}") != canonical("https://timep.org/من-أجل-العدالة")


@given(st.text(alphabet=st.characters(codec=None), max_size=60), st.sampled_from(["", BASE, "http://127.0.0.1:8090"]))
def test_absolute_and_canonical_are_idempotent(text: str, base: str) -> None:
    spelled = absolute(text, base)
    if spelled is not None:
        assert absolute(spelled) == spelled
        assert absolute(spelled, "https://other.example/") == spelled
        assert spelled.isascii()
        assert not any(character in spelled for character in " \r\n\t\x00\\")
        assert canonical(canonical(spelled)) == canonical(spelled)


@given(
    st.from_regex(
        r"https?://[a-z.]{1,8}(:[0-9]{1,5})?(/[a-zآ-ي%0-9.;]{0,6}){0,4}(\?[a-z=&%'0-9]{0,9})?", fullmatch=True
    )
)
def test_likely_addresses_are_idempotent(url: str) -> None:
    spelled = absolute(url)
    if spelled is not None:
        assert absolute(spelled) == spelled
        assert canonical(canonical(url)) == canonical(url)
        assert canonical(spelled) == canonical(url)


PROFILE = Profile.model_validate(
    {
        "home": "https://example.org/",
        "hosts": ("old.example.org:8080",),
        "urls": {
            "alias": ({"pattern": "/page/1/$", "replace": "/"}, {"pattern": "^https://www\\.", "replace": "https://"}),
            "host_aliases": ("example.com", "معهد.example:8443".encode("idna").decode()),
            "drop_params": ("ref", "_x_*"),
        },
    }
)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/a/?utm_source=x&UTM_Medium=y&fbclid=1", "https://example.org/a/"),
        ("https://example.org/a/?ref=x&b=2&_x_tr_sl=ar", "https://example.org/a/?b=2"),
        ("https://example.org/a/?b=2&amp;utm_source=x", "https://example.org/a/?b=2"),
        ("https://example.org/a?PHPSESSID=0123456789abcdef0", "https://example.org/a"),
        ("https://example.org/a;jsessionid=0A1B?b=1", "https://example.org/a?b=1"),
        ("https://example.org/a?sid=12", "https://example.org/a?sid=12"),
        ("https://www.example.org/category/x/page/1/", "https://example.org/category/x/"),
        ("http://example.org/a", "https://example.org/a"),
        ("http://example.com/a?ref=x", "https://example.org/a"),
        ("https://xn--ugbt9aj.example:8443/عربى/", "https://example.org/%D8%B9%D8%B1%D8%A8%D9%89/"),
        ("https://www.example.com/a", "https://example.org/a"),
        ("http://old.example.org:8080/a", "http://old.example.org:8080/a"),
        ("https://example.org/عربى/?utm_source=نشرة", "https://example.org/%D8%B9%D8%B1%D8%A8%D9%89/"),
        ("mailto:a@b.org", "mailto:a@b.org"),
    ],
)
def test_normal(url: str, expected: str) -> None:
    assert normal(url, PROFILE) == expected
    assert normal(expected, PROFILE) == expected


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://example.org/a", True),
        ("http://www.example.org/a", True),
        ("http://old.example.org:8080/", True),
        ("http://old.example.org/", False),
        ("https://example.org:8443/", False),
        ("https://example.org.evil.net/", False),
        ("https://evil.net/example.org/", False),
    ],
)
def test_inside(url: str, own: bool) -> None:
    assert inside(url, PROFILE) is own


def test_decoded_shows_arabic() -> None:
    assert decoded(f"https://timep.org/{ENCODED}/?q=%D8%B9") == f"/{MARKS}/?q=ع"
    assert decoded("https://timep.org") == "/"
