"""What happened in a case and when: the dated entries of a list, a table, a stack of divs, a definition list,
paragraphs, or headings that are dates.

An entry is told by where its date stands. Dates that stand side by side in rows (items, table rows, divs) are each an
entry with all that its row says; a date that stands alone takes what follows it, up to the next.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from archive.extract import dates
from archive.extract.case_labels import is_timeline
from archive.extract.case_lines import Line, common
from archive.extract.page import TimelineEvent

EARLY = 40  # characters: a date further inside a line is not the line's own
LEAST = 3  # dated rows that are a timeline without a heading that says so
MAX_DEPTH = 20
_ROWS = ("ul", "ol", "dl", "table")
_ITEMS = ("li", "tr", "dd")
_DASH = " \t:：.،,;؛–—-|"
_BRACKETS = _DASH + "()[]"
_BEFORE = re.compile(
    r"^\s*(?:(?:\d{1,2}[.)]|\(\d{1,2}\)|[•–*-])\s+)?(?:(?:date|on|in|بتاريخ|التاريخ|في|يوم)\b\s*:?\s*)?"
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:يوم\s+)?(?:ال)?(?:اثنين|إثنين|ثلاثاء|أربعاء|اربعاء|خميس|جمعة|سبت|"
    r"أحد|احد))?[,،]?\s*[(\[]?$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^\s*\(?(\d{1,2})[.)]\s+")
_UNTIL = re.compile(r"\s*(?:–|—|-|to|until|through|and|إلى|حتى|الى)\s*", re.IGNORECASE)
_HEAD = re.compile(r"^\s*([^:：–—]{2,30}?)\s*(?:[:：–—]|\s-\s|$)")


@dataclass(frozen=True, slots=True)
class Order:
    """How 04/11/2018 is read, in Latin text and in Arabic."""

    latin: dates.Order
    arabic: dates.Order


@dataclass(frozen=True, slots=True)
class _Date:
    """What a line begins with."""

    iso: str | None
    raw: str
    rest: str  # the line's other words; empty where the date stands alone
    within: bool = False  # whether it stands inside a sentence, which is then kept whole


@dataclass(frozen=True, slots=True)
class _Step:
    """A line of a timeline."""

    line: Line
    date: _Date | None = None

    @property
    def words(self) -> str:
        return self.date.rest if self.date else self.line.text


def read(lines: Sequence[Line], order: Order) -> tuple[TimelineEvent, ...]:
    """The entries under the headings such as "Proceedings"; without such a heading, those of the first list or table
    of which each row begins with a date."""
    return headed(lines, order) or _unheaded(lines, order)


def headed(lines: Sequence[Line], order: Order) -> tuple[TimelineEvent, ...]:
    """The entries under the headings such as "Proceedings" alone."""
    found: list[TimelineEvent] = []
    place = 0
    while place < len(lines):
        heading, place = lines[place], place + 1
        if not is_timeline(heading.text):
            continue
        start = place
        while place < len(lines) and not _ends(lines[place], heading, order):
            place += 1
        found.extend(entries(lines[start:place], order))
    return tuple(found)


def entries(lines: Sequence[Line], order: Order) -> list[TimelineEvent]:
    """The dated entries of a part of the page that is a timeline."""
    return _entries(_leading(_steps(_unnumbered(lines), order)), 0)


def _ends(line: Line, heading: Line, order: Order) -> bool:
    """Whether a line is the heading of what comes after the timeline. Headings that are dates, and those of its parts,
    are not."""
    if is_timeline(line.text):
        return True
    if not line.level or (heading.level and line.level > heading.level):
        return False
    found = _date(line, order)
    return found is None or bool(found.rest)


def _unheaded(lines: Sequence[Line], order: Order) -> tuple[TimelineEvent, ...]:
    holders: dict[HtmlElement, list[Line]] = {}
    for line in lines:
        if (holder := line.inside(*_ROWS)) is not None:
            holders.setdefault(holder, []).append(line)
    for inner in holders.values():
        found = entries(inner, order)
        if len(found) >= LEAST and all(event.date or event.date_raw for event in found):
            return tuple(found)
    return ()


# ---- entries by where they stand


def _entries(steps: list[_Step], depth: int) -> list[TimelineEvent]:
    if not any(step.date for step in steps):
        return []
    rows = _rows(steps, _container(steps))
    if depth < MAX_DEPTH and len(rows) > 1 and any(len(_dates(row)) > 1 for row in rows):
        return [event for row in rows for event in _entries(row, depth + 1)]
    return _of_rows(rows)


def _container(steps: Sequence[_Step]) -> HtmlElement | None:
    """The innermost element that holds all dated lines; of a single date that stands alone, its event too."""
    dated = [step for step in steps if step.date]
    elements = [step.line.element for step in dated if step.line.element is not None]
    container = common(elements) if len(elements) == len(dated) else None
    if len(dated) == 1 and (item := dated[0].line.inside(*_ITEMS)) is not None:
        return item.getparent()
    if len(dated) == 1 and not dated[0].words:
        while container is not None and sum(_within(step.line, container) for step in steps) < 2:
            container = container.getparent()
    return container


def _within(line: Line, container: HtmlElement) -> bool:
    return line.element is container or line.row(container) is not None


def _rows(steps: Sequence[_Step], container: HtmlElement | None) -> list[list[_Step]]:
    """The lines by the child of the container that they stand in; each for itself where there is none. What lies
    outside of the container is no part of the timeline."""
    rows: list[list[_Step]] = []
    last: HtmlElement | None = None
    for step in steps:
        row = step.line.row(container) if container is not None else None
        if container is not None and row is None and step.line.element is not container:
            continue
        if row is not None and row is last:
            rows[-1].append(step)
        else:
            rows.append([step])
        last = row
    return rows


def _dates(row: Sequence[_Step]) -> list[_Step]:
    """The dated lines of a row that are entries. Behind a date that stands alone, and among the paragraphs of one item,
    further dates are part of what is told."""
    found = [step for step in row if step.date]
    alone = [step for step in found if not step.words]
    if len(alone) == 1 and (alone[0] is found[0] or len(row) == 2):
        return alone
    items = {step.line.inside(*_ITEMS) for step in row}
    return found[:1] if not alone and len(items) == 1 and None not in items else found


def _of_rows(rows: list[list[_Step]]) -> list[TimelineEvent]:
    firsts = [next(iter(_dates(row)), None) for row in rows]
    last = max(place for place, first in enumerate(firsts) if first)
    items = {_item(first) for first in firsts if first} - {None}
    found: list[TimelineEvent] = []
    for place, (row, first) in enumerate(zip(rows, firsts, strict=True)):
        text = "\n".join(
            step.line.text if step is not first else step.words for step in row if step is not first or step.words
        )
        if first and first.date:
            found.append(TimelineEvent(date=first.date.iso, date_raw=first.date.raw, event=text))
        elif found and _item(row[0]) in items:  # a step with no day of its own
            found.append(TimelineEvent(date=None, date_raw=None, event=text))
        elif found and (place < last or not found[-1].event or _goes_on(row[0], rows[last][0])):
            before = found[-1].event
            found[-1] = found[-1].model_copy(update={"event": f"{before}\n{text}" if before else text})
    return [event for event in found if event.event]


def _item(step: _Step) -> str | None:
    """The tag of the list's item or the table's row that a line stands in; null in a table's head."""
    item = step.line.inside("li", "tr")
    return None if item is None or (step.line.inside("th") is not None and not step.date) else str(item.tag)


