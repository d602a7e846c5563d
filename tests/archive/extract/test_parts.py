"""Articles over several pages: what each page says of the others."""

import pytest

from archive.extract.page import Part
from archive.institutes.profile import Profile, Urls
from tests.archive.extract.pages import LONG, LONG_ARABIC, PROFILE, article, page

BASE = "https://institute.example/2024/03/05/a-page/"


def part(pager: str, url: str = BASE, profile: Profile = PROFILE, head: str = "") -> Part | None:
    body = f"<p>{LONG_ARABIC * 3}</p><p>{LONG * 3}</p>{pager}"
    return page(article(body, head=head), profile, url=url).part


def told(found: Part | None) -> tuple[int, str | None, list[tuple[int, str]]] | None:
    return (found.number, found.first, [(one.number, one.url) for one in found.others]) if found else None


@pytest.mark.parametrize(
    "pager",
    [
        f'<div class="page-links">Pages: <span>1</span> <a class="post-page-numbers" href="{BASE}2/">2</a></div>',
        f'<nav><a href="{BASE}2">Page 2</a></nav>',
        '<p><a href="2/">الصفحة التالية</a></p>',
        f'<p>صفحات: <a href="{BASE}2/">٢</a></p>',
    ],
)
def test_the_first_page_names_the_second(pager: str) -> None:
    found = told(part(pager))
    assert found is not None
    number, first, [(second, url)] = found
    assert (number, first, second, url.rstrip("/")) == (1, None, 2, f"{BASE}2")


def test_a_page_in_the_middle_names_the_first_and_all_others() -> None:
    pager = "".join(f'<a href="{BASE}{n}/">{n}</a> ' for n in (3, 4)) + f'<a href="{BASE}">1</a>'
    assert told(part(pager, f"{BASE}2/")) == (2, BASE, [(3, f"{BASE}3/"), (4, f"{BASE}4/")])


def test_a_parameter_may_carry_the_number() -> None:
    head = f'<link rel="next" href="{BASE}?pageOn=2">'
    assert told(part("", head=head)) == (1, None, [(2, f"{BASE}?pageOn=2")])
    assert told(part(f'<a href="{BASE}">السابق</a>', f"{BASE}?pageOn=2")) == (2, BASE, [])


@pytest.mark.parametrize(
    "links",
    [
        '<link rel="next" href="https://institute.example/2024/03/06/the-next-post/">',  # WordPress' next post
        f'<a href="{BASE}comment-page-2/">2</a>',
        f'<a href="{BASE}2/">The second half of the year</a>',
        '<a href="https://institute.example/2024/">2024</a>',
        '<a href="/other/2/">2</a>',
        f'<a href="{BASE}3/">3</a>',  # no second one
    ],
)
def test_other_links_make_no_parts(links: str) -> None:
    assert part(links) is None


def test_a_page_whose_number_nobody_counts_from_stands_alone() -> None:
    assert part('<a href="/about/">About</a>', f"{BASE}2/") is None


CHAPTERS = PROFILE.model_copy(
    update={"urls": Urls(chapters=(r"^(?P<of>/[0-9]{4}/[0-9]{2}/[^/]+)/(?P<number>[0-9]{2})-",))}
)
PAPER = "https://institute.example/2024/10/paper"


def test_chapters_are_parts_where_the_profile_says_so() -> None:
    links = f'<a href="{PAPER}/02-law">القانون</a> <a href="{PAPER}/01-start">The start of it all</a>'
    assert part(links, PAPER) is None
    assert told(part(links, PAPER, CHAPTERS)) == (1, None, [(2, f"{PAPER}/01-start"), (3, f"{PAPER}/02-law")])
    assert told(part(links, f"{PAPER}/02-law", CHAPTERS)) == (3, PAPER, [(2, f"{PAPER}/01-start")])
