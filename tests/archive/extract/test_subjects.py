"""Sections, tags and countries: the page's own terms, not those of its side rail."""

import pytest

from tests.archive.extract.pages import LONG, LONG_ARABIC, PLAIN, page

Terms = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def read(terms: str, head: str = "", title: str = "Who Decides") -> Terms:
    text = f"<p>{LONG}</p><p>{LONG_ARABIC}</p>"
    markup = (
        f"<html><head>{head}</head><body><main><h1>{title}</h1>{terms}<article>{text}</article></main></body></html>"
    )
    found = page(markup, PLAIN).content
    assert found is not None
    return found.sections, found.tags, found.countries


@pytest.mark.parametrize(
    ("terms", "head", "wanted"),
    [
        (
            '<a rel="category tag" href="/category/analysis/">Analysis</a><a rel="tag" href="/tag/egypt/">Egypt</a>',
            "",
            (("Analysis",), ("Egypt",), ("EG",)),
        ),
        (
            '<a rel="tag" href="/category/%D8%AA%D8%AD%D9%84%D9%8A%D9%84/">تحليل</a>'
            '<a rel="tag" href="/tag/x/">لبنان</a>',
            "",
            (("تحليل",), ("لبنان",), ("LB",)),
        ),
        (
            '<p class="cat-links"><a rel="tag" href="/legal-unit/">Legal Unit</a></p>'
            '<p class="tags-links"><a rel="tag" href="/t/courts/">#Courts</a>'
            '<a rel="tag" href="/t/courts/">Courts</a></p>',
            "",
            (("Legal Unit",), ("Courts",), ()),
        ),
        # nothing on the page: what the head says
        (
            "",
            '<script type="application/ld+json">{"@type": "NewsArticle", "articleSection": ["Analysis &amp; Law"], '
            '"keywords": "Syria, محاكم"}</script>',
            (("Analysis & Law",), ("Syria", "محاكم"), ("SY",)),
        ),
        (
            "",
            '<meta property="article:section" content="تحليل"><meta property="article:tag" content="العراق">'
            '<meta property="article:tag" content="Courts">',
            (("تحليل",), ("العراق", "Courts"), ("IQ",)),
        ),
        # of others
        ('<div class="sidebar"><a rel="tag" href="/tag/egypt/">Egypt</a></div>', "", ((), (), ())),
        ('<footer><a rel="tag" href="/tag/egypt/">مصر</a></footer>', "", ((), (), ())),
        ("<p>Egypt and Lebanon</p>", "", ((), (), ())),  # words of the page are no terms
    ],
)
def test_terms(terms: str, head: str, wanted: Terms) -> None:
    assert read(terms, head) == wanted


def test_countries_of_the_terms_come_before_those_of_the_title() -> None:
    tag = '<a rel="tag" href="/tag/tn/">تونس</a>'
    assert read(tag, title="Courts in Lebanon and Tunisia")[2] == ("TN", "LB")
    assert read("", title="المحاكم في لبنان وسوريا")[2] == ("LB", "SY")
