"""The facts of a case as a page sets them: a table, a definition list, bold labels, nested divs, list items, headings
or run-in prose ("Court: X. Filed: Y.").

A label is believed by how it stands. In a table or a definition list, or with a colon behind it, it is one; alone on
its line, or bold with no colon ("Court records show …"), only where another label stands beside it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice

from lxml.html import HtmlElement

from archive.extract import dates
from archive.extract.case_labels import MAX_LABEL
from archive.extract.case_lines import Line, common, fold, tidy

MAX_VALUE = 600  # characters: what is longer is prose under a heading that happens to be a label
MAX_SENTENCE = 250  # characters of a value that is no party and stands in no table
MAX_NAME = 120
MAX_CELLS = 40  # of one row in which labels are looked for
MAX_VALUES = 50  # lines
BESIDE = 4  # lines from one doubtful label to the next
PARTIES = frozenset(("claimants", "defendants"))

_BEGINS = re.compile(r"(?:^|(?<=[.;؛،,|–—•]))\s*([^.:：;؛|•]{2,60}?\.?)\s*[:：]\s*")
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}[.)]|\(\d{1,2}\)|[•–*-])\s+")
_DASHED = re.compile(r"^([^:：–—|]{2,60}?)\s*(?:\s[–—-]\s|\s?\|\s?|\t)\s*(\S.*)$")
# A sentence's end, not the dot of "No. 3", "Ltd. v.", "A. Smith" or «أ. سميرة».
_SENTENCE = re.compile(r"(?<=[^\W\d]{4})[.!?؟](?=\s+[^\W\d_a-z])|(?<=[\d)»”])[.!?؟](?=\s+[^\W\d_a-z])")
_ABBREVIATED = re.compile(r"(?:\b(?:inc|ltd|corp|co|jr|sr|no|bros|est|esq|al)|\b\w)\.$", re.IGNORECASE)
_DASH = " \t:：.،,;؛–—-|"


class Standing(IntEnum):
    """How surely a label is one."""

    DOUBTFUL = 0
    COLON = 1
    SET = 2  # in a table or a definition list


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    values: list[str]
    standing: Standing
    first: int  # lines, of the label and behind the value
    behind: int


def read(lines: Sequence[Line], labels: Mapping[str, str]) -> dict[str, list[str]]:
    """Each fact's values, as the page first gives them. `labels` are folded labels and the facts that they name."""
    facts: dict[str, list[str]] = {}
    candidates = list(_candidates(lines, labels))
    for place, one in enumerate(candidates):
        if one.name in facts or not _plausible(one):
            continue
        if one.standing is Standing.DOUBTFUL and not any(
            other.name != one.name
            and _plausible(other)
            and (other.first - one.behind <= BESIDE if other.first > one.first else one.first - other.behind <= BESIDE)
            for other in (*candidates[max(place - 1, 0) : place], *candidates[place + 1 : place + 2])
        ):
            continue
        facts[one.name] = one.values
    return facts


def shown(lines: Sequence[Line], labels: Mapping[str, str]) -> list[str]:
    """The facts that the lines name, each as often as they do."""
    return [one.name for one in _candidates(lines, labels)]


def columns(body: Sequence[HtmlElement], labels: Mapping[str, str]) -> tuple[dict[str, list[str]], set[HtmlElement]]:
    """Facts of tables whose first row are labels and whose second, the only other, are values; and the tables whose
    first row are labels: no line of theirs is a label of the next."""
    facts: dict[str, list[str]] = {}
    tables = set()
    for element in body:
        for table in element.iter("table"):
            rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
            rows = [row for row in rows if row]
            named = [labels.get(fold(_text(cell))) for cell in rows[0]] if len(rows) > 1 else []
            # A row of label, value, label, value: «الحالة | مرفوعة» is no head.
            if len([name for name in named if name]) < 2 or labels.get(fold(_text(rows[1][0]))):
                continue
            tables.add(table)
            if len(rows) == 2 and len(rows[1]) == len(named):
                for name, cell in zip(named, rows[1], strict=True):
                    if name and _text(cell):
                        facts.setdefault(name, [tidy(line) for line in cell.itertext() if line.strip()])
    return facts, tables


def _text(element: HtmlElement) -> str:
    return tidy("".join(element.itertext()))


def _candidates(lines: Sequence[Line], labels: Mapping[str, str]) -> Iterator[_Candidate]:
    place = 0
    while place < len(lines):
        line, first = lines[place], place
        place += 1
        if (name := _named(line.text, labels)) and _leads(line):
            values, place = _values(lines, place, name, labels)
            if values:
                yield _Candidate(name, values, _standing(line), first, place)
            continue
        for name, value, standing in _run_in(line, labels):
            if value:
                yield _Candidate(name, [value], standing, first, place)


def _named(text: str, labels: Mapping[str, str]) -> str | None:
    """The fact whose label a line is."""
    return labels.get(fold(_NUMBERED.sub("", text))) if len(text) <= MAX_LABEL else None


def _leads(line: Line) -> bool:
    """Whether a cell can be a label: the first of its row, or every other one. In a row such as "3 May | High Court |
    Filed", and in a head of three columns, none is."""
    cell, row = line.inside("td", "th"), line.inside("tr")
    if cell is None or row is None:
        return True
    cells = list(islice((one for one in row if one.tag in ("td", "th")), MAX_CELLS))
    if len(cells) > 2 and (len(cells) % 2 or all(one.tag == "th" for one in cells)):
        return cells.index(cell) == 0 and any(one.tag == "td" for one in cells) if cell in cells else False
    return cell in cells and cells.index(cell) % 2 == 0


