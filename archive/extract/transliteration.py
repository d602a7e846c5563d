"""Whether an Arabic and a Latin name are the same name: by their consonants, which every transliteration keeps.

Vowels are written in neither the same way nor always, so each Arabic letter stands for the Latin ones that it is
written with, و ي ه ة for these or nothing, and the article for nothing or any of its forms (al-, el-, as-, …).
«مي السعدني» is "Mai El-Sadany", "Mai al-Saadani" and "May Elsaadany".
"""

import re
import unicodedata
from functools import lru_cache

FEWEST = 4  # consonants that both must have: «علي» alone could be Ali, Lee or Leah
_LETTERS = {
    "ب": "[bp]", "پ": "[pb]", "ت": "t", "ث": "[θts]", "ج": "(?:dj|[jgzš])", "چ": "[šj]", "ح": "h", "خ": "[xkh]",
    "د": "d", "ذ": "[ðdz]", "ر": "r", "ز": "z", "ژ": "[zj]", "س": "[sc]", "ش": "[šs]", "ص": "s", "ض": "[dðz]",
    "ط": "t", "ظ": "[zðd]", "ع": "", "غ": "[ğgr]", "ف": "[fvp]", "ڤ": "v", "ق": "[qkgc]", "ك": "[kcqš]", "ک": "[kcqš]",
    "گ": "g", "ل": "l", "م": "m", "ن": "n", "ه": "h?", "ة": "[ht]?", "و": "[wv]?", "ي": "[yj]?", "ی": "y?", "ى": "y?",
    "ئ": "y?", "ا": "", "أ": "", "إ": "", "آ": "", "ؤ": "w?", "ء": "",
}  # fmt: skip
_ARTICLE = "(?:l|[rzsšdðtθn])?"
_PAIRS = (("kh", "x"), ("gh", "ğ"), ("sch", "š"), ("sh", "š"), ("ch", "š"), ("th", "θ"), ("dh", "ð"), ("ph", "f"))
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3]")


def same(one: str, other: str) -> bool:
    """Whether two names, one in Arabic letters and one in Latin ones, are one name. False where both are of one
    script."""
    if is_arabic(other) and not is_arabic(one):
        one, other = other, one
    if not is_arabic(one) or is_arabic(other) or not _LATIN.search(other):
        return False
    consonants = _consonants(other)
    return len(consonants) >= FEWEST and bool(_pattern(one).fullmatch(consonants))


def is_arabic(name: str) -> bool:
    """Whether a name is written in Arabic letters, for the most part."""
    return 2 * len(_ARABIC.findall(name)) > sum(char.isalpha() for char in name)


@lru_cache(maxsize=256)
def _pattern(arabic: str) -> re.Pattern[str]:
    """What its Latin consonants look like. Marks and tatweel say nothing."""
    bare = "".join(char for char in arabic if not unicodedata.combining(char) and char != "ـ")
    words = re.findall(r"[^\W\d_]+", bare)
    pieces = []
    for word in words:
        article = word.startswith("ال") and len(word) > 4
        letters = word[2:] if article else word
        pieces.append((_ARTICLE if article else "") + "".join(_LETTERS.get(letter, "") for letter in letters))
    return re.compile("".join(pieces))


def _consonants(latin: str) -> str:
    """Its consonants in a row, a letter each; initials such as "E." are left out, for Arabic bylines have none."""
    decomposed = unicodedata.normalize("NFKD", latin.casefold())
    text = "".join(char for char in decomposed if not unicodedata.combining(char)).replace("ı", "i")
    words = [word for word in re.findall(r"[^\W\d_]+", re.sub("['’‘ʿʾ`]", "", text)) if len(word) > 1]
    found = " ".join(words).replace("x", "ks")
    for pair, letter in _PAIRS:
        found = found.replace(pair, letter)
    return re.sub(r"[aeiou\s]+", "", re.sub(r"([^\W\d_])\1+", r"\1", found))
