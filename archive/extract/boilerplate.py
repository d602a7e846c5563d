"""What stands on a page and is not its body: told by tags, by whole words of class names, and by the words
themselves, in English and Arabic."""

import re
from enum import StrEnum
from functools import lru_cache

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
                  r"details|block|section|wrap(?:per)?)|"
                  r"about-?(?:the-?)?authors?|authors?-?bios?|bio-?box|saboxplugin-\S+|abh_box\S*|guest-author|contributor-?(?:bio|box)|m-a-box\S*|pp-author-boxes\S*|"
                  r"post-author|entry-author|wp-block-post-author|author-?biography|writer-?bio|starbox|author_?bio"),
    (Sort.RELATED, r"(?:\S+-)?related(?:-?(?:posts?|articles?|content|stories|news|items?|links?|reads?|reading|"
                   r"entries|block|widget|section|wrap(?:per)?|\w+))?|"
                   r"jp-relatedposts|yarpp\S*|crp_related\S*|(?:post-)?read-?(?:next|also)|also-?read|see-?also|more-?(?:from|posts|stories|articles|news|in)|recommended(?:-\S+)?|"
                   r"recommendations?|you-?(?:may|might)(?:-\S+)?|outbrain\S*|taboola\S*|zergnet\S*|rc-widget|up-?next|next-?(?:post|article|story)|trending(?:-\S+)?|popular-?posts\S*|"
                   r"recent-?posts\S*|latest-?(?:posts|news|stories)\S*|wp-block-latest-posts\S*|inline-?related\S*"),
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
                 r"sponsor(?:ed|s|ship)?(?:-\S+)?|promo(?:tion)?(?:-\S+)?|banner-?ad\S*|donat(?:e|ion)(?:-\S+)?|call-?to-?action|cta(?:-\S+)?|"
                 r"screen-reader-(?:text|shortcut)|sr-only|visually-?hidden|skip-?link|assistive-text|print-?(?:only|link)|printfriendly\S*|pf-button\S*|"
                 r"modal(?:-\S+)?|pop-?up(?:-\S+)?|off-?canvas(?:-\S+)?|lightbox|toast|tooltip|search-?form|login-?form|"
                 r"ez-toc\S*|lwptoc\S*|toc(?:[-_]\S+)?|table-of-contents|wp-block-yoast-seo-table-of-contents|reading-?time|post-?views\S*|"
                 r"post-ratings\S*|kk-star-ratings|rating-?(?:box|widget)|wpulike\S*|wp_ulike\S*|post-password-form|edit-?link|copyright(?:-\S+)?|back-?to-?top|"
                 r"powerpress\S*|mejs\S*|video-?(?:player|controls)|vjs-\S+|playlist|wp-playlist\S*|download-?app|app-?download|gallery-?nav\S*|slick-(?:arrow|dots|prev|next)|swiper-(?:button|pagination)\S*"),
)  # fmt: skip
# Written with - alone: a class is compared with its underscores turned into hyphens.
_COMPILED = tuple((sort, re.compile(pattern.replace("_", "-"), re.IGNORECASE)) for sort, pattern in _SORTS)
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
    found = {sort for word in split if (sort := _of_word(word)) is not None}
    if found and any(_OF_BUILDER.match(word) for word in split):
        return None
    return next((sort for sort, _ in _COMPILED if sort in found), None) if found else None


# Page builders call every part of a body a widget, and what stands embedded in it social media.
_OF_BUILDER = re.compile(r"so-panel|elementor-widget|et_pb_|wpb_|fl-module|.*embed", re.IGNORECASE)


@lru_cache(maxsize=65_536)
def _of_word(word: str) -> Sort | None:
    word = word.replace("__", "-").replace("_", "-")
    return next((sort for sort, pattern in _COMPILED if pattern.fullmatch(word)), None)


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


# ---- words. Each is tried on a whole short block, from its beginning.

