"""What a body holds that points at other publications: “Read also”, cards, lists of links behind the text."""

import re
from collections.abc import Sequence

from archive.extract import furniture
from archive.extract.draft import Draft
from archive.extract.page import Reference
from archive.institutes.urls import host

_SHORT = 250
_SENTENCE = 60  # characters: what is shorter between cards is a label, a date, a byline
_CARD = 600  # characters: a teaser is shorter
_CARDS_LEAST = 3
# What is left of the body where cards are taken from its end.
_BODY_LEAST = 500
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|odt|epub|zip)(?:[?#]|$)", re.IGNORECASE)
_SOURCES = re.compile(
    r"\W*(?:(?:list of |selected )?(?:references?|sources?|bibliography|works cited|(?:end|foot)?notes|citations?|"
    r"documents?|downloads?)|(?:قائمة )?(?:ال)?(?:مراجع|مصادر|هوامش|حواشي|وثائق|ملفات))\b.{0,60}",
    re.IGNORECASE,
)


def references(draft: Draft) -> list[Reference]:
    """The links of a block, each with its words as title."""
    return [Reference(url=url, title=draft.text[start:end]) for url, start, end in draft.links]


def taken_out(drafts: Sequence[Draft], base: str) -> tuple[list[Draft], list[Reference]]:
    """What stays, and what the rest pointed at, in order. `base` is the page's address: cards lead to its own site."""
    site = host(base)
    kept, found = _without_labelled(drafts, site)
    kept, at_end = _without_end(kept, site)
    return kept, [*found, *at_end]


def _without_labelled(drafts: Sequence[Draft], site: str) -> tuple[list[Draft], list[Reference]]:
    """Without “Read also: …” lines anywhere, “Read next” and the cards behind it, and lines between two paragraphs that
    are nothing but a link to another page of the site."""
    kept: list[Draft] = []
    found: list[Reference] = []
    cards = False
    for index, draft in enumerate(drafts):
        says = (
            draft.type in ("paragraph", "heading", "list", "quote")
            and len(draft.text) < _SHORT
            and furniture.reads_also(draft.text)
        )
        if says and (draft.links or draft.type == "heading" or len(draft.text) < 40):
            found.extend(references(draft))
            cards = not draft.links
            continue
        if cards:
            if (
                draft.type == "image"
                or (draft.linked > 0.4 and _leads_home(draft, site))
                or (len(draft.text) < 120 and draft.type != "list" and draft.type != "heading")
            ):
                found.extend(references(draft))
                continue
            cards = False
        if _is_lone_link(draft, site) and _is_within(drafts, index, site):
            found.extend(references(draft))
            continue
        kept.append(draft)
    return kept, found


def _is_within(drafts: Sequence[Draft], index: int, site: str) -> bool:
    """Whether prose, or another such line, stands on either side."""
    return 0 < index < len(drafts) - 1 and all(
        _is_prose(beside) or _is_lone_link(beside, site) for beside in (drafts[index - 1], drafts[index + 1])
    )


def _is_lone_link(draft: Draft, site: str) -> bool:
    return (
        draft.type == "paragraph"
        and draft.linked > 0.95
        and len(draft.links) == 1
        and 20 < len(draft.text) < _SHORT
        and _leads_home(draft, site)
    )


def _is_prose(draft: Draft) -> bool:
    return draft.type == "paragraph" and draft.linked < 0.5 and len(draft.text) > _SENTENCE


def _leads_home(draft: Draft, site: str) -> bool:
    """Whether all its links lead to pages of the same site: no files, no sources."""
    return bool(draft.links) and all(host(url) == site and not _FILE.search(url) for url, _, _ in draft.links)


def _without_end(drafts: list[Draft], site: str) -> tuple[list[Draft], list[Reference]]:
    """Without the links and cards that stand behind the last paragraph."""
    end = _end_of_links(drafts, site)
    if end == len(drafts):
        end = _end_of_cards(drafts, site)
    left, gone = drafts[:end], drafts[end:]
    length = sum(len(draft.text) for draft in left)
    if not gone or length < max(_BODY_LEAST, sum(len(draft.text) for draft in gone)):
        return drafts, []
    notes = [draft for draft in gone if draft.type == "footnote"]
    return left + notes, [one for draft in gone if _leads_home(draft, site) for one in references(draft)]


def _end_of_links(drafts: list[Draft], site: str) -> int:
    """Where the lists and lines begin that are nothing but links, up to the end; a list of sources is none."""
    at = len(drafts)
    while at > 1:
        draft = drafts[at - 1]
        if draft.type not in ("list", "paragraph", "heading") or draft.linked < 0.9 or not _leads_home(draft, site):
            break
        at -= 1
    if at == len(drafts) or not any(draft.type == "list" or draft.type == "heading" for draft in drafts[at:]):
        return len(drafts)
    label = drafts[at - 1]
    if len(label.text) < _SENTENCE and (label.type == "heading" or label.text.rstrip()[-1:] in ":："):
        if _SOURCES.match(label.text):
            return len(drafts)
        at -= 1
    return at


def _end_of_cards(drafts: list[Draft], site: str) -> int:
    """Where a row of cards begins, up to the end: each a linked headline with a teaser at most."""
    end = at = len(drafts)
    cards = 0
    length = 0
    while at > 1:
        draft = drafts[at - 1]
        if draft.type in ("heading", "paragraph") and draft.linked > 0.9 and _leads_home(draft, site):
            if draft.type == "heading":
                cards += 1
                end = at - 1
            length = 0
        elif draft.type in ("paragraph", "image") and length + len(draft.text) < _CARD:
            length += len(draft.text)
        else:
            break
        at -= 1
    if cards < _CARDS_LEAST or any(_is_linked_heading(draft, site) for draft in drafts[:end]):
        return len(drafts)  # where the text's own headings are links, so are those at its end
    return end


def _is_linked_heading(draft: Draft, site: str) -> bool:
    return draft.type == "heading" and draft.linked > 0.9 and _leads_home(draft, site)
