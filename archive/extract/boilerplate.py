"""Which elements of a page are not its body: told by tags and by whole words of class names. What the words themselves
say is in furniture.py."""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Literal

from lxml.html import HtmlElement


class Sort(StrEnum):
    """What a part beside the body is, which decides where it goes."""

    AUTHOR = "author"
    RELATED = "related"
    COMMENTS = "comments"
    OTHER = "other"


# Whole words of a class or id, or words joined by - and _. Substrings are never matched: `p.case-meta`,
# `p.social-contract` and
# `div.elementor-widget-text` are bodies, and trafilatura loses them (facts/extraction.md).
_SORTS = (
    (Sort.AUTHOR, r"(?:post|entry|article|single)?-?author-?(?:box|bio|info|card|about|description|profile|"
                  r"details?|block|section|wrap(?:per)?|detail-?box|content|area|container|desc|text|intro)|\S+-author-(?:box|bio|card)(?:-\S+)?|"
                  r"about-?(?:the-?)?authors?|authors?-?bios?|bio-?box|saboxplugin-\S+|abh_box\S*|guest-author|contributor-?(?:bio|box)|m-a-box\S*|pp-author-boxes\S*|"
                  r"post-author|entry-author|wp-block-post-author|author-?biography|writer-?bio|starbox|author_?bio"),
    (Sort.RELATED, r"(?:\S+-)?related(?:-?(?:posts?|articles?|content|stories|news|items?|links?|reads?|reading|"
                   r"entries|block|widget|section|wrap(?:per)?|\w+))?|"
                   r"jp-relatedposts|yarpp\S*|crp_related\S*|(?:post-)?read-?(?:next|also)|also-?read|see-?also|more-?(?:from|posts|stories|articles|news|in)|recommended(?:-\S+)?|"
                   r"recommendations?|you-?(?:may|might)(?:-\S+)?|outbrain\S*|taboola\S*|zergnet\S*|rc-widget|up-?next|next-?(?:post|article|story)|trending(?:-\S+)?|popular-?posts\S*|"
                   r"recent-?posts\S*|latest-?(?:posts|news|stories)\S*|wp-block-latest-posts\S*|inline-?related\S*|check-?also\S*|read-?more-?(?:posts?|articles?)|posts?-(?:list|loop|feed)|post-(?:item|card|grid|teaser)s?"),
    (Sort.COMMENTS, r"comments?|comments?-?(?:area|list|section|wrap(?:per)?|respond|form|template|container|"
                    r"title)|commentlist|respond|disqus\S*|wp-block-comments\S*|"
                    r"fb-comments|reader-?comments|pingbacks?|trackbacks?|discussion"),
    (Sort.OTHER, r"(?:\S+-)?shar(?:e|ing)(?:-?(?:bar|buttons?|icons?|links?|box|this|tools?|widget|post|article|"
                 r"container|wrap(?:per)?|block|list|title|text|\w+))?|sharedaddy\S*|addtoany\S*|"
                 r"a2a_\S+|sharethis\S*|shariff\S*|ssba\S*|heateor\S*|sd-(?:content|block|sharing|social)\S*|jp-?likes?\S*|sfsi\S*|essb\S*|mashsb\S*|swp_\S+|social-?(?:shar\w*|media|links?|icons?|"
                 r"buttons?|bar|follow|nav\w*|widget|list|networks?|wrap\w*)\S*|socials?|follow-?us|addthis\S*|at-(?:above|below)-post\S*|tweet-?this|click-?to-?tweet|"
                 r"(?:\S+-)?newsletter(?:-\S+)?|(?:\S+-)?subscri(?:be|ption)(?:-\S+)?|(?:\S+-)?sign-?up(?:-\S+)?|mc4wp\S*|mc_embed\S*|mailchimp\S*|opt-?in(?:-\S+)?|convertkit\S*|"
                 r"breadcrumbs?(?:-\S+)?|rank-math-breadcrumb|yoast-breadcrumbs?|"
                 r"(?:entry|post|article|blog|story|page)-?(?:meta|footer|tags?|categor(?:y|ies)|date|info|byline|details|navigation|nav|pagination|share|links)(?:-\S+)?|meta-?info|posted-?(?:on|by|in)|byline|"
                 r"tags?-?(?:links?|list|cloud|container|wrap\w*)|tagcloud|cat-?links?|taxonomy-(?:category|post_tag)|wp-block-post-(?:terms|date|navigation-link)|"
                 r"navigation|(?:\S+-)?nav|nav-?(?:links?|bar|menu|previous|next|below|above)(?:-\S+)?|(?:\S+-)?menu|dropdown-menu|mega-?menu\S*|site-?(?:navigation|header|footer)|pagination|page-?links|pager|prev-?next|post-?nav|"
                 r"sidebar|side-?bar|widget|widget-?area|wp-block-widget-area|right-?rail|"
                 r"cookies?-?(?:notice|banner|consent|bar|law\S*|popup)|gdpr\S*|cookie-\S+|cc-window|onetrust\S*|"
                 r"advert(?:s|isement|isements|ising)?(?:-\S+)?|ads?|ads?-?(?:container|slot|unit|wrap\w*|banner|block|box|inner|label|placement|space|zone|area|\d+)|adsbygoogle|google-auto-placed|"
                 r"sponsor(?:ed|s|ship)?(?:-\S+)?|promo(?:tion)?(?:-\S+)?|banner-?ad\S*|donat(?:e|ion)(?:-\S+)?|(?:\S+-)?call-?to-?action(?:-\S+)?|(?:\S+-)?cta(?:-\S+)?|(?:\S+-)?paywall(?:-\S+)?|restricted-content\S*|"
                 r"screen-reader-(?:text|shortcut)|sr-only|visually-?hidden|skip-?link|assistive-text|print-?(?:only|link|header|footer)|printfriendly\S*|pf-button\S*|"
                 r"modal(?:-\S+)?|pop-?up(?:-\S+)?|off-?canvas(?:-\S+)?|lightbox|toast|tooltip|search-?form|login-?form|"
                 r"ez-toc\S*|lwptoc\S*|(?:\S+-)?toc(?:-\S+)?|(?:\S+-)?table-?of-?contents?(?:-\S+)?|wp-block-yoast-seo-table-of-contents|reading-?time|post-?views\S*|"
                 r"post-ratings\S*|kk-star-ratings|rw-rating-table|serial-?posts|(?:adthrive|raptive|mediavine|mv-ad)(?:-\S+)?|rating-?(?:box|widget)|wpulike\S*|wp_ulike\S*|post-password-form|edit-?link|copyright(?:-\S+)?|back-?to-?top|"
                 r"powerpress\S*|mejs\S*|video-?(?:player|controls)|vjs-\S+|playlist|wp-playlist\S*|download-?app|app-?download|gallery-?nav\S*|slick-(?:arrow|dots|prev|next)|swiper-(?:button|pagination)\S*"),
)  # fmt: skip
# What page builders call those of their modules that are no part of a text. All else that they make is a module too.
_MODULES = (
    (Sort.AUTHOR, r"elementor-(?:widget-)?author-box\S*|tdb-single-author-box\S*"),
    (Sort.RELATED, r"elementor-(?:widget-)?(?:posts|archive-posts|post-navigation|portfolio)|elementor-posts-container|"
                   r"et-pb-(?:blog|posts?-nav|portfolio|post-slider)\S*|fl-module-post-(?:grid|carousel|slider|navigation)|"
                   r"wpb-wl-\S*|so-widget-sow-post-carousel\S*|td-block-related-posts\S*|td-post-next-prev"),
    (Sort.COMMENTS, r"elementor-widget-post-comments|et-pb-comments\S*|fl-module-comments"),
    (Sort.OTHER, r"elementor-(?:widget-)?(?:share-buttons|social-icons|nav-menu|table-of-contents|call-to-action|cta|"
                 r"form|login|search-form|breadcrumbs|sidebar|post-info|price-table)|et-pb-(?:cta|promo|social|"
                 r"signup|newsletter|contact|login|sidebar|search|fullwidth-menu|menu|button-module)(?:-\S+)?|"
                 r"fl-module-(?:subscribe-form|social-buttons|menu|sidebar|call-to-action|contact-form|cta)|"
                 r"wpb-wp-\S*"),
)  # fmt: skip
# Written with - alone: a class is compared with its underscores turned into hyphens.
_COMPILED = tuple((sort, re.compile(pattern.replace("_", "-"), re.IGNORECASE)) for sort, pattern in _SORTS)
_COMPILED_MODULES = tuple((sort, re.compile(pattern, re.IGNORECASE)) for sort, pattern in _MODULES)
_ROLES = frozenset(
    [
        "navigation",
        "banner",
        "contentinfo",
        "search",
        "complementary",
        "dialog",
        "alertdialog",
        "menu",
        "menubar",
        "toolbar",
        "alert",
    ]
)