def _goes_on(step: _Step, dated: _Step) -> bool:
    """Whether a row behind the last date still belongs to it: below a heading, or as a list's further value."""
    return bool(dated.line.level) or (dated.line.inside("dt") is not None and step.line.inside("dd") is not None)


# ---- the date that a line begins with


def _steps(lines: Sequence[Line], order: Order) -> list[_Step]:
    """The lines with the dates that they begin with. Below a line that is a year, "March 3" is a day of it, and the
    year no entry of its own."""
    steps: list[_Step] = []
    years: set[int] = set()  # places of those that are no entry
    year = -1
    for line in lines:
        date, over = _date(line, order), steps[year].date if year >= 0 else None
        if over is not None:
            date = date or _in_year(line, over, order)
            if date and date.rest and len(date.iso or "") > 4 and (date.iso or "").startswith(over.iso or "?"):
                years.add(year)
        if date is not None and not date.rest and re.fullmatch(r"\d{4}", date.iso or ""):
            year = len(steps)
        steps.append(_Step(line, date))
    return [step for place, step in enumerate(steps) if place not in years]


def _leading(steps: list[_Step]) -> list[_Step]:
    """Only the dates that lead: none inside a sentence where others begin their lines; and where the first stands
    alone, none of another tag that does not, for these are told of, as in a paragraph below a heading that is a
    date."""
    dated = [step for step in steps if step.date]
    if any(step.date and not step.date.within for step in dated):
        steps = [replace(step, date=None) if step.date and step.date.within else step for step in steps]
        dated = [step for step in steps if step.date]
    if not dated or dated[0].words or dated[0].line.element is None or dated[0].line.inside(*_ITEMS) is not None:
        return steps
    tags = {step.line.element.tag for step in dated if not step.words and step.line.element is not None}
    return [
        replace(step, date=None)
        if step.words and step.line.element is not None and step.line.element.tag not in tags
        else step
        for step in steps
    ]


