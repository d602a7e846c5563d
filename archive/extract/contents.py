"""A table of contents: links to the parts of the same page, which repeat its headings."""

import re
from collections.abc import Sequence

from archive.extract.draft import Draft

_LEAST = 3  # links
_LINKED = 0.8  # of its characters
# Of its links, those that are headings of the page. Editors write lists of links to parts into their sentences: of 17
# without a label the truth had five in the text, and of these one was nothing but headings.
_ALL = 0.95
_MOST = 0.5  # where a label says what it is
_LABEL = re.compile(
    r"\W*(?:(?:table of )?contents?(?:\W*(?:hide|show|toggle))*|(?:in|inside|on) this (?:article|post|page|guide|"
    r"report|paper|brief|issue)|topics(?: covered)?|what['’]s inside|jump to(?: section)?|quick (?:links|navigation)|"
    r"(?:ال)?محتويات(?: (?:ال)?(?:مقال|مقالة|تقرير|صفحة|ورقة|موضوع))?|جدول المحتويات|في هذ[اه] (?:ال)?(?:مقال|مقالة|"
    r"تقرير|صفحة|ورقة|عدد)|فهرس(?: (?:ال)?(?:محتويات|مقال|موضوعات))?|(?:ال)?فهرس)\W*",
    re.IGNORECASE,
)
_PUNCTUATION = re.compile(r"[\W_]+")


def without(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts without tables of contents, and without what is written above them."""
    listed = [index for index, draft in enumerate(drafts) if _places(draft)]
    if not listed:
        return list(drafts)
    headings = [folded for draft in drafts if draft.type == "heading" and (folded := _folded(draft.text))]
    gone: set[int] = set()
    for index in listed:
        above = drafts[index - 1] if index else None
        labelled = above is not None and len(above.text) < 60 and bool(_LABEL.fullmatch(above.text))
        places = _places(drafts[index])
        repeated = sum(_repeats(drafts[index].text[start:end], headings) for start, end in places)
        if repeated >= (_MOST if labelled else _ALL) * len(places):
            gone |= {index, index - 1} if labelled else {index}
    return [draft for index, draft in enumerate(drafts) if index not in gone]


def _places(draft: Draft) -> list[tuple[int, int]]:
    """The links of a block that is nothing but links to places on its own page; none of any other."""
    if draft.type not in ("list", "paragraph") or len(draft.places) < _LEAST:
        return []
    found = [(start, end) for url, start, end in draft.places if url[0] == "#" and not url.startswith(("#^", "#~"))]
    length = sum(end - start for start, end in found)
    return found if len(found) >= _LEAST and length >= _LINKED * len(draft.text) else []


def _repeats(words: str, headings: list[str]) -> bool:
    """Whether a heading says the same, or the same and a number or a few words more or less."""
    own = _folded(words)
    return bool(own) and any(own in heading or (len(heading) > 5 and heading in own) for heading in headings)


def _folded(text: str) -> str:
    return _PUNCTUATION.sub(" ", text).strip().casefold()
