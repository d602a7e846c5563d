"""What an address is to an institute, and the traps that are cut."""

import time
from typing import Any

import pytest

from archive.institutes.patterns import PATIENCE
from archive.institutes.profile import Profile, Urls
from archive.institutes.urls import UrlRule, absolute, classify, judge, normal, trap_reason


def profile(**urls: Any) -> Profile:
    return Profile(home="https://example.org/", urls=Urls(**urls))


PLAIN = profile()
RULED = profile(allow=("^/research/", "^/عربى/"), deny=("/private/",), listing=("^/research/?$", "^/موضوع/"))


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("/research/a/", UrlRule.PAGE),
        ("/research/", UrlRule.LISTING),
        ("/research/private/a", UrlRule.DENIED),
        ("/about/", UrlRule.DENIED),
        ("/research/a.pdf", UrlRule.DOCUMENT),
        ("/research/private/a.pdf", UrlRule.DENIED),
        ("/research/photo.JPG", UrlRule.DENIED),
        ("/عربى/مقال/", UrlRule.PAGE),
        ("/%d8%b9%d8%b1%d8%a8%d9%89/x", UrlRule.PAGE),
        ("/موضوع/عدالة/", UrlRule.LISTING),
        ("/", UrlRule.LISTING),
        ("https://elsewhere.net/research/a/", UrlRule.OUTSIDE),
        ("https://example.org:444/research/a/", UrlRule.OUTSIDE),
    ],
)
def test_rule(path: str, rule: UrlRule) -> None:
    url = absolute(path, "https://example.org/")
    assert url is not None
    assert classify(url, RULED) is rule


@pytest.mark.parametrize(
    ("path", "trap"),
    [
        ("/?month=2031-05", "calendar"),
        ("/events/?tribe-bar-date=2031-05-01", "calendar"),
        ("/calendar/2031/05/", "calendar"),
        ("/events/2031-05/", "calendar"),
        ("/event/x/?ical=1", "calendar"),
        ("/event/x.ics", "calendar"),
        ("/تقويم/2031/", "calendar"),
        ("/post/?replytocom=17", "reply"),
        ("/list/?orderby=date", "sort"),
        ("/list/?SORT=asc", "sort"),
        ("/post/?share=twitter", "share"),
        ("/post/?print=1", "print"),
        ("/post/print/", "print"),
        ("/list/?filter=x", "filter"),
        ("/list/?filter%5Btopic%5D=x", "filter"),
        ("/list/?topic=1&regions=2", "facets"),
        ("/list/?location[0]=82&location[1]=83", "facets"),
        ("/list/?a=1&b=2&c=3&d=4&e=5", "facets"),
        ("/a/a/a/", "repeated-segments"),
        ("/x/a/b/a/b/a/b/", "repeated-segments"),
        ("/عربى/عربى/عربى/", "repeated-segments"),
        ("/" + "/".join(map(str, range(25))), "deep-path"),
        ("/category/x/page/1001/", "endless-paging"),
        ("/?paged=99999999999999", "endless-paging"),
        ("/" + "ع" * 400, "overlong"),
    ],
)
def test_trap(path: str, trap: str) -> None:
    url = absolute(path, "https://example.org/")
    assert url is not None
    assert classify(url, PLAIN) is UrlRule.TRAP
    assert trap_reason(url, PLAIN) == trap


@pytest.mark.parametrize(
    "path",
    [
        "/2011/11/11/eleven/", "/a/b/a/b/", "/category/x/page/1000/", "/list/?location[0]=82&page=3", "/list/?topic=1",
        "/?p=12",
        "/post/?pageOn=26", "/a-calendar-of-trials/", "/events/the-uprising/", "/عربى/تقويم-الأداء/", "/1/1/x/1/",
    ],
)  # fmt: skip
def test_no_trap(path: str) -> None:
    url = absolute(path, "https://example.org/")
    assert url is not None
    assert trap_reason(url, PLAIN) is None
    assert classify(url, PLAIN) is UrlRule.PAGE


def test_traps_come_before_the_profiles_rules() -> None:
    assert classify("https://example.org/research/?orderby=date", RULED) is UrlRule.TRAP


def test_a_profile_may_say_that_it_is_no_trap() -> None:
    sound = profile(no_trap=("^/calendar/",))
    assert classify("https://example.org/calendar/trials/", sound) is UrlRule.PAGE
    assert classify("https://example.org/calendar/?sort=a", PLAIN) is UrlRule.TRAP


def test_each_profile_has_its_own_rules_and_furthest_page() -> None:
    few = Profile.model_validate({"home": "https://example.org/", "etiquette": {"max_pages_per_listing": 3}})
    assert trap_reason("https://example.org/page/4/", few) == "endless-paging"
    assert trap_reason("https://example.org/page/4/", PLAIN) is None


def test_a_verdict_says_why() -> None:
    assert judge("https://example.org/research/private/a", RULED).why == "/private/"
    assert judge("https://example.org/about/", RULED).why == "not in urls.allow"
    assert trap_reason("https://example.org/a/", PLAIN) is None


def test_www_is_the_same_site() -> None:
    assert classify("https://www.example.org/a/", PLAIN) is UrlRule.PAGE
    www = Profile(home="https://www.example.org/")
    assert classify("https://example.org/a/", www) is UrlRule.PAGE


def test_a_pattern_cannot_hang_a_crawl() -> None:
    slow = profile(deny=("^/(?:x|x)*$",))  # passes the probes, explodes on x
    url = "https://example.org/" + "x" * 60 + "!"
    begun = time.process_time()  # of this process alone: others have the machine too
    assert trap_reason(url, slow) == "slow-pattern"
    assert time.process_time() - begun < PATIENCE * 10


def test_patterns_with_flags_and_back_references_keep_their_meaning() -> None:
    mixed = profile(deny=("(?i)/SECRET/", "/open/", r"/(\w+)-\1/"))
    assert classify("https://example.org/secret/", mixed) is UrlRule.DENIED
    assert classify("https://example.org/OPEN/", mixed) is UrlRule.PAGE
    assert classify("https://example.org/abc-abc/", mixed) is UrlRule.DENIED
    assert classify("https://example.org/abc-abd/", mixed) is UrlRule.PAGE


def test_a_slow_alias_changes_nothing() -> None:
    slow = profile(alias=({"pattern": "^https://example.org/(?:x|x)*$", "replace": "z"},))
    url = "https://example.org/" + "x" * 60 + "!"
    assert normal(url, slow) == url