def _unnumbered(lines: Sequence[Line]) -> list[Line]:
    """Without 1., 2., 3. in front, where that counts the lines: alone, "1. November 2021" is a day."""
    found = [_NUMBER.match(line.text) for line in lines]
    counted = [int(match[1]) for match in found if match]
    if len(counted) < 2 or counted != list(range(1, len(counted) + 1)):
        return list(lines)
    return [
        replace(line, text=line.text[match.end() :]) if match else line
        for line, match in zip(lines, found, strict=True)
    ]


def _in_year(line: Line, year: _Date, order: Order) -> _Date | None:
    """ "March 3: …" below "2019"."""
    head = _HEAD.match(line.text)
    if head is None or not any(char.isalpha() for char in head[1]):
        return None
    whole = f"{head[1]} {year.iso}"
    found = dates.find(whole, order.latin, order.arabic)
    if found is None or found.start != 0 or found.end != len(whole) or not any(char.isdigit() for char in head[1]):
        return None
    return _Date(found.iso, head[1], line.text[head.end() :].lstrip(_DASH))


def _date(line: Line, order: Order) -> _Date | None:
    """The date that a line begins with. A sentence that tells of a day ("On 3 May 2020, the court …") is kept whole."""
    text = line.text
    every = list(dates.find_all(text[: EARLY * 4], order.latin, order.arabic, years=True))
    if not every or every[0].start > EARLY:
        return None
    first = every[0]
    left = text
    for one in reversed(every):
        left = left[: one.start] + left[one.end :]
    if not _UNTIL.sub("", left).strip(_BRACKETS) or _BEFORE.fullmatch(_UNTIL.sub(" ", left).strip(_BRACKETS)):
        return _Date(first.iso, text[first.start : every[-1].end], "")
    if not _BEFORE.match(text[: first.start]):
        return _Date(first.iso, first.raw, text, within=True)
    end = first.end
    if len(every) > 1 and _UNTIL.fullmatch(text[end : every[1].start]):
        end = every[1].end
    rest = text[end:].lstrip(_BRACKETS)
    prose = text[: first.start].strip().casefold() in ("on", "in", "في", "يوم") and text[end : end + 1] in (
        ",",
        "،",
        " ",
    )
    return _Date(first.iso, text[first.start : end], text if prose else rest, within=prose)
