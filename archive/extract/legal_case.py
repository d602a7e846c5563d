"""A legal case file: its parties, court, number, status and timeline, from the title and the facts on the page.

The facts come as a table, a definition list, bold labels, nested divs, list items or run-in prose. All are first made
one list of lines, in which
a known label either stands alone, with its value in the lines after it, or begins a line and ends with a colon.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.extract import countries, dates
from archive.extract.case_labels import MAX_LABEL, fold, is_label, is_timeline, labelled
from archive.extract.page import Block, Case, DocumentLink, Party, TimelineEvent
from archive.institutes.profile import Profile

MAX_VALUE = 600  # characters: what is longer is prose under a heading that happens to be a label
MAX_LINES = 20_000
_TITLE = re.compile(
    r"^\s*(?:(?:legal\s+)?case(?:\s+files?)?|legal\s+case|ملف\s+(?:ال)?قضي[ةه]|قضي[ةه])\s*[:：–—-]\s*", re.IGNORECASE
)
_VERSUS = re.compile(r"\s+(?:v\.?|vs\.?|versus|against|c\.|ضد|ضدّ|ض\.)\s+", re.IGNORECASE)
_OTHERS = re.compile(
    r"\s*[,،]?\s*(?:\bet\.?\s+al\b\.?|\b(?:and|&)\s+(?:\w+\s+)?others\b|\band\s+ors\b\.?|و\s?[آا]خر(?:ون|ين|ان|ى)|"
    r"وغيرهم)(?![\w])\s*",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s*[;؛\n]\s*|\s+(?:\d{1,2}[.)]|\(\d{1,2}\))\s+")
_SUFFIX = re.compile(
    r"(?:inc|llc|llp|ltd|limited|plc|corp|co|gmbh|ag|asa|as|ab|bv|b\.v|nv|n\.v|sa|s\.a|sal|s\.a\.l|sarl|s\.a\.r\.l|"
    r"spa|s\.p\.a|srl|jr|sr|esq)\.?(?: .{1,12})?|ش\.?\s?م\.?.*",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"(?:^|(?<=[.;؛،,|–—•]))\s*([^.:：;؛|•]{2,40}?\.?)\s*[:：]\s*")
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}[.)]|\(\d{1,2}\)|[•–*-])\s+")
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = _HEADINGS | frozenset(
    [
        "p",
        "div",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "table",
        "tbody",
        "thead",
        "tfoot",
        "tr",
        "td",
        "th",
        "section",
        "article",
        "figure",
        "blockquote",
        "details",
        "summary",
        "header",
        "main",
        "address",
        "pre",
    ]
)
_SKIPPED = frozenset(("script", "style", "noscript", "template", "svg", "figcaption", "form", "nav"))
_DASH = " \t:：.،,;؛–—-"


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    heading: bool
    group: int  # lines of one cell, item or paragraph have the same number
    bold: str = ""  # what stands bold at the beginning


@dataclass(frozen=True, slots=True)
class _Side:
    parties: tuple[Party, ...] = ()
    others: bool = False


def read(title: str | None, blocks: Sequence[Block], body: Sequence[HtmlElement], profile: Profile) -> Case | None:
    """The case that a page tells of; null where neither its title nor its text names any fact of one. `body` are the
    page's own elements, in order."""
    lines = list(_lines(body))
    if not lines:
        lines = list(_of_blocks(blocks))
    labels = labelled(tuple(sorted(profile.labels.items())))
    facts = {**_facts(lines, labels), **_columns(body, labels)}
    name, claimants, defendants = _in_title(title or "")
    order = dates.evidence([line.text for line in lines])
    timeline = tuple(_timeline(lines, profile, order))
    if not facts and not claimants.parties and not timeline:
        return None
    sides = {key: _parties(facts[key]) if key in facts else _Side() for key in ("claimants", "defendants")}
    filed_raw = _first(facts, "filed")
    filed = _date(filed_raw, profile, order) if filed_raw else None
    court, jurisdiction, number, status = (_first(facts, key) for key in ("court", "jurisdiction", "number", "status"))
    return Case(
        name=_first(facts, "name") or name,
        claimants=sides["claimants"].parties or claimants.parties,
        claimants_others=sides["claimants"].others or claimants.others,
        defendants=sides["defendants"].parties or defendants.parties,
        defendants_others=sides["defendants"].others or defendants.others,
        court=court, court_raw=court, jurisdiction=jurisdiction, jurisdiction_raw=jurisdiction,
        number=number.strip(" .") if number else None, number_raw=number,
        filed=filed.iso if filed else None, filed_raw=filed_raw,
        status=status.rstrip(" .") if status else None, status_raw=status,
        timeline=timeline, documents=tuple(_documents(blocks)),
    )  # fmt: skip


