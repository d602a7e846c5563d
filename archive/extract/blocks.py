"""From the drafts of a body to its blocks: what belongs to other fields is taken out, notes and interviews are named,
links get their words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from archive.extract import contents, footnotes, furniture, related
from archive.extract.body import Body
from archive.extract.boilerplate import Sort
from archive.extract.draft import Draft
from archive.extract.page import AuthorNote, Block, ListItem, NoteMark, Reference
from archive.extract.phrase import Phrases
from archive.extract.run import text_links

_PUNCTUATION = re.compile(r"[\W_]+")
_ONLY_MARKS = re.compile(r"[\W_]*")
_ABOUT_AUTHORS = re.compile(
    r"\W*(?:about (?:the )?(?:authors?|contributors?|writers?)|authors?(?: bios?)?|(?:عن|حول|"
    r"نبذة عن) (?:ال)?(?:كاتب|مؤلف|كاتبة|باحث|كاتبين)\S*|الكاتب|الكاتبة)\W*",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|odt|epub)(?:[?#]|$)", re.IGNORECASE)
_BY = re.compile(r"^(?:(?:written )?by|بقلم|كتب(?:ت|ه|ها)?|إعداد|author|posted by)\s*[:：]?\s*", re.IGNORECASE)
_DAY = re.compile(
    r"^\W*(?:(?:published|posted|updated|last (?:updated|modified)|modified|date|نُ?شر|تاريخ النشر|"
    r"آخر تحديث)\s*(?:on|at|في|بتاريخ)?\s*[:：]?\s*)?(?:(?:mon|tues?|wed(?:nes)?|thurs?|fri|satur?|"
    r"sun)(?:day)?,?\s+)?"
    r"(?:\d{1,2}[\s./-]+[^\W\d_]{3,12}[\s./-]+\d{4}|[^\W\d_]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}|"
    r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|"
    r"[\u0660-\u0669\d]{1,2}\s+[^\W\d_]{3,12}(?:[ /]+[^\W\d_]{3,12})?[،,]?\s+[\u0660-\u0669\d]{4})"
    r"(?:[\s,|@–-]+(?:at\s+)?\d{1,2}:\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?(?:\s+\w{2,5})?)?\W*$",
    re.IGNORECASE,
)  # fmt: skip
_HEAD = 6  # blocks at the beginning among which a title, a byline or a date may be repeated


@dataclass(slots=True)
class Sorted:
    """The body's drafts that stay, and what went to other fields."""

    drafts: list[Draft]
    author_notes: list[AuthorNote] = field(default_factory=list)
    related: list[Reference] = field(default_factory=list)
    translations: list[Reference] = field(default_factory=list)
    standfirst: str | None = None


def sort(body: Body, base: str, title: str | None, standfirst: str | None, authors: Iterable[str]) -> Sorted:
    """Take out of the body what is no part of it. Relative links of notes are joined to `base`."""
    names = tuple(authors)
    found = Sorted(contents.without(body.drafts))
    _without_furniture(found)
    _without_head(found, title, names)
    found.drafts, found.related = related.taken_out(found.drafts, base)
    _without_bios(found, names)
    _boxes(found, body, base, names)
    _without_trailing_headings(found)
    found.drafts = footnotes.plain(found.drafts)
    if standfirst is None:
        _standfirst(found)
    else:
        _once(found, standfirst)
    return found


def _folded(text: str) -> str:
    return _PUNCTUATION.sub(" ", text).strip().casefold()


def _without_furniture(found: Sorted) -> None:
    kept = []
    count = len(found.drafts)
    for index, draft in enumerate(found.drafts):
        if draft.type in ("paragraph", "heading", "list") and len(draft.text) < 330:
            if (
                _ONLY_MARKS.fullmatch(draft.text)
                or furniture.is_furniture(draft.text)
                or (draft.linked > 0.9 and furniture.is_button(draft.text))
            ):
                continue
            if (index < _HEAD or index >= count - _HEAD) and furniture.is_translation_note(draft.text):
                found.translations.extend(related.references(draft))
                continue
        kept.append(draft)
    found.drafts = kept


def _without_head(found: Sorted, title: str | None, names: tuple[str, ...]) -> None:
    """The title, a byline and a date, where they are repeated before the first real paragraph."""
    wanted = _folded(title or "")
    bylines = {_folded(name) for name in names} | {_folded(" ".join(names)), _folded(" and ".join(names))}
    kept = []
    for index, draft in enumerate(found.drafts):
        if index < _HEAD and draft.type in ("heading", "paragraph") and len(draft.text) < 400:
            own = _folded(draft.text)
            rest = _folded(_BY.sub("", draft.text))
            if own == wanted or (draft.level == 1 and own and (own in wanted or wanted in own)):
                continue
            if draft.type == "paragraph" and (rest in bylines or (_DAY.match(draft.text) and len(draft.text) < 60)):
                continue
        kept.append(draft)
    found.drafts = kept


