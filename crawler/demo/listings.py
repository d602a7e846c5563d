# ruff: noqa: E501 - lines of markup and lists of words are easier to read whole
"""The demo's lists of publications: home, categories, tags, authors, areas, date archives. In the three designs that its years left, each with its trap."""

from collections.abc import Iterable
from html import escape

from crawler.demo import dates, people
from crawler.demo.institute import Institute
from crawler.demo.outline import Outline
from crawler.demo.render import Renderer
from crawler.demo.series import Chain

PER_PAGE = 10
TITLE_CUT = 38
BARE = ("special-reports", "briefs", "press-releases")
LOOPS = ("events", "case-files")


class Listings:
    def __init__(self, institute: Institute, renderer: Renderer) -> None:
        self.institute, self.renderer, self.home = institute, renderer, renderer.home

    def pages_of(self, chain: Chain) -> int:
        return max(1, -(-len(chain) // PER_PAGE))

    def page(self, path: str, heading: str, chain: Chain, number: int, design: str) -> str | None:
        """Page `number` (from 1) of the list at `path` (with its final slash), or None past the end."""
        if not 1 <= number <= self.pages_of(chain):
            return None
        outlines = [self.institute.outline(n) for n in chain.newest((number - 1) * PER_PAGE, PER_PAGE)]
        body = {"cut": self._cut, "bare": self._bare, "loops": self._loop}[design](outlines)
        if design == "loops":
            # Other loops stand around the list, each with an order of dates of its own: who stops at the first old item loses the rest.
            featured = [self.institute.outline(n) for n in chain.newest(len(chain) // 2, 3)]
            oldest = [self.institute.outline(n) for n in chain.newest(max(len(chain) - 4, 0), 4)]
            body = f"{self._loop(featured, 'featured')}{body}{self._loop(oldest, 'from-the-archive')}"
        main = f'<header class="page-header"><h1 class="wp-block-query-title">{escape(heading)}</h1></header>\n{body}{self._pagination(path, number, self.pages_of(chain))}'
        head = f'<title>{escape(heading)}{f" &#8211; Page {number}" if number > 1 else ""} &#8211; {people.INSTITUTE}</title>\n<link rel="canonical" href="{self.home}{path}{f"page/{number}/" if number > 1 else ""}">\n'
        return self.renderer.frame(head, main, "home blog" if path == "/" else "archive")

    def _cut(self, outlines: Iterable[Outline]) -> str:
        """2022–23: titles and excerpts are cut."""
        items = []
        for about in outlines:
            title = about.title if len(about.title) <= TITLE_CUT else about.title[:TITLE_CUT].rstrip() + "…"
            excerpt = (
                f"<p>{escape(about.standfirst[:80])}</p>"
                if about.standfirst
                else "<p>Download PDF</p>"
                if about.kind == "report"
                else ""
            )
            items.append(
                f'<li class="wp-block-post post-{about.post_id} type-post"><h2 class="wp-block-post-title"><a href="{self.home}{about.path}">{escape(title, quote=False)}</a></h2>'
                f'<div class="wp-block-post-excerpt">{excerpt}</div>{_by(about)}<span class="wp-block-post-date">{dates.english(about.published.date())}</span></li>\n'
            )
        return f'<ul class="wp-block-post-template">\n{"".join(items)}</ul>\n'

    def _bare(self, outlines: Iterable[Outline]) -> str:
        """2019: no titles at all, dates month first."""
        items = "".join(
            f'<div class="grid-item"><a class="grid-item__image" href="{self.home}{about.path}" aria-hidden="true"><span class="grid-item__arrow"></span></a>'
            f"<p>{dates.slashed(about.published.date())} . By {escape(about.people[0].name if about.people else people.SHORT)}</p></div>\n"
            for about in outlines
        )
        return f'<div class="grid">\n{items}</div>\n'

    def _loop(self, outlines: Iterable[Outline], name: str = "main-loop") -> str:
        items = "".join(
            f'<article class="loop-item"><p class="loop-item__date">{dates.slashed(about.published.date())}</p><h3><a href="{self.home}{about.path}">{escape(about.title, quote=False)}</a></h3>{_by(about)}</article>\n'
            for about in outlines
        )
        return f'<section class="loop {name}">\n{items}</section>\n'

    def _pagination(self, path: str, number: int, last: int) -> str:
        if last == 1:
            return ""
        links = (
            [f'<a class="prev page-numbers" href="{self.home}{_paged(path, number - 1)}">Previous</a>']
            if number > 1
            else []
        )
        for n in sorted({1, number - 1, number, number + 1, last}):
            if n == number:
                links.append(f'<span aria-current="page" class="page-numbers current">{n}</span>')
            elif 1 <= n <= last:
                links.append(f'<a class="page-numbers" href="{self.home}{_paged(path, n)}">{n}</a>')
        if number < last:
            links.append(f'<a class="next page-numbers" href="{self.home}{_paged(path, number + 1)}">Next</a>')
        return f'<nav class="wp-block-query-pagination pagination">{" ".join(links)}</nav>\n'

    @staticmethod
    def design(sort: str, slug: str) -> str:
        if sort == "category":
            return "bare" if slug in BARE else "loops" if slug in LOOPS else "cut"
        return {"tag": "bare", "areas-of-focus": "loops", "": "loops"}.get(sort, "cut")


def _by(about: Outline) -> str:
    return f'<span class="post-author">By {escape(about.people[0].name)}</span>' if about.people else ""


def _paged(path: str, number: int) -> str:
    return path if number == 1 else f"{path}page/{number}/"
