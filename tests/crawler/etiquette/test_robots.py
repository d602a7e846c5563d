"""robots.txt as RFC 9309 says, of one answer at a time: what it means, and which line of it decides."""

import gzip
import time

import pytest
from scrapy.http import Headers, Response

from crawler.etiquette.robots import LONGEST_CRAWL_DELAY, Standing, standing_of
from crawler.etiquette.rules import MAX_BYTES, Rules, decoded, parse

HOME = "https://institute.example"
URL = f"{HOME}/robots.txt"
AGENT = "policy-archive"
PAGE = f"{HOME}/2024/12/05/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/"  # سوريا


def standing(body: bytes = b"", status: int = 200, flags: tuple[str, ...] = (), **headers: str) -> Standing:
    named = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    return standing_of(URL, Response(URL, status, named, body, list(flags)), AGENT, 0.0)


def rules(body: bytes = b"", status: int = 200, **headers: str) -> Rules:
    """What an answer says, where it says anything."""
    told = standing(body, status, **headers).rules
    assert told is not None
    return told


def permits(told: Standing, url: str = PAGE) -> bool:
    rule = told.rules.find(url) if told.rules else None
    return not told.unreachable and (rule is None or rule.allow)


def allowed(body: str, path: str = PAGE) -> bool:
    return permits(standing(body.encode()), path if path.startswith("http") else HOME + path)


def test_the_longest_match_decides_and_allow_wins_a_tie() -> None:
    text = "User-agent: *\nDisallow: /2024/\nAllow: /2024/12/\nDisallow: /2024/12/05/secret\n"
    assert allowed(text)
    assert not allowed(text, "/2024/11/x/")
    assert not allowed(text, "/2024/12/05/secret/")
    assert allowed("User-agent: *\nDisallow: /2024/\nAllow: /2024/\n")
    assert allowed("User-agent: *\nAllow: /*24/\nDisallow: /024/\nDisallow: /2024\n")
    assert not allowed("User-agent: *\nAllow: /p$\nDisallow: /\n", "/page")
    assert allowed("User-agent: *\nAllow: /p$\nDisallow: /\n", "/p")
    assert not allowed("User-agent: *\nAllow: /a\nDisallow: /*/*.php\n", "/a/b/c.php")


def test_wildcards_and_ends() -> None:
    text = "User-agent: *\nDisallow: /*.pdf$\nDisallow: /*?replytocom=\nDisallow: *.gif\n"
    assert not allowed(text, "/a.pdf")
    assert allowed(text, "/a.pdf?x=1")
    assert not allowed(text, PAGE + "?replytocom=7")
    assert not allowed(text, "/x/y.gif?1")
    assert not allowed("User-agent: *\nDisallow: /*/private/*/x$\n", "/a/private/b/x/private/c/x")
    assert allowed("User-agent: *\nDisallow: /*/private/*/x$\n", "/a/private/b/xy")
    assert allowed("User-agent: *\nDisallow: /*aa$\n", "/a")


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [  # the table of 2.2.2, and what follows from it
        ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar", True),
        ("/foo/bar?baz=https%3A%2F%2Ffoo.bar", "/foo/bar?baz=https://foo.bar", True),
        ("/foo/bar/\u30c4", "/foo/bar/%E3%83%84", True),
        ("/foo/bar/%E3%83%84", "/foo/bar/%e3%83%84", True),
        ("/foo/bar/%62%61%7A", "/foo/bar/baz", True),
        ("/2024/12/05/سوريا/", "/2024/12/05/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/x", True),
        ("/2024/12/05/%d8%b3%d9%88%d8%b1%d9%8a%d8%a7/", "/2024/12/05/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/", True),
        ("/2024/12/05/لبنان/", "/2024/12/05/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/", False),
        ("/*/سوريا$", "/2024/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7", True),
        ("/a%2Fb", "/a/b", False),  # an encoded slash is data
        ("/a/b", "/a%2Fb", False),
        ("/path/file-with-a-%2A.html", "/path/file-with-a-*.html", True),
        ("/path/file-with-a-%2A.html", "/path/file-with-a-x.html", False),
        ("/path/foo-%24", "/path/foo-$", True),
        ("/a$b", "/a$b/c", True),  # only at the end does it stand for the end
        ("/%zz", "/%25zz", True),
        ("private", "/private", False),  # no path
        ("/P", "/p", False),
    ],
)
def test_octets_are_compared_as_the_rfc_says(pattern: str, path: str, matches: bool) -> None:
    assert allowed(f"User-agent: *\nDisallow: {pattern}\n", path) is not matches


def test_octets_of_another_charset_stand_for_themselves() -> None:
    text = decoded("User-agent: *\nDisallow: /سوريا/\n".encode("cp1256"))
    told = parse(text, AGENT)
    assert told.find(f"{HOME}/%D3%E6%D1%ED%C7/") is not None
    assert told.find(f"{HOME}/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/") is None


def test_our_own_group_comes_before_everyones() -> None:
    text = "User-agent: *\nDisallow: /\n\nUser-agent: Policy-Archive\nDisallow: /private/\n"
    assert allowed(text)
    assert not allowed(text, "/private/")
    assert not allowed("User-agent: policy-archive\nDisallow: /\n\nUser-agent: *\nAllow: /\n")
    assert not allowed("User-agent: POLICY-ARCHIVE/2.0\nDisallow: /\n")
    assert allowed("User-agent: policy-archive\nDisallow:\n\nUser-agent: *\nDisallow: /\n")


