"""The title: the profile's element, else the one h1 that fits, else what the head says, without the site's name."""

import html as entities
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from archive.extract.html import Document, plain
from archive.extract.signals import Signals, short_text
from archive.institutes.profile import Profile

MAX_TITLE = 500
ALIKE = 0.3  # the share of words that two wordings of one title have in common, at the least
MIN_SLUG = 4  # words that an address needs to say which of two titles it was made from
ARTICLE_TYPES = frozenset([
    "Article", "NewsArticle", "BlogPosting", "Report", "ScholarlyArticle", "TechArticle",
    "AnalysisNewsArticle", "OpinionNewsArticle", "ReportageNewsArticle", "ReviewNewsArticle",
    "BackgroundNewsArticle", "SocialMediaPosting", "LegalCase", "Legislation", "CreativeWork",
    "MedicalWebPage", "AdvertiserContentArticle", "Event", "Review", "HowTo", "Recipe", "Product", "Course",
])  # fmt: skip
PAGE_TYPES = frozenset(["WebPage", "ItemPage", "FAQPage", "AboutPage"])
_SMALL = frozenset([
    "the", "and", "for", "with", "from", "how", "what", "why", "your", "you", "are", "its", "this", "that",
    "في", "من", "على", "إلى", "عن", "ما",
])  # fmt: skip
_SEPARATOR = re.compile(r"\s+[|–—·•»«:>~/-]+\s+|\s*[|»]\s*|\s*::\s*")


@dataclass(frozen=True, slots=True)
class Title:
    text: str | None
    source: str | None
    element: HtmlElement | None  # of the page, where it was read there
    doubted: bool = False  # the head says something else


def read(
    document: Document, names: frozenset[str], chosen: Iterable[tuple[HtmlElement, str]], signals: Signals
) -> Title:
    """`chosen` are the profile's own elements with their text; `names` what the site calls itself."""
    for element, text in chosen:
        if text := _tidy(text):
            return Title(text, "profile", element)
    heads = _heads(document, names)
    shown = [(mark.element, _tidy(short_text(mark.element, MAX_TITLE) or "")) for mark in signals.headlines]
    shown = [(element, text) for element, text in shown if text and fold(text) not in names]
    fitting = _fitting(shown, [text for _, text in heads], signals)
    if fitting and (named := _named_by_address(fitting[1], heads, document.url)):
        return Title(named[1], named[0], fitting[0], doubted=True)
    if fitting:
        host = urlsplit(document.url).hostname or ""
        text = _alone(without_site(fitting[1], names, host), [text for _, text in heads])
        doubted = bool(heads) and all(_likeness(text, head) < ALIKE for _, head in heads)
        return Title(text, "h1", fitting[0], doubted)
    passed = any(len(text.split()) > 2 for _, text in shown)  # over an h1 that could be a title
    for source, text in heads:
        if _is_cut(source, text, heads) or fold(text) in names:
            continue
        element = _element_saying(document, text)
        if element is not None and fold(said := _tidy(short_text(element, MAX_TITLE) or "")) != fold(text):
            return Title(said, source, element, passed)
        return Title(text, source, element, passed)
    return Title(None, None, None)


def site_names(document: Document, profile: Profile) -> frozenset[str]:
    """What the site calls itself, folded: to be taken off titles, and never an author."""
    names = [
        profile.name,
        *profile.names,
        document.meta("og:site_name", "application-name", "apple-mobile-web-app-title") or "",
    ]
    for item in document.jsonld:
        kinds = types(item)
        if kinds & {
            "WebSite",
            "Organization",
            "NewsMediaOrganization",
            "Corporation",
            "LocalBusiness",
            "EducationalOrganization",
        }:
            names += [str(item.get("name") or ""), str(item.get("alternateName") or "")]
        publisher = item.get("publisher")
        if isinstance(publisher, dict):
            names.append(str(publisher.get("name") or ""))
    for link in document.tree.iter("link"):  # WordPress: <link rel="alternate" title="The Institute » Feed">
        kind, shown = link.get("type") or "", link.get("title") or ""
        if kind in ("application/rss+xml", "application/atom+xml") and (parts := re.split(r"\s+[»«]\s+", shown))[1:]:
            names.append(parts[0])
            break
    return frozenset(folded for name in names if (folded := fold(entities.unescape(name))))


def types(item: dict[str, Any]) -> frozenset[str]:
    """The `@type`s of a JSON-LD object."""
    kind = item.get("@type")
    return frozenset(str(one).rsplit("/", 1)[-1] for one in (kind if isinstance(kind, list) else [kind]))


def articles(document: Document) -> list[dict[str, Any]]:
    """The JSON-LD objects that describe what the page publishes, articles before pages."""
    found = [item for item in document.jsonld if types(item) & ARTICLE_TYPES]
    found.sort(key=lambda item: not any(one.endswith(("Article", "Posting", "Report")) for one in types(item)))
    return found + [item for item in document.jsonld if types(item) & PAGE_TYPES]


def fold(text: str) -> str:
    """For comparing titles: lower case, no accents or marks, no punctuation."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(
        re.sub(r"[\W_]+", " ", "".join(char for char in decomposed if not unicodedata.combining(char))).split()
    )


def without_site(text: str, names: frozenset[str], host: str) -> str:
    """Take the site's name off the end or the beginning of a title, where a separator sets it off."""
    owner = re.sub(r"\W", "", host.removeprefix("www.").rpartition(".")[0].lower())
    pieces = list(_SEPARATOR.finditer(text))
    for match in reversed(pieces):
        behind = text[match.end() :]
        sign = "|" in match[0] and _is_sign(behind, owner)
        if (sign or _is_site(behind, names, owner)) and text[: match.start()].strip():
            return without_site(text[: match.start()].strip(), names, host)
    for match in pieces:
        if _is_site(text[: match.start()], names, owner) and text[match.end() :].strip():
            return text[match.end() :].strip()
    return text