# ---- lines


def _lines(body: Sequence[HtmlElement]) -> Iterator[_Line]:
    """The text of the body, a line for each block, row's cell and <br>. A bold label keeps a note of itself."""
    state = _Walk()
    for element in body:
        state.walk(element)
        state.end()
    yield from state.lines[:MAX_LINES]


class _Walk:
    """Collects the lines of a tree; an inline element that is a label alone ends its line, as nested spans have no
    space between."""

    def __init__(self) -> None:
        self.lines: list[_Line] = []
        self.pieces: list[str] = []
        self.bold = ""
        self.heading = False
        self.group = 0

    def end(self) -> None:
        text = _tidy("".join(self.pieces))
        if text:
            self.lines.append(_Line(text, self.heading, self.group, self.bold))
        self.pieces, self.bold = [], ""

    def walk(self, element: HtmlElement, depth: int = 0) -> None:
        if not isinstance(element.tag, str) or element.tag in _SKIPPED or depth > 200:
            return
        block = element.tag in _BLOCKS
        if block or element.tag == "br":
            self.end()
        if block:
            self.group += 1
        was, self.heading = self.heading, self.heading or element.tag in _HEADINGS
        if element.tag in ("strong", "b") and not "".join(self.pieces).strip():
            self.bold = _tidy("".join(element.itertext()))
        self.pieces.append(element.text or "")
        for child in element:
            self.walk(child, depth + 1)
            self.pieces.append(child.tail or "")
        if block or (element.tag in ("span", "strong", "b", "em", "label") and is_label(_tidy("".join(self.pieces)))):
            self.end()
        self.heading = was


def _of_blocks(blocks: Sequence[Block]) -> Iterator[_Line]:
    for number, block in enumerate(blocks):
        for line in re.split(r"[\n\t]", block.text):
            if text := _tidy(line):
                yield _Line(text, block.type == "heading", number)


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


# ---- facts


def _facts(lines: Sequence[_Line], labels: dict[str, str]) -> dict[str, list[str]]:
    """Each fact's values, as the page first gives them."""
    facts: dict[str, list[str]] = {}
    place = 0
    while place < len(lines):
        line = lines[place]
        place += 1
        if name := _named(line.text, labels):
            values, place = _values(lines, place, name, labels)
            if values and name not in facts:
                facts[name] = values
            continue
        for name, value in _run_in(line, labels):
            if value and name not in facts and len(value) <= MAX_VALUE:
                facts[name] = [value]
    return facts


def _named(text: str, labels: dict[str, str]) -> str | None:
    """The fact whose label a line is."""
    return labels.get(fold(text)) if len(text) <= MAX_LABEL else None


def _values(lines: Sequence[_Line], place: int, name: str, labels: dict[str, str]) -> tuple[list[str], int]:
    """The lines behind a label that stands alone: one, or for parties all that share its cell or list."""
    values: list[str] = []
    first = None
    while place < len(lines) and len(values) < 50:
        line = lines[place]
        if (
            line.heading
            or _named(line.text, labels)
            or any(True for _ in _run_in(line, labels))
            or len(line.text) > MAX_VALUE
        ):
            break
        if values and (name not in ("claimants", "defendants") or line.group - (first or 0) > len(values) + 1):
            break
        first = line.group if first is None else first
        values.append(line.text.lstrip(":： ").strip() or line.text)
        place += 1
        if name not in ("claimants", "defendants"):
            break
    return values, place


def _run_in(line: _Line, labels: dict[str, str]) -> list[tuple[str, str]]:
    """ "Court: X", and several of them in one line of prose: "Claimants: A; Court: B."."""
    found: list[tuple[str, int, int]] = []
    for match in _LABELLED.finditer(line.text) if ":" in line.text or "：" in line.text else ():
        if name := labels.get(fold(_NUMBERED.sub("", match[1]))):
            found.append((name, match.start(), match.end()))
    if not found:
        name = labels.get(fold(line.bold)) if line.bold and line.text.startswith(line.bold) else None
        return [(name, line.text[len(line.bold) :].strip(_DASH))] if name else []
    ends = [start for _, start, _ in found[1:]] + [len(line.text)]
    return [
        (name, line.text[start:end].strip().rstrip(";؛|،,•–— "))
        for (name, _, start), end in zip(found, ends, strict=True)
    ]


