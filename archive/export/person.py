"""An author's name as bibliographies want it: family name and given names, or one literal."""

import re
import unicodedata

from archive.extract.name_words import INSTITUTION

# A name with one of these is not a person's.
_ORGANISATION = re.compile(
    r"""\b(?:institute|cent(?:er|re)|council|committee|foundation|association|ministry|department|society|office|
    initiative|program(?:me)?|network|forum|observatory|commission|campaign|coalition|union|school|university|faculty|
    watch|staff|team|editors?|editorial|board|project|group|organi[sz]ation|agency|news|press|media|lab|fund|research|
    human|rights|international|policy|studies|the|of|for|and|in|on)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_PARTICLES = frozenset(
    {
        "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "ten", "ter", "zu",
        "bin", "ibn", "ben", "al", "el", "abu", "abou", "abd", "abdel", "abdul", "ould",
    }
)  # fmt: skip
_MOST_WORDS = 5


def parted(name: str) -> tuple[str, str] | None:
    """Family name and given names of a person whose name is in Latin letters; None for an Arabic name, an
    organisation, a single word, and all else of which a bibliography is to have the whole.

    Arabic names have no family name that could be told from the letters.
    """
    words = name.split()
    letters = [sign for sign in name if sign.isalpha()]
    if not 2 <= len(words) <= _MOST_WORDS or "," in name or _ORGANISATION.search(name) or INSTITUTION.search(name):
        return None
    if not all(unicodedata.name(sign, "").startswith("LATIN") for sign in letters):
        return None
    start = len(words) - 1
    while start > 1 and words[start - 1].lower().rstrip("-") in _PARTICLES:
        start -= 1
    if not all(word[0].isupper() for word in (words[0], words[-1].rpartition("-")[2])):
        return None
    return " ".join(words[start:]), " ".join(words[:start])