def _without_bios(found: Sorted, names: tuple[str, ...]) -> None:
    """The lines about the authors: what stands behind a heading that says so, else the last paragraphs; files to load
    and notes left aside."""
    drafts = found.drafts
    start = next((at for at in range(len(drafts) - 1, max(0, len(drafts) - 12), -1) if _is_about(drafts[at])), None)
    taken: list[int] = []
    if start is not None:
        taken = [at for at in range(start + 1, len(drafts)) if _says_who(drafts[at])]
    else:
        for at in range(len(drafts) - 1, 0, -1):
            draft = drafts[at]
            if draft.type in ("image", "footnote") or _is_offer(draft):
                continue
            marked = draft.italic or bool(draft.lead)
            if draft.type != "paragraph" or not furniture.is_bio(draft.text, names, marked):
                break
            taken.insert(0, at)
    found.author_notes.extend(
        AuthorNote(text=drafts[at].text, links=text_links(drafts[at].text, drafts[at].links)) for at in taken
    )
    found.drafts = [draft for at, draft in enumerate(drafts) if at not in taken and at != start]


def _is_about(draft: Draft) -> bool:
    return (draft.type == "heading" or draft.bold) and bool(_ABOUT_AUTHORS.fullmatch(draft.text))


def _says_who(draft: Draft) -> bool:
    return draft.type == "paragraph" and len(draft.text) < 1500 and not _is_offer(draft)


def _is_offer(draft: Draft) -> bool:
    """A line that only offers a file."""
    return draft.type == "paragraph" and draft.linked > 0.8 and any(_DOCUMENT.search(url) for url, _, _ in draft.links)


def _boxes(found: Sorted, body: Body, base: str, names: tuple[str, ...]) -> None:
    """Author boxes that were left out by their class: their sentences are author notes."""
    phrases = Phrases(base, ())
    known = {_folded(note.text) for note in found.author_notes}
    for aside in body.asides:
        if aside.sort is Sort.AUTHOR:
            for part in aside.element.iter("p", "div"):
                if part.tag == "div" and len(part):
                    continue
                text, places = phrases(part)
                if furniture.is_bio(text, names, True) and _folded(text) not in known:
                    known.add(_folded(text))
                    found.author_notes.append(AuthorNote(text=text, links=text_links(text, places)))


def _without_trailing_headings(found: Sorted) -> None:
    while found.drafts and found.drafts[-1].type == "heading":
        found.drafts.pop()


def _standfirst(found: Sorted) -> None:
    """A first paragraph that is set apart as a whole, before others that are not. It stays where it is: nothing says
    that the text begins behind it."""
    texts = [draft for draft in found.drafts if draft.type != "image"]
    if (
        len(texts) < 2
        or texts[0].type != "paragraph"
        or not (texts[0].bold or texts[0].italic)
        or not 40 < len(texts[0].text) < 700
    ):
        return
    if (
        texts[1].type != "paragraph"
        or texts[1].bold
        or texts[1].italic
        or texts[0].text.rstrip()[-1:] in "?؟:："
        or texts[0].links
    ):
        return
    found.standfirst = texts[0].text


def _once(found: Sorted, standfirst: str) -> None:
    """A standfirst that is set apart in the body, or repeated there word for word, stands there no second time."""
    wanted = _folded(standfirst)
    same = [
        draft
        for draft in found.drafts[:4]
        if draft.type in ("paragraph", "heading", "quote") and _folded(draft.text) == wanted
    ]
    for draft in same:
        if draft.bold or draft.italic or draft.type != "paragraph":
            found.drafts.remove(draft)


def written(drafts: Sequence[Draft]) -> tuple[Block, ...]:
    """The drafts as blocks. Every link's text is the block's text at its place; every mark of a note names the note's
    block."""
    notes = footnotes.tied(list(drafts))
    return tuple(
        _block(
            draft,
            tuple(
                NoteMark(text=draft.text[start:end], start=start, end=end, mark=drafts[note].mark, block=note)
                for start, end, note in notes.get(number, ())
            ),
        )
        for number, draft in enumerate(drafts)
    )


def _block(draft: Draft, notes: tuple[NoteMark, ...]) -> Block:
    return Block(
        type=draft.type,
        text=draft.text,
        links=text_links(draft.text, draft.places),
        notes=notes,
        level=draft.level,
        items=tuple(ListItem(**item._asdict()) for item in draft.items) if draft.items is not None else None,
        rows=tuple(tuple(row) for row in draft.rows) if draft.rows is not None else None,
        header_rows=draft.header_rows,
        header_columns=draft.header_columns,
        speaker=draft.speaker,
        cite=draft.cite,
        mark=draft.mark,
        url=draft.url,
        alt=draft.alt,
        caption=draft.caption,
        caption_links=text_links(draft.caption or "", draft.caption_places),
        credit=draft.credit,
        language=None,
        direction=None,
    )