def of_classes(words: str) -> Sort | None:
    """What an element is by its class and id (joined by a space), or None. The sort that comes first in `Sort` wins."""
    split = words.split()
    found = [sort for word in split if (sort := _of_word(word)) is not None]
    if _BUILT in found:
        return next((sort for word in split if (sort := _of_module(word)) is not None), None)
    return next((sort for sort in Sort if sort in found), None) if found else None


# Page builders call every part of a body a widget, and what stands embedded in it social media.
_OF_BUILDER = re.compile(r"so-panel|elementor-widget|et_pb_|wpb_|fl-module|.*embed", re.IGNORECASE)
_BUILT: Literal["built"] = "built"


@lru_cache(maxsize=65_536)
def _of_word(word: str) -> Sort | Literal["built"] | None:
    """What one class says, or that a page builder made the element."""
    if _OF_BUILDER.match(word):
        return _BUILT
    word = word.replace("__", "-").replace("_", "-")
    return next((sort for sort, pattern in _COMPILED if pattern.fullmatch(word)), None)


@lru_cache(maxsize=16_384)
def _of_module(word: str) -> Sort | None:
    word = word.replace("_", "-")
    return next((sort for sort, pattern in _COMPILED_MODULES if pattern.fullmatch(word)), None)


def of_element(element: HtmlElement) -> Sort | None:
    """What an element is by tag, role, class and id, or None. Says nothing about how much it holds."""
    attributes = element.attrib
    if not attributes:
        return Sort.OTHER if element.tag in ("nav", "footer") else None
    if element.tag == "nav" or attributes.get("role") in _ROLES:
        return Sort.OTHER
    words = f"{attributes.get('class', '')} {attributes.get('id', '')}"
    sort = of_classes(words) if len(words) > 2 else None
    return Sort.OTHER if sort is None and element.tag == "footer" else sort
