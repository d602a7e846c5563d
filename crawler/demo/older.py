# ruff: noqa: E501 - lines of markup are easier to read whole
"""The demo's older theme: the same publications as the site showed them before its redesign. What the two have in common is what misleads: a class or a section's name that meant something else."""

from html import escape
from urllib.parse import quote

from crawler.demo import people, theme
from crawler.demo.markup import Markup, figure, inline
from crawler.demo.people import Term
from crawler.demo.publication import Publication

# Weekly briefs were filed under what is today the name of another section.
CATEGORIES = {
    "weekly_brief": Term("week-in-brief", "Briefs", "موجزات"),
    "brief": Term("briefs", "Fact Sheets", "صحائف وقائع"),
}


def category(publication: Publication) -> Term:
    """The section of a publication as the older theme names it."""
    about = publication.outline
    return CATEGORIES.get(about.kind, about.category)


def article(publication: Publication, home: str, byline: str, shown_date: str, note: str, bio: str, tags: str) -> str:
    """`home` has no final slash; `byline` is empty where the page has none above its body, `note` is the translation note, `bio` the notes on the authors, `tags` the tags' box."""
    about, arabic = publication.outline, publication.outline.language == "ar"
    direction = ' dir="rtl"' if arabic else ""
    terms = ", ".join(
        f'<a href="{home}/{folder}/{term.slug}/">{escape(term.arabic if arabic else term.name)}</a>'
        for folder, term in (("category", category(publication)), ("areas-of-focus", about.area))
    )
    credit = f'<p class="post-credit">{byline}</p>\n' if byline else ""
    deck = f'<h3 class="deck">{escape(about.standfirst, quote=False)}</h3>\n' if about.standfirst else ""
    featured = figure(publication.images[0], home, "post-thumbnail") if about.featured else ""
    featured = featured.replace("<img ", '<img class="attachment-post-thumbnail wp-post-image" ', 1)
    signed = f"<p>{escape(publication.byline)}</p>\n" if about.shape == "by-in-body" and publication.byline else ""
    return (
        f'<h1 class="site-name"><a href="{home}/">{people.INSTITUTE}</a></h1>\n<div class="post hentry" id="post-{about.post_id}"{direction}>\n'
        f'<div class="postheader"><p class="filed-under">{terms}</p>\n<h2 class="headline">{escape(about.title, quote=False)}</h2>\n{deck}{credit}'
        f'<p class="dateline">{shown_date}</p>\n</div>\n'
        f"{featured}{theme.share(quote(home + about.path, ''), quote(about.title, ''), arabic)}"
        f'<div class="storytext">\n{note}{signed}{Markup(publication, home).html()}</div>\n<div class="contributors">{bio}</div>\n{tags}</div>\n'
    )


def bio(publication: Publication, email: str) -> str:
    """The notes on the authors; the last ends with `email` where there is one."""
    notes = [inline(note) for note in publication.author_notes]
    if notes and email:
        notes[-1] += f" {email}"
    return "".join(f"<p>{note}</p>\n" for note in notes)
