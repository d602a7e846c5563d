"""From placed glyphs to lines of text in logical order: what a reader reads, from the first letter to the last.

A PDF draws Arabic from left to right, as it draws all else. Within a line the glyphs are put in the order of their
places, and the Unicode bidirectional algorithm (UAX 9) is run backwards over them: letters of a right-to-left script
are turned round, and the numbers and the Latin words among them back again. Lines stand in the order in which they
are drawn, which keeps columns apart.
"""

import math
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from statistics import median

from archive.extract.pdf_glyphs import Glyph

# In parts of the size of the letters.
SAME_LINE = 0.5  # lines lie at least 1 apart; marks above letters and notes' numbers at most so far
GAP = 0.18  # between words; a space is 0.22 to 0.33 wide, and kerning moves letters by less than 0.1
TWICE = 0.06  # bold by drawing twice
MAX_LINE = 2_000  # glyphs
MOSTLY = 4  # so many times as many letters of one direction say that a line has it
WIDE_GAP = 1.4  # of the page's usual distance of lines: a new paragraph

# Of a line's clusters, see `_kind`. Within what runs right to left: a number, or Latin words with all that stands
# between them and their numbers. Within what runs left to right: from the first letter of the other script to the last.
_LTR_RUN = re.compile("(?![DSN]*L)D(?:S?D)*|[LD](?:[LDSNM]*[LD])?")
_RTL_RUN = re.compile("R(?:[RDSNM]*R)?")
_EMBEDDING = re.compile("[\u202a-\u202e]")
# Shapes of letters that fonts have and authors do not type: ligatures, and Arabic letters as they stand in a word.
# The honorific ligatures at their end are typed.
_SHAPES = re.compile("[\u00a0\u2f00-\u2fdf\ufb00-\ufdf2\ufe70-\ufefc]+")
_SPACES = re.compile(r"[ \t\n\r\f\v]+")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufeff]")
_MIRROR = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
_STOPS = frozenset(".،؛؟!?:;")
_BRACKETS = frozenset("()[]{}<>«»‹›")
_FIXED = "\x00"  # behind a piece whose direction is known
_OPENING, _CLOSING = "([{«", ")]}»"


def text(glyphs: Sequence[Glyph]) -> str:
    """A page's lines, one a line; a blank line where a wider gap parts paragraphs."""
    lines = _lines(glyphs)
    column = _Column(lines)
    parts = [_line(line, column) for line in lines]
    # A font's bracket is the shape that was drawn, which is the other one's; some programs say what was meant.
    turned = [[part.translate(_MIRROR) if part in _BRACKETS else part for part in line] for line in parts]
    meant = min((turned, parts), key=_unmatched)
    written = [
        (line[0], words)
        for line, pieces in zip(lines, meant, strict=True)
        if (words := tidy("".join(pieces).replace(_FIXED, "")))
    ]
    steps = [_step(first, then) for (first, _), (then, _) in pairwise(written)]
    usual = median([step for step in steps if step > 0] or [0.0])
    found = [written[0][1]] if written else []
    for step, (_, words) in zip(steps, written[1:], strict=True):
        found.append(("\n\n" if usual and step > WIDE_GAP * usual else "\n") + words)
    return "".join(found)


def tidy(words: str) -> str:
    """NFC, the shapes that fonts use for letters as the letters that they are, spaces tidied."""
    words = _EMBEDDING.sub("", _CONTROLS.sub("", words))
    words = _SHAPES.sub(lambda found: unicodedata.normalize("NFKC", found[0]), words).replace("\uf0b7", "•")
    return _SPACES.sub(" ", unicodedata.normalize("NFC", words)).strip(" ")


