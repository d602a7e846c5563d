"""Who brings a case and against whom: the names in a fact's value, and in a title such as "Case File: X et al. v. Y"
or «ملف قضية: س وآخرون ضد ص»."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.extract import countries
from archive.extract.case_lines import tidy
from archive.extract.page import Party

_CASE = (
    r"(?:(?:legal\s+)?case\s*(?:files?|stud(?:y|ies)|profile|summary|brief|note)?|legal\s+case|court\s+case|litigation|"
    r"ملف\s+(?:ال)?قضي[ةه]|(?:ال)?قضي[ةه]|ملف\s+(?:ال)?دعوى|دعوى)"
)
_LABEL = re.compile(rf"^\s*{_CASE}\s*[:：–—-]\s*", re.IGNORECASE)
_LABEL_BEHIND = re.compile(rf"\s+[–—|-]\s+{_CASE}\s*$", re.IGNORECASE)
_VERSUS = re.compile(r"\s+(?:v\.?|vs\.?|versus|against|c\.|c/|ضد|ضدّ|ض\.)\s+", re.IGNORECASE)
_OTHERS = re.compile(
    r"\s*[,،]?\s*(?:\bet\.?\s+al(?:ii|iae)?\b\.?|\b(?:and|&)\s+(?:\w+\s+)?others\b|\band\s+(?:ors|anor|another)\b\.?|"
    r"\bothers$|\bet\s+autres\b|و\s?(?:[\d٠-٩]+\s+)?[آا]خر(?:ون|ين|ان|ى|يات)?|وغيرهم[ا]?|وغيره[ا]?)(?![\w])\s*",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s*[;؛\n•]\s*|\s+(?:\d{1,2}[.)]|\(\d{1,2}\))\s+")
_AND = re.compile(r"\s+(?:and|&)\s+", re.IGNORECASE)
_SUFFIX = re.compile(
    r"(?:inc|llc|llp|ltd|limited|plc|corp|co|gmbh|ag|asa|as|ab|bv|b\.v|nv|n\.v|sa|s\.a|sal|s\.a\.l|sarl|s\.a\.r\.l|"
    r"spa|s\.p\.a|srl|jr|sr|esq)\.?(?: .{1,12})?|ش\.?\s?م\.?.*",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}[.)]|\(\d{1,2}\)|[•–*-])\s+")
_PERSON = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Dr)\.?\s+)?(?:[A-Z][\w.’'-]*\s+)(?:(?:al|el|bin|ibn|bou|ben)[ -])?[A-Z][\w’'-]+"
    r"(?:\s+[A-Z][\w’'-]+)?"
)
_BODY = re.compile(
    r"\b(?:ministry|council|committee|company|union|association|board|bank|group|authority|syndicate|municipality|"
    r"department|agency|society|institute|center|centre|office|court|state|government|republic|ltd|inc|plc)\b",
    re.IGNORECASE,
)
_DASH = " \t:：،,;؛–—-"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a case; `others` where the page says that there are more."""

    parties: tuple[Party, ...] = ()
    others: bool = False


def of_values(values: Sequence[str]) -> Side:
    """The parties that a fact's lines name."""
    parties: list[Party] = []
    others = False
    for value in values:
        for raw in _listed(value):
            name = _NUMBERED.sub("", raw)
            shorter = tidy(_OTHERS.sub(" ", name)).strip(_DASH)
            others = others or _OTHERS.search(name) is not None
            if shorter:
                parties.append(Party(name=shorter, name_raw=raw.strip()))
    return Side(tuple(parties), others)


def named(title: str) -> str | None:
    """What a title calls the case, without “Case file:” and its like; null where it has neither that nor two sides."""
    name = tidy(_LABEL_BEHIND.sub("", _LABEL.sub("", title, count=1), count=1))
    told = name != tidy(title) or len(_VERSUS.split(name, maxsplit=1)) == 2
    return name if told and name else None


def of_name(name: str | None) -> tuple[Side, Side]:
    """Claimants and defendants of a case's name; empty where it has no two sides."""
    sides = _VERSUS.split(name or "", maxsplit=1)
    return (of_values([sides[0]]), of_values([sides[1]])) if len(sides) == 2 else (Side(), Side())


def _listed(value: str) -> Iterator[str]:
    """The names of a list in one line. A comma also stands inside a name: before `Ltd`, `S.A.`, and before a
    country."""
    for part in _PARTS.split(value):
        names: list[str] = []
        for piece in re.split(r"\s*[,،]\s*", part):
            if names and (_SUFFIX.fullmatch(piece) or countries.code(piece)):
                names[-1] = f"{names[-1]}, {piece}"
            elif piece:
                names.append(re.sub(r"^(?:and|&)\s+(?!(?:\w+\s+)?others|ors|another)", "", piece, flags=re.IGNORECASE))
        yield from names[:-1]
        if names:
            yield from _at_and(names[-1])


def _at_and(text: str) -> list[str]:
    """ "A and B" are two where both are persons: a "Ministry of Labor and Housing" is one."""
    sides = _AND.split(text)
    return (
        sides
        if len(sides) == 2 and all(_PERSON.fullmatch(side) for side in sides) and not _BODY.search(text)
        else [text]
    )