def _is_sign(text: str, owner: str) -> bool:
    """What stands behind a bar and is the host's name in another form: its initials ("| TIMEP"), or more words than it
    has ("Thrive Marketing" of thriveagency)."""
    words = fold(text).split()
    if len(words) == 1 and text.strip().isupper() and 2 < len(words[0]) < 7:
        letters = iter(owner)
        return owner[:1] == words[0][:1] and all(letter in letters for letter in words[0])
    return 1 < len(words) < 5 and len(words[0]) > 4 and owner.startswith(words[0])


def _is_site(text: str, names: frozenset[str], owner: str) -> bool:
    folded = fold(text)
    joined = folded.replace(" ", "")
    return folded in names or (
        len(joined) > 2 and (joined == owner or (len(owner) > 3 and owner in joined and len(joined) < len(owner) + 6))
    )


def _tidy(text: str) -> str:
    return plain(unicodedata.normalize("NFC", text))


def _heads(document: Document, names: frozenset[str]) -> list[tuple[str, str]]:
    host = urlsplit(document.url).hostname or ""
    found: list[tuple[str, str]] = []
    for item in articles(document):
        headline = item.get("headline") or (item.get("name") if not types(item) & PAGE_TYPES else None)
        if (
            isinstance(headline, str)
            and headline.strip()
            and not types(item) & {"Event", "Review", "Product", "Recipe", "Course", "HowTo"}
        ):
            found.append(("json-ld", without_site(_tidy(entities.unescape(headline)), names, host)))
            break
    if social := document.meta(
        "og:title", "twitter:title", "dc.title", "citation_title", "parsely-title", "sailthru.title"
    ):
        found.append(("og", without_site(_tidy(social), names, host)))
    if (head := document.tree.find(".//title")) is not None and head.text:
        found.append(("title", without_site(_tidy(head.text), names, host)))
    return [(source, text) for source, text in found if text]


def _fitting(
    shown: list[tuple[HtmlElement, str]], heads: list[str], signals: Signals
) -> tuple[HtmlElement, str] | None:
    """The h1 that says what the head says; the only h1 of the page fits in any case, unless the head knows better."""
    if not shown:
        return None
    best, score = None, 0.0
    for element, text in shown:
        likeness = max((_likeness(text, head) for head in heads), default=0.0)
        if likeness > score or (best and likeness == score and len(text) > len(best[1])):
            best, score = (element, text), likeness
    if best and score >= ALIKE:
        return best
    if (
        len(shown) == 1
        and (score or not heads)
        and (
            not heads
            or not signals.headlines[0].element.xpath("ancestor::header[not(ancestor::article or ancestor::main)]")
        )
    ):
        return shown[0]
    return shown[0] if not heads else None


def _named_by_address(shown: str, heads: list[tuple[str, str]], url: str) -> tuple[str, str] | None:
    """What the head says, where the address was made from it and says hardly a word of the only h1: that is a slogan.

    WordPress makes the address from the title. It is cut, and editors change titles later: so most words must be in the
    one, and few in the other.
    """
    slug = fold(unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2]).replace("-", " ")).split()
    words = [word for word in slug if word not in _SMALL and len(word) > 1]
    if len(words) < MIN_SLUG or _share(words, shown) > 0.35:
        return None
    return next((head for head in heads if _share(words, head[1]) >= 0.75), None)


def _share(words: list[str], text: str) -> float:
    """How many of these words a text has, from 0 to 1."""
    return len(set(words) & set(fold(text).split())) / len(set(words))


_BEHIND = re.compile(r"(?:posted|published|updated|written)?\s*(?:on|by)\b", re.IGNORECASE)


def _alone(text: str, heads: list[str]) -> str:
    """The h1 without a label in front ("Blog: …") or a dateline behind ("… Posted on July 1 by …"), where the head says
    how the title ends."""
    for head in heads:
        if len(head) > 8 and text != head:
            before, found, after = text.partition(head)
            if (
                found
                and (not before or (len(before.split()) < 3 and before.rstrip().endswith(":")))
                and (not after or _BEHIND.match(after.strip()))
            ):
                return head
    return text


def _likeness(text: str, head: str) -> float:
    """How much of the words two titles share, from 0 to 1."""
    one, two = fold(text), fold(head)
    if not one or not two:
        return 0.0
    if one == two:
        return 1.0
    if (one in two or two in one) and min(len(one), len(two)) > 8:
        return 0.9
    words, others = ({word for word in text.split() if len(word) > 2 and word not in _SMALL} for text in (one, two))
    return 0.85 * len(words & others) / max(1, len(words | others))


def _is_cut(source: str, text: str, heads: list[tuple[str, str]]) -> bool:
    """A headline that another source has whole: cut with "…", or by JSON-LD's limit of 110 characters."""
    stem = text.rstrip("…. ")
    shortened = stem != text and text.endswith(("…", "..."))
    return (shortened or source == "json-ld") and any(
        len(longer) > len(text) and longer.startswith(stem) for _, longer in heads
    )


def _element_saying(document: Document, text: str) -> HtmlElement | None:
    """The heading that shows a title read from the head, which may carry the site's name behind a separator: it is no
    part of the body."""
    wanted = {fold(text), *(fold(text[: match.start()]) for match in _SEPARATOR.finditer(text))} - {""}
    for element in document.body.iter("h2", "h1", "h3"):
        shown = short_text(element, MAX_TITLE)
        if shown and fold(shown) in wanted and (fold(shown) == fold(text) or len(shown.split()) > 2):
            return element
    return None
