"""Images with their captions and credits."""

import re

from lxml.html import HtmlElement

from archive.extract.draft import Draft
from archive.extract.html import plain
from archive.extract.phrase import Phrases
from archive.extract.run import Place

# Where lazily loaded images keep their address.
_ADDRESSES = ("src", "data-src", "data-lazy-src", "data-original", "data-orig-file", "data-large-file")
_NO_PICTURE = re.compile(r"(?:^|\s)(?:avatar|wp-smiley|emoji|gravatar|icon|pixel|tracking)(?=\s|$)", re.IGNORECASE)
_CREDIT = re.compile(
    r"(?:^|[\s_-])(?:credits?|photo-?credits?|image-?credits?|source|copyright|attribution|media-credit)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CREDIT_WORDS = re.compile(
    r"(?:^|(?<=[.\s(\[|/]))((?:photo|image|picture|credit|source|photograph|الصورة|المصدر|تصوير|مصدر الصورة)"
    r"(?:\s+(?:credit|by|courtesy(?: of)?))?\s*[:：]\s*\S.{1,120}?)[)\].]?$",
    re.IGNORECASE,
)
_CAPTIONED = re.compile(r"(?:^|\s)wp-caption(?=\s|$)")
_OTHER_SHAPES = ("figure", "table", "blockquote", "ul", "ol", "dl", "pre", "h1", "h2", "h3", "h4", "h5", "h6")
_CREDITED = ("span", "cite", "small", "div", "p", "figcaption", "em", "i")


def emoji(image: HtmlElement) -> str | None:
    """What an image stands for that is a character: WordPress draws emoji as images."""
    classes = image.get("class") or ""
    return image.get("alt") if "emoji" in classes or "wp-smiley" in classes else None


def of_image(image: HtmlElement, phrases: Phrases) -> Draft | None:
    """An image outside a figure; null for avatars, icons and counters."""
    if _NO_PICTURE.search(image.get("class") or "") or (image.get("width") or "99") in ("0", "1", "2"):
        return None
    return _draft(image, phrases, ("", []), None)


def is_captioned(element: HtmlElement) -> bool:
    """`<div class="wp-caption">`: a figure before HTML had one."""
    return bool(_CAPTIONED.search(element.get("class") or ""))


def holds_more(figure: HtmlElement) -> bool:
    """Whether a figure is no picture with its caption: it holds other figures, no image, or text of its own shape."""
    if next(figure.iterdescendants(*_OTHER_SHAPES), None) is not None:
        return True
    return next(figure.iterdescendants("img"), None) is None


def of_figure(figure: HtmlElement, phrases: Phrases) -> list[Draft]:
    """The images of a figure; the last one has its caption: all the words that stand in the figure."""
    caption = phrases(figure)
    images = [image for image in figure.iter("img") if source(image, phrases)]
    last = images[-1] if images else None
    drafts = [_draft(image, phrases, *((caption, figure) if image is last else (("", []), None))) for image in images]
    return [draft for draft in drafts if draft is not None]


def source(image: HtmlElement, phrases: Phrases) -> str | None:
    """The image's own address: the first of its attributes that is one, and no placeholder."""
    for name in _ADDRESSES:
        value = image.get(name)
        if value and not value.startswith("data:") and (url := phrases.address(value)):
            return url
    return None


def _draft(
    image: HtmlElement, phrases: Phrases, caption: tuple[str, list[Place]], figure: HtmlElement | None
) -> Draft | None:
    url = source(image, phrases)
    if url is None:
        return None
    credit = next(
        (
            words
            for part in (figure.iterdescendants(*_CREDITED) if figure is not None else ())
            if _CREDIT.search(part.get("class") or "") and (words := phrases(part)[0])
        ),
        None,
    )
    if credit is None and (found := _CREDIT_WORDS.search(caption[0])):
        credit = found[1]
    text, links = _without_credit(*caption, credit)
    alt = plain(image.get("alt"))
    place = image if figure is None else figure
    draft = Draft("image", place, "", url=url, alt=alt or None, caption=text or None, credit=credit or None)
    draft.caption_places = links
    return draft


def _without_credit(text: str, links: list[Place], credit: str | None) -> tuple[str, list[Place]]:
    """The caption before the credit that it ends with."""
    before, found, behind = text.rpartition(credit) if credit else (text, "", "")
    if not found or behind.strip(" )].،,"):
        return text, links
    text = before.rstrip(" ([|/–—-\n")
    return text, [(url, start, min(end, len(text))) for url, start, end in links if start < len(text)]