def _lines(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Glyphs that stand on one line and are drawn one after another."""
    lines: list[list[Glyph]] = []
    line: list[Glyph] = []
    for glyph in glyphs:
        if line:
            last = line[-1]
            size = max(last.size, glyph.size)
            shift = min(abs(glyph.across - last.across), abs(glyph.across - line[0].across))
            if glyph.turn == last.turn and shift <= SAME_LINE * size and len(line) < MAX_LINE:
                line.append(glyph)
                continue
        line = [glyph]
        lines.append(line)
    return lines


def _step(first: Glyph, then: Glyph) -> float:
    return first.across - then.across if first.turn == then.turn else 0.0


@lru_cache(maxsize=4096)
def _kind(words: str) -> str:
    """How a cluster takes part in the order of a line: R, L, D (digit), S (separator of numbers), M (mark), N."""
    for character in words:
        match unicodedata.bidirectional(unicodedata.normalize("NFKC", character)[:1] or character):
            case "R" | "AL":
                return "R"
            case "L":
                return "L"
            case "EN" | "AN":
                return "D"
            case "CS" | "ES":
                return "S"
            case "NSM":
                return "M"
    return "N"


class _Column:
    """What a page says of the direction of its lines: most of its letters, and where its lines begin and end."""

    def __init__(self, lines: Iterable[list[Glyph]]) -> None:
        rtl = ltr = 0
        self._left, self._right = [0.0] * 4, [0.0] * 4  # by turn
        for line in lines:
            kinds = [_kind(glyph.text) for glyph in line]
            rtl, ltr = rtl + kinds.count("R"), ltr + kinds.count("L")
            turn = line[0].turn
            self._left[turn] = min(self._left[turn] or math.inf, *(glyph.along for glyph in line))
            self._right[turn] = max(self._right[turn], *(glyph.end for glyph in line))
        self._is_rtl = rtl > ltr

    def is_rtl(self, clusters: list[Glyph], kinds: str) -> bool:
        """Whether a line runs right to left, though it may hold Latin words. A full stop stands at its end, and a
        line that is not full begins where the others do."""
        ends = [glyph.text[-1:] in _STOPS for glyph in (clusters[0], clusters[-1])]
        if ends[0] != ends[1]:
            return ends[0]
        rtl, ltr = kinds.count("R"), kinds.count("L")
        if max(rtl, ltr) > MOSTLY * min(rtl, ltr):
            return rtl > ltr
        turn, size = clusters[0].turn, clusters[0].size
        left, right = clusters[0].along - self._left[turn], self._right[turn] - clusters[-1].end
        if min(left, right) < size and max(left, right) > 4 * size:
            return right < left
        return self._is_rtl


def _line(glyphs: list[Glyph], column: _Column) -> list[str]:
    """A line's pieces in order. A bracket that is a piece of its own may have to be turned."""
    clusters = _spaced(_marks_on_letters(sorted(glyphs, key=lambda glyph: glyph.along)))
    kinds = "".join(_kind(glyph.text) for glyph in clusters)
    if "R" in kinds and ("L" not in kinds or column.is_rtl(clusters, kinds)):
        return _logical(clusters, kinds)
    parts = [glyph.text + _FIXED for glyph in clusters]
    for run in reversed([*_RTL_RUN.finditer(kinds)]):
        start, end = run.span()
        parts[start:end] = _logical(clusters[start:end], kinds[start:end])
    return parts


def _marks_on_letters(glyphs: list[Glyph]) -> list[Glyph]:
    """Marks that are glyphs of their own go behind the letter that they stand on."""
    if not any(_kind(glyph.text) == "M" for glyph in glyphs):
        return glyphs
    letters = [glyph for glyph in glyphs if _kind(glyph.text) != "M" and glyph.text.strip()]
    if not letters:
        return glyphs
    places = [(letter.along + letter.end) / 2 for letter in letters]
    marks: dict[int, list[Glyph]] = {}
    for glyph in glyphs:
        if _kind(glyph.text) == "M":
            place = (glyph.along + glyph.end) / 2
            at = bisect_left(places, place)
            near = min(
                (one for one in (at - 1, at) if 0 <= one < len(places)), key=lambda one: abs(places[one] - place)
            )
            marks.setdefault(id(letters[near]), []).append(glyph)
    return [
        glyph._replace(text=glyph.text + "".join(mark.text for mark in marks.get(id(glyph), ())))
        for glyph in glyphs
        if _kind(glyph.text) != "M"
    ]


def _spaced(glyphs: list[Glyph]) -> list[Glyph]:
    """The same, with a space where a gap stands for one, and once what was drawn twice."""
    found: list[Glyph] = []
    for glyph in glyphs:
        if found:
            last = found[-1]
            size = max(min(last.size, glyph.size), 1e-6)
            if last.text == glyph.text and glyph.end > glyph.along and abs(glyph.along - last.along) < TWICE * size:
                continue
            if glyph.along - last.end > GAP * size and last.text[-1:] != " " and glyph.text[:1] != " ":
                found.append(glyph._replace(along=last.end, end=glyph.along, text=" ", actual=False))
        found.append(glyph)
    return found


def _logical(clusters: list[Glyph], kinds: str) -> list[str]:
    """A right-to-left stretch, from its places to its order."""
    clusters, kinds = clusters[::-1], kinds[::-1]
    parts: list[str] = []
    at = 0
    for run in (*_LTR_RUN.finditer(kinds), None):
        start, end = run.span() if run else (len(kinds), len(kinds))
        parts += [glyph.text + _FIXED if glyph.actual else glyph.text for glyph in clusters[at:start]]
        parts += [glyph.text + _FIXED for glyph in reversed(clusters[start:end])]
        at = end
    return parts


def _unmatched(lines: Iterable[list[str]]) -> int:
    """How many brackets of a page close what was not opened."""
    depth = wrong = 0
    for line in lines:
        for part in line:
            character = part[:1]
            if character and character in _OPENING:
                depth += 1
            elif character and character in _CLOSING:
                wrong += not depth
                depth -= bool(depth)
    return wrong