@pytest.mark.parametrize("name", ["policy", "policy-archive-news", "archive", "mypolicy-archive", "متصفح"])
def test_a_group_of_another_crawlers_is_not_ours(name: str) -> None:
    assert allowed(f"User-agent: {name}\nDisallow: /\n")


def test_groups_of_one_crawler_are_one_and_other_lines_do_not_part_them() -> None:
    own = "User-agent: policy-archive\nDisallow: "
    text = f"{own}/a/\n\nUser-agent: other\nDisallow: /\n\n{own}/b/\n"
    assert [allowed(text, path) for path in ("/a/", "/b/", "/c/")] == [False, False, True]
    text = f"User-agent: other\nSitemap: {HOME}/s.xml\nCrawl-delay: 3\nنص بلا معنى\n{own}/a/\n"
    assert not allowed(text, "/a/")
    assert rules(text.encode()).sitemaps == (f"{HOME}/s.xml",)


@pytest.mark.parametrize(
    "line", ["disallow : /p", "DISALLOW:/p # x", "  Disallow /p", "Dissallow: /p", "Disallow:\t/p"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_read_as_they_are_written(line: str, end: str) -> None:
    assert not allowed(f"User-Agent : *{end}{line}{end}", "/page")


def test_a_rule_before_any_group_is_none() -> None:
    assert allowed("Disallow: /\nUser-agent: *\nDisallow: /x\n")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_what_is_not_there_allows_all_whatever_its_body_says(status: int) -> None:
    told = standing(b"User-agent: *\nDisallow: /\n", status)
    assert permits(told)
    assert told.decision(None) == f"- {URL} answered {status} no rule"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 599])
def test_a_server_in_trouble_forbids_all(status: int) -> None:
    told = standing(b"User-agent: *\nAllow: /\n", status)
    assert not permits(told)
    assert str(status) in told.told


@pytest.mark.parametrize("flag", ["disconnect", "time"])
def test_a_file_that_was_cut_off_forbids_all(flag: str) -> None:
    assert not permits(standing(b"User-agent: *\nAll", flags=("dataloss", flag)))


@pytest.mark.parametrize(
    "body", ["", "\n\n", "<!doctype html><p>User-agent: *\nDisallow: /</p>", "nonsense", "\x00\x00\x01", "هذه صفحة"]
)
def test_what_holds_no_rules_allows_all(body: str) -> None:
    assert allowed(body)


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_neither_a_byte_order_mark_nor_utf_16_hides_a_rule(charset: str) -> None:
    told = standing("User-agent: *\r\nDisallow: /2024/12/05/سوريا/\r\n".encode(charset))
    assert not permits(told)
    assert permits(told, f"{HOME}/2024/")


def test_rules_are_read_through_their_coding() -> None:
    body = gzip.compress(b"User-agent: *\nDisallow: /\n")
    assert not permits(standing(body, Content_Encoding="gzip"))
    assert not permits(standing(body[:12] + b"\xff" * 20, Content_Encoding="gzip"))  # not read, so not allowed


def test_five_hundred_kibibytes_are_read_and_no_more() -> None:
    head = b"User-agent: *\n"
    filler = b"#" * (MAX_BYTES - len(head) - 1) + b"\n"
    assert permits(standing(head + filler + b"Disallow: /\n", flags=("dataloss", "length")))
    assert not permits(standing(head + b"Disallow: /\n" + filler, flags=("dataloss", "length")))
    cut = head + filler[: -len(b"Disallow: /\n")] + b"\nDisallow: /secret\n"
    assert permits(standing(cut))  # not "Disallow: /s", which nobody wrote


def test_a_decision_names_the_copy_and_the_line() -> None:
    told = standing("# مرحبا\nUser-agent: *\nDisallow: /سوريا/\nAllow: /\n".encode())
    assert told.rules is not None
    rule = told.rules.find(f"{HOME}/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7/")
    copy, _, decided = told.decision(rule).partition(" ")
    assert copy.startswith("sha256:")
    assert decided == "line 3 Disallow: /سوريا/"
    assert told.decision(told.rules.find(PAGE)) == f"{copy} line 4 Allow: /"


def test_a_delay_that_is_asked_for_is_kept_up_to_a_minute() -> None:
    assert standing(b"User-agent: *\nCrawl-delay: 7\n").delay == 7
    assert standing(b"User-agent: *\nCrawl-delay: 9999\n").delay == LONGEST_CRAWL_DELAY
    assert standing("User-agent: *\nCrawl-delay: ٣\nCrawl-delay: -1\nCrawl-delay: nan\n".encode()).delay == 3
    assert standing(b"").delay == 0


def test_a_file_of_nothing_but_rules_is_quick_to_read_and_to_ask() -> None:
    """300,000 rules: what is read of them, and what a hundred URLs cost, beside what reading the same bytes costs."""
    text = "User-agent: *\n" + "".join(
        f"Disallow: /{number:x}سوريا*{number:x}/\nDisallow: /{number}/\n" for number in range(150_000)
    )
    began = time.process_time()
    told = standing(text.encode())
    for number in range(100):
        assert permits(told, f"{HOME}/%D8%B3/{number}")
    assert time.process_time() - began < 5
    assert not permits(told, f"{HOME}/77/")