def _standing(line: Line) -> Standing:
    """Of a label that stands alone on its line."""
    if line.level:
        return Standing.DOUBTFUL
    if line.element is not None and line.element.tag in ("dt", "th", "td"):
        return Standing.SET
    return Standing.COLON if line.text.endswith((":", "：")) else Standing.DOUBTFUL


def _plausible(one: _Candidate) -> bool:
    """Whether the words can be the fact's value, and are not prose that happens to stand behind such a word."""
    text = "\n".join(one.values)
    if len(text) > MAX_VALUE:
        return False
    if one.standing is Standing.SET:
        return True
    if one.name in PARTIES:
        return _SENTENCE.search(text) is None or one.standing is Standing.COLON
    if len(text) > MAX_SENTENCE or len(_SENTENCE.findall(text)) > 1:
        return False
    if one.name == "number":
        return any(char.isdigit() for char in text)
    if one.name == "filed":
        return dates.find(text, years=True) is not None
    # "Court records show that …": a sentence that goes on from a bold word begins with a small letter.
    return one.standing is not Standing.DOUBTFUL or not text[:1].islower()


# ---- a label alone on its line


def _values(lines: Sequence[Line], place: int, name: str, labels: Mapping[str, str]) -> tuple[list[str], int]:
    """The lines of the value of the label in the line before `place`, and the place behind them."""
    label = lines[place - 1]
    if place == len(lines) or lines[place].level:
        return [], place
    end = place
    holds = _holder(label, lines[place])
    while end < len(lines) and end - place < MAX_VALUES and not lines[end].level:
        line = lines[end]
        is_first_of_pair = end == place and _is_pair(label, line)
        if not is_first_of_pair and (_named(line.text, labels) or any(True for _ in _run_in(line, labels))):
            break
        if end > place and not _holds(holds, line) and not (name in PARTIES and _goes_on(label, line)):
            break
        end += 1
    return [line.text.lstrip(":： ").strip() or line.text for line in lines[place:end]], end


def _goes_on(label: Line, line: Line) -> bool:
    """Whether a short paragraph is one more name below a label that stands as a heading."""
    heads = bool(label.level) or label.bold == label.text
    return heads and len(line.text) < MAX_NAME and not line.bold and not _SENTENCE.search(line.text)


def _holder(label: Line, value: Line) -> HtmlElement | None:
    """The element that holds the whole value: the rest of a table's row, or what lies beside the label."""
    if label.element is None or value.element is None:
        return None
    row = label.inside("tr")
    if row is not None and row is value.inside("tr"):
        return row
    if label.element is value.element:  # lines of one paragraph
        return label.element
    shared = common((label.element, value.element))
    return value.row(shared) if shared is not None else None


def _holds(holder: HtmlElement | None, line: Line) -> bool:
    if holder is None or line.element is None:
        return False
    if holder.tag == "dd":  # a list's further values are further <dd>
        found = line.inside("dd")
        while found is not None and found is not holder and found.tag == "dd":
            found = found.getprevious()
        return found is holder
    return line.element is holder or any(ancestor is holder for ancestor in line.element.iterancestors())


def _is_pair(label: Line, value: Line) -> bool:
    """Whether two lines stand as label and value, whatever the second says: «الحالة | مرفوعة», "Status | Filed"."""
    if label.element is None or value.element is None:
        return False
    if label.element.tag == "dt":
        return value.inside("dd") is not None
    shared = common((label.element, value.element))
    return shared is not None and shared is not label.element and len(shared) == 2


# ---- a label and its value in one line


def _run_in(line: Line, labels: Mapping[str, str]) -> list[tuple[str, str, Standing]]:
    """ "Court: X", and several of them in one line of prose: "Claimants: A; Court: B."."""
    marks = [
        (labels.get(fold(_NUMBERED.sub("", match[1]))), match.start(), match.end())
        for match in (_BEGINS.finditer(line.text) if ":" in line.text or "：" in line.text else ())
    ]
    known = [name for name, _, _ in marks if name]
    if not known or (len(known) == 1 and marks[0][0] is None):
        return _without_colon(line, labels)
    several = len(known) > 1 or line.part
    ends = [start for _, start, _ in marks[1:]] + [len(line.text)]
    return [
        (name, _value(line.text[start:end], several), Standing.COLON)
        for (name, _, start), end in zip(marks, ends, strict=True)
        if name
    ]


def _value(text: str, several: bool) -> str:
    """A run-in value; where others stand in its line it ends with its sentence."""
    text = text.strip().rstrip(";؛|،,•–— ")
    if several:
        if sentence := _SENTENCE.search(text):
            text = text[: sentence.start()]
        elif text.endswith(".") and not _ABBREVIATED.search(text):
            text = text[:-1]
    return text


def _without_colon(line: Line, labels: Mapping[str, str]) -> list[tuple[str, str, Standing]]:
    """A bold label, or one with a dash behind it."""
    if line.bold and line.text.startswith(line.bold) and (name := labels.get(fold(line.bold))):
        rest = line.text[len(line.bold) :]
        return [(name, rest.strip(_DASH), Standing.COLON if rest.lstrip()[:1] in ":：" else Standing.DOUBTFUL)]
    dashed = _DASHED.match(_NUMBERED.sub("", line.text))
    name = labels.get(fold(dashed[1])) if dashed else None
    return [(name, dashed[2].strip(), Standing.DOUBTFUL)] if dashed and name else []