_READ_ALSO = re.compile(
    r"\W*(?:(?:read|see|watch|listen|learn)\s*(?:also|more|next)|(?:also|further|more|recommended|suggested|"
    r"related)\s+(?:read(?:ing|s)?|on|from|stories|articles?|posts?|content|news|coverage|in this)|"
    r"related(?=\s*[:：—–|-])|you (?:may|might)(?: also)? (?:like|enjoy|be interested)|don['’]t miss|keep reading|"
    r"continue reading|must[- ]read|up next|next up|in case you missed|most read|"
    r"(?:ا|إ)?قر(?:أ|ا|أوا|ؤوا|ئي)\s*(?:ال)?(?:تالي|(?:أ|ا)يض(?:اً|ًا|ا|ا)|المزيد|كذلك)|للمزيد(?=\s*[:：]|\s+(?:من|"
    r"حول|عن|اقر))|مواضيع (?:ذات صلة|متعلقة|مشابهة)|مقالات (?:ذات صلة|مشابهة|متعلقة)|"
    r"ذات صلة|شاهد (?:أيضاً|أيضًا|ايضا)|قد يعجبك|طالع (?:أيضاً|أيضًا|ايضا))",
    re.IGNORECASE,
)  # fmt: skip
_FURNITURE = re.compile(
    r"\W*(?:share (?:this|on|via|with)\b.{0,60}|share|tweet|pin ?it|(?:like|follow) (?:us|this)\b.{0,80}|"
    r"print(?: this)?(?: page| article)?|e-?mail(?: this)?|facebook|twitter|linkedin|whatsapp|telegram|reddit|"
    r"pinterest|"
    r"(?:filed|posted|published|categorized|tagged) (?:under|in|with|as|by|on)\b.{0,200}|(?:tags?|topics?|"
    r"categor(?:y|ies)|keywords)\s*[:：].{0,300}|(?:subscribe|sign up)\b.{0,200}|"
    r"leave a (?:comment|reply).{0,80}|\d* ?comments?(?: off.{0,80})?|no comments.{0,60}|advertis(?:e?ment|ing)|"
    r"sponsored|skip to (?:content|main content)|back to top|table of contents|loading\W*|"
    r"(?:\d+ )?(?:minutes?|mins?) read(?:ing time)?|reading time.{0,30}|estimated reading.{0,30}|views?\W*\d+|"
    r"\d+ views?|click to (?:share|print|email).{0,80}|like this:?|like loading.{0,5}|copyright\b.{0,150}|"
    r"©.{0,200}|all rights reserved.{0,80}|"
    r"(?:download|print) (?:this )?article|listen to (?:this )?article.{0,60}|copy link|link copied.{0,20}|menu|"
    r"search|close|home|previous(?: (?:post|article))?.{0,4}|next(?: (?:post|article))?.{0,4}|"
    r"شارك(?:ها|وا)?(?: (?:على|عبر|هذا|المقال).{0,60})?|انشر|غرّ?د|(?:الوسوم|وسوم|الكلمات (?:المفتاحية|الدلالية)|"
    r"التصنيفات|تصنيفات|كلمات دلالية)\s*[:：].{0,300}|تابعنا.{0,80}|اشترك.{0,200}|"
    r"اترك تعليق.{0,60}|التعليقات.{0,30}|جميع الحقوق محفوظة.{0,80}|إعلان|طباعة|timep single page)\W*",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip
_TRANSLATION = re.compile(
    r"\W*(?:تمّ?ت? (?:ترجم|نشر).{0,200}(?:اضغط|انقر|هنا|الأصل|الإنجليزية|العربية)|(?:ل|هذه )?(?:قراءة|"
    r"للاطلاع على) (?:النسخة|المقال|النص).{0,100}(?:هنا|اضغط|انقر)|"
    r"(?:also )?available in\s*[:：]?.{0,60}|(?:read|view) (?:this|the)?.{0,50}\bin (?:arabic|english|french|"
    r"spanish|العربية).{0,40}|"
    r"(?:this|the) (?:article|piece|post|report|text|essay).{0,40}(?:was )?(?:originally|also|"
    r"first)? ?(?:translated|available|published in (?:arabic|english)).{0,160}|"
    r"click here (?:to|for).{0,40}(?:arabic|english|translation).{0,40}|(?:in )?(?:english|العربية|عربي|"
    r"اقرأ بالعربية|باللغة العربية|النسخة العربية|النسخة الإنجليزية|arabic|arabic version|english version|"
    r"français|türkçe|español|فارسی))\W*",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip
_ROLE_WORDS = re.compile(
    r"\b(?:fellow|director|professor|researcher|analyst|journalist|lawyer|attorney|scholar|editor|writer|author|reporter|economist|lecturer|student|candidate|consultant|activist|expert|associate|founder|president|"
    r"correspondent|blogger|columnist|historian|manager|specialist|ambassador|contributor|chair|officer|advis[eo]r|coordinator|academic|freelance|ph\.?d|teaches|writes|works|covers|tweets)\b|"
    r"زميلة?|باحثة?|كاتبة?|صحاف[يية]+|صحفية?|محام(?:ي|ية|ٍ)?|أستاذة?|مديرة?|محللة?|خبيرة?|ناشطة?|رئيسة?|مستشارة?|دكتوراه|أكاديمية?|مؤسس",
    re.IGNORECASE,
)
_IS = re.compile(
    r"^\W*(?:about (?:the )?authors?\W+)?(?:[\w.'’\-]+\s+){1,6}?(?:is|was|are|works|writes|covers|teaches|serves|"
    r"holds|has (?:been|worked|written)|currently|served)\b|"
    r"^[^.!?؟:：]{3,60}(?:[:：]|،|,|\s[–—-])\s*(?:هو |هي )?(?:an? |the )?|"
    r"^\W*(?:[\w\u064b-\u0652.'’-]+\s+){1,5}(?:هو|هي|زميل|باحث|كاتب|صحفي|صحافي|محام|أستاذ|مدير|محلل|خبير)",
    re.IGNORECASE,
)


def reads_also(text: str) -> bool:
    """“Read also: …”, «اقرأ أيضاً», as a paragraph or a heading."""
    return bool(_READ_ALSO.match(text))


def is_furniture(text: str) -> bool:
    """A whole short block that is the template's: share labels, tag lists, counters, copyright lines."""
    return len(text) < 330 and bool(_FURNITURE.fullmatch(text))


def is_translation_note(text: str) -> bool:
    """A note that says that the text is, or has, a translation."""
    return len(text) < 330 and bool(_TRANSLATION.fullmatch(text))


def is_bio(text: str, names: tuple[str, ...], marked: bool) -> bool:
    """A line about an author. `names` are the page's authors; `marked` tells that it is set apart (italics, bold
    name, behind a rule)."""
    if not 20 < len(text) < 1200:
        return False
    start = text[:90].casefold()
    named = any(name.casefold() in start for name in names if len(name) > 2)
    looks = bool(_IS.match(text)) and bool(_ROLE_WORDS.search(text[:240]))
    return looks and (named or marked)
