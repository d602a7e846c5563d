"""A line of text as it is drawn, from left to right: Arabic letters in the shapes that they have in a word, what runs
right to left turned round. What a program that prints PDFs does with its font, done with Unicode's own tables.
"""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

LAM = "\u0644"
_MIRROR = str.maketrans("()[]{}«»", ")(][}{»«")


class Drawn(NamedTuple):
    """A letter with the marks that stand on it."""

    letter: str
    marks: str


@cache
def _forms() -> dict[tuple[str, str], str]:
    """(letters, `isolated`, `final`, `initial` or `medial`) → the code point of that shape."""
    found = {}
    for code in range(0xFE80, 0xFEFD):
        form, *letters = unicodedata.decomposition(chr(code)).split()
        found["".join(chr(int(letter, 16)) for letter in letters), form.strip("<>")] = chr(code)
    return found


def shaped(text: str) -> list[Drawn]:
    """The letters of a text in their shapes, still in the order in which they are read."""
    clusters: list[Drawn] = []
    for character in text:
        if clusters and unicodedata.category(character) == "Mn":
            clusters[-1] = clusters[-1]._replace(marks=clusters[-1].marks + character)
        elif clusters and clusters[-1].letter == LAM and (LAM + character, "isolated") in _forms():
            clusters[-1] = Drawn(LAM + character, clusters[-1].marks)
        else:
            clusters.append(Drawn(character, ""))
    forms = _forms()
    drawn = []
    for before, one, after in zip([None, *clusters], clusters, [*clusters[1:], None], strict=False):
        joins_before = before is not None and _goes_on(before.letter) and (one.letter, "final") in forms
        joins_after = after is not None and _goes_on(one.letter) and _is_joined(after.letter)
        form = ("medial" if joins_after else "final") if joins_before else "initial" if joins_after else "isolated"
        drawn.append(Drawn(forms.get((one.letter, form), one.letter), one.marks))
    return drawn


def _goes_on(letter: str) -> bool:
    """Whether the next letter of the word is joined to this one."""
    return letter == "\u0640" or (letter, "initial") in _forms()


def _is_joined(letter: str) -> bool:
    return letter == "\u0640" or (letter, "final") in _forms()


def is_rtl(line: str) -> bool:
    kinds = [_kind(character) for character in line]
    return kinds.count("R") > kinds.count("L")


def drawn(line: str) -> list[Drawn]:
    """A line's letters from left to right. Its direction is that of most of its letters."""
    letters = shaped(line)
    kinds = "".join(_kind(one.letter) for one in letters)
    if not is_rtl(line):
        for found in _RTL_RUN.finditer(kinds):
            letters[found.start() : found.end()] = _turned(letters[found.start() : found.end()], found[0])
        return letters
    return _turned(letters, kinds)


def _turned(letters: list[Drawn], kinds: str) -> list[Drawn]:
    """What runs right to left, from left to right: Latin words and numbers in it keep their way."""
    found: list[Drawn] = []
    at = 0
    for run in _LTR_RUN.finditer(kinds):
        found += [_mirrored(one) for one in letters[at : run.start()]]
        found += letters[run.start() : run.end()][::-1]
        at = run.end()
    found += [_mirrored(one) for one in letters[at:]]
    return found[::-1]


def _mirrored(one: Drawn) -> Drawn:
    return one._replace(letter=one.letter.translate(_MIRROR))


# Of a line's letters: R, L, D (digit), S (between digits), N.
_RTL_RUN = re.compile("R(?:[RDSN]*R)?")
_LTR_RUN = re.compile("(?![DSN]*L)D(?:S?D)*|[LD](?:[LDSN]*[LD])?")


def _kind(letter: str) -> str:
    kinds = {"L": "L", "EN": "D", "AN": "D", "R": "R", "AL": "R", "CS": "S"}
    return kinds.get(unicodedata.bidirectional(letter[0]), "N")
