"""Interviews: told by their structure, and their blocks named as questions and answers with who speaks."""

import re
from collections import Counter
from typing import Literal

from archive.extract import names
from archive.extract.draft import Draft

_ASKS = re.compile(r"[?؟]\W*$")
# "TIMEP:", "KN:", "Karim Nammour:", «تحرير:». A label is short and no sentence.
_LABEL = re.compile(
    r"^((?:[A-Z][A-Za-z]{0,14}|[A-Z](?:\.?[A-Z]){0,5}\.?|"
    r"[\u0621-\u064a]{1,15})(?:[ \u00a0'’.-]{1,2}(?:[A-Z][\w.]{0,14}|[\u0621-\u064a]{1,15})){0,3})"
    r"\s*[:：](?:\s+(?=\S)|$)"
)
_INTERVIEWER = re.compile(r"^(?:q|question|interviewer|س|سؤال|السؤال|المحاور)$", re.IGNORECASE)
_ANSWERER = re.compile(r"^(?:a|answer|ج|جواب|الجواب)$", re.IGNORECASE)
_NAME = (
    r"[A-Z][\w.'’-]*(?:\s+(?:(?:al|el|ben|bin|ibn|bint|bou|abu|van|von|de|den|der|di|da|la|le|du)[\s-]+){0,2}"
    r"(?:(?:al|el)-)?[A-Z][\w.'’-]*){1,4}"
)
# "… Q&A with Karim Nammour on …", «مقابلة مع كريم نمور حول …»: the words between are few and no new clause. A name is
# taken whole or not at all, by looking ahead: `{1,4}+` does not match what it should before Python 3.11.5.
_WITH = re.compile(
    r"\b(?i:interview(?:ing)?|conversation|q\s?(?:&|and)\s?a|dialogue|discussion)\b(?:\s+\w+){0,2}?\s+(?i:with)\s+"
    rf"(?=(?P<latin>{_NAME}))(?P=latin)(?=$|[\s,;:–—|-])(?!\s+(?:and\b|&))|"
    r"(?:مقابلة|حوار|لقاء|حديث|محادثة)(?:\s+\w+)?\s+مع\s+"
    r"(?P<arabic>(?:(?!(?:حول|عن|بشأن|في|من|على|بعد|قبل|ضمن|لمناسبة|بمناسبة)\s)[\u0621-\u0652]+\s*){2,5})(?=$|\W|\s)"
)
# Of an interview that no rule names: ten questions stand in the seen one, three or four headings in an analysis that
# likes to ask.
_QUESTIONS = 5
_TURNS = 2


def looks_like_one(drafts: list[Draft], interviewers: tuple[str, ...]) -> bool:
    """Whether the structure alone says that this is an interview."""
    headings = [draft for draft in drafts if draft.type == "heading"]
    questions = [draft for draft in headings if _ASKS.search(draft.text)]
    bold = [draft for draft in drafts if _is_bold_question(draft)]
    if len(questions) >= _QUESTIONS and len(questions) >= 0.8 * len(headings):
        return True
    if len(bold) >= _QUESTIONS and not headings:
        return True
    labels = _labels(drafts)
    asking = {label for label in labels if label in interviewers or _INTERVIEWER.match(label)}
    if asking and len(labels) >= 2 and sum(labels.values()) >= 2 * _TURNS:
        return True
    turns = [label for label, count in labels.items() if count >= _TURNS + 1]
    return len(turns) == 2 and all(_is_initials(label) or label in interviewers for label in turns)


def guest(title: str | None) -> str | None:
    """Who is interviewed, where the title names one person; null where it names none or several."""
    found = _WITH.search(title or "")
    people = names.people(found["latin"] or found["arabic"]) if found else ()
    return people[0].name if len(people) == 1 else None


def structure(drafts: list[Draft], interviewers: tuple[str, ...], title: str | None = None) -> None:
    """Name the blocks: `question` and `answer`, with speakers where labels say so, else the guest that the title names.
    What stands before the first question is an introduction."""
    labels = _labels(drafts)
    speakers = {
        label
        for label, count in labels.items()
        if count >= _TURNS or label in interviewers or _INTERVIEWER.match(label) or _ANSWERER.match(label)
    }
    if len(speakers) >= 2 or any(label in interviewers or _INTERVIEWER.match(label) for label in speakers):
        _by_labels(drafts, speakers, interviewers)
    else:
        _by_questions(drafts, guest(title))


def _by_labels(drafts: list[Draft], speakers: set[str], interviewers: tuple[str, ...]) -> None:
    first = next((label for draft in drafts if (label := _label(draft)) in speakers), None)
    asking = {label for label in speakers if label in interviewers or _INTERVIEWER.match(label)} or (
        {first} if first else set()
    )
    turn: tuple[Literal["question", "answer"], str] | None = None
    for draft in list(drafts):
        label = _label(draft)
        if label in speakers and label is not None:
            turn = ("question" if label in asking else "answer", label)
            _take_label(draft)
            if not draft.text:  # a label that stands above its words
                drafts.remove(draft)
                continue
        if turn is not None and draft.type in ("paragraph", "heading"):
            if draft.type == "heading" and label is None and not _ASKS.search(draft.text):
                turn = None
                continue
            draft.type, draft.speaker = turn


def _by_questions(drafts: list[Draft], answering: str | None) -> None:
    asked = False
    plain_too = sum(draft.type == "heading" and bool(_ASKS.search(draft.text)) for draft in drafts) >= _QUESTIONS
    for index, draft in enumerate(drafts):
        if (draft.type == "heading" and _ASKS.search(draft.text)) or _is_bold_question(draft):
            draft.type, asked = "question", True
        elif draft.type == "heading":
            asked = False
        elif asked and draft.type == "paragraph":
            # A question that was left as a plain paragraph: short, asks, stands between answers.
            is_question = (
                plain_too
                and len(draft.text) < 300
                and _ASKS.search(draft.text)
                and index + 1 < len(drafts)
                and drafts[index - 1].type == "answer"
            )
            draft.type = "question" if is_question else "answer"
            draft.speaker = None if is_question else answering


def _is_bold_question(draft: Draft) -> bool:
    return draft.type == "paragraph" and draft.bold and bool(_ASKS.search(draft.text)) and len(draft.text) < 600


def _labels(drafts: list[Draft]) -> Counter[str]:
    return Counter(label for draft in drafts if (label := _label(draft)))


def _label(draft: Draft) -> str | None:
    if draft.type not in ("paragraph", "heading"):
        return None
    found = _LABEL.match(draft.text)
    return found[1].strip() if found else None


def _is_initials(label: str) -> bool:
    return label.replace(".", "").isupper() and len(label) <= 6


def _take_label(draft: Draft) -> None:
    found = _LABEL.match(draft.text)
    if found:
        draft.cut(found.end())
