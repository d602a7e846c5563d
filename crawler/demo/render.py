# ruff: noqa: E501 - lines of markup and lists of words are easier to read whole
"""Pages of the demo institute as HTML: the chrome that all share, and a publication's own page."""

import json
from dataclasses import replace
from datetime import UTC
from html import escape
from urllib.parse import quote

from crawler.demo import dates, older, people, theme
from crawler.demo.institute import Institute
from crawler.demo.markup import Markup, figure, inline
from crawler.demo.outline import ZONE, Outline, published_at
from crawler.demo.publication import Publication, plain

EMAIL = '<a href="/cdn-cgi/l/email-protection" class="__cf_email__" data-cfemail="5a333c3c353a3f223b372a363f74352830">[email&#160;protected]</a>'


class Renderer:
    def __init__(self, institute: Institute) -> None:
        self.institute = institute
        self.home = institute.home.rstrip("/")
        self._head, self._top, self._bottom = theme.head(self.home), theme.top(self.home), theme.bottom(self.home)

    def frame(self, head: str, main: str, body_class: str, language: str = "en-US", rtl: bool = False) -> str:
        direction = ' dir="rtl"' if rtl else ""
        return (
            f'<!DOCTYPE html>\n<html{direction} lang="{language}">\n<head>\n<meta charset="UTF-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f'{head}{self._head}</head>\n<body class="{body_class} wp-theme-demo">\n{self._top}<main class="wp-block-group" id="main">\n{main}</main>\n{self._bottom}'
        )

    def publication(self, number: int, page: int = 1) -> str:
        """One page of a publication."""
        publication = replace(self.institute.publication(number), page=page)
        about = publication.outline
        shows_id = shows_post_id(number)
        body_class = "post-template-default single single-post single-format-standard"
        if shows_id[1]:
            body_class = f"post-template-default single single-post postid-{about.post_id} single-format-standard"
        # Half of the Arabic pages say that they are English.
        honest = about.language == "ar" and number % 2 == 0
        return self.frame(
            self._publication_head(publication, shows_id[0]),
            self._article(publication),
            body_class + (" rtl" if honest else ""),
            "ar" if honest else "en-US",
            honest,
        )

    def _publication_head(self, publication: Publication, shortlink: bool) -> str:
        about = publication.outline
        number, url = about.number, self.home + about.path
        title = escape(about.title)
        own = url if publication.page == 1 else f"{url}{publication.page}/"
        head = [f"<title>{title} &#8211; {people.INSTITUTE}</title>\n", f'<link rel="canonical" href="{own}">\n']
        if shortlink:
            head.append(f'<link rel="shortlink" href="{self.home}/?p={about.post_id}">\n')
        if number % 4 != 1:
            description = escape(about.standfirst or f"{about.category.name}: {about.title}")
            head.append(
                f'<meta property="og:type" content="article">\n<meta property="og:title" content="{title} - {people.INSTITUTE}">\n'
                f'<meta property="og:description" content="{description}">\n<meta name="description" content="{description}">\n<meta property="og:url" content="{url}">\n'
                f'<meta property="og:site_name" content="{people.INSTITUTE}">\n'
                f'<meta property="article:published_time" content="{about.published.astimezone(UTC).isoformat()}">\n'
                f'<meta property="article:modified_time" content="{publication.modified.astimezone(UTC).isoformat()}">\n'
            )
        if number % 3 == 0:
            head.append(self._json_ld(publication, url))
        if number % 2 == 0:
            for other in publication.translations:
                if self.institute.is_live(other):
                    there = self.institute.outline(other)
                    head.append(
                        f'<link rel="alternate" hreflang="{there.language}" href="{self.home}{there.path}">\n<link rel="alternate" hreflang="{about.language}" href="{url}">\n'
                    )
        return "".join(head)

    def _json_ld(self, publication: Publication, url: str) -> str:
        about = publication.outline
        # As on real sites, the author is at times the site itself.
        author = {"@type": "Organization", "name": people.INSTITUTE}
        if publication.authors and about.number % 6 == 0 and about.people:
            author = {"@type": "Person", "name": publication.authors[0]}
        graph = {
            "@context": "https://schema.org",
            "@graph": [
                {
                    "@type": "Article", "@id": url + "#article", "headline": about.title, "datePublished": about.published.isoformat(),
                    "dateModified": publication.modified.isoformat(), "author": author, "mainEntityOfPage": {"@id": url}, "inLanguage": "en-US",
                    "publisher": {"@id": self.home + "/#organization"},
                },
                {"@type": "Organization", "@id": self.home + "/#organization", "name": people.INSTITUTE, "url": self.home + "/"},
            ],
        }  # fmt: skip
        return f'<script type="application/ld+json" class="seo-schema-graph">{json.dumps(graph, ensure_ascii=False)}</script>\n'

    def _article(self, publication: Publication) -> str:
        about = publication.outline
        arabic = about.language == "ar"
        url = self.home + about.path
        if self.institute.theme == "older":
            email = EMAIL if has_email(publication) else ""
            written = older.article(
                publication, self.home, self._byline(publication), shown_date(about), self._translation_note(publication),
                older.bio(publication, email), self._tags(about),
            )  # fmt: skip
            return f"{written}{self._extras(about, url)}{self._read_next(about)}{self._aside(about)}"
        markup = Markup(publication, self.home)
        direction = ' dir="rtl"' if arabic else ""
        featured = (
            figure(publication.images[0], self.home, "wp-block-post-featured-image", "image-credit post-credit")
            if about.featured
            else ""
        )
        standfirst = (
            f'<div class="single-standfirst"><p>{escape(about.standfirst, quote=False)}</p></div>\n'
            if about.standfirst
            else ""
        )
        wrapper = (
            "rte"
            if about.kind == "analysis" and about.number % 5 == 0
            else "entry-content wp-block-post-content is-layout-constrained"
        )
        bio = self._bio(publication)
        inside, outside = (bio, "") if about.number % 2 else ("", bio)
        signed = f"<p>{escape(publication.byline)}</p>\n" if about.shape == "by-in-body" and publication.byline else ""
        contact = (
            f'<p class="contact">{"للتواصل الإعلامي" if arabic else "For media inquiries"}: {EMAIL}</p>\n'
            if about.kind == "statement"
            else ""
        )
        return (
            f'<span class="template-label screen-reader-text">demo single page</span>\n<article id="post-{about.post_id}" class="post-{about.post_id} post type-post status-publish hentry category-{about.category.slug}"{direction}>\n'
            f'<header class="entry-header"><div class="taxonomy-category wp-block-post-terms">{self._sections(about)}</div>\n<h1 class="wp-block-post-title single-title">{escape(about.title, quote=False)}</h1>\n'
            f"{standfirst}{self._meta(publication)}</header>\n{featured}{theme.share(quote(url, ''), quote(about.title, ''), arabic)}"
            f'<div class="{wrapper}"{direction}>\n{self._translation_note(publication)}{signed}{markup.html()}{contact}{inside}</div>\n{outside}{self._tags(about)}</article>\n'
            f"{self._extras(about, url)}{self._read_next(about)}{self._aside(about)}"
        )

    def _sections(self, about: Outline) -> str:
        arabic = about.language == "ar"
        category, area = about.category, about.area
        return (
            f'<a href="{self.home}/category/{category.slug}/" rel="category tag">{category.arabic if arabic else category.name}</a><span class="wp-block-post-terms__separator">, </span>'
            f'<a href="{self.home}/areas-of-focus/{area.slug}/" rel="tag">{area.arabic if arabic else area.name}</a>'
        )

    def _byline(self, publication: Publication) -> str:
        """The byline with its links; empty where there is none, or it stands in the body."""
        about = publication.outline
        byline = escape(publication.byline, quote=False) if publication.byline and about.shape != "by-in-body" else ""
        for person in about.people:
            name = escape(person.name, quote=False)
            byline = byline.replace(name, f'<a href="{self.home}/author/{person.login}/" rel="author">{name}</a>')
        return byline

    def _meta(self, publication: Publication) -> str:
        about, byline = publication.outline, self._byline(publication)
        shown = shown_date(about)
        if about.number % 4 == 2 and byline:  # in one line, as the older template had it
            return f'<p class="single-meta"><span class="single-meta__date">{shown}</span> . <span class="single-meta__author">{byline}</span></p>\n'
        stamp = (
            f'<time datetime="{about.published.isoformat()}">{shown}</time>'
            if about.number % 4 == 0
            else f"<span>{shown}</span>"
        )
        return (
            f'<div class="byline">{byline}</div>\n' if byline else ""
        ) + f'<div class="wp-block-post-date">{stamp}</div>\n'

    def _translation_note(self, publication: Publication) -> str:
        about = publication.outline
        if not publication.translations or not self.institute.is_live(publication.translations[0]):
            return ""
        there = self.home + self.institute.outline(publication.translations[0]).path
        if about.shape == "translation":
            return f'<p><em>تم ترجمة هذا المقال من اللغة الإنجليزية. لقراءة النسخة الأصلية <a href="{there}">اضغط هنا</a>.</em></p>\n<p>***</p>\n'
        return f'<p class="translation-link"><a href="{there}">العربية</a></p>\n'

    def _bio(self, publication: Publication) -> str:
        notes = [inline(note) for note in publication.author_notes]
        if not notes:
            return ""
        if has_email(publication):
            notes[-1] += " " + EMAIL
        if publication.outline.number % 2:
            return '<hr class="wp-block-separator">\n' + "".join(f'<p class="bio">{note}</p>\n' for note in notes)
        return "".join(
            f'<div class="author-bio wp-block-post-author"><p class="author-bio__text">{note}</p></div>\n'
            for note in notes
        )

    def _tags(self, about: Outline) -> str:
        arabic = about.language == "ar"
        links = "".join(
            f'<a href="{self.home}/tag/{quote(tag.slug).lower()}/" rel="tag">{tag.arabic if arabic else tag.name}</a> '
            for tag in about.tags
        )
        return f'<div class="taxonomy-post_tag wp-block-post-terms"><span class="wp-block-post-terms__prefix">{"وسوم" if arabic else "Tags"}: </span>{links}</div>\n'

    def _extras(self, about: Outline, url: str) -> str:
        """The doors to endless spaces that real pages have: replies, share counters, a calendar."""
        extras = ""
        if about.number % 6 == 0:
            extras += f'<div class="comments"><a class="comment-reply-link" rel="nofollow" href="{url}?replytocom={about.number + 11}#respond">Reply</a> <a href="{url}?share=twitter" rel="nofollow">Tweet</a></div>\n'
        if about.kind == "event":
            extras += f'<p class="calendar-link"><a href="{self.home}/events/month/{about.published:%Y-%m}/">Calendar</a></p>\n'
        return extras

    def _read_next(self, about: Outline) -> str:
        cards = "".join(self.card(self.institute.outline(n)) for n in self.institute.cards(about.number))
        heading = "اقرأ التالي :" if about.language == "ar" else "Read next"
        return f'<section class="read-next"><h2 class="read-next__title">{heading}</h2><div class="read-next__cards">{cards}</div></section>\n'

    def card(self, about: Outline) -> str:
        image = (
            f'<img loading="lazy" src="{self.home}{about.featured}-300x168.png" alt="" width="300" height="168">'
            if about.featured
            else ""
        )
        by = f'<span class="card__author">by {escape(about.people[0].name)}</span>' if about.people else ""
        return (
            f'<div class="card wp-block-post"><a class="card__link" href="{self.home}{about.path}">{image}<h3 class="card__title">{escape(about.title, quote=False)}</h3></a>'
            f'{by}<span class="card__date">{dates.english(about.published.date())}</span></div>'
        )

    def _aside(self, about: Outline) -> str:
        """Months, the newest titles on every third page, and the post before."""
        months = dict.fromkeys(
            f"{published_at(about.number - n):%Y/%m}" for n in (0, 1, 2, 3, 5, 8, 13, 21, 34, 55) if about.number >= n
        )
        archive = "".join(f'<li><a href="{self.home}/{month}/">{dates.month_name(month)}</a></li>' for month in months)
        aside = f'<aside class="widget-area"><section class="widget widget_archive"><h2>Archives</h2><ul class="wp-block-archives">{archive}</ul></section>'
        if about.number % 3 == 0:
            newest = [self.institute.outline(n) for n in self.institute.everything.newest(0, 5)]
            items = "".join(
                f'<li><a href="{self.home}{other.path}">{escape(other.title, quote=False)}</a></li>' for other in newest
            )
            aside += f'<section class="widget widget_recent_entries"><h2>Latest</h2><ul>{items}</ul></section>'
        before = ""
        if about.number:
            other = self.institute.outline(about.number - 1)
            before = f'<nav class="post-navigation"><a href="{self.home}{other.path}" rel="prev">← {escape(other.title, quote=False)}</a></nav>\n'
        cached = f"<!-- served from cache, build {self.institute.revision} -->\n" if about.number % 7 == 0 else ""
        return f"{before}{aside}</aside>\n{cached}"


def shows_post_id(number: int) -> tuple[bool, bool]:
    """Whether the page names its post id in a shortlink, and in the class of its body. Now and then neither is there."""
    return number % 8 != 5, number % 10 != 7


def has_email(publication: Publication) -> bool:
    """Whether the last note on the authors ends with an address that Cloudflare hides."""
    return bool(publication.author_notes) and publication.outline.number % 3 == 0


def shown_date(about: Outline) -> str:
    day = about.published.astimezone(ZONE).date()
    if about.number % 4 == 2 and about.language == "en":
        return dates.slashed(day)
    if about.language == "ar" and about.number % 3:
        return dates.arabic(day, dates.system_of(about.number))
    return dates.english(day)


def notes_as_text(publication: Publication) -> list[str]:
    notes = [plain(note) for note in publication.author_notes]
    if has_email(publication):
        notes[-1] += " [email protected]"
    return notes
