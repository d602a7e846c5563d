"""The folded form of a text: what the search index holds, and what a query is turned into. Nothing else ever sees it.

Arabic: alef with anything on it is alef, alef maqsura is ya, ta marbuta is ha, no marks, no tatweel; the letters that
Persian and Urdu write for the same sound are the Arabic ones; Arabic-Indic digits are 0 to 9. All other letters: lower
case, no accents. Of a word, what `clitics` takes off is left out too.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

from archive.catalogue.clitics import plain

_LETTERS = {
    "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ة": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه", "ک": "ك", "ڪ": "ك", "ـ": "",
    "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ʿ": "", "ʾ": "",
}  # fmt: skip
_DROPPED = ("Mn", "Me", "Cf")  # marks, and what only steers the layout: joiners, bidi controls
# A word as it stands in a text, with the marks on its letters.
WORD = re.compile(r"\w[\w\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200c-\u200f]*")


class _Folding(dict[int, str]):
    """For `str.translate`: a code point's folded form, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        form = self[code] = _folded(chr(code))
        return form


def _folded(character: str) -> str:
    """Compatibility forms taken apart (Arabic presentation forms, ligatures), lower case, without marks."""
    apart = unicodedata.normalize("NFKD", character.casefold())
    plain = (one for one in apart if unicodedata.category(one) not in _DROPPED)
    digits = (str(unicodedata.digit(one)) if one.isdigit() else one for one in plain)
    return "".join(_LETTERS.get(one, one) for one in digits)


_FOLDING = _Folding()


def fold(text: str) -> str:
    """The text as the index holds it. Its length differs from the original's: `words` finds places."""
    return text.translate(_FOLDING)


class _Known(dict[str, str]):
    """What has been worked out once: a text has few words that are new."""

    _MOST = 100_000  # about 20 MB

    def __init__(self, work: Callable[[str], str]) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, text: str) -> str:
        if len(self) >= self._MOST:
            self.clear()
        made = self[text] = self._work(text)
        return made


_FORMS = _Known(lambda word: plain(fold(word)))
_STRETCHES = _Known(lambda stretch: " ".join(filter(None, map(form, WORD.findall(stretch)))))


def form(word: str) -> str:
    """A word as the search index has it."""
    return _FORMS[word]


def words(text: str) -> Iterator[tuple[int, int, str]]:
    """Every word of a text: where it starts and ends in the text as it stands, and its form in the index."""
    for match in WORD.finditer(text):
        if made := _FORMS[match[0]]:
            yield match.start(), match.end(), made


def indexed(text: str) -> str:
    """The forms of all words, one space between them: what the search index is given."""
    return " ".join(filter(None, map(_STRETCHES.__getitem__, text.split())))