def _columns(body: Sequence[HtmlElement], labels: dict[str, str]) -> dict[str, list[str]]:
    """Facts of a table whose first row are labels and whose second are values."""
    facts: dict[str, list[str]] = {}
    for element in body:
        for table in element.iter("table"):
            rows = [
                [_tidy("".join(cell.itertext())) for cell in row if cell.tag in ("td", "th")]
                for row in table.iter("tr")
            ][:3]
            names = [labels.get(fold(cell)) for cell in rows[0]] if len(rows) > 1 else []
            if len([name for name in names if name]) >= 2 and len(rows[1]) == len(names):
                facts.update(
                    {
                        name: [cell]
                        for name, cell in zip(names, rows[1], strict=True)
                        if name and cell and not labels.get(fold(cell))
                    }
                )
    return facts


def _first(facts: dict[str, list[str]], name: str) -> str | None:
    return facts[name][0] if facts.get(name) else None


# ---- parties


def _parties(values: Sequence[str]) -> _Side:
    parties: list[Party] = []
    others = False
    for value in values:
        for raw in _listed(value):
            name = _NUMBERED.sub("", raw)
            shorter = _tidy(_OTHERS.sub(" ", name)).strip(_DASH.replace(".", ""))
            others = others or _OTHERS.search(name) is not None
            if shorter:
                parties.append(Party(name=shorter, name_raw=raw.strip()))
    return _Side(tuple(parties), others)


def _listed(value: str) -> Iterator[str]:
    """The names of a list in one line. A comma also stands inside a name: before `Ltd`, `S.A.`, and before a
    country."""
    for part in _PARTS.split(value):
        name = ""
        for piece in re.split(r"\s*[,،]\s*", part):
            if name and not _SUFFIX.fullmatch(piece) and not countries.code(piece):
                yield name
                name = piece
            else:
                name = f"{name}, {piece}" if name else piece
        if name:
            yield name


def _in_title(title: str) -> tuple[str | None, _Side, _Side]:
    """(name, claimants, defendants) of "Case File: X et al. v. Y" and «ملف قضية: س وآخرون ضد ص»."""
    name = _tidy(_TITLE.sub("", title, count=1))
    sides = _VERSUS.split(name, maxsplit=1)
    if len(sides) != 2:
        return (name if _TITLE.match(title) and name else None), _Side(), _Side()
    return name, _parties([sides[0]]), _parties([sides[1]])


# ---- timeline and documents


def _timeline(lines: Sequence[_Line], profile: Profile, order: dates.Order | None) -> Iterator[TimelineEvent]:
    """The dated lines under a heading such as "Proceedings"; a date that stands alone takes the next line as its
    event."""
    inside, waiting = False, None
    for line in lines:
        if line.heading or is_timeline(line.text):
            inside, waiting = bool(is_timeline(line.text)), None
            continue
        if not inside:
            continue
        found = _date(line.text, profile, order)
        if waiting and (found is None or found.start > 0 or len(found.raw) < len(line.text.strip(_DASH))):
            yield TimelineEvent(date=waiting.iso, date_raw=waiting.raw, event=line.text)
            waiting = None
        elif found and len(found.raw) >= len(line.text.strip(_DASH)):
            waiting = found
        elif found and found.start <= 40:
            rest = line.text[found.end :].lstrip(_DASH) if found.start == 0 else line.text
            yield TimelineEvent(date=found.iso, date_raw=found.raw, event=rest or line.text)


def _date(text: str, profile: Profile, order: dates.Order | None) -> dates.Found | None:
    """The first date, read by the page's own evidence, else by the profile's order."""
    return dates.find(text, order or profile.date_order, order or profile.date_order_arabic, years=True)


def _documents(blocks: Sequence[Block]) -> Iterator[DocumentLink]:
    seen = set()
    for block in blocks:
        for link in block.links:
            if link.url.split("?")[0].split("#")[0].lower().endswith(".pdf") and link.url not in seen:
                seen.add(link.url)
                yield DocumentLink(url=link.url, title=link.text.strip() or None)
